"""Alert transitions paired into stretches with a beginning and an end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from driver_monitor.state.alert import Alert, AlertState, Level, News

MAX_EPISODES: Final = 4000  # an hour of the shortest cooldown; more are counted, not kept


@dataclass(slots=True)
class Episode:
    """One rule's firing from ``start_s`` to ``end_s`` (None: it still fired when the drive ended).

    An escalation ends the episode and begins one of the higher level; a repetition changes nothing.
    """

    rule: str
    level: Level
    start_s: float
    end_s: float | None
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)


class Episodes:
    """Takes alerts in the order of their time; keeps the first :data:`MAX_EPISODES` and counts all of them."""

    def __init__(self) -> None:
        self.kept: list[Episode] = []
        self.counts: Counter[Level] = Counter()
        self._open: dict[str, Episode] = {}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, alert: Alert) -> None:
        if alert.news is News.REPEATED and alert.rule in self._open:
            return
        if alert.state is AlertState.FIRING:
            self._begin(alert, alert.t_s)
        else:
            if alert.rule not in self._open:  # it fired before this drive was recorded
                fired_s = alert.evidence.get("fired_s")
                self._begin(alert, alert.t_s - (fired_s if isinstance(fired_s, int | float) else 0.0))
            self._open.pop(alert.rule).end_s = alert.t_s

    def _begin(self, alert: Alert, start_s: float) -> None:
        before = self._open.get(alert.rule)
        if before is not None:
            before.end_s = alert.t_s
        episode = Episode(alert.rule, alert.level, start_s, None, alert.message, alert.evidence)
        self._open[alert.rule] = episode
        self.counts[alert.level] += 1
        if len(self.kept) < MAX_EPISODES:
            self.kept.append(episode)
