"""The simulated attentive hour holds to the distributions it names."""

from collections import defaultdict

import numpy as np
import pytest

from driver_monitor.simulate.actions import Blink, CloseEyes, Look
from driver_monitor.simulate.habits import GLANCES, Hour, attentive


@pytest.fixture(scope="module")
def hours() -> list[Hour]:
    return [attentive(seed) for seed in range(4)]


def test_an_hour_is_its_seeds(hours: list[Hour]) -> None:
    assert attentive(2).script == hours[2].script
    assert hours[0].script != hours[1].script


def test_mirror_checks_last_as_long_as_studies_say() -> None:
    """Mean 0.75 to 1.10 s, 99th percentile 2 s; speedometer 0.6 s; radio 1.4 s."""
    rng = np.random.default_rng(1)
    for name, (low, high) in {
        "inner_mirror": (0.75, 1.1),
        "left_mirror": (0.75, 1.1),
        "speedometer": (0.5, 0.7),
        "radio": (1.2, 1.5),
    }.items():
        _, _, median, spread, longest = GLANCES[name]
        lengths = np.minimum(longest, median * np.exp(rng.normal(0, spread, 20_000)))
        assert low <= lengths.mean() <= high
        assert np.percentile(lengths, 99) <= 2.0


def test_glances_are_short_between_lapses_while_driving(hours: list[Hour]) -> None:
    for hour in hours:
        lapses = [(lapse.start_s, lapse.end_s) for lapse in hour.lapses]
        for action in hour.script.actions:
            if not isinstance(action, Look) or action.for_s > 30 or hour.speed_kmh(action.t) < 20:
                continue
            if not any(start - 1 <= action.t <= end + 1 for start, end in lapses):
                assert action.for_s <= 2.0 or min(hour.speed_kmh(action.t + s) for s in range(6)) < 10


def test_blinks_come_at_a_human_rate_and_length(hours: list[Hour]) -> None:
    for hour in hours:
        blinks = [action for action in hour.script.actions if isinstance(action, Blink)]
        assert 12 <= len(blinks) / 60 <= 25
        lengths = [blink.for_s + 0.025 for blink in blinks]  # half shut to half open
        assert min(lengths) >= 0.1
        assert max(lengths) <= 0.4


def test_every_lapse_is_where_the_car_moves_and_nothing_else_happens(hours: list[Hour]) -> None:
    counts: dict[str, int] = defaultdict(int)
    for hour in hours:
        assert len(hour.lapses) >= 4
        for lapse in hour.lapses:
            counts[lapse.kind] += 1
            assert hour.speed_kmh(lapse.start_s) >= 30
            others = [
                action
                for action in hour.script.actions
                if isinstance(action, Look | CloseEyes) and lapse.start_s - 1 < action.t < lapse.end_s + 1
            ]
            assert [action.t for action in others if action.t != pytest.approx(lapse.start_s, abs=0.001)] == []
    assert set(counts) == {"microsleep", "sleep", "long_look"}


def test_the_car_stops_and_moves(hours: list[Hour]) -> None:
    speeds = np.array([hour.speed_kmh(float(t)) for hour in hours for t in range(3600)])
    assert 0.005 < (speeds < 1).mean() < 0.4
    assert speeds.max() > 80


def test_the_other_seat_is_the_mirror_image() -> None:
    left, right = attentive(3, duration_s=600, lapses=0), attentive(3, duration_s=600, lapses=0, seat="right")
    assert len(left.script.actions) == len(right.script.actions)
    pairs = [
        (ours.yaw, theirs.yaw)
        for ours, theirs in zip(left.script.actions, right.script.actions, strict=True)
        if isinstance(ours, Look) and isinstance(theirs, Look)
    ]
    sits = pairs[0][0]
    aside = [(ours - sits, theirs - sits) for ours, theirs in pairs if abs(ours - sits) > 10]
    assert len(aside) > 10
    assert all(ours * theirs < 0 for ours, theirs in aside)
