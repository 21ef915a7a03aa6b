"""What no single key can tell: settings that must suit each other, and words that no signal ever says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from driver_monitor.config.camera_address import SourceError, parse
from driver_monitor.config.catalogue import number
from driver_monitor.config.driver import BASELINE_NAME, BASELINE_NAMES
from driver_monitor.config.errors import Path, path_text, shown
from driver_monitor.config.hints import nearest
from driver_monitor.config.messages import is_key, language_texts, languages
from driver_monitor.config.rules import LevelName
from driver_monitor.config.term import parse_term
from driver_monitor.state.signals import BASELINE_RESETS, DEGRADED_CAUSES
from driver_monitor.state.zone import ELSEWHERE, ROAD, UNKNOWN

# The first must be below the second, or at most equal to it.
_ORDERED: Final[tuple[tuple[str, str, bool], ...]] = (
    ("signals.closure.p80_openness", "signals.closure.enter_openness", True),
    ("signals.closure.enter_openness", "signals.closure.exit_openness", False),
    ("signals.yawn.min_s", "signals.yawn.max_s", False),
    ("signals.quality.dark_luma", "signals.quality.glare_luma", False),
    ("camera.reopen_first_s", "camera.reopen_max_s", True),
    ("attention.leave", "attention.enter", True),
    *(
        (f"attention.{pace}.{low}", f"attention.{pace}.{high}", False)
        for pace in ("vision", "unseen")
        for low, high in (("look_up_s", "warn_s"), ("warn_s", "urgent_s"), ("urgent_s", "used_up_s"))
    ),
)
_TCP_ADDRESS: Final = re.compile(r"tcp://[^\s:/]+:\d{1,5}")
_CAN_NEEDS: Final = {"dbc": "a DBC file that describes the car's messages", "signal": "MESSAGE.SIGNAL of that file"}
_STANDARD_IDS: Final = 0x800
LEVELS: Final = get_args(LevelName)
# Every word a signal can say; a rule that waits for another one never fires.
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "tracking": ("tracked", "no_face", "not_driver", "camera_lost", "tracker_lost"),
    "degraded": DEGRADED_CAUSES,
    "eyes": ("open", "closed", "glance_down", "unknown"),
    "baseline": ("prior", "kept", "driver"),
    "baseline_reset": BASELINE_RESETS,
}


def comparisons(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Pairs of numbers in the wrong order, at the first of the two."""
    pairs = [(tuple(low.split(".")), tuple(high.split(".")), equal) for low, high, equal in _ORDERED]
    rules = data.get("rules")
    for name in rules if isinstance(rules, dict) else ():
        gate = ("rules", name, "speed")
        pairs.append(((*gate, "from_kmh"), (*gate, "below_kmh"), False))
    for low_path, high_path, equal in pairs:
        low, high = _number(data, low_path), _number(data, high_path)
        if low is None or high is None or low < high or (equal and low == high):
            continue
        relation = "at most" if equal else "below"
        yield (
            low_path,
            f"got {number(low)}; accepted: {relation} {path_text(high_path)}, which is {number(high)}",
        )


def words(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Terms that compare a signal with a word it is never."""
    zones = _zones(data)
    for name, rule in _rules(data):
        for path, text in rule_terms(rule, ("rules", name)):
            try:
                term = parse_term(text)
            except ValueError:  # told where the condition is checked
                continue
            for signal, choices in term.comparisons():
                known = zones if signal == "zone" else WORDS.get(signal, ())
                for word in choices:
                    if known and word not in known:
                        near = nearest(str(word), known)
                        hint = f"did you mean '{near}'?" if near else f"it is one of {', '.join(known)}"
                        yield path, f"'{signal}' is never '{word}'; {hint}"


def names(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What becomes the name of a file."""
    path: Path = ("driver", "baseline")
    name = _find(data, path)
    if isinstance(name, str) and name and not BASELINE_NAME.fullmatch(name):
        yield path, f"got {shown(name)}; accepted: {BASELINE_NAMES}"


def can_ids(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """An id of 29 bits where there are 11: DM_Alert's is the one after base_id."""
    path: Path = ("alerts", "can", "base_id")
    first, can = _number(data, path), _find(data, ("alerts", "can"))
    if first is None or can.get("extended_id") or can.get("j1939_address") is not None:
        return
    if first >= _STANDARD_IDS - 1:
        yield path, f"got {number(first)}; accepted: up to {_STANDARD_IDS - 2}, or set alerts.can.extended_id: true"


def speed_sources(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Sources of the speed that are named twice, need what is not given, or want what somebody else holds."""
    path: Path = ("vehicle", "speed")
    source, fallback = _find(data, (*path, "source")), _find(data, (*path, "fallback"))
    if not isinstance(fallback, list):
        fallback = []
    measuring = [source, *fallback]
    if fallback and source in ("none", "fixed"):
        yield (
            (*path, "fallback"),
            f"got {shown(fallback)}, but source '{source}' is never silent; name one that measures",
        )
    for index, name in enumerate(fallback):
        if name in measuring[: index + 1]:
            yield (*path, "fallback", index), f"'{name}' is named twice"
    if "can" in measuring:
        for key, needed in _CAN_NEEDS.items():
            if not _find(data, (*path, "can", key)):
                yield (*path, "can", key), f"got nothing; the speed source 'can' needs {needed}"
        own, alerts = ([_find(data, (*at, key)) for key in ("interface", "channel")]
                       for at in ((*path, "can"), ("alerts", "can")))  # fmt: skip
        if own == alerts and own[0] == "slcan" and _find(data, ("alerts", "can", "enabled")):
            yield (
                (*path, "can", "channel"),
                (
                    f"got {shown(own[1])}, the adapter of alerts.can; an slcan adapter cannot be shared: make it a "
                    "socketcan interface with slcand"
                ),
            )
    address = str(_find(data, (*path, "obd", "address")))
    if "obd" in measuring and address.startswith("tcp://") and not _TCP_ADDRESS.fullmatch(address):
        yield (*path, "obd", "address"), f"got {shown(address)}; accepted: a serial port or tcp://HOST:PORT"


def pins(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """A pin that is to do two things."""
    section = _find(data, ("alerts", "gpio"))
    used: dict[Any, str] = {}
    for name, pin in (section if isinstance(section, dict) else {}).items():
        if name.endswith("_pin") and pin is not None:
            if pin in used:
                yield ("alerts", "gpio", name), f"got {shown(pin)}, which is {used[pin]} as well; each needs its own"
            used[pin] = name


def relations(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Rules that are inhibited by a rule there is not, by themselves or in a circle."""
    inhibitors = {}
    for name, rule in _rules(data):
        found = rule.get("inhibited_by")
        inhibitors[name] = [other for other in found if isinstance(other, str)] if isinstance(found, list) else []
    told: set[str] = set()
    for name, others in inhibitors.items():
        for index, other in enumerate(others):
            path: Path = ("rules", name, "inhibited_by", index)
            if other not in inhibitors:
                near = nearest(other, inhibitors)
                hint = f"; did you mean '{near}'?" if near else f"; there are {', '.join(inhibitors)}"
                yield path, f"there is no rule '{other}'{hint}"
            elif name in (circle := _reach(other, inhibitors)) and not told & circle:
                told |= {rule for rule in circle if name in _reach(rule, inhibitors)}
                yield path, f"'{name}' and '{other}' inhibit each other in a circle; take one of them out"


def _reach(name: str, inhibitors: Mapping[str, list[str]]) -> set[str]:
    """The rule, those that inhibit it, those that inhibit these, and so on."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        if (rule := ahead.pop()) not in reached:
            reached.add(rule)
            ahead += inhibitors.get(rule, [])
    return reached


def source(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """A camera that is no camera, whatever may be plugged in."""
    path: Path = ("camera", "source")
    text = _find(data, path)
    if isinstance(text, str) and text:
        try:
            parse(text)
        except SourceError as error:
            yield path, str(error).removeprefix("camera.source ").rstrip(".")


def ladders(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Steps of an escalation that do not rise in time and level."""
    for name, rule in _rules(data):
        steps = rule.get("escalate")
        level, after_s = rule.get("level", "warning"), 0.0
        for index, step in enumerate(steps if isinstance(steps, list) else ()):
            path: Path = ("rules", name, "escalate", index)
            next_s = _find(step, ("after",))
            if isinstance(next_s, int | float) and next_s <= after_s:
                yield (*path, "after"), f"got {number(next_s)}; accepted: above {number(after_s)}, the time before it"
            elif isinstance(next_s, int | float):
                after_s = next_s
            next_level = _find(step, ("level",))
            if level in LEVELS and next_level in LEVELS:
                if LEVELS.index(next_level) <= LEVELS.index(level):
                    yield (*path, "level"), f"got {next_level}; accepted: a level above {level}, the one before it"
                level = next_level


def messages(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """A language there is not, and keys that no text has."""
    language, texts = _find(data, ("messages", "language")), _find(data, ("messages", "texts"))
    if isinstance(language, str) and language not in languages():
        hint = "add driver_monitor/messages/LANGUAGE.yaml or set messages.texts"
        yield ("messages", "language"), f"got '{language}'; accepted: one of {' | '.join(languages())}; {hint}"
    known = {*language_texts("en"), *(texts if isinstance(texts, dict) else ())}
    for name, rule in _rules(data):
        said: list[tuple[Path, Any]] = [(("rules", name, "message"), rule.get("message"))]
        steps = rule.get("escalate")
        for index, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(step, dict):
                said.append((("rules", name, "escalate", index, "message"), step.get("message")))
        for path, message in said:
            if isinstance(message, str) and is_key(message) and message not in known:
                near = nearest(message, known)
                hint = f"; did you mean '{near}'?" if near else ""
                yield path, f"there is no message '{message}'{hint} (a text of your own has spaces)"


def _rules(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rules = data.get("rules")
    for name, rule in (rules if isinstance(rules, dict) else {}).items():
        if isinstance(rule, dict):
            yield name, rule


def rule_terms(rule: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    """Every term of a rule with its path."""
    for key in ("when", "until", "only_while"):
        yield from terms(rule.get(key), (*path, key))
    channels = _find(rule, ("requires_second_channel", "channels"))
    for name, condition in (channels if isinstance(channels, dict) else {}).items():
        yield from terms(condition, (*path, "requires_second_channel", "channels", name))


def terms(condition: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every term of a condition with its path; what is no condition is passed over."""
    if isinstance(condition, str):
        yield path, condition
    elif isinstance(condition, dict):
        for key, items in condition.items():
            if key == "not":
                yield from terms(items, (*path, key))
            for index, item in enumerate(items if isinstance(items, list) else ()):
                yield from terms(item, (*path, key, index))


def _zones(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Zone names; on the other side of the car left_ and right_ change places, so both are known."""
    names = [ROAD, ELSEWHERE, UNKNOWN]
    zones = _find(data, ("signals", "gaze", "zones"))
    for name in zones if isinstance(zones, dict) else ():
        side, _, rest = name.partition("_")
        names += [f"left_{rest}", f"right_{rest}"] if side in ("left", "right") else [name]
    return tuple(dict.fromkeys(names))


def _find(data: Any, path: Path) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _number(data: Mapping[str, Any], path: Path) -> float | None:
    value = _find(data, path)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
