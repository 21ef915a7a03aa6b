"""Outcomes of drives in a line each."""

from driver_monitor.labels.label import Label
from driver_monitor.score.firing import Firing, Step
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.state.alert import Level


def firing(rule: str, start_s: float, end_s: float | None = None, level: Level = Level.WARNING) -> Firing:
    return Firing(rule, (Step(start_s, level),), start_s + 2.0 if end_s is None else end_s)


def outcome(
    *what: Firing | Label, duration_s: float = 3600.0, drive: str = "a", driver: str = "", driven_s: float | None = None
) -> DriveOutcome:
    firings = tuple(each for each in what if isinstance(each, Firing))
    labels = tuple(each for each in what if isinstance(each, Label))
    return DriveOutcome(drive, duration_s, firings, labels, driver, driven_s=driven_s)
