"""Train the voice net: a small perceptron on features of acted speech, with road noise of our own making over it.

Figures are by speaker left out; what ships has learned from all of them.
"""

import logging
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from driver_monitor.channels.voice.features import FEATURES, features
from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.errors import UsageError
from scripts.evaluation import emodb
from scripts.evaluation.emodb import EMOTIONS, Sentences
from scripts.evaluation.road_noise import road_noise
from scripts.evaluation.voice import NOISES, noisy
from scripts.training import voice_card
from scripts.training.export import check_equal, save, torch_graph

log = logging.getLogger(__name__)

SEED = 20261130
HIDDEN = 128
EPOCHS, BATCH, RATE, WEIGHT_DECAY = 15, 64, 2e-3, 0.3
BLUR = 0.3  # added to each standardised feature, as a standard deviation
DROPPED_IN, DROPPED = 0.2, 0.4
FARTHEST = 4.0  # standard deviations that a feature may be from the mean: beyond is no voice that was heard here
# Each sentence is learned as it is, and in COPIES: another microphone, another tempo and pitch, and road noise.
COPIES = 7
TILT_DB_OCTAVE, STRETCH, MOST_STRETCH = 0.7, 0.05, 0.13
NOISY_SHARE, SNR_DB = 0.75, (-2.0, 22.0)
NOISES_DRAWN, NOISE_S = 60, 10.0
DIVISORS = np.geomspace(0.25, 4.0, 81)


class VoiceMlp(nn.Module):
    """features [N, FEATURES] -> log-odds of arousal and anger [N, 2], logits of the acted emotions [N, 7]."""

    def __init__(self, examples: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", examples.mean(0))
        self.register_buffer("spread", examples.std(0) + 1e-3)
        self.register_buffer("divisors", torch.ones(2))
        self.layers = nn.Sequential(
            nn.Dropout(DROPPED_IN), nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Dropout(DROPPED), nn.Linear(HIDDEN, 9)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z = ((x - self.mean) / self.spread).clamp(-FARTHEST, FARTHEST)
        if self.training:
            z = z + BLUR * torch.randn_like(z)
        answer = self.layers(z)
        return answer[:, :2] / self.divisors, answer[:, 2:]


def train(data: Path, out: Path) -> None:
    """Write ``voice.onnx``, its card and its plot to ``out``."""
    torch.set_num_threads(1)
    sentences = emodb.load(data)
    if sentences is None or len(set(sentences.speakers.tolist())) < 3:
        raise UsageError(f"{data / emodb.PATTERN} with three speakers or more is needed; put EMO-DB there.")
    log.info("%d sentences of %d speakers", len(sentences.files), len(set(sentences.speakers.tolist())))
    copies = augmented(sentences)
    heard, answers, divisors = left_out(sentences, copies)
    net = fitted(copies, sentences)
    net.divisors = torch.from_numpy(divisors)
    path = out / "voice.onnx"
    export(net, heard[""][:32], path)
    voice_card.write(path, sentences, answers, parameters(net))


def left_out(
    sentences: Sentences, copies: NDArray[np.float32]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, voice_card.Answers], NDArray[np.float32]]:
    """Each speaker's sentences as the net of the others judges them, for each of NOISES: the features [n, FEATURES],
    the answers (calibrated log-odds [n, 2], logits of the acted emotions [n, 7]); and the divisors that calibrate."""
    heard = {end: np.stack([features(s) for s in noisy(sentences, snr_db)]) for end, snr_db in NOISES.items()}
    said = {end: np.zeros((len(sentences.files), 2), np.float32) for end in NOISES}
    acted = {end: np.zeros((len(sentences.files), len(EMOTIONS)), np.float32) for end in NOISES}
    for speaker in np.unique(sentences.speakers).tolist():
        own = sentences.speakers == speaker
        net = fitted(copies[~own], sentences.of(~own))
        for end in NOISES:
            with torch.no_grad():
                judged, emotions = net(torch.from_numpy(heard[end][own]))
            said[end][own], acted[end][own] = judged.numpy(), emotions.numpy()
        log.info("speaker %s left out", speaker)
    divisors = calibrated(sentences, np.stack(list(said.values())))
    return heard, {end: (said[end] / divisors, acted[end]) for end in NOISES}, divisors


def augmented(sentences: Sentences) -> NDArray[np.float32]:
    """Features [n, 1 + COPIES, FEATURES]: first of the sentence as it is."""
    chance = np.random.default_rng(SEED)
    noises = [road_noise(int(NOISE_S * RATE_HZ), chance) for _ in range(NOISES_DRAWN)]
    return np.stack(
        [
            np.stack([features(sound), *(features(copy(sound, noises, chance)) for _ in range(COPIES))])
            for sound in sentences.sounds
        ]
    )


def copy(
    sound: NDArray[np.float32], noises: list[NDArray[np.float32]], chance: np.random.Generator
) -> NDArray[np.float32]:
    """``sound`` by another microphone, a little faster or slower, and most often on a road."""
    factor = float(np.exp(np.clip(chance.normal(0.0, STRETCH), -MOST_STRETCH, MOST_STRETCH)))
    length = round(len(sound) * factor)
    spectrum = np.fft.rfft(sound)
    fitting = np.zeros(length // 2 + 1, np.complex128)
    kept = min(len(spectrum), len(fitting))
    octaves = np.log2(np.maximum(np.arange(kept) * RATE_HZ / length, 50.0) / 1000.0)
    fitting[:kept] = spectrum[:kept] * 10.0 ** (chance.normal(0.0, TILT_DB_OCTAVE) * octaves / 20.0)
    changed = np.fft.irfft(fitting, length) * (length / len(sound))
    if chance.random() < NOISY_SHARE:
        noise = noises[chance.integers(len(noises))]
        start = int(chance.integers(len(noise) - length))
        loudness = np.sqrt(np.mean(changed**2) / np.mean(noise[start : start + length] ** 2))
        changed = changed + noise[start : start + length] * loudness * 10.0 ** (-chance.uniform(*SNR_DB) / 20.0)
    return changed.astype(np.float32)


def fitted(copies: NDArray[np.float32], sentences: Sentences) -> VoiceMlp:
    """The net after EPOCHS over ``copies`` [n, copies, FEATURES]; the last epoch is what counts."""
    torch.manual_seed(SEED)
    each = copies.shape[1]
    x = torch.from_numpy(copies.reshape(-1, FEATURES))

    def repeated(values: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(np.repeat(values, each))

    emotion, counted = repeated(sentences.emotions), repeated(sentences.judged).float()
    aroused, angry = repeated(sentences.aroused).float(), repeated(sentences.angry).float()
    often = torch.bincount(emotion, minlength=len(EMOTIONS)).float()
    rarity = (often.mean() / often.clamp(min=1))[emotion]
    net = VoiceMlp(x).train()
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    easing = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS * (len(x) // BATCH))
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x))[: len(x) // BATCH * BATCH].split(BATCH):
            judged, emotions = net(x[rows])
            loss = (
                (
                    F.binary_cross_entropy_with_logits(judged[:, 0], aroused[rows], reduction="none") * counted[rows]
                ).mean()
                + F.binary_cross_entropy_with_logits(judged[:, 1], angry[rows])
                + (rarity[rows] * F.cross_entropy(emotions, emotion[rows], reduction="none")).mean()
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            easing.step()
    return net.eval()


def calibrated(sentences: Sentences, said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divisors of the log-odds [noises, n, 2] of speakers left out, so that they come true as often as they say."""

    def loss(log_odds: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
        return float(np.logaddexp(0.0, np.where(truth, -log_odds, log_odds)).mean())

    counted = sentences.judged
    pairs = ((said[:, counted, 0], sentences.aroused[counted]), (said[:, :, 1], sentences.angry))
    return np.array(
        [min(DIVISORS, key=lambda divisor: loss(log_odds / divisor, truth)) for log_odds, truth in pairs], np.float32
    )


def export(net: VoiceMlp, examples: NDArray[np.float32], path: Path) -> None:
    """The graph, checked against the net on ``examples``."""
    save(torch_graph(net, torch.from_numpy(examples), "features", ["judged", "acted"]), path)
    with torch.no_grad():
        judged, _ = net(torch.from_numpy(examples))
    check_equal(path, {"features": examples}, "judged", judged.numpy())


def parameters(net: nn.Module) -> int:
    return sum(each.numel() for each in net.parameters())
