"""A drive's states as columns: what rules look at, frame by frame, for evaluating them many times over."""

import io
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from driver_monitor.rules.motion import known_kmh
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.policy import NOTHING_YET, POLICY_NAMES
from driver_monitor.state.terms import GAP_S
from driver_monitor.state.vocabulary import KINDS, Reader

WATCHING: Final = (
    "tracking",
    "quality",
    "eyes",
    "on_road",
    "degraded",
    "last_seen",
)  # what the attention ladder looks at
PAUSE_S: Final = 3.0  # frames further apart than this are two stretches of driving
UNKNOWN: Final = -1
_BLOCK: Final = 16_384  # frames turned into columns at a time
# Columns of the table's own, with names that no signal has.
_KMH, _KMH_KNOWN, _PRESSED = "/kmh", "/kmh_known", "/pressed"
_KINDS: Final[dict[str, type]] = {**KINDS, _KMH: float, _KMH_KNOWN: bool, _PRESSED: bool}


@dataclass(frozen=True, slots=True)
class Column:
    """One signal of n frames, as k runs of equal values. ``frames`` int32 [k] are the first of each run.

    ``values`` of numbers are float64 [k], NaN where not known; of true or false int8 [k] of 1, 0 and UNKNOWN; of words
    int16 [k], places in ``words`` or UNKNOWN.
    """

    frames: NDArray[np.int32]
    values: NDArray[Any]
    words: tuple[str, ...] | None = None

    @classmethod
    def of(cls, values: NDArray[Any], words: tuple[str, ...] | None = None) -> Self:
        """``values`` [n], one a frame."""
        frames = run_starts(values)
        return cls(frames, values[frames], words)

    def full(self, count: int) -> NDArray[Any]:
        """The values of all ``count`` frames."""
        return np.repeat(self.values, np.diff(self.frames, append=np.int32(count)))

    def listed(self, count: int) -> list[Any]:
        """The values of all frames as the signals had them, None where not known."""
        values = self.full(count)
        if values.dtype == np.float64:
            return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  (NaN)
        known: Sequence[Any] = (False, True) if self.words is None else self.words
        choices = [*known, None]  # UNKNOWN is the last
        return [choices[place] for place in values.tolist()]


def run_starts(*columns: NDArray[Any]) -> NDArray[np.int32]:
    """The frames in which one of the columns is not what it was in the frame before, the first frame included."""
    differs = np.zeros(max(0, len(columns[0]) - 1), np.bool_)
    for values in columns:
        before, after = values[:-1], values[1:]
        differs |= (before != after) & ((before == before) | (after == after))  # noqa: PLR0124  (NaN after NaN)
    starts = np.flatnonzero(differs) + 1
    return np.concatenate([np.zeros(min(1, len(columns[0])), np.int64), starts]).astype(np.int32)


@dataclass(frozen=True)
class StateTable:
    """n frames in the order of their time."""

    t_s: NDArray[np.float64]
    columns: dict[str, Column]

    @classmethod
    def of(cls, states: Iterable[DriverState | None], names: Iterable[str]) -> Self:
        """The columns ``names`` (of the rules' vocabulary; those of the policy are left out) and what the attention
        ladder needs. None stands for a press of the button, which counts in the next frame. States whose time does not
        advance are passed over, as the rule engine does.
        """
        wanted = [name for name in dict.fromkeys([*names, *WATCHING]) if name not in POLICY_NAMES]
        gathering = _Gathering(wanted)
        last_s, pressed = -np.inf, False
        for state in states:
            if state is None:
                pressed = True
            elif state.t_s > last_s:
                last_s = state.t_s
                gathering.add(state, pressed)
                pressed = False
        return cls(*gathering.columns())

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def driven_s(self) -> float:
        """Its length without what lies between stretches that were recorded."""
        steps = np.diff(self.t_s)
        return float(steps[steps <= PAUSE_S].sum())

    @property
    def start_s(self) -> float:
        """When the first frame was."""
        return float(self.t_s[0]) if len(self) else 0.0

    @property
    def end_s(self) -> float:
        """When the last frame was."""
        return float(self.t_s[-1]) if len(self) else 0.0

    @property
    def nbytes(self) -> int:
        """What it takes in memory, about."""
        columns = sum(column.frames.nbytes + column.values.nbytes for column in self.columns.values())
        return columns + 3 * self.t_s.nbytes

    @cached_property
    def times_s(self) -> Sequence[float]:
        """``t_s`` one by one, as Python's own floats."""
        return array("d", self.t_s.tobytes())

    @cached_property
    def steps_s(self) -> Sequence[float]:
        """The time since the frame before; 0 after a gap, as in the rule engine."""
        steps = np.diff(self.t_s, prepend=-np.inf)
        return array("d", np.where(steps > GAP_S, 0.0, steps).tobytes())

    def kmh(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The speed that gates go by, of every frame, and where it is known."""
        known = self.columns[_KMH_KNOWN].full(len(self)).astype(np.bool_)
        return self.columns[_KMH].full(len(self)), known

    def pressed(self) -> list[bool]:
        """The frames in which a press of the driver's button counts."""
        return self.columns[_PRESSED].listed(len(self))

    def frame_at(self, t_s: float) -> int:
        """The frame of that very time."""
        return int(np.searchsorted(self.t_s, t_s))

    def to_bytes(self) -> bytes:
        """As an uncompressed .npz file."""
        arrays: dict[str, NDArray[Any]] = {"t_s": self.t_s}
        for name, column in self.columns.items():
            arrays[f"frames {name}"], arrays[f"values {name}"] = column.frames, column.values
            if column.words is not None:
                arrays[f"words {name}"] = np.array(column.words, np.str_)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **{_escaped(name): array for name, array in arrays.items()})
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError, KeyError, OSError or zipfile.BadZipFile where it is not what :meth:`to_bytes` gave."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {_unescaped(key): file[key] for key in file.files}
        columns = {}
        for key, values in arrays.items():
            kind, _, name = key.partition(" ")
            if kind == "values":
                words = arrays.get(f"words {name}")
                told = None if words is None else tuple(words.tolist())
                columns[name] = Column(arrays[f"frames {name}"], values, told)
        return cls(arrays["t_s"], columns)


def _escaped(name: str) -> str:
    return name.replace("/", "|")  # no folders in the archive


def _unescaped(name: str) -> str:
    return name.replace("|", "/")


class _Gathering:
    """Turns states into runs block by block, so that a day of them never stands in memory as objects."""

    def __init__(self, names: Sequence[str]) -> None:
        self._reader = Reader(names)
        self._names = (*self._reader.order, _KMH, _KMH_KNOWN, _PRESSED)
        self._words: dict[str, dict[str | None, int]] = {n: {None: UNKNOWN} for n in self._names if _KINDS[n] is str}
        self._rows: list[list[Any]] = []
        self._count = 0
        self._times: list[NDArray[np.float64]] = []
        self._runs: list[list[Column]] = []

    def add(self, state: DriverState, pressed: bool) -> None:
        kmh = known_kmh(state.speed, state.vehicle)
        self._rows.append([*self._reader.read(state, NOTHING_YET), kmh, kmh is not None, pressed, state.t_s])
        if len(self._rows) == _BLOCK:
            self._close()

    def _close(self) -> None:
        *columns, t_s = zip(*self._rows, strict=True) if self._rows else [()] * (len(self._names) + 1)
        runs = [Column.of(self._array(name, values)) for name, values in zip(self._names, columns, strict=True)]
        self._runs.append([Column(run.frames + np.int32(self._count), run.values) for run in runs])
        self._times.append(np.array(t_s, np.float64))
        self._count += len(self._rows)
        self._rows = []

    def _array(self, name: str, values: Sequence[Any]) -> NDArray[Any]:
        if _KINDS[name] is float:
            return np.array(values, np.float64)  # None becomes NaN
        if _KINDS[name] is bool:
            return np.array([UNKNOWN if value is None or value != value else bool(value) for value in values], np.int8)  # noqa: PLR0124  (NaN)
        places = self._words[name]
        return np.array([places.setdefault(value, len(places) - 1) for value in values], np.int16)

    def columns(self) -> tuple[NDArray[np.float64], dict[str, Column]]:
        """Everything a table is made of."""
        if self._rows or not self._runs:
            self._close()
        found = {}
        for name, runs in zip(self._names, zip(*self._runs, strict=True), strict=True):
            words = self._words.get(name)
            told = None if words is None else tuple(word for word in words if word is not None)
            frames, values = [run.frames for run in runs], [run.values for run in runs]
            found[name] = Column(np.concatenate(frames), np.concatenate(values), told)
        return np.concatenate(self._times), found
