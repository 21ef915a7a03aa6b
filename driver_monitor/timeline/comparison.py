"""What a script did beside what the monitor made of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from driver_monitor.cause import cause_words
from driver_monitor.counted import counted
from driver_monitor.state.alert import Level
from driver_monitor.timecode import clock
from driver_monitor.timeline.episodes import Episode
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

_LATE_S: Final = 3.0  # what is found this long after an event still belongs to it
_BLINK_APART_S: Final = 0.3  # a blink's end is found within this of the scripted one
_SHORT_S: Final = 0.5  # a degraded stretch shorter than this is not worth a line


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row; ``delays_s`` has each alert's rule and how long after the event's beginning it came, in order of time.

    ``scripted`` is empty for what was found and not scripted.
    """

    scripted: str
    start_s: float
    end_s: float
    expected: str
    happened: tuple[str, ...]
    delays_s: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """``since_s`` is when what led to it began; ``alert`` is None for a mere observation."""

    since_s: float
    t_s: float
    words: str
    alert: Episode | None = None


def compare(scripted: Sequence[ScriptedSpan], timeline: Timeline) -> list[Comparison]:
    """One row a scripted event in order of time, then one for what belongs to none.

    A finding belongs to the event it overlaps most (of equals, to the shorter one), else to the last event that ended
    at most 3 s before. An event also tells which alerts of before still fire in it, from warning on. Single blinks
    (events named ``blink``) share one row.
    """
    spans = sorted((s for s in scripted if s.name != "blink"), key=lambda s: (s.start_s, s.end_s))
    owned: dict[int | None, list[_Found]] = {}
    findings = sorted(_findings(timeline), key=lambda f: f.t_s)
    for found in findings:
        owned.setdefault(_owner(found, spans), []).append(found)
    rows = []
    for index, span in enumerate(spans):
        own = owned.get(index, [])
        rows.append(_row(span, own, [f.alert for f in findings if f.alert and f not in own and _lasts(f, span)]))
    blinks = [s for s in scripted if s.name == "blink"]
    if blinks:
        rows.append(_blink_row(blinks, timeline.tally.blinks))
    rows.sort(key=lambda row: row.start_s)
    for found in owned.get(None, []):
        rows.append(Comparison("", found.t_s, found.t_s, "", (found.words,)))
    return rows


def _findings(timeline: Timeline) -> list[_Found]:
    found = []
    for episode in timeline.episodes.kept:
        since = episode.evidence.get("since_s")
        # A rule without "for" fires in the frame in which its condition comes true: what led to it began before.
        since_s = min(float(since) if isinstance(since, int | float) else episode.start_s, episode.start_s - _SHORT_S)
        words = f"{episode.level.name.lower()}: {episode.message} ({episode.rule}) at {clock(episode.start_s, 1)}"
        found.append(_Found(since_s, episode.start_s, words, episode))
    yawns = timeline.tally.yawns
    for start_s, end_s in zip(yawns[::2], yawns[1::2], strict=True):
        found.append(_Found(start_s, end_s, f"yawn seen {clock(start_s, 1)} to {clock(end_s, 1)}"))
    for cause, runs in timeline.degraded_runs():
        for start_s, end_s in runs:
            if end_s - start_s >= _SHORT_S:
                words = f"degraded ({cause_words(cause)}) {clock(start_s, 1)} to {clock(end_s, 1)}"
                found.append(_Found(start_s, end_s, words))
    return found


def _owner(found: _Found, spans: Sequence[ScriptedSpan]) -> int | None:
    best, owner = (0.0, 0.0), None
    for index, span in enumerate(spans):
        overlap_s = min(found.t_s, span.end_s) - max(found.since_s, span.start_s)
        rank = (round(overlap_s, 2), span.start_s - span.end_s)
        if overlap_s > 0 and (owner is None or rank > best):
            best, owner = rank, index
    if owner is None:
        ended = [(span.end_s, i) for i, span in enumerate(spans) if 0 <= found.since_s - span.end_s <= _LATE_S]
        owner = max(ended)[1] if ended else None
    return owner


def _lasts(found: _Found, span: ScriptedSpan) -> bool:
    """Whether an alert about something before the event is still, or by then, to be heard in it."""
    alert = found.alert
    if alert is None or alert.level < Level.WARNING or found.since_s >= span.start_s:
        return False
    end_s = span.end_s if alert.end_s is None else min(alert.end_s, span.end_s)
    return end_s - max(alert.start_s, span.start_s) >= min(_SHORT_S, span.end_s - span.start_s)


def _row(span: ScriptedSpan, own: list[_Found], lasting: Sequence[Episode]) -> Comparison:
    words = [found.words for found in own]
    if lasting:
        graver_first = sorted(lasting, key=lambda alert: -alert.level)
        since = (f"{alert.level.word} since {clock(alert.start_s, 1)} ({alert.rule})" for alert in graver_first)
        words.append(f"still firing: {', '.join(since)}")
    delays_s = tuple((found.alert.rule, found.t_s - span.start_s) for found in own if found.alert)
    return Comparison(span.name, span.start_s, span.end_s, span.note, tuple(words), delays_s)


def _blink_row(scripted: Sequence[ScriptedSpan], ends_s: Sequence[float]) -> Comparison:
    left = list(ends_s)
    hits = 0
    for span in scripted:
        near = [t for t in left if span.start_s <= t <= span.end_s + _BLINK_APART_S]
        if near:
            left.remove(near[0])
            hits += 1
    words = f"{hits} of {len(scripted)} found, {len(left) or 'none'} extra"
    notes = Counter(span.note for span in scripted if span.note)
    expected = "; ".join(note if n == len(scripted) else f"{n} of them {note}" for note, n in notes.items())
    first, last = min(s.start_s for s in scripted), max(s.end_s for s in scripted)
    return Comparison(f"blink ({counted(len(scripted), 'time')})", first, last, expected, (words,))
