"""What is done with one drive, as functions that any process, on any machine that sees the drives, can be sent."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.recording.open import open_drive
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.score.firing import firings
from driver_monitor.score.match import match
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.tally import Tally, of_kinds
from driver_monitor.score.target import Target, targets
from driver_monitor.state.alert import Alert
from driver_monitor.timecode import clock
from driver_monitor.tune import drives
from driver_monitor.tune.drives import LabelledDrive, played
from driver_monitor.tune.play import Plan, Player
from driver_monitor.tune.table import StateTable

_MEMORY: Final = 1_500_000_000  # bytes of drives that a process keeps at hand
_players: OrderedDict[tuple[LabelledDrive, tuple[str, ...]], Player] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Look:
    """How a drive is read. ``names``: the signals that the rules may ask for."""

    drive: LabelledDrive
    names: tuple[str, ...]
    cache: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """Configs to be held against a drive. ``kinds``: labels that count; ``labelled_only``: nothing else is judged."""

    look: Look
    kinds: frozenset[str]
    configs: tuple[Config, ...]
    labelled_only: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drive that has been read. ``problems`` are sentences on what cannot be, ``notes`` on labels outside of it.

    With no frame, there is nothing to play.
    """

    driven_s: float
    frames: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the rule engine itself said to each config. ``differs`` names the first alert that was not foreseen.

    ``lowered`` counts alerts that the nuisance guard took the sound from; they count as silent.
    """

    tallies: tuple[Tally, ...]
    lowered: int
    differs: str


def prepare(look: Look) -> Prepared:
    """Have the drive at hand. Raises DriverMonitorError where it cannot be read."""
    player, problems = _player(look)
    table = player.table
    notes = (
        f"{look.drive.path}: the label {label.kind} from {clock(label.start_s, 1)} to {clock(label.end_s, 1)} lies "
        f"outside the drive, which goes from {clock(table.start_s, 1)} to {clock(table.end_s, 1)}; it does not count"
        for label in look.drive.labels
        if label.within(table.start_s, table.end_s) is None
    )
    return Prepared(table.driven_s, len(table), tuple(problems), tuple(notes))


def tallies(task: Task) -> list[Tally]:
    """What each config catches and gets wrong in a drive."""
    player, _ = _player(task.look)
    return [_tally(task, player.table, player.alerts(Plan.of(config)), targets(config)) for config in task.configs]


def foresee(task: Task) -> Confirmed:
    """:func:`tallies` in the form of :func:`confirm`."""
    return Confirmed(tuple(tallies(task)), 0, "")


def confirm(task: Task) -> Confirmed:
    """The same from the rule engine, frame by frame, nuisance guard and all."""
    look, configs = task.look, task.configs
    player, _ = _player(look)
    told: list[list[Alert]] = [[] for _ in configs]
    engines = [RuleEngine.of(config) for config in configs]
    for state in played(open_drive(look.drive.path)):
        for engine, said in zip(engines, told, strict=True):
            if state is None:
                engine.acknowledge()
            else:
                said.extend(engine.update(state))
    found, lowered, differs = [], 0, ""
    for config, said in zip(configs, told, strict=True):
        alerts = [alert for alert in said if alert.rule in config.rules]  # without the guard's notices
        lowered += sum(bool(alert.evidence.get("lowered")) for alert in alerts)
        differs = differs or _difference(look.drive, alerts, player.alerts(Plan.of(config)))
        found.append(_tally(task, player.table, alerts, targets(config)))
    return Confirmed(tuple(found), lowered, differs)


def _player(look: Look) -> tuple[Player, list[str]]:
    """The drive ready to be played; those not used for the longest are let go."""
    key = (look.drive, look.names)
    player, problems = _players.pop(key, None), list[str]()
    if player is None:
        read, problems = drives.table(look.drive, look.names, cache=look.cache)
        player = Player(read)
    _players[key] = player
    while len(_players) > 1 and sum(each.table.nbytes for each in _players.values()) > _MEMORY:
        _players.popitem(last=False)
    return player, problems


def _tally(task: Task, played: StateTable, alerts: Iterable[Alert], aims: Mapping[str, Target]) -> Tally:
    drive, end_s = task.look.drive, played.end_s
    outcome = DriveOutcome(
        drive.drive_id,
        end_s - played.start_s,
        firings(alerts, end_s),
        drive.labels,
        drive.driver,
        aims,
        played.start_s,
        played.driven_s,
    )
    return of_kinds(match(outcome, labelled_only=task.labelled_only), task.kinds)


def _difference(drive: LabelledDrive, engine: list[Alert], foreseen: list[Alert]) -> str:
    first, second = ([(a.t_s, a.rule, a.level, a.news) for a in alerts] for alerts in (engine, foreseen))
    for one, other in zip([*first, None], [*second, None], strict=False):
        if one != other:
            t_s, rule, *_ = one or other or (0.0, "")
            return f"{drive.path}: rule '{rule}' at {clock(t_s, 2)}"
    return ""
