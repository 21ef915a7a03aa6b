"""EMO-DB's recordings (Burkhardt et al. 2005): acted sentences, of whatever speakers are in the folder."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.file import decoded

PATTERN = "voice/emodb/*.flac"
# The letter of each emotion in a file's name, from the German word.
LETTERS = {"W": "anger", "L": "boredom", "E": "disgust", "A": "fear", "F": "happiness", "T": "sadness", "N": "neutral"}
EMOTIONS = tuple(LETTERS.values())
ANGER, DISGUST, NEUTRAL = EMOTIONS.index("anger"), EMOTIONS.index("disgust"), EMOTIONS.index("neutral")
AROUSED = tuple(EMOTIONS.index(name) for name in ("anger", "fear", "happiness"))


@dataclass(frozen=True)
class Sentences:
    """``emotions`` int64 [n] are places in EMOTIONS, ``speakers`` str [n] two digits, ``sounds`` float32 at 16 kHz."""

    files: list[Path]
    sounds: list[NDArray[np.float32]]
    speakers: NDArray[np.str_]
    emotions: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> "Sentences":
        chosen = np.flatnonzero(rows).tolist()
        return Sentences(
            [self.files[row] for row in chosen],
            [self.sounds[row] for row in chosen],
            self.speakers[rows],
            self.emotions[rows],
        )

    @property
    def aroused(self) -> NDArray[np.bool_]:
        return np.asarray(np.isin(self.emotions, AROUSED))

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Those that count for arousal: disgust is neither here nor there."""
        return np.asarray(self.emotions != DISGUST)

    @property
    def angry(self) -> NDArray[np.bool_]:
        return np.asarray(self.emotions == ANGER)


def load(data: Path) -> Sentences | None:
    """Every sentence in the folder, None if it has none. A file whose name is not EMO-DB's is left out."""
    files = [path for path in sorted(data.glob(PATTERN)) if len(path.stem) >= 6 and path.stem[5] in LETTERS]
    if not files:
        return None
    return Sentences(
        files,
        [np.concatenate(list(decoded(path))) for path in files],
        np.array([path.stem[:2] for path in files]),
        np.array([list(LETTERS).index(path.stem[5]) for path in files]),
    )
