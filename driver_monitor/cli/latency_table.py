"""The latency table at the end of a run."""

from rich.table import Table

from driver_monitor.latency import Latency


def latency_table(latency: Latency) -> Table:
    """p50, p99 and the longest, in milliseconds, a row a stage."""
    table = Table(title="latency", title_justify="left", box=None, pad_edge=False)
    table.add_column("stage")
    for column in ("p50 ms", "p99 ms", "max ms", "frames"):
        table.add_column(column, justify="right")
    for stage in latency.stages:
        p50, p99 = (1e3 * latency.percentile_s(stage, share) for share in (0.5, 0.99))
        longest = 1e3 * latency.longest_s(stage)
        table.add_row(stage, f"{p50:.2f}", f"{p99:.2f}", f"{longest:.2f}", str(latency.count(stage)))
    return table
