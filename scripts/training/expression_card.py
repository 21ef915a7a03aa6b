"""The expression net's card: every figure in it comes out of the run that wrote it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.card import TensorSpec
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import EXPRESSIONS
from scripts.evaluation import fer2013
from scripts.evaluation.expression import predict, worse
from scripts.training import panels
from scripts.training.export import write_card

VERSION = "2"
LICENCE = "FER2013: research use. muxspace facial_expressions: Apache-2.0. Neither is redistributed."


def write(
    path: Path,
    public: fer2013.Faces,
    muxspace: fer2013.Faces,
    people: NDArray[np.str_],
    trained_on: tuple[int, int],
    epochs: int,
    divisor: float,
) -> None:
    """The card and the plot of the net at ``path``.

    ``public`` is PublicTest, ``muxspace`` the faces held back, of ``people``; ``trained_on`` counts FER2013's and
    muxspace's faces.
    """

    def card(text: str) -> None:
        write_card(
            path,
            text,
            version=VERSION,
            inputs={"face": TensorSpec(type="uint8", shape=("N", 1, 48, 48))},
            outputs={"probabilities": ("N", len(EXPRESSIONS))},
            classes={"probabilities": EXPRESSIONS},
            thresholds={"temperature": divisor},
            data_licence=LICENCE,
        )

    card("")  # a model is only loaded with a card, and the figures need the model
    model = OnnxModel(path)
    probabilities = predict(model, public.images)
    card(
        body(
            fer2013.scores(public.labels, probabilities),
            fer2013.scores(muxspace.labels, predict(model, muxspace.images), people),
            len(np.unique(people)),
            {name: fer2013.brief(public.labels, predict(model, images)) for name, images in worse(public.images)},
            trained_on,
            f"{epochs} epochs, the last one shipped; temperature {divisor:.3f}; {path.stat().st_size / 1e6:.2f} MB.",
        )
    )
    draw(path.with_suffix(".svg"), public.labels, probabilities)


def draw(path: Path, labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> None:
    drawn, axes = panels.figure(2, f"Expression net on FER2013 PublicTest ({len(labels)} pictures)")
    said = probabilities.argmax(1)
    angry = fer2013.ANGRY
    panels.reliability(
        axes[0],
        {
            "likeliest class": panels.Curve(probabilities.max(1), said == labels),
            "angry": panels.Curve(probabilities[:, angry], labels == angry),
        },
    )
    panels.confusion(axes[1], fer2013.confusion(labels, said), EXPRESSIONS)
    panels.save(drawn, path)


def body(
    figures: dict[str, Any],
    muxspace: dict[str, Any],
    people: int,
    worse_pictures: Mapping[str, Mapping[str, float | None]],
    trained_on: tuple[int, int],
    schedule: str,
) -> str:
    found = "\n".join(
        f"| {name} | {shown(figures['recall'][name])} | {shown(muxspace['recall'][name])} |" for name in EXPRESSIONS
    )
    worsened = "\n".join(
        f"| {name} | {shown(one['accuracy'])} | {shown(one['balanced_accuracy'])} | {shown(one['anger_auc'])} |"
        for name, one in (("as stored, 48 px across", figures), *worse_pictures.items())
    )
    confusion = "\n".join(
        f"| {name} | " + " | ".join(str(count) for count in row) + " |"
        for name, row in zip(EXPRESSIONS, figures["confusion"], strict=True)
    )
    return f"""\
# Expression: a grey face to seven expressions

## Input and output
`face` uint8 [N, 1, 48, 48]: the driver's face, grey 0..255, turned upright with the eyes near (15.5, 18.8) and
(32.5, 18.8) and the mouth near (24, 36.7), then histogram-equalised: what `classifiers/face_crop.py` makes of a camera
picture. The graph itself looks twice, at the middle 44x44 brought down to 40x40 and at the mirror image of the middle
40x40, takes off mean and spread, and answers for both together. `probabilities` float32 [N, 7]:
{", ".join(EXPRESSIONS)}.

## Data, and how it was split
- FER2013 (Goodfellow et al. 2013), its Training split: {trained_on[0]} pictures, in a copy that is histogram-equalised.
- muxspace facial_expressions: larger faces, cropped by the product's own tracker and crop; {trained_on[1]} of them
  trained on, {muxspace["faces"]} faces of {people} other people held back, told apart by the names of the pictures.
- PublicTest ({figures["faces"]} pictures) set the softmax temperature, and which two looks go together was chosen on it
  after training, out of some thirty pairs; with the plain mirror image it was 0.679, so expect no more elsewhere.
  PrivateTest was never read. FER2013 names nobody, so a person may be on both sides of its own split.

## Model
A residual CNN of dense 3x3 convolutions (32, 64, 128 channels at 20, 10 and 5 px), float16 weights computed with as
float32. SGD with label smoothing 0.1, weights averaged exponentially; faces moved, mirrored, turned, scaled, lit,
blurred and partly covered. From the 21st epoch on half of each target is what the averaged net itself said of that
picture, as many labels are wrong. {schedule}

## Figures
![How often the probabilities were right, and the classes confused](expression.svg)

With the shipped file; in brackets the 95 % interval, for PublicTest when pictures are drawn again (people cannot be, so
it is too narrow), for muxspace when people are. For PrivateTest run `scripts/evaluate expression --data DIR` with it
in DIR.

| | FER2013 PublicTest | muxspace, held back, cropped as in the product |
|---|---|---|
| accuracy, 7 classes | {shown(figures["accuracy"])} {interval(figures["accuracy_interval"])} | \
{shown(muxspace["accuracy"])} {interval(muxspace["accuracy_interval"])} |
| balanced accuracy | {shown(figures["balanced_accuracy"])} | {shown(muxspace["balanced_accuracy"])} |
| AUC, angry against all others | {shown(figures["anger_auc"])} {interval(figures["anger_auc_interval"])} | \
{shown(muxspace["anger_auc"])} {interval(muxspace["anger_auc_interval"])} |
| expected calibration error | {shown(figures["ece"])} | {shown(muxspace["ece"])} |

Published for comparison, on PrivateTest: VGG19 0.708, ResNet34 0.724; people about 0.65. Two
people, actors, are more than a third of muxspace's held-back faces and most of its disgust; it has next to no fear.

| expression | recall, PublicTest | muxspace |
|---|---|---|
{found}

Pictures by true class (rows) and said class (same order):

| | {" | ".join(EXPRESSIONS)} |
|---|{"---|" * len(EXPRESSIONS)}
{confusion}

PublicTest's pictures made worse, as a face that is small in the camera's picture or out of focus:

| face | accuracy | balanced accuracy | anger AUC |
|---|---|---|---|
{worsened}

## Limits
- FER2013 is found by web search: posed, exaggerated, many labels wrong. A face at rest may be called sad or angry.
- No drivers, no infrared, no hands on the wheel, few dark pictures; ages and skin colours are not labelled, so
  differences between groups could not be measured and must be expected.
- Fear, sadness and anger are mistaken for one another often; see the table.
- Below about 10 camera pixels between the eyes, beyond 40 degrees of yaw or 35 of pitch, or with a fifth of the face
  outside the picture, the program does not ask the net at all.

## Intended use, and misuse
One input, summed up over half a minute, of an offer to take a break. An expression is not a feeling. Never for judging,
ranking, paying or dismissing a person, never for advertising; no record of moods is kept.

## Training it again
`scripts/train expression --data DIR --out models/` with `expression/fer2013/fer2013.npz` and `expression/muxspace/`
under DIR; about 50 minutes on one core with AMX. Seeded, on one thread and by epochs: a second run of the command
agreed in every printed digit of loss and accuracy over its first four epochs; the whole was not run twice. Without
bfloat16 in the processor it trains in float32, and the last digits differ.
`scripts/evaluate expression --data DIR` measures the shipped file on every row that is not of the Training split.
"""


def shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
