"""The plots beside the cards. Needs matplotlib, which comes with MediaPipe."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from scripts.training import panels


def draw(path: Path) -> str:
    chance = np.random.default_rng(0)
    probability = chance.uniform(0, 1, 400)
    drawn, axes = panels.figure(2, "made up")
    panels.reliability(axes[0], {"angry": panels.Curve(probability, chance.uniform(0, 1, 400) < probability)})
    panels.confusion(axes[1], [[8, 2], [0, 0]], ("calm", "angry"))
    panels.save(drawn, path)
    return path.read_text(encoding="utf-8")


def test_a_plot_drawn_again_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first = draw(tmp_path / "plot.svg")
    assert first.startswith("<?xml")
    assert draw(tmp_path / "plot.svg") == first


def test_what_is_rare_counts_as_much_as_the_rest_when_balanced() -> None:
    true = np.array([True, False, False, False])
    weights = panels.balanced(true)
    assert weights[true].sum() == pytest.approx(weights[~true].sum())
