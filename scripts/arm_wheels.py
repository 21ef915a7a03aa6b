"""What pip has to fetch for another machine: driver-monitor's run-time requirements and theirs, as installed here.

``python -m scripts.arm_wheels`` prints ``name==version`` lines, with what its tests need besides.
"""

import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TESTS = ("pytest", "pytest-timeout", "hypothesis", "playwright")
# What decides about markers on the other machine.
_MACHINE = {"platform_machine": "aarch64", "sys_platform": "linux", "extra": ""}


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


def run_time(pyproject: dict[str, dict[str, list[str]]]) -> list[str]:
    """The names of driver-monitor's own run-time requirements."""
    return [requirement.name for requirement in _required(pyproject["project"]["dependencies"])]


def _required(lines: list[str]) -> list[Requirement]:
    requirements = [Requirement(line) for line in lines]
    return [one for one in requirements if one.marker is None or one.marker.evaluate(_MACHINE)]


def main() -> None:
    import tomllib
    from pathlib import Path

    pyproject = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    for name, version in sorted(closure([*run_time(pyproject), *TESTS]).items()):
        sys.stdout.write(f"{name}=={version}\n")


if __name__ == "__main__":
    main()
