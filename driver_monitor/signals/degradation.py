"""Since when the driver cannot be judged well, and since when for the present cause."""

from typing import Final

from driver_monitor.parameter import judged

RECOVER_S: Final = judged(0.5, "a degraded state ends after being well, or under another cause, for this long")
_ANY: Final = "any"


class Degradation:
    """Since when it has been degraded, at all and for the present cause; a moment of good sight ends neither."""

    def __init__(self) -> None:
        self._causes: dict[str, tuple[float, float | None]] = {}  # since when, and when it was first seen gone

    def update(self, t_s: float, cause: str) -> tuple[float, float]:
        """Seconds of degradation up to now for whatever cause, and for this one; 0 when well."""
        if cause:
            for name in (_ANY, cause):
                self._causes[name] = self._causes.get(name, (t_s, None))[0], None
        for name, (since_s, gone_s) in list(self._causes.items()):
            if cause and name in (_ANY, cause):
                continue
            if gone_s is None:
                self._causes[name] = since_s, t_s
            elif t_s - gone_s >= RECOVER_S:
                del self._causes[name]
        return self._lasting_s(t_s, _ANY), self._lasting_s(t_s, cause) if cause else 0.0

    def _lasting_s(self, t_s: float, name: str) -> float:
        return t_s - self._causes[name][0] if name in self._causes else 0.0
