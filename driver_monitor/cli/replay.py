"""The work of ``driver-monitor replay``."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from driver_monitor.alerts.console import alert_line
from driver_monitor.camera.spool import shown_name
from driver_monitor.cli.bar import Bar
from driver_monitor.cli.engine import check_parquet, engine_of, known_there
from driver_monitor.cli.explanation import explanation
from driver_monitor.cli.in_order import InOrder
from driver_monitor.config.hints import nearest
from driver_monitor.config.loader import Loaded, default_config, load
from driver_monitor.config.rules import RuleConfig
from driver_monitor.errors import UsageError
from driver_monitor.jobs.engine import Outcome as EngineOutcome
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.output import OutputFolder
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import RecordedAlert, StateLine
from driver_monitor.recording.open import is_drive, open_drive
from driver_monitor.replay.folder import REPORT
from driver_monitor.replay.many import SUM_UP, Outcome, Replays, folder_names
from driver_monitor.replay.one import replay
from driver_monitor.replay.recorded import Arrow
from driver_monitor.replay.recorded_many import Replayed, ReplayTask
from driver_monitor.replay.sources import check_there, drives_of
from driver_monitor.rules.explain import Explanation
from driver_monitor.state.alert import Alert, json_line
from driver_monitor.timeline.judged import summary


def run(args: argparse.Namespace) -> int:
    with nullcontext() if args.out is None else OutputFolder(args.out):
        return _replay(args)


def _replay(args: argparse.Namespace) -> int:
    loaded = load(args.config) if args.config else None
    sources = [found for source in args.source for found in drives_of(source)]
    if args.explain is not None and len(sources) > 1:
        raise UsageError(f"--explain takes one source, got {len(sources)}")
    if len(sources) > 1:
        if args.arrow != "video" and all(map(_is_recorded, sources)):
            return _many_recorded(args, list(dict.fromkeys(sources)), loaded)
        if args.engine == "dask":
            raise UsageError(
                "--engine dask works on recorded drives from landmarks on; videos are replayed on this machine"
            )
        return _many(args, sources)
    drive = _recorded(sources[0])
    if args.explain is not None:
        config = loaded.config if loaded else drive.config if drive else default_config()
        _explainable(args.explain, config.rules)
    if drive is not None and args.annotate and args.arrow is None:
        raise UsageError("--annotate draws on frames; a recorded drive needs --from video for it")
    if drive is not None and drive.header.level == "events" and args.arrow is None:
        return _events(args, drive)
    return _one(args, sources[0], loaded)


def _recorded(source: str) -> Drive | None:
    return open_drive(Path(source)) if _is_recorded(source) else None


def _is_recorded(source: str) -> bool:
    return is_drive(Path(source))


def _events(args: argparse.Namespace, drive: Drive) -> int:
    """A drive that keeps its events only is shown as it was."""
    if args.config or args.out or args.explain or args.speed_kmh is not None:
        raise UsageError(f"{drive.path} keeps its events only, so there is nothing to judge again")
    for event in drive.events():
        if isinstance(event, RecordedAlert):
            print(json_line(event.alert.to_json()) if args.json else alert_line(event.alert))
        elif isinstance(event, StateLine) and args.json:
            print(json_line(event.record))
    for said in (*drive.notes, *drive.problems):
        sys.stderr.write(f"driver-monitor: {said}\n")
    return 1 if drive.problems else 0


def _explainable(name: str, rules: Mapping[str, RuleConfig]) -> None:
    rule = rules.get(name)
    if rule is None:
        near = nearest(name, rules)
        hint = f"did you mean '{near}'?" if near else f"there are {', '.join(rules)}"
        raise UsageError(f"--explain: there is no rule '{name}'; {hint}")
    if not rule.enabled:
        raise UsageError(f"--explain: the rule '{name}' is switched off (enabled: false), so it never fires")


def _one(args: argparse.Namespace, source: str, loaded: Loaded | None) -> int:
    check_there(source)
    lines = Lines()
    found = None if args.explain is None else Explanation(args.explain, args.at)
    with Bar() as bar:

        def seen(moment: Moment) -> None:
            if args.json and found is not None:
                return
            if args.json:
                for record in lines.of(moment):
                    sys.stdout.write(json_line(record) + "\n")
                if moment.alerts:
                    sys.stdout.flush()
            else:
                for alert in moment.alerts:
                    bar.print(alert_line(alert))

        drive = replay(
            source,
            loaded,
            arrow=None if args.arrow is None else Arrow(args.arrow),
            speed_kmh=args.speed_kmh,
            out=args.out,
            annotate=args.annotate,
            moment_seen=seen,
            progress=lambda t_s, total_s: bar.at(source, t_s, total_s),
            explanation=found,
            sealed=True,
        )
    if found is not None and args.json:
        print(json_line(found.to_json()))
    elif found is not None and not found.beyond_the_end:
        explanation(found, Console(highlight=False))
    if not args.json:
        part = f" (read to {found.around_s:g} s after --at)" if found is not None and found.cut_short else ""
        _sum_up(source, summary(drive.tally, drive.firings, drive.channels) + part, args.out)
    elif SUM_UP in os.environ:
        print(json_line({"type": "summary", "words": summary(drive.tally, drive.firings, drive.channels)}))
    for said in (*drive.notes, *drive.problems):
        sys.stderr.write(f"driver-monitor: {shown_name(source)}: {said}\n")
    if found is not None and found.beyond_the_end:
        raise UsageError(found.beyond_the_end)
    return 0 if drive.complete else 1


def _many(args: argparse.Namespace, sources: list[str]) -> int:
    names = folder_names(sources)

    def arguments(source: str) -> list[str]:
        given = ["--config", str(args.config)] if args.config else []
        given += ["--speed-kmh", str(args.speed_kmh)] if args.speed_kmh is not None else []
        given += ["--from", args.arrow] if args.arrow else []
        given += ["--out", str(args.out / names[source])] if args.out else []
        return given + (["--annotate"] if args.annotate else [])

    sources = list(dict.fromkeys(sources))
    with Bar() as bar:

        def say(outcome: Outcome) -> None:
            alerts = [Alert.from_json(record) for record in outcome.records if record["type"] == "alert"]
            if alerts and not args.json:
                bar.print(f"{shown_name(outcome.source)}:")
                for alert in alerts:
                    bar.print(alert_line(alert))

        told = InOrder(sources, say)
        replays = Replays(sources, args.jobs or os.cpu_count() or 1, arguments)
        outcomes = replays.run(
            at=lambda source, t_s: bar.at(source, t_s, None), done=lambda outcome: told.add(outcome.source, outcome)
        )
    for outcome in outcomes:
        if args.json:
            for record in outcome.records:
                sys.stdout.write(json_line({"source": outcome.source, **record}) + "\n")
        else:
            _sum_up(outcome.source, outcome.summary, args.out / names[outcome.source] if args.out else None)
        if outcome.said:
            sys.stderr.write(outcome.said + "\n")
    broken = [outcome.source for outcome in outcomes if outcome.exit_code]
    unplayed = [outcome.source for outcome in outcomes if outcome.exit_code and not outcome.summary]
    return _broken(broken, unplayed, len(outcomes))


def _many_recorded(args: argparse.Namespace, sources: list[str], loaded: Loaded | None) -> int:
    """By the chosen engine; the same on stdout as one after the other."""
    if args.annotate:
        raise UsageError("--annotate draws on frames; it needs --from video")
    paths = {known_there(Path(source), args): source for source in sources}
    check_parquet(args, paths)
    names = folder_names(sources)
    outs = {path: known_there(args.out / names[source], args) for path, source in paths.items()} if args.out else {}
    task = ReplayTask(loaded, None if args.arrow is None else Arrow(args.arrow), args.speed_kmh, outs, args.json)
    summaries: dict[str, str] = {}
    done, broken, unplayed = 0, [], []
    with Bar() as bar, engine_of(args, len(paths)) as engine:

        def say(outcome: EngineOutcome[Path, Replayed]) -> None:
            source, found = paths[outcome.item], outcome.value
            for said in [outcome.error] if found is None else [*found.notes, *found.problems]:
                sys.stderr.write(f"driver-monitor: {source}: {said}\n")
            if found is None:
                unplayed.append(source)
                return
            sys.stdout.writelines(f'{{"source":{json.dumps(source)},{line[1:]}\n' for line in found.lines)
            found.lines.clear()  # the outcomes are kept to the end, and this is most of them
            if found.alerts and not args.json:
                bar.print(f"{source}:")
                for alert in found.alerts:
                    bar.print(alert_line(alert))

        told = InOrder(paths, say)

        def heard(outcome: EngineOutcome[Path, Replayed]) -> None:
            nonlocal done
            done += 1
            source, found = paths[outcome.item], outcome.value
            bar.at("drives", done, len(sources), f"{done} of {len(sources)}")
            summaries[source] = "" if found is None else found.summary
            if found is None or found.problems:
                broken.append(source)
            told.add(outcome.item, outcome)

        engine.map(task, list(paths), heard)
    if not args.json:
        for path, source in paths.items():
            _sum_up(source, summaries.get(source, ""), outs.get(path))
    return _broken([source for source in sources if source in broken], unplayed, len(sources))


def _sum_up(source: str, words: str, out: Path | None) -> None:
    """One drive in a line, and where its report is."""
    print(f"{shown_name(source)}: {words or 'nothing could be replayed'}")
    if out is not None and (out / REPORT).is_file():
        print(f"report: {out / REPORT}")


def _broken(broken: list[str], unplayed: list[str], count: int) -> int:
    """The exit code, and which sources to look at: ``unplayed`` are those of ``broken`` of which nothing came."""
    incomplete = [source for source in broken if source not in unplayed]
    for found, what in ((unplayed, "could not be played"), (incomplete, f"{_be(incomplete)} incomplete")):
        if found:
            sys.stderr.write(f"driver-monitor: {len(found)} of {count} sources {what}: {', '.join(found)}\n")
    return 1 if broken else 0


def _be(found: list[str]) -> str:
    return "is" if len(found) == 1 else "are"
