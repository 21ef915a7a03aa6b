"""The microphone's worker with real PortAudio and ALSA, and a pipe in place of the air."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.channels.voice.microphone_voice import MicrophoneVoice
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.config.voice import VoiceConfig
from driver_monitor.privacy import python_path
from driver_monitor.state.voice import VoiceReading
from tests.channels.voice.plugged import DEVICE, PluggedMicrophone
from tests.channels.voice.sounds import speech

Start = Callable[..., MicrophoneVoice]
PATIENCE_S = 30.0


@pytest.fixture
def microphone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluggedMicrophone]:
    plugged = PluggedMicrophone(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(plugged.config_path))
    yield plugged
    plugged.close()


@pytest.fixture
def start(activity_model: Path, voice_model: Path) -> Iterator[Start]:
    started = []

    def begin(**settings: object) -> MicrophoneVoice:
        config = VoiceConfig.model_validate({"enabled": True, "device": DEVICE, "retry_s": 1.0, **settings})
        started.append(MicrophoneVoice(config, PrivacyConfig(), activity_model, voice_model))
        return started[-1]

    yield begin
    for voice in started:
        voice.close()


def until(voice: MicrophoneVoice, wanted: Callable[[VoiceReading], bool]) -> VoiceReading:
    """The first reading that is ``wanted``, asked for as the loop does."""
    began_s = time.monotonic()
    last = None
    while (now_s := time.monotonic() - began_s) < PATIENCE_S:
        asked_s = time.monotonic()
        reading = voice.reading(now_s)
        assert time.monotonic() - asked_s < 2.0  # a busy machine; it never waits for sound
        if reading is not None:
            assert reading.t_s == now_s
            last = reading
            if wanted(reading):
                return reading
        time.sleep(0.03)
    raise AssertionError(f"the last reading was {last}")


def spoken(reading: VoiceReading) -> bool:
    return reading.arousal is not None


def test_speech_at_the_microphone_is_heard_and_nothing_is_let_out(
    microphone: PluggedMicrophone, start: Start, tmp_path: Path
) -> None:
    microphone.plug_in()
    microphone.say(speech(6.0))
    voice = start()
    assert until(voice, lambda reading: True).missing == "settling"
    reading = until(voice, spoken)
    assert reading.speech_share > 0.3
    assert voice.unsealed == ""

    process = Path(f"/proc/{voice.pid}")
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
    assert (status["Seccomp"], int(status["Seccomp_filters"])) == ("2", 2)
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        assert resource.prlimit(voice.pid or 0, limit) == (0, 0)
    assert not [path for path in writable_files(process) if path.is_file()]
    assert {path.name for path in tmp_path.iterdir()} == {"asound.conf", "air"}


def test_no_microphone_is_said_and_one_that_comes_is_heard(
    microphone: PluggedMicrophone, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    voice = start()
    assert until(voice, lambda reading: reading.missing != "settling").missing == "no_microphone"
    assert len([record for record in caplog.records if DEVICE in record.getMessage()]) == 1
    microphone.plug_in()
    microphone.say(speech(6.0))
    assert until(voice, spoken).missing == ""
    assert voice.restarts == 0


def test_one_that_is_unplugged_is_said_and_heard_again(microphone: PluggedMicrophone, start: Start) -> None:
    microphone.plug_in()
    microphone.say(speech(6.0))
    voice = start()
    until(voice, spoken)
    microphone.hush()
    assert until(voice, lambda reading: reading.missing == "unplugged").arousal is None
    microphone.say(speech(6.0))
    until(voice, spoken)
    assert voice.restarts == 0


def test_clipping_and_a_dead_microphone_are_said(microphone: PluggedMicrophone, start: Start) -> None:
    microphone.plug_in()
    microphone.say(np.clip(speech(6.0, level=0.6), -1, 1))
    voice = start()
    until(voice, lambda reading: reading.missing == "clipping")
    microphone.say(np.zeros(96_000, np.float32))
    until(voice, lambda reading: reading.missing == "muted")


def test_a_worker_that_is_killed_is_started_again_until_the_budget_is_used_up(
    microphone: PluggedMicrophone, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    microphone.plug_in()
    microphone.say(speech(6.0))
    voice = start(restarts=1)
    until(voice, spoken)
    kill(voice)
    until(voice, spoken)
    assert voice.restarts == 1
    kill(voice)
    assert until(voice, lambda reading: reading.missing == "not_listening").arousal is None
    assert "channels.voice.restarts" in caplog.text
    assert voice.pid is None


def test_a_worker_without_its_model_says_so_once(
    start: Start, microphone: PluggedMicrophone, activity_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    microphone.plug_in()
    config = VoiceConfig(enabled=True, device=DEVICE)
    with MicrophoneVoice(config, PrivacyConfig(), activity_model, tmp_path / "absent.onnx") as voice:
        until(voice, lambda reading: reading.missing == "not_listening")
        assert "absent.onnx" in caplog.text
        assert voice.restarts == 0


def test_closed_is_closed(start: Start, microphone: PluggedMicrophone) -> None:
    voice = start()
    pid = voice.pid
    voice.close()
    voice.close()
    assert voice.pid is None
    assert not Path(f"/proc/{pid}").exists()


FILE = """
import sys
from driver_monitor.child import forbid_files
forbid_files()
try:
    with open(sys.argv[1], "wb") as file:
        file.write(b"sound")
except OSError as error:
    print(error.errno)
"""


def test_behind_the_limit_no_byte_goes_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "sound.raw"
    said = subprocess.run(
        [sys.executable, "-c", FILE, str(file)],
        env=os.environ | {"PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "27"  # EFBIG
    assert file.stat().st_size == 0


def kill(voice: MicrophoneVoice) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)


def writable_files(process: Path) -> list[Path]:
    """What a process has open for writing."""
    found = []
    for entry in (process / "fdinfo").iterdir():
        flags = int(next(line for line in entry.read_text().splitlines() if line.startswith("flags:")).split()[1], 8)
        if flags & (os.O_WRONLY | os.O_RDWR):
            found.append(Path(os.readlink(process / "fd" / entry.name)))
    return found
