from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.card import ModelCard, TensorSpec
from driver_monitor.classifiers.model import ModelError, OnnxModel, models_dir
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from tests.classifiers.tiny_onnx import card, doubler


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = doubler(tmp_path / "doubler.onnx")
    card(made)
    return made


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as refused:
        OnnxModel(path)
    message = str(refused.value)
    assert "\n" not in message
    assert str(path.parent) in message
    return message


def test_a_model_that_is_what_its_card_says_runs_on_any_batch_size(path: Path) -> None:
    model = OnnxModel(path)
    for batch in (1, 4):
        answer = model.run(x=np.ones((batch, 3), dtype=np.float32))
        np.testing.assert_array_equal(answer["y"], np.full((batch, 3), 2.0))


def test_a_missing_model_is_one_sentence_with_a_way_out(tmp_path: Path) -> None:
    assert "scripts/train" in refusal(tmp_path / "absent.onnx")


def test_a_model_without_its_card_is_not_loaded(path: Path) -> None:
    path.with_suffix(".md").unlink()
    assert "card" in refusal(path)


def test_a_card_of_another_model_is_noticed(path: Path) -> None:
    card(path, file="other.onnx")
    assert "other.onnx" in refusal(path)


def test_one_changed_byte_is_noticed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert "damaged or swapped" in refusal(path)


def test_a_file_that_is_no_onnx_is_refused_even_when_its_hash_is_right(path: Path) -> None:
    path.write_bytes(b"this is not a graph")
    card(path)
    assert "cannot be loaded" in refusal(path)


def test_a_graph_of_another_width_than_its_card_says_is_refused(path: Path) -> None:
    doubler(path, width=5)
    card(path)
    assert "float32[N, 5]" in refusal(path)


def test_a_graph_of_another_element_type_is_refused(path: Path) -> None:
    card(path, inputs={"x": TensorSpec(type="uint8", shape=("N", 3))})
    assert "uint8" in refusal(path)


def test_a_graph_with_a_fixed_batch_is_refused_where_the_card_promises_any(path: Path) -> None:
    doubler(path, dimension=1)
    card(path)
    assert "float32[1, 3]" in refusal(path)


def test_a_graph_with_other_names_is_refused(path: Path) -> None:
    card(path, outputs={"probabilities": TensorSpec(shape=("N", 3))})
    assert "probabilities" in refusal(path)


def test_class_names_that_fit_no_output_are_refused(path: Path) -> None:
    card(path, classes={"y": ("one", "two")})
    assert "2 classes" in refusal(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no front matter\n", "front matter"),
        ("---\nname: [\n---\n", "YAML"),
        ("---\nname: x\n---\n", "wrong at"),
    ],
)
def test_a_broken_card_names_what_is_wrong(path: Path, text: str, reason: str) -> None:
    path.with_suffix(".md").write_text(text)
    assert reason in refusal(path)


@pytest.mark.parametrize(
    "given",
    [np.ones((1, 4), dtype=np.float32), np.ones((1, 3), dtype=np.float64), np.ones(3, dtype=np.float32)],
)
def test_input_of_the_wrong_shape_or_type_is_refused(path: Path, given: np.ndarray) -> None:
    with pytest.raises(ModelError, match=r"wants x float32\[N, 3\]"):
        OnnxModel(path).run(x=given)


def test_a_card_reads_back_as_it_was_written(path: Path) -> None:
    made = card(path, thresholds={"min_confidence": 0.5}, classes={"y": ("a", "b", "c")})
    assert ModelCard.read(path.with_suffix(".md")) == made


def test_the_models_folder_is_the_configured_one_or_the_projects_own(tmp_path: Path) -> None:
    chosen = Config(classifiers=ClassifiersConfig(models_dir=str(tmp_path)))
    assert models_dir(chosen) == tmp_path
    assert (models_dir(Config()) / "fatigue.onnx").is_file()
    with pytest.raises(ModelError, match=r"classifiers\.models_dir"):
        models_dir(Config(classifiers=ClassifiersConfig(models_dir=str(tmp_path / "absent"))))
