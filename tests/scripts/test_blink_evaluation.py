"""The shallow dips that are laid over marked videos."""

import numpy as np
import pytest

from scripts.evaluation.blinks import counted_dips, with_shallow_dips

FPS = 30.0
MARKS = [(300, 306), (900, 908)]


def test_dips_are_shallow_short_and_away_from_the_marked_blinks() -> None:
    ear = np.full(1800, 0.3)
    dipped, spans = with_shallow_dips(ear, MARKS, FPS, np.random.default_rng(1))
    assert (ear == 0.3).all()
    assert len(spans) > 10
    for first, last in spans:
        assert all(last < begin - 60 or end + 60 < first for begin, end in MARKS)
        assert 0.09 <= (last - first) / FPS <= 0.26
        assert 0.78 * 0.3 <= dipped[first : last + 1].min() <= 0.87 * 0.3
    changed = np.flatnonzero(dipped != ear)
    assert set(changed) <= {frame for first, last in spans for frame in range(first, last + 1)}


def test_on_a_trace_without_noise_every_dip_is_laid_and_none_counts() -> None:
    laid, counted = counted_dips(np.full(1800, 0.3), MARKS, FPS)
    assert laid == pytest.approx(12 * 17, rel=0.2)
    assert counted == 0
