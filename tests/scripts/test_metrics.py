import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.evaluation.metrics import (
    auc,
    balanced_accuracy,
    expected_calibration_error,
    recalls,
    subject_interval,
)


def test_auc_of_the_textbook_example() -> None:
    assert auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == pytest.approx(0.75)


def test_auc_counts_ties_as_half() -> None:
    assert auc([1, 1, 1, 1], [0, 1, 0, 1]) == pytest.approx(0.5)
    assert auc([1, 1, 2], [0, 1, 1]) == pytest.approx(0.75)


def test_auc_without_one_of_the_kinds_is_unknown() -> None:
    assert np.isnan(auc([0.2, 0.3], [1, 1]))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12), st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_auc_is_the_share_of_pairs_in_the_right_order(negatives: list[int], positives: list[int]) -> None:
    pairs = [(p > n) + 0.5 * (p == n) for p in positives for n in negatives]
    expected = sum(pairs) / len(pairs)
    assert auc(negatives + positives, [0] * len(negatives) + [1] * len(positives)) == pytest.approx(expected)


def test_balanced_accuracy_is_the_mean_recall() -> None:
    truth, said = [0, 0, 0, 1], [0, 0, 0, 0]
    assert balanced_accuracy(said, truth) == pytest.approx(0.5)
    assert recalls(said, truth, 3)[:2] == [1.0, 0.0]
    assert np.isnan(recalls(said, truth, 3)[2])


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    sure = np.array([[0.9, 0.1]] * 10)
    assert expected_calibration_error(sure, [0] * 9 + [1]) == pytest.approx(0.0, abs=1e-12)
    assert expected_calibration_error(sure, [1] * 10) == pytest.approx(0.9)
    assert expected_calibration_error([[1.0, 0.0]], [0]) == 0.0


def test_calibration_error_weighs_its_rows() -> None:
    answers, truth = [[1.0, 0.0], [0.6, 0.4]], [0, 1]
    assert expected_calibration_error(answers, truth, weights=[3, 1]) == pytest.approx(0.15)


def test_the_interval_draws_people_not_rows() -> None:
    """A thousand rows of two people carry no more than two people's worth of evidence."""
    values = np.repeat([0.0, 1.0], 500)
    interval = subject_interval(np.repeat(["a", "b"], 500), lambda rows: float(values[rows].mean()))
    assert interval == [0.0, 1.0]


def test_the_interval_is_the_same_each_time_and_none_where_nothing_is_known() -> None:
    values = np.arange(40.0)
    people = np.arange(40) // 2
    first = subject_interval(people, lambda rows: float(values[rows].mean()))
    assert first == subject_interval(people, lambda rows: float(values[rows].mean()))
    assert first is not None
    assert first[0] < values.mean() < first[1]
    assert subject_interval(people, lambda rows: float("nan")) is None
