"""Train the stress net: parts of a face, a heart and a voice, learned apart, whose evidence adds up."""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.card import ModelCard
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import FACE, FEATURES
from driver_monitor.errors import UsageError
from scripts.evaluation import fer2013, wesad
from scripts.training import stress_card, stress_confidence, stress_heart, stress_plot, stress_voice
from scripts.training.calibration import softmax, temperature
from scripts.training.stress_faces import MAX_FACES, Windows, moments, windows
from scripts.training.stress_parts import (
    CHANNELS,
    EXPRESSION,
    HEART_NAMES,
    HEART_SHARES,
    MUSCLES,
    VOICE_NAMES,
    FacePart,
    StressParts,
    export,
    kept_face,
    limits,
    subsets,
)

log = logging.getLogger(__name__)

SEED = 20261122
TRAINING_WINDOWS, JUDGED_WINDOWS = 9000, 3000
EXAMPLES, KNOWN_SHARE = 500, 0.5  # that the graph is compared with its parts on
VOICE_WEIGHT = 0.5  # of what acted voices teach: they say more than voices in a car will


def train(data: Path, out: Path, *, keep_face: bool = False) -> None:
    """Write ``stress.onnx``, its card and its plot to ``out``, which must hold ``expression.onnx`` already.

    With ``keep_face`` the face part is that of the ``stress.onnx`` which is there, to the last bit.
    """
    path = out / "stress.onnx"
    hearts, faces, sentences = wesad.load(data), fer2013.load(data), stress_voice.load(data)
    if hearts is None:
        raise UsageError(f"{data} has no {wesad.PATTERN} with a subject's own rest (labels 1, 4); put WESAD there.")
    if faces is None or not (faces.split == fer2013.PUBLIC_TEST).any():
        raise UsageError(f"{data / fer2013.FILE} with the PublicTest split is needed; put it there.")
    if sentences is None:
        raise UsageError(f"{data} has no {stress_voice.PATTERN} of three speakers or more; put EMO-DB there.")
    if keep_face and not path.is_file():
        raise UsageError(f"{path} does not exist, so no face part can be kept; leave --keep-face out.")
    public = faces.of(faces.split == fer2013.PUBLIC_TEST)
    seen = moments(public, OnnxModel(out / "expression.onnx"))
    chance = np.random.default_rng(SEED)
    learn = chance.permutation(len(seen.kind)) < len(seen.kind) // 2
    training = windows(seen.of(learn), TRAINING_WINDOWS, chance)
    judged = windows(seen.of(~learn), JUDGED_WINDOWS, chance)
    one_face = windows(seen.of(~learn), JUDGED_WINDOWS, chance, most_faces=1)

    choice = stress_heart.Chooser(hearts).choose()
    if choice.chosen != stress_heart.SHIPPED:
        log.warning("of these people, %s would be chosen; the net still reads %s", choice.chosen, stress_heart.SHIPPED)
    unseen = {known: stress_heart.leave_one_subject_out(hearts, known) for known in subsets(HEART_NAMES)}
    unheard = {known: stress_voice.leave_one_speaker_out(sentences, known) for known in subsets(VOICE_NAMES)}
    stressed = hearts.stressed.astype(np.int64)
    lowest, highest = limits(hearts.values, sentences.values)
    parts = StressParts(
        face=_face(path, training, judged, keep_face=keep_face),
        heart=stress_heart.table(hearts),
        heart_divisor=temperature(unseen[HEART_NAMES][:, None] * [[-0.5, 0.5]], stressed, balanced=True),
        voice=stress_voice.table(sentences),
        voice_divisor=temperature(unheard[VOICE_NAMES], sentences.kind, balanced=True) / VOICE_WEIGHT,
        lowest=lowest,
        highest=highest,
        confidence=np.zeros(2 ** len(CHANNELS), dtype=np.float32),
    )
    parts = parts.with_confidence(
        stress_confidence.table(
            _faces_known(parts.face, wholly_known(judged)),
            (
                _by_channel(
                    {known: logits[:, None] / parts.heart_divisor * HEART_SHARES for known, logits in unseen.items()}
                ),
                stressed,
            ),
            (_by_channel({known: logits / parts.voice_divisor for known, logits in unheard.items()}), sentences.kind),
            chance,
        )
    )
    export(parts, path, *examples(chance))
    shown = {
        f"up to {MAX_FACES} faces of its class, expressions and muscles": wholly_known(judged),
        "expressions alone": without(judged, MUSCLES),
        "muscles alone": without(judged, EXPRESSION),
        "one face of its class, expressions and muscles": wholly_known(one_face),
    }
    figures = stress_card.Figures(
        faces={
            name: stress_card.scores(one.kind, parts.probabilities(one.window, one.mask)) for name, one in shown.items()
        },
        chosen=choice,
        nested=wesad.scores(hearts, choice.logits / parts.heart_divisor),
        hearts={
            ", ".join(known): wesad.scores(hearts, logits / parts.heart_divisor) for known, logits in unseen.items()
        },
        voices={
            " and ".join(known): stress_card.scores(sentences.kind, softmax(logits / parts.voice_divisor))
            for known, logits in unheard.items()
        },
        files=hearts.files,
        pictures=int(learn.sum()),
        speakers=len(np.unique(sentences.speaker)),
        parts=parts,
    )
    drives = stress_card.write(path, figures, data, hearts)
    stress_plot.draw(
        path.with_suffix(".svg"),
        judged.kind,
        parts.probabilities(judged.window, judged.mask),
        hearts.stressed,
        choice.logits / parts.heart_divisor,
        drives,
    )
    log.info("heart, people unseen: %s", figures.nested)


def _face(path: Path, training: Windows, judged: Windows, *, keep_face: bool) -> FacePart:
    if keep_face:
        return kept_face(path, ModelCard.read(path.with_suffix(".md")).thresholds["face_temperature"])
    from scripts.training import stress_face_part

    return stress_face_part.train(training, judged, SEED)


def _faces_known(face: FacePart, given: Windows) -> stress_confidence.Part:
    """Evidence of the windows with each set of a face's channels known."""
    found = {}
    for known in subsets(("expressions", "brows and mouth")):
        mask = np.zeros_like(given.mask)
        for name in known:
            mask[:, CHANNELS[name]] = given.mask[:, CHANNELS[name]]
        found[known] = face.logits(given.window[:, FACE] * mask[:, FACE], mask[:, FACE])
    return found, given.kind


def _by_channel(evidence: dict[tuple[str, ...], NDArray[np.floating]]) -> dict[tuple[str, ...], NDArray[np.floating]]:
    """The same by names of CHANNELS; of sets that come to the same channels, the first and fullest."""
    found: dict[tuple[str, ...], NDArray[np.floating]] = {}
    for known, values in evidence.items():
        places = [FEATURES.index(name) for name in known]
        names = tuple(
            name for name, part in CHANNELS.items() if any(part.start <= place < part.stop for place in places)
        )
        found.setdefault(names, values)
    return found


def wholly_known(given: Windows) -> Windows:
    return given.of(given.mask[:, FACE].all(axis=1))


def without(given: Windows, columns: slice) -> Windows:
    """With ``columns`` masked, the windows of which something else is known."""
    mask = given.mask.copy()
    mask[:, columns] = 0.0
    return Windows(given.window, mask, given.kind).of(mask.any(axis=1))


def examples(chance: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Windows and masks of all kinds."""
    window = chance.normal(0, 1, (EXAMPLES, len(FEATURES))).astype(np.float32)
    mask = (chance.random(window.shape) < chance.random((EXAMPLES, 1)) ** KNOWN_SHARE).astype(np.float32)
    return window, mask
