"""What was asked of a run from one frame to the next, done between the two."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.control.errands import Errands
from driver_monitor.labels.label import FALSE_ALERT, MARK, Label
from driver_monitor.labels.sidecar import add_label
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.alert import Alert, AlertState, News
from driver_monitor.state.request import OFF, ON, Ask, Request

NOT_RECORDED: Final = "nothing is recorded, so there is no drive to label; start with 'run --record DIR'"
BETWEEN_DRIVES: Final = "the ignition is off, and the drive is over; ask again in the next one"


class Requests(Closing):
    """:meth:`put` them from any thread or signal handler; :meth:`obey` does them, and records what it did.

    ``said`` hears of what was done. Nothing that is asked for changes a threshold.
    """

    def __init__(self, said: Callable[[str], None]) -> None:
        self._said = said
        self._asked: SimpleQueue[Request] = SimpleQueue()
        self._errands = Errands()
        self._quiet = False
        self._last: Alert | None = None  # the last alert that began
        self._ended_s: float | None = None  # and when it was over

    @property
    def quiet(self) -> bool:
        """What the driver of this drive asked for; from any thread."""
        return self._quiet

    def put(self, request: Request) -> None:
        self._asked.put(request)

    def close(self) -> None:
        self._errands.close()

    def seen(self, moment: Moment) -> None:
        """Every frame's moment: which alert a driver may call wrong."""
        for alert in moment.alerts:
            if alert.state is AlertState.FIRING and alert.news is News.BEGAN:
                self._last, self._ended_s = alert, None
            elif alert.state is AlertState.CLEARED and self._last is not None and alert.rule == self._last.rule:
                self._ended_s = alert.t_s

    def end_drive(self) -> None:
        """The next one begins with sound, and without an alert."""
        self._quiet, self._last, self._ended_s = False, None, None

    def wait(self) -> None:
        """Between two drives: there is nobody to answer for. Only a reload is kept for the next drive."""
        for request in self._taken():
            if request.ask is Ask.RELOAD:
                self.put(request)
            else:
                request.answered(BETWEEN_DRIVES)

    def obey(
        self,
        monitor: Monitor,
        t_s: float,
        recorder: Recorder | None,
        acknowledge: Callable[[], None],
        reload: Callable[[], str],
    ) -> None:
        """Before the frame of ``t_s``. ``acknowledge`` tells the outputs that the driver has answered; ``reload``
        reads the config again and returns what was wrong with it."""
        for request in self._taken():
            match request.ask:
                case Ask.ACKNOWLEDGE:
                    error = self._acknowledge(monitor, t_s, recorder, acknowledge)
                case Ask.QUIET:
                    error = self._be_quiet(request, monitor, t_s, recorder)
                case Ask.MARK:
                    error = self._mark(request, t_s, recorder)
                case Ask.WRONG:
                    error = self._wrong(request, t_s, recorder)
                case Ask.RELOAD:
                    error = reload()
            request.answered(error)

    def _taken(self) -> list[Request]:
        """All that was asked up to now."""
        taken = []
        with suppress(Empty):
            while True:
                taken.append(self._asked.get_nowait())
        return taken

    def _acknowledge(
        self, monitor: Monitor, t_s: float, recorder: Recorder | None, acknowledge: Callable[[], None]
    ) -> str:
        monitor.acknowledge()
        acknowledge()
        if recorder:
            recorder.control(t_s, Ask.ACKNOWLEDGE)
        return ""

    def _be_quiet(self, request: Request, monitor: Monitor, t_s: float, recorder: Recorder | None) -> str:
        self._quiet = not self._quiet if request.on is None else request.on
        monitor.quiet(self._quiet)
        if recorder:
            recorder.control(t_s, Ask.QUIET, text=ON if self._quiet else OFF)
        by = f" ({request.who})" if request.who else ""
        self._said(
            f"quiet{by}: only critical alerts and those of rules with never_muted sound, microsleeps among them"
            if self._quiet
            else f"all alerts sound again{by}"
        )
        return ""

    def _mark(self, request: Request, t_s: float, recorder: Recorder | None) -> str:
        if recorder is None:
            return NOT_RECORDED
        recorder.control(t_s, Ask.MARK, text=request.text)
        self._label(recorder, Label(MARK, t_s, t_s, note=request.text))
        return ""

    def _wrong(self, request: Request, t_s: float, recorder: Recorder | None) -> str:
        alert = self._last
        if recorder is None:
            return NOT_RECORDED
        if alert is None:
            return "there was no alert in this drive"
        note = f"{alert.rule}: {request.text}" if request.text else alert.rule
        recorder.control(t_s, Ask.WRONG, text=note, rule=alert.rule, alert_s=alert.t_s)
        over_s = t_s if self._ended_s is None else self._ended_s
        self._label(recorder, Label(FALSE_ALERT, alert.t_s, max(over_s, alert.t_s), note=note))
        self._said(f"the alert {alert.rule} was wrong, says the driver: labelled in {recorder.drive}")
        return ""

    def _label(self, recorder: Recorder, label: Label) -> None:
        self._errands.run(partial(add_label, recorder.drive, label))
