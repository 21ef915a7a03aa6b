from pathlib import Path

import numpy as np

from driver_monitor.camera.frame import Frame
from driver_monitor.monitor import Monitor
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.report.encoder import frames_in
from driver_monitor.report.excerpts import WHOLE_S, excerpts, write_excerpts
from driver_monitor.state.alert import Level
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.timeline.episodes import Episode
from tests.recording.make import START, config_for, observations, script


def alert(start_s: float, end_s: float | None) -> Episode:
    return Episode("rule", Level.WARNING, start_s, end_s, "")


def test_what_led_to_an_alert_and_what_followed_is_shown() -> None:
    assert excerpts([alert(60.0, 62.0)]) == [(55.0, 65.0)]
    assert excerpts([alert(2.0, 3.0)]) == [(0.0, 6.0)]
    assert excerpts([]) == []


def test_alerts_close_to_each_other_are_one_stretch() -> None:
    assert excerpts([alert(66.0, 67.0), alert(60.0, 62.0), alert(100.0, 101.0)]) == [(55.0, 70.0), (95.0, 104.0)]
    assert excerpts([alert(60.0, 70.0), alert(61.0, 62.0)]) == [(55.0, 73.0)]


def test_an_alert_that_goes_on_is_cut_and_so_is_an_hour_of_them() -> None:
    assert excerpts([alert(60.0, None)]) == [(55.0, 83.0)]
    many = excerpts([alert(60.0 * k, None) for k in range(1, 60)])
    assert sum(end_s - start_s for start_s, end_s in many) == WHOLE_S


def test_the_video_of_a_recorded_drive_says_that_only_moments_are_in_it(tmp_path: Path) -> None:
    config = config_for(tmp_path, level="video")
    monitor, picture = Monitor(config), np.full((120, 160, 3), (200, 60, 20), np.uint8)
    with Recorder(config, clock=lambda: START, live=False) as recorder:
        for seen in observations(script((), duration_s=12.0)):
            recorder.add(monitor.observe(seen, Frame(seen.t_s, picture), Speed(0.0, SpeedKnowledge.MEASURED)))
    path = tmp_path / "report.webm"
    course = write_excerpts(open_drive(recorder.drive), [alert(7.0, 7.5)], path, progress=lambda t_s: None)
    assert course is not None
    assert course.excerpts
    assert course.start_s >= 2.0
    assert 8 < frames_in(path) / 15 < 9  # from 2 s to 10.5 s
