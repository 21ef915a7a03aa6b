"""Where the camera was found to be, what the face looks like from there, and why a place will not do."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.parameter import judged
from driver_monitor.signals.head_pose import HeadPose, off_camera_deg, towards_camera
from driver_monitor.signals.visibility import DARK_FADE_LUMA

GOOD_SIDE_DEG: Final = judged(20.0, "off the look at the road, up to which a camera sees all that it should")
INTO_LENS_DEG: Final = judged(4.0, "a look this close to the camera may have been one into it")
SMALL_FACE_PX: Final = judged(80.0, "a narrower face has eyes of some ten pixels, too few for lids and irises")


class PlaceError(DriverMonitorError):
    """The camera's place could not be measured, or is none from which a driver can be watched.

    ``reason`` is one word; the sentence says what was seen and what to do.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PlaceMeasurement:
    """``yaw_deg``, ``pitch_deg`` and ``roll_deg`` as in ``signals.camera_place``.

    ``spread_deg`` is how far the head was from its median at the most in four of five frames, ``used_share`` the share
    of the frames that count. ``face_px`` is the width of a face that looks into the camera, ``face_share`` the same in
    shares of the frame's width; how far away that is depends on the lens, which nobody knows here. ``face_luma``
    (0..255) is how bright the face is. ``notes`` say what could be better.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    spread_deg: float
    used_share: float
    face_px: float
    face_share: float
    face_luma: float
    fps: float
    notes: tuple[str, ...] = field(default=())

    @property
    def angles(self) -> dict[str, float]:
        """The keys of ``signals.camera_place``, degrees to a tenth."""
        angles = (("yaw_deg", self.yaw_deg), ("pitch_deg", self.pitch_deg), ("roll_deg", self.roll_deg))
        return {name: round(value, 1) + 0.0 for name, value in angles}

    @property
    def off_road_deg(self) -> float:
        """Between the look at the road and the direction of the camera."""
        return off_camera_deg(towards_camera(HeadPose(self.yaw_deg, self.pitch_deg, self.roll_deg)))

    @property
    def direction(self) -> str:
        """In words, from where the driver sits."""
        return in_words(self.yaw_deg, self.pitch_deg)

    def to_json(self) -> dict[str, Any]:
        record = {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}
        return record | self.angles | {"notes": list(self.notes), "off_road_deg": round(self.off_road_deg, 1)}


def in_words(yaw_deg: float, pitch_deg: float) -> str:
    """``20 deg to the left and 10 deg down``, seen from the driver's look at the road."""
    yaw, pitch = round(yaw_deg), round(pitch_deg)
    parts = [
        f"{abs(yaw)} deg to the {'left' if yaw > 0 else 'right'}" if yaw else "",
        f"{abs(pitch)} deg {'up' if pitch > 0 else 'down'}" if pitch else "",
    ]
    return " and ".join(filter(None, parts)) or "straight ahead"


def notes_on(found: PlaceMeasurement, config: Config) -> tuple[str, ...]:
    """What works, but could be better."""
    quality, name = config.signals.quality, config.driver.baseline
    notes = []
    if found.off_road_deg < INTO_LENS_DEG:
        notes.append("The camera is where you looked. If you looked into it rather than at the road, measure again.")
    if found.off_road_deg > GOOD_SIDE_DEG:
        notes.append(
            f"The camera is {found.off_road_deg:.0f} deg off your look at the road. It works; up to "
            f"{GOOD_SIDE_DEG:g} deg is better."
        )
    if found.face_px < SMALL_FACE_PX:
        notes.append(f"The face is only {found.face_px:.0f} px wide: move the camera nearer, or ask for larger frames.")
    if found.face_luma < quality.dark_luma + DARK_FADE_LUMA:
        notes.append("There is little light on your face: use infrared light if you drive at night.")
    if found.fps < quality.min_blink_fps:
        notes.append(
            f"{found.fps:.0f} frames a second: below {quality.min_blink_fps:g} blinks are not counted, and fatigue is "
            "judged without them."
        )
    if name and found.angles != config.signals.camera_place.model_dump():
        notes.append(f"The kept baseline '{name}' learns your look at the road anew; the rest of it stays.")
    return tuple(notes)
