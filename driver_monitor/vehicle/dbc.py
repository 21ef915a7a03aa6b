"""The one signal on the car's bus that carries the speed, by the DBC file that describes it."""

from typing import TYPE_CHECKING, Final

from driver_monitor.config.vehicle import CanSpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.native_path import file_path
from driver_monitor.parameter import defined
from driver_monitor.pip import install_self
from driver_monitor.vehicle.sentence import MAX_KMH

if TYPE_CHECKING:
    from cantools.database.can import Message, Signal

KMH_PER_M_S: Final = defined(3.6, "km/h in a metre a second", "SI", unit="km/h per m/s")
KMH_PER_MPH: Final = defined(1.609344, "km/h in a mile an hour", "international mile", unit="km/h per mph")
_UNITS: Final = {
    "": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "kmph": 1.0, "m/s": KMH_PER_M_S, "mps": KMH_PER_M_S,
    "mph": KMH_PER_MPH,
}  # fmt: skip


class SpeedSignal:
    """``number`` and ``extended`` are the id of its message."""

    def __init__(self, config: CanSpeedConfig) -> None:
        """Raises UsageError where the file, the message or the signal cannot be had, or its unit is no speed's."""
        self._message, self._signal = _found(config)
        unit = (self._signal.unit or "").strip().lower()
        if unit not in _UNITS:
            known = ", ".join(filter(None, _UNITS))
            raise UsageError(f"the signal {config.signal} is in '{unit}', which is no speed; accepted: {known}")
        self._kmh = _UNITS[unit]
        self.number: Final = self._message.frame_id
        self.extended: Final = self._message.is_extended_frame

    def kmh(self, data: bytes) -> float | None:
        """The speed in a frame. None where it is too short, of another multiplexer, out of the bounds that the DBC
        gives, a named value ("not available"), or no car's."""
        from cantools.database import DecodeError  # noqa: PLC0415  (there by now)

        try:
            values = self._message.decode(data)
        except (DecodeError, ValueError, KeyError):
            return None
        value = values.get(self._signal.name) if isinstance(values, dict) else None
        if not isinstance(value, int | float):
            return None
        low, high = self._signal.minimum, self._signal.maximum
        if low != high and ((low is not None and value < low) or (high is not None and value > high)):
            return None
        kmh = abs(float(value) * self._kmh)  # some cars drive backwards at a negative speed
        return kmh if kmh <= MAX_KMH else None


def _found(config: CanSpeedConfig) -> "tuple[Message, Signal]":
    try:
        import cantools  # noqa: PLC0415  (an extra, and 0.4 s)
    except ImportError as error:
        raise UsageError(f"vehicle.speed.source can: cantools is not installed: {install_self('can')}") from error
    path = file_path(config.dbc)
    try:
        known = cantools.database.load_file(path, database_format="dbc", strict=False)
    except OSError as error:
        raise UsageError(f"vehicle.speed.can.dbc: {path} cannot be read ({error.strerror})") from error
    except Exception as error:  # cantools raises what its parsers raise
        raise UsageError(f"vehicle.speed.can.dbc: {path} is no DBC file ({' '.join(str(error).split())})") from error
    message_name, _, signal_name = config.signal.partition(".")
    messages = {message.name: message for message in getattr(known, "messages", ())}
    if message_name not in messages:
        raise UsageError(f"vehicle.speed.can.signal: {path} has no message '{message_name}'; {_some(messages)}")
    message = messages[message_name]
    signals = {signal.name: signal for signal in message.signals}
    if signal_name not in signals:
        raise UsageError(f"vehicle.speed.can.signal: {message_name} has no signal '{signal_name}'; {_some(signals)}")
    return message, signals[signal_name]


def _some(names: "dict[str, Message] | dict[str, Signal]") -> str:
    return f"it has {', '.join(sorted(names)[:10])}" + (", ..." if len(names) > 10 else "")
