"""Who may import whom. A new arrow is a decision: it is made here, and told in driver_monitor/README.md."""

import ast
from pathlib import Path
from typing import Final

import driver_monitor

PACKAGE: Final = Path(driver_monitor.__file__).parent

# Small modules that everybody may use; they know each other at most.
SMALL: Final = {
    "assets", "can_bus", "cause", "child", "closing", "counted", "documents", "ending", "errors", "frozen", "latency",
    "native_path", "old_option", "output", "parameter", "pip", "printable", "privacy", "serial_port", "timecode",
}  # fmt: skip
# Each part with the parts that it imports. From the driver's side of the glass to the reader's: every part stands below
# all that it imports, so there is no way back and no circle.
ARROWS: Final = {
    "state": "",
    "config": "state",
    "camera": "config",
    "vehicle": "config state",
    "face": "camera config",
    "signals": "config face state",
    "simulate": "camera config face signals",
    "classifiers": "camera config face signals state",
    "channels": "classifiers config face signals state",
    "rules": "config state",
    "floor": "config rules signals state",
    "parameter_table": "channels classifiers floor rules signals state",
    "alerts": "config rules state",
    "baseline": "config signals",
    "monitor": "camera channels classifiers config face rules signals state",
    "pipeline": "camera channels config face monitor signals vehicle",
    "tally": "state",
    "channel_tally": "state",
    "lines": "monitor state tally",
    "recording": "channel_tally classifiers config face lines monitor signals state",
    "ignition": "state",
    "jobs": "",
    "timeline": "channel_tally classifiers config state tally",
    "report": "camera channel_tally classifiers config face recording rules state tally timeline",
    "labels": "config recording report state timeline",
    "client": "",
    "control": "alerts client config labels lines monitor recording rules state tally",
    "live": "alerts baseline camera channel_tally channels config control face floor ignition monitor pipeline "
    "recording signals state tally vehicle",
    "replay": "camera channel_tally channels config face labels lines monitor pipeline recording report rules signals "
    "simulate state tally timeline vehicle",
    "score": "config jobs labels recording replay report rules state",
    "tune": "config jobs labels recording report rules score state",
    "conformance": "camera classifiers config face jobs rules score signals simulate state",
    "doctor": "baseline camera channels classifiers config control face floor recording state vehicle",
    "place": "camera config face signals state",
    "bench": "camera config face pipeline report vehicle",
    "cli": "alerts bench camera config doctor face floor jobs labels lines live monitor parameter_table place "
    "recording replay report rules score simulate state timeline tune",
    "__main__": "cli",
}


def part_of(module: str) -> str:
    """The folder or module right below the package that ``driver_monitor.x.y`` belongs to, empty for the package."""
    return module.partition(".")[2].partition(".")[0]


def imported_by(file: Path) -> set[str]:
    """The parts that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            modules = [f"{node.module}.{name.name}" if node.module == "driver_monitor" else node.module or ""
                       for name in node.names]  # fmt: skip
        elif isinstance(node, ast.Import):
            modules = [name.name for name in node.names]
        else:
            continue
        found |= {part_of(module) for module in modules if module.partition(".")[0] == "driver_monitor"}
    return {part for part in found if (PACKAGE / part).is_dir() or (PACKAGE / f"{part}.py").is_file()}


def arrows() -> dict[str, set[str]]:
    """Every part with the parts it imports, itself and the package's own names left out."""
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        part = file.relative_to(PACKAGE).with_suffix("").parts[0]
        if part != "__init__":
            found.setdefault(part, set()).update(imported_by(file) - {part, ""})
    return found


def test_every_import_between_parts_is_one_of_the_arrows_and_every_arrow_is_used() -> None:
    found = {part: imported - SMALL for part, imported in arrows().items() if part not in SMALL}
    assert found == {part: set(below.split()) for part, below in ARROWS.items()}


def test_no_arrow_leads_up() -> None:
    order = list(ARROWS)
    assert [
        (part, below)
        for part, imported in ARROWS.items()
        for below in imported.split()
        if order.index(below) >= order.index(part)
    ] == []


def test_small_modules_know_only_each_other() -> None:
    found = arrows()
    assert {part: found[part] - SMALL for part in SMALL} == {part: set() for part in SMALL}


def test_an_import_inside_a_function_counts(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "def f():\n    from driver_monitor.report.html import page\n    import driver_monitor.live\n"
        "from driver_monitor import assets, __version__\n"
    )
    assert imported_by(file) == {"report", "live", "assets"}
