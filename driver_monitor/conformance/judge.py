"""Plays the matrix and says which rows hold, in which preset, with what was measured."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from driver_monitor.config.config import Config
from driver_monitor.config.preset import Row as RowId
from driver_monitor.conformance.play import Take, hear, signals_key
from driver_monitor.conformance.stimulus import MatrixRow, Stimulus
from driver_monitor.conformance.variants import STEADY, Variant

Play = Callable[[Stimulus, Variant, Config], Take]


@dataclass(slots=True)
class Outcome:
    """One row in one preset. ``times_s`` are the measured warnings (of R15: ends), ``wrong`` what did not hold."""

    row: RowId
    preset: str
    times_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    plays: int = 0
    warned: int = 0  # of the sampled plays
    sampled: int = 0
    note: str = ""

    @property
    def holds(self) -> bool:
        return not self.wrong

    @property
    def measured(self) -> str:
        """Earliest to latest, or the share of the sampled plays."""
        if self.note:
            return self.note
        if self.sampled:
            return f"{self.warned} of {self.sampled}"
        if not self.times_s:
            return "silent"
        low, high = min(self.times_s), max(self.times_s)
        first, last = f"{low:.1f}", f"{high:.1f}"
        return f"{first} s" if first == last else f"{first}-{last} s"


def judge(
    rows: Sequence[MatrixRow], presets: Mapping[str, Config], variants: Sequence[Variant], play: Play, *,
    only_rendered: bool = False, seen: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:  # fmt: skip
    """Every claimed row of every preset; ``seen`` is told of plays done and all."""
    outcomes = {
        (row.id, name): Outcome(row.id, name)
        for row in rows
        for name, c in presets.items()
        if row.id in c.preset.claims
    }
    work = [
        (row, stimulus, variant)
        for row in rows
        for stimulus in row.stimuli
        if stimulus.rendered or not only_rendered
        for variant in ((STEADY,) if stimulus.steady and not only_rendered else variants)
    ]
    for done, (row, stimulus, variant) in enumerate(work):
        claiming = {name: config for name, config in presets.items() if (row.id, name) in outcomes}
        for group in by_signals(claiming):
            take = play(stimulus, variant, next(iter(group.values())))
            for name, config in group.items():
                _weigh(outcomes[row.id, name], stimulus, variant, take, config)
        seen(done + 1, len(work))
    shares = {row.id: row.share for row in rows}
    for outcome in outcomes.values():
        if outcome.sampled and outcome.warned <= shares[outcome.row] * outcome.sampled:
            outcome.wrong.append(
                f"{outcome.warned} of {outcome.sampled} warned of, more than {shares[outcome.row]:.0%} due"
            )
    return list(outcomes.values())


def _weigh(outcome: Outcome, stimulus: Stimulus, variant: Variant, take: Take, config: Config) -> None:
    heard = hear(take, config, stimulus.onset_s)
    verdicts = [expectation.check(heard) for expectation in stimulus.expected]
    outcome.plays += 1
    outcome.times_s += [verdict.measured_s for verdict in verdicts if verdict.measured_s is not None]
    wrong = [verdict.wrong for verdict in verdicts if verdict.wrong]
    if stimulus.sampled:
        outcome.sampled += 1
        outcome.warned += not wrong
        return
    outcome.wrong += [f"{stimulus.name} at {stimulus.speed_kmh:g} km/h, {variant.name}: {text}" for text in wrong]


def by_signals(presets: Mapping[str, Config]) -> Iterable[dict[str, Config]]:
    """Presets that share their signals, together."""
    groups: dict[str, dict[str, Config]] = {}
    for name, config in presets.items():
        groups.setdefault(signals_key(config), {})[name] = config
    return groups.values()
