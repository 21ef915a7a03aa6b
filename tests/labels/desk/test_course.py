"""What the labeller is shown of a drive."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.curves import MOST, plots, stretch
from driver_monitor.labels.desk.page import KEYS, Drive, Page, series
from driver_monitor.labels.label import KINDS
from driver_monitor.state.alert import Alert, AlertState, Level
from tests.labels.desk.desk import HEADER, course
from tests.report.drive import tracked


def test_zones_are_told_by_their_names_and_glimpses_are_not() -> None:
    drive = Course("d")
    for index in range(100):
        t_s = index / 10
        zone = "left_mirror" if 2.0 <= t_s < 3.0 else "lap" if 5.0 <= t_s < 5.1 or t_s >= 9.0 else "road"
        drive.add(tracked(t_s, zone=zone))
    drive.end()
    assert [(bar.title, bar.start_s, round(bar.end_s, 1)) for bar in drive.zones] == [
        ("left mirror", 2.0, 3.0), ("lap", 9.0, 9.9),
    ]  # fmt: skip
    assert (drive.start_s, drive.last_s) == (0.0, 9.9)
    assert drive.step_s == pytest.approx(0.1)


def test_a_drive_of_alerts_alone_has_a_beginning_and_an_end() -> None:
    drive = Course("d")
    drive.add_alert(Alert(12.0, "sleep", Level.CRITICAL, AlertState.FIRING, "Wake up!", (), {}))
    drive.reach(40.0)
    drive.end()
    assert (drive.start_s, drive.last_s) == (12.0, 40.0)
    page = Page(Drive(drive, {}, "labels.csv", SignalsConfig())).html.decode()
    assert '"label":"sleep"' in page


def numbers(text: str, kind: str) -> list[float]:
    return [float(value) for value in np.frombuffer(base64.b64decode(text), kind)]


def test_curves_are_as_fine_as_their_stretch_is_short() -> None:
    drive = course()
    whole = stretch(drive.timeline, ["openness"], 0.0, 120.0)
    part = stretch(drive.timeline, ["openness", "gaze_yaw_deg"], 54.0, 58.0)
    times, lows = numbers(part["times"], "<f8"), numbers(part["values"]["openness"][0], "<f4")
    assert len(numbers(whole["times"], "<f8")) <= MOST + 1
    assert times[0] < 54.0 <= times[1]
    assert times[-2] <= 58.0 < times[-1]
    assert len(times) == len(lows) == len(numbers(part["values"]["gaze_yaw_deg"][1], "<f4")) >= 60
    assert min(lows) == pytest.approx(0.04, abs=0.001)
    assert stretch(drive.timeline, ["openness"], 500.0, 600.0)["times"]
    assert numbers(stretch(Course("d").timeline, ["openness"], 0.0, 1.0)["times"], "<f8") == []


def test_every_plot_can_be_drawn_and_every_kind_has_its_key() -> None:
    assert set(series()) <= set(stretch(Course("d").timeline, series(), 0.0, 1.0)["values"])
    assert [plot.title for plot in plots(SignalsConfig())][:2] == ["Lid opening", "PERCLOS"]
    assert set(KEYS) == set(KINDS)
    assert len(set(KEYS.values())) == len(KEYS)


def test_hostile_words_cannot_get_out_of_their_text() -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    drive = Course(attack)
    drive.add(replace(tracked(0.0, zone=attack)))
    drive.add(tracked(5.0, zone="road"))
    drive.add_alert(Alert(1.0, attack, Level.CRITICAL, AlertState.FIRING, attack, (), {}))
    drive.end()
    page = Page(Drive(drive, HEADER | {attack: attack}, attack, SignalsConfig())).html.decode()
    assert page.count("<script") == 2
    assert "<img" not in page
