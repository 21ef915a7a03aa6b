"""The work of ``driver-monitor config``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from driver_monitor.alerts.dbc import dbc_text
from driver_monitor.config.difference import differences
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import default_config, load
from driver_monitor.config.schema import json_schema
from driver_monitor.config.show import commented_yaml, signals_text
from driver_monitor.counted import counted
from driver_monitor.errors import UsageError
from driver_monitor.floor.hole import holes
from driver_monitor.parameter_table import parameters, table


def run(args: argparse.Namespace) -> int:
    match args.action:
        case "check":
            return _check(args.files)
        case "show" if args.json and not args.parameters:
            raise UsageError("--json goes with --parameters: a config is shown as YAML")
        case "show" if args.commented and (args.signals or args.parameters):
            raise UsageError("--commented explains the keys of a config: it does not go with --signals or --parameters")
        case "show" if args.signals:
            sys.stdout.write(signals_text())
        case "show" if args.dbc:
            sys.stdout.write(dbc_text(load(args.config).config))
        case "show" if args.parameters:
            _parameters(as_json=args.json)
        case "show":
            loaded = load(args.config)
            sys.stdout.write(commented_yaml(loaded.config) if args.commented else loaded.text)
        case "schema":
            print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        case "diff":
            _diff(args.first, args.second)
    return 0


def _check(files: list[Path]) -> int:
    code = 0
    wanted: Sequence[Path | None] = files or (None,)
    for file in wanted:
        try:
            loaded = load(file)
        except ConfigError as error:
            sys.stderr.write(f"{error}\n")
            code = UsageError.exit_code
            continue
        changed = len(differences(default_config(), loaded.config))
        rules = loaded.config.rules.values()
        off = sum(not rule.enabled for rule in rules)
        found = holes(loaded)
        for hole in found:
            sys.stderr.write(f"WARNING: {hole.whole}\n")
        verdict = "fine"
        if found:
            keys = counted(len(found), "key disarms", "keys disarm")
            verdict = f"usable, but {keys} the monitor (a warning: the exit code stays 0)"
        print(
            f"{file or 'the built-in defaults'}: {verdict}; {counted(changed, 'key differs', 'keys differ')} "
            f"from the defaults, {counted(len(rules), 'rule')} of which {off} switched off"
        )
    return code


def _parameters(*, as_json: bool) -> None:
    found = parameters()
    if as_json:
        print(json.dumps([parameter.to_json() for parameter in found], indent=2, ensure_ascii=False))
    else:
        sys.stdout.write(table(found))


def _diff(first: Path, second: Path) -> None:
    found = differences(load(first).config, load(second).config)
    for difference in found:
        print(difference)
    if not found:
        print(f"{first} and {second} mean the same")
