"""The comparison as a table on the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from driver_monitor.timecode import clock
from driver_monitor.timeline.comparison import compare
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline


def scripted_versus_found(scripted: Sequence[ScriptedSpan], timeline: Timeline) -> Table:
    """``scripted | expected | what happened | delay``; the timeline has had the drive's states and alerts.

    With several alerts to an event their delays stand in the order of the alerts.
    """
    table = Table(title="Scripted drive: what was played and what was found", title_justify="left", pad_edge=False)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("scripted", overflow="fold")
    table.add_column("expected", overflow="fold")
    table.add_column("what happened", overflow="fold")
    table.add_column("delay", justify="right", no_wrap=True)
    for row in compare(scripted, timeline):
        table.add_row(
            clock(row.start_s, 1),
            Text(row.scripted) if row.scripted else Text("not scripted", style="italic"),
            Text(row.expected),
            Text("\n".join(row.happened) or "nothing", style="" if row.happened else "dim"),
            "\n".join(f"{delay_s:.1f} s" for _, delay_s in row.delays_s),
        )
    return table
