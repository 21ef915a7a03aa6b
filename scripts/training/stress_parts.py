"""The stress net as its parts, which were trained apart and whose evidence adds up; and the graph made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from driver_monitor.classifiers.stress_window import FACE, FEATURES, HEART, RESTLESSNESS, VOICE
from scripts.training.calibration import softmax
from scripts.training.export import IR_VERSION, OPSET, check_equal, save

Floats = NDArray[np.float32]

CLASSES = ("calm", "stressed", "angry")
HEART_NAMES, VOICE_NAMES = FEATURES[HEART], FEATURES[VOICE]
EXPRESSION = slice(0, FEATURES.index("angry_share") + 1)
MUSCLES = slice(EXPRESSION.stop, FACE.stop)
# What the confidence asks for: a channel is there when any of its features is.
CHANNELS = {
    "expressions": EXPRESSION,
    "brows and mouth": MUSCLES,
    "heart rate": slice(HEART.start, HEART.start + 1),
    "heart rate variability": slice(HEART.start + 1, HEART.stop),
    "arousal in the voice": slice(VOICE.start, VOICE.start + 1),
    "anger in the voice": slice(VOICE.start + 1, VOICE.stop),
}

# How the logit of stress against calm is shared out. No data has the hearts of angry people; anger raises a heart rate
# as well (Kreibig 2010, Biological Psychology 84:394), so it gets half of what stress gets.
HEART_SHARES = np.array([-0.5, 0.5, 0.25], dtype=np.float32)
# Nothing was there to learn restlessness from, so this is judged: an e-fold over the driver's own, of head or body,
# shifts the odds of stressed against calm by a factor of 1.4, and more restlessness by no more.
RESTLESS_SHARES = np.array([-0.5, 0.5, 0.0], dtype=np.float32)
RESTLESS_WEIGHT, RESTLESS_MOST = float(np.log(1.4)), 1.0


@dataclass(frozen=True)
class FacePart:
    """A net of one hidden layer: features [14] and their mask -> logits [3], 0 where nothing is known."""

    divisor: float
    mean: Floats
    deviation: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    def logits(self, face: Floats, known: Floats) -> Floats:
        x = np.concatenate([(face - self.mean) / self.deviation * known, known], axis=1)
        said = np.tanh(x @ self.hidden.T + self.hidden_bias) @ self.output.T + self.output_bias
        logits: Floats = said * known.max(axis=1, keepdims=True) / np.float32(self.divisor)
        return logits


@dataclass(frozen=True)
class StressParts:
    """All that the graph has.

    ``heart`` [8, 4] has a logistic regression of stressed against calm (three weights and a level) for each set of
    heart values that may be known, ``voice`` [4, 9] one of the three classes (weights of arousal, of anger, and levels,
    three each): what is at hand is read as well as it can be alone. A row's number is the sum of 1, 2, 4 for what is
    known. ``lowest`` and ``highest`` [len(FEATURES)] are what inputs are clipped to. ``confidence`` [64] is by what is
    known of CHANNELS, numbered alike.
    """

    face: FacePart
    heart: Floats
    heart_divisor: float
    voice: Floats
    voice_divisor: float
    lowest: Floats
    highest: Floats
    confidence: Floats

    def evidence(self, window: Floats, mask: Floats) -> tuple[NDArray[np.floating], ...]:
        """Logits [n, 3] of face, heart, voice and restlessness."""
        known = (mask > 0.5).astype(np.float32)
        x = np.clip(np.where(known > 0, window, np.float32(0)), self.lowest, self.highest)
        hearts, voices = known[:, HEART], known[:, VOICE]
        row = self.heart[numbers(hearts)]
        logit = (row[:, :-1] * x[:, HEART]).sum(axis=1, keepdims=True) + row[:, -1:]
        arousal, anger, level = np.split(self.voice[numbers(voices)], 3, axis=1)
        voice = x[:, VOICE.start, None] * arousal + x[:, VOICE.stop - 1, None] * anger + level
        company = np.concatenate([hearts, voices], axis=1).max(axis=1, keepdims=True)
        restless = x[:, RESTLESSNESS].sum(axis=1, keepdims=True) * np.float32(RESTLESS_WEIGHT) * company
        return (
            self.face.logits(x[:, FACE], known[:, FACE]),
            logit / np.float32(self.heart_divisor) * HEART_SHARES,
            voice / np.float32(self.voice_divisor),
            restless * RESTLESS_SHARES,
        )

    def probabilities(self, window: Floats, mask: Floats) -> Floats:
        return softmax(np.sum(self.evidence(window, mask), axis=0)).astype(np.float32)

    def confidences(self, mask: Floats) -> Floats:
        known = np.stack([mask[:, columns].max(axis=1) for columns in CHANNELS.values()], axis=1)
        return self.confidence[numbers(known)][:, None]

    def with_confidence(self, table: Floats) -> "StressParts":
        return replace(self, confidence=table.astype(np.float32))


def numbers(known: Floats) -> NDArray[np.int64]:
    """The row of each set: 1 for the first, 2 for the second, 4 for the third ... that is known, added up."""
    return np.asarray((known > 0.5) @ (1 << np.arange(known.shape[1]))).astype(np.int64)


def subsets(names: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Every set of them that is not empty, the whole first."""
    for count in range(len(names), 0, -1):
        yield from combinations(names, count)


def limits(heart: Floats, voice: Floats) -> tuple[Floats, Floats]:
    """``lowest`` and ``highest``: no further than the training values [n, 3] and [n, 2] of heart and voice went."""
    lowest = np.zeros(len(FEATURES), dtype=np.float32)
    highest = np.ones(len(FEATURES), dtype=np.float32)
    for columns, seen in ((HEART, heart), (VOICE, voice)):
        lowest[columns], highest[columns] = np.minimum(seen.min(axis=0), 0), np.maximum(seen.max(axis=0), 0)
    highest[RESTLESSNESS] = RESTLESS_MOST
    return lowest, highest


_GRAPH = f"""\
<ir_version: {IR_VERSION}, opset_import: ["": {OPSET}]>
stress (float[N, {len(FEATURES)}] window, float[N, {len(FEATURES)}] mask)
    => (float[N, {len(CLASSES)}] probabilities, float[N, 1] confidence)
{{
    is_known = Greater(mask, half)
    known = Cast<to = 1>(is_known)
    nothing = Sub(known, known)
    given = Where(is_known, window, nothing)
    raised = Max(given, lowest)
    x = Min(raised, highest)
    face, heart, voice, restlessness = Split<axis = 1>(x, parts)
    face_known, heart_known, voice_known, restlessness_known = Split<axis = 1>(known, parts)

    centred = Sub(face, face_mean)
    scaled = Div(centred, face_deviation)
    shown = Mul(scaled, face_known)
    seen = Concat<axis = 1>(shown, face_known)
    hidden_sum = Gemm<transB = 1>(seen, face_hidden, face_hidden_bias)
    hidden = Tanh(hidden_sum)
    output = Gemm<transB = 1>(hidden, face_output, face_output_bias)
    any_face = ReduceMax<axes = [1], keepdims = 1>(face_known)
    face_said = Mul(output, any_face)
    face_evidence = Div(face_said, face_divisor)

    heart_places = Mul(heart_known, heart_place)
    heart_number = ReduceSum<keepdims = 0>(heart_places, second)
    heart_index = Cast<to = 7>(heart_number)
    heart_row = Gather(heart_table, heart_index)
    heart_weights, heart_level = Split<axis = 1>(heart_row, heart_split)
    heart_products = Mul(heart_weights, heart)
    heart_sum = ReduceSum(heart_products, second)
    heart_logit = Add(heart_sum, heart_level)
    heart_calibrated = Div(heart_logit, heart_divisor)
    heart_evidence = Mul(heart_calibrated, heart_shares)

    voice_places = Mul(voice_known, voice_place)
    voice_number = ReduceSum<keepdims = 0>(voice_places, second)
    voice_index = Cast<to = 7>(voice_number)
    voice_row = Gather(voice_table, voice_index)
    of_arousal, of_anger, voice_level = Split<axis = 1>(voice_row, voice_split)
    arousal, anger = Split<axis = 1>(voice, ones)
    from_arousal = Mul(arousal, of_arousal)
    from_anger = Mul(anger, of_anger)
    voice_sum = Add(from_arousal, from_anger)
    voice_logits = Add(voice_sum, voice_level)
    voice_evidence = Div(voice_logits, voice_divisor)

    others_known = Concat<axis = 1>(heart_known, voice_known)
    company = ReduceMax<axes = [1], keepdims = 1>(others_known)
    restless_sum = ReduceSum(restlessness, second)
    restless_weighed = Mul(restless_sum, restless_weight)
    restless = Mul(restless_weighed, company)
    restless_evidence = Mul(restless, restless_shares)

    logits = Sum(face_evidence, heart_evidence, voice_evidence, restless_evidence)
    probabilities = Softmax<axis = 1>(logits)

    channel_counts = MatMul(known, members)
    is_there = Greater(channel_counts, half)
    there = Cast<to = 1>(is_there)
    channel_number = MatMul(there, channel_place)
    channel_index = Cast<to = 7>(channel_number)
    flat_index = Squeeze(channel_index, second)
    confidence = Gather(confidence_table, flat_index)
}}
"""


def export(parts: StressParts, path: Path, window: Floats, mask: Floats) -> None:
    """Write the graph to ``path``; an error when it differs from the parts on the examples [n, len(FEATURES)]."""
    members = np.zeros((len(FEATURES), len(CHANNELS)), dtype=np.float32)
    for number, columns in enumerate(CHANNELS.values()):
        members[columns, number] = 1.0
    face = parts.face
    constants = {
        "half": np.array([0.5], dtype=np.float32),
        "second": np.array([1], dtype=np.int64),
        "ones": np.array([1, 1], dtype=np.int64),
        "parts": np.array([part.stop - part.start for part in (FACE, HEART, VOICE, RESTLESSNESS)], dtype=np.int64),
        "lowest": parts.lowest,
        "highest": parts.highest,
        "face_mean": face.mean,
        "face_deviation": face.deviation,
        "face_hidden": face.hidden,
        "face_hidden_bias": face.hidden_bias,
        "face_output": face.output,
        "face_output_bias": face.output_bias,
        "face_divisor": np.float32(face.divisor),
        "heart_place": np.array([1, 2, 4], dtype=np.float32),
        "heart_table": parts.heart,
        "heart_split": np.array([len(HEART_NAMES), 1], dtype=np.int64),
        "heart_divisor": np.float32(parts.heart_divisor),
        "heart_shares": HEART_SHARES,
        "voice_place": np.array([1, 2], dtype=np.float32),
        "voice_table": parts.voice,
        "voice_split": np.array([len(CLASSES)] * 3, dtype=np.int64),
        "voice_divisor": np.float32(parts.voice_divisor),
        "restless_weight": np.float32(RESTLESS_WEIGHT),
        "restless_shares": RESTLESS_SHARES,
        "members": members,
        "channel_place": np.array([[1 << number] for number in range(len(CHANNELS))], dtype=np.float32),
        "confidence_table": parts.confidence[:, None],
    }
    model = onnx.parser.parse_model(_GRAPH)
    model.graph.initializer.extend(
        onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()
    )
    save(model, path)
    inputs = {"window": window, "mask": mask}
    check_equal(path, inputs, "probabilities", parts.probabilities(window, mask))
    check_equal(path, inputs, "confidence", parts.confidences(mask))


def kept_face(path: Path, divisor: float) -> FacePart:
    """The face part of a stress net that stands already at ``path``, as it is to the last bit.

    ``divisor`` is the ``face_temperature`` of its card. Reads nets of this version and of version 2, which torch wrote.
    """
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    names = (
        ("face_mean", "face_deviation", "face_hidden", "face_hidden_bias", "face_output", "face_output_bias")
        if "face_mean" in stored
        else (
            "face.mean", "face.deviation", "face.layers.0.weight", "face.layers.0.bias", "face.layers.2.weight",
            "face.layers.2.bias",
        )
    )  # fmt: skip
    return FacePart(divisor, *(stored[name] for name in names))
