"""What every segment says about the drive it is part of."""

import hashlib
import json
import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import driver_monitor
from driver_monitor.classifiers.model import models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_config
from driver_monitor.config.show import effective_yaml
from driver_monitor.face.backend_choice import choose_backend
from driver_monitor.printable import printable
from driver_monitor.recording.clock import Stamp
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace

FORMAT: Final = 1  # raised when an older reader would misread a file
RECORD: Final = "drive"  # the name of the MCAP metadata record
# When the drive began, by the clock of then; its place in the order of recording (not in drives of before); chance.
DRIVE_ID: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)(?:-(\d{5,}))?-[0-9a-f]{4}")
_CHECKSUM: Final = "checksum"
_NOT_KEPT: Final = "unknown"

_NOT_PLAIN: Final = ("models", "clip_s", "tracker", "assumed")  # fields that are not simply a text of every drive


@dataclass(frozen=True, slots=True)
class DriveHeader:
    """``started`` is UTC, ISO 8601; ``config_text`` the whole config as YAML; ``models`` sha256 by file name.

    ``driver`` and ``vehicle`` are empty where the config names none. ``normal`` is what was kept of the driver from
    earlier drives, as JSON, empty where nothing was. ``tracker`` names what found and followed the face, with its
    version; empty in drives of versions that had MediaPipe only. ``assumed`` says what stands in for a description that
    was lost; empty where it is as it was written.
    """

    drive_id: str
    started: str
    software: str
    config_text: str
    config_sha256: str
    camera: str
    seat: str
    calibration: str
    driver: str
    vehicle: str
    level: str
    clip_s: float = 0.0
    normal: str = ""
    tracker: str = ""
    models: dict[str, str] = field(default_factory=dict)
    assumed: str = ""

    def to_metadata(
        self, segment: int, began: Stamp | None = None, steps: Sequence[tuple[float, float]] = ()
    ) -> dict[str, str]:
        """With what a segment says of itself: its number, the clock when it began, the clock's steps until then."""
        record = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("models", "assumed")}
        named = {f"model.{name}": digest for name, digest in self.models.items()}
        data = {key: str(value) for key, value in record.items()} | named
        data |= {"assumed": self.assumed} if self.assumed else {}
        data |= {"format": str(FORMAT), "segment": str(segment)}
        data |= began.to_metadata() if began is not None else {}
        data |= {"clock_steps": json.dumps(list(steps))} if steps else {}
        return data | {_CHECKSUM: _checksum(data)}

    @classmethod
    def from_metadata(cls, data: Mapping[str, str]) -> "DriveHeader":
        """Raises KeyError or ValueError where it is none."""
        models = {key.removeprefix("model."): value for key, value in data.items() if key.startswith("model.")}
        plain: dict[str, Any] = {f.name: data[f.name] for f in fields(cls) if f.name not in _NOT_PLAIN}
        return cls(
            **plain, clip_s=float(data["clip_s"]), tracker=data.get("tracker", ""), models=models,
            assumed=data.get("assumed", ""),
        )  # fmt: skip

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.started)


def new_header(
    config: Config, *, camera: str, now: datetime, normal: Normal | None, place_in_order: int | None = None
) -> DriveHeader:
    """The header of a drive that begins ``now``. A password in the camera's address is not written down."""
    camera = printable(camera)
    place = config.signals.camera_place
    kept = config.model_copy(update={"camera": config.camera.model_copy(update={"source": camera})})
    text = effective_yaml(kept)
    return DriveHeader(
        drive_id=drive_id(now, place_in_order),
        started=now.astimezone(UTC).isoformat(timespec="milliseconds"),
        software=f"driver-monitor {driver_monitor.__version__}",
        config_text=text,
        config_sha256=hashlib.sha256(text.encode()).hexdigest(),
        camera=camera,
        seat=config.face.seat,
        calibration=json.dumps(place.model_dump(mode="json")),
        driver=config.driver.baseline,
        vehicle=config.recording.vehicle,
        level=config.recording.level,
        clip_s=config.recording.clip_s,
        normal="" if normal is None else json.dumps(asdict(normal)),
        tracker=str(choose_backend(config.face.backend)),
        models=model_hashes(config),
    )


def drive_id(now: datetime, place_in_order: int | None) -> str:
    number = "" if place_in_order is None else f"-{place_in_order:05d}"
    return f"{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}{number}-{secrets.token_hex(2)}"


def place_in_order(name: str) -> int | None:
    """What a drive's name says of it: drives are counted as they are recorded, whatever the clock says."""
    found = DRIVE_ID.fullmatch(name)
    return int(found[2]) if found and found[2] else None


def date_in(name: str) -> datetime | None:
    """When the drive of that name began, by the clock of then."""
    found = DRIVE_ID.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y-%m-%dT%H-%M-%S%z") if found else None
    except ValueError:
        return None


def is_intact(data: Mapping[str, str]) -> bool:
    """Whether a description holds what was written: by its checksum, in earlier recordings by that of the config."""
    if _CHECKSUM in data:
        return data[_CHECKSUM] == _checksum(data)
    config = data.get("config_text", "").encode()
    return data.get("config_sha256", "") == hashlib.sha256(config).hexdigest()


def _checksum(data: Mapping[str, str]) -> str:
    told = json.dumps([(key, value) for key, value in sorted(data.items()) if key != _CHECKSUM])
    return f"{zlib.crc32(told.encode()):08x}"


def read_steps(data: Mapping[str, str]) -> list[tuple[float, float]]:
    """The steps of the wall clock until a segment began: media time, by how much, s."""
    try:
        return [(float(t_s), float(by_s)) for t_s, by_s in json.loads(data.get("clock_steps", "[]"))]
    except (TypeError, ValueError):
        return []


def assumed_header(file: Path, level: str) -> DriveHeader:
    """What stands in where every description of a drive is lost: its name, what is in it, the built-in config."""
    text = effective_yaml(default_config())
    name = file.parent.name if date_in(file.parent.name) else file.stem
    began = date_in(name) or datetime.fromtimestamp(0, UTC)
    return DriveHeader(
        drive_id=name,
        started=began.isoformat(timespec="milliseconds"),
        software=_NOT_KEPT,
        config_text=text,
        config_sha256=hashlib.sha256(text.encode()).hexdigest(),
        camera=_NOT_KEPT,
        seat=default_config().face.seat,
        calibration="{}",
        driver="",
        vehicle="",
        level=level,
        assumed=(
            "the description of the drive is damaged: the built-in config stands in for the one it was recorded with "
            "(give that one with --config); its driver, vehicle and camera are not known"
        ),
    )


def without_password(source: str) -> str:
    """A camera's address as it may be written down."""
    return re.sub(r"(?<=://)[^/@]+@", "", source)


def model_hashes(config: Config) -> dict[str, str]:
    """sha256 of the classifiers that the config switches on."""
    chosen = config.classifiers
    names = [name for name in ("fatigue", "distraction") if getattr(chosen, name)]
    names += ["expression", "stress"] if chosen.stress else []
    found = {}
    for name in names:
        with (models_dir(config) / f"{name}.onnx").open("rb") as file:
            found[f"{name}.onnx"] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def read_normal(text: str) -> Normal | None:
    """What :func:`new_header` kept of the driver."""
    if not text:
        return None
    data = json.loads(text)
    return Normal(data["open_ear"], HeadPose(**data["pose"]), RestingFace(**data["face"]), data["shut_ear"])
