"""Two configs over one drive: which alerts both would have raised, and which only one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from driver_monitor.state.alert import Level
from driver_monitor.timeline.episodes import Episode


@dataclass(frozen=True, slots=True)
class Stretch:
    """One firing of a rule, escalations included: ``level`` is the highest it came to, ``evidence`` that of its start.

    ``end_s`` is the end of the drive where it still fired then.
    """

    rule: str
    level: Level
    start_s: float
    end_s: float
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A firing in either config or the same one in both: of one rule, overlapping in time."""

    rule: str
    first: Stretch | None
    second: Stretch | None

    @property
    def start_s(self) -> float:
        return min(each.start_s for each in (self.first, self.second) if each is not None)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """``first_name`` and ``second_name`` are what the two configs are called; ``changes`` the keys that differ, None
    where there is more than one first config."""

    first_name: str
    second_name: str
    matches: Sequence[Match]
    changes: Sequence[str] | None = None


@dataclass(slots=True)
class RuleCount:
    """Firings of one rule. ``later_s``: by how much the second config began to fire later, for those in both."""

    rule: str
    both: int = 0
    only_first: int = 0
    only_second: int = 0
    later_s: list[float] = field(default_factory=list)

    @property
    def median_later_s(self) -> float | None:
        return median(self.later_s) if self.later_s else None


def stretches(episodes: Iterable[Episode], end_s: float) -> list[Stretch]:
    """Episodes with what escalated put together again, in order of their beginning."""
    found: list[Stretch] = []
    last: dict[str, int] = {}
    for episode in episodes:
        episode_end_s = end_s if episode.end_s is None else episode.end_s
        place = last.get(episode.rule)
        if place is not None and episode.start_s <= found[place].end_s:
            before = found[place]
            level = max(before.level, episode.level)
            found[place] = Stretch(before.rule, level, before.start_s, episode_end_s, before.message, before.evidence)
        else:
            last[episode.rule] = len(found)
            found.append(
                Stretch(episode.rule, episode.level, episode.start_s, episode_end_s, episode.message, episode.evidence)
            )
    return found


def match(first: Sequence[Stretch], second: Sequence[Stretch]) -> list[Match]:
    """Every firing once, in order of time: of one rule, each is paired with the first of the other side it overlaps."""
    waiting: dict[str, list[Stretch]] = {}
    for stretch in second:
        waiting.setdefault(stretch.rule, []).append(stretch)
    found = []
    for stretch in first:
        others = waiting.get(stretch.rule, [])
        partner = next((o for o in others if o.start_s <= stretch.end_s and stretch.start_s <= o.end_s), None)
        if partner is not None:
            others.remove(partner)
        found.append(Match(stretch.rule, stretch, partner))
    found += [Match(rule, None, stretch) for rule, others in waiting.items() for stretch in others]
    return sorted(found, key=lambda each: (each.start_s, each.rule))


def by_rule(matches: Iterable[Match]) -> list[RuleCount]:
    """One line a rule, by name."""
    counts: dict[str, RuleCount] = {}
    for each in matches:
        count = counts.setdefault(each.rule, RuleCount(each.rule))
        if each.first is None:
            count.only_second += 1
        elif each.second is None:
            count.only_first += 1
        else:
            count.both += 1
            count.later_s.append(each.second.start_s - each.first.start_s)
    return [counts[rule] for rule in sorted(counts)]
