"""Writes a config as YAML: bare, or with every key explained (which is what ``configs/default.yaml`` is)."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from driver_monitor.config.catalogue import Group, Named, Setting, catalogue
from driver_monitor.config.config import Config
from driver_monitor.config.messages import language_texts
from driver_monitor.config.rules import RuleConfig
from driver_monitor.config.scalar import reads_as_text
from driver_monitor.printable import printable
from driver_monitor.state.vocabulary import DESCRIBED

WIDTH: Final = 110
_COLUMN: Final = 34  # where the comments beside values begin
_PLAIN: Final = re.compile(r"[A-Za-z/][\w ./<>=!+-]*[\w.+!]$")
_ESCAPED: Final = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
_TITLE: Final = """\
Every setting of driver-monitor with its default value.

This file is written by 'driver-monitor config show --defaults --commented' and changes nothing as it \
stands. Your own file needs only the keys that differ, under the same section names; then run

    driver-monitor config check my.yaml
    driver-monitor run --config my.yaml

'extends: other.yaml' as the first line builds on another file. Times are in seconds, angles in degrees (yaw \
positive to the driver's left, pitch positive up), speeds in km/h; the comment beside a value gives its unit \
and its range.
Plain words that YAML readers disagree about (yes, on, 1:30, 007) are refused; true and false are the \
only switches."""


def effective_yaml(config: Config) -> str:
    """The whole config as bare YAML; loading it gives an equal config (but for names from the command line that are no
    UTF-8, which YAML cannot hold)."""
    return printable("\n".join(bare_yaml(config.model_dump(mode="json", by_alias=True), 0)) + "\n")


def commented_yaml(config: Config) -> str:
    """The whole config with every key's meaning, unit, range and source; loading it gives an equal config."""
    data = config.model_dump(mode="json", by_alias=True)
    lines = _comment(_TITLE, 0)
    for name, member in catalogue().members.items():
        heading = f"# ---- {name}: {member.description} "
        lines += ["", heading.ljust(WIDTH, "-"), f"{name}:"]
        lines += list(_members(member, data[name], 2))
    return "\n".join(lines) + "\n"


def scalar(value: Any) -> str:
    """A value as the reader takes it back: words bare where that is safe, else in double quotes."""
    if isinstance(value, str):
        return value if _PLAIN.match(value) and reads_as_text(value) else _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(scalar(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {scalar(item)}' for key, item in value.items())}}}"
    return json.dumps(value)


def _quoted(text: str) -> str:
    """JSON's quoting is YAML's, but for the letters that YAML folds or does not allow in a file."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def bare_yaml(data: Mapping[str, Any], indent: int) -> Iterator[str]:
    """Lines of YAML; the reader takes the same data back."""
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield f"{' ' * indent}{key}:"
            yield from bare_yaml(value, indent + 2)
        elif isinstance(value, list) and any(
            (isinstance(item, str) and " " in item) or isinstance(item, dict) for item in value
        ):
            yield f"{' ' * indent}{key}:"
            yield from _items(value, indent + 2)
        else:
            yield from _text(key, value, indent)


def _text(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key with its value; words that are too long for a line are folded where that gives them back as they are."""
    line = f"{' ' * indent}{key}: {scalar(value)}"
    if len(line) > WIDTH and isinstance(value, str) and value.isprintable() and not value.startswith(" "):
        lead = " " * (indent + 2)
        lines = textwrap.wrap(value, WIDTH - len(lead), break_long_words=False, break_on_hyphens=False)
        if " ".join(lines) == value:
            yield f"{' ' * indent}{key}: >-"
            yield from (lead + line for line in lines)
            return
    yield line


def _items(items: list[Any], indent: int) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict):
            first, *rest = bare_yaml(item, indent + 2)
            yield f"{' ' * indent}- {first.strip()}"
            yield from rest
        else:
            yield f"{' ' * indent}- {scalar(item)}"


def _members(node: Group | Named | Setting, data: Any, indent: int) -> Iterator[str]:
    if isinstance(node, Named):
        yield from (_rules if node.name == "rules" else _entries)(node, data, indent)
    elif isinstance(node, Group):
        for index, (name, member) in enumerate(node.members.items()):
            if isinstance(member, Setting):
                yield from _setting(member, data[name], indent)
            else:
                if index:
                    yield ""
                yield from _comment(member.description, indent)
                yield f"{' ' * indent}{name}:"
                yield from _members(member, data[name], indent + 2)


def _setting(setting: Setting, value: Any, indent: int) -> Iterator[str]:
    yield from _comment(setting.description, indent)
    line = f"{' ' * indent}{setting.name}: {scalar(value)}".ljust(_COLUMN)
    beside = _facts(setting)
    if setting.source and len(line) + len(beside) + len(setting.source) + 14 <= WIDTH:
        beside += f"; source: {setting.source}"
    elif setting.source:
        yield from _comment(f"source: {setting.source}", indent)
    if len(line) + len(beside) + 4 > WIDTH + 12:
        yield from _comment(beside, indent)
        yield line
    else:
        yield f"{line}  # {beside}"


def _facts(setting: Setting) -> str:
    if setting.unit in ("0..1", "count"):  # no unit of their own; the range says it all
        return setting.range
    return f"{setting.unit}, {setting.range}" if setting.unit else setting.range


def _legend(group: Group, indent: int, prefix: str = "") -> Iterator[str]:
    """What each key of a named entry means, said once above the entries."""
    for name, member in group.members.items():
        if isinstance(member, Setting):
            default = "" if member.required else f"; default {scalar(_default(prefix + name))}"
            facts = _facts(member)
            source = f"; source: {member.source}" if member.source else ""
            text = f"{prefix + name}: {member.description} ({facts}{default}{source})"
            yield from _comment(text, indent, hanging="    ")
        elif isinstance(member, Group):
            yield from _legend(member, indent, f"{prefix}{name}.")


def _default(dotted: str) -> Any:
    """The default of a key of a rule."""
    data: Any = RuleConfig(when="t_s >= 0", message="-").model_dump(mode="json", by_alias=True)
    for part in dotted.split("."):
        data = data[part]
    return data


def _entries(node: Named, data: Mapping[str, Any], indent: int) -> Iterator[str]:
    facts = [
        f"{name}: {m.description} ({_facts(m)})" for name, m in node.entry.members.items() if isinstance(m, Setting)
    ]
    for text in facts:
        yield from _comment(text, indent, hanging="    ")
    for name, entry in data.items():
        yield f"{' ' * indent}{name}: {scalar(entry)}"


def _rules(node: Named, data: Mapping[str, Any], indent: int) -> Iterator[str]:
    yield from _comment("The keys of a rule; a rule below shows those that differ from the default:", indent)
    yield from _legend(node.entry, indent)
    yield from _comment(
        "A rule of your file changes the keys it names in the rule of the same name here, or is a new rule. Switch one "
        "off with 'enabled: false'. 'driver-monitor config show --signals' lists the signals a condition may use.",
        indent,
    )
    plain = RuleConfig(when="t_s >= 0", message="-").model_dump(mode="json", by_alias=True)
    for name, rule in data.items():
        yield ""
        yield f"{' ' * indent}{name}:"
        always = ("when", "level", "message")
        differing = {key: value for key, value in rule.items() if key in always or value != plain[key]}
        if "speed" in differing:
            differing["speed"] = {k: v for k, v in rule["speed"].items() if v != plain["speed"][k]}
        for key, value in differing.items():
            if key == "speed":
                yield f"{' ' * (indent + 2)}speed: {scalar(value)}"
            elif key == "message" and value in language_texts("en"):
                line = f"{' ' * (indent + 2)}message: {scalar(value)}".ljust(_COLUMN)
                yield f"{line}  # {language_texts('en')[value]}"
            else:
                yield from bare_yaml({key: value}, indent + 2)


def _comment(text: str, indent: int, hanging: str = "") -> list[str]:
    lead = " " * indent + "# "
    lines: list[str] = []
    for paragraph in text.split("\n"):
        wrapped = textwrap.wrap(paragraph, WIDTH - len(lead), subsequent_indent=hanging, break_on_hyphens=False)
        lines += [(lead + line).rstrip() for line in wrapped or [""]]
    return lines


def signals_text() -> str:
    """One line a signal that a rule's condition may use: name, unit and meaning."""
    width = max(map(len, DESCRIBED)) + 2
    lines = [f"{name:<{width}}{unit:<8}{meaning}" for name, (unit, meaning) in DESCRIBED.items()]
    return "\n".join(lines) + "\n"
