"""What of an ARM board can be told here: a wheel for every requirement, and the seal's filter."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyseccomp
import pytest

from scripts.arm.bpf import Filter
from scripts.arm.main import main
from scripts.arm.seal import faults, filter_for
from scripts.arm.steps import TESTS
from scripts.arm.wheels import closure, platform_options, run_time

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
TIMEOUT_S = 560


def test_the_closure_holds_what_the_program_imports_and_nothing_of_its_extras() -> None:
    found = closure(run_time())
    assert {"ai-edge-litert", "mediapipe", "numpy", "opencv-python", "flatbuffers", "pydantic-core"} <= set(found)
    assert not {"torch", "pytest", "scikit-image", "optuna"} & set(found)


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple["subprocess.Popen[str]", Path]]]:
    """A pip for each version of Python, all at work: they mostly wait for the index."""
    folder = tmp_path_factory.mktemp("wheels")
    wanted = [f"{name}=={version}" for name, version in closure(run_time()).items()]
    started = {}
    for python in PYTHONS:
        report = folder / f"{python}.json"
        pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--report", str(report)]
        command = [*pip, "--target", str(folder / python), *platform_options(python), *wanted]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        started[python] = (process, report)
    yield started
    for process, _ in started.values():
        process.kill()
        process.communicate()


@pytest.mark.timeout(TIMEOUT_S + 40)  # where the index keeps no metadata apart, whole wheels are fetched
@pytest.mark.parametrize("python", PYTHONS)
def test_every_run_time_requirement_has_an_aarch64_wheel(
    python: str, resolved: dict[str, tuple["subprocess.Popen[str]", Path]]
) -> None:
    """Asks the package index, installs nothing."""
    process, report = resolved[python]
    _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, errors
    files = [Path(one["download_info"]["url"]).name for one in json.loads(report.read_text())["install"]]
    assert len(files) == len(closure(run_time()))
    assert [name for name in files if not name.endswith(("_aarch64.whl", "-none-any.whl"))] == []


def on_aarch64(*, local_programs: bool) -> Filter:
    """The seal's filter as this machine's libseccomp makes it for a board."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_arch(pyseccomp.Arch.AARCH64)
    if os.uname().machine != "aarch64":
        rules.remove_arch(pyseccomp.Arch.NATIVE)
    return filter_for(rules, local_programs=local_programs)


@pytest.mark.parametrize("local_programs", [True, False])
def test_the_seal_refuses_on_aarch64_what_it_must_and_nothing_else(local_programs: bool) -> None:
    assert faults(on_aarch64(local_programs=local_programs), local_programs=local_programs) == []


def test_a_seal_with_a_hole_is_found_out() -> None:
    lax, strict = on_aarch64(local_programs=True), on_aarch64(local_programs=False)
    assert faults(lax, local_programs=False) == ["call 203 of ABI 0xc00000b7 with 2 is allowed"]
    assert faults(strict, local_programs=True) == ["call 203 of ABI 0xc00000b7 with 2 is refused with EACCES"]


def test_a_cpu_that_is_not_known_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cortex-a53"])
    assert ended.value.code == 2
    assert "no such CPU: cortex-a53; there are: cortex-a72, cortex-a76" in capsys.readouterr().err


@pytest.mark.parametrize("wanted", [wanted for group in TESTS.values() for wanted in group])
def test_what_is_run_on_the_board_is_a_test_of_the_project(wanted: str) -> None:
    file, _, name = wanted.partition("::")
    assert (ROOT / file).exists()
    assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
