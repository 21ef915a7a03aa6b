"""Cameras, sound cards and serial ports."""

import getpass
import grp
import os
import shutil
import stat
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from driver_monitor.camera.device import is_camera_node
from driver_monitor.config.camera_address import SourceError, parse, redacted
from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.config.vehicle import Measuring, SpeedConfig
from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.errors import UsageError
from driver_monitor.native_path import file_path
from driver_monitor.serial_port import PORT_ERRORS, PortError, open_port
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.open import open_measuring

_CARDS: Final = Path("/proc/asound/cards")
_VIDEO_NAMES: Final = Path("/sys/class/video4linux")
_SEARCH_S: Final = 20.0  # an OBD adapter may search for the car's protocol
_LOOK_S: Final = 0.1
_TROUBLESHOOTING: Final = "driver-monitor help speed"
_LISTEN_S: Final = 2.0  # GPS receivers speak once a second
_SENTENCE: Final = b"$"  # what each NMEA 0183 sentence begins with
_WAITS: Final = "waits for it and says 'camera lost' until then"
_PICAMERA2: Final = (
    "sudo apt install python3-picamera2, and let this environment see it (python3 -m venv --system-site-packages)"
)


def camera(subject: Subject) -> Check:
    """The device, file or address that ``camera.source`` names."""
    source = subject.config.camera.source
    try:
        address = parse(source)
    except SourceError as error:
        return fail("camera", str(error), "correct camera.source in the config")
    if address.kind == "device":
        return _device(Path(address.target))
    if address.kind == "picamera2" and find_spec("picamera2") is None:
        return fail("camera", "picamera2 is not installed, so 'run' cannot start", _PICAMERA2)
    if address.kind == "file" and not file_path(address.target).is_file():
        return fail("camera", f"there is no video file {address.target}", "correct camera.source")
    waits = "; 'run' waits until it answers" if address.kind == "network" else ""
    return ok("camera", f"{redacted(source)} (not tried{waits})")


def _device(device: Path) -> Check:
    """A camera that cannot be opened now is waited for by ``run``, so it is no failure."""
    present = video_devices()
    if not device.exists():
        seen = f"cameras here: {_named(present)}" if present else "no camera is connected"
        remedy = "connect it, or set camera.source; 'driver-monitor demo' needs no camera"
        return warn("camera", f"{device} is not there; {seen}; 'run' {_WAITS}", remedy)
    if not os.access(device, os.R_OK | os.W_OK):
        finding = f"{device} may not be opened by {getpass.getuser()}; 'run' {_WAITS}"
        return warn("camera", finding, join_group(device))
    if not is_camera_node(device):
        finding = f"{device} is not a camera device, so 'run' cannot start"
        return fail("camera", finding, "correct camera.source in the config")
    return ok("camera", _named({device: present.get(device, "")}))


def camera_place(subject: Subject) -> Check:
    """Where the config says that the camera is. Straight ahead may be right, so it is no fault."""
    place = subject.config.signals.camera_place
    if place == CameraPlaceConfig():
        return ok("camera place", "taken to be straight ahead; 'driver-monitor place --config FILE' measures it")
    angles = f"yaw {place.yaw_deg:g}, pitch {place.pitch_deg:g}, roll {place.roll_deg:g} deg"
    return ok("camera place", f"{angles}; driver on the {subject.config.face.seat}")


def sound_card(subject: Subject) -> Check:
    """Alerts go on without one, on the terminal and the bus."""
    if not subject.config.alerts.audio.enabled:
        return ok("sound card", "not needed: alerts.audio.enabled is false")
    cards = sound_cards()
    if not cards:
        return warn("sound card", "none, so alerts make no sound", "connect a speaker or a sound card")
    if subject.config.alerts.audio.speech and not shutil.which("espeak-ng"):
        finding = f"{', '.join(cards)}; but espeak-ng is not installed, so messages are not spoken"
        return warn("sound card", finding, "sudo apt install espeak-ng")
    return ok("sound card", ", ".join(cards))


def serial_ports(subject: Subject) -> Check:
    """The ports the config uses, and those there are. ``run`` goes on without them and opens them when they come."""
    from serial.tools.list_ports import comports  # noqa: PLC0415  (walks /sys when imported for some systems)

    present = sorted(port.device for port in comports())
    seen = f"ports here: {', '.join(present)}" if present else "no serial port here"
    wanted = []
    if subject.config.alerts.serial.enabled:
        wanted.append(("alerts.serial.port", subject.config.alerts.serial.port, "no alert goes out on it"))
    speed = subject.config.vehicle.speed
    if "nmea" in speed.measuring:
        wanted.append(("vehicle.speed.port", speed.port, "the speed is unknown"))
    if "obd" in speed.measuring and not speed.networked("obd"):
        wanted.append(("vehicle.speed.obd.address", speed.obd.address, "the speed is unknown"))
    found, remedies = [], []
    for key, port, without in wanted:
        path = Path(port)
        if not path.exists():
            found.append(f"{key} {port} is not there: until it is, {without}")
            remedies.append(f"connect the device or correct {key}")
        elif not os.access(path, os.R_OK | os.W_OK):
            found.append(f"{key} {port} may not be opened by {getpass.getuser()}: until it may, {without}")
            remedies.append(join_group(path))
    if found:
        return warn("serial", "; ".join([*found, seen]), "; ".join(dict.fromkeys(remedies)))
    used = ", ".join(f"{key} {port}" for key, port, _ in wanted)
    return ok("serial", f"{used} can be opened" if wanted else f"not used by the config; {seen}")


def speed(subject: Subject) -> Check:
    """What the rules will be told of the speed."""
    config = subject.config.vehicle.speed
    if config.source == "none":
        return ok("speed", f"{Speed(config.assumed_kmh, SpeedKnowledge.ASSUMED)}: no vehicle.speed.source")
    if config.source == "fixed":
        return ok("speed", f"{Speed(config.fixed_kmh, SpeedKnowledge.GIVEN)} by vehicle.speed.fixed_kmh")
    found = [_receiver(config.port, config.baud) if name == "nmea" else _asked(name, config)
             for name in config.measuring]  # fmt: skip
    if len(found) == 1:
        return found[0]
    told = "; ".join(f"{name}: {check.finding}" for name, check in zip(config.measuring, found, strict=True))
    remedies = [check.remedy for check in found if check.remedy]
    return warn("speed", told, "; ".join(dict.fromkeys(remedies))) if remedies else ok("speed", told)


def _asked(name: Measuring, config: SpeedConfig) -> Check:
    """What a source says of itself within a while: its speed, or what is wrong."""
    said: SimpleQueue[str] = SimpleQueue()
    until_s = time.monotonic() + _SEARCH_S
    try:
        with open_measuring(name, config, said.put) as source:
            while time.monotonic() < until_s:
                with suppress(Empty):
                    sentence = said.get(timeout=_LOOK_S).removeprefix("speed: ")
                    return warn("speed", sentence, f"see to that; unknown until then ({_TROUBLESHOOTING})")
                if source.fresh() is not None:
                    return ok("speed", str(source.speed(0.0)))
    except UsageError as error:
        return fail("speed", f"{error}, so 'run' cannot start", "correct vehicle.speed in the config")
    finding = f"{name} told no speed in {_SEARCH_S:g} s; unknown until it does"
    return warn("speed", finding, f"switch the ignition on and check the device ({_TROUBLESHOOTING})")


def _receiver(port: str, baud: int) -> Check:
    path, by = Path(port), f"the receiver on {port}"
    if not path.exists():
        remedy = "connect the device or correct vehicle.speed.port"
        return warn("speed", f"will be measured once {by} is there; unknown until then", remedy)
    if not os.access(path, os.R_OK | os.W_OK):
        return warn("speed", f"will be measured once {by} may be opened; unknown until then", join_group(path))
    try:
        heard = _heard(port, baud)
    except (PortError, *PORT_ERRORS) as error:
        return warn("speed", f"unknown: {error}", "see to that, then run the doctor again")
    if not heard:
        finding = f"{port} opens, but sent nothing in {_LISTEN_S:g} s; the speed is unknown until it does"
        return warn("speed", finding, "check the receiver's cable and power, and vehicle.speed.port")
    if _SENTENCE not in heard:
        finding = f"what {port} sends is not NMEA 0183; the speed is unknown until it is"
        return warn("speed", finding, f"check vehicle.speed.baud (now {baud}) and that it is a GPS receiver")
    return ok("speed", f"measured by the GPS receiver on {port}; unknown while that has no fix")


def _heard(port: str, baud: int) -> bytes:
    """What comes within a while, up to the beginning of a sentence. Raises PortError or one of PORT_ERRORS."""
    heard, until_s = b"", time.monotonic() + _LISTEN_S
    with open_port(port, baud, setting="vehicle.speed") as opened:
        while _SENTENCE not in heard and time.monotonic() < until_s:
            heard += opened.read(max(1, opened.in_waiting))
    return heard


def video_devices() -> dict[Path, str]:
    """Video devices with the name their driver gives."""
    found = {}
    for device in sorted(Path("/dev").glob("video[0-9]*"), key=lambda path: (len(path.name), path.name)):
        name = _VIDEO_NAMES / device.name / "name"
        found[device] = name.read_text().strip() if name.is_file() else ""
    return found


def sound_cards(cards: Path = _CARDS) -> list[str]:
    """Names of ALSA's cards; its list says '--- no soundcards ---' when there are none."""
    if not cards.is_file():
        return []
    lines = cards.read_text().splitlines()
    return [line.partition("]: ")[2].strip() for line in lines if "]: " in line]


def _named(devices: dict[Path, str]) -> str:
    return ", ".join(f"{device} ({name})" if name else str(device) for device, name in devices.items())


def join_group(device: Path) -> str:
    """What to type so that this user may open a device."""
    status = device.stat()
    if not status.st_mode & (stat.S_IRGRP | stat.S_IWGRP):
        return f"make {device} readable and writable for a group of yours (udev rule)"
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    return f"sudo usermod -aG {group} {getpass.getuser()}, then log in again"
