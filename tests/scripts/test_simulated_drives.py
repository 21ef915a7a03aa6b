"""Simulated drives are recorded like real ones, with their labels."""

from pathlib import Path

from driver_monitor.labels.label import KINDS, Label
from driver_monitor.recording.drive import open_drive
from driver_monitor.simulate.habits import attentive
from scripts.evaluation.simulated_drives import LENGTHS_S, labels, make


def test_a_simulated_drive_can_be_opened_and_is_made_once(tmp_path: Path) -> None:
    path = make(3, tmp_path, hours=0.005, fps=10.0, lapses=0)
    drive = open_drive(path)
    assert (drive.header.drive_id, drive.header.driver) == (path.name, "driver3")
    assert 150 < len(list(drive.states())) <= 180
    assert (path / "labels.csv").exists()
    before = (path / "000.mcap").stat()
    assert make(3, tmp_path, hours=0.005, fps=10.0, lapses=0) == path
    assert (path / "000.mcap").stat() == before


def test_every_lapse_has_a_label_and_some_are_short() -> None:
    hour = attentive(1, lapses=24, lengths_s=LENGTHS_S)
    found = labels(hour)
    assert [(each.start_s, each.end_s) for each in found] == [(lapse.start_s, lapse.end_s) for lapse in hour.lapses]
    assert {each.kind for each in found} == {"microsleep", "sleep", "distracted"} <= set(KINDS)
    shortest: Label = min(found, key=lambda each: each.length_s)
    assert 0.8 <= shortest.length_s < 1.5
