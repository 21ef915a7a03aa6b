"""What is normal for this driver: open eyes, the head when looking at the road, the resting face.

Before there is a baseline, population priors stand in: a driver may be asleep in the very first frame. Only numbers
are kept, never a picture or a landmark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from driver_monitor.config.signals import BaselineConfig
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.measures import FaceMeasures

SAMPLE_S: Final = 0.2  # five samples a second are plenty for a median and cheap
FRONTAL_YAW_DEG: Final = 45.0
FRONTAL_PITCH_DEG: Final = 35.0
SHUT_BLINK_SCORE: Final = 0.45  # blink blendshape: shut eyes give 0.6-0.75, open ones 0.05-0.2
PLAUSIBLE_OPEN_EAR: Final = (0.14, 0.45)
ADAPT_S: Final = 120.0  # time constant of the open-eye level after seeding
POSE_ADAPT_S: Final = 300.0
POSE_ADAPT_WITHIN_DEG: Final = 10.0  # only a head near the road centre says where the road centre is
POSE_DRIFT_DEG: Final = 8.0  # how far the neutral pose may wander from its seed
PRIOR_WEIGHT: Final = 50  # samples that the priors count for while the baseline is gathered (10 s)
PRIOR_YAW_DEG: Final = 20.0  # a head further off than this says nothing about where the road is
PRIOR_PITCH_DEG: Final = 15.0
LOST_S: Final = 30.0  # after so long without this face somebody else may be sitting there


@dataclass(frozen=True, slots=True)
class RestingFace:
    """Blendshapes of the face at rest, 0..1."""

    brow_down: float = 0.0
    brow_inner_up: float = 0.0
    mouth_frown: float = 0.0
    mouth_press: float = 0.0
    smile: float = 0.0
    look_up: float = 0.0
    look_down: float = 0.0
    iris: float = 0.0
    iris_rise: float = 0.0

    def values(self) -> tuple[float, ...]:
        return (
            self.brow_down, self.brow_inner_up, self.mouth_frown, self.mouth_press,
            self.smile, self.look_up, self.look_down, self.iris, self.iris_rise,
        )  # fmt: skip


# Where the eyes rest on MediaPipe's scale when nothing is known of the driver: measured on attentive clips.
PRIOR_FACE: Final = RestingFace(look_up=0.05, look_down=0.15, iris_rise=0.075)


def resting_face(face: FaceMeasures) -> RestingFace:
    shown = face.expression
    return RestingFace(
        shown.brow_down, shown.brow_inner_up, shown.mouth_frown, shown.mouth_press,
        shown.smile, shown.look_up, shown.look_down, face.iris, face.ratios.iris_rise,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Normal:
    """The driver's normal: ``open_ear`` is pose-corrected, ``pose`` is towards the camera."""

    open_ear: float
    pose: HeadPose
    face: RestingFace


@dataclass(frozen=True, slots=True)
class _Sample:
    ear: float
    blink_score: float
    pose: HeadPose
    face: RestingFace


@dataclass(slots=True)
class Baseline:
    """Seeded from the first ``seed_s`` of usable frames, then adapted one-sidedly."""

    config: BaselineConfig
    prior_pose: HeadPose
    normal: Normal = field(init=False)
    seeded: bool = field(init=False, default=False)
    needs: str = field(init=False, default="a face")
    _samples: list[_Sample] = field(init=False, default_factory=list)
    _seed: Normal | None = field(init=False, default=None)
    _sampled_s: float | None = field(init=False, default=None)
    _seen_s: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Back to the population's priors."""
        self.normal = Normal(self.config.open_ear, self.prior_pose, PRIOR_FACE)
        self.seeded, self._seed, self.needs = False, None, "a face"
        self._samples.clear()

    @property
    def progress(self) -> float:
        return 1.0 if self.seeded else min(1.0, len(self._samples) * SAMPLE_S / self.config.seed_s)

    def update(
        self, t_s: float, ear: float | None, blink_score: float, pose: HeadPose | None, face: RestingFace
    ) -> None:
        """``ear`` is the pose-corrected mean of both eyes, None where they cannot be judged; ``pose`` is None without
        a face."""
        if self._seen_s is not None and t_s - self._seen_s > LOST_S:
            self.reset()
            self._seen_s = None
        if pose is None:
            return
        self._seen_s = t_s
        if ear is None:
            return
        step_s = SAMPLE_S if self._sampled_s is None else t_s - self._sampled_s
        if 0 <= step_s < SAMPLE_S - 1e-6:
            return
        self._sampled_s = t_s
        prior = self.prior_pose
        if (
            abs(pose.yaw_deg - prior.yaw_deg) > FRONTAL_YAW_DEG
            or abs(pose.pitch_deg - prior.pitch_deg) > FRONTAL_PITCH_DEG
        ):
            self.needs = "" if self.seeded else "frontal frames"
            return
        sample = _Sample(ear, blink_score, pose, face)
        if self.seeded:
            self._adapt(sample, min(step_s, 1.0))
        else:
            self._gather(sample)

    def _gather(self, sample: _Sample) -> None:
        self._samples.append(sample)
        self.needs = "open eyes" if sample.blink_score > SHUT_BLINK_SCORE else "time"
        if len(self._samples) * SAMPLE_S < self.config.seed_s:
            self._lean(sample)
            return
        ear = median(s.ear for s in self._samples)
        shut = median(s.blink_score for s in self._samples) > SHUT_BLINK_SCORE
        if shut or not PLAUSIBLE_OPEN_EAR[0] <= ear <= PLAUSIBLE_OPEN_EAR[1]:
            self.needs = "open eyes"
            del self._samples[: len(self._samples) // 4]  # keep looking; a driver with shut eyes seeds nothing
            return
        # Blinks and glances are the minority: medians pass over them.
        pose = HeadPose(
            median(s.pose.yaw_deg for s in self._samples),
            median(s.pose.pitch_deg for s in self._samples),
            median(s.pose.roll_deg for s in self._samples),
        )
        face = RestingFace(*_column_medians([s.face.values() for s in self._samples]))
        self.normal = self._seed = Normal(ear, pose, face)
        self.seeded, self.needs = True, ""
        self._samples.clear()

    def _lean(self, sample: _Sample) -> None:
        """Let the priors lean towards plausibly open eyes and a plausible look ahead while the baseline is gathered."""
        share = 1 / (PRIOR_WEIGHT + len(self._samples))
        ear, pose = self.normal.open_ear, self.normal.pose
        if sample.blink_score < SHUT_BLINK_SCORE and PLAUSIBLE_OPEN_EAR[0] <= sample.ear <= PLAUSIBLE_OPEN_EAR[1]:
            ear += share * (sample.ear - ear)
        yaw_off, pitch_off = sample.pose.yaw_deg - pose.yaw_deg, sample.pose.pitch_deg - pose.pitch_deg
        if abs(yaw_off) <= PRIOR_YAW_DEG and abs(pitch_off) <= PRIOR_PITCH_DEG:
            roll = pose.roll_deg + share * (sample.pose.roll_deg - pose.roll_deg)
            pose = HeadPose(pose.yaw_deg + share * yaw_off, pose.pitch_deg + share * pitch_off, roll)
        self.normal = Normal(ear, pose, self.normal.face)

    def _adapt(self, sample: _Sample, step_s: float) -> None:
        assert self._seed is not None
        normal, seed = self.normal, self._seed
        ear, pose = normal.open_ear, normal.pose
        if sample.ear > 0.75 * ear and sample.blink_score < SHUT_BLINK_SCORE:  # an open eye, not a blink or a droop
            ear += (sample.ear - ear) * step_s / ADAPT_S
            ear = max(ear, self.config.fall_to * seed.open_ear)
        yaw_off, pitch_off = sample.pose.yaw_deg - pose.yaw_deg, sample.pose.pitch_deg - pose.pitch_deg
        if abs(yaw_off) < POSE_ADAPT_WITHIN_DEG and abs(pitch_off) < POSE_ADAPT_WITHIN_DEG:
            share = step_s / POSE_ADAPT_S
            pose = HeadPose(
                _within(pose.yaw_deg + share * yaw_off, seed.pose.yaw_deg),
                _within(pose.pitch_deg + share * pitch_off, seed.pose.pitch_deg),
                pose.roll_deg + share * (sample.pose.roll_deg - pose.roll_deg),
            )
        self.normal = Normal(ear, pose, normal.face)


def _within(value: float, seed: float) -> float:
    return max(seed - POSE_DRIFT_DEG, min(seed + POSE_DRIFT_DEG, value))


def _column_medians(rows: Sequence[tuple[float, ...]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]
