"""How long 'driver-monitor tune' takes: 200 trials over 10 hours of recorded signals at 30 Hz, as a user runs it.

The drives are simulated (:mod:`scripts.evaluation.simulated_drives`) and kept in a folder, since making them takes
longer than everything else. The search is over ten values of four rules and the attention ladder's pace is not among
them; it is timed from nothing and again with the columns of the first run beside the drives.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from scripts.command import at_least, told
from scripts.evaluation.simulated_drives import make_all

GOAL_S: Final = 180.0
DRIVE_H: Final = 1.0
SPACE: Final = """\
rules.microsleep.when[eyes_closed_s]: [0.5, 2.5]
rules.microsleep.when[grimace]: [0.2, 0.8]
rules.microsleep.for: [0.0, 1.0]
rules.microsleep.keep_firing_for: [0.3, 3.0]
rules.sleep.when[eyes_closed_s]: [2.0, 4.0]
rules.long_glance.when[off_road_s]: [1.5, 4.5]
rules.long_glance.when[driving_task_s]: [0.3, 3.0]
rules.long_glance.speed.from_kmh: {low: 0, high: 50, step: 5}
rules.repeated_glances.when[away_30s]: [6.0, 15.0]
rules.repeated_glances.cooldown: [5, 60]
"""


def tuned(drives: Path, out: Path, *, trials: int, jobs: int, fresh: bool) -> dict[str, Any]:
    """One run of the command; ``fresh`` forgets the columns first. Wall and CPU seconds, its own processes included."""
    if fresh:
        for kept in drives.glob("*/.cache/*.npz"):
            kept.unlink()
    space = out / "space.yaml"
    space.write_text(SPACE, encoding="utf-8")
    command = [sys.executable, "-m", "driver_monitor", "tune", str(drives), "--search", str(space), "--json"]
    command += ["--trials", str(trials), "--jobs", str(jobs), "--out", str(out)]
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wall_s, after = time.monotonic() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_mb": after.ru_maxrss / 1024, **json.loads(told)["search"]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench_tune", description=__doc__)
    parser.add_argument("--hours", type=at_least(1), default=10, metavar="N", help="hours of signals (default: 10)")
    parser.add_argument("--trials", type=at_least(1), default=200, metavar="N", help="trials (default: 200)")
    parser.add_argument("--jobs", type=at_least(1), default=2, metavar="N", help="processes (default: 2)")
    parser.add_argument(
        "--drives", type=Path, metavar="DIR", help="where the drives are kept (default: a folder for temporary files)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    drives = args.drives or Path(tempfile.gettempdir()) / f"driver-monitor-bench-tune-{os.getuid()}"
    make_all(drives, drives=args.hours, hours=DRIVE_H, fps=30.0, lapses=24, jobs=args.jobs)
    runs = {}
    with tempfile.TemporaryDirectory() as out:
        for name, fresh in (("from the recordings", True), ("again", False)):
            runs[name] = tuned(drives, Path(out), trials=args.trials, jobs=args.jobs, fresh=fresh)
    met = all(run["wall_s"] <= GOAL_S for run in runs.values())
    if args.json:
        print(json.dumps(runs))
        return 0 if met else 1
    table = Table("run", "wall", "CPU", "memory of the largest process", f"goal: {GOAL_S:g} s")
    for name, run in runs.items():
        met_word = "met" if run["wall_s"] <= GOAL_S else "missed"
        table.add_row(name, f"{run['wall_s']:.0f} s", f"{run['cpu_s']:.0f} s", f"{run['peak_mb']:.0f} MB", met_word)
    console = Console(highlight=False)
    console.print(f"{args.trials} trials over {args.hours} simulated hours at 30 Hz, {args.jobs} processes")
    console.print(table)
    for word in ("tuned_on", "held_out"):
        half = runs["again"][word]
        if half:
            base, chosen = half["base"], half["chosen"]
            console.print(
                f"{word.replace('_', ' ')}: {half['hours']:.1f} h, caught {base['sensitivity']:.0%} -> "
                f"{chosen['sensitivity']:.0%}, false alerts an hour {base['false_per_h']:.2f} -> "
                f"{chosen['false_per_h']:.2f}"
            )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(told(main))
