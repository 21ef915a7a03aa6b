"""Every run-time requirement has a wheel for a Raspberry Pi; asks the package index, installs nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.arm_wheels import closure, run_time

PYPROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
# What pip on Debian 12's glibc 2.36 takes.
PLATFORMS = ("manylinux_2_17", "manylinux2014", "manylinux_2_27", "manylinux_2_28", "manylinux_2_34")


def test_the_closure_holds_what_the_program_imports_and_nothing_of_its_extras() -> None:
    found = closure(run_time(PYPROJECT))
    assert {"ai-edge-litert", "mediapipe", "numpy", "opencv-python", "flatbuffers", "pydantic-core"} <= set(found)
    assert not {"torch", "pytest", "scikit-image", "optuna"} & set(found)


@pytest.mark.slow
@pytest.mark.timeout(600)  # where the index keeps no metadata apart, whole wheels are fetched
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_run_time_requirement_has_an_aarch64_wheel(version: str, tmp_path: Path) -> None:
    wanted = [f"{name}=={number}" for name, number in closure(run_time(PYPROJECT)).items()]
    platforms = [f"--platform={name}_aarch64" for name in PLATFORMS]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--only-binary=:all:"),
            *("--target", str(tmp_path), "--implementation=cp", f"--python-version={version}", *platforms, *wanted),
        ],
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stderr
