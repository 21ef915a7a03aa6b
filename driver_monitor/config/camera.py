"""Where frames come from."""

from typing import Annotated, Literal

from driver_monitor.config.section import WHOLE, Section, setting


class CameraConfig(Section):
    source: str = setting(
        "0",
        "camera index (0), device path (/dev/video0), network URL (rtsp://, http://), video file, 'picamera2', "
        "or 'scripted:FILE.yaml' ('scripted:demo' is built in)",
        min_length=1,
    )
    width_px: int = setting(640, "frame width asked of a live camera", unit="px", ge=160, le=3840)
    height_px: int = setting(480, "frame height asked of a live camera", unit="px", ge=120, le=2160)
    fps: float = setting(30.0, "frame rate asked of a live camera", unit="Hz", ge=5, le=120)
    rotate_deg: Annotated[Literal[0, 90, 180, 270], WHOLE] = setting(
        0, "clockwise turn that makes the frame upright", unit="deg"
    )
    mirror: bool = setting(False, "true when the camera delivers mirrored frames (they are flipped back)")
    colour: Literal["colour", "grey", "infrared"] = setting(
        "colour", "kind of image; grey and infrared are read as one channel and skip colour-based signals"
    )
    open_timeout_s: float = setting(
        10.0, "a network camera that has not answered within this time counts as absent", unit="s", ge=1, le=60
    )
    stall_s: float = setting(2.0, "a live camera silent for this long counts as lost", unit="s", ge=0.2, le=30)
    reopen_first_s: float = setting(
        0.5, "wait before the first attempt to reopen a lost camera", unit="s", ge=0.1, le=60
    )
    reopen_max_s: float = setting(
        10.0, "longest wait between attempts (each doubles the last)", unit="s", ge=0.1, le=300
    )
