import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.timeline.timeline import GAZE_AWAY, GAZE_TASK, SERIES, Timeline
from tests.report.drive import ASSUMED, Drive, tracked


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def blind(t_s: float, degraded: str) -> DriverState:
    return DriverState(t_s, Signals(t_s=t_s, tracking="no_face", degraded=degraded), ASSUMED)


TEN_HOURS = """
from tests.timeline.test_timeline import long_drive, resident_mb
before_mb = resident_mb()
timeline = long_drive()
timeline.track("openness")
print(resident_mb() - before_mb)
"""


def long_drive() -> Timeline:
    """Ten hours at 4 Hz with one blink in the middle."""
    timeline = Timeline()
    attentive = tracked(0.0)
    frames = 10 * 3600 * 4
    for index in range(frames):
        # Only the time of the state itself counts for the timeline, so one Signals serves all.
        shut = index == frames // 2
        state = tracked(index / 4, openness=0.03) if shut else attentive
        timeline.add(DriverState(index / 4, state.signals, ASSUMED))
    return timeline


def test_a_blink_stays_visible_in_a_long_drive() -> None:
    timeline = long_drive()
    track = timeline.track("openness")
    assert len(track.t_s) <= 1 << 17
    assert float(track.low.min()) == pytest.approx(0.03)
    assert float(track.high.min()) == 1.0
    assert timeline.tally.duration_s == pytest.approx(36000, abs=1)


def test_a_long_drive_takes_little_memory() -> None:
    """In a process of its own: what other tests leave behind grows and shrinks while this one looks."""
    ended = subprocess.run([sys.executable, "-c", TEN_HOURS], capture_output=True, text=True, check=True)
    assert float(ended.stdout) < 50


def test_a_short_drive_is_kept_frame_by_frame() -> None:
    timeline = Timeline()
    for index in range(900):
        timeline.add(tracked(index / 30, openness=index / 900))
    track = timeline.track("openness")
    assert len(track.t_s) == 900
    assert np.allclose(track.low, np.arange(900) / 900, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1.5, width=32)), min_size=1, max_size=1500), st.floats(0.001, 0.2))
def test_no_extreme_is_lost_and_nothing_is_invented(values: list[float | None], step_s: float) -> None:
    timeline = Timeline()
    for index, value in enumerate(values):
        timeline.add(tracked(index * step_s, openness=value))
    track = timeline.track("openness")
    known = [value for value in values if value is not None]
    assert timeline.coverage("openness") == len(known) / len(values)
    assert bool(np.isfinite(track.high).any()) == bool(known)
    if known:
        assert float(np.nanmin(track.low)) == min(known)
        assert float(np.nanmax(track.high)) == max(known)
    assert np.all(np.diff(track.t_s) > 0)


def test_time_is_credited_to_what_was_seen() -> None:
    timeline = Timeline()
    for index in range(101):
        timeline.add(tracked(index / 10) if index < 50 else blind(index / 10, "covered"))
    tally = timeline.tally
    assert tally.judged_s == pytest.approx(5.0)
    assert tally.degraded_s == {"covered": pytest.approx(5.0)}
    assert tally.eyes_known_s == pytest.approx(5.0)
    ((cause, runs),) = timeline.degraded_runs()
    assert cause == "covered"
    ((start_s, end_s),) = runs
    assert start_s == pytest.approx(5.0)
    assert end_s == pytest.approx(10.0)


def test_a_hole_in_the_recording_counts_for_nothing() -> None:
    timeline = Timeline()
    for t_s in (0.0, 0.5, 1.0, 61.0, 61.5):
        timeline.add(tracked(t_s, eyes="closed" if t_s == 1.0 else "open"))
    assert timeline.tally.judged_s == pytest.approx(2.5)
    assert timeline.tally.unseen_s == pytest.approx(59.0)
    ((start_s, end_s),) = timeline.runs("eyes_closed", 1.0)
    assert start_s == 1.0
    assert end_s == pytest.approx(1.0, abs=0.05)


def test_a_mirror_glance_is_no_look_off_the_road_from_its_first_frame_on() -> None:
    timeline = Timeline()
    for index in range(90):
        t_s, into_s = index / 30, (index - 30) / 30
        glance = 30 <= index < 60
        timeline.add(tracked(t_s, on_road=not glance, driving_task_s=into_s if glance else 0.0))
    assert timeline.runs("gaze", GAZE_AWAY) == []
    ((start_s, end_s),) = timeline.runs("gaze", GAZE_TASK)
    assert start_s == pytest.approx(1.0)
    assert end_s == pytest.approx(2.0)
    assert timeline.tally.off_road_s == pytest.approx(1.0)


def test_alerts_are_paired_counted_and_left_open_at_the_end() -> None:
    timeline = Drive(107.0).timeline()
    told = [(e.rule, round(e.start_s, 1), e.end_s and round(e.end_s, 1)) for e in timeline.episodes.kept]
    assert told == [("eyes_off_road", 27.5, 29.5), ("microsleep", 56.5, 57.9), ("degraded", 105.0, None)]
    assert timeline.episodes.total == 3


def test_an_alert_that_fired_before_the_recording_began_has_the_length_it_says() -> None:
    *_, (_, cleared) = (pair for pair in Drive(60.0) if any(a.state == "cleared" for a in pair[1]))
    timeline = Timeline()
    alert = cleared[0]
    alert.evidence["fired_s"] = 1.25
    timeline.add_alert(alert)
    (episode,) = timeline.episodes.kept
    assert episode.end_s == alert.t_s
    assert episode.start_s == pytest.approx(alert.t_s - 1.25)


def test_the_drives_blinks_yawns_and_closures_are_counted() -> None:
    drive = Drive(120.0)
    tally = drive.timeline().tally
    assert len(tally.blinks) == len(drive.blinks)
    assert len(tally.yawns) == 2
    assert tally.longest_closure_s == pytest.approx(2.4, abs=0.05)
    assert tally.perclos_60s_max == pytest.approx(0.18, abs=0.002)


def test_an_empty_drive_has_empty_tracks() -> None:
    timeline = Timeline()
    for name in SERIES:
        assert len(timeline.track(name).t_s) == 0
        assert timeline.runs(name, 1.0) == []
        assert np.isnan(timeline.coverage(name))
    assert timeline.degraded_runs() == []
