"""Drives become columns once, and only labelled drives that keep signals are taken."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.jobs.engine import HereEngine
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from driver_monitor.recording.open import open_drive
from driver_monitor.state.alert import News
from driver_monitor.tune.drives import CACHE, LabelledDrive, read_table, table
from driver_monitor.tune.play import Plan, Player, names_of
from driver_monitor.tune.sources import Sources
from driver_monitor.tune.table import StateTable
from driver_monitor.tune.tuner import Tuner
from driver_monitor.tune.work import Task, confirm, prepare
from tests.tune.drives import LAPSES, record, states

NAMES = ("eyes_closed_s", "grimace", "zone", "yawn", "awareness")


def only(path: Path) -> LabelledDrive:
    (drive,) = Sources([path], None).drives
    return drive


def test_a_recorded_drive_gives_the_columns_of_its_states(tmp_path: Path) -> None:
    drive = record(tmp_path, 0, "anna", LAPSES)
    found, problems = read_table(drive, NAMES)
    expected = states(LAPSES)
    assert problems == []
    assert list(found.times_s) == [each.t_s for each in expected]
    assert found.columns["eyes_closed_s"].listed(len(found)) == [each.signals.eyes_closed_s for each in expected]
    assert found.columns["eyes"].listed(len(found)) == [each.signals.eyes for each in expected]
    assert found.columns["yawn"].listed(len(found)) == [False] * len(expected)
    assert "awareness" not in found.columns  # that is for the attention ladder to say
    assert found.driven_s == pytest.approx(119.9)


def test_the_columns_are_kept_beside_the_drive_until_it_changes(tmp_path: Path) -> None:
    path = record(tmp_path, 0, "anna", LAPSES)
    first, _ = table(only(path), NAMES, cache=True)
    (kept,) = (path / CACHE).iterdir()
    kept.write_bytes(StateTable.of(states(LAPSES)[:7], NAMES).to_bytes())  # to tell it from the drive
    assert len(table(only(path), NAMES, cache=True)[0]) == 7
    kept.write_bytes(b"PK nonsense")
    healed, _ = table(only(path), NAMES, cache=True)
    assert np.array_equal(healed.t_s, first.t_s)
    (path / "000.mcap").touch()
    table(only(path), NAMES, cache=True)
    (newer,) = (path / CACHE).iterdir()
    assert newer.name != kept.name  # and the old one is gone


def test_no_cache_keeps_nothing(tmp_path: Path) -> None:
    path = record(tmp_path, 0, "anna", LAPSES)
    table(only(path), NAMES, cache=False)
    assert not (path / CACHE).exists()


def test_a_press_of_the_button_counts_as_it_did(tmp_path: Path) -> None:
    """The lapse uses up awareness; the press is an answer, and the rule engine itself says the same."""
    quick = {"look_up_s": 0.5, "warn_s": 1.0, "urgent_s": 1.5, "used_up_s": 2.0}
    config = Config.model_validate({"attention": {"vision": quick, "unseen": quick}})
    closures = ((10.0, 4.0, True),)
    told = {}
    for number, presses_s in enumerate(((), (14.5,))):
        drive = only(record(tmp_path, number, "anna", closures, presses_s=presses_s))
        with HereEngine() as engine:
            tuner = Tuner(engine, [drive], config, cache=False)
            tuner.prepare(lambda done, of: None)
            verdicts, _ = tuner.verdicts(
                [config], [drive], frozenset({"microsleep"}), engine=True, progress=lambda done, of: None
            )
        assert verdicts[0].figures.tally.caught == 1
        found, _ = read_table(drive.path, [name for rule in config.rules.values() for name in names_of(rule)])
        alerts = Player(found).alerts(Plan.of(config))
        told[presses_s] = [a.t_s for a in alerts if (a.rule, a.news) == ("unresponsive", News.ENDED)]
    assert told[(14.5,)] < told[()]


def test_what_cannot_be_tuned_on_is_left_out_and_said(tmp_path: Path) -> None:
    good = record(tmp_path, 0, "anna", LAPSES)
    record(tmp_path, 1, "anna", LAPSES, labelled=False)
    record(tmp_path, 2, "anna", LAPSES, config={"recording": {"level": "events"}})
    record(tmp_path, 3, "anna", LAPSES, config={"recording": {"clip_s": 10}})
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "000.mcap").write_bytes(b"no drive")
    found = Sources([tmp_path, good], None)
    assert [drive.path for drive in found.drives] == [good]
    assert found.broken
    told = "\n".join(found.left_out)
    for sentence in (
        "1 drive has no labels and is left out",
        "keeps alerts only",
        "only what is around alerts",
        "not an MCAP file",
    ):
        assert sentence in told


def test_the_same_drive_twice_is_refused_unless_it_is_the_same_folder(tmp_path: Path) -> None:
    path = record(tmp_path / "drives", 0, "anna", LAPSES)
    assert len(Sources([path, tmp_path / "drives"], None).drives) == 1
    shutil.copytree(path, tmp_path / "drives" / "copy")
    with pytest.raises(UsageError, match="are the same drive"):
        Sources([tmp_path / "drives"], None)


def test_a_drive_whose_signals_other_settings_made_is_told(tmp_path: Path) -> None:
    record(tmp_path, 0, "anna", LAPSES)
    odd = record(tmp_path, 1, "ben", LAPSES, config={"signals": {"closure": {"p80_openness": 0.25}}})
    found = Sources([tmp_path], None)
    assert found.other_settings(Config()) == [
        f"{odd.name}: recorded with other settings of signals than the config has; what is found holds for those"
    ]


def test_a_label_outside_the_drive_is_told(tmp_path: Path) -> None:
    path = record(tmp_path, 0, "anna", LAPSES)
    write_labels(path / "labels.csv", [Label("sleep", 500.0, 503.0), Label("microsleep", 10.0, 11.0)])
    with HereEngine() as engine:
        tuner = Tuner(engine, [only(path)], Config())
        tuner.prepare(lambda done, of: None)
    assert len(tuner.notes) == 1
    assert "the label sleep from 8:20.0 to 8:23.0 lies outside the drive" in tuner.notes[0]


def test_labels_may_lie_elsewhere(tmp_path: Path) -> None:
    path = record(tmp_path / "drives", 0, "anna", LAPSES, labelled=False)
    with pytest.raises(DriverMonitorError, match="there is no labelled drive to tune on"):
        Sources([path], None)
    folder = tmp_path / "labels"
    folder.mkdir()
    write_labels(folder / f"{path.name}.csv", [Label("sleep", 1.0, 5.0)])
    assert Sources([path], folder).drives[0].labels == (Label("sleep", 1.0, 5.0),)
    assert Sources([path], folder / f"{path.name}.csv").drives[0].labels == (Label("sleep", 1.0, 5.0),)
    record(tmp_path / "drives", 1, "ben", LAPSES)
    with pytest.raises(DriverMonitorError, match="one file for 2 drives"):
        Sources([tmp_path / "drives"], folder / f"{path.name}.csv")


def test_a_drive_that_was_cut_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    path = record(tmp_path, 0, "anna", LAPSES)
    file = path / "000.mcap"
    file.write_bytes(file.read_bytes()[:-40_000])
    assert open_drive(path).header.driver == "anna"
    with HereEngine() as engine:
        tuner = Tuner(engine, [only(path)], Config(), cache=False)
        tuner.prepare(lambda done, of: None)
    assert 0 < sum(tuner.hours.values()) * 3600 < 119


def test_the_engine_would_be_heard_if_it_disagreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = only(record(tmp_path, 0, "anna", LAPSES))
    with HereEngine() as engine:
        tuner = Tuner(engine, [drive], Config(), cache=False)
        tuner.prepare(lambda done, of: None)
        look = tuner._looks[drive]
        assert prepare(look).frames == 1200
        assert confirm(Task(look, frozenset({"microsleep"}), (Config(),))).differs == ""
        monkeypatch.setattr(Player, "alerts", lambda self, plan: [])
        assert confirm(Task(look, frozenset({"microsleep"}), (Config(),))).differs == (
            f"{drive.path}: rule 'microsleep' at 0:31.50"
        )
