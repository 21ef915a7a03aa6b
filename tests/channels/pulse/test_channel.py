"""The pulse channel as stories on scripted drives."""

from typing import Any

import numpy as np
import pytest

from driver_monitor.channels.pulse.channel import PulseChannel
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.simulate.skin_colour import Skin
from driver_monitor.state.heart import HeartReading
from driver_monitor.state.pulse import PULSE_CAUSES, PulseSignals
from driver_monitor.state.signals import Signals
from tests.channels.pulse.drives import drive, last, played, without_skin


def all_along(**action: Any) -> dict[str, Any]:
    return {"t": 0, "for": 1000} | action


@pytest.mark.parametrize(("bpm", "share"), [(45, 0.003), (72, 0.003), (110, 0.01), (150, 0.005)])
def test_a_calm_driver_s_heart_rate_is_told(bpm: float, share: float) -> None:
    said = last(drive(bpm=bpm, share=share))
    assert said.heart_rate_bpm == pytest.approx(bpm, abs=3)
    assert said.heart_rate_low_bpm is not None
    assert said.heart_rate_high_bpm is not None
    assert said.heart_rate_low_bpm <= bpm <= said.heart_rate_high_bpm
    assert (said.heart_rate_source, said.pulse_missing, said.liveness) == ("camera", "", "alive")
    assert said.quality_pulse > 0.5


@pytest.mark.parametrize(
    ("missing", "actions", "head"),
    [
        ("infrared", [all_along(do="light", grey=True)], {}),
        ("dark", [all_along(do="light", gain=0.15)], {}),
        ("exposure", [all_along(do="light", gain=1.6)], {}),
        ("low_frame_rate", [], {"fps": 8.0}),
        ("no_face", [{"t": 20, "do": "leave", "for": 1000}], {}),
        ("settling", [], {"duration_s": 8.0}),
    ],
)
def test_why_there_is_no_heart_rate(missing: str, actions: list[dict[str, Any]], head: dict[str, Any]) -> None:
    said = last(drive(*actions, **head))
    assert (said.heart_rate_bpm, said.heart_rate_source, said.pulse_missing) == (None, "", missing)
    assert missing in PULSE_CAUSES


def test_skin_that_nobody_measured_is_said() -> None:
    assert last(without_skin(drive())).pulse_missing == "no_skin"


def test_noise_is_no_heart() -> None:
    said = played(drive(share=0.0))
    assert [now.heart_rate_bpm for _, now in said if now.heart_rate_bpm is not None] == []
    assert said[-1][1].pulse_missing == "weak"


def test_talking_is_said_where_it_hides_the_pulse() -> None:
    assert last(drive(all_along(do="talk"), share=0.0)).pulse_missing == "talking"


def test_uneven_times_and_dropped_frames_do_no_harm() -> None:
    said = last(drive(bpm=66, jitter_s=0.012, drop_share=0.3))
    assert said.heart_rate_bpm == pytest.approx(66, abs=3)


def test_dark_skin_has_less_of_a_pulse_and_it_is_found_or_refused() -> None:
    said = [now for t_s, now in played(drive(skin=Skin((70.0, 45.0, 36.0), 0.15))) if t_s > 15]
    told = [now.heart_rate_bpm for now in said if now.heart_rate_bpm is not None]
    assert all(abs(bpm - 72) <= 5 for bpm in told)
    assert {now.pulse_missing for now in said} <= {"", "weak"}


def test_a_head_that_rocks_at_another_rate_is_not_the_heart() -> None:
    rocking = [
        {"t": t, "do": "nod", "for": 0.35, "pitch": -10, "rise": 0.2, "fall": 0.2} for t in np.arange(1, 29, 0.8)
    ]
    told = [now.heart_rate_bpm for t_s, now in played(drive(*rocking, bpm=110)) if t_s > 15]
    assert all(bpm is None or bpm == pytest.approx(110, abs=4) for bpm in told)


def test_off_it_says_nothing() -> None:
    assert {now for _, now in played(drive(duration_s=3.0), enabled=False)} == {PulseSignals()}


def test_it_says_the_same_in_between_and_again_in_a_replay() -> None:
    said = played(drive())
    assert len(said) <= 32
    assert played(drive()) == said


def test_a_time_that_goes_back_begins_anew() -> None:
    channel = PulseChannel(PulseConfig(enabled=True))
    for t_s in (50.0, 0.0):
        said = channel.update(FaceObservation(t_s, Tracking.NO_FACE, 640, 480), Signals(t_s))
        assert said.pulse_missing == "no_face"


SENSOR = HeartReading("bluetooth", 74.0, tuple(0.8 + 0.02 * np.sin(np.arange(40))))


def test_sensor_and_skin_that_agree_are_one() -> None:
    said = last(drive(bpm=70), SENSOR)
    assert said.heart_rate_bpm == pytest.approx(73, abs=1)
    assert (said.heart_rate_source, said.pulse_missing) == ("bluetooth", "")
    assert said.quality_pulse > 0.9
    assert said.rmssd_ms is not None


def test_sensor_and_skin_that_do_not_agree_are_doubted() -> None:
    said = last(drive(bpm=110), SENSOR)
    assert said.heart_rate_bpm == 74.0
    assert said.heart_rate_high_bpm is not None
    assert said.heart_rate_high_bpm > 105
    assert said.quality_pulse < 0.5


def test_a_sensor_serves_where_skin_cannot_be_seen() -> None:
    said = last(drive(all_along(do="light", grey=True)), SENSOR)
    assert (said.heart_rate_bpm, said.heart_rate_source) == (74.0, "bluetooth")


def test_a_sensor_that_is_not_believed_leaves_the_skin() -> None:
    wrong = HeartReading("serial", None, (), "impossible")
    said = last(drive(bpm=70), wrong)
    assert said.heart_rate_source == "camera"
    assert said.heart_rate_bpm == pytest.approx(70, abs=3)
    assert last(drive(duration_s=3.0), wrong, camera=False).pulse_missing == "sensor"


def test_a_sensor_that_is_silent_is_missing() -> None:
    assert last(drive(duration_s=3.0), None, camera=False).pulse_missing == "sensor"
