"""Finding and following the driver's face."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class FaceConfig(Section):
    backend: Literal["auto", "litert", "mediapipe"] = setting(
        "litert",
        "what finds and follows faces: litert (the nets of the face model alone, run by LiteRT), or mediapipe (the "
        "same nets inside MediaPipe, which a Raspberry Pi 4 cannot run); auto is litert where it is installed, else "
        "mediapipe",
    )
    seat: Literal["left", "right"] = setting(
        "left", "the driver's seat, seen in driving direction (left-hand drive: left)"
    )
    max_faces: int = setting(3, "faces looked at when choosing the driver", unit="count", ge=1, le=5)
    min_face_share: float = setting(
        0.08,
        "a face narrower than this share of the frame's width is not the driver",
        unit="ratio",
        ge=0.02,
        le=0.9,
    )
    recheck_s: float = setting(
        2.0, "how often other faces are looked for while the driver is followed", unit="s", ge=0.2, le=30
    )
    skip_still: float = setting(
        0.0,
        "a frame takes over the result of the last one examined, for 0.2 s at most, while no part of the face has "
        "changed by more than this; 0 examines every frame; 2 saves most in a parked car at a small error",
        unit="0..255",
        ge=0,
        le=5,
    )
    forget_s: float = setting(
        10.0,
        "how long the driver's place is kept after the face is lost, before another face may be chosen",
        unit="s",
        ge=1,
        le=600,
    )
    min_detection_confidence: float = setting(
        0.5, "how sure the detector must be of a face", unit="0..1", ge=0.05, le=0.99, source="MediaPipe default"
    )
    min_presence_confidence: float = setting(
        0.5,
        "how sure the landmark net must be of the face it follows",
        unit="0..1",
        ge=0.05,
        le=0.99,
        source="MediaPipe default",
    )
    model: str = setting("", "path of face_landmarker.task; empty finds or fetches it by its hash")
    start_timeout_s: float = setting(30.0, "how long the vision worker may take to start", unit="s", ge=1, le=300)
    frame_timeout_s: float = setting(2.0, "a frame that takes longer means the worker hangs", unit="s", ge=0.2, le=60)
    restarts: int = setting(
        5, "worker restarts allowed within restart_window_s before giving up", unit="count", ge=0, le=100
    )
    restart_window_s: float = setting(60.0, "window of the restart budget", unit="s", ge=1, le=3600)

    @property
    def patient(self) -> bool:
        """Whether a frame may take as long as a start: nothing is late then."""
        return self.frame_timeout_s >= self.start_timeout_s

    def unhurried(self) -> "FaceConfig":
        """For recorded drives: nothing is late there, and what is seen must not depend on how busy the machine is."""
        return self.model_copy(update={"frame_timeout_s": max(self.frame_timeout_s, self.start_timeout_s)})
