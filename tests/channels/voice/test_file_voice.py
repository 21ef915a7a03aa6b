"""A sound file in place of the microphone."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.channels.voice.file import FileVoice
from driver_monitor.channels.voice.listener import Listener, steps
from driver_monitor.errors import UsageError
from tests.channels.voice.sounds import Sound, silence, speech

Listening = Callable[[], Listener]


def written(path: Path, sound: Sound, rate_hz: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


def test_a_file_is_heard_as_the_microphone_is(listener: Listening, tmp_path: Path) -> None:
    sound = np.round((speech(5.0) + silence(5.0)) * 32767) / 32768
    same = listener()
    expected = [same.hear(step) for step in steps([sound.astype(np.float32)])]
    with FileVoice(written(tmp_path / "drive.wav", speech(5.0) + silence(5.0)), listener()) as voice:
        readings = [reading for frame in range(200) if (reading := voice.reading(frame / 30)) is not None]
    assert [reading.t_s for reading in readings] == [reading.t_s for reading in expected]
    assert readings[-1].arousal == pytest.approx(expected[-1].arousal, abs=0.1)


def test_two_runs_say_the_same(listener: Listening, tmp_path: Path) -> None:
    path = written(tmp_path / "drive.wav", speech(5.0))
    runs = [[FileVoice(path, listener()).reading(t_s) for t_s in (2.0, 4.0)] for _ in range(2)]
    assert runs[0] == runs[1]


def test_another_rate_is_brought_to_ours(listener: Listening, tmp_path: Path) -> None:
    sound = np.repeat(speech(4.0), 3)
    reading = FileVoice(written(tmp_path / "drive.wav", sound, 48_000), listener()).reading(3.9)
    assert reading is not None
    assert reading.speech_share > 0.8


@pytest.mark.parametrize("content", [b"", b"no sound at all, but words"])
def test_what_is_no_sound_is_told_in_a_line(listener: Listening, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "drive.wav"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"drive\.wav"):
        FileVoice(path, listener())


def test_a_file_that_is_not_there(listener: Listening, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.flac"):
        FileVoice(tmp_path / "absent.flac", listener())
