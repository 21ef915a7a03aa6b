"""Spoken messages: rendered by a real espeak-ng, cached, after the tone and never in its way."""

import io
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.speech import MOST_S, Speech
from driver_monitor.alerts.tones import SAMPLE_RATE_HZ, Tone, wav_bytes
from driver_monitor.config.alerts import AudioConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.state.alert import Level

from .make import alert, cleared, wait_until
from .speaker import DEVICE, Speaker

TEXT = "Eyes closed: wake up"
CONFIG = AudioConfig(backend="aplay", device=DEVICE, repeat_s=1.5, speech=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "driver_monitor" / "speech"


@pytest.fixture
def said() -> list[str]:
    return []


def rendered(speech: Speech, text: str) -> np.ndarray:
    speech.prepare([text])
    wait_until(lambda: speech.samples(text) is not None)
    samples = speech.samples(text)
    assert samples is not None
    return samples


def test_a_message_is_speech_at_the_card_s_rate_and_full_scale(said: list[str]) -> None:
    samples = rendered(Speech("en", said.append), TEXT)
    assert 0.8 < len(samples) / SAMPLE_RATE_HZ < 3.0
    assert np.abs(samples.astype(int)).max() == 32767
    power = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    assert power[(hz > 80) & (hz < 5000)].sum() / power.sum() > 0.9
    assert power[hz > 11_100].sum() / power.sum() < 1e-4, "espeak-ng's own rate has nothing above, and neither has this"
    assert said == []


def test_the_second_time_it_comes_from_the_cache(cache: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = rendered(Speech("en", said.append), TEXT)
    (file,) = cache.iterdir()
    with wave.open(str(file)) as kept:
        assert (kept.getframerate(), kept.getnframes()) == (SAMPLE_RATE_HZ, len(first))
    monkeypatch.setenv("PATH", "/nowhere")
    assert (rendered(Speech("en", said.append), TEXT) == first).all()
    assert said == []


def test_another_voice_or_text_is_another_file(cache: Path, said: list[str]) -> None:
    english, german = Speech("en", said.append), Speech("de", said.append)
    both = rendered(english, TEXT), rendered(german, TEXT)
    rendered(english, "Wake up!")
    assert len(list(cache.iterdir())) == 3
    assert len(both[0]) != len(both[1])


def test_a_damaged_file_is_made_anew(cache: Path, said: list[str]) -> None:
    first = rendered(Speech("en", said.append), TEXT)
    (file,) = cache.iterdir()
    file.write_bytes(b"RIFF")
    assert (rendered(Speech("en", said.append), TEXT) == first).all()
    assert file.stat().st_size > len(first)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert rendered(Speech("en", said.append, tmp_path / "file" / "speech"), TEXT).any()
    assert said == []


def test_what_is_no_plain_text_is_spoken_or_not_but_harms_nothing(said: list[str]) -> None:
    speech = Speech("en", said.append)
    speech.prepare(["", "  ", "-v de --help", "é\n\x00$*,%", "long " * 200])
    wait_until(lambda: speech.samples("long " * 200) is not None)
    longest = speech.samples("long " * 200)
    assert longest is not None
    assert len(longest) == MOST_S * SAMPLE_RATE_HZ
    assert speech.samples("-v de --help") is not None
    assert speech.samples("") is None


def test_no_espeak_is_said_once_with_what_to_do(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    speech = Speech("en", said.append)
    speech.prepare(["Wake up!", "Look ahead again."])
    wait_until(lambda: said != [])
    speech.finish()
    assert len(said) == 1
    assert "sudo apt install espeak-ng" in said[0]


def test_a_voice_there_is_not_is_said(said: list[str]) -> None:
    Speech("klingon-xx", said.append).prepare(["Wake up!"])
    wait_until(lambda: said != [])
    assert "alerts.audio.voice" in said[0]


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    speaker = Speaker(tmp_path, CONFIG)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config_path))
    speaker.plug_in()
    return speaker


@pytest.fixture
def sink(speaker: Speaker, said: list[str]) -> Iterator[AudioSink]:
    """At rest, with all it may have to say rendered."""
    with AudioSink(CONFIG, said.append, messages=MessagesConfig(language="de", texts={"own": TEXT})) as sink:
        speaker.wait_for_check()
        assert sink._speech is not None
        known = sink._speech._known
        wait_until(lambda: all(samples is not None for samples in list(known.values())))
        yield sink
    assert said == []


def spoken(sink: AudioSink, text: str, volume: float) -> np.ndarray:
    samples = sink._speech.samples(text) if sink._speech is not None else None
    assert samples is not None
    with wave.open(io.BytesIO(wav_bytes(np.round(samples * volume).astype(np.int16)))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def test_the_message_follows_its_tone_as_loud_as_it(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert("long_glance", Level.WARNING))
    wait_until(lambda: len(speaker.heard()) == 2 and speaker.heard()[1].whole)
    assert speaker.tones() == [Tone.WARNING, Tone.SPEECH]
    expected = spoken(sink, TEXT, CONFIG.warning_volume)
    assert (speaker.recordings()[1][: len(expected)] == expected).all()
    tone, speech = speaker.heard()
    assert speech.at_s - tone.at_s == pytest.approx(0.56, abs=0.25), "right after it"


def test_a_critical_alert_says_it_once_and_goes_on_sounding(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert())
    wait_until(lambda: len(speaker.heard()) == 4)
    assert speaker.tones() == [Tone.CRITICAL, Tone.SPEECH, Tone.URGENT, Tone.URGENT]


def test_another_alert_s_tone_does_not_wait_for_speech(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert("long_glance", Level.WARNING))
    wait_until(lambda: speaker.tones()[1:] == [Tone.SPEECH])
    sent_s = time.time()
    sink.send(alert("yawn", Level.INFO))
    wait_until(lambda: len(speaker.heard()) >= 3)
    _, speech, info = speaker.heard()[:3]
    assert (speech.whole, info.tone) == (False, Tone.INFO)
    assert info.at_s - sent_s < 0.3


def test_the_driver_s_answer_ends_speech_and_repetition_until_there_is_news(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert())
    wait_until(lambda: speaker.tones()[1:] == [Tone.SPEECH])
    sink.acknowledge()
    time.sleep(2.0)  # more than a repetition
    assert speaker.tones() == [Tone.CRITICAL, Tone.SPEECH]
    assert not speaker.heard()[1].whole
    sink.send(alert("sleep", Level.UNRESPONSIVE))
    wait_until(lambda: Tone.URGENT in speaker.tones())
    sink.send(cleared("sleep", Level.UNRESPONSIVE))


def test_without_espeak_there_are_tones_and_one_sentence(
    speaker: Speaker, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("aplay", "sh", "cat", "date", "stat", "sleep", "mv"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(
            next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists())
        )
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with AudioSink(CONFIG, said.append) as sink:
        wait_until(lambda: said != [])
        sink.send(alert("long_glance", Level.WARNING))
        wait_until(lambda: speaker.tones() == [Tone.WARNING])
    assert len(said) == 1
    assert "espeak-ng is not installed" in said[0]
