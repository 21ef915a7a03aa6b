from pathlib import Path

import numpy as np
import pytest

from driver_monitor.errors import UsageError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import sidecar, write_labels
from driver_monitor.monitor import Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from scripts.evaluation import rldd
from scripts.training.fatigue_drives import drives_in, windows_of
from scripts.training.fatigue_extra import added
from tests.recording.make import START, config_for
from tests.rules.states import MOVING
from tests.scripts.research_files import fold

BLINKS = 200
EVERY_S = 4.0


def drive(folder: Path, driver: str = "ada", *, relearned_at: int = 0) -> Path:
    """A blink every four seconds, longer and longer."""
    config = config_for(folder)
    config = config.model_copy(update={"driver": config.driver.model_copy(update={"baseline": driver})})
    monitor = Monitor(config)
    with Recorder(config, clock=lambda: START, live=False) as recorder:
        for number in range(1, BLINKS + 1):
            t_s = number * EVERY_S
            wobble = 0.01 * (number % 5)
            blink = Blink(t_s - 0.2 - wobble - number / 1000, t_s, 0.9 + wobble, 6.0 + wobble, 0.2)
            baseline = "prior" if relearned_at and number < relearned_at else "driver"
            signals = Signals(t_s=t_s, tracking="tracked", quality=1.0, baseline=baseline, completed_blink=blink)
            recorder.add(monitor.decide(DriverState(t_s, signals, MOVING)))
    return recorder.drive


def test_a_rating_counts_for_the_five_minutes_before_it(tmp_path: Path) -> None:
    path = drive(tmp_path)
    write_labels(sidecar(path), [Label("kss", 400.0, 400.0, 4), Label("kss", 780.0, 780.0, 9)])
    blinks, label, _, subject = windows_of(path)
    assert blinks.shape[1:] == (30, 4)
    assert np.isnan(blinks[:, :, 0]).all()
    assert np.isfinite(blinks[:, :, 1:]).all()
    assert set(subject) == {"ada"}
    assert set(label) == {0, 2}
    assert np.all(np.diff(label) >= 0)
    assert blinks[-1, :, 2].mean() > blinks[0, :, 2].mean()  # blinks grew longer
    ends_s = len(label) * 5 * EVERY_S
    assert ends_s < 600  # nothing between 400 and 480 s, which no rating covers


def test_stretches_count_where_the_whole_window_lies_in_them(tmp_path: Path) -> None:
    path = drive(tmp_path)
    write_labels(sidecar(path), [Label("drowsy", 500.0, 700.0), Label("talking", 0.0, 800.0)])
    blinks, label, _, _ = windows_of(path)
    assert set(label) == {2}
    assert len(blinks) == pytest.approx((200 - 30 * EVERY_S) / EVERY_S / 5, abs=2)


def test_blinks_of_another_baseline_are_not_mixed_in(tmp_path: Path) -> None:
    whole, broken = drive(tmp_path / "a"), drive(tmp_path / "b", relearned_at=150)
    for path in (whole, broken):
        write_labels(sidecar(path), [Label("attentive", 0.0, 800.0)])
    assert len(windows_of(broken)[0]) < len(windows_of(whole)[0])


def test_drives_join_the_research_files_by_person(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        fold(tmp_path / f"fatigue/uta_rldd_blinks/fold{number}.npz", subjects=2, windows=3, seed=number)
    windows = rldd.load(tmp_path)
    assert windows is not None
    folder = tmp_path / "drives"
    for driver in ("ada", "ada", "ben"):
        write_labels(sidecar(drive(folder, driver)), [Label("attentive", 0.0, 800.0)])
    both = added(windows, [folder])
    own = both.where(np.arange(len(both.label)) >= len(windows.label))
    assert np.unique(own.subject).size == 2
    assert np.unique(own.video).size == 3
    for person in np.unique(own.subject):
        assert np.unique(own.fold[own.subject == person]).size == 1


def test_drives_that_teach_nothing_are_named(tmp_path: Path) -> None:
    path = drive(tmp_path)
    with pytest.raises(UsageError, match="but no labels"):
        drives_in(tmp_path)
    write_labels(sidecar(path), [Label("talking", 0.0, 800.0)])
    for number in (1, 2, 3):
        fold(tmp_path / f"fatigue/uta_rldd_blinks/fold{number}.npz", subjects=2, windows=3, seed=number)
    windows = rldd.load(tmp_path)
    assert windows is not None
    with pytest.raises(UsageError, match="no window of 30 blinks that a label covers"):
        added(windows, [tmp_path])


def test_a_window_is_what_the_live_classifier_would_judge(tmp_path: Path) -> None:
    from driver_monitor.classifiers.fatigue import BlinkBaseline
    from driver_monitor.recording.open import open_drive

    path = drive(tmp_path)
    write_labels(sidecar(path), [Label("attentive", 0.0, 800.0)])
    recorded = [s.signals.completed_blink for s in open_drive(path).states() if s.signals.completed_blink]
    first = config_for(tmp_path).classifiers.fatigue_baseline_blinks
    expected = BlinkBaseline(recorded[:first]).z_scores(recorded[first : first + 30])
    np.testing.assert_array_equal(windows_of(path)[0][0], expected)
