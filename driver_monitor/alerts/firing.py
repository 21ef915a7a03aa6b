"""What fires now, by what one output was told."""

from collections.abc import Iterator

from driver_monitor.state.alert import Alert, AlertState, Level


class Firing:
    """The alerts that fire, each by the last that was told of it."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}

    def take(self, alert: Alert) -> None:
        if alert.state is AlertState.FIRING:
            self._alerts[alert.rule] = alert
        else:
            self._alerts.pop(alert.rule, None)

    def __contains__(self, rule: str) -> bool:
        return rule in self._alerts

    def __iter__(self) -> Iterator[Alert]:
        """Most urgent first; of equals, what began first."""
        return iter(sorted(self._alerts.values(), key=lambda alert: -alert.level))

    @property
    def first(self) -> Alert | None:
        return next(iter(self), None)

    @property
    def level(self) -> int:
        """The highest level that fires, 0 for none."""
        return max((alert.level.value for alert in self._alerts.values()), default=0)

    @property
    def unanswered(self) -> bool:
        """Whether nobody answers, so that the car is asked to stop."""
        return self.level >= Level.UNRESPONSIVE
