import numpy as np
import pytest

from driver_monitor.classifiers.own_rest import REST_MIN, USUAL_REACH, OwnRest, Rest


def own(memory: int = 1) -> OwnRest:
    return OwnRest(lambda values: float(values.mean()), 30.0, memory)


def feed(channel: OwnRest, value: float | None, minutes: float, start_s: float = 0.0) -> float:
    """Once a second; returns when the next value is due."""
    for second in range(round(60 * minutes)):
        channel.add(start_s + second, value)
    return start_s + 60 * minutes


def test_rest_is_unknown_until_ten_minutes_were_measured() -> None:
    channel = own()
    end_s = feed(channel, 4.0, REST_MIN)
    assert (channel.now, channel.rest) == (4.0, None), "the tenth minute is not over"
    channel.add(end_s, 4.0)
    assert channel.rest == Rest(4.0, USUAL_REACH)


def test_minutes_in_which_nothing_was_measured_do_not_count() -> None:
    channel = own()
    feed(channel, None, 30)
    assert channel.rest is None
    assert channel.now is None
    feed(channel, 4.0, REST_MIN - 1, 1800.0)
    assert channel.rest is None


def test_rest_is_what_most_of_the_drive_was_like() -> None:
    channel = own()
    end_s = feed(channel, 4.0, 12)
    feed(channel, 4.5, 6, end_s)
    assert channel.rest is not None
    assert channel.rest.level == 4.0
    assert channel.rest.reach == pytest.approx(0.5)


def test_a_driver_who_was_never_stirred_has_the_usual_reach() -> None:
    channel = own()
    feed(channel, 4.0, 12)
    assert channel.rest == Rest(4.0, USUAL_REACH)


def test_what_was_known_for_less_than_asked_makes_the_minute_unknown() -> None:
    channel = own()
    for second in range(62):
        channel.add(float(second), 4.0 if second < 29 else None)
    assert channel.now is None


def test_the_last_minutes_are_averaged_and_one_that_is_unknown_breaks_off() -> None:
    channel = own(memory=3)
    end_s = 0.0
    for value in (1.0, 2.0, 3.0, 7.0):
        end_s = feed(channel, value, 1, end_s)
    channel.add(end_s, None)
    assert channel.now == 4.0
    end_s = feed(channel, None, 1, end_s)
    channel.add(end_s, None)
    assert channel.now is None


def test_a_hole_in_time_is_no_minute_and_forgets_what_was_just_now() -> None:
    channel = own(memory=3)
    end_s = feed(channel, 4.0, 2)
    channel.add(end_s + 600.0, 9.0)
    assert channel.now is None
    end_s = feed(channel, 5.0, 1, end_s + 601.0)
    channel.add(end_s, 5.0)
    assert channel.now == pytest.approx(5.0, abs=0.1)


def test_few_values_a_second_know_as_much_as_many() -> None:
    slow, fast = own(), own()
    for tick in range(121):
        slow.add(float(tick), 4.0)
    for tick in range(3610):
        fast.add(tick / 30, 4.0)
    assert slow.now == fast.now == 4.0


def test_a_faster_heart_is_further_above_rest_whoever_it_is() -> None:
    for reach in (0.0, 0.1, 0.6):
        scaled = [Rest(4.0, reach).scaled(value) for value in np.linspace(3.5, 5.0, 20)]
        assert scaled == sorted(scaled)
        assert Rest(4.0, reach).scaled(4.0) == 0.0


def test_who_goes_far_up_needs_more_to_be_as_far() -> None:
    assert Rest(4.0, 0.5).scaled(4.2) < Rest(4.0, 0.1).scaled(4.2)
    assert Rest.of(np.array([4.0, 4.2]), np.array([3.0, 3.0])).reach == 0.0
