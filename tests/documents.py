"""The documents as the tests read them."""

import re
from pathlib import Path

import driver_monitor

ROOT = Path(driver_monitor.__file__).parents[1]
CARDS = tuple(sorted(f"models/{file.name}" for file in (ROOT / "models").glob("*.md") if file.name != "README.md"))
DOCUMENTS = (
    "README.md",
    "configs/README.md",
    "models/README.md",
    "scripts/README.md",
    *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "driver_monitor").rglob("README.md")),
)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(file: str) -> list[tuple[str, str]]:
    """Language and text of every code block of a document."""
    return [(language, text) for language, text in _BLOCK.findall((ROOT / file).read_text(encoding="utf-8"))]


def prose(file: str) -> str:
    """A document without its code blocks."""
    return _BLOCK.sub("", (ROOT / file).read_text(encoding="utf-8"))
