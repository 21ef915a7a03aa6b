"""The shipped voice net on EMO-DB's sentences, as recorded and with road noise of our own making over them."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import AssetError
from driver_monitor.channels.voice.activity import VoiceActivity, vad_model
from driver_monitor.channels.voice.features import features
from driver_monitor.channels.voice.listener import STEP, Listener, steps
from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.channels.voice.net import VoiceNet
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.voice import VoiceConfig
from scripts.evaluation import emodb
from scripts.evaluation.emodb import Sentences
from scripts.evaluation.metrics import auc, balanced_accuracy, recalls
from scripts.evaluation.road_noise import mixed

AROUSAL, ANGER = 0, 1
# Each noise level with what stands at the end of its figures' names.
NOISES: dict[str, float | None] = {"": None, "_10_db": 10.0, "_0_db": 0.0}
NOISE_SEED = 20261130


def run(data: Path) -> dict[str, object]:
    """The main figures are over the speakers the net was not trained on; where there is none, over all, and said so.

    ``uar`` is the mean recall of EMO-DB's seven emotions, of an output that the program does not read.
    ``cpu_share`` is CPU seconds a second of unbroken speech: the median, on one thread of this machine.
    """
    path = models_dir(Config()) / "voice.onnx"
    model = OnnxModel(path)
    figures: dict[str, object] = {"model": f"{model.card.name} {model.card.version}"}
    sentences = emodb.load(data)
    if sentences is None:
        figures |= dict.fromkeys(f"{name}{end}" for end in NOISES for name in ("arousal_auc", "anger_auc", "uar"))
        return figures | {"reason": f"no {emodb.PATTERN} in the data folder"}
    known = set(model.card.training_files.values())
    seen = [one for one, digest in digests(sentences).items() if digest in known]
    unseen = sentences.of(~np.isin(sentences.speakers, seen))
    judged = unseen if len(unseen.files) else sentences
    outputs = {end: answers(model, noisy(judged, snr_db)) for end, snr_db in NOISES.items()}
    for end, (said, acted) in outputs.items():
        figures |= {f"{name}{end}": value for name, value in scores(judged, said, acted).items()}
    if not len(unseen.files):
        figures["reason"] = "every speaker here is one the net was trained on: these figures say nothing of others"
    said, acted = outputs[""]
    return figures | {
        "relative_to_own_neutral": scores(judged, against_own_neutral(judged, said), acted, only_judged=True),
        "recall": dict(zip(emodb.EMOTIONS, map(shown, recalls(acted.argmax(1), judged.emotions, 7)), strict=True)),
        "sentences": len(judged.files),
        "speakers": sorted(set(judged.speakers.tolist())),
        "trained_on": [f"speaker {one}" for one in seen],
        "cpu_share": cpu_share(path, judged),
    }


def digests(sentences: Sentences) -> dict[str, str]:
    """Each speaker with the sha256 of the speaker's files, one after another: what the card keeps."""
    found = {}
    for speaker in np.unique(sentences.speakers).tolist():
        files = [file for file, who in zip(sentences.files, sentences.speakers, strict=True) if who == speaker]
        found[speaker] = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return found


def noisy(sentences: Sentences, snr_db: float | None) -> list[NDArray[np.float32]]:
    chance = np.random.default_rng(NOISE_SEED)
    return [sound if snr_db is None else mixed(sound, snr_db, chance) for sound in sentences.sounds]


def answers(model: OnnxModel, sounds: list[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Log-odds [n, 2] of arousal and anger, and of the seven acted emotions [n, 7]."""
    answer = model.run(features=np.stack([features(sound) for sound in sounds]))
    return answer["judged"], answer["acted"]


def scores(
    sentences: Sentences, said: NDArray[np.floating], acted: NDArray[np.floating], *, only_judged: bool = False
) -> dict[str, float | None]:
    """None for a figure that needs sentences that are not there."""
    counted = sentences.judged
    found: dict[str, Callable[[], float]] = {
        "arousal_auc": lambda: auc(said[counted, AROUSAL], sentences.aroused[counted]),
        "anger_auc": lambda: auc(said[:, ANGER], sentences.angry),
    }
    if not only_judged:
        found["uar"] = lambda: balanced_accuracy(acted.argmax(1), sentences.emotions)
    return {name: shown(figure()) for name, figure in found.items()}


def against_own_neutral(sentences: Sentences, said: NDArray[np.floating]) -> NDArray[np.floating]:
    """Less the mean over the speaker's own neutral sentences, as the program does it; as it is where there is none."""
    moved = said.copy()
    for speaker in np.unique(sentences.speakers):
        own = sentences.speakers == speaker
        calm = own & (sentences.emotions == emodb.NEUTRAL)
        if calm.any():
            moved[own] -= said[calm].mean(axis=0)
    return moved


def cpu_share(model: Path, sentences: Sentences) -> float | None:
    """None where silero-vad's file is neither here nor to be had."""
    try:
        activity = VoiceActivity(vad_model(progress=False))
    except AssetError:
        return None
    listener = Listener(activity, VoiceNet(model), VoiceConfig().min_speech_s)
    spoken = list(steps(sentences.sounds))
    took_s = []
    for step in spoken:
        began_s = process_time()
        listener.hear(step)
        took_s.append(process_time() - began_s)
    return round(float(np.median(took_s)) / (STEP / RATE_HZ), 4)


def shown(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
