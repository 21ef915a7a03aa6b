"""The distraction model's card: every figure in it comes out of the training run that wrote it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers import gaze_grid
from driver_monitor.classifiers.distraction import FEATURES, STEPS, VISUAL_TAU_S
from driver_monitor.signals.gaze import MAX_EYE_YAW_DEG
from scripts.evaluation.distraction import PLACES
from scripts.evaluation.metrics import auc, expected_calibration_error, recalls, subject_interval
from scripts.training import gaze_scenes
from scripts.training.export import write_card
from scripts.training.gaze_noise import Noise
from scripts.training.gaze_scenes import Scenes

VERSION = "3"
REPEATS = 200  # of the bootstrap over some 2,000 drivers
LICENCE = "None used: trained on simulated geometry alone; only the size of the noise was measured on real clips."

TEMPLATE = """\
# Distraction: one second of head and eyes to a gaze zone

## Input and output
`gaze` [N, 10, 7]: the last second in steps of 0.1 s, oldest first; each step
{features}.
Head angles in degrees from the driver's road centre (angles from neutral are composed as rotations), yaw positive to
the driver's left, pitch up, roll to the left shoulder; `eye_*` is what the eyes add to the head in the whole gaze;
qualities 0..1. A step without a frame is all zeros.

`directions` [N, {cells}]: the probability of every direction of a grid of {cell:g} deg, yaw {yaw0:g} to {yaw1:g} and
pitch {pitch0:g} to {pitch1:g} from the road centre, row by row from the lowest, each from right to left
(`driver_monitor/classifiers/gaze_grid.py`). The product sums it up over the zones **of the config**, so that zones
moved, added or taken away there move here too. `zones` [N, {count}]: the same over the default zones, the columns as
in the front matter.
For a right-hand-drive car mirror yaws and roll, and swap left and right in the names. Below `min_confidence` (front
matter) the product says `uncertain`.

What the product makes of it: `distraction.on_road`, the road's share; `distraction.visual`, the share of all that is
neither road nor `driving_task`, smoothed over {visual:g} s.

**`distraction.cognitive` is no output of this model.** It is the signal `daydream` (gaze narrower than the driver's own
habit: share on the road centre, looks and mirror checks left out, blinking changed), a rule of thumb from the
literature. No set of cognitively distracted drivers was to be had and the simulated ones have no such habit to learn,
so nothing was trained for it, its error is unknown, and no rule of any preset reads it.

## Data: geometry, not people
No freely usable set of drivers' gaze with labels was found, so the model has never seen a real driver. Simulated:
{training:,} glances of {people:,} drivers (less those left out, see below) at the zones of the default config
(left-hand-drive directions), {road:.0%} at the road, {elsewhere:.0%} anywhere at all, the rest at mirrors, cluster,
console and lap some three to four times as often as at passenger or window; {anywhere:.0%} of them
({anywhere_road:.0%} of those at the road) anywhere in the zone, the others near its middle; with
- **a camera up to {camera_yaw:.0f} deg to the side and {camera_pitch:.0f} deg above or below straight ahead**
  (dashboard, A-pillar, steering column, inner mirror; not the roof, not a mirror far to the side);
- a head share of {l0:.0%} to {l1:.0%} of a horizontal shift of gaze for half of the drivers ("lizards"), {o0:.0%} to
  {o1:.0%} for the others ("owls"), {v0:.0%} to {v1:.0%} of a vertical one for all; {alone:.0%} of all looks made by the
  head alone, {eyes:.0%} of those up to {s0:.0f} x {s1:.0f} deg by the eyes; eyes that go first, up to {eye:.0f} deg;
- measured head angles {g0:.2f} to {g1:.2f} of the true ones, eye yaw {y0:.1f} to {y1:.1f}, eye pitch {p0:.2f} to
  {p1:.2f} (mostly little: landmarks hardly see vertical eye movement), irises that stay behind a turning head, seem to
  move by {false:.2f} (SD) of any turn from neutral, are lost on a turned head, or are covered by the lids of a look
  down;
- a neutral pose that is off by {b0:.1f} and {b1:.1f} deg (SD), or by {u0:.0f} and {u1:.0f} for the tenth of looks that
  come before there is a baseline;
- noise as measured on {clips} real clips ({windows} windows of a second in which somebody holds head and eyes still,
  medians over clips; the small movements of a person at rest are in it):

| angle | SD, deg | lasts (time constant), s |
|---|---|---|
{noise}

  growing as quality falls and as the face turns from the camera;
- missing frames, low frame rates, a face that has just appeared, hidden eyes; looks that end with the face out of the
  camera's sight are left out, as there the product does not answer.

## Figures on simulated drivers and cameras of another seed
`scripts/train distraction --data DIR --out models/`, {n:,} glances of {unseen_people:,} drivers; intervals by drawing
the drivers again. Looks take up to 0.75 s to arrive; {settled:.0%} had.

| looks | zone right | 95 % interval |
|---|---|---|
{looks}

- Of the answers given (confidence >= {confidence:.2f}, {coverage:.1%} of all) {kept:.3f} are right.
- On the road or not: AUC {road_auc:.3f}, accuracy {road_accuracy:.3f}.
- Expected calibration error {ece:.3f}; the reliability plot is `distraction.svg`.

| zone | found | answered, not `uncertain` |
|---|---|---|
{rows}

A head that goes only part of the way, with eyes that the camera cannot see, can be at two things: more cannot be had
from one second of angles. These figures say how well the model solves the geometry it was given, not how well it
reads a driver: real errors will be larger.
{drives}
## Limits
- Zones that differ in height alone (road and cluster, cluster and lap, console and lap) are told apart by the head;
  a driver who only lowers the eyes is often `uncertain` or taken to look at the road.
- The passenger and the window behind are one direction.
- A head that goes part of the way and eyes that the camera cannot see leave it to habit what is looked at. How often
  drivers look where, and with how much of the head, is assumed (above) and not known.
- Zones moved in the config move here, but how often drivers look at which place was learned for the default ones;
  calibration was measured for those alone.
- Cognitive distraction is not learned (above); phones and hands are not covered.

## Intended use, and misuse
A second opinion beside the geometric zone, in a warning to the driver. Not for judging drivers afterwards, and not
eye tracking.

## Training it again
`scripts/train distraction --data DIR --out models/`; of DIR only `clips/*` is read, to measure the noise, and without
it the figures above stand. Seeded: a second run agrees to the third digit.
"""

DRIVES = """
## Figures on drawn drives before cameras of their own
`scripts/evaluate distraction` (a test instrument, not people): {drives} drives of two portraits, one with glasses,
15 fps, through tracker and signal layer, before cameras at (yaw, pitch from the driver's eyes, deg)
{places};
{frames:,} frames of looks held for 0.65 s and more, aimed by lot inside the zones. Habits and errors (above) were set
with other drives of the same kind in sight: eight before other cameras, and 26 before these with other looks.
Those here were drawn afterwards and judged once. A frame in which the tracker lost the turned face counts as wrong for
both. Intervals by drawing the drives again: few.

| looks made by | zone right | of those answered | answered | geometric `zone` right |
|---|---|---|---|---|
{rows}

On the road or not: {road}, by the geometric zone {geometric_road}. Expected calibration error {ece:.3f}.
"""


def write(
    path: Path, labels: tuple[str, ...], min_confidence: float, answers: NDArray[np.float32], unseen: Scenes,
    noise: Noise, trained_on: tuple[int, int], drives: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """``trained_on``: how many glances of how many drivers; ``drives``: figures of the drawn drives
    (``scripts.evaluation.distraction``), left out while there are none."""
    write_card(
        path,
        body(labels, min_confidence, answers, unseen, noise, trained_on, drives),
        version=VERSION,
        inputs={"gaze": ("N", STEPS, len(FEATURES))},
        outputs={"directions": ("N", gaze_grid.CELLS), "zones": ("N", len(labels))},
        classes={"zones": labels},
        thresholds={"min_confidence": min_confidence},
        data_licence=LICENCE,
    )


def body(
    labels: tuple[str, ...], min_confidence: float, answers: NDArray[np.float32], unseen: Scenes,
    noise: Noise, trained_on: tuple[int, int], drives: Mapping[str, Any] | None,
) -> str:  # fmt: skip
    said, sure = answers.argmax(axis=1), answers.max(axis=1) >= min_confidence
    right = said == unseen.zone
    on_road = unseen.zone == 0
    found = recalls(said, unseen.zone, len(labels))
    answered = [float(sure[unseen.zone == index].mean()) for index in range(len(labels))]
    rows = "\n".join(
        f"| {name} | {recall:.2f} | {share:.2f} |" for name, recall, share in zip(labels, found, answered, strict=True)
    )
    assumed = gaze_scenes
    return TEMPLATE.format(
        features="(" + ", ".join(f"`{name}`" for name in FEATURES) + ")",
        count=len(labels),
        cells=gaze_grid.CELLS,
        cell=gaze_grid.CELL_DEG,
        **ends("yaw", gaze_grid.YAW_DEG),
        **ends("pitch", gaze_grid.PITCH_DEG),
        visual=VISUAL_TAU_S,
        road=assumed.ROAD_SHARE,
        elsewhere=assumed.ELSEWHERE_SHARE,
        anywhere=assumed.ANYWHERE_SHARE,
        anywhere_road=assumed.ANYWHERE_ON_ROAD,
        false=assumed.FALSE_TURN,
        alone=assumed.BY_HEAD,
        eyes=assumed.BY_EYES,
        **ends("s", assumed.SMALL_SHIFT_DEG),
        training=trained_on[0],
        people=trained_on[1],
        camera_yaw=assumed.CAMERA_YAW_DEG,
        camera_pitch=assumed.CAMERA_PITCH_DEG,
        **ends("l", assumed.LIZARD_SHARE),
        **ends("o", assumed.OWL_SHARE),
        **ends("v", assumed.VERTICAL_HEAD_SHARE),
        **ends("g", assumed.HEAD_GAIN),
        **ends("y", assumed.EYE_YAW_GAIN),
        **ends("p", assumed.EYE_PITCH_GAIN),
        **ends("b", assumed.BASELINE_ERROR_DEG),
        **ends("u", assumed.PRIOR_ERROR_DEG),
        eye=MAX_EYE_YAW_DEG,
        clips=noise.clips,
        windows=noise.windows,
        noise="\n".join(
            f"| {name.replace('_', ' ')} | {sd:.2f} | {tau:.2f} |"
            for name, sd, tau in zip(FEATURES[:5], noise.sd_deg, noise.tau_s, strict=True)
        ),
        n=len(right),
        unseen_people=len(np.unique(unseen.person)),
        settled=float(unseen.settled.mean()),
        looks="\n".join(
            of_looks(name, right[rows], unseen.person[rows])
            for name, rows in {
                "all": np.ones(len(right), dtype=bool),
                "arrived": unseen.settled,
                "arrived, and the eyes seen": unseen.settled & unseen.seen,
                "arrived, and answered": unseen.settled & sure,
            }.items()
        ),
        confidence=min_confidence,
        coverage=float(sure.mean()),
        kept=float(right[sure].mean()),
        road_auc=auc(answers[:, 0], on_road),
        road_accuracy=float(np.mean((answers[:, 0] >= 0.5) == on_road)),
        ece=expected_calibration_error(answers, unseen.zone),
        rows=rows,
        drives="" if drives is None else of_drives(drives),
    )


def ends(name: str, interval: tuple[float, float]) -> dict[str, float]:
    return {f"{name}0": interval[0], f"{name}1": interval[1]}


def of_looks(name: str, right: NDArray[np.bool_], person: NDArray[np.int64]) -> str:
    low, high = subject_interval(person, lambda rows: float(right[rows].mean()), repeats=REPEATS) or (np.nan, np.nan)
    return f"| {name} | {right.mean():.3f} | {low:.3f} to {high:.3f} |"


def of_drives(found: Mapping[str, Any]) -> str:
    def cell(figure: Mapping[str, Any]) -> str:
        if figure["value"] is None:
            return "none"
        low, high = figure["interval"] or (np.nan, np.nan)
        return f"{figure['value']:.3f} ({low:.3f} to {high:.3f})"

    columns = ("zone_accuracy", "accuracy_of_the_answered", "answered", "geometric_zone_accuracy")
    names = {"head": "the head", "mixed": "head and eyes", "eyes": "the eyes alone"}
    rows = [(names[kind], by) for kind, by in found["by_kind"].items()]
    return DRIVES.format(
        drives=found["drives"],
        places=", ".join(f"{name} ({pose.yaw_deg:g}, {pose.pitch_deg:g})" for name, pose in PLACES.items()),
        frames=found["frames"],
        rows="\n".join(
            f"| {name} | " + " | ".join(cell(by[column]) for column in columns) + " |"
            for name, by in [*rows, ("all", found)]
        ),
        road=cell(found["on_road_accuracy"]),
        geometric_road=cell(found["geometric_on_road_accuracy"]),
        ece=found["calibration_error"],
    )
