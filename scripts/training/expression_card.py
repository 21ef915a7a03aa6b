"""The expression net's card: every figure in it comes out of the run that wrote it."""

import datetime
import hashlib
from pathlib import Path
from typing import Any

from driver_monitor.classifiers.card import ModelCard, TensorSpec
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import EXPRESSIONS
from scripts.evaluation import fer2013
from scripts.evaluation.expression import predict

VERSION = "1"
LICENCE = "FER2013: research use. muxspace facial_expressions: Apache-2.0. Neither is redistributed."


def write(path: Path, public: fer2013.Faces, training: int, muxspace: int, schedule: str) -> None:
    """``public``: PublicTest; ``training`` and ``muxspace`` count the faces trained on."""
    card = ModelCard(
        name=path.stem,
        version=VERSION,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        date=datetime.date.today(),
        inputs={"face": TensorSpec(type="uint8", shape=("N", 1, 48, 48))},
        outputs={"probabilities": TensorSpec(shape=("N", len(EXPRESSIONS)))},
        classes={"probabilities": EXPRESSIONS},
        data_licence=LICENCE,
    )
    card.write(path.with_suffix(".md"), "")  # a model is only loaded with a card, and the figures need the model
    figures = fer2013.scores(public.labels, predict(OnnxModel(path), public.images))
    size = path.stat().st_size
    card.write(path.with_suffix(".md"), body(figures, training, muxspace, schedule, size))


def body(figures: dict[str, Any], training: int, muxspace: int, schedule: str, size: int) -> str:
    found = "\n".join(f"| {name} | {figures['recall'][name]:.3f} |" for name in EXPRESSIONS)
    confusion = "\n".join(
        f"| {name} | " + " | ".join(str(count) for count in row) + " |"
        for name, row in zip(EXPRESSIONS, figures["confusion"], strict=True)
    )
    low, high = figures["accuracy_interval"]
    auc_low, auc_high = figures["anger_auc_interval"]
    return f"""\
# Expression: a grey face to seven expressions

## Input and output
`face` uint8 [N, 1, 48, 48]: the driver's face, grey 0..255, turned upright with the eyes near (15.5, 18.8) and
(32.5, 18.8) and the mouth near (24, 36.7), then histogram-equalised: what `classifiers/face_crop.py` makes of a camera
picture. The graph itself cuts out the middle 42x42 and takes off mean and spread. `probabilities` float32 [N, 7]:
{", ".join(EXPRESSIONS)}.

## Data, and how it was split
- FER2013 (Goodfellow et al. 2013), its Training split: {training} pictures, in a copy that is histogram-equalised.
- muxspace facial_expressions: {muxspace} larger faces (anger, disgust, fear, happiness, neutral, sadness, surprise),
  cropped by the product's own tracker and crop. All of them were used for training.
- PublicTest ({figures["faces"]} pictures) chose the epoch, the window the net looks at and the softmax temperature.
  PrivateTest was not read. FER2013 names nobody, so a person may be on both sides of its own split.

## Model
A residual CNN of dense 3x3 convolutions (8, 24, 64, 112 channels), {size / 1e6:.2f} MB. SGD with label smoothing 0.1,
weights averaged exponentially; random windows, mirrored, turned, moved, scaled, lit, blurred and partly covered.
{schedule}

## Figures
On PublicTest with the shipped file; in brackets the 95 % interval when pictures are drawn again (people cannot be, so
it is too narrow). Choices were made on the same pictures, so expect a little less on new ones: run
`scripts/evaluate expression --data DIR` with PrivateTest in DIR.

| | |
|---|---|
| accuracy, 7 classes | {figures["accuracy"]:.3f} [{low:.3f}, {high:.3f}] |
| balanced accuracy | {figures["balanced_accuracy"]:.3f} |
| AUC, angry against all others | {figures["anger_auc"]:.3f} [{auc_low:.3f}, {auc_high:.3f}] |
| expected calibration error | {figures["ece"]:.3f} |

Published for comparison, on PrivateTest: VGG19 0.708, ResNet34 0.724; people about 0.65.

| expression | recall |
|---|---|
{found}

Pictures by true class (rows) and said class (same order):

| | {" | ".join(EXPRESSIONS)} |
|---|{"---|" * len(EXPRESSIONS)}
{confusion}

## Limits
- FER2013 is found by web search: posed, exaggerated, many labels wrong. A face at rest may be called sad or angry.
- No drivers, no infrared, no hands on the wheel, few dark pictures; ages and skin colours are not labelled, so
  differences between groups could not be measured and must be expected.
- Fear, sadness and anger are mistaken for one another often; see the table.
- Below about 10 camera pixels between the eyes, beyond 40 degrees of yaw or 35 of pitch, or with a fifth of the face
  outside the picture, the program does not ask the net at all.

## Intended use, and misuse
One input, summed up over half a minute, of an offer to take a break. An expression is not a feeling. Never for judging,
ranking, paying or dismissing a person, never for advertising; no profile of moods is stored.

## Training it again
`scripts/train expression --data DIR --out models/` with `expression/fer2013/fer2013.npz` and `expression/muxspace/`
under DIR; seeded. `scripts/evaluate expression --data DIR` measures the shipped file on every row that is not of the
Training split.
"""
