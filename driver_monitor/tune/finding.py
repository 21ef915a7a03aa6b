"""A whole search, and a whole sweep: what was tried, what was chosen, and how it does with drivers it has not seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from driver_monitor.config.config import Config
from driver_monitor.config.loader import Loaded
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.tune.drives import LabelledDrive
from driver_monitor.tune.parameter import Parameter, Spot, Value, applied
from driver_monitor.tune.preset import changed
from driver_monitor.tune.search import BATCH, Evaluate, search
from driver_monitor.tune.space import config_data, config_of
from driver_monitor.tune.split import Split
from driver_monitor.tune.trial import BASE, Trial, best, front
from driver_monitor.tune.tuner import Tuner, Verdict, counted_kinds

Said = Callable[[str, int, int], None]  # what is being done, done, of all


@dataclass(frozen=True, slots=True)
class Goal:
    """``trials`` are drawn by ``seed``; the most sensitive within ``false_alerts_per_h`` is chosen."""

    trials: int
    seed: int
    false_alerts_per_h: float


@dataclass(slots=True)
class Finding:
    """``trials`` without the base's own. ``tuned`` and ``held_out`` are verdicts on the base and on the chosen values;
    ``held_out`` is empty where nothing is held out.

    ``confirmed``: the verdicts are the rule engine's own. ``lowered``: alerts that its nuisance guard took the sound
    from, which then count as silent.
    """

    base: Loaded
    goal: Goal
    halves: Split
    kinds: frozenset[str]
    spots: tuple[Spot, ...]
    base_trial: Trial
    trials: list[Trial] = field(default_factory=list)
    plain: Trial | None = None
    tuned: list[Verdict] = field(default_factory=list)
    held_out: list[Verdict] = field(default_factory=list)
    lowered: int = 0
    confirmed: bool = False
    interrupted: bool = False

    @property
    def all(self) -> list[Trial]:
        """The base, the trials, and what became of the best one."""
        return [self.base_trial, *self.trials, *([self.plain] if self.plain else [])]

    @property
    def chosen(self) -> Trial:
        """The best one, or what it has become without the changes that it does not need."""
        return self.plain or best([self.base_trial, *self.trials], self.goal.false_alerts_per_h)

    @property
    def front(self) -> list[Trial]:
        """Of trials that are equal, the chosen one."""
        chosen = self.chosen
        same = (chosen.sensitivity, chosen.false_per_h)
        return [chosen if (each.sensitivity, each.false_per_h) == same else each for each in front(self.all)]

    @property
    def changed(self) -> dict[Spot, Value]:
        """The chosen values that are not the base's."""
        return changed(config_data(self.base.config), self.chosen.values)

    @property
    def within_budget(self) -> bool:
        return self.chosen.false_per_h <= self.goal.false_alerts_per_h + 1e-9

    @property
    def held_out_within_budget(self) -> bool | None:
        """Whether the chosen values keep to the budget with drivers they have not seen; None: nobody was held out."""
        rate = self.held_out[1].figures.false_per_hour.value if self.held_out else None
        return None if rate is None else rate <= self.goal.false_alerts_per_h + 1e-9

    @property
    def warning(self) -> str:
        """That the hold-out breaks the budget, with what to do; empty where it does not."""
        if self.held_out_within_budget is not False:
            return ""
        figures, budget = self.held_out[1].figures, self.goal.false_alerts_per_h
        rate, spread = figures.false_per_hour.value, figures.false_per_hour.interval
        chance = ", which so few hours do not tell from chance" if spread and spread.low <= budget else ""
        heard = counted(figures.tally.false, "false alert")
        return (
            f"the drivers held out had {heard} with the chosen values, {rate:.2f} an hour, where {budget:g} are "
            f"allowed{chance}: do not drive with these values yet; tune on more labelled drives, or with a smaller "
            "--false-alerts-per-h"
        )

    @property
    def remarks(self) -> list[str]:
        """Sentences on how far the figures can be trusted."""
        said = list(self.halves.remarks)
        if self.interrupted:
            said.append(f"interrupted: {len(self.trials)} of {counted(self.goal.trials, 'trial')} were done")
        if not self.confirmed:
            said.append("the figures are without nuisance-alert suppression: the rule engine was not used")
        elif self.lowered:
            silent = counted(self.lowered, "alert, which counts", "alerts, which count")
            said.append(f"nuisance-alert suppression muted {silent} as silent")
        if not self.within_budget:
            said.append(
                f"nothing that was tried keeps to {self.goal.false_alerts_per_h:g} false alerts an hour; what has the "
                "fewest is chosen"
            )
        if self.held_out and not self.held_out[0].figures.tally.events:
            said.append("the held-out drives have no label that counts here, so they say nothing of the sensitivity")
        return said


@dataclass(frozen=True, slots=True)
class Swept:
    """One value of a sweep, over all drives."""

    value: Value
    trial: Trial


@dataclass(frozen=True, slots=True)
class Sweep:
    """``base`` is what the config has now."""

    spot: Spot
    base: Value
    kinds: frozenset[str]
    swept: tuple[Swept, ...]


def find(
    tuner: Tuner, base: Loaded, parameters: Sequence[Parameter], halves: Split, *, goal: Goal, said: Said
) -> Finding:
    """Search, and have the rule engine confirm it. Ctrl-C ends the search, not the program: what is there counts.

    Raises UsageError where no label speaks of what is searched.
    """
    data, spots = config_data(base.config), tuple(parameter.spot for parameter in parameters)
    kinds = _counted(base.config, spots, halves.tuned)
    evaluate = partial(tuner.tallies, drives=halves.tuned, kinds=kinds)
    values = {spot: spot.read(data) for spot in spots}
    (tally,) = evaluate([base.config])
    finding = Finding(base, goal, halves, kinds, spots, Trial(BASE, values, tally))
    try:
        for trial in search(parameters, data, evaluate, trials=goal.trials, seed=goal.seed):
            finding.trials.append(trial)
            said("trials", len(finding.trials), goal.trials)
        finding.plain = plainest(finding.chosen, finding.base_trial, data, evaluate, len(finding.trials))
    except KeyboardInterrupt:
        finding.interrupted = True
    chosen = config_of(applied(data, finding.chosen.values))
    assert chosen is not None
    if not finding.interrupted:
        try:
            _judge(finding, tuner, chosen, engine=True, said=said)
        except KeyboardInterrupt:
            finding.interrupted = True
    if finding.interrupted:
        _judge(finding, tuner, chosen, engine=False, said=said)
    return finding


def _judge(finding: Finding, tuner: Tuner, chosen: Config, *, engine: bool, said: Said) -> None:
    """Base and chosen over both halves, by the rule engine or as it was foreseen."""
    halves, configs = finding.halves, [finding.base.config, chosen]
    ask = partial(tuner.verdicts, configs, kinds=finding.kinds, engine=engine, progress=partial(said, "engine"))
    finding.tuned, finding.lowered = ask(halves.tuned)
    if halves.held_out:
        finding.held_out, lowered = ask(halves.held_out)
        finding.lowered += lowered
    finding.confirmed = engine


def plainest(trial: Trial, base: Trial, data: Mapping[str, Any], evaluate: Evaluate, number: int) -> Trial | None:
    """The trial with every value put back to the base's that it does as well without, one after the other.

    None where it needs all of them; ``number`` is the new trial's.
    """
    found = None
    for spot, own in base.values.items():
        if trial.values[spot] == own:
            continue
        values = {**trial.values, spot: own}
        config = config_of(applied(data, values))
        if config is not None:
            (tally,) = evaluate([config])
            without = Trial(number, values, tally)
            if without.as_good_as(trial):
                found = trial = without
    return found


def sweep(tuner: Tuner, config: Config, spot: Spot, values: Sequence[Value], said: Said) -> Sweep:
    """Every value in turn, all else as in the config. Values that do not suit the config are left out."""
    kinds = _counted(config, [spot], tuner.drives)
    data, swept = config_data(config), list[Swept]()
    for first in range(0, len(values), BATCH):
        tried = values[first : first + BATCH]
        configs = {value: config_of(applied(data, {spot: value})) for value in tried}
        fitting = {value: each for value, each in configs.items() if each is not None}
        tallies = tuner.tallies(list(fitting.values()), tuner.drives, kinds)
        swept += [
            Swept(value, Trial(len(swept) + place, {spot: value}, tally))
            for place, (value, tally) in enumerate(zip(fitting, tallies, strict=True))
        ]
        said(spot.name, first + len(tried), len(values))
    if not swept:
        raise DriverMonitorError(f"--sweep {spot.name}: none of the values suits the rest of the config")
    return Sweep(spot, spot.read(data), kinds, tuple(swept))


def _counted(config: Config, spots: Sequence[Spot], drives: Sequence[LabelledDrive]) -> frozenset[str]:
    """The kinds of labels that count. Raises UsageError where there is none, or no drive has one."""
    kinds = counted_kinds(config, spots)
    names = ", ".join(spot.name for spot in spots)
    if not kinds:
        raise UsageError(
            f"no label speaks of what {names} would change: labels of a danger (microsleep, sleep, phone, distracted, "
            "drowsy) tell whether a rule is right"
        )
    there = {label.kind for drive in drives for label in drive.labels}
    if kinds.isdisjoint(there):
        known = ", ".join(sorted(there)) or "none"
        raise UsageError(
            f"nothing to catch: the drives to tune on have no label {' or '.join(sorted(kinds))}, for which {names} is "
            f"there; their labels: {known}"
        )
    return kinds
