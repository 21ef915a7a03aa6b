"""What was asked of a run from one frame to the next, done between the two."""

from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.config.control import ControlConfig
from driver_monitor.control.choices import keep_quiet, was_quiet
from driver_monitor.control.errands import Errands
from driver_monitor.labels.label import FALSE_ALERT, MARK, Label
from driver_monitor.labels.sidecar import add_label
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.alert import Alert, AlertState, News
from driver_monitor.state.request import OFF, ON, Ask, Request

REMEMBERED: Final = "the drive before"
NOT_RECORDED: Final = "nothing is recorded, so there is no drive to label; start with 'run --record DIR'"


class Requests(Closing):
    """:meth:`put` them from any thread or signal handler; :meth:`obey` does them, and records what it did.

    ``said`` hears of what was done. Nothing that is asked for changes a threshold.
    """

    def __init__(self, config: ControlConfig, said: Callable[[str], None]) -> None:
        self._config = config
        self._said = said
        self._asked: SimpleQueue[Request] = SimpleQueue()
        self._errands = Errands()
        self._quiet = False
        self._last: Alert | None = None  # the last alert that began
        self._ended_s: float | None = None  # and when it was over
        if config.remember and was_quiet():
            self.put(Request(Ask.QUIET, REMEMBERED, on=True))

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

    def obey(self, monitor: Monitor, t_s: float, recorder: Recorder | None, reload: Callable[[], str]) -> None:
        """Before the frame of ``t_s``. ``reload`` reads the config again and returns what was wrong with it."""
        while True:
            try:
                request = self._asked.get_nowait()
            except Empty:
                return
            match request.ask:
                case Ask.ACKNOWLEDGE:
                    error = self._acknowledge(monitor, t_s, recorder)
                case Ask.QUIET:
                    error = self._be_quiet(request, monitor, t_s, recorder)
                case Ask.MARK:
                    error = self._mark(request, t_s, recorder)
                case Ask.WRONG:
                    error = self._wrong(request, t_s, recorder)
                case Ask.RELOAD:
                    error = reload()
            request.answered(error)

    def _acknowledge(self, monitor: Monitor, t_s: float, recorder: Recorder | None) -> str:
        monitor.acknowledge()
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
        if self._config.remember and request.who != REMEMBERED:
            self._errands.run(partial(keep_quiet, self._quiet))
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
