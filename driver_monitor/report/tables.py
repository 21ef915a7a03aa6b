"""The page's tiles and tables, as HTML."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from driver_monitor.counted import counted
from driver_monitor.rules.evidence import numbers, seen
from driver_monitor.state.alert import Level
from driver_monitor.tally import Tally
from driver_monitor.timecode import clock
from driver_monitor.timeline.comparison import Comparison
from driver_monitor.timeline.episodes import Episode
from driver_monitor.timeline.judged import fine_percent, not_seen, percent
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import RuleCount, WhatIf, by_rule

NO_VALUE: Final = "\u2013"
_LISTED: Final = 1000  # alerts in the table; a drive with more has told its story by then
_CHANGES_LISTED: Final = 60
RATE_FROM_S: Final = 600.0  # below ten minutes a rate per hour would be a guess
_KNOWN_SHARES: Final = (
    ("openness", "lid opening"), ("perclos_60s", "PERCLOS 60 s"), ("perclos_180s", "PERCLOS 180 s"),
    ("yaw_deg", "head angles"), ("gaze_yaw_deg", "gaze direction"), ("gaze", "on or off the road"),
    ("mouth_opening", "mouth opening"), ("blink_rate_per_min", "blink rate"),
    ("fatigue_level", "fatigue"), ("stress_stressed", "stress"),
    ("speed_kmh", "speed"),
)  # fmt: skip


def facts(header: Mapping[str, str]) -> str:
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in header.items())
    return f'<dl class="facts">{items}</dl>' if items else ""


def problems(sentences: Sequence[str], title: str = "Not all of the drive is here") -> str:
    """What the recording lacks, so that nobody reads it as whole."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="problems"><b>{title}</b><ul>{items}</ul></div>' if items else ""


def unseen(tally: Tally) -> str:
    """Above all figures, where they are of next to nothing."""
    words = not_seen(tally) if not tally.seen_share >= 0.5 else ""
    return f'<div class="problems"><b>{escape(words[0].upper() + words[1:])}.</b></div>' if words else ""


def tiles(timeline: Timeline) -> str:
    tally, counts = timeline.tally, timeline.episodes.counts
    duration_s = tally.duration_s
    found = [
        tile("Duration", clock(duration_s), counted(tally.frames, "frame")),
        tile("Driver judged", percent(tally.judged_share), f"face seen in {percent(tally.seen_share)} of the time"),
    ]
    for each in sorted(Level, reverse=True):
        count = counts[each]
        rate = f"{count / duration_s * 3600:.1f} an hour" if duration_s >= RATE_FROM_S else "in this drive"
        found.append(tile(f"{each.word.capitalize()} alerts", str(count), rate, each.word if count else ""))
    blink_rate, blink_s = tally.blinks_per_min, tally.blink_duration_s
    blinks = counted(len(tally.blinks), "blink") + (f", {blink_s:.2f} s on average" if blink_s is not None else "")
    perclos, mean, closure_s = tally.perclos_60s_max, tally.perclos_60s_mean, tally.longest_closure_s
    found += [
        tile("Blinks a minute", NO_VALUE if blink_rate is None else f"{blink_rate:.1f}", blinks),
        tile(
            "PERCLOS 60 s, highest",
            fine_percent(perclos),
            "lids 80 % closed or more" if mean is None else f"{fine_percent(mean)} on average",
        ),
        tile("Longest closure", f"{closure_s:.1f} s" if tally.eyes_known_s else NO_VALUE, "of both eyes"),
        tile("Yawns", str(len(tally.yawns) // 2), "recognised"),
        tile("Off the road", _percent(tally.off_road_s, tally.gaze_known_s), "of known gaze, mirrors included"),
        tile("Gaps", str(tally.gaps), f"longest {tally.longest_gap_s:.1f} s" if tally.gaps else "no frames missing"),
    ]
    return f'<ul class="tiles">{"".join(found)}</ul>'


def tile(name: str, value: str, note: str, cls: str = "") -> str:
    attribute = f' class="{cls}"' if cls else ""
    return f"<li{attribute}><span>{escape(name)}</span><b>{escape(value)}</b><span>{escape(note)}</span></li>"


def _percent(part: float, whole: float) -> str:
    return fine_percent(part / whole) if whole > 0 else NO_VALUE


def alerts(timeline: Timeline) -> str:
    episodes, total = timeline.episodes.kept, timeline.episodes.total
    if not episodes:
        return "<p>No alert fired.</p>"
    columns = head(("Time", "n"), ("Lasted", "n"), ("Level", ""), ("What the driver was told", ""), ("Because", ""))
    rows = "".join(_alert(episode, timeline.tally.end_s) for episode in episodes[:_LISTED])
    rest = total - min(len(episodes), _LISTED)
    more = _unlisted(rest)
    return f'<table class="stack">{columns}<tbody>{rows}</tbody></table>{more}'


def _unlisted(rest: int) -> str:
    further = counted(rest, "further alert is", "further alerts are")
    return f'<p class="muted">{further} counted above and not listed here.</p>' if rest > 0 else ""


def _alert(episode: Episode, drive_end_s: float) -> str:
    end_s = drive_end_s if episode.end_s is None else episode.end_s
    lasted = f"{end_s - episode.start_s:.1f} s" + ("<br>and on" if episode.end_s is None else "")
    return (
        f'<tr><td class="n">{_button(episode.start_s, end_s)}</td><td class="n">{lasted}</td>'
        f"<td>{level(episode.level)}</td>"
        f'<td class="long">{escape(episode.message)}<br><code>{escape(episode.rule)}</code></td>'
        f'<td class="long">{_evidence(episode.evidence)}</td></tr>'
    )


def _button(start_s: float, end_s: float) -> str:
    place = f'data-start="{start_s:.2f}" data-end="{end_s:.2f}"'
    return f'<button type="button" {place} title="show in the charts">{clock(start_s, 1)}</button>'


def level(which: Level) -> str:
    return f'<span class="level {which.word}">{which.word}</span>'


def _evidence(evidence: Mapping[str, Any]) -> str:
    """What was seen in one line, the numbers and everything else behind it."""
    short = because(evidence)
    rest = list(evidence.items())
    if not rest:
        return escape(short)
    parts = "".join(f"<div><dt>{escape(str(k))}</dt><dd>{escape(_told(k, v))}</dd></div>" for k, v in rest)
    return f'<details><summary>{escape(short) or "evidence"}</summary><dl class="evidence">{parts}</dl></details>'


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


def comparison(rows: Iterable[Comparison]) -> str:
    columns = head(("Time", "n"), ("Scripted", ""), ("Expected", ""), ("What happened", ""), ("Delay", "n"))
    body = ""
    for row in rows:
        happened = "<br>".join(map(escape, row.happened)) or '<span class="muted">nothing</span>'
        scripted = escape(row.scripted) or '<span class="muted">not scripted</span>'
        whose = len(row.delays_s) > 1
        delay = "<br>".join(f"{escape(rule)} {s:.1f} s" if whose else f"{s:.1f} s" for rule, s in row.delays_s)
        body += (
            f'<tr><td class="n">{clock(row.start_s, 1)}</td><td>{scripted}</td>'
            f'<td class="long" data-name="expected">{escape(row.expected)}</td>'
            f'<td class="long" data-name="happened">{happened}</td>'
            f'<td class="n" data-name="delay">{delay}</td></tr>'
        )
    return f'<table class="stack">{columns}<tbody>{body}</tbody></table>'


def what_if_names(compared: WhatIf) -> str:
    """Which config is which, and what their firing has in common."""
    return (
        f'<ul class="legend"><li><i class="only-a"></i>A, only there: {escape(compared.first_name)}</li>'
        f'<li><i class="only-b"></i>B, only there: {escape(compared.second_name)}</li>'
        '<li><i class="both"></i>in both</li></ul>'
    )


def what_if(compared: WhatIf) -> str:
    """How often each rule fired in either config, what only one of them raised, and what the configs do differently."""
    if not compared.matches:
        return f"<p>Neither config raises an alert in this drive.</p>{changes(compared)}"
    return f"{rule_counts(by_rule(compared.matches))}{_only_one(compared)}{changes(compared)}"


def rule_counts(counts: Iterable[RuleCount]) -> str:
    columns = head(
        ("Rule", ""), ("A", "n"), ("B", "n"), ("in both", "n"), ("only in A", "n"), ("only in B", "n"),
        ("B begins", "n"),
    )  # fmt: skip
    body = "".join(
        f'<tr><td><code>{escape(count.rule)}</code></td><td class="n">{count.both + count.only_first}</td>'
        f'<td class="n">{count.both + count.only_second}</td><td class="n">{count.both}</td>'
        f'<td class="n">{count.only_first}</td><td class="n">{count.only_second}</td>'
        f'<td class="n">{_later(count.median_later_s)}</td></tr>'
        for count in counts
    )
    return f"<table>{columns}<tbody>{body}</tbody></table>"


def _later(later_s: float | None) -> str:
    if later_s is None:
        return NO_VALUE
    if abs(later_s) < 0.05:
        return "at the same time"
    return f"{abs(later_s):.1f} s {'later' if later_s > 0 else 'earlier'}"


def _only_one(compared: WhatIf) -> str:
    single = [(each, each.first or each.second) for each in compared.matches if not (each.first and each.second)]
    if not single:
        return "<p>Both configs raise the same alerts.</p>"
    rows = "".join(
        f'<tr><td class="n">{_button(stretch.start_s, stretch.end_s)}</td>'
        f'<td class="n">{stretch.end_s - stretch.start_s:.1f} s</td>'
        f'<td><span class="only {"only-a" if each.first else "only-b"}">{"A" if each.first else "B"}</span></td>'
        f"<td>{level(stretch.level)}</td>"
        f'<td class="long">{escape(stretch.message)}<br><code>{escape(stretch.rule)}</code></td>'
        f'<td class="long">{_evidence(stretch.evidence)}</td></tr>'
        for each, stretch in single[:_LISTED]
        if stretch is not None
    )
    columns = head(
        ("Time", "n"), ("Lasted", "n"), ("Only in", ""), ("Level", ""), ("What the driver is told", ""), ("Because", "")
    )
    rest = len(single) - _LISTED
    more = _unlisted(rest)
    return f'<h3>In one of them only</h3><table class="stack">{columns}<tbody>{rows}</tbody></table>{more}'


def changes(compared: WhatIf) -> str:
    if compared.changes is None:
        return ""
    if not compared.changes:
        return "<p>The two configs ask the same of a driver.</p>"
    items = "".join(f"<li><code>{escape(change)}</code></li>" for change in compared.changes[:_CHANGES_LISTED])
    rest = len(compared.changes) - _CHANGES_LISTED
    more = f"<p>and {rest} more; 'driver-monitor config diff' lists them all.</p>" if rest > 0 else ""
    count = len(compared.changes)
    words = f"{counted(count, 'key differs', 'keys differ')}, A -&gt; B"
    return f"<details><summary>{words}</summary><ul>{items}</ul>{more}</details>"


def zones(timeline: Timeline) -> str:
    """The share of the known gaze in each zone."""
    zones_s = timeline.tally.zones_s
    whole_s = sum(zones_s.values())
    if not whole_s:
        return "<p>The gaze was not known in this drive.</p>"
    body = "".join(
        _share_row(zone.replace("_", " "), seconds / whole_s)
        for zone, seconds in sorted(zones_s.items(), key=lambda item: -item[1])
    )
    return f"<table>{head(('Zone', ''), ('Share', 'n'), ('of the known gaze', ''))}<tbody>{body}</tbody></table>"


def coverage(timeline: Timeline) -> str:
    columns = head(("Signal", ""), ("Known in", "n"), ("of the frames", ""))
    body = ""
    for series, label in _KNOWN_SHARES:
        name, share = label, timeline.coverage(series)
        if series == "speed_kmh" and (kinds := timeline.speed_words):
            name = f"speed ({kinds})"
        body += _share_row(name, share)
    return f"<table>{columns}<tbody>{body}</tbody></table>"


def _share_row(name: str, share: float) -> str:
    """A name, a share as figure and as bar; NaN is not known."""
    width = f"{share * 100:.1f}" if not math.isnan(share) else "0"
    return (
        f'<tr><td>{escape(name)}</td><td class="n">{fine_percent(share)}</td>'
        f'<td><span class="share"><i style="width:{width}%"></i></span></td></tr>'
    )


def degraded(timeline: Timeline) -> str:
    tally = timeline.tally
    rows = sorted(tally.degraded_s.items(), key=lambda item: -item[1])
    if tally.unseen_s:
        rows.append(("no frames at all", tally.unseen_s))
    if not rows:
        return "<p>The driver could be judged all the time.</p>"
    body = "".join(
        f'<tr><td>{escape(cause.replace("_", " "))}</td><td class="n">{seconds:.1f} s</td>'
        f'<td class="n">{_percent(seconds, tally.duration_s)}</td></tr>'
        for cause, seconds in rows
    )
    return f"<table>{head(('Cause', ''), ('Time', 'n'), ('Share', 'n'))}<tbody>{body}</tbody></table>"


def head(*columns: tuple[str, str]) -> str:
    cells = "".join(f'<th scope="col" class="{cls}">{name}</th>' for name, cls in columns)
    return f"<thead><tr>{cells}</tr></thead>"
