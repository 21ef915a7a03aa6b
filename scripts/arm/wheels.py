"""Which wheels another machine has to get: driver-monitor's run-time requirements and theirs, as installed here."""

import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYPROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"
TESTS: Final = ("pytest", "pytest-timeout", "hypothesis", "playwright", "scikit-image", "onnx")
# What pip on Debian 12 takes, whose glibc is 2.36.
_TAGS: Final = ("manylinux2014", *(f"manylinux_2_{minor}" for minor in (17, 24, 26, 27, 28, 31, 34, 35, 36)))
# What decides about markers on the other machine.
_MACHINE: Final = {"platform_machine": "aarch64", "sys_platform": "linux", "extra": ""}


def platform_options(python: str) -> list[str]:
    """Of pip, for wheels of another machine: aarch64 with that version of Python ('3.11')."""
    tags = [f"--platform={tag}_aarch64" for tag in _TAGS]
    return ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}", *tags]


def needed() -> str:
    """Lines of name==version: what the program needs and its tests besides."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(closure([*run_time(), *TESTS]).items()))


def closure(names: list[str]) -> dict[str, str]:
    """Versions of these distributions and of all they require, by canonical name."""
    found: dict[str, str] = {}
    while names:
        name = canonicalize_name(names.pop())
        if name in found:
            continue
        found[name] = metadata.version(name)
        names += [requirement.name for requirement in _required(metadata.requires(name) or [])]
    return found


def run_time() -> list[str]:
    """The names of driver-monitor's own run-time requirements."""
    pyproject: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    return [requirement.name for requirement in _required(pyproject["project"]["dependencies"])]


def _required(lines: list[str]) -> list[Requirement]:
    requirements = [Requirement(line) for line in lines]
    return [one for one in requirements if one.marker is None or one.marker.evaluate(_MACHINE)]
