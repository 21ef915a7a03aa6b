"""The fault that ends a run: what every output says instead of goodbye."""

from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.config.messages import MessagesConfig
from driver_monitor.errors import DriverMonitorError

MESSAGE: Final = "monitor_stopped"
# What is no fault: the user told it to end, by Ctrl-C or a signal.
_ORDERLY: Final = (KeyboardInterrupt, GeneratorExit)


@dataclass(frozen=True, slots=True)
class Failure:
    """``reason`` is one word (``tracker``, ``camera``, ``model``, ``sandbox``, ``recording``, ``setup``, ``system``,
    ``defect``, ``failed``), ``message`` what the driver is told, ``detail`` one line for whoever mends it.

    ``t_s`` is media time, None when no frame had come.
    """

    reason: str
    message: str
    detail: str
    t_s: float | None = None

    @classmethod
    def of(
        cls, error: BaseException, t_s: float | None = None, messages: MessagesConfig | None = None
    ) -> "Failure | None":
        """The fault that ``error`` is; None where the end is orderly. ``messages`` has the driver's language."""
        if isinstance(error, _ORDERLY) or (isinstance(error, SystemExit) and not error.code):
            return None
        detail = " ".join(str(error).split())
        if isinstance(error, DriverMonitorError):
            reason = error.reason
        else:
            # The machine fails now and then; anything else that nobody expected is ours.
            reason = "system" if isinstance(error, OSError | MemoryError) else "defect"
            detail = f"{type(error).__name__}: {detail}" if detail else type(error).__name__
        return cls(reason, (messages or MessagesConfig()).text(MESSAGE), detail, t_s)

    def to_json(self) -> dict[str, Any]:
        return {
            "t_s": None if self.t_s is None else round(self.t_s, 3),
            "type": "fault",
            "reason": self.reason,
            "message": self.message,
            "detail": self.detail,
        }
