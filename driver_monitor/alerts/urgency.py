"""What should sound now: the most urgent alert wins, and a critical one repeats until it clears."""

from driver_monitor.alerts.tones import Tone
from driver_monitor.state.alert import Alert, AlertState, Level

_TONE_OF = {
    Level.INFO: Tone.INFO,
    Level.WARNING: Tone.WARNING,
    Level.CRITICAL: Tone.CRITICAL,
    Level.UNRESPONSIVE: Tone.URGENT,
}


class Urgency:
    """Pure policy. Times are seconds on any one clock.

    Every alert that begins to fire is sounded once, even if it clears at once, and again when it escalates or is
    repeated. A more urgent one cuts off what is playing; a less urgent one waits for the end of it. Whatever waits when
    a more urgent tone starts is masked by that tone, and while a critical alert fires nothing else is sounded. A
    critical alert (or one that nobody answers, which begins with the urgent tone) repeats every ``repeat_s`` (from
    start to start; when the tone is longer than that, without a pause) while any such rule fires, or until the driver
    answers; the next news makes it repeat again. A message that is spoken is heard out before a tone repeats. The tone
    of a fault is the last one: nobody knows any more whether what fired still does.
    """

    def __init__(self, repeat_s: float) -> None:
        self._repeat_s = repeat_s
        self._firing: dict[str, Level] = {}
        self._waiting: list[Tone] = []
        self._repeat_at_s = float("inf")

    def take(self, alert: Alert) -> None:
        if alert.state is AlertState.FIRING:
            self._firing[alert.rule] = alert.level
            self._waiting.append(_TONE_OF[alert.level])
        else:
            self._firing.pop(alert.rule, None)
        if not self.critical:
            self._repeat_at_s = float("inf")

    def answer(self) -> None:
        """The driver has answered: nothing is repeated until there is news."""
        self._repeat_at_s = float("inf")

    @property
    def news(self) -> bool:
        """Whether an alert waits for its tone."""
        return bool(self._waiting)

    def end(self) -> None:
        """The monitor has stopped by a fault: its tone, at once, and nothing after it."""
        self._firing.clear()
        self._waiting = [Tone.FAULT]
        self._repeat_at_s = float("inf")

    @property
    def critical(self) -> bool:
        """Whether a critical rule fires."""
        return any(level >= Level.CRITICAL for level in self._firing.values())

    def choose(self, now_s: float, playing: Tone | None) -> Tone | None:
        """The tone to start now, cutting off ``playing`` if need be; None to leave things as they are."""
        if self.critical:
            self._waiting = [tone for tone in self._waiting if tone >= Tone.CRITICAL]
        waiting = max(self._waiting, default=None)
        if waiting is not None and (playing is None or waiting > playing):
            return waiting
        if playing is None and now_s >= self._repeat_at_s:
            return Tone.URGENT
        return None

    def started(self, tone: Tone, now_s: float) -> None:
        """``tone`` was started: it stands for one alert of its own level and masks every lesser one."""
        if tone in self._waiting:
            self._waiting.remove(tone)
        self._waiting = [waiting for waiting in self._waiting if waiting >= tone]
        if tone >= Tone.CRITICAL and self.critical:
            self._repeat_at_s = now_s + self._repeat_s

    def failed(self, now_s: float) -> None:
        """Nothing can be heard: what waited is stale by the time it could; an alarm without answer keeps trying."""
        unanswered = self.news or self._repeat_at_s < float("inf")
        self._waiting.clear()
        if self.critical and unanswered:
            self._repeat_at_s = now_s + self._repeat_s

    @property
    def next_s(self) -> float:
        """When :meth:`choose` has to be asked again although no alert came; infinite for never."""
        return self._repeat_at_s
