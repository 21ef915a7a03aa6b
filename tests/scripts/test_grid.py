"""The grid's truth and its verdicts; the drives themselves take minutes and are not played here."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.head_pose import HeadPose, from_neutral, towards_camera
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.state.signals import Signals
from scripts.evaluation import grid

BASE = grid.Cell("base", "", "astronaut")


@pytest.fixture(scope="module")
def drive() -> ScriptedDrive:
    return ScriptedDrive(grid.script(BASE))


def perfect(drive: ScriptedDrive, late_s: float = 0.0) -> Iterator[Signals]:
    """What a monitor would say that knows the script; shut eyes are reported ``late_s`` late."""
    for index, frame_s in enumerate(drive.frame_times):
        t_s, closed_s = float(frame_s), 0.0
        for start_s, length_s in grid.CLOSURES:
            begin_s, end_s = start_s + 0.07 + late_s, start_s + length_s + 0.075
            if begin_s < t_s < end_s:
                closed_s = t_s - begin_s
        truth = drive.truth(t_s) if index % 3 == 0 or closed_s else None
        yield Signals(
            t_s=t_s,
            eyes_closed_s=closed_s,
            yaw_deg=truth.yaw_deg if truth else None,
            pitch_deg=truth.pitch_deg if truth else None,
        )


def test_a_perfect_monitor_has_no_closure_errors(drive: ScriptedDrive) -> None:
    missed, onset_s, over_s = grid.closure_errors(drive, list(perfect(drive)), 0.30, 0.50, 30.0)
    assert missed == 0
    assert onset_s <= 0.02
    assert over_s <= 0.01


def test_a_late_one_is_as_wrong_as_it_is_late(drive: ScriptedDrive) -> None:
    _, onset_s, over_s = grid.closure_errors(drive, list(perfect(drive, 0.2)), 0.30, 0.50, 30.0)
    assert onset_s == pytest.approx(0.2, abs=0.02)
    assert over_s == pytest.approx(0.2 - 1 / 30, abs=0.04)


def test_a_blind_one_misses_every_closure_and_every_zone(drive: ScriptedDrive) -> None:
    blind = [Signals(t_s=float(t_s)) for t_s in drive.frame_times]
    assert grid.closure_errors(drive, blind, 0.30, 0.50, 30.0)[0] == len(grid.CLOSURES)
    assert grid.look_errors(BASE, drive, blind)[2] == 0.0
    assert grid.blink_f1(drive, blind) == 0.0
    assert grid.down_alarms(blind) == 0


@pytest.mark.parametrize("cell", [cell for cell in grid.cells() if cell.portrait == "astronaut"], ids=str)
def test_before_every_camera_a_monitor_that_knows_the_head_has_every_zone_right(cell: grid.Cell) -> None:
    drive, zones = ScriptedDrive(grid.script(cell)), ZoneMap(GazeConfig())
    neutral, found = towards_camera(HeadPose(*cell.camera_deg, 0.0)), []
    for t_s in np.arange(grid.BEFORE_LOOKS_S, grid.DOWN[0][0], 0.1):
        truth = drive.truth(float(t_s))
        head = from_neutral(HeadPose(truth.yaw_deg, truth.pitch_deg, truth.roll_deg), neutral)
        zone = zones.zone(head.yaw_deg, head.pitch_deg)
        found.append(Signals(t_s=float(t_s), yaw_deg=head.yaw_deg, pitch_deg=head.pitch_deg, zone=zone))
    assert grid.look_errors(cell, drive, found) == (0.0, 0.0, 1.0)


def test_perclos_truth_is_the_share_of_the_scripted_closures(drive: ScriptedDrive) -> None:
    blind = [Signals(t_s=float(t_s), perclos_60s=0.0) for t_s in drive.frame_times]
    scripted = 100 * sum(length for _, length in grid.CLOSURES) / (grid.BEFORE_LOOKS_S - 1)
    assert grid.perclos_error(drive, blind, 0.20, 0.40) == pytest.approx(scripted, abs=1.0)


def test_a_look_down_called_sleep_is_counted(drive: ScriptedDrive) -> None:
    start, _, _ = grid.DOWN[1]
    asleep = [Signals(t_s=start + 1.5, eyes_closed_s=1.2), Signals(t_s=30.0, eyes_closed_s=2.0)]
    assert grid.down_alarms(asleep) == 1


def test_every_missed_goal_is_named() -> None:
    good = grid.Result("base", "30 fps", "astronaut", 0, 0.1, 0.0, 0.2, 1.0, 0.5, 0.5, 1.0, 0)
    assert grid.failures([good]) == []
    bad = replace(good, zone_accuracy=0.5, down_alarms=1)
    assert [line.split(": ")[1].split()[0] for line in grid.failures([bad])] == ["zone_accuracy", "down_alarms"]


def test_the_grid_has_every_factor_for_both_portraits() -> None:
    assert {(cell.factor, cell.portrait) for cell in grid.cells()} == {
        (factor, portrait) for factor in grid.FACTORS for portrait in grid.PORTRAITS
    }


def test_wrong_jobs_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert grid.main(["--jobs", "0"]) == 2
    assert "--jobs must be at least 1" in capsys.readouterr().err
