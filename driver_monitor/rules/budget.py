"""How often the monitor makes itself heard, and who cries wolf.

A *nuisance* is an audible alert whose driver is plainly attentive (eyes open, on the road, well seen) sooner than
anybody could have answered the sound, and stays so. A rule with more of them in an hour than the budget bears loses its
sound for a while; it goes on to the other outputs, and one info alert named ``RULE.quiet`` says so and clears when the
sound comes back. Critical alerts always sound, and so do rules with ``never_muted``: a drowsy driver looks attentive
most of the time.

A driver may ask for quiet: until he wants it otherwise, all that might be muted is. Nobody is judged by that.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, Final

from driver_monitor.config.alerts import BudgetConfig
from driver_monitor.parameter import defined
from driver_monitor.state.alert import Alert, AlertState, Level, News
from driver_monitor.state.driver_state import DriverState

HOUR_S: Final = defined(3600.0, "alerts are counted over an hour", "unit")
AUDIO: Final = "audio"


@dataclass(slots=True)
class _Record:
    """One rule's nuisances of the last hour, and until when it is quiet."""

    nuisances_s: deque[float] = field(default_factory=deque)
    quiet_until_s: float | None = None
    notice: Alert | None = None


class AlertBudget:
    """Takes every alert before it goes out, and every state to see what the driver did then.

    ``audible_1h`` counts the alerts that made a sound in the last hour; ``quiet`` is what the driver asked for.
    """

    def __init__(self, config: BudgetConfig, text: str, outputs: tuple[str, ...]) -> None:
        """``text`` is what a notice says, with ``{rule}`` in it; ``outputs`` is where notices go, never the sound."""
        self._config = config
        self._text = text
        self._outputs = tuple(output for output in outputs if output != AUDIO) or ("console",)
        self._heard_s: deque[float] = deque()
        self._records: dict[str, _Record] = {}
        self._judged: list[tuple[str, float]] = []  # audible alerts whose driver is being watched: rule, time
        self._attentive_since_s: float | None = None
        self._quiet: set[str] = set()
        self._idle: DriverState | None = None  # the last frame, where there was nobody to be watched
        self.audible_1h = 0
        self.quiet = False

    def take(self, alert: Alert, *, never_muted: bool) -> Alert:
        """The alert as it may go out: without its sound where its rule has been lowered, or quiet was asked for."""
        if alert.state is AlertState.CLEARED or AUDIO not in alert.outputs:
            return alert
        safe = never_muted or alert.level >= Level.CRITICAL
        if not safe and (self.quiet or alert.rule in self._quiet):
            silent = tuple(output for output in alert.outputs if output != AUDIO)
            why = "quiet" if self.quiet else "lowered"
            return replace(alert, outputs=silent, evidence={**alert.evidence, why: True})
        if alert.news is News.BEGAN:
            self._heard_s.append(alert.t_s)
            self.audible_1h = len(self._heard_s)
            if not safe and self._config.guard:
                self._judged.append((alert.rule, alert.t_s))
        return alert

    def update(self, state: DriverState) -> list[Alert]:
        """The notices that this frame brings: a rule lowered, or heard again."""
        t_s = state.t_s
        while self._heard_s and t_s - self._heard_s[0] >= HOUR_S:
            self._heard_s.popleft()
            self.audible_1h = len(self._heard_s)
        if not self._judged and not self._quiet:
            self._idle = state
            return []
        if self._idle is not None:  # the frame of the alert; since when before that does not matter
            self._attentive_since_s = None
            self._watch(self._idle)
            self._idle = None
        self._watch(state)
        notices = [self._sound_again(rule, t_s) for rule in sorted(self._quiet) if self._over(rule, t_s)]
        still = []
        for rule, alert_s in self._judged:
            verdict = self._verdict(alert_s, t_s)
            if verdict is None:
                still.append((rule, alert_s))
            elif verdict:
                notices += self._count(rule, alert_s, t_s)
        self._judged = still
        return notices

    def _watch(self, state: DriverState) -> None:
        if not self._attentive(state):
            self._attentive_since_s = None
        elif self._attentive_since_s is None:
            self._attentive_since_s = state.t_s

    def _attentive(self, state: DriverState) -> bool:
        signals = state.signals
        return (
            signals.on_road is True
            and signals.eyes == "open"
            and not signals.degraded
            and min(signals.quality, signals.quality_eyes) >= self._config.min_quality
        )

    def _verdict(self, alert_s: float, t_s: float) -> bool | None:
        """Whether the alert was a nuisance; None while that is open."""
        since_s = self._attentive_since_s
        if since_s is not None and since_s <= alert_s + self._config.too_soon_s:
            return True if t_s - max(since_s, alert_s) >= self._config.attentive_s else None
        return None if t_s <= alert_s + self._config.too_soon_s else False

    def _count(self, rule: str, alert_s: float, t_s: float) -> list[Alert]:
        record = self._records.setdefault(rule, _Record())
        record.nuisances_s.append(alert_s)
        while record.nuisances_s and t_s - record.nuisances_s[0] >= HOUR_S:
            record.nuisances_s.popleft()
        if len(record.nuisances_s) <= self._config.nuisances_per_hour or rule in self._quiet:
            return []
        self._quiet.add(rule)
        record.quiet_until_s = t_s + self._config.quiet_s
        evidence: dict[str, Any] = {
            "news": News.BEGAN.value,
            "terms": [],
            "rule": rule,
            "nuisances_s": [round(at_s, 3) for at_s in record.nuisances_s],
            "quiet_until_s": record.quiet_until_s,
            "audible_alerts_1h": self.audible_1h,
        }
        text = self._text.replace("{rule}", rule)
        record.notice = Alert(t_s, f"{rule}.quiet", Level.INFO, AlertState.FIRING, text, self._outputs, evidence)
        return [record.notice]

    def _over(self, rule: str, t_s: float) -> bool:
        until_s = self._records[rule].quiet_until_s
        return until_s is not None and t_s >= until_s

    def _sound_again(self, rule: str, t_s: float) -> Alert:
        record = self._records[rule]
        notice = record.notice
        assert notice is not None
        self._quiet.discard(rule)
        record.nuisances_s.clear()
        record.quiet_until_s = record.notice = None
        evidence = {"news": News.ENDED.value, "terms": [], "rule": rule, "fired_s": t_s - notice.t_s}
        return replace(notice, t_s=t_s, state=AlertState.CLEARED, evidence=evidence)
