"""The page's tiles and tables, as HTML."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from driver_monitor.report.comparison import Comparison
from driver_monitor.report.episodes import Episode
from driver_monitor.report.svg import clock
from driver_monitor.report.timeline import Timeline
from driver_monitor.rules.alert import Level

_NO_VALUE: Final = "\u2013"
_LISTED: Final = 1000  # alerts in the table; a drive with more has told its story by then
_RATE_FROM_S: Final = 600.0  # below ten minutes a rate per hour would be a guess
_KNOWN_SHARES: Final = (
    ("openness", "lid opening"), ("perclos_60s", "PERCLOS 60 s"), ("perclos_180s", "PERCLOS 180 s"),
    ("yaw_deg", "head angles"), ("gaze_yaw_deg", "gaze direction"), ("gaze", "on or off the road"),
    ("mouth_opening", "mouth opening"), ("fatigue_level", "fatigue"), ("stress_stressed", "stress"),
    ("speed_kmh", "speed"),
)  # fmt: skip


def facts(header: Mapping[str, str]) -> str:
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in header.items())
    return f'<dl class="facts">{items}</dl>' if items else ""


def tiles(timeline: Timeline) -> str:
    tally, counts = timeline.tally, timeline.episodes.counts
    duration_s = tally.duration_s
    found = [
        _tile("Duration", clock(duration_s), f"{tally.frames:,} frames"),
        _tile("Driver judged", _percent(tally.judged_s, duration_s), "face tracked, nothing degraded"),
    ]
    for level in sorted(Level, reverse=True):
        count = counts[level]
        rate = f"{count / duration_s * 3600:.1f} an hour" if duration_s >= _RATE_FROM_S else "in this drive"
        found.append(_tile(f"{level.name.capitalize()} alerts", str(count), rate, level.name.lower() if count else ""))
    minutes = tally.eyes_known_s / 60
    rate = f"{len(tally.blinks) / minutes:.1f}" if minutes >= 0.25 else _NO_VALUE
    perclos, closure_s = tally.perclos_60s_max, tally.longest_closure_s
    found += [
        _tile("Blinks a minute", rate, f"{len(tally.blinks)} blinks"),
        _tile("PERCLOS 60 s, highest", _NO_VALUE if perclos is None else f"{perclos:.1%}", "lids 80 % shut or more"),
        _tile("Longest closure", f"{closure_s:.1f} s" if tally.eyes_known_s else _NO_VALUE, "of both eyes"),
        _tile("Yawns", str(len(tally.yawns) // 2), "recognised"),
        _tile("Off the road", _percent(tally.off_road_s, tally.gaze_known_s), "of known gaze, mirrors included"),
    ]
    return f'<ul class="tiles">{"".join(found)}</ul>'


def _tile(name: str, value: str, note: str, cls: str = "") -> str:
    attribute = f' class="{cls}"' if cls else ""
    return f"<li{attribute}><span>{escape(name)}</span><b>{escape(value)}</b><span>{escape(note)}</span></li>"


def _percent(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole > 0 else _NO_VALUE


def alerts(timeline: Timeline) -> str:
    episodes, total = timeline.episodes.kept, timeline.episodes.total
    if not episodes:
        return "<p>No alert fired.</p>"
    head = _head(("Time", "n"), ("Lasted", "n"), ("Level", ""), ("What the driver was told", ""), ("Because", ""))
    rows = "".join(_alert(episode, timeline.tally.end_s) for episode in episodes[:_LISTED])
    rest = total - min(len(episodes), _LISTED)
    more = f'<p class="muted">{rest:,} further alerts are counted above and not listed here.</p>' if rest else ""
    return f"<table>{head}<tbody>{rows}</tbody></table>{more}"


def _alert(episode: Episode, drive_end_s: float) -> str:
    end_s = drive_end_s if episode.end_s is None else episode.end_s
    level = episode.level.name.lower()
    lasted = f"{end_s - episode.start_s:.1f} s" + ("<br>and on" if episode.end_s is None else "")
    place = f'data-start="{episode.start_s:.2f}" data-end="{end_s:.2f}"'
    return (
        f'<tr><td class="n"><button type="button" {place} title="show in the charts">'
        f'{clock(episode.start_s, 1)}</button></td><td class="n">{lasted}</td>'
        f'<td><span class="level {level}">{level}</span></td>'
        f"<td>{escape(episode.message)}<br><code>{escape(episode.rule)}</code></td>"
        f"<td>{_evidence(episode.evidence)}</td></tr>"
    )


def _evidence(evidence: Mapping[str, Any]) -> str:
    """The terms that held in one line, everything else behind it."""
    terms = [term for term in _sequence(evidence.get("terms")) if isinstance(term, Mapping)]
    short = ", ".join(
        f"{term.get('signal', '?')} {_plain(term.get('value'))} ({term.get('op', '')} {_plain(term.get('threshold'))})"
        for term in terms
    )
    rest = [(name, value) for name, value in evidence.items() if name != "terms" or not terms]
    if not rest:
        return escape(short)
    parts = "".join(f"<div><dt>{escape(str(k))}</dt><dd>{escape(_plain(v))}</dd></div>" for k, v in rest)
    return f'<details><summary>{escape(short) or "evidence"}</summary><dl class="evidence">{parts}</dl></details>'


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not known"}[value]
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    return value if isinstance(value, str) else json.dumps(value, default=str)


def comparison(rows: Iterable[Comparison]) -> str:
    head = _head(("Time", "n"), ("Scripted", ""), ("Expected", ""), ("What happened", ""), ("Delay", "n"))
    body = ""
    for row in rows:
        happened = "<br>".join(map(escape, row.happened)) or '<span class="muted">nothing</span>'
        scripted = escape(row.scripted) or '<span class="muted">not scripted</span>'
        delay = "" if row.delay_s is None else f"{row.delay_s:.1f} s"
        body += (
            f'<tr><td class="n">{clock(row.start_s, 1)}</td><td>{scripted}</td><td>{escape(row.expected)}</td>'
            f'<td>{happened}</td><td class="n">{delay}</td></tr>'
        )
    return f"<table>{head}<tbody>{body}</tbody></table>"


def coverage(timeline: Timeline) -> str:
    head = _head(("Signal", ""), ("Known in", "n"), ("of the frames", ""))
    body = ""
    for series, label in _KNOWN_SHARES:
        name, share = label, timeline.coverage(series)
        if series == "speed_kmh" and share > 0 and not timeline.speed_measured:
            name = "speed (assumed)"
        known = f"{share:.1%}" if not math.isnan(share) else _NO_VALUE
        width = f"{share * 100:.1f}" if not math.isnan(share) else "0"
        body += (
            f'<tr><td>{name}</td><td class="n">{known}</td>'
            f'<td><span class="share"><i style="width:{width}%"></i></span></td></tr>'
        )
    return f"<table>{head}<tbody>{body}</tbody></table>"


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
    return f"<table>{_head(('Cause', ''), ('Time', 'n'), ('Share', 'n'))}<tbody>{body}</tbody></table>"


def _head(*columns: tuple[str, str]) -> str:
    cells = "".join(f'<th scope="col" class="{cls}">{name}</th>' for name, cls in columns)
    return f"<thead><tr>{cells}</tr></thead>"
