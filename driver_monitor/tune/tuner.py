"""Drives held against configs: how much of what people saw each config catches, and how often it is wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.jobs.engine import Engine
from driver_monitor.score.figures import Figures, figures
from driver_monitor.score.score import RESAMPLES
from driver_monitor.score.tally import Tally
from driver_monitor.score.target import DANGERS, target
from driver_monitor.tune.drives import LabelledDrive
from driver_monitor.tune.parameter import Spot
from driver_monitor.tune.play import names_of
from driver_monitor.tune.truths import LADDER_NAMES
from driver_monitor.tune.work import Look, Task, confirm, foresee, prepare, tallies

HOUR_S: Final = 3600.0
Progress = Callable[[int, int], None]  # done, of all


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule engine said to one config over some drives, with intervals by driver."""

    figures: Figures
    hours: float
    drives: int
    drivers: int


def counted_kinds(config: Config, spots: Iterable[Spot]) -> frozenset[str]:
    """The labels that the rules at these spots are there for; empty where no label speaks of them."""
    kinds: frozenset[str] = frozenset()
    for spot in spots:
        section, name = spot.path[0], str(spot.path[1])
        for rule_name, rule in config.rules.items():
            ladder = section == "attention" and not names_of(rule).isdisjoint(LADDER_NAMES)
            if ladder or (section == "rules" and rule_name == name):
                kinds |= target(rule).detects
    return kinds & DANGERS


class Tuner:
    """The drives of a search, spread over an engine's processes."""

    def __init__(
        self, engine: Engine, drives: Sequence[LabelledDrive], config: Config, *, cache: bool = True,
        labelled_only: bool = False,
    ) -> None:  # fmt: skip
        """``config`` names the signals that will be asked for: those of all its rules, switched off or not.

        ``labelled_only``: a drive was watched only where it is labelled.
        """
        names = tuple(sorted({name for rule in config.rules.values() for name in names_of(rule)}))
        self._engine = engine
        self._labelled_only = labelled_only
        self._looks = {drive: Look(drive, names, cache) for drive in drives}
        self.hours: dict[LabelledDrive, float] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []

    @property
    def drives(self) -> tuple[LabelledDrive, ...]:
        """Those that could be read."""
        return tuple(self.hours)

    def prepare(self, progress: Progress) -> None:
        """Read every drive. Raises DriverMonitorError where none can be."""
        looks = list(self._looks.values())
        for outcome in self._engine.map(prepare, looks, _counting(progress, len(looks)), home=_drive_looked_at):
            drive, read = outcome.item.drive, outcome.value
            if read is None:
                self.problems.append(f"{drive.path} is left out: {outcome.error}")
                continue
            self.problems += read.problems
            self.notes += read.notes
            if read.frames:
                self.hours[drive] = read.driven_s / HOUR_S
            else:
                self.problems.append(f"{drive.path} is left out: it has no frame")
        if not self.hours:
            raise DriverMonitorError("\n".join(["no drive could be read", *self.problems]))

    def tallies(self, configs: Sequence[Config], drives: Sequence[LabelledDrive], kinds: frozenset[str]) -> list[Tally]:
        """What each config catches and gets wrong in all of these drives, without the nuisance guard."""
        tasks = self._tasks(configs, drives, kinds)
        sums = [Tally() for _ in configs]
        for outcome in self._engine.map(tallies, tasks, home=_drive_of):
            _add(sums, outcome.result())
        if sums and sums[0].judged_s <= 0:
            raise DriverMonitorError(
                "nothing to judge: with --labelled-only, labels must cover some time of the drives"
            )
        return sums

    def _tasks(self, configs: Sequence[Config], drives: Sequence[LabelledDrive], kinds: frozenset[str]) -> list[Task]:
        return [Task(self._looks[drive], kinds, tuple(configs), self._labelled_only) for drive in drives]

    def verdicts(
        self, configs: Sequence[Config], drives: Sequence[LabelledDrive], kinds: frozenset[str], *, engine: bool,
        progress: Progress,
    ) -> tuple[list[Verdict], int]:  # fmt: skip
        """A verdict a config, and how many alerts the nuisance guard took the sound from. ``engine``: the rule engine
        itself is asked, frame by frame.

        Raises DriverMonitorError where it says anything else than what was worked out, which would be a defect.
        """
        tasks = self._tasks(configs, drives, kinds)
        groups: dict[str, list[Tally]] = {}
        lowered = 0
        judged = confirm if engine else foresee
        for outcome in self._engine.map(judged, tasks, _counting(progress, len(tasks)), home=_drive_of):
            found = outcome.result()
            if found.differs:
                raise DriverMonitorError(f"the rule engine and the search disagree ({found.differs}): please report it")
            _add(groups.setdefault(outcome.item.look.drive.group, [Tally() for _ in configs]), found.tallies)
            lowered += found.lowered
        hours = sum(self.hours[drive] for drive in drives)
        verdicts = [
            Verdict(figures([sums[place] for sums in groups.values()], RESAMPLES), hours, len(drives), len(groups))
            for place in range(len(configs))
        ]
        return verdicts, lowered


def _drive_looked_at(look: Look) -> LabelledDrive:
    return look.drive


def _drive_of(task: Task) -> LabelledDrive:
    """Every trial asks for the same drives: each is read by one process, which keeps it at hand."""
    return task.look.drive


def _counting(progress: Progress, of: int) -> Callable[[object], None]:
    done = count(1)
    return lambda outcome: progress(next(done), of)


def _add(sums: Sequence[Tally], found: Sequence[Tally]) -> None:
    for total, one in zip(sums, found, strict=True):
        total.add(one)
