"""Training on made-up people, from the folds to files that the product loads."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("skl2onnx", reason="training needs the extra 'train'")

import torch

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.errors import UsageError
from scripts.evaluation import rldd
from scripts.training import fatigue, fatigue_signs, fatigue_trees
from tests.scripts.research_files import fold
from tests.scripts.test_fatigue_extra import recorded

FOLDS = "fatigue/uta_rldd_blinks"


@pytest.fixture(scope="module", autouse=True)
def few_trees() -> Iterator[None]:
    """Made-up people are easily told apart; the real number of trees would only take longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fatigue_trees, "ROUNDS", 25)
        patch.setattr(fatigue_trees, "BINS", 16)
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number in (1, 2, 3):
        fold(folder / FOLDS / f"fold{number}.npz", subjects=4, windows=40, seed=number)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    fatigue.train(data, out)
    return out


def test_training_writes_model_card_and_plot_that_belong_together(trained: Path) -> None:
    model = OnnxModel(trained / "fatigue.onnx")  # checks its hash and shapes against the card
    card = (trained / "fatigue.md").read_text(encoding="utf-8")
    assert len(model.card.training_files) == 3
    for words in ("| recordings right (3 classes) | ", "Direction", "arXiv:1904.07312", "## Limits", "misuse"):
        assert words in card
    assert (trained / "fatigue.svg").read_text(encoding="utf-8").count("<svg") == 1


def test_the_model_tells_made_up_people_it_has_not_seen(trained: Path, tmp_path: Path) -> None:
    fold(tmp_path / FOLDS / "fold9.npz", subjects=6, seed=9)
    windows = rldd.load(tmp_path)
    assert windows is not None
    model = OnnxModel(trained / "fatigue.onnx")
    figures = rldd.scores(windows, model.run(blinks=windows.blinks)["probabilities"])
    bare = rldd.scores(windows, model.run(blinks=rldd.without_frequency(windows.blinks))["probabilities"])
    for auc in (figures["auc_alert_drowsy"], bare["auc_alert_drowsy"]):
        assert isinstance(auc, float)
        assert auc > 0.95


def test_training_again_gives_the_same_file(data: Path, trained: Path, tmp_path: Path) -> None:
    fatigue.train(data, tmp_path)
    for name in ("fatigue.onnx", "fatigue.md", "fatigue.svg"):
        assert (tmp_path / name).read_bytes() == (trained / name).read_bytes(), name


def test_recorded_drives_are_learned_from_and_named_in_the_card(data: Path, trained: Path, tmp_path: Path) -> None:
    fatigue.train(data, tmp_path, [recorded(tmp_path / "drives")])
    card = (tmp_path / "fatigue.md").read_text(encoding="utf-8")
    assert "mine.npz" in card
    assert "2 people of your own recordings" in card
    assert (tmp_path / "fatigue.onnx").read_bytes() != (trained / "fatigue.onnx").read_bytes()


def test_two_folds_are_too_few_to_choose_and_to_judge(tmp_path: Path) -> None:
    for number in (1, 2):
        fold(tmp_path / FOLDS / f"fold{number}.npz", subjects=2, windows=3)
    with pytest.raises(UsageError, match="at least 3 files"):
        fatigue.train(tmp_path, tmp_path)


def test_no_sign_counts_against_its_direction() -> None:
    """Whatever the labels say: here the short-blinking are called tired."""
    chance = np.random.default_rng(0)
    values = chance.normal(0, 1, (200, 4))
    risk = fatigue_signs.fitted(values, values[:, 0] < 0, np.ones(200))
    assert min(risk.state_dict()["weight"].tolist()) >= 0


def test_longer_blinks_never_look_more_alert() -> None:
    chance = np.random.default_rng(1)
    blinks = chance.normal(0, 1, (50, 30, 4)).astype(np.float32)
    longer = blinks.copy()
    longer[:, :5, 2] += 1.0
    judge = fatigue_signs.LongBlinks(*(fatigue_signs.Risk(np.array([weight]), -0.5) for weight in (0.7, 0.4)))
    signs = (torch.from_numpy(fatigue_signs.signs(window).astype(np.float32)) for window in (blinks, longer))
    before, after = (judge(values)[:, 0] for values in signs)
    assert bool((after <= before).all())


def test_a_statistic_of_an_unknown_frequency_is_nowhere_near_a_real_one() -> None:
    blinks = np.random.default_rng(2).normal(0, 300, (20, 30, 4)).astype(np.float32)
    known = fatigue_trees.statistics(blinks)
    unknown = fatigue_trees.statistics(rldd.without_frequency(blinks))
    assert np.isfinite(unknown).all()
    frequency = known.shape[1] - 9 - 3 * 14  # the first columns; then three features, then what they say together
    assert (unknown[:, :frequency] == fatigue_trees.UNKNOWN).all()
    np.testing.assert_array_equal(unknown[:, frequency:], known[:, frequency:])
