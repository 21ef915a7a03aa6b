"""From readings to signals: the driver against the driver."""

from dataclasses import replace

import pytest

from driver_monitor.channels.voice.channel import CALM_ANGER, CALM_AROUSAL, MOST_SHIFT, STALE_S, VoiceChannel
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.voice import VoiceConfig
from driver_monitor.state.voice import VoiceReading, VoiceSignals

CALM = VoiceReading(0.0, 0.9, -25.0, 20.0, 0.0, CALM_AROUSAL, CALM_ANGER, 3.0)


def spoken(channel: VoiceChannel, reading: VoiceReading, seconds: float, start_s: float = 0.0) -> VoiceSignals:
    """The signals after ``seconds`` of the same reading, once a second."""
    signals = VoiceSignals()
    for second in range(int(seconds)):
        t_s = start_s + second
        signals = channel.update(t_s, replace(reading, t_s=t_s))
    return signals


def test_nothing_is_known_before_something_is_heard() -> None:
    signals = VoiceChannel(VoiceConfig()).update(0.0, None)
    assert (signals.voice, signals.voice_missing, signals.voice_arousal) == ("unknown", "settling", None)


def test_a_channel_that_is_off_says_so_by_default() -> None:
    assert VoiceSignals().voice == "off"


def test_speech_is_judged_by_the_population_prior_at_first() -> None:
    signals = VoiceChannel(VoiceConfig()).update(0.0, replace(CALM, arousal=3.0))
    assert (signals.voice, signals.voice_baseline, signals.voice_missing) == ("speech", "prior", "")
    assert signals.voice_arousal == pytest.approx(0.953, abs=0.001)
    assert signals.voice_flatness is None
    assert signals.quality_voice == 0.5


def test_then_against_the_drivers_own_calm_voice() -> None:
    channel = VoiceChannel(VoiceConfig())
    lively = replace(CALM, arousal=CALM_AROUSAL + 1.5, anger=CALM_ANGER + 1.0)
    before = channel.update(0.0, lively).voice_arousal
    signals = spoken(channel, lively, 30.0)
    calm = VoiceChannel(VoiceConfig()).update(0.0, CALM)
    assert signals.voice_baseline == "driver"
    assert before is not None
    assert calm.voice_arousal is not None
    assert calm.voice_arousal < before
    assert signals.voice_arousal == pytest.approx(calm.voice_arousal)
    assert signals.voice_anger == pytest.approx(calm.voice_anger)
    assert signals.quality_voice == 1.0


def test_a_driver_who_shouts_from_the_start_is_not_taken_for_calm() -> None:
    channel = VoiceChannel(VoiceConfig())
    signals = spoken(channel, replace(CALM, arousal=CALM_AROUSAL + 8.0), 30.0)
    assert signals.voice_arousal is not None
    assert signals.voice_arousal > 0.9
    assert MOST_SHIFT < 8.0


def test_an_excited_minute_among_calm_ones_does_not_make_the_baseline() -> None:
    channel = VoiceChannel(VoiceConfig())
    for second in range(30):
        channel.update(float(second), CALM if second % 2 else replace(CALM, arousal=CALM_AROUSAL + 1.8))
    after = channel.update(31.0, CALM)
    assert after.voice_arousal == pytest.approx(VoiceChannel(VoiceConfig()).update(0.0, CALM).voice_arousal)


def test_a_voice_that_goes_flat() -> None:
    channel = VoiceChannel(VoiceConfig())
    spoken(channel, CALM, 30.0)
    flat = channel.update(40.0, replace(CALM, pitch_spread_st=0.6)).voice_flatness
    assert flat == pytest.approx(0.8)
    assert channel.update(41.0, replace(CALM, pitch_spread_st=5.0)).voice_flatness == 0.0
    assert channel.update(42.0, replace(CALM, pitch_spread_st=None)).voice_flatness is None


def test_another_driver_starts_anew() -> None:
    channel = VoiceChannel(VoiceConfig())
    assert spoken(channel, CALM, 30.0).voice_baseline == "driver"
    channel.new_driver()
    assert channel.update(31.0, CALM).voice_baseline == "prior"


def test_a_reading_stands_until_it_is_stale() -> None:
    channel = VoiceChannel(VoiceConfig())
    heard = channel.update(10.0, CALM)
    assert channel.update(10.0 + STALE_S, None) == heard
    stale = channel.update(10.1 + STALE_S, None)
    assert (stale.voice, stale.voice_missing, stale.voice_arousal) == ("unknown", "not_listening", None)


@pytest.mark.parametrize(
    ("missing", "voice"),
    [("silence", "silence"), ("clipping", "unknown"), ("unplugged", "unknown"), ("noise", "unknown")],
)
def test_why_there_is_nothing_to_say(missing: str, voice: str) -> None:
    signals = VoiceChannel(VoiceConfig()).update(0.0, VoiceReading(0.0, missing=missing))
    assert (signals.voice, signals.voice_missing, signals.quality_voice) == (voice, missing, 0.0)


def test_what_cannot_be_judged_is_not_learned_from() -> None:
    channel = VoiceChannel(VoiceConfig())
    spoken(channel, VoiceReading(0.0, 0.2, missing="silence"), 100.0)
    assert channel.update(101.0, CALM).voice_baseline == "prior"


def test_the_prior_is_the_cards() -> None:
    card = OnnxModel(models_dir(Config()) / "voice.onnx").card
    assert card.thresholds == {"calm_arousal": CALM_AROUSAL, "calm_anger": CALM_ANGER}
