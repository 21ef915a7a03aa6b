"""The bench of the signals measures what it says: real signals over a drive with a face in it."""

from driver_monitor.face.observation import Tracking
from scripts.evaluation.signals_speed import drive, measure


def test_the_drive_shows_a_face_and_is_the_same_every_time() -> None:
    observations = drive(60)
    assert [seen.t_s for seen in observations] == [seen.t_s for seen in drive(60)]
    assert {seen.tracking for seen in observations} == {Tracking.TRACKED}


def test_every_figure_is_measured() -> None:
    found = measure(frames=60, rounds=1)
    assert found["frames"] == 60
    assert all(value > 0 for value in found.values())
