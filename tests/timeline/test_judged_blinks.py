"""Blinks that were not counted are not said to be none."""

import pytest

from driver_monitor.state.signals import Signals
from driver_monitor.tally import Tally
from driver_monitor.timeline.judged import blinks, summary


def tally_of(*parts: tuple[float, str], of_lines: bool = False) -> Tally:
    """A drive at 20 Hz: (until, why blinks were not counted), with one blink in the middle of what was counted."""
    tally, t_s = Tally(of_lines=of_lines), 0.0
    for until_s, suppressed in parts:
        while t_s < until_s:
            tally.add(Signals(t_s=t_s, tracking="tracked", eyes="open", blinks_suppressed=suppressed), t_s)
            t_s += 0.05
    return tally


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (((20.0, ""),), "0 blinks"),
        (((1.0, "frame_rate_unknown"), (20.0, "")), "0 blinks"),
        (((1.0, "frame_rate_unknown"), (20.0, "low_frame_rate")), "blinks not counted (too few frames a second)"),
        (((20.0, "eyes_not_seen"),), "blinks not counted (eyes not seen)"),
        (((5.0, ""), (20.0, "low_frame_rate")), "0 blinks (not counted in 75 %: too few frames a second)"),
    ],
)
def test_they_are_counted_or_it_is_said_why_not(parts: tuple[tuple[float, str], ...], words: str) -> None:
    tally = tally_of(*parts)
    assert blinks(tally) == words
    assert summary(tally, 0).endswith(words)
    assert tally.blinks_known == (not words.startswith("blinks not"))


def test_a_rate_is_that_of_the_time_in_which_they_were_counted() -> None:
    tally = tally_of((20.0, ""), (80.0, "low_frame_rate"))
    tally.blinks.append(10.0)
    assert tally.blinks_per_min == pytest.approx(3.0, abs=0.02)
    assert tally_of((14.0, ""), (80.0, "low_frame_rate")).blinks_per_min is None


def test_a_drive_known_by_a_state_a_second_has_no_blinks_to_count() -> None:
    assert blinks(tally_of((20.0, ""), of_lines=True)) == "blinks not recorded at this level"


def test_the_last_state_holds_until_the_end() -> None:
    tally = tally_of((2.0, ""))
    tally.end(2.6)
    assert tally.duration_s == pytest.approx(2.6)
    assert tally.judged_share == pytest.approx(1.0)
