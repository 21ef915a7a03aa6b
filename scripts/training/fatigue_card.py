"""The fatigue model's card: every figure in it comes out of the training run that wrote it."""

from pathlib import Path
from typing import Any

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.config.config import Config
from scripts.evaluation import ulg
from scripts.evaluation.rldd import CLASSES
from scripts.training.export import write_card

VERSION = "1"
LICENCE = (
    "UTA-RLDD blink feature files: MIT. ULg drowsiness set: no licence stated, used for evaluation only."
    " Neither is redistributed."
)

TEMPLATE = """\
# Fatigue: 30 blinks to alert, low vigilance or drowsy

## Input and output
`blinks` [N, 30, 4]: 30 consecutive blinks, oldest first, each as z-scores of blink frequency, amplitude,
duration and eye-opening velocity against the driver's own alert blinks. `probabilities` [N, 3]: alert, low
vigilance, drowsy.

Definitions (from the data set's published code): *frequency* = blinks counted so far / frames seen so far in the
recording x 100; *amplitude* = mean of the fall and the rise in eye aspect ratio; *duration* = frames from onset
to end; *velocity* = mean rise of the eye aspect ratio a frame while opening. The z-score uses mean and SD of the
last third of the subject's alert recording. Windows of a recording with fewer than 30 blinks start with zeros.

**The frequency may be NaN, meaning unknown, and in a car it is.** As defined it depends on where a ten-minute
recording began, its SD within one recording is tiny, and its z-scores reach hundreds; a drive has no such thing.
A third of the training windows had it removed, and figures for both are below. The one that says what a
driver gets is the one "as in a car".

## Data, and how it was split
UTA-RLDD (Ghoddoosian et al. 2019, arXiv:1904.07312): {sequences} windows of {videos} recordings of {subjects}
people who rated themselves alert, low-vigilant or drowsy. The data set's own folds were used: each fold was
judged by a model trained on the others, so no person is on both sides. The shipped model is then trained on all of
them, with the same settings. About fifteen variants were compared on the same folds, so the figures lean to the
hopeful side; how far has not been measured. The strength of the augmentation was chosen after seeing the "as in a
car" column (0.667 against 0.533 for half of it, on 15 people only): take that column as selected, not as a forecast.

## Model
Three conv + bidirectional GRU nets (seeds 0-2) and a random forest on order statistics, every recording
weighing the same; the mean of both halves, sharpened by the temperature in the front matter, fitted on
the held-out answers. Windows are stretched and shifted at random as a baseline of few blinks would.

## Figures, by people the model had not seen
`scripts/train fatigue --data DIR --out models/`, {sequences} windows; in brackets the 95 % interval when people are
drawn again with replacement. A recording's class is the one with the highest probability averaged over its
windows. "As in a car": without frequency and relative to the first {baseline} blinks of the alert recording, the
alert windows after those, for the {driven_subjects} people who blinked often enough.

| | with frequency | without frequency | as in a car | published, five folds |
|---|---|---|---|---|
{rows}

Recordings by true class (rows) and said class (alert, low vigilance, drowsy), with frequency:

| | alert | low vigilance | drowsy |
|---|---|---|---|
{confusion}

## Figures on another data set, against reaction times
ULg drowsiness set (Massoz et al., Sensors 2018, 18:2801), unseen in training: blinks taken from the eyelid signal by
the product's own detector, without frequency, relative to all blinks of the subject's rested test; drowsy =
reaction time of the last minute (inverse of the mean speed, relative to the subject's rested test) >= 500 ms,
alert <= 400 ms; score = 1 - alert probability. {other}

## Limits
- Low vigilance is mostly a guess: about half of those recordings are called something else.
- Self-rated drowsiness, filmed indoors at about 30 frames a second, mostly young people; few with glasses; no
  driving, no infrared, no shift workers. Amplitude and velocity there come from another landmark detector.
- It says nothing before the driver's baseline and 30 more blinks, some minutes into a drive. A driver who is
  already tired at the start becomes the reference, and tiredness is then underestimated.
- Below 15 frames a second blinks are not measured and it falls silent.

## Intended use, and misuse
One of several signs in a warning to the driver, together with PERCLOS, long closures and yawns. Not a fitness
test, not a diagnosis, not a basis for judging, paying or dismissing anybody, and not a reason to trust a driver
about whom it is silent.

## Training it again
`scripts/train fatigue --data DIR --out models/` with `fatigue/uta_rldd_blinks/fold*.npz` under DIR (`blinks`
float32 [n, 30, 4], `label` 0/5/10, `video`: three consecutive numbers are one person), and
`scripts/evaluate fatigue --data DIR` to measure the result. Seeded: a second run agrees to the third digit.
"""


def write(
    path: Path,
    data: Path,
    files: tuple[Path, ...],
    figures: dict[str, dict[str, Any]],
    temperature: float,
) -> None:
    """``figures``: what :func:`rldd.scores` says of people the model had not seen, under ``known`` (with frequency),
    ``unknown`` (without) and, where somebody blinked often enough, ``driven`` (as the live classifier does it)."""
    common: dict[str, Any] = {
        "version": VERSION,
        "inputs": {"blinks": ("N", 30, 4)},
        "outputs": {"probabilities": ("N", 3)},
        "classes": {"probabilities": CLASSES},
        "data_licence": LICENCE,
        "thresholds": {"temperature": temperature},
        "training_files": {file.name: file for file in files},
    }
    write_card(path, "", **common)  # a model is only loaded with a card, and the ULg figures need the model
    write_card(path, body(figures, ulg.run(data, OnnxModel(path))), **common)


def body(figures: dict[str, dict[str, Any]], cross: dict[str, Any]) -> str:
    known, unknown, driven = figures["known"], figures["unknown"], figures.get("driven", {})
    rows = "\n".join(
        f"| {title} | {figure(known, key)} | {figure(unknown, key)} | {figure(driven, key)} | {published} |"
        for title, key, published in (
            ("video accuracy (3 classes)", "video_accuracy", "65.2 % (HM-LSTM)"),
            ("blink-sequence accuracy", "sequence_accuracy", "54 % (HM-LSTM)"),
            ("AUC alert/drowsy by video", "auc_alert_drowsy", "-"),
            ("expected calibration error", "ece", "-"),
        )
    )
    confusion = "\n".join(
        f"| {name} | " + " | ".join(str(count) for count in line) + " |"
        for name, line in zip(CLASSES, known["video_confusion"], strict=True)
    )
    if cross["ulg_auc"] is None:
        other = f"Not measured in this run: {cross['ulg_reason']}."
    else:
        other = (
            f"AUC {figure(cross, 'ulg_auc')} over {cross['ulg_windows']} overlapping windows\n"
            f"({cross['ulg_drowsy_windows']} of them drowsy) of {cross['ulg_subjects']} subjects;"
            f" {cross['ulg_auc_raw_reaction']:.3f} with plain reaction times (this reading of the\n"
            "label was chosen after seeing both). The mean blink\n"
            f"duration alone reaches {cross['ulg_auc_duration_only']:.3f} here, without any learning: with this"
            " eyelid signal the model's other features do not\ntransfer as they should."
            if cross["ulg_auc_duration_only"] > cross["ulg_auc"]
            else f"AUC {figure(cross, 'ulg_auc')} over {cross['ulg_windows']} overlapping windows\n"
            f"({cross['ulg_drowsy_windows']} of them drowsy) of {cross['ulg_subjects']} subjects;"
            f" {cross['ulg_auc_raw_reaction']:.3f} with plain reaction times,\n"
            f"{cross['ulg_auc_duration_only']:.3f} from the mean blink duration alone."
        )
    return TEMPLATE.format(
        rows=rows,
        confusion=confusion,
        baseline=Config().classifiers.fatigue_baseline_blinks,
        driven_subjects=driven.get("subjects", 0),
        other=other,
        **{key: known[key] for key in ("sequences", "videos", "subjects")},
    )


def figure(figures: dict[str, Any], key: str) -> str:
    """``0.617 [0.55, 0.68]``."""
    value, interval = figures.get(key), figures.get(f"{key}_interval")
    shown = "-" if value is None else f"{value:.3f}"
    return shown if interval is None else f"{shown} [{interval[0]:.3f}, {interval[1]:.3f}]"
