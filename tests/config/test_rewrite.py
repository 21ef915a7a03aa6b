"""A few numbers go into a user's config, and everything else of it stays as it is."""

from pathlib import Path

import pytest

from driver_monitor.config.loader import load
from driver_monitor.config.rewrite import replace_file, with_values
from driver_monitor.errors import DriverMonitorError

SECTION = ("signals", "camera_place")
PLACE = {"yaw_deg": 20.5, "pitch_deg": -10.0, "roll_deg": 0.0}
FILES = {
    "nothing": "",
    "comments": "# my car\n",
    "no section": "# my car\nextends: quiet   # base\nface:\n    seat: left\n",
    "no line end": "face: {seat: left}",
    "another setting": "signals:\n  # yawns of mine\n  yawn:   # long\n    min_s: 2.5   # s\n# the end\n",
    "block": "signals:\n  camera_place:   # mine\n    # left\n    yaw_deg: 25   # so\n    roll_deg: 1\nface:\n",
    "flow": "signals: {yawn: {min_s: 2.5}, camera_place: {pitch_deg: 3}}   # all of it\n",
    "empty": "signals:\n  camera_place:\nface:\n  seat: left\n",
    "empty flow": "signals: {}\n",
    "all flow": "{face: {seat: left}}\n",
    "null": "signals: null   # none\n",
    "CRLF": "face:\r\n  seat: left\r\nsignals:\r\n  yawn: {min_s: 2.5}\r\n",
    "mark": "\ufeffface: {seat: left}\n",
}


@pytest.mark.parametrize("name", FILES)
def test_the_numbers_are_set_and_nothing_else_changes(name: str, tmp_path: Path) -> None:
    file, before = tmp_path / "car.yaml", FILES[name]
    file.write_bytes(before.encode())
    other = load(file).config
    after = with_values(before, SECTION, PLACE)
    file.write_bytes(after.encode())
    config = load(file).config
    assert config.signals.camera_place.model_dump() == PLACE
    wanted = other.signals.model_copy(update={"camera_place": config.signals.camera_place})
    assert config == other.model_copy(update={"signals": wanted})
    comments = [line.partition("#")[2] for line in before.splitlines() if "#" in line]
    assert [line.partition("#")[2] for line in after.splitlines() if "#" in line] == comments
    assert with_values(after, SECTION, PLACE) == after


def test_a_number_that_is_there_is_replaced_in_its_place() -> None:
    after = with_values(FILES["block"], SECTION, {"yaw_deg": -3.25})
    assert after == FILES["block"].replace("yaw_deg: 25 ", "yaw_deg: -3.25 ")


def test_a_comment_keeps_the_key_that_it_stands_above() -> None:
    after = with_values(FILES["another setting"], SECTION, PLACE)
    assert "  # yawns of mine\n  yawn:   # long\n" in after


def test_a_file_that_would_mean_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("face: {seat: left}\n")
    with pytest.raises(DriverMonitorError, match=r"could not be updated without changing more; do it yourself"):
        replace_file(file, "face: {seat: right}\n", as_meant=lambda _: False, otherwise="do it yourself")
    with pytest.raises(DriverMonitorError, match="could not be updated"):
        replace_file(file, "face: {seat: top}\n", as_meant=lambda _: True, otherwise="do it yourself")
    assert file.read_text() == "face: {seat: left}\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_one_and_rights_stay_as_they_are(tmp_path: Path) -> None:
    file, link = tmp_path / "real.yaml", tmp_path / "car.yaml"
    file.write_text("{}\n")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, "face: {seat: right}\n", as_meant=lambda it: it.config.face.seat == "right", otherwise="")
    assert link.is_symlink()
    assert file.read_text() == "face: {seat: right}\n"
    assert file.stat().st_mode & 0o777 == 0o640
