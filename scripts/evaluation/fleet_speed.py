"""What many drives cost: simulated drives are recorded, exported to a fleet folder, replayed by processes and by dask.

The drives are played by geometry (a test instrument, not people): five courses, each recorded under several dates.
Figures are CPU seconds of all processes, start-up included, and bytes on the disk, per hour of driving; times on the
clock hold for this machine alone.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from driver_monitor.cli.report import Task
from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_config
from driver_monitor.conformance.hours import states
from driver_monitor.jobs.dask_engine import DaskEngine
from driver_monitor.jobs.engine import Engine, ProcessEngine
from driver_monitor.monitor import Monitor
from driver_monitor.recording.open import find_drives
from driver_monitor.recording.recorder import Recorder
from driver_monitor.replay.recorded_many import ReplayTask
from driver_monitor.report.drives_page import write_drives
from driver_monitor.simulate.habits import attentive
from driver_monitor.state.alert import Alert
from scripts.command import above_zero, at_least, told

COURSES: Final = 5
FPS: Final = 30.0
FIRST: Final = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
DRIVERS, VEHICLES = 25, 8
FLEET: Final = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """``wall_s`` on the clock, ``cpu_s`` of all processes, ``disk_mb`` of what it wrote."""

    name: str
    wall_s: float
    cpu_s: float
    disk_mb: float = 0.0


def simulate(folder: Path, drives: int, minutes: float) -> None:
    """Record ``drives`` drives; a course is played once and recorded as often as needed."""
    config = default_config()
    for course in range(min(COURSES, drives)):
        hour = attentive(course, duration_s=minutes * 60, fps=FPS, lapses=round(minutes / 2))
        [seen] = states(hour, [config])
        for number in range(course, drives, COURSES):
            started = FIRST + timedelta(hours=3 * number)
            kept = _named(config, folder, f"driver {number % DRIVERS}", f"van {number % VEHICLES}")
            monitor = Monitor(kept)
            with Recorder(kept, clock=partial(_constant, started), live=False) as recorder:
                for state in seen:
                    recorder.add(monitor.decide(state))


def _constant(value: datetime) -> datetime:
    return value


def _named(config: Config, folder: Path, driver: str, vehicle: str) -> Config:
    recording = config.recording.model_copy(update={"dir": str(folder), "vehicle": vehicle, "keep_days": 0.0})
    return config.model_copy(
        update={"recording": recording, "driver": config.driver.model_copy(update={"baseline": driver})}
    )


def measured(name: str, work: Callable[[], Any], written: Path | None = None) -> tuple[Step, Any]:
    """``work`` has waited for its processes by the time it returns, or they are not counted."""
    began_s, cpu_s = time.monotonic(), _cpu_s()
    found = work()
    step = Step(name, time.monotonic() - began_s, _cpu_s() - cpu_s, _mb(written) if written else 0.0)
    return step, found


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _mb(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def _mapped(engine: Callable[[], Engine], task: Callable[[Path], Any], paths: list[Path]) -> list[Any]:
    with engine() as running:
        outcomes = running.map(task, paths)
    errors = [f"{outcome.item}: {outcome.error}" for outcome in outcomes if outcome.error]
    if errors:
        raise SystemExit("\n".join(errors))
    return [outcome.value for outcome in outcomes]


def _by_dask(task: Callable[[Path], Any], paths: list[Path], workers: int) -> list[Any]:
    import distributed

    local: Any = distributed.LocalCluster
    with local(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        return _mapped(lambda: DaskEngine(cluster.scheduler_address), task, paths)


def bench(folder: Path, drives: int, minutes: float, jobs: int) -> Iterator[Step]:
    """Every step as it is done. Raises SystemExit where a drive fails or the engines do not agree."""
    recorded, fleet, page = folder / "drives", folder / "fleet", folder / "report.html"
    yield measured("simulate and record", lambda: simulate(recorded, drives, minutes), recorded)[0]
    paths = find_drives(recorded)
    here = lambda: ProcessEngine(jobs)  # noqa: E731
    yield measured("export to Parquet", lambda: _mapped(here, Task(None, None, fleet, False), paths), fleet)[0]
    replay = ReplayTask(None, None, None, {}, False)
    step, first = measured("replay, recorded drives", lambda: _mapped(here, replay, paths))
    yield step
    step, second = measured("replay, Parquet", lambda: _mapped(here, replay, find_drives(fleet)))
    yield step
    step, third = measured("replay, Parquet, dask", lambda: _by_dask(replay, find_drives(fleet), jobs))
    yield step
    if not _alerts(first) == _alerts(second) == _alerts(third):
        raise SystemExit("the engines do not give the same alerts")

    def report() -> None:
        write_drives(page, _mapped(here, Task(None, None, None, True), paths), {"Source": "simulated drives"})

    yield measured("report, one page", report)[0]  # the page's size has a limit of its own


def _alerts(replayed: list[Any]) -> list[list[Alert]]:
    return [found.alerts for found in replayed]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench_fleet", description=__doc__)
    parser.add_argument("--drives", type=at_least(1), default=200, metavar="N", help="how many drives (default: 200)")
    parser.add_argument("--minutes", type=above_zero, default=2.0, metavar="N", help="length of each (default: 2)")
    parser.add_argument(
        "--jobs", type=at_least(1), default=2, metavar="N", help="processes, and dask workers (default: 2)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the drives there")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    hours = args.drives * args.minutes / 60
    with tempfile.TemporaryDirectory(prefix="bench-fleet-") as scratch:
        folder = args.keep or Path(scratch)
        steps = list(bench(folder, args.drives, args.minutes, args.jobs))
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    if args.json:
        print(json.dumps({"hours": hours, "peak_mb": peak_mb, "steps": [asdict(step) for step in steps]}))
        return 0
    console = Console(width=130)
    console.print(_table(steps, args.drives, hours))
    console.print(f"largest worker process: {peak_mb:.0f} MB")
    return 0


def _table(steps: list[Step], drives: int, hours: float) -> Table:
    table = Table(title=f"{drives} drives, {hours:g} hours at {FPS:g} fps", title_justify="left")
    for name in ("step", "time", "CPU", "CPU a drive-hour", "disk a drive-hour"):
        table.add_column(name, justify="left" if name == "step" else "right")
    table.add_column(f"{FLEET:,} of these drives", justify="right")
    table.add_column(f"{FLEET:,} of one hour", justify="right")
    for step in steps:
        cpu, disk = step.cpu_s / hours, step.disk_mb / hours
        table.add_row(
            step.name,
            f"{step.wall_s:.0f} s",
            f"{step.cpu_s:.0f} s",
            f"{cpu:.1f} s",
            f"{disk:.1f} MB" if disk else "",
            _extrapolated(step.cpu_s * FLEET / drives, step.disk_mb * FLEET / drives),
            _extrapolated(cpu * FLEET, disk * FLEET),
        )
    return table


def _extrapolated(cpu_s: float, disk_mb: float) -> str:
    return f"{cpu_s / 3600:.1f} CPU h" + (f", {disk_mb / 1000:.0f} GB" if disk_mb >= 500 else "")


if __name__ == "__main__":
    raise SystemExit(told(main))
