"""``driver-monitor config``: check, show, explain and compare config files."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from driver_monitor.config.difference import differences
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import default_config, load
from driver_monitor.config.schema import json_schema
from driver_monitor.config.show import commented_yaml, signals_text
from driver_monitor.counted import counted
from driver_monitor.errors import UsageError
from driver_monitor.floor.hole import holes

_EPILOG = """\
examples:
  driver-monitor config check my.yaml                 every mistake at once, as FILE:LINE: KEY: ...
  driver-monitor config show --config my.yaml         the config in force, defaults included
  driver-monitor config show --defaults --commented   every key with meaning, unit, range and source
  driver-monitor config show --signals                the signals that a rule's condition may use
  driver-monitor config schema > driver-monitor.schema.json
  driver-monitor config diff quiet.yaml strict.yaml
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "config",
        help="check, show and compare config files",
        description="Check, show and compare config files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    check = actions.add_parser("check", help="report every mistake in config files, and what disarms the monitor")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="config files; none: the defaults")

    show = actions.add_parser("show", help="print the config in force as YAML")
    source = show.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="the file to show; none: the defaults")
    source.add_argument("--defaults", action="store_true", help="show the built-in defaults")
    source.add_argument("--signals", action="store_true", help="list the signals that rules may use instead")
    show.add_argument("--commented", action="store_true", help="with meaning, unit, range and source of every key")

    actions.add_parser("schema", help="print the JSON Schema of a config file, for editors")

    diff = actions.add_parser("diff", help="print the keys in which two configs differ")
    diff.add_argument("first", type=Path, metavar="A", help="a config file, or 'default'")
    diff.add_argument("second", type=Path, metavar="B", help="another one")


def run(args: argparse.Namespace) -> int:
    match args.action:
        case "check":
            return _check(args.files)
        case "show" if args.signals:
            sys.stdout.write(signals_text())
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


def _diff(first: Path, second: Path) -> None:
    found = differences(load(first).config, load(second).config)
    for difference in found:
        print(difference)
    if not found:
        print(f"{first} and {second} mean the same")
