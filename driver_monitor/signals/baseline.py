"""The driver's own normal: learned, adapted, and learned anew when it no longer holds.

Before there is a baseline, population priors stand in: a driver may be asleep in the very first frame. Only numbers
are kept, never a picture or a landmark.
"""

from typing import Final

from driver_monitor.config.signals import BaselineConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.frozen import maker
from driver_monitor.parameter import judged, measured
from driver_monitor.signals.change import Change, ChangeWatch, Verdict
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import PRIOR_FACE, Normal, Sample, resting_face
from driver_monitor.signals.seeding import SHUT_BLINK_SCORE, Seeding
from driver_monitor.signals.shut_level import OPEN_SHARE
from driver_monitor.signals.view import View, view
from driver_monitor.state.signals import BaselineSignals
from driver_monitor.state.terms import FRESH_DRIVER_S, SAMPLE_S

FRONTAL_YAW_DEG: Final = judged(45.0, "a head turned no further can be learned from")
FRONTAL_PITCH_DEG: Final = judged(35.0, "a head raised or lowered no further can be learned from")
ADAPT_S: Final = judged(120.0, "time constant of the open-eye level after seeding")
POSE_ADAPT_S: Final = judged(300.0, "time constant of the neutral pose after seeding")
POSE_ADAPT_WITHIN_DEG: Final = judged(10.0, "only a head near the road centre says where the road centre is")
POSE_DRIFT_DEG: Final = judged(8.0, "how far the neutral pose may wander from its seed")
KEPT_S: Final = judged(3600.0, "the baseline of a driver who comes back within this time, as from a rest stop, is kept")
NO_FACE_S: Final = judged(1.0, "without a face for so long the baseline is said to need one")
WIDER: Final = judged(1.15, 'eyes this much wider than "open" for seconds: open was narrowed', unit="ratio")
GLASSES_LEAST: Final = judged(0.75, "to the open-eye level: glasses change it by less than lids do", unit="ratio")
MISFIT: Final = measured(
    1.25,
    "open eyes that differ more are not the driver's: three times people's SD",
    "open eyes of 27 drivers: SD 8 %",
    unit="ratio",
)
MISFIT_SAMPLES: Final = judged(25, "samples that must misfit: five seconds of them", unit="count")
_MAKE: Final = maker(BaselineSignals)
COVERED_S: Final = judged(6.0, "a face behind a hand must look like somebody else's for so long")


class Baseline:
    """Seeded from the first ``seed_s`` of usable frames, then adapted one-sidedly; :mod:`.change` tells when it must be
    seeded again.

    ``normal`` is what counts now and ``source`` whose it is: the population's ("prior"), this driver's from before
    ("kept": of another drive, of the camera's last place, ...) or just learned ("driver"). ``cause`` says why it was
    last seeded again.
    """

    def __init__(self, config: BaselineConfig, prior_pose: HeadPose, profile: Normal | None = None) -> None:
        """``profile`` is what was normal for this driver in an earlier drive."""
        self._config = config
        self._prior_pose = prior_pose
        self._profile = profile
        self._watch = ChangeWatch()
        self._aside: tuple[float, Normal, Normal] | None = None  # until when; of a driver out of sight for long
        self._sampled_s: float | None = None
        self._due_s: float | None = None
        self._seen_s: float | None = None
        self._another_since_s: float | None = None  # since when a covered face looks like somebody else's
        self.cause = ""
        self.place_unknown = False  # the camera moved and the driver's look at the road is not yet learned again
        self.another_driver = False  # than the one of the profile, or than the first of the drive
        self._start_afresh()

    @property
    def seeded(self) -> bool:
        return self._seed is not None

    @property
    def learned(self) -> Normal | None:
        """What may be kept for this driver's next drive."""
        return self.normal if self.seeded and not self.another_driver else None

    @property
    def progress(self) -> float:
        return 1.0 if self.seeded else self._seeding.progress

    @property
    def needs(self) -> str:
        return "" if self.seeded else self._seeding.needs

    @property
    def signals(self) -> BaselineSignals:
        return _MAKE(
            baseline=self.source,
            baseline_progress=self.progress,
            baseline_needs=self.needs,
            baseline_reset=self.cause,
        )

    def unseen(self, t_s: float) -> None:
        """A frame without a face."""
        if self._weigh_absence(t_s) > NO_FACE_S:
            self._seeding.needs = "a face"

    def update(
        self, t_s: float, ear: float | None, face: FaceMeasures, *,
        seen: FaceObservation | None = None, covered: bool = False,
    ) -> None:  # fmt: skip
        """``ear`` is the pose-corrected mean of both eyes, None where they cannot be judged. Without ``seen``, the
        observation that ``face`` was measured on, changes of camera, driver and glasses go unnoticed.

        A partly ``covered`` face teaches nothing; but another driver's mouth looks covered too, and is still noticed.
        """
        self._weigh_absence(t_s)
        self._seen_s = t_s
        if ear is None:
            self._seeding.needs = "visible eyes"
            return
        if self._due_s is not None and t_s < self._due_s - 1e-6:
            return
        # Kept to a grid, so that a frame rate that does not divide by five gives as many samples.
        late = self._due_s is None or t_s >= self._due_s + SAMPLE_S
        self._due_s = (t_s if late or self._due_s is None else self._due_s) + SAMPLE_S
        step_s = SAMPLE_S if self._sampled_s is None else t_s - self._sampled_s
        self._sampled_s = t_s
        pose = face.pose
        centre = self.normal.pose if self.source == "kept" else self._prior_pose
        if (
            abs(pose.yaw_deg - centre.yaw_deg) > FRONTAL_YAW_DEG
            or abs(pose.pitch_deg - centre.pitch_deg) > FRONTAL_PITCH_DEG
        ):
            self._seeding.needs = "frontal frames"
            return
        if seen is not None:
            verdict = self._watch.update(t_s, view(seen, face, ear))
            if not covered:
                self._another_since_s = None
            if not covered or self._surely_another(t_s, verdict):
                self._review(t_s, verdict)
        sample = Sample(ear, face.expression.blink, pose, resting_face(face))
        if covered:
            self._seeding.needs = "an uncovered face"
        elif self.seeded:
            self._adapt(sample, min(step_s, 1.0))
        else:
            self._gather(sample)

    def _weigh_absence(self, t_s: float) -> float:
        """How long ago the driver was last seen, 0 if never; after FRESH_DRIVER_S whoever comes next is a stranger."""
        lost_s = 0.0 if self._seen_s is None else t_s - self._seen_s
        if lost_s > FRESH_DRIVER_S:
            self._lose()
        return lost_s

    def _surely_another(self, t_s: float, verdict: Verdict) -> bool:
        """Of a covered face: a hand pushes landmarks about for seconds, another driver stays another."""
        changed = verdict.change is Change.DRIVER_CHANGED
        if verdict.same_face:
            self._another_since_s = None
        elif changed and self._another_since_s is None:
            self._another_since_s = t_s
        return changed and self._another_since_s is not None and t_s - self._another_since_s >= COVERED_S

    def _start_afresh(self) -> None:
        """From the profile, or else from the population's priors."""
        if self._profile is not None and not self.another_driver:
            self._start(self._profile, "kept", least=self._config.fall_to)
        else:
            self._start(Normal(self._config.open_ear, self._prior_pose, PRIOR_FACE), "prior")

    def _start(self, normal: Normal, source: str, *, least: float = 0.0) -> None:
        """``least`` is the share of the open-eye level that the new one must reach: tired lids are not to be learned
        as normal by way of a knock on the camera."""
        self.normal, self.source = normal, source
        self._seed: Normal | None = None
        self._least_ear = least * normal.open_ear
        self._seeding = Seeding(self._config, normal, least_ear=self._least_ear)

    def _seed_again(self, cause: str, normal: Normal | None = None) -> None:
        """With ``normal``, this driver's as far as it is known, or afresh."""
        self.cause, self._aside = str(cause), None
        self.place_unknown = cause == Change.CAMERA_MOVED
        self._watch.forget()
        if normal is not None:
            self._start(normal, "kept", least=self._config.fall_to)
        else:
            self._start_afresh()

    def _lose(self) -> None:
        """Nobody seen for long: whoever comes next is a stranger until the face is known again."""
        if self._seed is not None and self._seen_s is not None:
            self._aside = self._seen_s + KEPT_S, self.normal, self._seed
        self._seen_s = None
        self._start_afresh()

    def _review(self, t_s: float, verdict: Verdict) -> None:
        if self._aside is not None and t_s > self._aside[0]:
            self._aside = None
        known = self._aside[1] if self._aside else self.normal if self.source != "prior" else None
        now, usual = verdict.now, verdict.usual
        stranger = self._aside is not None and verdict.same_face is False
        if verdict.change is Change.DRIVER_CHANGED or stranger:
            self.another_driver = True
            self._seed_again(Change.DRIVER_CHANGED)
        elif verdict.change is Change.CAMERA_MOVED and now and usual:
            moved = Normal(known.open_ear, _shifted(known.pose, usual, now), known.face) if known else None
            self._seed_again(Change.CAMERA_MOVED, moved)
        elif verdict.change is Change.GLASSES and now:
            level = max(now.ear, GLASSES_LEAST * known.open_ear) if known else 0.0
            self._seed_again(Change.GLASSES, Normal(level, known.pose, known.face) if known else None)
        elif self._aside is not None and verdict.same_face:
            _, self.normal, self._seed = self._aside
            self._aside, self.source = None, "driver"
        elif self.seeded and now and now.ear > WIDER * self.normal.open_ear:
            level = self._watch.wide_ear or now.ear
            self._seed_again("narrow_eyes", Normal(level, self.normal.pose, self.normal.face))

    def _gather(self, sample: Sample) -> None:
        seed = self._seeding.add(sample)
        if seed is None:
            self.normal = self._seeding.normal
            self._check_profile()
            return
        if self._aside is not None:  # never recognised
            self.another_driver, self.cause, self._aside = True, Change.DRIVER_CHANGED.value, None
        self.normal = self._seed = seed
        self.source, self.place_unknown = "driver", False

    def _check_profile(self) -> None:
        """Eyes far wider than the profile's are somebody else's, or it is wrong. Narrower ones may be a tired driver's:
        then the profile is just what is needed."""
        profile = self._profile
        if profile is None or self.another_driver or self.source != "kept" or self.cause:
            return
        ear = self._seeding.open_ear(MISFIT_SAMPLES)
        if ear is not None and ear > MISFIT * profile.open_ear:
            self.another_driver = True
            self._seed_again("profile_misfit")

    def _adapt(self, sample: Sample, step_s: float) -> None:
        assert self._seed is not None
        normal, seed = self.normal, self._seed
        ear, pose = normal.open_ear, normal.pose
        if sample.ear > OPEN_SHARE * ear and sample.blink_score < SHUT_BLINK_SCORE:
            ear += (sample.ear - ear) * step_s / ADAPT_S
            ear = max(ear, self._config.fall_to * seed.open_ear, self._least_ear)
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


def _shifted(pose: HeadPose, usual: View, now: View) -> HeadPose:
    """Where ``pose`` is seen after all poses have moved as the usual one has."""
    return HeadPose(
        pose.yaw_deg + now.pose.yaw_deg - usual.pose.yaw_deg,
        pose.pitch_deg + now.pose.pitch_deg - usual.pose.pitch_deg,
        pose.roll_deg + now.pose.roll_deg - usual.pose.roll_deg,
    )
