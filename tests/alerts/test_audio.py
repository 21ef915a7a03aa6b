"""Alerts through real aplay and real ALSA into a recorder."""

import os
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.alerts import audio
from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.tones import PATTERNS, SAMPLE_RATE_HZ, Tone
from driver_monitor.config.alerts import AudioConfig
from driver_monitor.state.alert import Level

from .make import FAILURE, alert, cleared, wait_until
from .speaker import DEVICE, Speaker

CONFIG = AudioConfig(backend="aplay", device=DEVICE, repeat_s=1.5)


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    speaker = Speaker(tmp_path, CONFIG)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config_path))
    return speaker


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def sink(speaker: Speaker, said: list[str]) -> Iterator[AudioSink]:
    """A sink that has found its card and is at rest."""
    speaker.plug_in()
    with AudioSink(CONFIG, said.append) as sink:
        speaker.wait_for_check()
        yield sink
    assert said == []


def test_each_level_is_heard_as_its_own_tone(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert("yawn", Level.INFO))
    wait_until(lambda: len(speaker.heard()) == 1 and speaker.heard()[0].whole)
    sink.send(alert("long_glance", Level.WARNING))
    wait_until(lambda: len(speaker.heard()) == 2 and speaker.heard()[1].whole)
    sink.send(alert())
    sink.send(cleared())
    wait_until(lambda: len(speaker.heard()) == 3 and speaker.heard()[2].whole)
    assert speaker.tones() == [Tone.INFO, Tone.WARNING, Tone.CRITICAL]


def test_what_comes_out_of_the_card_holds_the_tone(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert("yawn", Level.INFO))
    wait_until(lambda: len(speaker.heard()) == 1 and speaker.heard()[0].whole)
    (samples,) = speaker.recordings()
    power = np.abs(np.fft.rfft(samples.astype(float)))
    assert np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)[power.argmax()] == pytest.approx(659.3, abs=3)
    assert np.abs(samples).max() == pytest.approx(CONFIG.info_volume * 32767, rel=0.01)


@pytest.mark.parametrize("level", list(Level))
def test_what_comes_out_of_the_card_has_the_tone_s_pitch_and_timing(
    speaker: Speaker, sink: AudioSink, level: Level
) -> None:
    """Each burst of the pattern in its place, as long as it should be, at its frequency, with silence after it."""
    sink.send(alert("rule", level))
    sink.send(cleared("rule", level))
    wait_until(lambda: len(speaker.heard()) == 1 and speaker.heard()[0].whole)
    (samples,) = speaker.recordings()
    bursts = heard_bursts(samples)
    wanted = PATTERNS[speaker.tones()[0]]
    assert len(bursts) == len(wanted)
    at_s = 0.0
    for (began_s, ended_s, hz), burst in zip(bursts, wanted, strict=True):
        assert began_s == pytest.approx(at_s, abs=0.008)
        if burst.decay_s == float("inf"):
            assert ended_s - began_s == pytest.approx(burst.length_s, abs=0.035)
        assert hz == pytest.approx(burst.hz, abs=8)
        at_s += burst.length_s + burst.gap_s


def heard_bursts(samples: NDArray[np.int16]) -> list[tuple[float, float, float]]:
    """(begin in s, end in s, dominant frequency in Hz) of each stretch that is not silence for 10 ms."""
    window = SAMPLE_RATE_HZ // 200
    loud = np.abs(samples[: len(samples) // window * window].reshape(-1, window).astype(int)).max(axis=1) > 500
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    found = []
    for begin, end in edges.reshape(-1, 2) * window:
        power = np.abs(np.fft.rfft(samples[begin:end].astype(float), SAMPLE_RATE_HZ))
        found.append((begin / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ, float(power.argmax())))
    return found


def test_the_driver_s_answer_ends_the_repetition_until_there_is_news(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert())
    wait_until(lambda: speaker.tones() == [Tone.CRITICAL, Tone.URGENT])
    sink.acknowledge()
    time.sleep(2.0)
    assert speaker.tones() == [Tone.CRITICAL, Tone.URGENT]
    sink.send(alert())
    wait_until(lambda: speaker.tones() == [Tone.CRITICAL, Tone.URGENT, Tone.CRITICAL, Tone.URGENT])
    sink.send(cleared())


def test_critical_repeats_until_it_clears(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert())
    wait_until(lambda: len(speaker.heard()) == 3)
    sink.send(cleared())
    time.sleep(2.0)
    heard = speaker.heard()
    assert [one.tone for one in heard] == [Tone.CRITICAL, Tone.URGENT, Tone.URGENT]
    for earlier, later in pairwise(heard):
        assert later.at_s - earlier.at_s == pytest.approx(1.5, abs=0.25)


def test_critical_cuts_off_an_info_chime_at_once(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert("yawn", Level.INFO))
    wait_until(lambda: len(speaker.heard()) == 1)
    sent_s = time.time()
    sink.send(alert())
    wait_until(lambda: len(speaker.heard()) == 2)
    sink.send(cleared())
    info, critical = speaker.heard()
    assert (info.tone, info.whole) == (Tone.INFO, False)
    assert critical.tone is Tone.CRITICAL
    assert critical.at_s - sent_s < 0.3


def test_alerts_sent_right_before_closing_are_still_begun(speaker: Speaker, said: list[str]) -> None:
    speaker.plug_in()
    with AudioSink(CONFIG, said.append) as sink:
        sink.send(alert())
    wait_until(lambda: speaker.tones() == [Tone.CRITICAL])
    assert not speaker.heard()[0].whole


def test_closing_takes_half_a_second_at_most_stops_the_tone_and_leaves_nothing_open(
    speaker: Speaker, sink: AudioSink
) -> None:
    sink.send(alert())
    wait_until(lambda: speaker.tones() == [Tone.CRITICAL])
    started_s = time.monotonic()
    sink.close()
    assert time.monotonic() - started_s < 0.8
    assert open_tones() == []
    time.sleep(1.2)
    assert [one.whole for one in speaker.heard()] == [False]


def test_no_card_is_said_once_before_any_alert_and_a_card_plugged_in_later_works(
    speaker: Speaker, said: list[str]
) -> None:
    with AudioSink(CONFIG, said.append, retry_s=0.2) as sink:
        wait_until(lambda: len(said) == 1)
        assert "alerts.audio.device" in said[0]
        assert "audio open error" in said[0]
        for _ in range(5):
            sink.send(alert("long_glance", Level.WARNING))
            time.sleep(0.1)
        assert len(said) == 1
        speaker.plug_in()
        wait_until(lambda: len(said) == 2)
        assert said[1] == "sound: works again"
        sink.send(alert("long_glance", Level.WARNING))
        wait_until(lambda: speaker.tones() == [Tone.WARNING])


def test_a_critical_alert_does_not_wait_for_the_next_check(speaker: Speaker, said: list[str]) -> None:
    with AudioSink(CONFIG, said.append, retry_s=600) as sink:
        wait_until(lambda: len(said) == 1)
        sink.send(alert())
        time.sleep(0.2)
        speaker.plug_in()
        wait_until(lambda: speaker.tones() == [Tone.URGENT])


def test_without_aplay_one_sentence_says_what_to_install(
    speaker: Speaker, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with AudioSink(CONFIG, said.append) as sink:
        sink.send(alert())
        wait_until(lambda: said != [])
    assert len(said) == 1
    assert "alsa-utils" in said[0]


def test_with_neither_aplay_nor_portaudio_one_sentence_says_what_to_install(
    speaker: Speaker, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text("import ctypes.util\nctypes.util.find_library = lambda name: None\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with AudioSink(AudioConfig(), said.append) as sink:
        sink.send(alert())
        wait_until(lambda: said != [])
    assert len(said) == 1
    assert "libportaudio2" in said[0]


def test_tones_need_no_disk_so_that_a_full_one_silences_nothing_and_a_kill_leaves_nothing_behind(
    speaker: Speaker, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    speaker.plug_in()
    before = set(tmp_path.iterdir())
    with AudioSink(CONFIG, said.append) as sink:
        sink.send(alert())
        wait_until(lambda: speaker.tones() == [Tone.CRITICAL])
        assert set(tmp_path.iterdir()) == before
        assert "critical" in open_tones()
    assert said == []


def open_tones() -> list[str]:
    """Which of them this process holds."""
    links = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return [link.split()[0].rpartition("-")[2] for link in links if link.startswith("/memfd:driver-monitor-")]


def test_a_card_that_hangs_never_blocks_the_sender_and_is_said_once(
    speaker: Speaker, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "HANG_S", 0.3)
    speaker.plug_in(stuck=True)
    with AudioSink(CONFIG, said.append, retry_s=0.2) as sink:
        slowest_s = 0.0
        for number in range(200):
            started_s = time.monotonic()
            sink.send(alert(f"rule {number}", Level(number % 3 + 1)))
            slowest_s = max(slowest_s, time.monotonic() - started_s)
            time.sleep(0.005)
        assert slowest_s < 0.25
        wait_until(lambda: said != [])
        assert "takes no sound" in said[0]
        time.sleep(0.5)
        started_s = time.monotonic()
        sink.close()
        assert time.monotonic() - started_s < 0.8
    assert len(said) == 1


def test_portaudio_plays_the_same_tones_and_finds_a_card_plugged_in_later(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, config_path = tmp_path / "recording.raw", tmp_path / "asound.conf"
    alsa = f"""
pcm.null {{ type null }}
pcm.!default {{ type null }}
pcm.other {{ type file; slave.pcm null; file {recording}; format raw }}
"""
    config_path.write_text(alsa)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config_path))
    with AudioSink(AudioConfig(backend="sounddevice", device="speaker"), said.append, retry_s=0.2) as sink:
        wait_until(lambda: len(said) == 1)
        config_path.write_text(alsa.replace("pcm.other", "pcm.speaker"))
        wait_until(lambda: len(said) == 2)
        sink.send(alert("long_glance", Level.WARNING))
        time.sleep(0.1)
        wait_until(lambda: sink._playing is None)
    assert "PortAudio cannot play on device 'speaker'" in said[0]
    assert said[1] == "sound: works again"
    samples = np.frombuffer(recording.read_bytes(), dtype="<i2")
    power = np.abs(np.fft.rfft(samples.astype(float)))
    assert np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)[power.argmax()] == pytest.approx(988, abs=6)


def test_portaudio_that_crashes_takes_nothing_with_it(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config_path = tmp_path / "asound.conf"
    config_path.write_text("# nothing at all: PortAudio fails an assertion over this\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config_path))
    with AudioSink(AudioConfig(backend="sounddevice"), said.append) as sink:
        sink.send(alert())
        wait_until(lambda: said != [])
    assert len(said) == 1


def test_a_fault_cuts_off_the_alarm_and_is_heard_to_its_end(speaker: Speaker, sink: AudioSink) -> None:
    sink.send(alert())
    wait_until(lambda: speaker.tones() == [Tone.CRITICAL])
    sink.fault(FAILURE)
    sink.close()
    wait_until(lambda: speaker.heard()[-1].whole, 2.0)
    assert [(one.tone, one.whole) for one in speaker.heard()] == [(Tone.CRITICAL, False), (Tone.FAULT, True)]
