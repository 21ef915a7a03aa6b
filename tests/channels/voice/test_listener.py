"""What is said of three seconds of sound."""

from collections.abc import Callable

import numpy as np
import pytest

from driver_monitor.channels.voice.listener import STEP, Listener, steps
from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.state.voice import VOICE_MISSING, VoiceReading
from tests.channels.voice.sounds import Sound, noise, silence, speech

Listening = Callable[[], Listener]


def heard(listener: Listener, sound: Sound) -> list[VoiceReading]:
    return [listener.hear(step) for step in steps([sound])]


def test_speech_is_judged_once_there_is_a_second_of_it(listener: Listening) -> None:
    readings = heard(listener(), speech(5.0) + silence(5.0))
    assert [reading.missing for reading in readings[:4]] == ["settling", "", "", ""]
    last = readings[-1]
    assert last.speech_share > 0.9
    assert last.arousal is not None
    assert last.anger is not None
    assert last.pitch_spread_st is not None
    assert last.level_dbfs == pytest.approx(-20, abs=0.5)
    assert last.t_s == pytest.approx(4 * STEP / RATE_HZ)


def test_nobody_speaks(listener: Listening) -> None:
    readings = heard(listener(), silence(5.0))
    assert {reading.missing for reading in readings[3:]} == {"silence"}
    assert readings[-1].arousal is None


def test_the_road_alone_is_silence(listener: Listening) -> None:
    assert heard(listener(), noise(5.0, level=0.1))[-1].missing == "silence"


def test_what_was_said_is_forgotten_after_three_seconds(listener: Listening) -> None:
    sound = np.concatenate([speech(3.0), silence(4.0)])
    assert heard(listener(), sound)[-1].missing == "silence"


def test_a_microphone_that_is_switched_off(listener: Listening) -> None:
    last = heard(listener(), np.zeros(3 * RATE_HZ, np.float32))[-1]
    assert (last.missing, last.level_dbfs) == ("muted", None)


def test_a_voice_that_is_too_loud_for_the_microphone(listener: Listening) -> None:
    last = heard(listener(), np.clip(speech(4.0, level=0.6), -1, 1))[-1]
    assert last.missing == "clipping"
    assert last.clipped_share > 0.01
    assert last.arousal is None


def test_a_voice_that_hardly_stands_above_the_road(listener: Listening) -> None:
    over_road = [heard(listener(), speech(4.0) + noise(4.0, level=level))[-1].snr_db for level in (0.003, 0.02, 0.06)]
    known = [snr_db for snr_db in over_road if snr_db is not None]
    assert len(known) == 3
    assert known[0] > known[1] > known[2]


def test_speech_that_the_road_drowns_is_not_judged(listener: Listening) -> None:
    last = heard(listener(), (speech(5.0) + noise(5.0, level=0.15)) * np.float32(0.3))[-1]
    assert last.missing == "noise"
    assert last.speech_share > 0.5
    assert last.arousal is None


def test_the_microphones_gain_does_not_change_what_is_said(listener: Listening) -> None:
    sound = speech(4.0) + noise(4.0, level=0.01)
    loud, quiet = heard(listener(), sound)[-1], heard(listener(), sound * np.float32(1 / 8))[-1]
    assert loud.arousal is not None
    assert loud.anger is not None
    assert quiet.arousal == pytest.approx(loud.arousal, abs=0.2)
    assert quiet.anger == pytest.approx(loud.anger, abs=0.2)


def test_a_lively_voice_spreads_its_pitch(listener: Listening) -> None:
    spreads = [heard(listener(), speech(4.0, lively_st=lively))[-1].pitch_spread_st for lively in (0.0, 4.0)]
    assert spreads[0] is not None
    assert spreads[1] is not None
    assert spreads[0] < 0.5 < 1.5 < spreads[1]


def test_a_passenger_or_the_radio_counts_as_the_driver(listener: Listening) -> None:
    """The limit that the README and the card state: one microphone cannot tell who speaks."""
    driver, radio = speech(5.0, pitch_hz=110), speech(5.0, pitch_hz=210, seed=3)
    alone, mixed = heard(listener(), radio)[-1], heard(listener(), driver + radio)[-1]
    assert alone.missing == mixed.missing == ""
    assert alone.arousal is not None
    assert mixed.arousal is not None


@pytest.mark.parametrize("quieter_db", [12, 20])
def test_a_quiet_radio_behind_the_driver_changes_little(listener: Listening, quieter_db: float) -> None:
    driver, radio = speech(5.0, pitch_hz=110), speech(5.0, pitch_hz=210, seed=3)
    alone = heard(listener(), driver + silence(5.0))[-1]
    mixed = heard(listener(), driver + silence(5.0) + radio * 10 ** (-quieter_db / 20))[-1]
    assert alone.arousal is not None
    assert mixed.arousal == pytest.approx(alone.arousal, abs=3.0)


def test_every_reason_is_one_of_the_words(listener: Listening) -> None:
    sounds = [silence(4.0), speech(4.0), noise(4.0, level=0.2), np.zeros(4 * RATE_HZ, np.float32)]
    said = {reading.missing for sound in sounds for reading in heard(listener(), sound)}
    assert said <= {"", *VOICE_MISSING}
