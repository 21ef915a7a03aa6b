"""What the doctor says of the senses beside the face: nothing while they are off."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.channels.voice import activity
from driver_monitor.config.config import Config
from driver_monitor.doctor import channels, project
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.face.body import models
from tests.alerts.adapter import Adapter


def subject(**on: dict[str, Any]) -> Subject:
    sections = {name: {"enabled": True, **more} for name, more in on.items()}
    return Subject(Config.model_validate({"channels": sections}), None)


def told(check: Callable[[Subject], Check | None], **on: dict[str, Any]) -> Check:
    found = check(subject(**on))
    assert found is not None
    return found


def test_what_is_off_is_not_examined() -> None:
    for check in (channels.microphone, channels.voice_model, channels.body_models, channels.heart_sensor):
        assert check(subject()) is None


def test_a_microphone_that_is_not_there_is_named_with_what_to_do() -> None:
    check = told(channels.microphone, voice={"device": "no such microphone"})
    assert check.verdict is Verdict.WARN  # 'run' goes on without it
    assert "no such microphone" in check.finding
    assert "python -m sounddevice" in check.remedy


def test_our_own_voice_net_is_among_the_models() -> None:
    assert "voice" in project.models(subject(voice={})).finding
    assert "voice" not in project.models(subject()).finding


def test_a_voice_model_of_ones_own_that_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "vad.onnx").write_bytes(b"no net")
    check = told(channels.voice_model, voice={"vad_model": str(tmp_path / "vad.onnx")})
    assert (check.verdict, check.remedy) == (Verdict.FAIL, "correct channels.voice.vad_model in the config")


def test_models_that_are_here_and_those_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "driver_monitor"
    folder.mkdir()
    nowhere = {"url": "http://127.0.0.1:9/net", "wheels": ()}
    for module, name in ((activity, "VAD_MODEL"), (models, "POSE_MODEL"), (models, "HAND_MODEL")):
        monkeypatch.setattr(module, name, replace(getattr(module, name), name=f"{name}.task", **nowhere))
    voice, body = told(channels.voice_model, voice={}), told(channels.body_models, body={})
    for check in (voice, body):
        assert check.verdict is Verdict.FAIL
        assert "not here yet, and it cannot be fetched" in check.finding
        assert "from a machine with network" in check.remedy
    (folder / "VAD_MODEL.task").write_bytes(b"cut short")
    assert "is not the right file" in told(channels.voice_model, voice={}).finding
    for module, name in ((activity, "VAD_MODEL"), (models, "POSE_MODEL"), (models, "HAND_MODEL")):
        made = replace(getattr(module, name), sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
        monkeypatch.setattr(module, name, made)
        (folder / made.name).write_bytes(b"test")
    assert told(channels.voice_model, voice={}).verdict is Verdict.OK
    assert told(channels.body_models, body={}).verdict is Verdict.OK
    detector = tmp_path / "phone.onnx"
    detector.write_bytes(b"no net")
    wrong = told(channels.body_models, body={"phone_detector": str(detector)})
    assert (wrong.verdict, wrong.remedy) == (Verdict.FAIL, "correct channels.body.phone_detector in the config")


def test_a_heart_sensor_on_a_port(tmp_path: Path) -> None:
    port = tmp_path / "port"
    on = {"sensor": "serial", "port": str(port)}
    missing = told(channels.heart_sensor, pulse=on)
    assert missing.verdict is Verdict.WARN
    assert missing.finding.endswith("the skin in the frame alone gives the heart rate")
    assert told(channels.heart_sensor, pulse=on | {"camera": False}).finding.endswith("there is no heart rate")
    adapter = Adapter(port)
    assert told(channels.heart_sensor, pulse=on).finding == f"{port} can be opened"
    adapter.close()


def test_a_heart_sensor_by_bluetooth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_BLUETOOTH", tmp_path)
    assert "no Bluetooth adapter" in told(channels.heart_sensor, pulse={"sensor": "bluetooth"}).finding
    (tmp_path / "hci0").mkdir()
    there = told(channels.heart_sensor, pulse={"sensor": "bluetooth", "address": "AA:BB:CC:DD:EE:FF"})
    assert there.finding == "Bluetooth is there; AA:BB:CC:DD:EE:FF is listened to"
    monkeypatch.setattr(channels, "find_spec", lambda name: None)
    lacking = told(channels.heart_sensor, pulse={"sensor": "bluetooth"})
    assert (lacking.verdict, "bluetooth" in lacking.remedy) == (Verdict.FAIL, True)


def test_a_pulse_channel_that_measures_nothing() -> None:
    assert told(channels.heart_sensor, pulse={}).verdict is Verdict.OK
    assert "nothing is measured" in told(channels.heart_sensor, pulse={"camera": False}).finding
