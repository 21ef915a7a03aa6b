"""How observations become signals."""

from driver_monitor.config.section import Name, Section, setting


class ClosureConfig(Section):
    p80_openness: float = setting(
        0.20,
        "lids count as closed for PERCLOS at or below this openness",
        unit="ratio",
        ge=0.05,
        le=0.5,
        source="P80, Wierwille 1994",
    )
    enter_openness: float = setting(0.30, "eyes become closed below this openness", unit="ratio", ge=0.05, le=0.6)
    exit_openness: float = setting(0.50, "eyes become open again above this openness", unit="ratio", ge=0.1, le=0.9)
    blink_max_s: float = setting(
        0.40, "a closure up to this long is a blink", unit="s", ge=0.2, le=0.8, source="blink 0.1-0.4 s"
    )


class BaselineConfig(Section):
    seed_s: float = setting(30.0, "usable frames, in seconds, needed for a first baseline", unit="s", ge=5, le=300)
    open_ear: float = setting(
        0.257,
        "open-eye EAR used until there is a baseline: the population prior",
        unit="ratio",
        ge=0.12,
        le=0.45,
        source="mean of 27 drivers, SD 0.021",
    )
    fall_to: float = setting(
        0.9,
        "how far the open-eye level may sink from its seed (it may rise freely)",
        unit="ratio",
        ge=0.5,
        le=1.0,
        source="so that a slowly tiring driver is not learned as normal",
    )


class CameraPlaceConfig(Section):
    """Where the camera is for a driver who looks at the road. It stands in until the baseline has learned the pose."""

    yaw_deg: float = setting(
        0.0,
        "direction of the camera from the driver's eyes, positive to the driver's left (left A-pillar: 25)",
        unit="deg",
        ge=-60,
        le=60,
    )
    pitch_deg: float = setting(
        0.0,
        "the same, positive up (steering column: -20; inner mirror: 10)",
        unit="deg",
        ge=-45,
        le=45,
    )
    roll_deg: float = setting(
        0.0,
        "roll of the camera towards the driver's left; 0 is level",
        unit="deg",
        ge=-45,
        le=45,
    )


class YawnConfig(Section):
    open_ratio: float = setting(
        0.5, "mouth opening (inner lip distance over mouth width) of a yawn", unit="ratio", ge=0.2, le=1.5
    )
    min_s: float = setting(2.0, "shortest yawn", unit="s", ge=0.5, le=5, source="yawns last 2-7 s")
    max_s: float = setting(9.0, "longest yawn", unit="s", ge=3, le=20)


class ZoneConfig(Section):
    """A gaze zone: an ellipse around a direction, degrees from the road centre (yaw + left, pitch + up)."""

    yaw_deg: float = setting(0.0, "centre, positive to the driver's left", unit="deg", ge=-120, le=120)
    pitch_deg: float = setting(0.0, "centre, positive up", unit="deg", ge=-80, le=80)
    half_width_deg: float = setting(10.0, "half-axis in yaw", unit="deg", gt=0, le=90)
    half_height_deg: float = setting(10.0, "half-axis in pitch", unit="deg", gt=0, le=90)
    driving_task: bool = setting(False, "true for mirrors and the cluster: a short look there belongs to driving")


# Directions for a left-hand-drive car from the driver's road centre. Sources: mirror and cluster angles of
# passenger cars as used in naturalistic glance coding; footwell and lap by UN/EU ADDW ("more than 30 deg down").
# The passenger and the window behind are one direction. A blind-spot check is a second long; longer or often it is as
# far from the road as anything else, so the shoulders do not count as driving.
LEFT_HAND_DRIVE_ZONES: dict[str, ZoneConfig] = {
    "left_mirror": ZoneConfig(yaw_deg=42, pitch_deg=-10, half_width_deg=14, half_height_deg=12, driving_task=True),
    "inner_mirror": ZoneConfig(yaw_deg=-34, pitch_deg=10, half_width_deg=12, half_height_deg=10, driving_task=True),
    "right_mirror": ZoneConfig(yaw_deg=-58, pitch_deg=-8, half_width_deg=12, half_height_deg=12, driving_task=True),
    "cluster": ZoneConfig(yaw_deg=0, pitch_deg=-20, half_width_deg=16, half_height_deg=8, driving_task=True),
    "console": ZoneConfig(yaw_deg=-30, pitch_deg=-24, half_width_deg=16, half_height_deg=14),
    "lap": ZoneConfig(yaw_deg=0, pitch_deg=-42, half_width_deg=45, half_height_deg=16),
    "passenger": ZoneConfig(yaw_deg=-75, pitch_deg=0, half_width_deg=20, half_height_deg=25),
    "left_window": ZoneConfig(yaw_deg=75, pitch_deg=0, half_width_deg=25, half_height_deg=25),
    "left_shoulder": ZoneConfig(yaw_deg=115, pitch_deg=0, half_width_deg=30, half_height_deg=40),
    "right_shoulder": ZoneConfig(yaw_deg=-115, pitch_deg=0, half_width_deg=30, half_height_deg=40),
}


class GazeConfig(Section):
    road_half_width_deg: float = setting(
        22.0,
        "half-axis of the road-ahead ellipse in yaw",
        unit="deg",
        gt=2,
        le=60,
        source="practice: 22 x 14 deg",
    )
    road_half_height_deg: float = setting(14.0, "half-axis of the road-ahead ellipse in pitch", unit="deg", gt=2, le=45)
    flicker_s: float = setting(
        0.3,
        "a change of gaze shorter than this neither starts nor ends a glance",
        unit="s",
        ge=0,
        le=1,
        source="EU ADDW, flicker of 0.2 s",
    )
    zones: dict[Name, ZoneConfig] = setting(
        LEFT_HAND_DRIVE_ZONES,
        "gaze zones other than the road; a direction in several belongs to the nearest centre; given for a "
        "left-hand-drive car: with 'face.seat: right' angles and names are mirrored, yours too",
    )


class QualityConfig(Section):
    dark_luma: float = setting(25.0, "mean brightness below which it is dark", unit="0..255", ge=0, le=128)
    glare_luma: float = setting(235.0, "mean brightness above which it is glare", unit="0..255", ge=128, le=255)
    covered_std: float = setting(
        12.0, "brightness spread below which the camera counts as covered", unit="0..255", ge=0, le=64
    )
    max_yaw_deg: float = setting(
        50.0, "head yaw towards the camera beyond which the eyes cannot be judged", unit="deg", ge=20, le=90
    )
    min_blink_fps: float = setting(
        15.0,
        "below this frame rate blinks are not counted",
        unit="Hz",
        ge=5,
        le=60,
        source="blink detection 51 % at 10 Hz, 95 % at 30 Hz",
    )


class SignalsConfig(Section):
    closure: ClosureConfig = setting(ClosureConfig(), "closed eyes and PERCLOS")
    baseline: BaselineConfig = setting(BaselineConfig(), "the driver baseline")
    camera_place: CameraPlaceConfig = setting(
        CameraPlaceConfig(), "where the camera is; used until there is a baseline"
    )
    yawn: YawnConfig = setting(YawnConfig(), "yawns")
    gaze: GazeConfig = setting(GazeConfig(), "where the driver looks")
    quality: QualityConfig = setting(QualityConfig(), "when the driver cannot be judged")
