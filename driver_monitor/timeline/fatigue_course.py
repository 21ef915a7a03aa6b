"""The signs of tiredness over a drive: a look at them every ten seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from driver_monitor.classifiers.own_blinks import OwnBlinks
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.state.driver_state import DriverState, Fatigue

LOOK_EVERY_S: Final = 10.0
LONG_S: Final = 0.5  # a dip of the lids as long as this is a long blink or a slow closure
NOD_S: Final = 2.0  # how far back a nod's bar goes from the moment the head is up again
MAX_NODS: Final = 2000
_STEPS_S: Final = (30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
_MOST_ROWS: Final = 14


@dataclass(frozen=True, slots=True)
class Look:
    """The signs of tiredness at ``t_s``.

    Of the dips of the lids since the look before, ``blink_s`` is the median duration of those under half a second, and
    ``long_blinks`` counts the others. ``mirror_checks_60s`` is None where the gaze was not known.
    """

    t_s: float
    fatigue: Fatigue | None
    perclos_60s: float | None
    perclos_180s: float | None
    blink_s: float | None
    long_blinks: int
    yawns_600s: int
    nods_600s: int
    mirror_checks_60s: int | None


class FatigueCourse:
    """Takes every state in order of time. ``nods`` are stretches (start, end, s) that end with the head up again."""

    def __init__(self) -> None:
        self.own_blinks = OwnBlinks()
        self.looks: list[Look] = []
        self.known_from_s: float | None = None
        self.nods: list[tuple[float, float]] = []
        self._durations_s: list[float] = []
        self._due_s: float | None = None
        self._last: DriverState | None = None

    def add(self, state: DriverState) -> None:
        signals = state.signals
        self._last = state
        self.own_blinks.update(signals)
        if signals.completed_blink is not None:
            self._durations_s.append(signals.completed_blink.duration_s)
        if signals.nod and len(self.nods) < MAX_NODS:
            self.nods.append((max(0.0, state.t_s - NOD_S), state.t_s))
        if self.known_from_s is None and state.fatigue is not None:
            self.known_from_s = state.t_s
        if self._due_s is None:
            self._due_s = state.t_s + LOOK_EVERY_S
        if state.t_s >= self._due_s:
            self._due_s += LOOK_EVERY_S * (1 + (state.t_s - self._due_s) // LOOK_EVERY_S)
            self.looks.append(_look(state, self._durations_s))
            self._durations_s.clear()

    def unknown(self, config: ClassifiersConfig) -> str:
        """Why fatigue was never known, as a sentence without its subject; empty where it was."""
        return "" if self.known_from_s is not None else f"not known in this drive: {self.own_blinks.why_never(config)}"

    def unknown_briefly(self, config: ClassifiersConfig) -> str:
        """The same in the words of a chart's row."""
        return "" if self.known_from_s is not None else f"not known: {self.own_blinks.why_never_briefly(config)}"

    def steps(self) -> list[Look]:
        """At most 15 looks at even times, the last at the drive's end; each with the blinks of its whole step."""
        looks = list(self.looks)
        if self._last is not None and (not looks or self._last.t_s > looks[-1].t_s):
            looks.append(_look(self._last, self._durations_s))
        if not looks:
            return []
        length_s = looks[-1].t_s
        step_s = next((step for step in _STEPS_S if length_s / step <= _MOST_ROWS), length_s / _MOST_ROWS)
        found: list[Look] = []
        step: list[Look] = []
        for look in looks:
            step.append(look)
            due_s = (len(found) + 1) * step_s - LOOK_EVERY_S / 2
            if look.t_s >= due_s or look is looks[-1]:
                found.append(_summed(step))
                step.clear()
        return found

    def last_before(self, t_s: float) -> Look | None:
        return next((look for look in reversed(self.looks) if look.t_s <= t_s), None)


def _look(state: DriverState, durations_s: Sequence[float]) -> Look:
    signals = state.signals
    blinks_s = [duration_s for duration_s in durations_s if duration_s < LONG_S]
    return Look(
        state.t_s,
        state.fatigue,
        signals.perclos_60s,
        signals.perclos_180s,
        median(blinks_s) if blinks_s else None,
        len(durations_s) - len(blinks_s),
        signals.yawns_600s,
        signals.nods_600s,
        signals.mirror_checks_60s,
    )


def _summed(looks: Sequence[Look]) -> Look:
    blinks_s = [look.blink_s for look in looks if look.blink_s is not None]
    return replace(
        looks[-1],
        blink_s=median(blinks_s) if blinks_s else None,
        long_blinks=sum(look.long_blinks for look in looks),
    )
