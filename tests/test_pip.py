"""What to type for a missing package: with the interpreter that misses it."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.pip import install_self, pip

ROOT = Path(__file__).parents[1]


def test_pip_is_the_one_of_this_interpreter() -> None:
    words = shlex.split(pip("--version"))
    assert words[1:] == ["-m", "pip", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert f"python {sys.version_info.major}.{sys.version_info.minor}" in done.stdout


def test_in_the_checkout_the_words_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "executable", str(ROOT / ".venv" / "bin" / "python"))
    by_pip = ".venv/bin/python -m pip install -e"
    assert install_self() == f"{by_pip} ."
    assert install_self("analysis") == f"scripts/setup analysis (or {by_pip} '.[analysis]')"


def test_another_environment_than_the_checkouts_is_no_matter_of_its_setup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "executable", "/opt/python/bin/python")
    assert install_self("analysis") == "/opt/python/bin/python -m pip install -e '.[analysis]'"


def test_from_elsewhere_they_name_the_whole_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shlex.quote(f"{ROOT}[fleet]") in install_self("fleet")


def test_an_installed_wheel_is_named_by_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driver_monitor.pip._CHECKOUT", tmp_path)
    assert install_self("demo").endswith("-m pip install 'driver-monitor[demo]'")
