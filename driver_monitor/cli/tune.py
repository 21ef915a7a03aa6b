"""The work of ``driver-monitor tune``."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime

from driver_monitor.cli.bar import Bar
from driver_monitor.cli.engine import engine_of, known_there
from driver_monitor.cli.tune_table import found, swept
from driver_monitor.config.loader import load
from driver_monitor.ending import INTERRUPTED
from driver_monitor.errors import UsageError
from driver_monitor.output import OutputFolder
from driver_monitor.tune.finding import Finding, Goal, Sweep, find, sweep
from driver_monitor.tune.play import counts_sounds
from driver_monitor.tune.preset import update_file
from driver_monitor.tune.results import finding_json, sweep_json, write_finding, write_sweep
from driver_monitor.tune.sources import Sources
from driver_monitor.tune.space import read_space, read_sweep
from driver_monitor.tune.split import split
from driver_monitor.tune.tuner import Tuner


def run(args: argparse.Namespace) -> int:
    with OutputFolder(args.out):  # before the work, not after it
        return _tune(args)


def _tune(args: argparse.Namespace) -> int:
    base = load(args.config or args.update_in)
    if loud := counts_sounds(base.config.rules):
        raise UsageError(
            f"the rule '{loud}' asks for audible_alerts_1h, which depends on the sounds of all rules, so that trials "
            f"cannot be worked out from recorded signals; tune with 'rules: {{{loud}: {{enabled: false}}}}'"
        )
    parameters = read_space(args.search, base.config) if args.search else ()
    ranges = [read_sweep(text, base.config) for text in args.sweep]
    labels = None if args.labels is None else known_there(args.labels, args)
    sources = Sources([known_there(source, args) for source in args.source], labels)
    for question in sources.questions:  # first: a misspelt kind may be why there is nothing to catch
        sys.stderr.write(f"driver-monitor: {question}\n")
    goal = Goal(args.trials, args.seed, args.false_alerts_per_h)
    with Bar() as bar, engine_of(args, len(sources.drives)) as engine:

        def said(what: str, done: int, of: int) -> None:
            bar.at(what, done, of, f"{done} of {of}")

        tuner = Tuner(engine, sources.drives, base.config, cache=not args.no_cache, labelled_only=args.labelled_only)
        tuner.prepare(lambda done, of: said("drives", done, of))
        finding = None
        if parameters:
            halves = split(tuner.drives, tuner.hours, args.hold_out, args.seed)
            finding = find(tuner, base, parameters, halves, goal=goal, said=said)
        ended = finding is not None and finding.interrupted
        sweeps = [] if ended else [sweep(tuner, base.config, spot, values, said) for spot, values in ranges]
    for problem in (*sources.left_out, *sources.other_settings(base.config), *tuner.problems, *tuner.notes):
        sys.stderr.write(f"driver-monitor: {problem}\n")
    _tell(args, finding, sweeps)
    if finding is not None and finding.warning:  # once more, below all that has scrolled by
        sys.stderr.write(f"driver-monitor: over the budget: {finding.warning}\n")
    if ended:
        return INTERRUPTED
    return 1 if tuner.problems or sources.broken else 0


def _tell(args: argparse.Namespace, finding: Finding | None, sweeps: Sequence[Sweep]) -> None:
    """Write the files and say what was found."""
    files = []
    if finding is not None:
        files += write_finding(finding, args.out, datetime.now())
        if args.update_in is not None and finding.changed:
            update_file(args.update_in, finding.changed)
            files.append(args.update_in)
    for each in sweeps:
        files += write_sweep(each, args.out, args.false_alerts_per_h)
    if args.json:
        record = {
            "search": None if finding is None else finding_json(finding),
            "sweeps": [sweep_json(each) for each in sweeps],
            "files": [str(file) for file in files],
        }
        print(json.dumps(record))
        return
    if finding is not None:
        found(finding)
    for each in sweeps:
        swept(each)
    print(f"written: {', '.join(map(str, files))}")
