"""scripts/setup answers a slip before it installs anything."""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def setup(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [ROOT / "scripts" / "setup", *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_an_extra_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = setup("demos")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert done.returncode == 2
    said, _, listed = done.stderr.strip().partition("; there are: ")
    assert said == "scripts/setup: there is no extra 'demos'"
    assert listed.split() == list(extras)


def test_help_tells_how_to_call_it() -> None:
    assert "Usage: scripts/setup [analysis|fleet|can|mqtt|gpio|bluetooth|demo|train|dev ...]" in setup("--help").stdout
