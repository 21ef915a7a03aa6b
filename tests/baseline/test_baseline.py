"""Stories of a baseline kept from one drive to the next."""

import json
import logging
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.baseline.baseline import DriverBaseline, baseline_of
from driver_monitor.baseline.keeper import BaselineKeeper
from driver_monitor.baseline.store import BaselineError, BaselineStore, baselines_dir, open_store
from driver_monitor.config.config import Config
from driver_monitor.config.driver import DriverConfig
from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.errors import UsageError
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace

NORMAL = Normal(0.31, HeadPose(4.0, -3.0, 1.0), RestingFace(smile=0.2, iris_rise=0.06))
FRONT = CameraPlaceConfig()
PRIOR = HeadPose(0.0, 0.0, 0.0)


def config(folder: Path, name: str = "anna", **driver: float) -> Config:
    return Config(driver=DriverConfig(baseline=name, baselines_dir=str(folder), **driver))


def drive(chosen: Config, learned: Normal | None, seconds: int = 10) -> Normal | None:
    """What the drive began with."""
    with BaselineKeeper(chosen) as keeper:
        known = keeper.load()
        for second in range(seconds):
            keeper.tend(float(second), learned)
    return known


def test_what_one_drive_learned_stands_in_at_the_start_of_the_next(tmp_path: Path) -> None:
    assert drive(config(tmp_path), NORMAL) is None
    known = drive(config(tmp_path), None)
    assert known is not None
    assert known.open_ear == NORMAL.open_ear
    assert known.pose == NORMAL.pose
    assert known.face == NORMAL.face


def test_a_drive_too_short_to_learn_leaves_the_baseline_alone(tmp_path: Path) -> None:
    drive(config(tmp_path), NORMAL)
    before = (tmp_path / "anna.json").read_bytes()
    drive(config(tmp_path), None)
    assert (tmp_path / "anna.json").read_bytes() == before


def test_without_a_name_nothing_is_kept(tmp_path: Path) -> None:
    assert drive(config(tmp_path, name=""), NORMAL) is None
    assert list(tmp_path.iterdir()) == []
    assert open_store(Config().driver) is None


def test_the_file_is_the_owner_s_alone_and_holds_a_handful_of_numbers(tmp_path: Path) -> None:
    drive(config(tmp_path / "new" / "baselines"), NORMAL)
    path = tmp_path / "new" / "baselines" / "anna.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["anna.json"]
    kept = json.loads(path.read_text())
    assert set(kept) == {"version", "saved", "open_ear", "shut_ear", "neutral", "camera_place", "rest"}
    assert path.stat().st_size < 1000


def test_a_long_drive_writes_now_and_then_and_not_only_at_its_end(tmp_path: Path) -> None:
    with BaselineKeeper(config(tmp_path, save_every_s=10)) as keeper:
        keeper.tend(0.0, NORMAL)
        assert not (tmp_path / "anna.json").exists()
        keeper.tend(11.0, NORMAL)
        keeper._writer.shutdown(wait=True)  # type: ignore[union-attr]
        assert (tmp_path / "anna.json").exists()
        (tmp_path / "anna.json").unlink()
        keeper._learned = None


def test_a_camera_that_hangs_elsewhere_now_voids_the_pose_and_not_the_eyes(tmp_path: Path) -> None:
    kept = baseline_of(NORMAL, FRONT, saved="2026-01-01")
    known = kept.normal(CameraPlaceConfig(yaw_deg=20), HeadPose(-20.0, 0.0, 0.0))
    assert known.open_ear == NORMAL.open_ear
    assert known.pose == HeadPose(-20.0, 0.0, 0.0)


def test_what_a_drive_did_not_learn_stays_as_it_was() -> None:
    before = baseline_of(NORMAL, FRONT, saved="2026-01-01").model_copy(update={"shut_ear": 0.09})
    assert baseline_of(NORMAL, FRONT, saved="2026-01-02", before=before).shut_ear == 0.09


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe\x00", b"null", b"[]", b"{}", b'{"version": 1}', b"x" * 100_000,
        b'{"version": 2, "saved": "2026-01-01", "open_ear": 0.3}',
    ],
)  # fmt: skip
def test_a_damaged_baseline_is_one_warning_and_the_population_stands_in(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "anna.json"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert drive(config(tmp_path), NORMAL) is None
    assert len(caplog.records) == 1
    assert str(path) in caplog.text
    assert "delete it" in caplog.text
    assert drive(config(tmp_path), None) is not None  # what was learned took its place


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "9", '"0.3"', "null", "true"])
def test_no_number_out_of_range_gets_in(tmp_path: Path, value: str) -> None:
    text = (
        baseline_of(NORMAL, FRONT, saved="2026-01-01").model_dump_json().replace('"open_ear":0.31', '"open_ear":VALUE')
    )
    (tmp_path / "anna.json").write_text(text.replace("VALUE", value))
    with pytest.raises(BaselineError, match="open_ear"):
        BaselineStore(tmp_path, "anna").load()


def test_a_folder_that_cannot_be_written_is_one_warning_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        drive(config(tmp_path / "file" / "baselines", save_every_s=10), NORMAL, seconds=60)
    assert 1 <= len(caplog.records) <= 2
    assert "cannot be" in caplog.text


@pytest.mark.parametrize("name", ["../anna", "a/b", ".anna", "", "a b", "-x", "x" * 65, "ann\n"])
def test_a_name_that_could_lead_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="baseline"):
        BaselineStore(tmp_path, name)


def test_baselines_live_in_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert baselines_dir(DriverConfig()) == tmp_path / "driver-monitor" / "baselines"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert baselines_dir(DriverConfig()) == tmp_path / "home" / ".local" / "state" / "driver-monitor" / "baselines"


numbers = st.floats(-1.0, 1.0)
normals = st.builds(
    Normal,
    open_ear=st.floats(0.05, 0.9),
    pose=st.builds(HeadPose, st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180)),
    face=st.builds(RestingFace, *[numbers] * 9),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(normals)
def test_whatever_was_learned_can_be_kept_and_read_again(normal: Normal) -> None:
    kept = baseline_of(normal, FRONT, saved="2026-01-01")
    again = DriverBaseline.model_validate_json(kept.model_dump_json(), strict=True)
    assert again == kept
    known = again.normal(FRONT, PRIOR)
    assert known.open_ear == pytest.approx(min(0.5, max(0.1, normal.open_ear)), abs=1e-4)
    assert known.pose.yaw_deg == pytest.approx(normal.pose.yaw_deg, abs=0.01)
    assert known.face.values() == pytest.approx(normal.face.values(), abs=1e-4)


@pytest.fixture
def old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A driver's file where version 0.1 kept it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = tmp_path / "driver-monitor" / "profiles" / "anna.json"
    drive(config(file.parent), NORMAL)
    return file


def test_a_file_of_the_old_folder_moves_to_the_new_one_and_is_used(old_file: Path) -> None:
    content = old_file.read_bytes()
    known = drive(Config(driver=DriverConfig(baseline="anna")), None)
    assert known is not None
    assert known.open_ear == NORMAL.open_ear
    new = old_file.parents[1] / "baselines" / "anna.json"
    assert new.read_bytes() == content
    assert not old_file.exists()  # or deleting the new one would not forget the driver
    assert drive(Config(driver=DriverConfig(baseline="bert")), None) is None


def test_a_file_of_the_new_folder_goes_before_one_of_the_old(old_file: Path) -> None:
    wide = replace(NORMAL, open_ear=0.4)
    drive(config(old_file.parents[1] / "baselines"), wide)
    known = drive(Config(driver=DriverConfig(baseline="anna")), None)
    assert known is not None
    assert known.open_ear == wide.open_ear
    assert old_file.exists()


def test_where_the_old_file_cannot_be_moved_it_is_read_where_it_is(old_file: Path) -> None:
    (old_file.parents[1] / "baselines").write_text("no folder")
    known = drive(Config(driver=DriverConfig(baseline="anna")), None)
    assert known is not None
    assert known.open_ear == NORMAL.open_ear


def test_a_folder_of_one_s_own_has_no_old_one(old_file: Path, tmp_path: Path) -> None:
    assert drive(config(tmp_path / "mine"), None) is None
    assert old_file.exists()
