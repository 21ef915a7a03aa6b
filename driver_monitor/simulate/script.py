"""The script of a drive: a YAML file, read and checked."""

from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from driver_monitor.config.errors import ConfigError, Place, Problem
from driver_monitor.config.errors import Path as KeyPath
from driver_monitor.config.reader import read
from driver_monitor.config.refusal import mistakes
from driver_monitor.config.section import Section, setting
from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.errors import UsageError
from driver_monitor.simulate.actions import LONGEST_S, AnyAction, PortraitName

DRIVES: Final = Path(str(resources.files("driver_monitor.simulate"))) / "drives"


class Sleepiness(Section):
    """How sleepy the driver is at one time; between two of them straight on."""

    t: float = Field(description="when, s", ge=0, le=LONGEST_S)
    kss: float = setting(3.0, "on the Karolinska sleepiness scale: 1 wide awake, 9 fighting sleep", ge=1, le=9)
    note: str = setting("", "a word for the report on the stretch that begins here")


class DriveHead(Section):
    """What holds for the whole drive."""

    portrait: PortraitName = setting("astronaut", "who drives; grace_hopper wears glasses")
    duration_s: float = setting(60.0, "length", unit="s", gt=0, le=LONGEST_S)
    fps: float = setting(30.0, "frames a second", unit="Hz", ge=1, le=120)
    size: tuple[int, int] = setting((640, 480), "frame width and height", unit="px")
    camera_place: CameraPlaceConfig = setting(
        CameraPlaceConfig(), "where the camera is for the driver, as signals.camera_place: all angles are the car's"
    )
    seed: int = setting(1, "all chance in the drive comes from it", ge=0, le=2**31)
    speed_kmh: float = setting(80.0, "the car's speed", unit="km/h", ge=0, le=250)
    natural_blinks: bool = setting(True, "blinks as people do, 12-20 a minute, besides the scripted ones")
    head_sway: bool = setting(True, "the small movements a head never stops making")
    lid_follow: bool = setting(True, "looking down lowers the upper lids, as it does in people")
    noise: float = setting(2.0, "sensor noise, standard deviation", unit="0..255", ge=0, le=60)
    jitter_s: float = setting(0.0, "frame times vary evenly by up to this, both ways", unit="s", ge=0, le=0.5)
    drop_share: float = setting(0.0, "share of frames that never arrive", unit="ratio", ge=0, le=0.9)
    sleepiness: tuple[Sleepiness, ...] = setting(
        (), "how sleepy the driver is; natural blinks, slow closures and mirror checks follow it"
    )
    video_fps: float | None = setting(
        None, "frames a second in the annotated video; all of them when left out", unit="Hz", ge=1, le=120
    )

    @model_validator(mode="after")
    def _possible(self) -> "DriveHead":
        width, height = self.size
        if not (120 <= width <= 3840 and 120 <= height <= 2160 and width >= 0.5 * height):
            raise ValueError("size must be 120-3840 by 120-2160 px, and at least half as wide as high")
        if self.jitter_s * self.fps >= 0.5:
            raise ValueError("jitter_s must be under half a frame interval, or frames would change places")
        times = [point.t for point in self.sleepiness]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("sleepiness must be in order of time")
        if self.sleepiness and not self.natural_blinks:
            raise ValueError("sleepiness shows in natural blinks: natural_blinks must not be false")
        return self


class Script(Section):
    MADE_AS: ClassVar[str] = "drive script"
    drive: DriveHead = setting(DriveHead(), "what holds for the whole drive")
    actions: tuple[AnyAction, ...] = Field((), description="what the driver does, in any order")


_SCRIPT: Final = TypeAdapter(Script)  # tells pydantic's own error, which has every mistake


def load_script(name_or_path: str) -> Script:
    """Read a script by the name of a built-in one (``demo``) or by its path.

    Raises ConfigError (a UsageError) with file, line and key of every mistake.
    """
    document = read(script_path(name_or_path), Script.MADE_AS)
    if document.problems:
        raise ConfigError(document.problems, Script.MADE_AS)
    try:
        return _SCRIPT.validate_python(document.data)
    except ValidationError as error:
        problems = []
        for location, sentence in mistakes(error):
            path = _key_path(location)
            known = (document.places.get(path[:length]) for length in range(len(path), 0, -1))
            line = next((place for place in known if place), None)
            problems.append(Problem(line or Place(str(script_path(name_or_path))), path, sentence))
        raise ConfigError(problems, Script.MADE_AS) from None


def script_path(name_or_path: str) -> Path:
    path = Path(name_or_path)
    built_in = DRIVES / f"{name_or_path}.yaml"
    if path.name == name_or_path and not path.suffix and built_in.is_file():
        return built_in
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in DRIVES.glob("*.yaml")))
        raise UsageError(
            f"There is no drive script {name_or_path}; name a YAML file or one of the built-in ones: {names}."
        )
    return path


def _key_path(location: tuple[str | int, ...]) -> KeyPath:
    """pydantic's location without the name of the union member that it puts behind an action's number."""
    if location[:1] == ("actions",) and len(location) > 2:
        return (*location[:2], *location[3:])
    return location
