"""``driver-monitor config`` as typed."""

import json
from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from driver_monitor.config.loader import default_config, load


def test_a_good_file_is_said_to_be_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("camera: {fps: 20}\n")
    assert main(["config", "check", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{file}: fine; 1 key differs from the defaults, ")


def test_a_file_that_disarms_the_monitor_is_usable_but_not_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("rules:\n  sleep:\n    level: info\n    outputs: []\n")
    assert main(["config", "check", str(file)]) == 0
    said = capsys.readouterr()
    assert "fine" not in said.out
    assert said.out.startswith(f"{file}: usable, but 2 keys disarm the monitor (a warning: the exit code stays 0)")
    assert f"WARNING: {file}:3: rules.sleep.level (info) disarms the monitor: eyes closed for 3 s" in said.err
    assert f"WARNING: {file}:4: rules.sleep.outputs" in said.err


def test_the_defaults_are_checked_when_no_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check"]) == 0
    assert capsys.readouterr().out.startswith("the built-in defaults: fine; 0 keys differ")


def test_mistakes_of_all_files_are_told_in_lines_an_editor_can_jump_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good, worse = (tmp_path / name for name in ("bad.yaml", "good.yaml", "worse.yaml"))
    bad.write_text("camera:\n  fps: 300\n  mirror: yes\n")
    good.write_text("")
    worse.write_text("- 1\n")
    assert main(["config", "check", str(bad), str(good), str(worse)]) == 2
    said = capsys.readouterr()
    assert [line.split(": ")[0] for line in said.err.splitlines()] == [
        "the config has 2 mistakes; correct these lines:",
        f"{bad}:2",
        f"{bad}:3",
        f"{worse}:1",
    ]
    assert f"{bad}:2: camera.fps: got 300;" in said.err
    assert f"{bad}:3: camera.mirror: got yes;" in said.err
    assert f"{worse}:1: the file must hold" in said.err
    assert said.out.startswith(f"{good}: fine")


def test_a_missing_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--config", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "driver-monitor: nowhere.yaml: there is no such config file\n"


def test_the_shown_config_can_be_loaded_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, shown = tmp_path / "car.yaml", tmp_path / "shown.yaml"
    file.write_text("rules: {mine: {when: fps < 5, message: 'Slow: \"camera\"'}}\n")
    for extra in ([], ["--commented"]):
        assert main(["config", "show", "--config", str(file), *extra]) == 0
        shown.write_text(capsys.readouterr().out)
        assert load(shown).config == load(file).config != default_config()


def test_the_commented_defaults_are_the_committed_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--defaults", "--commented"]) == 0
    committed = Path(__file__).parents[2] / "configs" / "default.yaml"
    assert capsys.readouterr().out == committed.read_text(encoding="utf-8")


def test_a_file_and_the_defaults_cannot_both_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--defaults", "--config", "car.yaml"]) == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--parameters", "--commented"], "--commented explains the keys of a config"),
        (["--signals", "--commented"], "--commented explains the keys of a config"),
        (["--commented", "--json"], "--json goes with --parameters"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", *options]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_the_signals_are_listed_for_rule_writers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--signals"]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert ["eyes_closed_s", "s", "how long the eyes have been closed without a break, 0 when open"] in lines


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "driver-monitor configuration"


def test_two_configs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("camera: {fps: 20}\n")
    assert main(["config", "diff", "default", str(file)]) == 0
    assert capsys.readouterr().out == "camera.fps: 30.0 -> 20.0 Hz\n"
    assert main(["config", "diff", str(file), str(file)]) == 0
    assert capsys.readouterr().out == f"{file} and {file} mean the same\n"
