"""The car's CAN bus, read by any DBC: whoever wants a message is told its signals."""

import logging
import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.closing import Closing
from driver_monitor.config.vehicle import VehicleCanConfig
from driver_monitor.errors import UsageError
from driver_monitor.native_path import file_path
from driver_monitor.parameter import judged
from driver_monitor.pip import install_self

if TYPE_CHECKING:
    import can

logger = logging.getLogger(__name__)

WAIT_S: Final = judged(0.2, "how long the reader waits for a frame before it looks whether it is to end")
Heard = Callable[[float | None], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signal of the DBC. ``heard`` gets its physical value with every message, None where that is out of the range
    that the DBC gives it; ``setting`` is the key that asks for it."""

    message: str
    signal: str
    setting: str
    heard: Heard


class Dbc:
    """The file that ``vehicle.can.dbc`` names. Raises UsageError where it cannot be used."""

    def __init__(self, config: VehicleCanConfig) -> None:
        try:
            import cantools  # noqa: PLC0415  (an extra, and slow to import)
        except ImportError:
            raise UsageError(f"cantools is not installed: {install_self('can')}") from None
        if not config.dbc:
            raise UsageError("an input comes from can, but vehicle.can.dbc names no DBC file: set it")
        self._path = file_path(config.dbc)
        try:
            self._dbc: Any = cantools.database.load_file(str(self._path))
        except OSError as error:
            raise UsageError(f"vehicle.can.dbc: {self._path} cannot be read: {error.strerror or error}") from None
        except Exception as error:  # noqa: BLE001  (cantools raises what its parsers raise)
            why = " ".join(str(error).split())
            raise UsageError(f"vehicle.can.dbc: {self._path} is not a DBC file: {why}") from None

    def message(self, wanted: Wanted) -> Any:
        """The message of a signal. Raises UsageError that names those there are."""
        messages = {message.name: message for message in self._dbc.messages}
        message = messages.get(wanted.message)
        if message is None:
            raise UsageError(_no(f"{wanted.setting}.message", "message", wanted.message, self._path, messages))
        names = [signal.name for signal in message.signals]
        if wanted.signal not in names:
            where = f"message {wanted.message} of {self._path}"
            raise UsageError(_no(f"{wanted.setting}.signal", "signal", wanted.signal, where, names))
        return message

    def numbers(self, wanted: Wanted, values: Iterable[str], key: str) -> frozenset[float]:
        """Values as numbers; words are the DBC's names for them. Raises UsageError for a word that it does not know."""
        signal = self.message(wanted).get_signal_by_name(wanted.signal)
        words = {str(word): float(number) for number, word in (signal.choices or {}).items()}
        found = set()
        for value in values:
            if value not in words and not _is_number(value):
                where = f"signal {wanted.signal} of {self._path}"
                raise UsageError(_no(f"{wanted.setting}.{key}", "value", value, where, words))
            found.add(words[value] if value in words else float(value))
        return frozenset(found)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _no(setting: str, kind: str, name: str, where: object, there: Iterable[str]) -> str:
    names = sorted(there)
    return f"{setting}: there is no {kind} '{name}' in {where}; it has: {', '.join(names) or 'none'}"


class CanBus(Closing):
    """Reads in a thread of its own; a bus that is lost, or was never there, is opened again every ``reconnect_s``.

    ``report`` gets one sentence, from that thread, when the bus is lost and when it is back. Nothing is ever sent.
    """

    def __init__(
        self, config: VehicleCanConfig, dbc: Dbc, wanted: Iterable[Wanted], report: Callable[[str], None]
    ) -> None:
        """Raises UsageError for a message or signal that the DBC does not have."""
        self._config = config
        self._report = report
        self._messages: dict[tuple[int, bool], tuple[Any, list[Wanted]]] = {}
        for each in wanted:
            message = dbc.message(each)
            key = (message.frame_id, message.is_extended_frame)
            self._messages.setdefault(key, (message, []))[1].append(each)
        self._down = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vehicle-can", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        try:
            import can  # noqa: PLC0415  (an extra)
        except ImportError:
            self._report(f"vehicle.can: python-can is not installed: {install_self('can')}")
            return
        while not self._stop.is_set():
            try:
                with self._open(can) as bus:
                    self._listen(bus)
            except (can.CanError, OSError, ValueError) as error:
                logger.debug("vehicle.can: %s", error)
                self._lose(error)
            self._stop.wait(self._config.reconnect_s)

    def _open(self, can: Any) -> "can.BusABC":
        config = self._config
        filters = [{"can_id": number, "can_mask": 0x1FFFFFFF, "extended": wide} for number, wide in self._messages]
        options: dict[str, Any] = {"bitrate": config.bitrate} if config.interface == "slcan" else {}
        return can.Bus(interface=config.interface, channel=config.channel, can_filters=filters, **options)  # type: ignore[no-any-return]

    def _listen(self, bus: "can.BusABC") -> None:
        """Raises CanError or OSError where the bus is lost."""
        while not self._stop.is_set():
            frame = bus.recv(WAIT_S)
            if frame is not None and self._down:  # one that opens may still be dead
                self._down = False
                self._report(f"vehicle.can: {self._config.channel} is back")
            if frame is not None and not (frame.is_error_frame or frame.is_remote_frame):
                self._hear(frame.arbitration_id, frame.is_extended_id, bytes(frame.data))

    def _hear(self, number: int, wide: bool, data: bytes) -> None:
        known = self._messages.get((number, wide))
        if known is None:
            return
        message, wanted = known
        try:
            values: Mapping[str, Any] = message.decode(data, decode_choices=False)
        except Exception as error:  # noqa: BLE001  (cut frames fail in as many ways as cantools has codecs)
            logger.debug("vehicle.can: %s: %s", message.name, error)
            return
        for each in wanted:
            if each.signal in values:  # of several that share their place, only one is there
                each.heard(_in_range(values[each.signal], message.get_signal_by_name(each.signal)))

    def _lose(self, error: Exception) -> None:
        if not self._down:
            self._down = True
            why = " ".join(str(error).split()) or type(error).__name__
            self._report(
                f"vehicle.can: {self._config.channel} cannot be read ({why}); what it tells is not known until it is "
                f"back, and it is tried again every {self._config.reconnect_s:g} s"
            )


def _in_range(value: float, signal: Any) -> float | None:
    """A DBC that gives no range says 0 to 0, which cantools reads as none."""
    low, high = signal.minimum, signal.maximum
    beyond = (low is not None and value < low) or (high is not None and value > high)
    return None if beyond else float(value)
