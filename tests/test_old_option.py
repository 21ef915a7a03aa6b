"""An option's old name does what the new one does, says so once, and is not in the help."""

import argparse

import pytest

from driver_monitor.cli.parsers.command_line import build_parser
from driver_monitor.conformance.main import parser as conformance_parser
from driver_monitor.old_option import add_old_option


def test_run_takes_profile_for_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    args = build_parser().parse_args(["run", "--profile", "anna"])
    assert args.baseline == "anna"
    said = capsys.readouterr().err
    assert said.startswith("driver-monitor: WARNING: '--profile' is the old name of '--baseline'")
    assert said.count("\n") == 1


@pytest.mark.parametrize("names", [("--baseline", "--profile"), ("--profile", "--baseline")])
def test_both_names_of_an_option_that_has_one_value_are_refused(
    names: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = names
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["run", first, "anna", second, "ben"])
    assert ended.value.code == 2
    assert f"argument {second}: not allowed with argument {first}" in capsys.readouterr().err


def test_the_new_name_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_parser().parse_args(["run", "--baseline", "anna"]).baseline == "anna"
    assert build_parser().parse_args(["run"]).baseline is None
    assert capsys.readouterr().err == ""


def test_a_repeated_old_name_adds_up_and_warns_once(capsys: pytest.CaptureFixture[str]) -> None:
    args = conformance_parser().parse_args(["--profile", "quiet", "--preset", "default", "--profile", "sensitive"])
    assert args.preset == ["quiet", "default", "sensitive"]
    assert capsys.readouterr().err.count("WARNING") == 1


def test_the_value_is_checked_as_the_new_option_s_is(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="program")
    add_old_option(parser, "--rate", parser.add_argument("--fps", type=float))
    assert parser.parse_args(["--rate", "2.5"]).fps == 2.5
    with pytest.raises(SystemExit):
        parser.parse_args(["--rate", "fast"])
    assert "invalid float value: 'fast'" in capsys.readouterr().err
    assert "--rate" not in parser.format_help()
