"""driver-monitor bench: what it measures is marked against its goals."""

import json
import math
from typing import Any

import pytest

from driver_monitor.cli.bench import GOALS, missed
from tests.cli.product import driver_monitor

MET: dict[str, Any] = {name: limit for name, (_, limit) in GOALS.items()}


def test_a_figure_that_is_just_its_goal_meets_it() -> None:
    assert missed(MET) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("cpu_ratio", 1.221, "cpu_ratio 1.221, goal <= 1.15"),
        ("one_core_fps", 29.9, "one_core_fps 29.9, goal >= 30"),
        ("first_decision_s", math.nan, "first_decision_s nan, goal <= 4"),
    ],
)
def test_a_missed_goal_is_named_with_its_figure(name: str, value: float, said: str) -> None:
    assert missed({**MET, name: value}) == [said]


def test_check_fails_exactly_where_a_goal_is_missed() -> None:
    done = driver_monitor("bench", "--frames", 60, "--rounds", 1, "--check", "--json")
    figures = json.loads(done.stdout)
    assert figures["missed"] == missed(figures)
    assert done.returncode == (1 if figures["missed"] else 0), done.stderr
    assert all(each in done.stderr for each in figures["missed"])
