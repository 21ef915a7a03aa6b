"""The parts of the stress net and the graph that is made of them; no torch is needed."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from driver_monitor.classifiers.model import OnnxModel, models_dir  # noqa: E402
from driver_monitor.classifiers.stress_window import FACE, FEATURES, HEART  # noqa: E402
from driver_monitor.config.config import Config  # noqa: E402
from driver_monitor.errors import DriverMonitorError  # noqa: E402
from scripts.evaluation import wesad  # noqa: E402
from scripts.training import stress, stress_confidence, stress_heart, stress_parts, stress_voice  # noqa: E402
from scripts.training.calibration import temperature  # noqa: E402
from scripts.training.export import IR_VERSION, OPSET, check_equal  # noqa: E402
from scripts.training.stress_parts import CHANNELS, CLASSES, HEART_NAMES, FacePart, StressParts  # noqa: E402

CHANCE = np.random.default_rng(2)


def hearts() -> wesad.HeartRows:
    """Eight people, whose hearts race and whose variability falls under stress."""
    stressed = np.tile([False, False, True], 40)
    log = CHANCE.normal(0, 0.08, (len(stressed), 3)) + np.outer(stressed, [0.25, -0.2, -0.1])
    subject = np.repeat([str(person) for person in range(8)], 15)
    task = np.where(stressed, wesad.STRESS, wesad.RESTING[0])
    return wesad.HeartRows(
        log, wesad.against_rest(log, subject, ~stressed), stressed, subject, task, (Path("wesad.csv"),)
    )


def voices() -> stress_voice.Sentences:
    kind = np.tile([0, 1, 2], 30)
    values = CHANCE.normal(0, 0.1, (90, 2)) + np.array([[0.0, 0.0], [0.6, 0.0], [0.6, 0.7]])[kind]
    return stress_voice.Sentences(values.astype(np.float32), kind, np.repeat(["03", "08", "09"], 30))


def parts() -> StressParts:
    width, hidden = FACE.stop, 8
    shapes = [(width,), (width,), (hidden, 2 * width), (hidden,), (len(CLASSES), hidden), (len(CLASSES),)]
    weights = [CHANCE.normal(0, 1, shape).astype(np.float32) for shape in shapes]
    weights[1] = np.abs(weights[1]) + np.float32(0.5)
    heart, voice = hearts(), voices()
    return StressParts(
        FacePart(1.2, *weights),
        stress_heart.table(heart),
        0.9,
        stress_voice.table(voice),
        1.7,
        *stress_parts.limits(heart.values, voice.values),
        CHANCE.random(64).astype(np.float32),
    )


def test_the_graph_is_its_parts_whatever_is_masked(tmp_path: Path) -> None:
    made, path = parts(), tmp_path / "stress.onnx"
    window, mask = stress.examples(CHANCE)
    mask[:8, HEART] = list(product((0.0, 1.0), repeat=3))
    stress_parts.export(made, path, window, mask)
    graph = onnx.load(path)
    assert (graph.opset_import[0].version, graph.ir_version) == (OPSET, IR_VERSION)
    first = [value.type.tensor_type.shape.dim[0].dim_param for value in (*graph.graph.input, *graph.graph.output)]
    assert first == ["N"] * 4
    with pytest.raises(DriverMonitorError, match="differs from the trained model"):
        check_equal(path, {"window": window, "mask": mask}, "probabilities", np.full((len(window), 3), 1 / 3))


def test_a_face_part_is_kept_to_the_last_bit(tmp_path: Path) -> None:
    made, path = parts(), tmp_path / "stress.onnx"
    stress_parts.export(made, path, *stress.examples(CHANCE))
    kept = stress_parts.kept_face(path, 1.2)
    for name in FacePart.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(kept, name), getattr(made.face, name))


def test_each_set_of_known_heart_values_has_a_regression_of_its_own() -> None:
    table = stress_heart.table(hearts())
    assert not table[0].any(), "nothing known says nothing"
    assert table[1, 0] > 0, "a fast heart alone speaks of stress"
    assert not table[1, 1:3].any()
    assert table[2, 1] < 0, "so does a steady one"
    everything = stress_heart.leave_one_subject_out(hearts(), HEART_NAMES)
    assert ((everything > 0) == hearts().stressed).mean() > 0.9


def test_a_weight_of_the_wrong_sign_is_left_out_and_the_others_found_again() -> None:
    rows = hearts()
    alone = stress_heart.logistic(rows.values[:, :1], rows.stressed, np.ones(1))
    fitted = stress_heart.logistic(rows.values[:, :2], rows.stressed, np.ones(2))
    assert fitted[1] == 0.0
    np.testing.assert_allclose(fitted[[0, 2]], alone, rtol=1e-6)


def test_the_choice_is_made_again_without_the_person_it_is_judged_on() -> None:
    everybody = hearts()
    few = np.isin(everybody.subject, ["0", "1", "2", "3"])
    fields = ("log", "values", "stressed", "subject", "task")
    rows = wesad.HeartRows(*(getattr(everybody, name)[few] for name in fields))
    choice = stress_heart.Chooser(rows).choose()
    assert sum(choice.chosen_nested.values()) == 4
    assert wesad.scores(rows, choice.logits)["balanced_accuracy"] > 0.9  # type: ignore[operator]


def test_no_voice_that_is_angrier_or_more_aroused_calms() -> None:
    table = stress_voice.table(voices())
    assert table.min(axis=0)[:6].min() == 0.0
    assert table[3, 5] > 0, "anger speaks of anger"


def test_the_confidence_never_falls_with_a_channel_more_and_starts_at_a_guess() -> None:
    made, rows, said = parts(), hearts(), voices()
    stressed = rows.stressed.astype(np.int64)
    evidence = np.outer(np.where(stressed, 1.0, -1.0), stress_parts.HEART_SHARES)
    table = stress_confidence.table(
        ({("expressions",): np.eye(3)[said.kind]}, said.kind),
        ({("heart rate",): evidence, ("heart rate variability",): 0.1 * evidence}, stressed),
        ({("arousal in the voice",): said.values[:, :1] * made.voice[1, :3]}, said.kind),
        CHANCE,
    )
    assert table[0] == pytest.approx(1 / 3)
    assert table[1] == 1.0
    assert 0.6 < table[1 << list(CHANNELS).index("heart rate")] < 0.7, "a heart cannot tell anger"
    for place, number in product(range(64), range(6)):
        assert table[place | 1 << number] >= table[place]


def test_the_shipped_net_is_what_its_card_says_of_its_inputs() -> None:
    model = OnnxModel(models_dir(Config()) / "stress.onnx")
    assert model.card.version == "3"
    stored = {tensor.name for tensor in onnx.load(model.path).graph.initializer}
    assert {"face_hidden", "heart_table", "voice_table", "restless_shares", "confidence_table"} <= stored
    assert model.card.outputs["confidence"].shape == ("N", 1)
    assert len(FEATURES) == model.card.inputs["mask"].shape[1]


def test_a_temperature_takes_back_what_was_too_sure() -> None:
    kind = CHANCE.integers(0, 2, 4000)
    logits = np.stack([np.where(kind == 0, 1.0, -1.0), np.zeros(4000)], axis=1) + CHANCE.normal(0, 1, (4000, 2))
    assert temperature(5 * logits, kind) > 3 * temperature(logits, kind)
