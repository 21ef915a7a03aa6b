"""The built-in drive in which a driver gets drowsy, as geometry: a test instrument, not evidence about people."""

from pathlib import Path

import pytest

from driver_monitor.config.loader import default_config, load
from driver_monitor.monitor import Moment
from driver_monitor.replay.one import Replay, replay
from driver_monitor.simulate.script import load_script
from driver_monitor.state.alert import Alert, AlertState
from driver_monitor.state.driver_state import DriverState

SCRIPT = load_script("drowsy")
SLEEPY_FROM_S = next(
    a.t for a, b in zip(SCRIPT.drive.sleepiness, SCRIPT.drive.sleepiness[1:], strict=False) if b.kss > 3
)


class Played:
    def __init__(self, folder: Path) -> None:
        self.states: list[DriverState] = []
        self.alerts: list[Alert] = []
        self.drive: Replay = replay(
            "geometry:drowsy", load(None), out=folder, moment_seen=self._see, progress=lambda t_s, total_s: None
        )

    def _see(self, moment: Moment) -> None:
        self.states.append(moment.state)
        self.alerts += [alert for alert in moment.alerts if alert.state is AlertState.FIRING]

    def at(self, t_s: float) -> DriverState:
        return next(state for state in self.states if state.t_s >= t_s)


@pytest.fixture(scope="module")
def drowsy(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("drowsy"))


def test_while_the_driver_is_awake_nothing_is_said(drowsy: Played) -> None:
    assert SLEEPY_FROM_S >= 300
    assert [alert.rule for alert in drowsy.alerts if alert.t_s < SLEEPY_FROM_S] == []
    awake = drowsy.at(SLEEPY_FROM_S)
    assert awake.fatigue is not None
    assert awake.fatigue.level < 0.6  # which is what the rules ask for
    assert (awake.signals.perclos_60s, awake.signals.yawns_600s, awake.signals.nods_600s) == (0, 0, 0)


def test_level_kss_and_perclos_rise_as_scripted(drowsy: Played) -> None:
    looks = [drowsy.at(t_s) for t_s in (SLEEPY_FROM_S, 450.0, 540.0, 640.0, 719.0)]
    levels = [look.fatigue.level for look in looks if look.fatigue is not None]
    kss = [look.fatigue.kss for look in looks if look.fatigue is not None and look.fatigue.kss is not None]
    assert levels == sorted(levels)
    assert kss == sorted(kss)
    assert levels[-1] > 0.85
    assert kss[-1] - kss[0] > 2
    sds = [look.fatigue.kss_sd for look in looks if look.fatigue is not None and look.fatigue.kss_sd is not None]
    assert sds[-1] < 1.5 < 2.2 < sds[0]
    perclos = [look.signals.perclos_60s or 0.0 for look in looks]
    assert perclos[1] < 0.075 < perclos[2] < 0.2
    assert perclos[3] > 0.15
    assert perclos[4] > 0.30


def test_the_advice_comes_in_order_and_the_second_channels_are_named(drowsy: Played) -> None:
    first = {alert.rule: alert for alert in reversed(drowsy.alerts)}
    order = sorted(first, key=lambda rule: first[rule].t_s)
    assert order == ["yawning", "drowsy", "fatigue_advice", "very_drowsy", "microsleep"]
    assert set(first["drowsy"].evidence["channels"]) == {"blinks", "yawns"}
    assert 450 < first["drowsy"].t_s < 540  # in the questionable band, which takes a second channel's word
    assert first["drowsy"].evidence["terms"][0]["value"] < 0.15


def test_nobody_is_told_to_look_at_the_road(drowsy: Played) -> None:
    """Mirrors are checked, the head nods, lids are shut for a third of the time: none of it is a look away."""
    assert {alert.rule for alert in drowsy.alerts} == {
        "yawning", "drowsy", "fatigue_advice", "very_drowsy", "microsleep",
    }  # fmt: skip


def test_yawns_behind_a_hand_count_and_so_do_nods(drowsy: Played) -> None:
    last = drowsy.states[-1].signals
    assert last.yawns_600s == sum(getattr(action, "do", "") == "yawn" for action in SCRIPT.actions)
    assert last.nods_600s == sum(getattr(action, "do", "") == "nod" for action in SCRIPT.actions)


def test_the_mirrors_are_checked_less_and_less(drowsy: Played) -> None:
    early, late = drowsy.at(SLEEPY_FROM_S).signals, drowsy.at(700.0).signals
    assert (early.mirror_checks_60s or 0) >= 4
    assert (late.mirror_checks_60s or 0) <= 2


def test_the_report_shows_found_beside_the_step_and_what_was_told(drowsy: Played) -> None:
    timeline = drowsy.drive.timeline
    assert timeline is not None
    assert timeline.fatigue.unknown(default_config().classifiers) == ""
    assert [round(look.t_s) for look in timeline.fatigue.steps()] == [60 * minute for minute in range(1, 13)]
    assert drowsy.drive.report is not None
    text = drowsy.drive.report.read_text(encoding="utf-8")
    assert "<h2>Fatigue</h2>" in text
    assert "blinks, yawns" in text
    assert "Fatigue is not known" not in text
    assert (drowsy.drive.report.parent / "annotated.mp4").exists() is False
