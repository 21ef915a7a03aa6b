"""The stress net's card: every figure in it comes out of the run that wrote it."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.stress_window import FEATURES
from scripts.evaluation.metrics import balanced_accuracy, expected_calibration_error, recalls, subject_interval
from scripts.training.export import write_card
from scripts.training.stress_faces import CLASSES

VERSION = "1"
LICENCE = (
    "FER2013: research use. muxspace facial_expressions (through the expression net): Apache-2.0."
    " WESAD: non-commercial research. None is redistributed."
)


def face_scores(kind: NDArray[np.int64], probabilities: NDArray[np.float32]) -> dict[str, Any]:
    said = probabilities.argmax(axis=1)
    return {
        "balanced_accuracy": balanced_accuracy(said, kind),
        "interval": subject_interval(np.arange(len(kind)), lambda rows: balanced_accuracy(said[rows], kind[rows])),
        "recall": recalls(said, kind, len(CLASSES)),
        "ece": expected_calibration_error(probabilities, kind),
        "confusion": [[int(((kind == true) & (said == guess)).sum()) for guess in range(3)] for true in range(3)],
        "windows": len(kind),
    }


def write(
    path: Path,
    faces: Mapping[str, dict[str, Any]],
    heart: dict[str, Any],
    files: tuple[Path, ...],
    pictures: int,
    divisor: float,
) -> None:
    """``faces``: figures by how the windows were put together; ``heart``: leave-one-subject-out on ``files``."""
    write_card(
        path,
        body(faces, heart, pictures),
        version=VERSION,
        inputs={"window": ("N", len(FEATURES)), "mask": ("N", len(FEATURES))},
        outputs={"probabilities": ("N", len(CLASSES))},
        classes={"probabilities": CLASSES},
        thresholds={"temperature": divisor},
        training_files={file.name: file for file in files},
        data_licence=LICENCE,
    )


def body(faces: Mapping[str, dict[str, Any]], heart: dict[str, Any], pictures: int) -> str:
    face_rows = "\n".join(
        f"| {name} | {one['balanced_accuracy']:.3f} {interval(one['interval'])} | "
        + " | ".join(f"{value:.3f}" for value in one["recall"])
        + f" | {one['ece']:.3f} |"
        for name, one in faces.items()
    )
    name, hardest = list(faces.items())[-1]
    confusion = "\n".join(
        f"| {true} | " + " | ".join(str(count) for count in row) + " |"
        for true, row in zip(CLASSES, hardest["confusion"], strict=True)
    )
    recall = heart["recall"]
    listed = textwrap.fill(", ".join(f"`{name}`" for name in FEATURES), 120)
    return f"""\
# Stress: half a minute of a face to calm, stressed or angry

**No data set at hand has faces of stressed drivers, so how well this finds a stressed driver is not known.** What the
parts were trained on, and what the figures below are about, is something else, as said here.

## Input and output
`window` and `mask` float32 [N, {len(FEATURES)}]; mask 1 where the value is known, else 0 and the value is not read. In
order:

{listed}

The first seven are mean expression probabilities over the window; `angry_share` is the
share of time with anger likeliest; the five muscles are means over the driver's resting face, `brow_down_peak` the 90th
percentile; the last three are ln(value / the driver's own rest). `probabilities` float32 [N, 3]:
{", ".join(CLASSES)}, all taken as equally likely beforehand; with nothing known, a third each.

## Data, and how it was split
- **Face part: put-together windows.** FER2013's PublicTest pictures (web images, posed, many labels wrong), which the
  expression net was not trained on, though its epoch was chosen on them. Labels stand for classes: angry is angry;
  fear, sad and disgust are stressed; neutral, happy and surprise are calm. A window is one to six pictures of its class
  over 40 to 100 % of the time, and calm pictures for the rest. {pictures} pictures make the training windows, the rest
  the judged ones; FER2013 names nobody, so a person may be on both sides. The resting face is the median of the neutral
  pictures, not the person's own.
- **Heart part: WESAD** (Schmidt et al. 2018), {heart["minutes"]} minutes of chest ECG of {heart["subjects"]} people:
  label 2 (speaking and arithmetic before a panel) against rest, amusement and meditation; heart rate, RMSSD and SDNN
  over the median of the person's own rest. Figures are leave-one-subject-out; the shipped part is trained on
  all of them. **The program measures no heart yet, so it always masks this part.**
- **Blink rate and head motion are inputs but are not read**: nothing here could teach what they mean.

## Model
A net of 16 hidden units for the face and a logistic regression for the heart; their evidence is added as if
independent. The heart shifts stressed against calm only.

## Figures
Face part, on windows from pictures it was not trained on, at most six or only one picture of the class:

| windows | balanced accuracy, 3 classes | recall calm | stressed | angry | calibration error |
|---|---|---|---|---|---|
{face_rows}

In brackets the 95 % interval over windows; windows share pictures, so it is too narrow. True class (rows) and said
class for windows with {name}:

| | {" | ".join(CLASSES)} |
|---|---|---|---|
{confusion}

Heart part alone, people it had not seen: stress against not, balanced accuracy {heart["balanced_accuracy"]:.3f}
{interval(heart["balanced_accuracy_interval"])} (interval by drawing subjects again); recall stress
{recall["stress"]:.3f}, not stress {recall["not_stress"]:.3f}.

## Limits
- A face that looks angry or sad at rest is called so: the expressions are not yet relative to the driver's own.
- Talking, singing, chewing, low sun and glasses change brows and mouth. Stress often shows nothing in a face at all.
- Probabilities are calibrated for the put-together windows, in which all classes are equally frequent. Real drivers are
  calm most of the time, so a single estimate of "stressed" is more often wrong than right: let it last before acting.
- WESAD's minutes are rest and a laboratory task; driving, warmth, coffee and talking raise a heart rate as well.
- It says nothing in the first third of a window or while the face was unknown for most of it.

## Intended use, and misuse
A hint to the driver that a break might do good. Not a lie detector, no measure of character, fitness or guilt; never
for judging, ranking, paying or dismissing a person; no profile of moods is stored.

## Training it again
`scripts/train expression --data DIR --out models/`, then `scripts/train stress --data DIR --out models/` (it needs the
expression net there), with `expression/fer2013/fer2013.npz` and `stress/wesad/wesad*.csv` under DIR; seeded.
`scripts/evaluate stress --data DIR` measures the heart part of the shipped file on whatever subjects DIR has.
"""


def interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
