"""What every segment says about the drive it is part of."""

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Final

import driver_monitor
from driver_monitor.classifiers.model import models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.show import effective_yaml
from driver_monitor.face.backend_choice import choose_backend
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace

FORMAT: Final = 1  # raised when an older reader would misread a file
RECORD: Final = "drive"  # the name of the MCAP metadata record
DRIVE_ID: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-[0-9a-f]{4}")

_NOT_PLAIN: Final = ("models", "clip_s", "tracker")  # fields that are not simply a text of every drive


@dataclass(frozen=True, slots=True)
class DriveHeader:
    """``started`` is UTC, ISO 8601; ``config_text`` the whole config as YAML; ``models`` sha256 by file name.

    ``driver`` and ``vehicle`` are empty where the config names none. ``normal`` is what was kept of the driver from
    earlier drives, as JSON, empty where nothing was. ``tracker`` names what found and followed the face, with its
    version; empty in drives of versions that had MediaPipe only.
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

    def to_metadata(self, segment: int) -> dict[str, str]:
        record = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "models"}
        named = {f"model.{name}": digest for name, digest in self.models.items()}
        return (
            {key: str(value) for key, value in record.items()}
            | named
            | {
                "format": str(FORMAT),
                "segment": str(segment),
            }
        )

    @classmethod
    def from_metadata(cls, data: dict[str, str]) -> "DriveHeader":
        """Raises KeyError or ValueError where it is none."""
        models = {key.removeprefix("model."): value for key, value in data.items() if key.startswith("model.")}
        plain: dict[str, Any] = {f.name: data[f.name] for f in fields(cls) if f.name not in _NOT_PLAIN}
        return cls(**plain, clip_s=float(data["clip_s"]), tracker=data.get("tracker", ""), models=models)

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.started)


def new_header(config: Config, *, camera: str, now: datetime, normal: Normal | None) -> DriveHeader:
    """The header of a drive that begins ``now``. A password in the camera's address is not written down."""
    place = config.signals.camera_place
    kept = config.model_copy(update={"camera": config.camera.model_copy(update={"source": camera})})
    text = effective_yaml(kept)
    return DriveHeader(
        drive_id=f"{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{secrets.token_hex(2)}",
        started=now.astimezone(UTC).isoformat(timespec="milliseconds"),
        software=f"driver-monitor {driver_monitor.__version__}",
        config_text=text,
        config_sha256=hashlib.sha256(text.encode()).hexdigest(),
        camera=camera,
        seat=config.face.seat,
        calibration=json.dumps(place.model_dump(mode="json")),
        driver=config.driver.profile,
        vehicle=config.recording.vehicle,
        level=config.recording.level,
        clip_s=config.recording.clip_s,
        normal="" if normal is None else json.dumps(asdict(normal)),
        tracker=str(choose_backend(config.face.backend)),
        models=model_hashes(config),
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
