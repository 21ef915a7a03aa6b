"""The signals of one frame: everything the classifiers, the rules and a recorded drive can see."""

from dataclasses import dataclass, fields
from typing import Any, Final

from driver_monitor.frozen import maker
from driver_monitor.state.blink import Blink
from driver_monitor.state.signal import SignalGroup, declared, signal
from driver_monitor.state.terms import FRESH_DRIVER_S

DEGRADED_CAUSES: Final = (
    "camera_lost",
    "tracker_lost",
    "covered",
    "dark",
    "glare",
    "no_face",
    "not_driver",
    "dark_glasses",
    "hidden_eyes",
    "partly_hidden",
    "turned_away",
    "blurred",
    "low_frame_rate",
    "camera_moved",
    "hand_on_face",
    "photograph",
)
BASELINE_RESETS: Final = ("camera_moved", "driver_changed", "glasses", "narrow_eyes", "profile_misfit")


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


@dataclass(frozen=True)
class FrameSignals(SignalGroup):
    """The frame, and how well the driver can be seen in it."""

    t_s: float = signal("s", "media time of the frame", 0.0)
    tracking: str = signal("", "tracked, no_face, not_driver, camera_lost or tracker_lost", "no_face")
    degraded: str = signal(
        "", f"why the driver cannot be judged well: empty when all is well, else {_either(DEGRADED_CAUSES)}", ""
    )
    degraded_s: float = signal("s", "how long it has been degraded without a break, whatever the cause", 0.0)
    degraded_cause_s: float = signal("s", "how long it has been degraded for this cause", 0.0)
    face_lost_s: float = signal("s", "time since the driver's face was last tracked", 0.0)
    last_seen: str = signal(
        "",
        "what the driver was doing when the face was lost, and is taken to go on doing: turning_left, turning_right, "
        "turning_down, looking_away or closing_eyes; empty where unknown, and while the face is seen",
        "",
    )
    quality: float = signal("0..1", "how far this frame's signals can be trusted", 0.0)
    quality_eyes: float = signal("0..1", "how far the eye signals can be trusted", 0.0)
    quality_eye_left: float = signal("0..1", "visibility of the left eye: 0 when hidden or turned away", 0.0)
    quality_eye_right: float = signal("0..1", "visibility of the right eye", 0.0)
    fps: float | None = signal("Hz", "frame rate over the last seconds, from frame times")


@dataclass(frozen=True)
class EyelidSignals(SignalGroup):
    """How far the lids are open, since when they are closed, blinks and PERCLOS."""

    ear_left: float | None = signal("ratio", "eye aspect ratio of the driver's left eye")
    ear_right: float | None = signal("ratio", "eye aspect ratio of the driver's right eye")
    openness: float | None = signal("ratio", "lid opening, 1 = this driver's own open eye, 0 = closed")
    openness_left: float | None = signal("ratio", "lid opening of the left eye")
    openness_right: float | None = signal("ratio", "lid opening of the right eye")
    eyes: str = signal("", "open, closed, glance_down (lids follow a downward look) or unknown", "unknown")
    eyes_closed_s: float | None = signal("s", "how long the eyes have been closed without a break, 0 when open")
    grimace: float | None = signal(
        "0..1", "tension over the resting face, held while the eyes are closed: crying, laughing, sneezing"
    )
    perclos_60s: float | None = signal("ratio", "share of the last 60 s with lids >= 80 % closed, blinks excluded")
    perclos_180s: float | None = signal("ratio", "the same over 180 s")
    perclos_coverage: float = signal("ratio", "share of the last 60 s in which the eyes could be judged", 0.0)
    perclos_180s_coverage: float = signal("ratio", "the same over 180 s", 0.0)
    blink: bool = signal("", "true on the frame in which a blink is complete", False)
    blinks_suppressed: str = signal(
        "",
        "why blinks are not counted: empty when they are, else low_frame_rate, frame_rate_unknown or eyes_not_seen",
        "eyes_not_seen",
    )
    blink_rate_per_min: float | None = signal("1/min", "blinks a minute over the last 60 judged seconds")
    blink_duration_s: float | None = signal("s", "mean blink duration over the last 60 s")


@dataclass(frozen=True)
class MouthSignals(SignalGroup):
    """How far the mouth is open, and yawns."""

    mouth_opening: float | None = signal("ratio", "inner lip distance over mouth width")
    yawn: bool = signal("", "true while a yawn is recognised, also behind a hand", False)
    yawns_600s: int = signal("count", "yawns in the last 10 minutes", 0)


@dataclass(frozen=True)
class HeadSignals(SignalGroup):
    """Where the head is turned."""

    yaw_deg: float | None = signal("deg", "head yaw from neutral, positive to the driver's left")
    pitch_deg: float | None = signal("deg", "head pitch from neutral, positive up")
    roll_deg: float | None = signal("deg", "head roll from neutral, positive to the left shoulder")


@dataclass(frozen=True)
class GazeSignals(SignalGroup):
    """Where the driver looks, and for how long it has not been the road."""

    gaze_yaw_deg: float | None = signal("deg", "head and eyes together, horizontal")
    gaze_pitch_deg: float | None = signal("deg", "head and eyes together, vertical")
    road_yaw_deg: float = signal("deg", "learned road centre of the gaze zones, from neutral, horizontal", 0.0)
    road_pitch_deg: float = signal("deg", "the same, vertical", 0.0)
    quality_gaze: float = signal(
        "0..1",
        "how far the zone can be trusted: less with a turned head, from head-pose only, or with the population prior",
        0.0,
    )
    zone: str = signal("", "where the driver looks: a gaze zone's name, or unknown", "unknown")
    on_road: bool | None = signal("", "true while the gaze is on the road ahead")
    off_road_s: float | None = signal("s", "how long the gaze has been off the road, short flickers ignored")
    driving_task_s: float | None = signal("s", "how long this glance has been at mirrors and the cluster only")
    scanning: bool = signal(
        "", "true while checks of mirrors, cluster and shoulders follow each other, each up to 2.4 s, 5 s in all", False
    )
    away_30s: float = signal("s", "time off the road added up over 30 s, cleared by 2 s on the road (VATS)", 0.0)
    attention_buffer_s: float = signal(
        "s",
        "attention left (AttenD): 2 full, drains off the road, fills on it, the first second at a mirror is free",
        2.0,
    )


@dataclass(frozen=True)
class DaydreamSignals(SignalGroup):
    """How narrow the gaze has become."""

    road_focus_60s: float | None = signal(
        "ratio", "share of the last 60 s with the gaze within 8 deg of the road centre"
    )
    mirror_checks_60s: int | None = signal("count", "looks at mirrors and the cluster in the last 60 s")
    road_stare_s: float | None = signal("s", "time since the gaze last left the 8 deg around the road centre")
    daydream: float | None = signal(
        "0..1", "experimental: gaze narrower than this driver's habit; after 5 minutes of it, never an alarm by itself"
    )


@dataclass(frozen=True)
class ExpressionSignals(SignalGroup):
    """What the face shows over the driver's resting face."""

    brow_down: float | None = signal("0..1", "brow lowering over the driver's resting face")
    brow_inner_up: float | None = signal("0..1", "inner brow raise over the resting face")
    mouth_frown: float | None = signal("0..1", "mouth corners down over the resting face")
    mouth_press: float | None = signal("0..1", "lips pressed over the resting face")
    smile: float | None = signal("0..1", "mouth corners up over the resting face")
    jaw_open: float | None = signal("0..1", "jaw opening (blendshape)")


@dataclass(frozen=True)
class HeadMotionSignals(SignalGroup):
    """How much the head moves, and nods."""

    head_motion_deg_s: float | None = signal("deg/s", "mean speed of head rotation over the last second")
    nod: bool = signal("", "true on the frame in which the head is up again after a drowsy nod", False)
    nods_600s: int = signal("count", "drowsy nods in the last 10 minutes: slow down, quick up", 0)


@dataclass(frozen=True)
class BaselineSignals(SignalGroup):
    """What is known of what is normal for the driver."""

    baseline: str = signal(
        "",
        "prior (population prior), kept (this driver's, from an earlier drive) or driver (learned in this drive)",
        "prior",
    )
    baseline_progress: float = signal("0..1", "how much of the baseline has been gathered", 0.0)
    baseline_needs: str = signal("", "what the baseline still lacks, in words", "")
    baseline_reset: str = signal(
        "",
        f"why it was last learned again: empty when it never was, else {_either(BASELINE_RESETS)} (the driver's kept "
        "baseline did not fit)",
        "",
    )
    driver_epoch: int = signal(
        "count",
        f"how often somebody else may have taken the seat: nobody seen for {FRESH_DRIVER_S:g} s, or another face",
        0,
    )


# Fields of a base listed later come first, so a group that is put in front has its fields at the end of every list.
@dataclass(frozen=True, slots=True)
class Signals(
    BaselineSignals,
    HeadMotionSignals,
    ExpressionSignals,
    DaydreamSignals,
    GazeSignals,
    HeadSignals,
    MouthSignals,
    EyelidSignals,
    FrameSignals,
):
    """One frame's signals. ``None`` means "cannot be known from this frame", never "no".

    Angles are in degrees relative to the driver's own neutral pose (population prior until there is one):
    yaw positive to the driver's left, pitch positive up, roll positive to the driver's left shoulder.
    """

    completed_blink: Blink | None = signal("", "the blink completed in this frame, with its four features")


# The monitor's own blindness, which says nothing about the driver; the other causes leave a picture in which a driver
# would be seen.
BLIND: Final = frozenset(
    {"camera_lost", "tracker_lost", "covered", "dark", "glare", "blurred", "low_frame_rate", "camera_moved"}
)
GROUPS: Final[tuple[type[SignalGroup], ...]] = tuple(reversed(Signals.__bases__))
# Every signal but the completed blink, which is a thing of several values.
FIELDS: Final = tuple(field for group in GROUPS for field in declared(group))
NAMES: Final = tuple(field.name for field in FIELDS)

_UNKNOWN: Final[dict[str, Any]] = {each.name: each.default for each in fields(Signals)}
_MAKE: Final = maker(Signals)


def joined(*groups: SignalGroup, blink: Blink | None = None) -> Signals:
    """The signals of these groups, and of the others what holds where nothing is known."""
    values = _UNKNOWN.copy()
    for group in groups:
        values |= vars(group)
    values["completed_blink"] = blink
    return _MAKE(*values.values())
