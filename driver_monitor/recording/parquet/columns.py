"""The columns of a frame in Parquet: all that a driver's state holds, so that it can be had back exactly.

The names are those of ``signals.csv`` and of what rules may use. Numbers are float64 as they were computed; null is
"not known". An estimate that is null as a whole was not there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.frozen import maker
from driver_monitor.state.blink import Blink
from driver_monitor.state.channels import CHANNEL_FIELDS, CHANNEL_NAMES, ChannelSignals
from driver_monitor.state.driver_state import ESTIMATE_KINDS, Distraction, DriverState, Fatigue, Stress
from driver_monitor.state.signal import Declared, declared
from driver_monitor.state.signals import FIELDS, NAMES, Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import INPUT_FIELDS, INPUT_NAMES, VehicleInputs

if TYPE_CHECKING:
    import pyarrow as pa

_BLINK: Final = tuple(f.name for f in fields(Blink))
_MAKE_SIGNALS: Final = maker(Signals)
_MAKE_STATE: Final = maker(DriverState)
_BLINK_PLACE: Final = [f.name for f in fields(Signals)].index("completed_blink")


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: float, int, bool, word, words (a map from word to float) or a struct: channels (all their
    signals), car (what it tells)."""

    name: str
    kind: str
    default: Any = None


_KINDS: Final = {str: "word", bool: "bool", int: "int", float: "float"}

COLUMNS: Final = (
    *(Column(field.name, _KINDS[field.kind], field.default) for field in FIELDS),
    *(Column(f"blink_{name}", "float") for name in _BLINK),
    Column("speed_kmh", "float"),
    Column("speed", "word"),
    Column("speed_source", "word", ""),
    *(Column(f"{name}_{f.name}", _KINDS[f.kind]) for name, kind in ESTIMATE_KINDS.items() for f in declared(kind)),
    Column("expression", "words"),
    Column("channels", "channels"),
    Column("car", "car"),  # "vehicle" is the folder that names the car
)
WORDS: Final = tuple(column.name for column in COLUMNS if column.kind == "word")
_OF_SIGNALS: Final = attrgetter(*NAMES)
_OF_CHANNELS: Final = attrgetter(*CHANNEL_NAMES)
_OF_VEHICLE: Final = attrgetter(*INPUT_NAMES)
_OF_BLINK: Final = attrgetter(*_BLINK)
_OF: Final = {name: attrgetter(*(f.name for f in fields(kind))) for name, kind in ESTIMATE_KINDS.items()}


def schema() -> "pa.Schema":
    """The frame columns after ``drive_id`` and ``driver``."""
    import pyarrow as pa  # noqa: PLC0415

    kinds = {
        "float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "word": pa.string(),
        "words": pa.map_(pa.string(), pa.float64()),
    }  # fmt: skip

    def struct(declared_fields: tuple[Declared, ...]) -> "pa.DataType":
        return pa.struct([pa.field(field.name, kinds[_KINDS[field.kind]]) for field in declared_fields])

    kinds |= {"channels": struct(CHANNEL_FIELDS), "car": struct(INPUT_FIELDS)}
    names = [pa.field("drive_id", pa.string()), pa.field("driver", pa.string())]
    return pa.schema(names + [pa.field(column.name, kinds[column.kind]) for column in COLUMNS])


def row(state: DriverState) -> tuple[Any, ...]:
    """One value a column, in the order of :data:`COLUMNS`. ``state.t_s`` is its signals' own."""
    signals = state.signals
    blink = signals.completed_blink
    expression = state.expression
    return (
        *_OF_SIGNALS(signals),
        *((None,) * len(_BLINK) if blink is None else _OF_BLINK(blink)),
        state.speed.kmh,
        state.speed.knowledge.value,
        state.speed.source,
        *_estimate(state.fatigue, "fatigue"),
        *_estimate(state.stress, "stress"),
        *_estimate(state.distraction, "distraction"),
        None if expression is None else list(expression.items()),
        None if state.channels is None else dict(zip(CHANNEL_NAMES, _OF_CHANNELS(state.channels), strict=True)),
        None if state.vehicle is None else dict(zip(INPUT_NAMES, _OF_VEHICLE(state.vehicle), strict=True)),
    )


def _estimate(found: Fatigue | Stress | Distraction | None, name: str) -> tuple[Any, ...]:
    return (None,) * len(fields(ESTIMATE_KINDS[name])) if found is None else _OF[name](found)


def states(columns: Sequence[Sequence[Any]]) -> Iterator[DriverState]:
    """Back from values by column, in the order of :data:`COLUMNS`, to states."""
    remember: dict[Callable[..., Any], tuple[tuple[Any, ...], Any]] = {}
    signals, blinks = len(NAMES), len(_BLINK)
    ends = [signals, signals + blinks, signals + blinks + len(fields(Speed))]
    for kind in ESTIMATE_KINDS.values():
        ends.append(ends[-1] + len(fields(kind)))
    for values in zip(*columns, strict=True):
        blink = values[ends[0] : ends[1]]
        seen = list(values[: ends[0]])
        seen.insert(_BLINK_PLACE, None if blink[0] is None else Blink(*blink))
        speed = values[ends[1] : ends[2]]
        fatigue, stress, distraction = [
            _once(remember, kind, values[start:end])
            for kind, start, end in zip(ESTIMATE_KINDS.values(), ends[2:], ends[3:], strict=False)
        ]
        expression, channels, vehicle = values[ends[-1] :]
        yield _MAKE_STATE(
            values[0],
            _MAKE_SIGNALS(*seen),
            _once(remember, _speed, speed),
            fatigue,
            stress,
            distraction,
            None if expression is None else dict(expression),
            None if channels is None else _once(remember, _channels, tuple(channels.items())),
            None if vehicle is None else _once(remember, _vehicle, tuple(vehicle.items())),
        )


def _channels(*items: tuple[str, Any]) -> ChannelSignals:
    return ChannelSignals(**{name: value for name, value in items if name in CHANNEL_NAMES})


def _vehicle(*items: tuple[str, Any]) -> VehicleInputs:
    return VehicleInputs(**{name: value for name, value in items if name in INPUT_NAMES})


def _speed(kmh: float | None, knowledge: str, source: str) -> Speed:
    return Speed(kmh, SpeedKnowledge(knowledge), source)


def _once(
    remember: dict[Callable[..., Any], tuple[tuple[Any, ...], Any]], kind: Callable[..., Any], values: tuple[Any, ...]
) -> Any:
    """The same object for the same values as in the frame before: the rules look anew only at what has changed."""
    if values[0] is None and kind is not _speed:
        return None
    known = remember.get(kind)
    if known is None or known[0] != values:
        known = remember[kind] = (values, kind(*values))
    return known[1]
