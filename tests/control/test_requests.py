"""What is asked of a run between two drives, and what the next drive knows of the one before."""

from pathlib import Path

from driver_monitor.config.config import Config
from driver_monitor.control.requests import BETWEEN_DRIVES, NOT_RECORDED, Requests
from driver_monitor.monitor import Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.request import Ask, Request


def test_an_acknowledge_reaches_rules_and_outputs_and_quiet_ends_with_the_drive() -> None:
    answers: list[str] = []
    outputs: list[str] = []
    monitor = Monitor(Config())
    with Requests(said=lambda sentence: None) as requests:
        for ask in (Ask.ACKNOWLEDGE, Ask.QUIET, Ask.MARK, Ask.RELOAD):
            requests.put(Request(ask, answered=answers.append))
        requests.obey(monitor, 1.0, None, lambda: outputs.append("told"), lambda: "a mistake")
        assert answers == ["", "", NOT_RECORDED, "a mistake"]
        assert outputs == ["told"]
        assert requests.quiet
        requests.end_drive()
        assert not requests.quiet


def test_between_two_drives_only_a_reload_waits_for_the_next() -> None:
    answers: list[str] = []
    outputs: list[str] = []
    with Requests(said=lambda sentence: None) as requests:
        for ask in (Ask.RELOAD, Ask.ACKNOWLEDGE, Ask.QUIET):
            requests.put(Request(ask, answered=answers.append))
        requests.wait()
        assert answers == [BETWEEN_DRIVES, BETWEEN_DRIVES]
        requests.obey(Monitor(Config()), 0.0, None, lambda: outputs.append("told"), lambda: "")
        assert answers == [BETWEEN_DRIVES, BETWEEN_DRIVES, ""]
        assert outputs == []
        assert not requests.quiet


def test_an_alert_can_only_be_wrong_in_the_drive_it_was_given_in(tmp_path: Path) -> None:
    answers: list[str] = []
    config = Config.model_validate({"recording": {"dir": str(tmp_path)}})
    with Requests(said=lambda sentence: None) as requests, Recorder(config) as recorder:
        requests.put(Request(Ask.WRONG, answered=answers.append))
        requests.obey(Monitor(config), 0.0, recorder, lambda: None, lambda: "")
    assert answers == ["there was no alert in this drive"]
