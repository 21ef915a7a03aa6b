"""How sure the stress net may be with what is known: a figure for each set of channels.

No data set has a face, a heart and a voice of one moment. So moments are put together of parts that were held back,
each of its class, as if the parts erred independently; of a voice only VOICE_TRUST of the moments are of the class, the
others of any, as acted speech says more than speech in a car will. An angry moment gets a stressed heart. The
confidence is the balanced accuracy over the three classes; a set is given at least what any part of it has, so that a
channel more never lowers it.
"""

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.metrics import balanced_accuracy
from scripts.training.stress_parts import CHANNELS, CLASSES, Floats

MOMENTS = 6000
VOICE_TRUST = 0.5

# Evidence [n, 3] by the set of a part's channels that is known, and the class [n] that each row is of.
Part = tuple[Mapping[tuple[str, ...], NDArray[np.floating]], NDArray[np.int64]]


def table(face: Part, heart: Part, voice: Part, chance: np.random.Generator) -> Floats:
    """float32 [64], numbered as in :class:`~scripts.training.stress_parts.StressParts`."""
    kind = np.arange(MOMENTS) % len(CLASSES)
    heard = np.where(chance.random(MOMENTS) < VOICE_TRUST, kind, chance.integers(len(CLASSES), size=MOMENTS))
    drawn = [
        {known: values[rows] for known, values in part.items()} | {(): np.zeros((MOMENTS, len(CLASSES)))}
        for (part, of), wanted in ((face, kind), (heart, np.minimum(kind, 1)), (voice, heard))
        for rows in [_rows(of, wanted, chance)]
    ]
    names = tuple(CHANNELS)
    found = np.zeros(2 ** len(names), dtype=np.float32)
    for sets in product(*drawn):
        evidence = sum(part[known] for part, known in zip(drawn, sets, strict=True))
        place = sum(1 << names.index(name) for known in sets for name in known)
        found[place] = balanced_accuracy(np.asarray(evidence).argmax(axis=1), kind)
    for place in range(len(found)):
        for number in range(len(names)):
            if place >> number & 1:
                found[place] = max(found[place], found[place & ~(1 << number)])
    return found


def _rows(of: NDArray[np.int64], wanted: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.intp]:
    """A row of the class that is ``wanted`` of each moment, at random."""
    rows = np.empty(len(wanted), dtype=np.intp)
    for one in np.unique(wanted):
        rows[wanted == one] = chance.choice(np.flatnonzero(of == one), (wanted == one).sum())
    return rows
