"""The stress net's card: every figure in it comes out of the run that wrote it."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.own_rest import REST_MIN, USUAL_REACH
from driver_monitor.classifiers.stress_window import FEATURES
from scripts.evaluation import drivedb, stress, wesad
from scripts.evaluation.metrics import balanced_accuracy, expected_calibration_error, recalls, subject_interval
from scripts.training import stress_heart
from scripts.training.export import write_card
from scripts.training.stress_parts import (
    CHANNELS,
    CLASSES,
    HEART_SHARES,
    RESTLESS_SHARES,
    RESTLESS_WEIGHT,
    StressParts,
)

VERSION = "3"
LICENCE = (
    "FER2013: research use. muxspace facial_expressions (through the expression net): Apache-2.0."
    " WESAD: non-commercial research. EMO-DB: free to use with citation. drivedb (ODC-By) was only measured on."
    " None is redistributed."
)
TELLING = (
    (), ("expressions", "brows and mouth"), ("brows and mouth",), ("heart rate", "heart rate variability"),
    ("heart rate variability",), ("arousal in the voice", "anger in the voice"),
    ("expressions", "brows and mouth", "heart rate", "heart rate variability"),
    ("expressions", "brows and mouth", "arousal in the voice", "anger in the voice"), tuple(CHANNELS),
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """``faces`` by how the windows were put together, ``hearts`` leave-one-subject-out and ``voices``
    leave-one-speaker-out by what was known; ``nested`` of hearts with the choice made without the person as well.
    """

    faces: Mapping[str, dict[str, Any]]
    chosen: stress_heart.Choice
    nested: dict[str, Any]
    hearts: Mapping[str, dict[str, Any]]
    voices: Mapping[str, dict[str, Any]]
    files: tuple[Path, ...]
    pictures: int
    speakers: int
    parts: StressParts


def scores(kind: NDArray[np.int64], probabilities: NDArray[np.floating]) -> dict[str, Any]:
    said = probabilities.argmax(axis=1)
    return {
        "balanced_accuracy": balanced_accuracy(said, kind),
        "interval": subject_interval(np.arange(len(kind)), lambda rows: balanced_accuracy(said[rows], kind[rows])),
        "recall": recalls(said, kind, len(CLASSES)),
        "ece": expected_calibration_error(probabilities, kind),
        "confusion": [[int(((kind == true) & (said == guess)).sum()) for guess in range(3)] for true in range(3)],
        "windows": len(kind),
    }


def write(path: Path, figures: Figures, data: Path, hearts: wesad.HeartRows) -> dict[str, Any]:
    """The card of the net at ``path``; returns what the net says of drivedb's drives under ``data``."""

    def card(text: str) -> None:
        write_card(
            path,
            text,
            version=VERSION,
            inputs={"window": ("N", len(FEATURES)), "mask": ("N", len(FEATURES))},
            outputs={"probabilities": ("N", len(CLASSES)), "confidence": ("N", 1)},
            classes={"probabilities": CLASSES},
            thresholds={
                "face_temperature": figures.parts.face.divisor,
                "heart_temperature": figures.parts.heart_divisor,
                "voice_temperature": figures.parts.voice_divisor,
            },
            training_files={file.name: file for file in figures.files},
            data_licence=LICENCE,
        )

    card("")  # a model is only loaded with a card, and drivedb's figures need the model
    model = OnnxModel(path)
    drives = drivedb.run(data, model)
    card(body(figures, drives, stress.as_in_a_drive(model, hearts)))
    return drives


def body(figures: Figures, drives: dict[str, Any], in_a_drive: dict[str, Any]) -> str:
    name, hardest = list(figures.faces.items())[-1]
    confusion = "\n".join(
        f"| {true} | " + " | ".join(str(count) for count in row) + " |"
        for true, row in zip(CLASSES, hardest["confusion"], strict=True)
    )
    heart_rows = "\n".join(
        f"| {known} | {one['balanced_accuracy']:.3f} {interval(one['balanced_accuracy_interval'])} | "
        f"{one['auc']:.3f} {interval(one['auc_interval'])} | {one['recall']['stress']:.3f} | "
        f"{one['recall']['not_stress']:.3f} | {one['ece']:.3f} | {one['steady_balanced_accuracy']:.3f} |"
        for known, one in {"**nested, all three**": figures.nested, **figures.hearts}.items()
    )
    nested = figures.nested
    parts = figures.parts
    rate, rmssd, sdnn, level = parts.heart[-1]
    arousal, anger, levels = np.split(parts.voice[-1], 3)
    heart_evidence = (
        f"({rate:.2f} rate {rmssd:+.2f} RMSSD {sdnn:+.2f} SDNN {level:+.2f}) / {parts.heart_divisor:.2f},"
        f" times {shares(HEART_SHARES)}"
    )
    voice_evidence = (
        f"(arousal times {shares(arousal)} + anger times {shares(anger)} + {shares(levels)})"
        f" / {parts.voice_divisor:.2f}"
    )
    restless_evidence = (
        f"{RESTLESS_WEIGHT:.2f} times {shares(RESTLESS_SHARES)} for each that is e-fold or more;"
        " only beside a heart or a voice"
    )
    confidences = "\n".join(
        f"| {', '.join(known) or 'nothing (no answer)'} | {confidence(parts, known):.2f} |" for known in TELLING
    )
    return f"""\
# Stress: a face, a heart and a voice to calm, stressed or angry

**What a drive gets.** From the camera alone, half a minute of a face: exactly what version 2 said of it, with a
confidence of {confidence(parts, TELLING[1]):.2f}. With a pulse, a voice or a body channel switched on, each adds its
evidence once {REST_MIN} minutes of it were measured, which tell the driver's own rest; until then it is as if it were
not there. With neither face nor heart nor voice there is no answer.

**No data set at hand has stressed drivers, and none has a face, a heart and a voice of one person at one time.** So the
parts were learned apart and are added up with the weights below; how well the whole finds a stressed driver is not
known.

## Parts, and what each weighs
| part | reads | learned from | evidence (logits of {", ".join(CLASSES)}) |
|---|---|---|---|
| face | expressions, brows, mouth | FER2013, put together | net of 8 hidden units, over {parts.face.divisor:.2f} |
| heart | heart rate, RMSSD, SDNN against rest | WESAD, {nested["subjects"]} people | {heart_evidence} |
| voice | arousal, anger against rest | EMO-DB, {figures.speakers} speakers | {voice_evidence} |
| restlessness | head, body against rest | **nothing: judged** | {restless_evidence} |

- The evidence is added as if the parts were independent. All three classes count as equally likely beforehand.
- Each set of heart or voice values that may be known has a regression of its own; the table shows that of all.
- A faster heart, less variability, more arousal and more anger never make calm likelier: weights of the other sign are
  left out, which leaves RMSSD and SDNN nothing to say beside a heart rate.
- No data has hearts of angry people. Anger raises a heart rate too (Kreibig 2010), so it gets half of what stress gets.
- The voice's weights are half of what acted voices teach. Arousal alone counts little for stress: joy has it as well.
- Inputs are clipped to what the training data had.

## Input and output
`window` and `mask` float32 [N, {len(FEATURES)}]; mask 1 where the value is known, else 0 and the value is not read.
In order:

{textwrap.fill(", ".join(f"`{name}`" for name in FEATURES), 120)}

The first seven are mean expression probabilities over the window; `angry_share` is the share of time with anger
likeliest; the five muscles are means over the driver's resting face, `brow_down_peak` the 90th percentile.
`heart_rate` is ln(rate / rest) over the reach: the root mean square of {USUAL_REACH} and of how far the 90th percentile
of the driver's minutes is above rest (in a drive at least {USUAL_REACH}). `rmssd`, `sdnn` and the two of restlessness
are ln(value / rest), those of the voice value minus rest. Rest is the median of the drive's minutes so far.

`probabilities` float32 [N, 3]: {", ".join(CLASSES)}; with nothing known, a third each. `confidence` float32 [N, 1]:
see below.

## Data, and how it was split
- **Face: put-together windows.** FER2013's PublicTest pictures (web images, posed, many labels wrong), which the
  expression net was not trained on (its temperature and its second look were chosen on them). Labels stand for
  classes: angry is angry; fear, sad and disgust are stressed; neutral, happy and surprise are calm. A window is one to
  six pictures of its class over 40 to 100 % of the time, and calm pictures for the rest; in a fifth of them the
  expressions are unknown, in another third the muscles.
  {figures.pictures} pictures make the training windows, the rest the judged ones; FER2013 names nobody, so a person may
  be on both sides. The resting face is the median of the neutral pictures, not the person's own.
- **Heart: WESAD** (Schmidt et al. 2018), {nested["minutes"]} minutes of chest ECG of {nested["subjects"]} people:
  label 2 (speaking and arithmetic before a panel) against rest, amusement and meditation. A person's rest is the median
  of the half hour of rest and meditation; the reach is told by all minutes of the person, those being judged among
  them, and without their labels. A person without a rest is refused.
- **Voice: EMO-DB** (Burkhardt et al. 2005), acted German sentences: angry ones are angry, fearful ones stressed,
  neutral, bored and happy ones calm. Each speaker's sentences are judged by a voice net that learned from the others
  alone, and read against the speaker's own neutral ones, as the voice channel does.
- **Restlessness**: no data. **drivedb** (Healey & Picard 2005), real driving with a heart rate: measured on only.

## Figures
![How often the probabilities were right, classes confused, and the drives](stress.svg)
(Reliability of the heart: people unseen, stress and the rest weighing the same.)

**Face part**, on windows from pictures it was not trained on, by the number of pictures of the class and by what is
known:

{three_class_table(figures.faces, "windows")}

In brackets the 95 % interval over windows; windows share pictures, so it is too narrow. True class (rows) and said
class for windows with {name}:

| | {" | ".join(CLASSES)} |
|---|---|---|---|
{confusion}

**Heart part** alone, stress against not, minutes of people left out (intervals by drawing the people again). Its first
row leaves each person out of the choice of what is read as well: {len(stress_heart.CANDIDATES)} ways to take rest,
scale and values were listed, and the rule to choose by was laid down, before any accuracy was looked at; the medians of
each person's tasks had been (`scripts/training/stress_heart.py`). So the nested figure may still be a little kind. The
choice: {figures.chosen.chosen}.
Without the rule of signs, which was added after, the nested figure was 0.895. "Four minutes" averages up to four
consecutive minutes of one task, as stress that lasts is judged in a drive.

| known | balanced accuracy | AUC | recall stress | not stress | calibration error | four minutes |
|---|---|---|---|---|---|---|
{heart_rows}

A minute, nested, person by person: {people(nested["per_person"])}.
Person 9's heart is slower before the panel than in amusement, and no rest mends that; person 10 came to the study with
one nearly as fast as under stress.

**As in a drive**, nobody says when the driver rests. With the median of all minutes for rest the same people come to
{in_a_drive["balanced_accuracy"]:.3f} a minute and {in_a_drive["steady_balanced_accuracy"]:.3f} over four. The shipped
weights have seen these people, and this rest is one of eight that were tried on them. With the minutes of stress taken
away, so that nothing happens on the whole drive, {100 * in_a_drive["calm_called_stressed"]:.0f} % of the minutes are
called stressed by the heart alone, and {100 * in_a_drive["calm_called_surely_stressed"]:.0f} % with 0.7 or more: a
heart alone is no ground for a hint.

**Voice part** alone, sentences of speakers left out:

{three_class_table(figures.voices, "known")}

**Confidence**: how often the likeliest class was right (mean over the classes) with the same channels known. Moments
were put together of held-back windows, minutes and sentences of one class, as if their errors were independent; an
angry moment got a stressed heart; half of the voices were of any class. So these are figures of a construction.

| known | confidence |
|---|---|
{confidences}

A channel that is taken away never raises it; restlessness, which nothing was learned of, does not change it. The heart
alone cannot tell anger, which costs it a third.

{driving(drives)}

## Limits
- A face that looks angry or sad at rest is called so: the expressions are not yet relative to the driver's own.
- Talking, singing, chewing, low sun and glasses change brows and mouth. Stress often shows nothing in a face at all.
- Whoever is stressed from the first minute to the last has no other rest in this drive, and is called calm.
- A rest is forgotten when another driver may have taken the seat, and is not kept from drive to drive.
- Probabilities are calibrated for parts in which all classes are equally frequent. Real drivers are calm most of the
  time, so a single estimate of "stressed" is more often wrong than right: let it last before acting.
- WESAD's minutes are rest and a laboratory task; driving, warmth, coffee and talking raise a heart rate as well.
- A radio or a passenger is a voice too. Acted anger is louder than the anger of most people.

## Intended use, and misuse
A hint to the driver that a break might do good. Not a lie detector, no measure of character, fitness or guilt; never
for judging, ranking, paying or dismissing a person; no record of moods is kept.

## Training it again
`scripts/train expression --data DIR --out models/`, then `scripts/train stress --data DIR --out models/` (it needs the
expression net there), with `expression/fer2013/fer2013.npz`, `stress/wesad/wesad*.csv` and `voice/emodb/*.flac` under
DIR; seeded, and the same to the third digit when run again. `--keep-face` leaves the face part as it is, to the last
bit; so was this version made of version 2. `scripts/evaluate stress --data DIR` measures the heart part of the shipped
file on whatever subjects and drives DIR has.
"""


def three_class_table(figures: Mapping[str, dict[str, Any]], what: str) -> str:
    return "\n".join(
        [
            f"| {what} | balanced accuracy, 3 classes | recall calm | stressed | angry | calibration error |",
            "|---|---|---|---|---|---|",
            *(
                f"| {name} | {one['balanced_accuracy']:.3f} {interval(one['interval'])} | "
                + " | ".join(f"{value:.3f}" for value in one["recall"])
                + f" | {one['ece']:.3f} |"
                for name, one in figures.items()
            ),
        ]
    )


def confidence(parts: StressParts, known: tuple[str, ...]) -> float:
    return float(parts.confidence[sum(1 << list(CHANNELS).index(name) for name in known)])


def shares(values: NDArray[np.floating]) -> str:
    return "(" + ", ".join(f"{value:.2f}" for value in values) + ")"


def people(per_person: Mapping[str, float]) -> str:
    return ", ".join(f"{person} {value:.2f}" for person, value in sorted(per_person.items(), key=lambda p: int(p[0])))


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

Of the {drives["drives"]} drives: {order}.
Minutes of driving against minutes of rest: AUC {drives["auc_driving_against_rest"]:.3f} (mean over drives), and
{drives["auc_rest_found_unaided"]:.3f} as a drive has it, with the median of the minutes so far for rest. Steering,
talking and braking raise a heart rate without any stress, and drives may share a driver, so this says that the scale
points the right way in a car, no more."""


def interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
