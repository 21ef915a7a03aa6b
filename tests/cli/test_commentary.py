import pytest

from driver_monitor.cli.commentary import status_line
from driver_monitor.monitor import Moment
from tests.rules.states import state


@pytest.mark.parametrize("zone", ["road", "inner_mirror", "left_shoulder"])
@pytest.mark.parametrize("degraded", ["", "dark_glasses", "camera_lost", "photograph"])
def test_a_status_line_of_an_hour_long_drive_fits_a_terminal_of_80_columns(zone: str, degraded: str) -> None:
    line = status_line(Moment(state(3605.0, eyes="unknown", zone=zone, degraded=degraded, fps=29.97), [], ()))
    assert len(line.plain) <= 80
    assert line.plain.endswith(" 30 fps")


def test_what_must_not_be_missed_stands_first_so_that_a_narrow_terminal_cuts_off_something_else() -> None:
    moment = Moment(state(3605.0, eyes="open", zone="road", fps=29.97), [], ())
    line = status_line(moment, ("CRITICAL ALERT NOT DELIVERED: microsleep", "MQTT ON"))
    assert line.plain.startswith(" CRITICAL ALERT NOT DELIVERED: microsleep  MQTT ON ")
    assert line.plain.endswith(status_line(moment).plain)


def test_a_photo_before_the_camera_is_named_in_words() -> None:
    moment = Moment(state(60.0, eyes="unknown", degraded="photograph"), [], ())
    assert "photo held up" in status_line(moment).plain
