"""What was labelled against what fired, whether or not the two have to do with each other."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from driver_monitor.labels.label import KSS, Label
from driver_monitor.score.match import DriveScore
from driver_monitor.score.target import HARMLESS, window

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Confusion:
    """``counts[kind, rule]``: labels of a kind during which a rule began to fire; ``kind`` empty: alerts during none,
    ``rule`` empty: labels during which no rule did. ``labels``: how many there are of each kind."""

    kinds: tuple[str, ...]
    rules: tuple[str, ...]
    counts: Counter[tuple[str, str]]
    labels: Counter[str]


def confusion(drives: Iterable[DriveScore]) -> Confusion:
    counts: Counter[tuple[str, str]] = Counter()
    labels: Counter[str] = Counter()
    rules: set[str] = set()
    for drive in drives:
        stretches = [label for label in drive.labels if label.kind != KSS]
        began = [(firing.start_s, firing.rule) for firing in drive.outcome.firings]
        rules |= {rule for _, rule in began}
        for label in stretches:
            labels[label.kind] += 1
            fired = {rule for t_s, rule in began if during(t_s, label)}
            counts.update((label.kind, rule) for rule in fired or {NOTHING})
        counts.update((NOTHING, rule) for t_s, rule in began if not any(during(t_s, label) for label in stretches))
    by_count = sorted(labels, key=lambda kind: (-labels[kind], kind))
    return Confusion(tuple(by_count), tuple(sorted(rules)), counts, labels)


def during(t_s: float, label: Label) -> bool:
    """Whether an alert then counts as of this label: to the frame where it is harmless, else within its window."""
    if label.kind in HARMLESS:
        return label.start_s <= t_s <= label.end_s
    near = window(label.kind)
    return label.start_s - near.tolerance_s <= t_s <= label.end_s + near.grace_s
