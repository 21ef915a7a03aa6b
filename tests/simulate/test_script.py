"""Reading a drive script."""

from pathlib import Path

import pytest

from driver_monitor.config.errors import ConfigError
from driver_monitor.errors import UsageError
from driver_monitor.simulate.script import load_script
from driver_monitor.simulate.timeline import Timeline


def mistakes(tmp_path: Path, text: str) -> str:
    path = tmp_path / "drive.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_script(str(path))
    assert caught.value.exit_code == 2
    return str(caught.value).replace(str(tmp_path), "")


def test_every_mistake_is_named_at_its_line(tmp_path: Path) -> None:
    said = mistakes(
        tmp_path,
        "drive: {duration_s: 10, colour: red}\n"
        "actions:\n"
        "  - {t: 1, do: blink}\n"
        "  - {t: 2, do: look, pitch: -90, for: 2}\n"
        "  - {t: 3, do: dance}\n"
        "  - {t: 4, do: yawn, for: soon}\n",
    )
    assert said.startswith("the drive script has 4 mistakes; correct these lines:\n/drive.yaml:1: drive.colour: ")
    assert "/drive.yaml:4: actions[1].pitch: got -90; accepted: greater than or equal to -45" in said
    assert "/drive.yaml:5: actions[2]: " in said
    assert "'dance'" in said
    assert "/drive.yaml:6: actions[3].for: " in said


def test_frames_cannot_change_places(tmp_path: Path) -> None:
    assert "jitter_s must be under half a frame interval" in mistakes(tmp_path, "drive: {fps: 30, jitter_s: 0.02}\n")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("sleepiness: [{t: 9, kss: 3}, {t: 4, kss: 8}]", "sleepiness must be in order of time"),
        ("natural_blinks: false, sleepiness: [{t: 0, kss: 3}]", "natural_blinks must not be false"),
        ("sleepiness: [{t: 0, kss: 11}]", "drive.sleepiness[0].kss: got 11; accepted: less than or equal to 9"),
    ],
)
def test_sleepiness_that_nobody_can_play_is_refused(tmp_path: Path, head: str, said: str) -> None:
    assert said in mistakes(tmp_path, f"drive: {{{head}}}\n")


def test_a_drive_may_take_days_and_whoever_takes_over_stays(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("drive: {duration_s: 200000}\nactions: [{t: 190000, do: swap_driver}]\n")
    timeline = Timeline(load_script(str(path)))
    assert [timeline.at(t_s).portrait for t_s in (189_999.0, 199_999.0)] == ["astronaut", "grace_hopper"]


def test_a_key_twice_is_a_mistake(tmp_path: Path) -> None:
    assert "drive.yaml:1" in mistakes(tmp_path, "drive: {fps: 30, fps: 25}\n")


def test_a_file_that_is_no_script_is_said_to_be_none(tmp_path: Path) -> None:
    assert "drive.yaml" in mistakes(tmp_path, "just words\n")
    with pytest.raises(UsageError, match="There is no drive script"):
        load_script(str(tmp_path / "none.yaml"))


def test_an_empty_script_is_a_quiet_minute(tmp_path: Path) -> None:
    (tmp_path / "quiet.yaml").write_text("")
    script = load_script(str(tmp_path / "quiet.yaml"))
    assert script.drive.duration_s == 60
    assert script.actions == ()
