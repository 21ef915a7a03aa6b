"""R16: hours of attentive driving, simulated, with lapses put in: what sounds without a reason, and what is missed."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import count as counter
from typing import Any, Final

from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.bank import Classifiers
from driver_monitor.config.config import Config
from driver_monitor.conformance.hearing import Subject, subjects
from driver_monitor.conformance.judge import by_signals
from driver_monitor.conformance.play import needed_classifiers, ring
from driver_monitor.jobs.engine import open_engine
from driver_monitor.score.exact import of_count
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.habits import Hour, Lapse, attentive
from driver_monitor.state.alert import AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge

AFTER_LAPSE_S: Final = 35.0  # a lapse's own memory: glances add up over 30 s
GRACE_S: Final = 0.3  # a warning this soon after a lapse has ended was still in time
# From which speed looks so long must be answered. Slower, R1's norm leaves 6 s (R2); UN R171's steps come later.
LOOKS_FROM_KMH: Final = {"R4": 20.0, "R1": 50.0}
# Subjects and level that a lapse must be answered with.
ANSWERS: Final = {
    "microsleep": ({Subject.CLOSURE}, Level.WARNING),
    "sleep": ({Subject.CLOSURE}, Level.CRITICAL),
    "long_look": ({Subject.GAZE, Subject.ATTENTION}, Level.WARNING),
}


@dataclass(slots=True)
class Tally:
    """What one preset said in some hours. ``attentive_s`` leaves out lapses and what follows them."""

    attentive_s: float = 0.0
    false: Counter[str] = field(default_factory=Counter)
    false_at: list[tuple[int, float, str]] = field(default_factory=list)
    put_in: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[int, float, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.attentive_s += other.attentive_s
        for mine, theirs in ((self.false, other.false), (self.put_in, other.put_in), (self.caught, other.caught)):
            mine.update(theirs)
        self.false_at += other.false_at
        self.missed += other.missed

    @property
    def hours(self) -> float:
        return self.attentive_s / 3600

    @property
    def per_hour(self) -> float:
        return sum(self.false.values()) / self.hours if self.hours else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, exact Poisson, alerts an hour."""
        low, high = of_count(sum(self.false.values()))
        return low / self.hours, high / self.hours

    def to_json(self) -> dict[str, Any]:
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        low, high = self.interval if self.hours else (0.0, 0.0)
        return plain | {"per_hour": self.per_hour, "per_hour_low": low, "per_hour_high": high}

    @property
    def all_caught(self) -> bool:
        return self.caught == self.put_in


def states(hour: Hour, configs: Sequence[Config]) -> list[list[DriverState]]:
    """What each config makes of the hour; one drive for all of them."""
    return [list(seen) for seen in zip(*frame_by_frame(hour, configs), strict=True)]


def frame_by_frame(hour: Hour, configs: Sequence[Config]) -> Iterator[list[DriverState]]:
    """The same for who need not have all of it at once: each config's state in each frame."""
    makers = [(SignalExtractor(config), Classifiers(needed_classifiers(config))) for config in configs]
    for observation in GeometricDrive(hour.script, hour.noise, hour.shape).observations():
        frame = Frame(observation.t_s, None)
        speed = Speed(hour.speed_kmh(observation.t_s), SpeedKnowledge.MEASURED)
        yield [
            classifiers.update(frame, observation, extractor.update(observation), speed)
            for extractor, classifiers in makers
        ]


def tally(hour: Hour, seen: list[DriverState], config: Config, number: int) -> Tally:
    """Audible alerts outside lapses are false; a lapse is caught by an audible one on its subject before it ends."""
    result = Tally()
    fired = [a for a in ring(seen, config) if a.state is AlertState.FIRING and "audio" in a.outputs]
    own = [(lapse.start_s, lapse.end_s + AFTER_LAPSE_S) for lapse in hour.lapses]
    result.attentive_s = hour.script.drive.duration_s - sum(end - start for start, end in own)
    for alert in fired:
        if not any(start <= alert.t_s <= end for start, end in own):
            result.false[alert.rule] += 1
            result.false_at.append((number, alert.t_s, alert.rule))
    for lapse in hour.lapses:
        if lapse.kind == "long_look" and not _asks_for_looks(config, hour, lapse):
            continue
        result.put_in[lapse.kind] += 1
        if any(_answers(alert.t_s, alert.level, subjects(alert), lapse) for alert in fired):
            result.caught[lapse.kind] += 1
        else:
            result.missed.append((number, lapse.start_s, lapse.kind))
    return result


def _asks_for_looks(config: Config, hour: Hour, lapse: Lapse) -> bool:
    slowest_kmh = min(hour.speed_kmh(lapse.start_s), hour.speed_kmh(lapse.end_s))
    return any(row in config.preset.claims and slowest_kmh >= kmh for row, kmh in LOOKS_FROM_KMH.items())


def _answers(t_s: float, level: Level, about: frozenset[Subject], lapse: Lapse) -> bool:
    wanted, least = ANSWERS[lapse.kind]
    return lapse.start_s < t_s <= lapse.end_s + GRACE_S and level >= least and bool(about & wanted)


def one_hour(number: int, *, presets: Mapping[str, Config], duration_s: float, fps: float) -> dict[str, Tally]:
    """Hour ``number`` in every preset; the same driver and road for all."""
    found: dict[str, Tally] = {}
    groups = list(by_signals(presets))
    for seat in {config.face.seat for config in presets.values()}:
        seated = [group for group in groups if next(iter(group.values())).face.seat == seat]
        hour = attentive(number, duration_s=duration_s, fps=fps, seat=seat)
        for group, seen in zip(seated, states(hour, [next(iter(group.values())) for group in seated]), strict=True):
            found |= {name: tally(hour, seen, each, number) for name, each in group.items()}
    return found


def hours(
    count: int, presets: Mapping[str, Config], *, first: int = 0, jobs: int = 1, duration_s: float = 3600.0,
    fps: float = 20.0, seen: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Tally]:  # fmt: skip
    """``count`` simulated hours from number ``first`` on, each with a driver of its own."""
    total = {name: Tally() for name in presets}
    done = counter(1)
    with open_engine("processes", None, jobs) as engine:
        found = engine.map(
            partial(one_hour, presets=dict(presets), duration_s=duration_s, fps=fps),
            range(first, first + count),
            lambda hour: seen(next(done), count),
        )
    for outcome in found:
        for name, part in outcome.result().items():
            total[name].add(part)
    return total
