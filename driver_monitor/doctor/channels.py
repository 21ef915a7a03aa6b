"""The senses beside the face: microphone, heart sensor and the models they need, each where it is switched on."""

import getpass
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from driver_monitor.doctor.check import Check, Subject, Verdict, fail, ok, warn
from driver_monitor.doctor.devices import join_group
from driver_monitor.doctor.project import asset
from driver_monitor.errors import UsageError
from driver_monitor.native_path import file_path
from driver_monitor.pip import install_self

_HEART: Final = "heart sensor"
_BLUETOOTH: Final = Path("/sys/class/bluetooth")


def microphone(subject: Subject) -> Check | None:
    """Opened as ``run`` opens it, and closed at once. ``run`` goes on without it and looks for it again."""
    voice = subject.config.channels.voice
    if not voice.enabled:
        return None
    from driver_monitor.channels.voice.errors import MicrophoneError  # noqa: PLC0415
    from driver_monitor.channels.voice.microphone import Microphone  # noqa: PLC0415  (av, onnxruntime)

    try:
        Microphone(voice.device).close()
    except MicrophoneError as error:
        finding, _, remedy = str(error).partition(": ")
        return warn("microphone", f"{finding}; until there is one, nothing is said of the voice", remedy)
    return ok("microphone", f"'{voice.device}' can be opened; what it hears stays in memory for 3 s and is never kept")


def voice_model(subject: Subject) -> Check | None:
    """silero-vad's net; ours is among the models."""
    voice = subject.config.channels.voice
    if not voice.enabled:
        return None
    from driver_monitor.channels.voice.activity import VAD_MODEL  # noqa: PLC0415  (onnxruntime)

    return asset("voice model", VAD_MODEL, voice.vad_model, "channels.voice.vad_model")


def body_models(subject: Subject) -> Check | None:
    """The first thing wrong with the pose model, the hand model and the user's own phone detector."""
    body = subject.config.channels.body
    if not body.enabled:
        return None
    from driver_monitor.face.body.models import HAND_MODEL, POSE_MODEL  # noqa: PLC0415  (onnxruntime)
    from driver_monitor.face.body.phone_detector import PhoneDetector  # noqa: PLC0415

    name = "body models"
    found = [asset(name, each) for each in (POSE_MODEL, HAND_MODEL)]
    if body.phone_detector:
        try:
            PhoneDetector(file_path(body.phone_detector))
        except UsageError as error:
            found.append(fail(name, str(error), "correct channels.body.phone_detector in the config"))
        else:
            found.append(ok(name, f"{body.phone_detector} is a phone detector"))
    wrong = [each for each in found if each.verdict is not Verdict.OK]
    worst = next((each for each in wrong if each.verdict is Verdict.FAIL), wrong[0] if wrong else None)
    return worst or ok(name, "; ".join(each.finding for each in found))


def heart_sensor(subject: Subject) -> Check | None:
    """``run`` goes on without a sensor and listens once it is there; without the library it cannot."""
    pulse = subject.config.channels.pulse
    if not pulse.enabled:
        return None
    without = "the skin in the frame alone gives the heart rate" if pulse.camera else "there is no heart rate"
    match pulse.sensor:
        case "none":
            return _no_sensor(pulse.camera)
        case "bluetooth":
            return _bluetooth(pulse.address, without)
        case "serial":
            return _port(Path(pulse.port), without)


def _no_sensor(camera: bool) -> Check:
    if not camera:
        finding = "channels.pulse has neither camera nor sensor, so nothing is measured"
        return warn(_HEART, finding, "switch channels.pulse.camera on or name a sensor")
    return ok(_HEART, "none wanted: the skin in the frame gives the heart rate")


def _bluetooth(address: str, without: str) -> Check:
    if find_spec("bleak") is None:
        return fail(_HEART, "bleak is not installed, so 'run' cannot start", install_self("bluetooth"))
    if not any(_BLUETOOTH.glob("hci*")):
        finding = f"this machine has no Bluetooth adapter: until it has, {without}"
        return warn(_HEART, finding, "connect an adapter, or switch it on (rfkill unblock bluetooth)")
    return ok(_HEART, f"Bluetooth is there; {address or 'the first sensor that calls'} is listened to")


def _port(port: Path, without: str) -> Check:
    if not port.exists():
        finding = f"channels.pulse.port {port} is not there: until it is, {without}"
        return warn(_HEART, finding, "connect the sensor or correct channels.pulse.port")
    if not os.access(port, os.R_OK | os.W_OK):
        finding = f"channels.pulse.port {port} may not be opened by {getpass.getuser()}: until it may, {without}"
        return warn(_HEART, finding, join_group(port))
    return ok(_HEART, f"{port} can be opened")
