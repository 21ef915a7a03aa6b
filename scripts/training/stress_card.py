"""The stress net's card: every figure in it comes out of the run that wrote it."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import FEATURES
from scripts.evaluation import drivedb
from scripts.evaluation.metrics import balanced_accuracy, expected_calibration_error, recalls, subject_interval
from scripts.training.export import write_card
from scripts.training.stress_faces import CLASSES

VERSION = "2"
LICENCE = (
    "FER2013: research use. muxspace facial_expressions (through the expression net): Apache-2.0."
    " WESAD: non-commercial research. drivedb (ODC-By) was only measured on. None is redistributed."
)


@dataclass(frozen=True)
class Figures:
    """``faces`` by how the windows were put together, ``hearts`` leave-one-subject-out by what was known."""

    faces: Mapping[str, dict[str, Any]]
    hearts: Mapping[str, dict[str, Any]]
    files: tuple[Path, ...]
    pictures: int
    face_divisor: float
    heart_divisor: float


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


def write(path: Path, figures: Figures, data: Path) -> dict[str, Any]:
    """The card of the net at ``path``; returns what the net says of drivedb's drives under ``data``."""

    def card(text: str) -> None:
        write_card(
            path,
            text,
            version=VERSION,
            inputs={"window": ("N", len(FEATURES)), "mask": ("N", len(FEATURES))},
            outputs={"probabilities": ("N", len(CLASSES))},
            classes={"probabilities": CLASSES},
            thresholds={"face_temperature": figures.face_divisor, "heart_temperature": figures.heart_divisor},
            training_files={file.name: file for file in figures.files},
            data_licence=LICENCE,
        )

    card("")  # a model is only loaded with a card, and drivedb's figures need the model
    drives = drivedb.run(data, OnnxModel(path))
    card(body(figures, drives))
    return drives


def body(figures: Figures, drives: dict[str, Any]) -> str:
    face_rows = "\n".join(
        f"| {name} | {one['balanced_accuracy']:.3f} {interval(one['interval'])} | "
        + " | ".join(f"{value:.3f}" for value in one["recall"])
        + f" | {one['ece']:.3f} |"
        for name, one in figures.faces.items()
    )
    name, hardest = list(figures.faces.items())[-1]
    confusion = "\n".join(
        f"| {true} | " + " | ".join(str(count) for count in row) + " |"
        for true, row in zip(CLASSES, hardest["confusion"], strict=True)
    )
    heart_rows = "\n".join(
        f"| {known} | {one['balanced_accuracy']:.3f} {interval(one['balanced_accuracy_interval'])} | "
        f"{one['auc']:.3f} {interval(one['auc_interval'])} | {one['recall']['stress']:.3f} | "
        f"{one['recall']['not_stress']:.3f} | {one['ece']:.3f} | {one['steady_balanced_accuracy']:.3f} |"
        for known, one in figures.hearts.items()
    )
    heart = next(iter(figures.hearts.values()))
    listed = textwrap.fill(", ".join(f"`{name}`" for name in FEATURES), 120)
    return f"""\
# Stress: half a minute of a face and a heart to calm, stressed or angry

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
  expression net was not trained on (its temperature and its second look were chosen on them). Labels stand for
  classes: angry is angry; fear, sad and disgust are stressed; neutral, happy and surprise are calm. A window is one to
  six pictures of its class over 40 to 100 % of the time, and calm pictures for the rest; in a fifth of them the
  expressions are unknown, in another third the muscles.
  {figures.pictures} pictures make the training windows, the rest the judged ones; FER2013 names nobody, so a person may
  be on both sides. The resting face is the median of the neutral pictures, not the person's own.
- **Heart part: WESAD** (Schmidt et al. 2018), {heart["minutes"]} minutes of chest ECG of {heart["subjects"]} people:
  label 2 (speaking and arithmetic before a panel) against rest, amusement and meditation; heart rate, RMSSD and SDNN
  over the median of the person's own rest. Figures are leave-one-subject-out; the shipped part is trained on
  all of them. **The program measures no heart yet, so it always masks this part.**
- **drivedb** (Healey & Picard 2005), real driving with a heart rate: measured on, never trained on.
- **Blink rate and head motion are inputs but are not read**: nothing here could teach what they mean.

## Model
A net of 8 hidden units for the face, and for the heart one logistic regression for each set of heart values that may
be known; their evidence is added as if independent, each divided by a temperature of its own. The heart shifts
stressed against calm only.

## Figures
![How often the probabilities were right, classes confused, and the drives](stress.svg)
(Reliability of the heart: people unseen, stress and the rest weighing the same.)

**Face part**, on windows from pictures it was not trained on, by the number of pictures of the class and by what is
known:

| windows | balanced accuracy, 3 classes | recall calm | stressed | angry | calibration error |
|---|---|---|---|---|---|
{face_rows}

In brackets the 95 % interval over windows; windows share pictures, so it is too narrow. True class (rows) and said
class for windows with {name}:

| | {" | ".join(CLASSES)} |
|---|---|---|---|
{confusion}

**Heart part** alone, stress against not, minutes of people it had not seen (intervals by drawing the people again).
Some eighty variants (other heart rate and variability features, other definitions of rest, forests, kernels and
nearest neighbours) were tried on the same people; the best was 0.01 better, far inside the interval, so the plain one
was kept and one minute of heart gives no more. "Four minutes" averages the evidence of up to four consecutive minutes
of one task, as stress that lasts would be judged.

| known | balanced accuracy | AUC | recall stress | not stress | calibration error | four minutes |
|---|---|---|---|---|---|---|
{heart_rows}

{driving(drives)}

## Limits
- A face that looks angry or sad at rest is called so: the expressions are not yet relative to the driver's own.
- Talking, singing, chewing, low sun and glasses change brows and mouth. Stress often shows nothing in a face at all.
- Probabilities are calibrated for the put-together windows, in which all classes are equally frequent. Real drivers are
  calm most of the time, so a single estimate of "stressed" is more often wrong than right: let it last before acting.
- WESAD's minutes are rest and a laboratory task; driving, warmth, coffee and talking raise a heart rate as well.
- It says nothing in the first third of a window or while the face was unknown for most of it.

## Intended use, and misuse
A hint to the driver that a break might do good. Not a lie detector, no measure of character, fitness or guilt; never
for judging, ranking, paying or dismissing a person; no record of moods is kept.

## Training it again
`scripts/train expression --data DIR --out models/`, then `scripts/train stress --data DIR --out models/` (it needs the
expression net there), with `expression/fer2013/fer2013.npz` and `stress/wesad/wesad*.csv` under DIR; seeded, and the
same to the third digit when run again.
`scripts/evaluate stress --data DIR` measures the heart part of the shipped file on whatever subjects and
drives DIR has.
"""


def driving(drives: dict[str, Any]) -> str:
    if not drives["drives"]:
        return "**Real driving** was not measured: drivedb was not in the data folder."
    rows = "\n".join(
        f"| {name} | {parts['rest']:.2f} | {parts['highway']:.2f} | {parts['city']:.2f} |"
        for name, parts in drives["median_stressed"].items()
    )
    order = "; ".join(f"{order} in {count}" for order, count in drives["drives_with"].items())
    return f"""\
**Real driving**, heart rate alone, relative to the first ten minutes of the drive's own rest. Nobody rated these
drivers, so only the order can be looked at. Median probability of stressed by part of the route, in the
{drives["drives"]} drives with a heart rate and all marks ({drives["drives_without_marks_or_heart_rate"]} lack one or
the other):

| drive | rest | highway | city |
|---|---|---|---|
{rows}

Of the {drives["drives"]} drives: {order}. Minutes of driving against minutes of rest: AUC
{drives["auc_driving_against_rest"]:.3f} (mean over drives). Steering, talking and braking raise a heart rate without
any stress, and drives may share a driver, so this says that the scale points the right way in a car, no more."""


def interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
