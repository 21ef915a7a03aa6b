"""Many drives at once, each read by itself: a broken one costs only itself."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from driver_monitor.jobs.engine import Engine, Outcome
from driver_monitor.recording.open import find_drives
from driver_monitor.score.reading import Read, read_drive


def all_drives(sources: Iterable[Path]) -> list[Path]:
    """Every drive that is named, or lies in a folder that is; each once."""
    found = {drive.resolve(): drive for source in sources for drive in find_drives(source)}
    return list(found.values())


def read_drives(
    drives: Sequence[Path],
    engine: Engine,
    *,
    labels: Path | None = None,
    config: Config | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> list[Read]:
    """Read them with ``engine``; ``done`` hears how many are.

    In the order of ``drives``; what could not be read is a sentence in its ``problems``. Raises UsageError where two
    are the same drive.
    """
    count = 0

    def heard(outcome: Outcome[Path, Read]) -> None:
        nonlocal count
        count += 1
        done(count)

    outcomes = engine.map(partial(read_drive, labels=labels, config=config), drives, heard)
    found = [
        outcome.value if outcome.value is not None else Read(None, problems=[_named(outcome)]) for outcome in outcomes
    ]
    _told_apart(drives, found)
    return found


def _named(outcome: Outcome[Path, Read]) -> str:
    """Most errors name the drive themselves; that of a process that was killed does not."""
    return outcome.error if str(outcome.item) in outcome.error else f"{outcome.item}: {outcome.error}"


def _told_apart(drives: Sequence[Path], found: Sequence[Read]) -> None:
    seen: dict[str, Path] = {}
    for path, read in zip(drives, found, strict=True):
        if read.outcome is None:
            continue
        other = seen.setdefault(read.outcome.drive_id, path)
        if other != path:
            raise UsageError(
                f"{other} and {path} are the same drive ({read.outcome.drive_id}); name its folder, or one of the two"
            )
