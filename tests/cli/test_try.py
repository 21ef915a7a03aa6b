"""``driver-monitor try``: each output gets an alert of each level, and what became of it is said."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.alerts.protocol import Kind
from driver_monitor.alerts.tones import Tone
from driver_monitor.cli import try_
from driver_monitor.cli.main import main
from driver_monitor.config.alerts import AudioConfig
from tests.alerts.adapter import Adapter
from tests.alerts.broker import Broker, Listener
from tests.alerts.bus import database, decoded
from tests.alerts.make import wait_until
from tests.alerts.receiver import Receiver
from tests.alerts.speaker import DEVICE, Speaker

LEVELS = ("info", "warning", "critical", "unresponsive")


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_, "SHOWN_S", 0.0)


def tried(output: str, lines: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    config = folder / "car.yaml"
    config.write_text(f"alerts:\n  {lines}\n")
    return main(["try", output, "--config", str(config)]), capsys.readouterr().out


def all_came(said: str) -> bool:
    return all(any(line.startswith(f"{level} ") and "delivered after" in line for line in said.splitlines())
               for level in LEVELS)  # fmt: skip


def test_can(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapter, known = Adapter(tmp_path / "port"), database()
    lines = f"can: {{interface: slcan, channel: {tmp_path}/port, settle_s: 0}}"
    code, said = tried("can", lines, tmp_path, capsys)

    def alerts() -> list[Mapping[str, Any]]:
        frames = [(sent.number, sent.data) for sent in list(adapter.frames)]
        return [values for name, values in decoded(frames, known) if name == "DM_Alert"]

    wait_until(lambda: len(alerts()) == 8)  # what was written takes its time to be read
    told = alerts()
    adapter.close()
    assert (code, all_came(said)) == (0, True)
    assert [v["AlertLevel"] for v in told if v["Firing"] == "firing"] == list(LEVELS)
    assert sum(v["Firing"] == "cleared" for v in told) == 4


def test_mqtt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broker = Broker(tmp_path / "broker")
    listener = Listener(broker.port)
    code, said = tried("mqtt", f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}", tmp_path, capsys)
    wait_until(lambda: len(listener.alerts) == 8)
    listener.close()
    broker.stop()
    assert (code, all_came(said)) == (0, True)
    assert "leaves this device" in said
    assert {told["rule"] for told in listener.alerts} == {"test"}


def test_gpio(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = tried("gpio", "gpio: {pins: mock, buzzer_pin: 17}", tmp_path, capsys)
    assert (code, all_came(said)) == (0, True)


def test_serial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receiver = Receiver(tmp_path / "port")
    code, said = tried("serial", f"serial: {{port: {tmp_path}/port}}", tmp_path, capsys)
    wait_until(lambda: len(receiver.transitions(Kind.ALERT)) == 8)
    receiver.close()
    assert (code, all_came(said)) == (0, True)


def test_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker(tmp_path, AudioConfig(device=DEVICE))
    speaker.plug_in()
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.fspath(speaker.config_path))
    code, said = tried("sound", f"audio: {{backend: aplay, device: {DEVICE}}}", tmp_path, capsys)
    assert (code, all_came(said)) == (0, True)


def test_sound_with_speech(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_, "SPOKEN_S", 4.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    speaker = Speaker(tmp_path, AudioConfig(device=DEVICE))
    speaker.plug_in()
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.fspath(speaker.config_path))
    lines = f"audio: {{backend: aplay, device: {DEVICE}, speech: true, repeat_s: 10}}\nmessages: {{language: de}}"
    code, said = tried("sound", lines, tmp_path, capsys)
    assert (code, all_came(said)) == (0, True)
    assert "tones and speech" in said
    order = [Tone.INFO, Tone.WARNING, Tone.CRITICAL, Tone.URGENT]
    assert speaker.tones() == [each for tone in order for each in (tone, Tone.SPEECH)]


def test_an_output_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(try_, "PATIENCE_S", 0.2)
    code, said = tried("serial", f"serial: {{port: {tmp_path}/port}}", tmp_path, capsys)
    assert code == 1
    assert said.count("NOT DELIVERED") == 4
    assert "does not exist" in said
