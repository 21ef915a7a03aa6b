"""What the page's tiles and tables hold."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from driver_monitor.cause import cause_words
from driver_monitor.channel_tally import HEART, ChannelTally
from driver_monitor.counted import counted
from driver_monitor.rules.evidence import numbers, seen
from driver_monitor.state.alert import Level
from driver_monitor.tally import Tally
from driver_monitor.timecode import clock
from driver_monitor.timeline.episodes import Episode
from driver_monitor.timeline.judged import NOT_KEPT, blinks, fine_percent, not_seen, percent
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import RuleCount, Stretch, WhatIf, by_rule

NO_VALUE: Final = "\u2013"
_LISTED: Final = 1000  # alerts in the table; a drive with more has told its story by then
_CHANGES_LISTED: Final = 60
RATE_FROM_S: Final = 600.0  # below ten minutes a rate per hour would be a guess
_KNOWN_SHARES: Final = (
    ("openness", "lid opening"), ("perclos_60s", "PERCLOS 60 s"), ("perclos_180s", "PERCLOS 180 s"),
    ("yaw_deg", "head angles"), ("gaze_yaw_deg", "gaze direction"), ("gaze", "on or off the road"),
    ("mouth_opening", "mouth opening"), ("blink_rate_per_min", "blink rate"),
    ("fatigue_level", "fatigue"), ("stress_stressed", "stress"),
)  # fmt: skip


class Tile(NamedTuple):
    """A figure; ``cls`` is the level of alerts that it counts."""

    name: str
    value: str
    note: str
    cls: str = ""


class Share(NamedTuple):
    """NaN is not known."""

    name: str
    share: float


class Fired(NamedTuple):
    """A row of a table of alerts. ``goes_on``: when the drive ended. ``evidence``: everything that is known of it, name
    by name. ``why``: the reason for its rule's numbers. ``only_in``: of two configs the one that raised it, where the
    other did not."""

    start_s: float
    end_s: float
    level: str
    message: str
    rule: str
    because: str
    evidence: list[tuple[str, str]]
    why: str = ""
    goes_on: bool = False
    only_in: str = ""


class Alerts(NamedTuple):
    """``rest``: how many more there were."""

    listed: list[Fired]
    rest: int


class Counts(NamedTuple):
    """Firings of one rule in either of two configs."""

    rule: str
    first: int
    second: int
    both: int
    only_first: int
    only_second: int
    later: str


class Compared(NamedTuple):
    """Two configs. ``single``: what only one of them raised. ``changes``: the keys that differ, ``unlisted`` of them
    left out; None where there is more than one first config."""

    first_name: str
    second_name: str
    counts: list[Counts]
    single: Alerts
    changes: Sequence[str] | None
    unlisted: int


def unseen(tally: Tally) -> str:
    """Above all figures, where they are of next to nothing; else empty."""
    words = not_seen(tally) if not tally.seen_share >= 0.5 else ""
    return words[:1].upper() + words[1:]


def tiles(timeline: Timeline) -> list[Tile]:
    tally, counts = timeline.tally, timeline.episodes.counts
    duration_s = tally.duration_s
    found = [
        Tile("Duration", clock(duration_s), frames(tally)),
        Tile("Driver judged", percent(tally.judged_share), f"face seen in {percent(tally.seen_share)} of the time"),
    ]
    for each in sorted(Level, reverse=True):
        count = counts[each]
        rate = f"{count / duration_s * 3600:.1f} an hour" if duration_s >= RATE_FROM_S else "in this drive"
        found.append(Tile(f"{each.word.capitalize()} alerts", str(count), rate, each.word if count else ""))
    blink_rate, blink_s = tally.blinks_per_min, tally.blink_duration_s
    number = blinks(tally) + (f", {blink_s:.2f} s on average" if blink_s is not None else "")
    perclos, mean, closure_s = tally.perclos_60s_max, tally.perclos_60s_mean, tally.longest_closure_s
    found += [
        Tile("Blinks a minute", NO_VALUE if blink_rate is None else f"{blink_rate:.1f}", number),
        Tile(
            "PERCLOS 60 s, highest",
            fine_percent(perclos),
            "lids 80 % closed or more" if mean is None else f"{fine_percent(mean)} on average",
        ),
        Tile("Longest closure", f"{closure_s:.1f} s" if tally.eyes_known_s else NO_VALUE, "of both eyes"),
        Tile("Yawns", str(len(tally.yawns) // 2), "recognised"),
        Tile("Off the road", _percent(tally.off_road_s, tally.gaze_known_s), "of known gaze, mirrors included"),
        Tile("Gaps", str(tally.gaps), f"longest {tally.longest_gap_s:.1f} s" if tally.gaps else "no frames missing"),
    ]
    if HEART in (shares := timeline.channels.shares):
        rates = timeline.track("heart_rate_bpm").high
        known = rates[np.isfinite(rates)]
        rate = f"{np.median(known):.0f}" if len(known) else NO_VALUE
        found.append(Tile("Heart rate, median", rate, f"a minute, known in {percent(shares[HEART])} of the frames"))
    return found


def frames(tally: Tally) -> str:
    """How many, where they were kept."""
    return f"frames {NOT_KEPT}" if tally.of_lines else counted(tally.frames, "frame")


def _percent(part: float, whole: float) -> str:
    return fine_percent(part / whole) if whole > 0 else NO_VALUE


def alerts(timeline: Timeline, reasons: Mapping[str, str]) -> Alerts:
    """``reasons``: why a rule's numbers are what they are, by its name."""
    listed, end_s = timeline.episodes.kept[:_LISTED], timeline.tally.end_s
    found = [
        fired(each, end_s if each.end_s is None else each.end_s, why=reasons.get(each.rule, "")) for each in listed
    ]
    return Alerts(found, timeline.episodes.total - len(found))


def fired(alert: Episode | Stretch, end_s: float, only_in: str = "", why: str = "") -> Fired:
    return Fired(
        alert.start_s,
        end_s,
        alert.level.word,
        alert.message,
        alert.rule,
        because(alert.evidence),
        [(str(name), _told(name, value)) for name, value in alert.evidence.items()],
        why=why,
        goes_on=alert.end_s is None,
        only_in=only_in,
    )


def because(evidence: Mapping[str, Any]) -> str:
    """What the rule saw, as plain words."""
    return ", ".join(seen(evidence))


def _told(name: str, value: Any) -> str:
    """Terms and second channels are told as a rule has them, everything else as it is."""
    return "; ".join(numbers({name: value})) if name in ("terms", "channels") else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not known"}[value]
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    return value if isinstance(value, str) else json.dumps(value, default=str)


def what_if(compared: WhatIf) -> Compared:
    single = [(each.first or each.second, each) for each in compared.matches if not (each.first and each.second)]
    found = [fired(one, one.end_s, "A" if each.first else "B") for one, each in single[:_LISTED] if one is not None]
    return Compared(
        compared.first_name,
        compared.second_name,
        rule_counts(by_rule(compared.matches)),
        Alerts(found, len(single) - len(found)),
        None if compared.changes is None else compared.changes[:_CHANGES_LISTED],
        max(0, len(compared.changes or ()) - _CHANGES_LISTED),
    )


def rule_counts(counts: Iterable[RuleCount]) -> list[Counts]:
    return [
        Counts(
            each.rule, each.both + each.only_first, each.both + each.only_second, each.both, each.only_first,
            each.only_second, _later(each.median_later_s),
        )
        for each in counts
    ]  # fmt: skip


def _later(later_s: float | None) -> str:
    if later_s is None:
        return NO_VALUE
    if abs(later_s) < 0.05:
        return "at the same time"
    return f"{abs(later_s):.1f} s {'later' if later_s > 0 else 'earlier'}"


def zones(timeline: Timeline) -> list[Share]:
    """The share of the known gaze in each zone; empty where it was never known."""
    zones_s = timeline.tally.zones_s
    whole_s = sum(zones_s.values())
    longest_first = sorted(zones_s.items(), key=lambda item: -item[1])
    return [Share(zone.replace("_", " "), seconds / whole_s) for zone, seconds in longest_first if whole_s]


def coverage(timeline: Timeline) -> list[Share]:
    """In which share of the frames each signal was known."""
    found = [Share(label, timeline.coverage(series)) for series, label in _KNOWN_SHARES]
    found += [Share(_sense(timeline.channels, sense), share) for sense, share in timeline.channels.shares.items()]
    kinds = timeline.speed_words
    return [*found, Share(f"speed ({kinds})" if kinds else "speed", timeline.coverage("speed_kmh"))]


def _sense(channels: ChannelTally, sense: str) -> str:
    why = channels.why_not(sense)
    return f"{sense} (else mostly {why})" if why else sense


def degraded(timeline: Timeline) -> list[tuple[str, float]]:
    """Why the driver could not be judged, and for how long (s)."""
    tally = timeline.tally
    rows = sorted(tally.degraded_s.items(), key=lambda item: -item[1])
    if tally.unseen_s:
        rows.append(("no frames at all", tally.unseen_s))
    return [(cause_words(cause), seconds) for cause, seconds in rows]
