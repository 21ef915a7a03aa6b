"""Play a scripted two-minute drive through the real pipeline and print what was found beside what was scripted."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driver_monitor.cli.main import Subparsers
    from driver_monitor.replay.one import Drive
    from driver_monitor.report.spans import ScriptedSpan
    from driver_monitor.simulate.drive import ScriptedDrive

_EPILOG = """\
examples:
  driver-monitor demo                         the built-in drive; demo-out/report.html, demo-out/annotated.webm
  driver-monitor demo --drive mine.yaml       a drive script of your own
  driver-monitor demo --no-video --out /tmp/x

The driver is an animated portrait with known truth: a test instrument, not evidence about people.
"""
TRUTH = "truth.csv"


def add_parser(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "demo",
        help="a scripted drive through the real pipeline, no camera needed",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--drive", default="demo", metavar="NAME_OR_FILE", help="drive script (default: %(default)s)")
    parser.add_argument("--no-video", action="store_true", help="do not write the annotated video")


def run(args: argparse.Namespace) -> int:
    from driver_monitor.alerts.console import alert_line  # noqa: PLC0415  (--help should not load all this)
    from driver_monitor.cli.bar import Bar  # noqa: PLC0415
    from driver_monitor.config.loader import load  # noqa: PLC0415
    from driver_monitor.monitor import Moment  # noqa: PLC0415
    from driver_monitor.replay.one import replay  # noqa: PLC0415
    from driver_monitor.simulate.drive import ScriptedDrive  # noqa: PLC0415
    from driver_monitor.simulate.truth import write_csv  # noqa: PLC0415

    loaded = load(args.config)
    script = ScriptedDrive.load(args.drive)
    spans = _spans(script)
    print(f"Playing the scripted drive '{args.drive}': {script.duration_s:.0f} s at {script.speed_kmh:.0f} km/h")
    with Bar() as bar:

        def seen(moment: Moment) -> None:
            for alert in moment.alerts:
                bar.console.print(alert_line(alert), soft_wrap=True)

        drive = replay(
            f"scripted:{args.drive}",
            loaded,
            speed_kmh=script.speed_kmh,
            out=args.out,
            annotate=not args.no_video,
            scripted=spans,
            moment_seen=seen,
            progress=lambda t_s, total_s: bar.at(args.drive, t_s, total_s),
            sealed=True,
        )
    write_csv(args.out / TRUTH, (script.truth(float(t_s)) for t_s in script.frame_times))
    _sum_up(args, drive, spans)
    return 0 if drive.complete else 1


def _spans(script: "ScriptedDrive") -> "list[ScriptedSpan]":
    """The script's events as the report shows them; a blink behind a covered lens is nobody's to find."""
    from driver_monitor.report.spans import ScriptedSpan  # noqa: PLC0415

    return [
        ScriptedSpan(event.name.replace("_", " "), event.start_s, event.end_s, event.note)
        for event in script.events
        if event.name != "blink" or not script.truth(event.full_s).covered
    ]


def _sum_up(args: argparse.Namespace, drive: "Drive", spans: "list[ScriptedSpan]") -> None:
    from rich.console import Console  # noqa: PLC0415

    from driver_monitor.cli.latency_table import latency_table  # noqa: PLC0415
    from driver_monitor.report.console import scripted_versus_found  # noqa: PLC0415
    from driver_monitor.report.judged import summary  # noqa: PLC0415

    console = Console()
    if drive.timeline is not None:
        console.print(scripted_versus_found(spans, drive.timeline))
    console.print(latency_table(drive.latency))
    words = f"\n{summary(drive.tally, drive.firings)}. Written to {args.out}/:"
    console.print(words, highlight=False, markup=False, soft_wrap=True)
    for path in sorted(args.out.iterdir()):
        console.print(f"  {path.name}", highlight=False, markup=False)
    for said in (*drive.notes, *drive.problems):
        sys.stderr.write(f"driver-monitor: {said}\n")
