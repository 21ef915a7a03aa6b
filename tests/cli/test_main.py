"""The command line as a shell sees it: exit codes, one sentence on stderr, nothing loaded that is not wanted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import driver_monitor
from driver_monitor.cli import main as cli
from driver_monitor.cli.main import main
from driver_monitor.cli.parsers.command_line import COMMANDS, build_parser
from driver_monitor.errors import DriverMonitorError, UsageError

ROOT = Path(driver_monitor.__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "driver_monitor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)


class Raises:
    """A command that ends with an error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def run(self, args: object) -> int:
        raise self.error


def ended_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(cli, "handler", lambda command: Raises(error))
    return main(["doctor"])


def test_help_names_every_command_and_the_exit_codes() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(f"\n    {name} " in done.stdout for name in COMMANDS)
    assert "exit codes" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"driver-monitor {name}" in capsys.readouterr().out.split("options:")[-1]


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"driver-monitor {driver_monitor.__version__}\n"


def test_no_command_shows_the_help_and_counts_as_wrong_usage() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert "commands:" in done.stderr


def test_a_mistyped_command_or_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["confgi"]) == 2
    assert "'config'" in capsys.readouterr().err
    assert main(["config", "check", "--colour"]) == 2
    assert "--colour" in capsys.readouterr().err


def test_a_failure_is_one_sentence_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended_with(DriverMonitorError("the camera is gone; plug it in"), monkeypatch) == 1
    assert capsys.readouterr() == ("", "driver-monitor: the camera is gone; plug it in\n")
    assert ended_with(UsageError("--fps takes a number"), monkeypatch) == 2
    assert capsys.readouterr() == ("", "driver-monitor: --fps takes a number\n")


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_with(KeyboardInterrupt(), monkeypatch) == 130
    assert capsys.readouterr() == ("", "")


def test_a_defect_keeps_its_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PermissionError):
        ended_with(PermissionError(13, "denied"), monkeypatch)
    with pytest.raises(ZeroDivisionError):
        ended_with(ZeroDivisionError(), monkeypatch)


def test_a_pipe_of_our_own_that_breaks_is_a_defect_while_stdout_is_well() -> None:
    code = (
        "import sys; from driver_monitor.cli import main as m\n"
        "class C:\n"
        "  def run(self, args): raise BrokenPipeError(32, 'worker')\n"
        "m.handler = lambda command: C()\n"
        "sys.exit(m.main(['doctor']))\n"
    )
    done = run(code=code)
    assert done.returncode == 1
    assert "BrokenPipeError" in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m driver_monitor config show --defaults --commented | head -1; echo "${{PIPESTATUS[0]}}"',
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    first, status = done.stdout.splitlines()
    assert first.startswith("# Every setting")
    assert status in ("0", "141")  # 0 when everything fitted into the pipe before the reader left


def test_a_reader_that_was_never_there_ends_the_program_quietly() -> None:
    here, there = os.pipe()
    os.close(here)
    with os.fdopen(there, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "driver_monitor", "config", "show"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("arguments", [("config", "show"), ("config", "check")])
def test_a_full_disk_behind_the_output_is_said(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "driver_monitor", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "driver-monitor: the output could not be written in full: the disk is full; free some room\n"
    )


def test_checking_a_config_loads_no_vision_library() -> None:
    code = (
        "import sys; from driver_monitor.cli.main import main; assert main(['config', 'check']) == 0; "
        "print(sorted({'cv2', 'onnxruntime', 'mediapipe', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    assert run(code=code).stdout.splitlines()[-1] == "[]"


def test_help_is_told_without_loading_anything_heavy() -> None:
    code = (
        "import sys; from driver_monitor.cli.main import main; assert main(['--help']) == 0; "
        "print(sorted({'numpy', 'cv2', 'onnxruntime', 'pydantic', 'rich', 'yaml'} & set(sys.modules)))"
    )
    assert run(code=code).stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "x.mp4", "--speed-kmh", "-1"),
        ("replay", "x.mp4", "--annotate"),
        ("bench", "--frames", "1"),
        ("label", "x", "--fps", "30"),
        ("run", "--for-s", "0"),
        ("run", "--record", ""),
        ("report", "x", "--jobs", "0"),
        ("report", "x", "--engine", "dask"),
        ("score", "x", "--scheduler", "tcp://x"),
        ("tune", "x"),
    ],
)
def test_options_that_do_not_fit_together_are_refused_before_anything_is_loaded(arguments: tuple[str, ...]) -> None:
    code = (
        f"import sys; from driver_monitor.cli.main import main; code = main({list(arguments)!r}); "
        "print(code, sorted({'numpy', 'cv2', 'onnxruntime', 'pydantic', 'rich', 'yaml'} & set(sys.modules)))"
    )
    assert run(code=code).stdout == "2 []\n"


def test_verbose_may_stand_before_or_after_the_command() -> None:
    parser = build_parser()
    levels = [
        parser.parse_args(words).verbose
        for words in (["config", "schema"], ["-v", "config", "schema"], ["config", "-vv", "schema"])
    ]
    assert levels == [0, 1, 2]


@pytest.mark.parametrize("command", [("run",), ("replay", "x.mp4")])
@pytest.mark.parametrize("speed", ["abc", "-1", "nan", "inf", "1e9"])
def test_a_speed_that_is_none_is_told_with_its_range(
    command: tuple[str, ...], speed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, f"--speed-kmh={speed}"]) == 2
    assert f"'{speed}' is not a speed; give 0 to 250 km/h" in capsys.readouterr().err
