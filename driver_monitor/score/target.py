"""Which labels a rule answers to: the one place that says what is a right alert and what a false one.

A rule's target follows from the signals of its ``when``, so that it holds for rules of a user's own as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_config
from driver_monitor.config.rules import RuleConfig
from driver_monitor.config.term import Term
from driver_monitor.rules.condition import terms_of

Kinds = frozenset[str]

_NONE: Final[Kinds] = frozenset()
CLOSURE: Final[Kinds] = frozenset({"microsleep", "sleep"})
LOOK: Final[Kinds] = frozenset({"phone", "distracted"})
DROWSY: Final[Kinds] = frozenset({"drowsy"})
YAWN: Final[Kinds] = frozenset({"yawn"})

DANGERS: Final[Kinds] = CLOSURE | LOOK | DROWSY  # an alert is due, whichever rules are switched on
HARMLESS: Final[Kinds] = frozenset({"attentive", "mirror", "talking"})  # an alert in here is false for certain

_SIGNALS: Final[Mapping[str, Kinds]] = {
    **dict.fromkeys(("eyes_closed_s", "openness", "openness_left", "openness_right", "ear_left", "ear_right"), CLOSURE),
    **dict.fromkeys(
        ("off_road_s", "away_30s", "driving_task_s", "attention_buffer_s", "on_road", "zone", "gaze_yaw_deg",
         "gaze_pitch_deg", "yaw_deg", "pitch_deg", "distraction.on_road", "distraction.zone"), LOOK),
    **dict.fromkeys(("awareness", "attention_level", "attention_latched", "attention_used_up"), CLOSURE | LOOK),
    **dict.fromkeys(
        ("perclos_60s", "perclos_180s", "fatigue.level", "fatigue.drowsy", "fatigue.kss", "nod", "nods_600s",
         "blink_duration_s", "blink_rate_per_min"), DROWSY),
    **dict.fromkeys(("yawn", "yawns_600s"), YAWN),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """An event is answered by an alert from ``tolerance_s`` before its start to ``grace_s`` after its end."""

    tolerance_s: float
    grace_s: float


# Half a second before: an annotator's hand is later than the eye. A second after: an alert on the last frame of an
# event is still one of it. Drowsiness has no sharp edge, and PERCLOS looks back over a minute.
_EDGE: Final = Window(0.5, 1.0)
_SLOW: Final = Window(60.0, 60.0)


def window(kind: str) -> Window:
    """How far from a label of this kind an alert still belongs to it."""
    return _SLOW if kind in DROWSY else _EDGE


@dataclass(frozen=True, slots=True)
class Target:
    """``detects``: kinds of events the rule is there for. ``explained_by``: these and those within which it is right.

    A microsleep in a drowsy stretch is right but says nothing of how well microsleeps are found. A rule with neither
    (the camera sees nothing) answers no label, so that labels cannot say whether it is right.
    """

    detects: Kinds = _NONE
    explained_by: Kinds = _NONE


def _kinds(term: Term) -> Kinds:
    """What a term looks for; one that asks for no yawn is there for something else."""
    guard = _signal(term) == "yawn" and not getattr(term, "threshold", True)
    return _NONE if guard else _SIGNALS.get(_signal(term), _NONE)


def target(rule: RuleConfig) -> Target:
    """The target of a rule by what it looks at."""
    detects = _NONE.union(*(_kinds(term) for term in terms_of(rule.when)))
    explained_by = detects
    if detects & CLOSURE:
        explained_by |= DROWSY
    if detects & LOOK:
        explained_by |= CLOSURE  # a head that falls looks away
    if detects & DROWSY:
        explained_by |= CLOSURE
    if detects & YAWN:
        explained_by |= DROWSY
    return Target(detects, explained_by)


def targets(config: Config) -> dict[str, Target]:
    """Every rule in force with its target."""
    return {name: target(rule) for name, rule in config.rules.items() if rule.enabled}


@cache
def default_targets() -> dict[str, Target]:
    """Every built-in rule in force with its target."""
    return targets(default_config())


def _signal(term: Term) -> str:
    return term.operand if isinstance(term.operand, str) else term.operand.signal
