"""The words to type for a package that is missing: with the pip of the interpreter that misses it."""

import shlex
import sys
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).resolve().parents[1]


def pip(*arguments: str) -> str:
    """``.venv/bin/python -m pip ...`` as it works from the current folder, whatever is on the PATH."""
    return shlex.join([_from_here(Path(sys.executable)), "-m", "pip", *arguments])


def install_self(extra: str = "") -> str:
    """How to install driver-monitor into this interpreter, with an ``extra``: from its checkout if it is one, and there
    by the script that made the interpreter's environment if it did."""
    wanted = f"[{extra}]" if extra else ""
    if (_CHECKOUT / "pyproject.toml").is_file():
        by_pip = pip("install", "-e", f"{_from_here(_CHECKOUT)}{wanted}")
        setup = _CHECKOUT / "scripts" / "setup"
        if extra and setup.is_file() and Path(sys.executable).is_relative_to(_CHECKOUT / ".venv"):
            return f"{shlex.join([_from_here(setup), extra])} (or {by_pip})"
        return by_pip
    return pip("install", f"driver-monitor{wanted}")


def _from_here(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the current folder is gone
        return str(path)
