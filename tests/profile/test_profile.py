"""Stories of a baseline kept from one drive to the next."""

import json
import logging
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.config import Config
from driver_monitor.config.driver import DriverConfig
from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.errors import UsageError
from driver_monitor.profile.keeper import ProfileKeeper
from driver_monitor.profile.profile import DriverProfile, profile_of
from driver_monitor.profile.store import ProfileError, ProfileStore, open_store, profiles_dir
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import Normal, RestingFace

NORMAL = Normal(0.31, HeadPose(4.0, -3.0, 1.0), RestingFace(smile=0.2, iris_rise=0.06))
FRONT = CameraPlaceConfig()
PRIOR = HeadPose(0.0, 0.0, 0.0)


def config(folder: Path, name: str = "anna", **driver: float) -> Config:
    return Config(driver=DriverConfig(profile=name, profiles_dir=str(folder), **driver))


def drive(chosen: Config, learned: Normal | None, seconds: int = 10) -> Normal | None:
    """What the drive began with."""
    with ProfileKeeper(chosen) as keeper:
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


def test_a_drive_too_short_to_learn_leaves_the_profile_alone(tmp_path: Path) -> None:
    drive(config(tmp_path), NORMAL)
    before = (tmp_path / "anna.json").read_bytes()
    drive(config(tmp_path), None)
    assert (tmp_path / "anna.json").read_bytes() == before


def test_without_a_name_nothing_is_kept(tmp_path: Path) -> None:
    assert drive(config(tmp_path, name=""), NORMAL) is None
    assert list(tmp_path.iterdir()) == []
    assert open_store(Config().driver) is None


def test_the_file_is_the_owner_s_alone_and_holds_a_handful_of_numbers(tmp_path: Path) -> None:
    drive(config(tmp_path / "new" / "profiles"), NORMAL)
    path = tmp_path / "new" / "profiles" / "anna.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["anna.json"]
    kept = json.loads(path.read_text())
    assert set(kept) == {"version", "saved", "open_ear", "shut_ear", "neutral", "camera_place", "rest"}
    assert path.stat().st_size < 1000


def test_a_long_drive_writes_now_and_then_and_not_only_at_its_end(tmp_path: Path) -> None:
    with ProfileKeeper(config(tmp_path, save_every_s=10)) as keeper:
        keeper.tend(0.0, NORMAL)
        assert not (tmp_path / "anna.json").exists()
        keeper.tend(11.0, NORMAL)
        keeper._writer.shutdown(wait=True)  # type: ignore[union-attr]
        assert (tmp_path / "anna.json").exists()
        (tmp_path / "anna.json").unlink()
        keeper._learned = None


def test_a_camera_that_hangs_elsewhere_now_voids_the_pose_and_not_the_eyes(tmp_path: Path) -> None:
    kept = profile_of(NORMAL, FRONT, saved="2026-01-01")
    known = kept.normal(CameraPlaceConfig(yaw_deg=20), HeadPose(-20.0, 0.0, 0.0))
    assert known.open_ear == NORMAL.open_ear
    assert known.pose == HeadPose(-20.0, 0.0, 0.0)


def test_what_a_drive_did_not_learn_stays_as_it_was() -> None:
    before = profile_of(NORMAL, FRONT, saved="2026-01-01").model_copy(update={"shut_ear": 0.09})
    assert profile_of(NORMAL, FRONT, saved="2026-01-02", before=before).shut_ear == 0.09


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe\x00", b"null", b"[]", b"{}", b'{"version": 1}', b"x" * 100_000,
        b'{"version": 2, "saved": "2026-01-01", "open_ear": 0.3}',
    ],
)  # fmt: skip
def test_a_damaged_profile_is_one_warning_and_the_population_stands_in(
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
        profile_of(NORMAL, FRONT, saved="2026-01-01").model_dump_json().replace('"open_ear":0.31', '"open_ear":VALUE')
    )
    (tmp_path / "anna.json").write_text(text.replace("VALUE", value))
    with pytest.raises(ProfileError, match="open_ear"):
        ProfileStore(tmp_path, "anna").load()


def test_a_folder_that_cannot_be_written_is_one_warning_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        drive(config(tmp_path / "file" / "profiles", save_every_s=10), NORMAL, seconds=60)
    assert 1 <= len(caplog.records) <= 2
    assert "cannot be" in caplog.text


@pytest.mark.parametrize("name", ["../anna", "a/b", ".anna", "", "a b", "-x", "x" * 65, "ann\n"])
def test_a_name_that_could_lead_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="profile"):
        ProfileStore(tmp_path, name)


def test_profiles_live_in_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert profiles_dir(DriverConfig()) == tmp_path / "driver-monitor" / "profiles"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert profiles_dir(DriverConfig()) == tmp_path / "home" / ".local" / "state" / "driver-monitor" / "profiles"


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
    kept = profile_of(normal, FRONT, saved="2026-01-01")
    again = DriverProfile.model_validate_json(kept.model_dump_json(), strict=True)
    assert again == kept
    known = again.normal(FRONT, PRIOR)
    assert known.open_ear == pytest.approx(min(0.5, max(0.1, normal.open_ear)), abs=1e-4)
    assert known.pose.yaw_deg == pytest.approx(normal.pose.yaw_deg, abs=0.01)
    assert known.face.values() == pytest.approx(normal.face.values(), abs=1e-4)
