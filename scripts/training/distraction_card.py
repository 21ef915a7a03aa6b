"""The distraction model's card: every figure in it comes out of the training run that wrote it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.distraction import FEATURES, STEPS
from driver_monitor.signals.gaze import MAX_EYE_YAW_DEG
from scripts.evaluation.metrics import auc, expected_calibration_error, recalls
from scripts.training import gaze_scenes
from scripts.training.export import write_card
from scripts.training.gaze_scenes import Scenes

VERSION = "1"
LICENCE = "None used: trained on simulated geometry alone; only the size of the noise was measured on real clips."

TEMPLATE = """\
# Distraction: one second of head and eyes to a gaze zone

## Input and output
`gaze` [N, 10, 7]: the last second in steps of 0.1 s, oldest first; each step {features}. Angles in degrees from
the driver's neutral pose, eyes relative to the head, yaw positive to the driver's left, pitch up, roll to the left
shoulder; qualities 0..1. A step without a frame is all zeros. `zones` [N, {count}]: probabilities of {labels}. For a
right-hand-drive car mirror yaw and roll, and swap left and right in the names. Below `min_confidence` (front
matter) the product says `uncertain`. The probability of the gaze being on the road is the first column.

## Data: geometry, not people
No freely usable set of drivers' gaze with labels was found, so the model has never seen a real driver. Simulated:
{training} glances of 20,000 drivers at the zones of the default config (left-hand-drive directions), with
- a camera up to {camera_yaw:.0f} deg to the side and {camera_pitch:.0f} deg above or below straight ahead (dashboard,
  A-pillar or centre console; not a mirror far to the side);
- a head share of {h0:.0%} to {h1:.0%} of a horizontal shift of gaze and {v0:.0%} to {v1:.0%} of a vertical one, eyes
  that go first, up to {eye:.0f} deg;
- measured head angles {g0:.2f} to {g1:.2f} of the true ones, eye yaw {y0:.1f} to {y1:.1f}, eye pitch {p0:.1f} to
  {p1:.1f} (landmarks hardly see vertical eye movement), a neutral pose that is off by {b0:.1f} and {b1:.1f} deg (SD);
- noise as measured on seven real clips: within a steady look head {head_noise:.1f}, eye yaw {yaw_noise:.1f} and
  eye pitch {pitch_noise:.1f} deg (SD), growing as quality falls and as the face turns from the camera;
- missing frames, low frame rates, a face that has just appeared, shut eyes.

## Figures, on drivers and cameras of another seed
`scripts/train distraction --out models/`, {n} glances, some of them still under way:
- zone accuracy {accuracy:.3f}; of the answers given (confidence >= {confidence:.2f}, {coverage:.1%} of all)
  {kept:.3f} are right;
- on the road or not: AUC {road_auc:.3f}, accuracy {road_accuracy:.3f};
- expected calibration error {ece:.3f}.

| zone | found | answered, not `uncertain` |
|---|---|---|
{rows}

These say how well the model solves the geometry it was given, not how well it reads a driver: there is no
subject to draw again, and real errors will be larger.

## Limits
- Zones that differ in height alone (road and cluster, cluster and lap, console and lap) are told apart by the head;
  a driver who only lowers the eyes is often `uncertain` or taken to look at the road.
- Zones moved in the config do not move in the model; the rules' `zone` and `on_road` follow the config, this
  model does not.
- Cognitive distraction, phones and hands are not covered.

## Intended use, and misuse
A second opinion beside the geometric zone, in a warning to the driver. Not for judging drivers afterwards, and not
eye tracking.

## Training it again
`scripts/train distraction --out models/`; no data needed. Seeded: a second run agrees to the third digit.
"""


def write(
    path: Path, labels: tuple[str, ...], min_confidence: float, answers: NDArray[np.float32], unseen: Scenes
) -> None:
    write_card(
        path,
        body(labels, min_confidence, answers, unseen),
        version=VERSION,
        inputs={"gaze": ("N", STEPS, len(FEATURES))},
        outputs={"zones": ("N", len(labels))},
        classes={"zones": labels},
        thresholds={"min_confidence": min_confidence},
        data_licence=LICENCE,
    )


def body(labels: tuple[str, ...], min_confidence: float, answers: NDArray[np.float32], unseen: Scenes) -> str:
    said, sure = answers.argmax(axis=1), answers.max(axis=1) >= min_confidence
    right = said == unseen.zone
    on_road = unseen.zone == 0
    found = recalls(said, unseen.zone, len(labels))
    answered = [float(sure[unseen.zone == index].mean()) for index in range(len(labels))]
    rows = "\n".join(
        f"| {name} | {recall:.2f} | {share:.2f} |" for name, recall, share in zip(labels, found, answered, strict=True)
    )
    return TEMPLATE.format(
        features="(" + ", ".join(f"`{name}`" for name in FEATURES) + ")",
        count=len(labels),
        labels=", ".join(labels),
        training="240,000",
        camera_yaw=gaze_scenes.CAMERA_YAW_DEG,
        camera_pitch=gaze_scenes.CAMERA_PITCH_DEG,
        h0=gaze_scenes.HORIZONTAL_HEAD_SHARE[0],
        h1=gaze_scenes.HORIZONTAL_HEAD_SHARE[1],
        v0=gaze_scenes.VERTICAL_HEAD_SHARE[0],
        v1=gaze_scenes.VERTICAL_HEAD_SHARE[1],
        eye=MAX_EYE_YAW_DEG,
        g0=gaze_scenes.HEAD_GAIN[0],
        g1=gaze_scenes.HEAD_GAIN[1],
        y0=gaze_scenes.EYE_YAW_GAIN[0],
        y1=gaze_scenes.EYE_YAW_GAIN[1],
        p0=gaze_scenes.EYE_PITCH_GAIN[0],
        p1=gaze_scenes.EYE_PITCH_GAIN[1],
        b0=gaze_scenes.BASELINE_ERROR_DEG[0],
        b1=gaze_scenes.BASELINE_ERROR_DEG[1],
        head_noise=gaze_scenes.HEAD_WANDER_DEG,
        yaw_noise=gaze_scenes.EYE_YAW_NOISE_DEG,
        pitch_noise=gaze_scenes.EYE_PITCH_NOISE_DEG,
        n=f"{len(right):,}",
        accuracy=float(right.mean()),
        confidence=min_confidence,
        coverage=float(sure.mean()),
        kept=float(right[sure].mean()),
        road_auc=auc(answers[:, 0], on_road),
        road_accuracy=float(np.mean((answers[:, 0] >= 0.5) == on_road)),
        ece=expected_calibration_error(answers, unseen.zone),
        rows=rows,
    )
