"""What is kept of a driver from one drive to the next: a handful of numbers, no picture, no landmark, no face shape."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace

VERSION: Final = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Angles(_Part):
    yaw_deg: float = Field(ge=-180, le=180)
    pitch_deg: float = Field(ge=-90, le=90)
    roll_deg: float = Field(ge=-180, le=180)


class Rest(_Part):
    """The resting face, as :class:`RestingFace`."""

    brow_down: float = Field(ge=-1, le=1)
    brow_inner_up: float = Field(ge=-1, le=1)
    mouth_frown: float = Field(ge=-1, le=1)
    mouth_press: float = Field(ge=-1, le=1)
    smile: float = Field(ge=-1, le=1)
    look_up: float = Field(ge=-1, le=1)
    look_down: float = Field(ge=-1, le=1)
    iris: float = Field(ge=-1, le=1)
    iris_rise: float = Field(ge=-1, le=1)


class DriverBaseline(_Part):
    """``neutral`` is the look at the road as the camera sees it; ``camera_place`` the config's at that time. Where that
    has been changed since, the camera hangs elsewhere and ``neutral`` is void."""

    version: Literal[1] = VERSION
    saved: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="day of the last drive it learned from")
    open_ear: float = Field(ge=0.1, le=0.5)
    shut_ear: float | None = Field(default=None, ge=0.0, le=0.4)
    neutral: Angles
    camera_place: Angles
    rest: Rest

    def normal(self, place: CameraPlaceConfig, prior_pose: HeadPose) -> Normal:
        """What stands in at the start of a drive with the camera at ``place``."""
        pose = HeadPose(**self.neutral.model_dump()) if self.camera_place == _angles(place) else prior_pose
        return Normal(self.open_ear, pose, RestingFace(**self.rest.model_dump()), self.shut_ear)


def baseline_of(
    normal: Normal, place: CameraPlaceConfig, *, saved: str, before: DriverBaseline | None = None
) -> DriverBaseline:
    """``before`` is the baseline that the drive began with: what this drive did not learn stays as it was."""
    pose = normal.pose
    shut_ear = normal.shut_ear if normal.shut_ear is not None or before is None else before.shut_ear
    rest = {name: round(max(-1.0, min(1.0, getattr(normal.face, name))), 4) for name in Rest.model_fields}
    return DriverBaseline(
        saved=saved,
        open_ear=round(max(0.1, min(0.5, normal.open_ear)), 4),
        shut_ear=round(max(0.0, min(0.4, shut_ear)), 4) if shut_ear is not None else None,
        neutral=Angles(
            yaw_deg=round(pose.yaw_deg, 2), pitch_deg=round(pose.pitch_deg, 2), roll_deg=round(pose.roll_deg, 2)
        ),
        camera_place=_angles(place),
        rest=Rest(**rest),
    )


def _angles(place: CameraPlaceConfig) -> Angles:
    return Angles(yaw_deg=place.yaw_deg, pitch_deg=place.pitch_deg, roll_deg=place.roll_deg)
