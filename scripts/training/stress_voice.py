"""The voice part: how arousal and anger in a voice speak for calm, stress or anger, learned from EMO-DB's sentences.

It needs what the voice channel would say of speakers that it never heard. Here plain features stand in for the
channel's net: mean and spread of log band powers against the speaker's own neutral sentences, and a logistic regression
learned from the other speakers. Then each speaker's sentences are judged by a part that was learned from the others'.

An angry sentence stands for angry, a fearful one for stressed, and neutral, bored and happy ones for calm: who is happy
is aroused as well, so that arousal alone cannot be taken for stress. Sad and disgusted sentences are left out.
"""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from scripts.training.calibration import softmax
from scripts.training.stress_heart import logistic
from scripts.training.stress_parts import CLASSES, VOICE_NAMES, Floats, subsets

PATTERN = "voice/emodb/*.flac"
ANGRY, NEUTRAL, AROUSED = "W", "N", "WAF"
CLASS_OF = {"N": 0, "L": 0, "F": 0, "A": 1, "W": 2}
RATE_HZ, FRAME, HOP, BANDS = 16_000, 512, 160, 24
SILENCE = 1e-10
SCORE_RIDGE, PART_RIDGE = 10.0, 0.1
STEPS, RATE = 2000, 1.0


@dataclass(frozen=True)
class Sentences:
    """``values`` float32 [n, 2]: arousal and anger over the speaker's own neutral voice; ``kind`` [n] of CLASSES."""

    values: Floats
    kind: NDArray[np.int64]
    speaker: NDArray[np.str_]


def load(data: Path) -> Sentences | None:
    """None without at least three speakers."""
    files = [path for path in sorted(data.glob(PATTERN)) if len(path.stem) == 7]
    speaker = np.array([path.stem[:2] for path in files])
    letter = np.array([path.stem[5] for path in files])
    if len(np.unique(speaker)) < 3:
        return None
    features = np.array([_features(path) for path in files])
    features = _against_neutral(features, speaker, letter)
    features /= features.std(axis=0)
    scores = np.stack([_unheard(features, np.isin(letter, list(meant)), speaker) for meant in (AROUSED, ANGRY)], axis=1)
    kept = np.isin(letter, list(CLASS_OF))
    return Sentences(
        _against_neutral(scores, speaker, letter)[kept].astype(np.float32),
        np.array([CLASS_OF[each] for each in letter[kept]]),
        speaker[kept],
    )


def _against_neutral(
    values: NDArray[np.float64], speaker: NDArray[np.str_], letter: NDArray[np.str_]
) -> NDArray[np.float64]:
    relative = values.copy()
    for one in np.unique(speaker):
        own = speaker == one
        relative[own] -= values[own & (letter == NEUTRAL)].mean(axis=0)
    return relative


def _unheard(features: NDArray[np.float64], meant: NDArray[np.bool_], speaker: NDArray[np.str_]) -> NDArray[np.float64]:
    """The probability [n] that each speaker's sentences get from the others'."""
    said = np.empty(len(features))
    for one in np.unique(speaker):
        own = speaker == one
        fitted = logistic(features[~own], meant[~own], np.zeros(features.shape[1]), ridge=SCORE_RIDGE)
        said[own] = 1 / (1 + np.exp(-features[own] @ fitted[:-1] - fitted[-1]))
    return said


def _features(path: Path) -> NDArray[np.float64]:
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(path) as container:
        sound = np.concatenate(
            [piece.to_ndarray()[0] for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
        )
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.geomspace(2, power.shape[1], BANDS + 1).astype(int)
    bands = np.log(np.add.reduceat(power, edges[:-1], axis=1) + SILENCE)
    loud = bands[bands.mean(axis=1) > np.median(bands.mean(axis=1))]
    tilt = loud - loud.mean(axis=1, keepdims=True)  # no matter how near the microphone is
    return np.concatenate([tilt.mean(axis=0), loud.std(axis=0), np.abs(np.diff(bands, axis=0)).mean(axis=0)])


def table(sentences: Sentences) -> Floats:
    """The voice table of :class:`~scripts.training.stress_parts.StressParts`."""
    made = np.zeros((2 ** len(VOICE_NAMES), (len(VOICE_NAMES) + 1) * len(CLASSES)), dtype=np.float32)
    for known in subsets(VOICE_NAMES):
        columns = [VOICE_NAMES.index(name) for name in known]
        row = made[sum(1 << column for column in columns)].reshape(-1, len(CLASSES))
        row[[*columns, len(VOICE_NAMES)]] = fitted_to(sentences.values[:, columns], sentences.kind)
    return made


def leave_one_speaker_out(sentences: Sentences, known: tuple[str, ...]) -> NDArray[np.float64]:
    """The logits [n, 3] that each speaker's sentences get from the others', from the ``known`` values alone."""
    columns = [VOICE_NAMES.index(name) for name in known]
    logits = np.empty((len(sentences.kind), len(CLASSES)))
    for one in np.unique(sentences.speaker):
        own = sentences.speaker == one
        weights = fitted_to(sentences.values[~own][:, columns], sentences.kind[~own])
        logits[own] = _with_one(sentences.values[own][:, columns]) @ weights
    return logits


def fitted_to(values: NDArray[np.floating], kind: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights and levels [columns + 1, 3] of a logistic regression in which the classes weigh the same.

    Calm is the reference and has zeros, and no weight is below that: a voice that is more aroused or angrier never
    calms. By projected gradient descent.
    """
    x, wanted = _with_one(values), np.eye(len(CLASSES))[kind]
    weight = (1 / np.bincount(kind) / len(CLASSES))[kind][:, None]
    fitted = np.zeros((x.shape[1], len(CLASSES)))
    for _ in range(STEPS):
        slope = x.T @ (weight * (softmax(x @ fitted) - wanted))
        slope[:-1] += PART_RIDGE / len(x) * fitted[:-1]
        fitted -= RATE * slope
        fitted[:-1] = np.maximum(fitted[:-1], 0)
        fitted[:, 0] = 0
    return fitted


def _with_one(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.column_stack([values, np.ones(len(values))]).astype(np.float64)
