"""When the terms of rules hold over a recorded drive, worked out once a term and remembered.

The answers are those of :class:`~driver_monitor.rules.facts.Facts`, frame by frame; here they come as the frames in
which they change.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from driver_monitor.config.attention import AttentionConfig
from driver_monitor.config.rules import SpeedGate
from driver_monitor.config.term import Term, Window
from driver_monitor.rules.attention import AttentionLadder
from driver_monitor.rules.facts import Watched
from driver_monitor.rules.window import SOUND
from driver_monitor.state.policy import POLICY_NAMES
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs
from driver_monitor.tune.table import UNKNOWN, Column, StateTable, run_starts

BUDGET_NAME: Final = "audible_alerts_1h"  # depends on what every rule sounds, so no drive's signals tell it
LADDER_NAMES: Final = tuple(name for name in POLICY_NAMES if name != BUDGET_NAME)
_ANSWERS: Final = (False, True, None)  # by 0, 1 and UNKNOWN

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Changes:
    """The frames int32 [k] in which an answer differs from the frame before, and what it is from there on: int8 [k] of
    1, 0 or UNKNOWN."""

    frames: NDArray[np.int32]
    answers: NDArray[np.int8]

    @classmethod
    def of(cls, frames: NDArray[np.int32], answers: NDArray[np.int8], before: int) -> "Changes":
        """``answers`` hold from ``frames`` on; ``before`` is the answer ahead of them."""
        changed = np.flatnonzero(np.diff(answers, prepend=np.int8(before)))
        return cls(frames[changed], answers[changed])

    def __iter__(self) -> Iterator[tuple[int, bool | None]]:
        answers = (_ANSWERS[place] for place in self.answers.tolist())
        return zip(self.frames.tolist(), answers, strict=True)


@dataclass(frozen=True, slots=True)
class Figured:
    """A window's figure and the share of it that was known, as runs: see Column."""

    frames: NDArray[np.int32]
    figures: NDArray[np.float64]
    covered: NDArray[np.float64]


class Remembered(Generic[Found]):
    """The last ``most`` things worked out, by what they were worked out from."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._found: OrderedDict[Hashable, Found] = OrderedDict()

    def of(self, key: Hashable, work_out: Callable[[], Found]) -> Found:
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = work_out()
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(key)
        return found


class Truths:
    """The terms of one drive. ``attention`` is looked at for terms that name what the attention ladder says."""

    def __init__(self, table: StateTable) -> None:
        self.table: Final = table
        self._changes: Remembered[Changes] = Remembered(256)
        self._figures: Remembered[Figured] = Remembered(16)
        self._ladders: Remembered[dict[str, Column]] = Remembered(4)

    def changes(self, term: Term, attention: AttentionConfig) -> Changes:
        """When the term's answer changes; ahead of the first frame it is not known."""
        return self._changes.of(
            (term, self._ladder_key(term, attention)), lambda: Changes.of(*self._answers(term, attention), UNKNOWN)
        )

    def gate(self, config: SpeedGate) -> Changes:
        """When a rule's speed gate opens (True) and shuts; ahead of the first frame it is open."""
        return self._changes.of(("gate", config), lambda: self._gate(config))

    def _gate(self, config: SpeedGate) -> Changes:
        kmh, known = self.table.kmh()
        within = (kmh >= config.from_kmh) & (kmh < config.below_kmh)
        answers = np.where(known, within, config.when_unknown == "apply").astype(np.int8)
        return Changes.of(np.arange(len(answers), dtype=np.int32), answers, 1)

    def _ladder_key(self, term: Term, attention: AttentionConfig) -> AttentionConfig | None:
        name = term.operand.signal if isinstance(term.operand, Window) else term.operand
        return attention if name in LADDER_NAMES else None

    def _answers(self, term: Term, attention: AttentionConfig) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
        if isinstance(term.operand, str):
            column = self._column(term.operand, attention)
            return column.frames, _compared(column, term)
        window = term.operand
        key = (window, self._ladder_key(term, attention))
        found = self._figures.of(key, lambda: self._figure(window, attention))
        answers = _compared(Column(found.frames, found.figures), term)
        known = found.covered >= window.coverage
        if (window.function, term.op) in SOUND:
            known |= answers == 1
        answers[~known] = UNKNOWN
        return found.frames, answers

    def _column(self, name: str, attention: AttentionConfig) -> Column:
        if name in LADDER_NAMES:
            return self._ladders.of(attention, lambda: policy_columns(self.table, attention))[name]
        return self.table.columns[name]

    def _figure(self, window: Window, attention: AttentionConfig) -> Figured:
        count = len(self.table)
        watched = Watched(window, 0, 0)
        figures, covered = np.empty(count), np.empty(count)
        values = self._column(window.signal, attention).listed(count)
        for frame, (t_s, value) in enumerate(zip(self.table.times_s, values, strict=True)):
            answer = watched.answer(t_s, value)
            figures[frame] = np.nan if answer is None else answer
            covered[frame] = watched.figure.covered
        frames = run_starts(figures, covered)
        return Figured(frames, figures[frames], covered[frames])


def _compared(column: Column, term: Term) -> NDArray[np.int8]:
    """1, 0 and UNKNOWN for every run."""
    compare, threshold = term.compare, term.threshold
    values = column.values
    if values.dtype != np.float64:  # few values: each is asked once
        choices = (False, True) if column.words is None else column.words
        told = np.array([*(compare(choice, threshold) for choice in choices), UNKNOWN], np.int8)
        return np.take(told, values, mode="wrap")  # -1 is the last
    held = np.isin(values, threshold) if term.op == "in" else compare(values, threshold)
    answers = np.asarray(held).astype(np.int8)
    answers[np.isnan(values)] = UNKNOWN
    return answers


@dataclass(slots=True)
class _Watching:
    tracking: str
    quality: float
    eyes: str
    on_road: bool | None
    degraded: str
    last_seen: str


@dataclass(slots=True)
class _Seen:
    t_s: float
    signals: _Watching
    speed: Speed
    vehicle: VehicleInputs | None = None


def policy_columns(table: StateTable, attention: AttentionConfig) -> dict[str, Column]:
    """What the attention ladder says in every frame."""
    ladder, count = AttentionLadder(attention), len(table)
    seen = _Seen(0.0, _Watching("", 0.0, "", None, "", ""), Speed(None, SpeedKnowledge.UNKNOWN))
    signals = seen.signals
    awareness, level, used_up = np.empty(count), np.empty(count), np.empty(count)
    latched, answered, lockout = (np.empty(count, np.int8) for _ in range(3))
    speeds, known = table.kmh()
    kmh = [speed if there else None for speed, there in zip(speeds.tolist(), known.tolist(), strict=True)]
    quality = table.columns["quality"].full(count).tolist()
    words = (table.columns[name].listed(count) for name in ("tracking", "eyes", "on_road", "degraded", "last_seen"))
    rows = zip(table.times_s, kmh, table.pressed(), quality, *words, strict=True)
    for frame, (seen.t_s, speed, pressed, signals.quality, *judged) in enumerate(rows):
        signals.tracking, signals.eyes, signals.on_road, signals.degraded, signals.last_seen = judged
        if speed != seen.speed.kmh:
            seen.speed = Speed(speed, SpeedKnowledge.UNKNOWN if speed is None else SpeedKnowledge.MEASURED)
        if pressed:
            ladder.acknowledge()
        ladder.update(seen)
        awareness[frame], level[frame], used_up[frame] = ladder.awareness, ladder.level, ladder.used_up
        latched[frame], answered[frame], lockout[frame] = ladder.latched, ladder.answered, ladder.lockout
    return {
        "awareness": Column.of(awareness),
        "attention_level": Column.of(level),
        "attention_latched": Column.of(latched),
        "answered": Column.of(answered),
        "attention_used_up": Column.of(used_up),
        "attention_lockout": Column.of(lockout),
    }
