"""The voice part: how arousal and anger in a voice speak for calm, stress or anger, learned from EMO-DB's sentences.

Its input is what the voice channel says of speakers that it never heard: each speaker's sentences are judged by a voice
net that learned from the others, and then read as the channel reads them, against the speaker's own calm voice. Then
each speaker's sentences are judged by a part that was learned from the others'.

An angry sentence stands for angry, a fearful one for stressed, and neutral, bored and happy ones for calm: who is happy
is aroused as well, so that arousal alone cannot be taken for stress. Sad and disgusted sentences are left out.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.channel import CALM_ANGER, CALM_AROUSAL, CALM_PERCENT, MOST_SHIFT
from scripts.evaluation import emodb
from scripts.evaluation.emodb import EMOTIONS, NEUTRAL
from scripts.training.calibration import softmax
from scripts.training.stress_parts import CLASSES, VOICE_NAMES, Floats, subsets

PATTERN = emodb.PATTERN
CLASS_OF = {"neutral": 0, "boredom": 0, "happiness": 0, "fear": 1, "anger": 2}
PART_RIDGE = 0.1
STEPS, RATE = 2000, 1.0


@dataclass(frozen=True)
class Sentences:
    """``values`` float32 [n, 2]: arousal and anger over the speaker's own neutral voice; ``kind`` [n] of CLASSES."""

    values: Floats
    kind: NDArray[np.int64]
    speaker: NDArray[np.str_]


def load(data: Path) -> Sentences | None:
    """None without at least three speakers. Needs torch."""
    from scripts.training import voice  # brings torch, which nothing else here needs

    sentences = emodb.load(data)
    if sentences is None or len(np.unique(sentences.speakers)) < 3:
        return None
    _, answers, _ = voice.left_out(sentences, voice.augmented(sentences))
    log_odds, _ = answers[""]
    kept = np.isin(sentences.emotions, [EMOTIONS.index(name) for name in CLASS_OF])
    values = against_calm(log_odds.astype(np.float64), sentences.speakers, sentences.emotions == NEUTRAL)
    return Sentences(
        values[kept].astype(np.float32),
        np.array([CLASS_OF[EMOTIONS[each]] for each in sentences.emotions[kept]]),
        sentences.speakers[kept],
    )


def against_calm(
    log_odds: NDArray[np.float64], speaker: NDArray[np.str_], calm: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The channel's arousal and anger [n, 2] once it knows the speaker's calm voice, over the speaker's rest; both by
    the ``calm`` sentences."""
    values = np.empty_like(log_odds)
    for one in np.unique(speaker):
        own = speaker == one
        level = np.percentile(log_odds[own & calm], CALM_PERCENT, axis=0)
        shift = np.clip(level - (CALM_AROUSAL, CALM_ANGER), -MOST_SHIFT, MOST_SHIFT)
        values[own] = 1 / (1 + np.exp(shift - log_odds[own]))
        values[own] -= np.median(values[own & calm], axis=0)
    return values


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
