"""A drive as the annotator sees it: what was measured, what fired, where the frames are."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from driver_monitor.report.lanes import Bar
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.timeline.timeline import Timeline

_ROAD: Final = ("road", "unknown", "")
_SHORT_S: Final = 0.2  # of looking at a zone; shorter ones are on the way to another
_MAX_ZONES: Final = 20_000
_STEP_S: Final = 1 / 30  # of a drive without frames


@dataclass(slots=True)
class Course:
    """Takes a drive in order of time; memory is bounded however long it is."""

    drive_id: str
    timeline: Timeline = field(default_factory=Timeline)
    zones: list[Bar] = field(default_factory=list)
    first_s: float | None = None
    last_s: float = 0.0
    _zone: str = ""
    _zone_s: float = 0.0
    _steps: deque[float] = field(default_factory=lambda: deque(maxlen=999))

    def add(self, state: DriverState) -> None:
        last_s = self.last_s
        self.reach(state.t_s)
        self._steps.append(state.t_s - last_s)
        self.timeline.add(state)
        zone = state.signals.zone
        if zone != self._zone:
            self._leave(state.t_s)
            self._zone, self._zone_s = zone, state.t_s

    def add_alert(self, alert: Alert) -> None:
        self.reach(alert.t_s)
        self.timeline.add_alert(alert)

    def reach(self, t_s: float) -> None:
        """The drive goes on at least until then."""
        self.first_s = t_s if self.first_s is None else min(self.first_s, t_s)
        self.last_s = max(self.last_s, t_s)

    def end(self) -> None:
        """Nothing more comes."""
        self._leave(self.last_s)
        self._zone = ""

    @property
    def start_s(self) -> float:
        return self.first_s or 0.0

    @property
    def step_s(self) -> float:
        """From one frame to the next."""
        steps = [step for step in self._steps if step > 0]
        return min(max(median(steps), 0.001), 1.0) if steps else _STEP_S

    def _leave(self, t_s: float) -> None:
        if self._zone not in _ROAD and t_s - self._zone_s >= _SHORT_S and len(self.zones) < _MAX_ZONES:
            self.zones.append(Bar(self._zone_s, t_s, "", self._zone.replace("_", " ")))
