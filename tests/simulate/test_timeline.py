"""Actions in time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.simulate.timeline import envelope
from tests.simulate.scripts import drive


def test_eyes_begin_to_shut_at_t_are_shut_until_t_plus_for_and_then_open() -> None:
    scripted = drive({"t": 2.0, "do": "close_eyes", "for": 1.8, "rise": 0.1, "fall": 0.15})
    closure = {t: scripted.truth(t).closure_left for t in (1.99, 2.05, 2.1, 3.0, 3.8, 3.875, 3.96)}
    assert closure == pytest.approx({1.99: 0, 2.05: 0.5, 2.1: 1, 3.0: 1, 3.8: 1, 3.875: 0.5, 3.96: 0})
    [event] = scripted.events
    assert (event.start_s, event.full_s, event.release_s, event.end_s) == pytest.approx((2.0, 2.1, 3.8, 3.95))
    assert event.half_s == pytest.approx(1.825)


def test_a_later_look_takes_over_from_the_one_before() -> None:
    scripted = drive(
        {"t": 1, "do": "look", "yaw": 30, "for": 2, "transition": 0.5},
        {"t": 2, "do": "look", "yaw": -20, "pitch": -30, "for": 2, "transition": 0.5},
    )
    assert scripted.truth(1.9).yaw_deg == pytest.approx(30)
    assert scripted.truth(2.25).yaw_deg == pytest.approx(5)
    assert scripted.truth(3.2).yaw_deg == pytest.approx(-20)
    assert scripted.truth(3.2).pitch_deg == pytest.approx(-30)
    assert scripted.truth(4.6).yaw_deg == 0


def test_a_nodding_head_sinks_slowly_and_comes_up_quickly() -> None:
    scripted = drive({"t": 1, "do": "nod", "pitch": -16, "rise": 1.5, "for": 2, "fall": 0.3})
    pitches = {t: scripted.truth(t).pitch_deg for t in (1.0, 1.75, 2.5, 3.0, 3.15, 3.3)}
    assert pitches == pytest.approx({1.0: 0, 1.75: -8, 2.5: -16, 3.0: -16, 3.15: -8, 3.3: 0}, abs=0.01)


def test_lids_follow_a_look_down_but_that_is_no_closure() -> None:
    truth = drive({"t": 0, "do": "look", "pitch": -35, "for": 5}, lid_follow=True).truth(2)
    assert truth.closure_left == 0
    assert 0.2 < truth.lid_left < 0.4


def test_the_truth_names_what_is_hidden_and_what_goes_on() -> None:
    scripted = drive(
        {"t": 1, "do": "occlude", "what": "mouth", "for": 2},
        {"t": 2, "do": "talk", "for": 2},
        {"t": 6, "do": "occlude", "for": 1},
        {"t": 8, "do": "leave", "for": 2},
    )
    assert scripted.truth(0.5).hidden == ""
    assert scripted.truth(2.5).hidden == "mouth"
    assert scripted.truth(2.5).doing == "occlude+talk"
    assert scripted.truth(6.5).covered
    assert scripted.truth(6.5).present
    assert not scripted.truth(9).present
    assert [event.name for event in scripted.events] == ["occlude_mouth", "talk", "occlude_camera", "leave"]


def test_two_closures_at_once_are_not_more_than_shut() -> None:
    scripted = drive({"t": 1, "do": "blink", "for": 0.5}, {"t": 1, "do": "close_eyes", "amount": 0.6, "for": 1})
    assert scripted.truth(1.4).closure_left == 1
    assert scripted.truth(1.9).closure_left == pytest.approx(0.6)


@settings(deadline=None)
@given(t_s=st.floats(0, 20), start=st.floats(0, 10), length=st.floats(0.01, 8), rise=st.floats(0.01, 3))
def test_an_action_never_overshoots_and_never_lasts(t_s: float, start: float, length: float, rise: float) -> None:
    share = envelope(t_s, start, length, rise, 0.2)
    assert 0 <= share <= 1
    if t_s <= start or t_s >= start + length + 0.2 + 1e-6:
        assert share == pytest.approx(0)
