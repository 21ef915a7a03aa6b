"""Half minutes of a face put together from FER2013 pictures that the expression net was not trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_inputs import MUSCLES
from driver_monitor.classifiers.stress_window import EXPRESSIONS, SAMPLE, summarise
from driver_monitor.face.blendshapes import INDEX
from scripts.evaluation.expression import predict
from scripts.evaluation.fer2013 import Faces
from scripts.training.faces import enlarged, observe
from scripts.training.stress_parts import CLASSES

# Expression to class, in the order of EXPRESSIONS.
CLASS_OF = np.array([2, 1, 1, 0, 0, 1, 0])
TICKS = 60
MAX_FACES = 6  # faces of one kind a window is put together from
SHARE = (0.4, 1.0)  # of the window in which the class's own expressions are seen; the rest is another face's calm
CALM_SHARE = (0.85, 1.0)
EXPRESSION_KNOWN, MUSCLES_KNOWN = 0.8, 0.6


@dataclass(frozen=True)
class Moments:
    """``samples`` [n, len(SAMPLE)] of one picture each, and ``kind`` [n], the class its label stands for."""

    samples: NDArray[np.float64]
    kind: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> "Moments":
        return Moments(self.samples[rows], self.kind[rows])


@dataclass(frozen=True)
class Windows:
    """``window`` and ``mask`` float32 [n, len(FEATURES)], and the class [n] of each."""

    window: NDArray[np.float32]
    mask: NDArray[np.float32]
    kind: NDArray[np.int64]

    def of(self, rows: Any) -> "Windows":
        """Those of ``rows``, a mask [n]."""
        return Windows(self.window[rows], self.mask[rows], self.kind[rows])


def moments(faces: Faces, net: OnnxModel) -> Moments:
    """What the product would measure in each picture; the resting face is the median of the neutral ones."""
    samples = np.full((len(faces.labels), len(SAMPLE)), np.nan)
    samples[:, : len(EXPRESSIONS)] = predict(net, faces.images)
    first = SAMPLE.index(MUSCLES[0])
    muscles = samples[:, first : first + len(MUSCLES)]
    for row, seen in enumerate(observe(enlarged(faces.images), "FER2013 faces")):
        if seen.blendshapes is not None:
            muscles[row] = _muscles(seen.blendshapes)
    rest = np.nanmedian(muscles[faces.labels == EXPRESSIONS.index("neutral")], axis=0)
    muscles[:] = np.maximum(muscles - rest, 0.0)
    return Moments(samples, CLASS_OF[faces.labels])


def _muscles(shapes: NDArray[np.float32]) -> list[float]:
    def both(name: str) -> float:
        return float(shapes[INDEX[f"{name}Left"]] + shapes[INDEX[f"{name}Right"]]) / 2

    inner = float(shapes[INDEX["browInnerUp"]])
    return [both("browDown"), inner, both("mouthPress"), both("mouthFrown"), both("mouthSmile")]


def windows(source: Moments, count: int, chance: np.random.Generator, most_faces: int = MAX_FACES) -> Windows:
    """``count`` of them, classes equally often."""
    pools = [np.flatnonzero(source.kind == kind) for kind in range(len(CLASSES))]
    made, masks = [], []
    kinds = np.arange(count) % len(CLASSES)
    for kind in kinds:
        low, high = SHARE if kind else CALM_SHARE
        own = round(chance.uniform(low, high) * TICKS)
        others = pools[0] if kind else np.concatenate(pools[1:])
        rows = np.concatenate([_faces(pools[kind], own, most_faces, chance), _faces(others, TICKS - own, 2, chance)])
        samples = source.samples[rows].copy()
        drawn = chance.uniform(size=2)
        if drawn[0] > EXPRESSION_KNOWN:
            samples[:, : len(EXPRESSIONS)] = np.nan
        elif drawn[1] > MUSCLES_KNOWN:
            samples[:, len(EXPRESSIONS) :] = np.nan
        window, mask = summarise(samples, TICKS)
        made.append(window)
        masks.append(mask)
    return Windows(np.stack(made), np.stack(masks), kinds)


def _faces(pool: NDArray[np.intp], ticks: int, most: int, chance: np.random.Generator) -> NDArray[np.intp]:
    """``ticks`` rows out of 1 to ``most`` of the pool, each seen for a random share of the time."""
    chosen = chance.choice(pool, chance.integers(1, most + 1))
    return chance.choice(chosen, ticks, p=chance.dirichlet(np.ones(len(chosen))))
