"""The first half minute with a driver: what stands in leans towards what is seen, then medians take its place."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from driver_monitor.config.signals import BaselineConfig
from driver_monitor.parameter import judged, measured
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace, Sample
from driver_monitor.state.terms import SAMPLE_S

CLOSED_BLINK_SCORE: Final = judged(0.45, "closed eyes give 0.6-0.75, open ones 0.05-0.2", unit="blendshape")
PLAUSIBLE_OPEN_EAR: Final = judged((0.14, 0.45), "an open eye measures between these", unit="EAR")
# Narrow eyes of which the blink blendshape, too, says that they are not quite open: a squint, or a tired driver.
NARROW_EAR: Final = measured(
    0.19,
    "narrower eyes may be squinting, or tired: the mean less three SD",
    "open eyes of 27 drivers: 0.257, SD 0.021",
    unit="EAR",
)
NARROW_BLINK_SCORE: Final = judged(0.3, "narrow eyes that score higher are not quite open", unit="blendshape")
PATIENCE: Final = judged(4.0, "to seed_s; whose eyes have not opened further by then has narrow eyes", unit="ratio")
DROPPED_SHARE: Final = judged(0.25, "of the oldest samples, which make room when too few showed open eyes")
PRIOR_WEIGHT: Final = judged(
    50, "samples that the priors count for while the baseline is gathered (10 s)", unit="count"
)
PRIOR_YAW_DEG: Final = judged(20.0, "a head further off than this says nothing about where the road is")
PRIOR_PITCH_DEG: Final = judged(15.0, "the same up and down")


class Seeding:
    """Feed it a sample every SAMPLE_S; ``normal`` is the best guess meanwhile, ``needs`` says what is still lacking."""

    def __init__(self, config: BaselineConfig, start: Normal, *, least_ear: float = 0.0) -> None:
        """``start`` stands in; ``least_ear`` is how low the open-eye level may come out at the least."""
        self._seed_s = config.seed_s
        self._least_ear = least_ear
        self._samples: list[Sample] = []
        self._seen = 0
        self.normal = start
        self.needs = "a face"

    @property
    def progress(self) -> float:
        return min(1.0, len(self._samples) * SAMPLE_S / self._seed_s)

    def open_ear(self, samples: int) -> float | None:
        """The median of the samples with open eyes, None before there are so many."""
        ears = [one.ear for one in self._samples if one.blink_score < NARROW_BLINK_SCORE]
        return median(ears) if len(ears) >= samples else None

    def add(self, sample: Sample) -> Normal | None:
        """The driver's own normal once there is enough to tell."""
        self._samples.append(sample)
        self._seen += 1
        closed = sample.blink_score > CLOSED_BLINK_SCORE or _narrow(sample.ear, sample.blink_score)
        self.needs = "open eyes" if closed else "time"
        if len(self._samples) * SAMPLE_S < self._seed_s:
            self._lean(sample)
            return None
        ear = median(one.ear for one in self._samples)
        if not self._open(ear, median(one.blink_score for one in self._samples)):
            self.needs = "open eyes"
            del self._samples[
                : max(1, int(len(self._samples) * DROPPED_SHARE))
            ]  # keep looking; closed eyes seed nothing
            return None
        # Blinks and glances are the minority: medians pass over them.
        pose = HeadPose(
            median(one.pose.yaw_deg for one in self._samples),
            median(one.pose.pitch_deg for one in self._samples),
            median(one.pose.roll_deg for one in self._samples),
        )
        face = RestingFace(*_column_medians([one.face.values() for one in self._samples]))
        return Normal(max(ear, self._least_ear), pose, face)

    def _open(self, ear: float, blink_score: float) -> bool:
        if blink_score > CLOSED_BLINK_SCORE or not PLAUSIBLE_OPEN_EAR[0] <= ear <= PLAUSIBLE_OPEN_EAR[1]:
            return False
        return not _narrow(ear, blink_score) or self._seen * SAMPLE_S >= PATIENCE * self._seed_s

    def _lean(self, sample: Sample) -> None:
        """Let what stands in lean towards plausibly open eyes and a plausible look ahead."""
        share = 1 / (PRIOR_WEIGHT + len(self._samples))
        ear, pose = self.normal.open_ear, self.normal.pose
        if sample.blink_score < CLOSED_BLINK_SCORE and PLAUSIBLE_OPEN_EAR[0] <= sample.ear <= PLAUSIBLE_OPEN_EAR[1]:
            ear = max(ear + share * (sample.ear - ear), self._least_ear)
        yaw_off, pitch_off = sample.pose.yaw_deg - pose.yaw_deg, sample.pose.pitch_deg - pose.pitch_deg
        if abs(yaw_off) <= PRIOR_YAW_DEG and abs(pitch_off) <= PRIOR_PITCH_DEG:
            roll = pose.roll_deg + share * (sample.pose.roll_deg - pose.roll_deg)
            pose = HeadPose(pose.yaw_deg + share * yaw_off, pose.pitch_deg + share * pitch_off, roll)
        self.normal = replace(self.normal, open_ear=ear, pose=pose)


def _narrow(ear: float, blink_score: float) -> bool:
    return ear < NARROW_EAR and blink_score > NARROW_BLINK_SCORE


def _column_medians(rows: Sequence[tuple[float, ...]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]
