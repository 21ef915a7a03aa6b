"""What no single key can tell: settings that must suit each other, and words that no signal ever says."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from driver_monitor.config.catalogue import number
from driver_monitor.config.errors import Path, path_text
from driver_monitor.config.hints import nearest
from driver_monitor.rules.term import Term, parse_term
from driver_monitor.signals.signals import BASELINE_RESETS, DEGRADED_CAUSES
from driver_monitor.signals.zones import ELSEWHERE, ROAD, UNKNOWN

# The first must be below the second, or at most equal to it.
_ORDERED: Final[tuple[tuple[str, str, bool], ...]] = (
    ("signals.closure.p80_openness", "signals.closure.enter_openness", True),
    ("signals.closure.enter_openness", "signals.closure.exit_openness", False),
    ("signals.yawn.min_s", "signals.yawn.max_s", False),
    ("signals.quality.dark_luma", "signals.quality.glare_luma", False),
    ("camera.reopen_first_s", "camera.reopen_max_s", True),
)
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
    """Terms that compare a signal with a word it never says."""
    zones = _zones(data)
    rules = data.get("rules")
    for name, rule in (rules if isinstance(rules, dict) else {}).items():
        condition = rule.get("when") if isinstance(rule, dict) else None
        for path, text in terms(condition, ("rules", name, "when")):
            try:
                term = parse_term(text)
            except ValueError:  # told where the condition is checked
                continue
            known = zones if term.signal == "zone" else WORDS.get(term.signal, ())
            for word in _thresholds(term):
                if known and word not in known:
                    near = nearest(str(word), known)
                    hint = f"did you mean '{near}'?" if near else f"it says {', '.join(known)}"
                    yield path, f"'{term.signal}' never says '{word}'; {hint}"


def terms(condition: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every term of a condition with its path; what is no condition is passed over."""
    if isinstance(condition, str):
        yield path, condition
    elif isinstance(condition, dict):
        for key, items in condition.items():
            for index, item in enumerate(items if isinstance(items, list) else ()):
                yield from terms(item, (*path, key, index))


def _thresholds(term: Term) -> tuple[Any, ...]:
    return term.threshold if isinstance(term.threshold, tuple) else (term.threshold,)


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
