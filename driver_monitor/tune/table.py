"""A drive's states as columns: what rules look at, frame by frame, for evaluating them many times over."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.state import DriverState
from driver_monitor.rules.gate import known_kmh
from driver_monitor.rules.policy import NOTHING_YET, POLICY_NAMES
from driver_monitor.rules.vocabulary import KINDS, Reader
from driver_monitor.rules.window import GAP_S

WATCHING: Final = ("tracking", "quality", "eyes", "on_road", "degraded")  # what the attention ladder looks at
PAUSE_S: Final = 3.0  # frames further apart than this are two stretches of driving
_BLOCK: Final = 16_384  # frames turned into columns at a time
UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Column:
    """One signal of n frames.

    Numbers are float64 [n], NaN where not known. True or false are int8 [n] of 1, 0 and -1 (not known). Words are
    int16 [n], places in ``words`` or -1.
    """

    values: NDArray[Any]
    words: tuple[str, ...] | None = None

    def listed(self) -> list[Any]:
        """The values as the signals had them, None where not known."""
        if self.values.dtype == np.float64:
            return [None if value != value else value for value in self.values.tolist()]  # noqa: PLR0124  (NaN)
        known: Sequence[Any] = (False, True) if self.words is None else self.words
        choices = [*known, None]  # -1 is the last
        return [choices[place] for place in self.values.tolist()]


@dataclass(frozen=True)
class StateTable:
    """n frames in the order of their time.

    ``kmh`` is the speed that gates go by, and means something where ``kmh_known``. ``pressed`` marks the frames in
    which a press of the driver's button counts.
    """

    t_s: NDArray[np.float64]
    columns: dict[str, Column]
    kmh: NDArray[np.float64]
    kmh_known: NDArray[np.bool_]
    pressed: NDArray[np.bool_]

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
        return cls(*gathering.arrays())

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
        lists = 2 * 32 * len(self)
        return lists + self.t_s.nbytes + self.kmh.nbytes + sum(column.values.nbytes for column in self.columns.values())

    @cached_property
    def times_s(self) -> list[float]:
        times: list[float] = self.t_s.tolist()
        return times

    @cached_property
    def steps_s(self) -> list[float]:
        """The time since the frame before; 0 after a gap, as in the rule engine."""
        steps = np.diff(self.t_s, prepend=-np.inf)
        told: list[float] = np.where(steps > GAP_S, 0.0, steps).tolist()
        return told

    def frame_at(self, t_s: float) -> int:
        """The frame of that very time."""
        return int(np.searchsorted(self.t_s, t_s))

    def to_bytes(self) -> bytes:
        """As an uncompressed .npz file."""
        arrays: dict[str, NDArray[Any]] = {
            "t_s": self.t_s,
            "kmh": self.kmh,
            "kmh_known": self.kmh_known,
            "pressed": self.pressed,
        }
        for name, column in self.columns.items():
            arrays[f"column/{name}"] = column.values
            if column.words is not None:
                arrays[f"words/{name}"] = np.array(column.words, np.str_)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError, KeyError, OSError or zipfile.BadZipFile where it is not what :meth:`to_bytes` gave."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            columns = {}
            for key in file.files:
                kind, _, name = key.partition("/")
                if kind == "column":
                    words = f"words/{name}"
                    columns[name] = Column(file[key], tuple(file[words].tolist()) if words in file.files else None)
            return cls(file["t_s"], columns, file["kmh"], file["kmh_known"], file["pressed"])


class _Gathering:
    """Turns states into arrays block by block, so that a day of them never stands in memory as objects."""

    def __init__(self, names: Sequence[str]) -> None:
        self._reader = Reader(names)
        self._names = self._reader.order
        self._words: dict[str, dict[str | None, int]] = {n: {None: UNKNOWN} for n in self._names if KINDS[n] is str}
        self._rows: list[list[Any]] = []
        self._blocks: list[list[NDArray[Any]]] = []

    def add(self, state: DriverState, pressed: bool) -> None:
        self._rows.append([*self._reader.read(state, NOTHING_YET), known_kmh(state.speed), pressed, state.t_s])
        if len(self._rows) == _BLOCK:
            self._close()

    def _close(self) -> None:
        *values, kmh, pressed, t_s = zip(*self._rows, strict=True) if self._rows else [()] * (len(self._names) + 3)
        block = [self._array(name, column) for name, column in zip(self._names, values, strict=True)]
        known = np.array([value is not None for value in kmh], np.bool_)
        times = np.array(t_s, np.float64)
        self._blocks.append([*block, np.array(kmh, np.float64), known, np.array(pressed, np.bool_), times])
        self._rows = []

    def _array(self, name: str, values: Sequence[Any]) -> NDArray[Any]:
        if KINDS[name] is float:
            return np.array(values, np.float64)  # None becomes NaN
        if KINDS[name] is bool:
            return np.array([UNKNOWN if value is None or value != value else bool(value) for value in values], np.int8)  # noqa: PLR0124  (NaN)
        places = self._words[name]
        return np.array([places.setdefault(value, len(places) - 1) for value in values], np.int16)

    def arrays(self) -> tuple[NDArray[np.float64], dict[str, Column], NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Everything a table is made of, in its order."""
        if self._rows or not self._blocks:
            self._close()
        *values, kmh, known, pressed, t_s = (np.concatenate(parts) for parts in zip(*self._blocks, strict=True))
        columns = {name: self._column(name, column) for name, column in zip(self._names, values, strict=True)}
        return t_s, columns, kmh, known, pressed

    def _column(self, name: str, values: NDArray[Any]) -> Column:
        words = self._words.get(name)
        return Column(values, None if words is None else tuple(word for word in words if word is not None))
