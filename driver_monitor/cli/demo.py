"""The work of ``driver-monitor demo``."""

import argparse
import sys
from itertools import pairwise

from rich.console import Console

from driver_monitor.alerts.console import alert_line
from driver_monitor.cli.bar import Bar
from driver_monitor.cli.latency_table import latency_table
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.loader import load
from driver_monitor.errors import DriverMonitorError
from driver_monitor.monitor import Moment
from driver_monitor.replay.one import GEOMETRY, Replay, replay
from driver_monitor.report import fatigue
from driver_monitor.report.console import scripted_versus_found
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.truth import write_csv
from driver_monitor.timecode import length
from driver_monitor.timeline.judged import summary
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

TRUTH = "truth.csv"


DROWSY = "drowsy"


SLOW = "slow closures"


LONG_S = 300.0


def run(args: argparse.Namespace) -> int:
    loaded = load(args.config)
    script = ScriptedDrive.load(args.drive)
    spans = _spans(script)
    print(
        f"Playing the scripted drive '{args.drive}': {length(script.duration_s)} at {script.speed_kmh:.0f} km/h given"
    )
    _warn_of_length(args, script)
    with Bar() as bar:

        def seen(moment: Moment) -> None:
            for alert in moment.alerts:
                bar.print(alert_line(alert))

        drive = replay(
            f"{GEOMETRY if args.no_pictures else 'scripted:'}{args.drive}",
            loaded,
            speed_kmh=script.speed_kmh,
            out=args.out,
            annotate=_with_video(args),
            annotate_fps=script.script.drive.video_fps,
            scripted=spans,
            moment_seen=seen,
            progress=lambda t_s, total_s: bar.at(args.drive, t_s, total_s),
            sealed=True,
        )
    if not drive.problems:  # a disk that had no room for one of them has none for the next
        try:
            write_csv(args.out / TRUTH, (script.truth(float(t_s)) for t_s in script.frame_times))
        except DriverMonitorError as error:
            drive.problems.append(str(error))
    _sum_up(args, drive, spans, loaded.config.classifiers)
    return 0 if drive.complete else 1


def _spans(script: ScriptedDrive) -> list[ScriptedSpan]:
    """The script's events as the report shows them; a blink behind a covered lens is nobody's to find.

    Of what a sleepy driver does by nature slow closures go with the blinks, whose detector finds both; mirror checks
    are too many to list.
    """
    spans = [
        ScriptedSpan(_kss(a.kss, b.kss), a.t, b.t, a.note, (a.kss, b.kss))
        for a, b in pairwise(script.script.drive.sleepiness)
    ]
    for event in script.events:
        closure = event.natural and event.name == "close_eyes"
        if event.name == "blink" or closure:
            if not script.truth(event.full_s).covered:
                spans.append(ScriptedSpan("blink", event.start_s, event.end_s, SLOW if closure else event.note))
        elif not event.natural:
            spans.append(ScriptedSpan(event.name.replace("_", " "), event.start_s, event.end_s, event.note))
    return spans


def _with_video(args: argparse.Namespace) -> bool:
    return not (args.no_video or args.no_pictures)


def _kss(start: float, end: float) -> str:
    return f"KSS {start:g}" if start == end else f"KSS {start:g} to {end:g}"


def _warn_of_length(args: argparse.Namespace, script: ScriptedDrive) -> None:
    """Nobody should have to guess what a long drive costs, or what its video leaves out."""
    if args.no_pictures:
        print("Geometry only: no face tracker and no video. Stress, which is judged from frames, stays unknown.")
        return
    if script.duration_s < LONG_S:
        return
    print(
        f"{len(script):,} frames go through the face tracker, which takes minutes, longer on a small board. "
        "--no-pictures plays the same drive as geometry in seconds."
    )
    video_fps = script.script.drive.video_fps
    if video_fps is not None and not args.no_video:
        print(
            f"The annotated video shows {video_fps:g} of {script.script.drive.fps:g} frames a second of the whole "
            "drive; a blink between two of them is in the report only."
        )


def _tell_fatigue(
    console: Console,
    args: argparse.Namespace,
    timeline: Timeline,
    spans: "list[ScriptedSpan]",
    classifiers: ClassifiersConfig,
) -> None:
    """Level, KSS and what was said about it; or why there is none, and where to see it."""
    if timeline.fatigue.known_from_s is not None:
        console.print(fatigue.course_table(timeline, spans))
        console.print(fatigue.told_table(timeline))
    for sentence in fatigue.sentences(timeline.fatigue, spans, classifiers):
        console.print(sentence, highlight=False)
    if timeline.fatigue.known_from_s is None and classifiers.fatigue and args.drive != DROWSY:
        console.print(f"'driver-monitor demo --drive {DROWSY}' shows it at work.\n", highlight=False)


def _sum_up(
    args: argparse.Namespace, drive: Replay, spans: "list[ScriptedSpan]", classifiers: ClassifiersConfig
) -> None:
    console = Console()
    if drive.timeline is not None:
        console.print(scripted_versus_found(spans, drive.timeline))
        _tell_fatigue(console, args, drive.timeline, spans, classifiers)
    console.print(latency_table(drive.latency))
    written = sorted(args.out.iterdir()) if args.out.is_dir() else []
    where = f"Written to {args.out}/:" if written else "Nothing could be written."
    words = f"\n{summary(drive.tally, drive.firings, drive.channels)}. {where}"
    console.print(words, highlight=False, markup=False, soft_wrap=True)
    for path in written:
        console.print(f"  {path.name}", highlight=False, markup=False)
    for said in (*drive.notes, *drive.problems):
        sys.stderr.write(f"driver-monitor: {said}\n")
