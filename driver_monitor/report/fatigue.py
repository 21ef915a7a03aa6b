"""The report's account of tiredness: found beside scripted, step by step, and what the driver was told about it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from rich.table import Table
from rich.text import Text

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.state.driver_state import Fatigue
from driver_monitor.timecode import clock
from driver_monitor.timeline.episodes import Episode
from driver_monitor.timeline.fatigue_course import FatigueCourse, Look
from driver_monitor.timeline.judged import fine_percent
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

_SIGNS: Final = ("perclos_", "fatigue.", "yawns_", "nods_")
NOT_A_RATING: Final = (
    "Who blinks as at the start gets a level of 0.4 to 0.5 and a KSS near 6 with an SD of 2.5, which says 'not known' "
    "rather than 'tired'; from a level of 0.6 on blinks are plainly longer. The KSS is what the classifier's "
    "probabilities come to, not a rating that anybody gave."
)
INSTRUMENT: Final = "The driver is scripted: a test instrument that plays published signs, not evidence about people."

SCRIPTED: Final = "KSS scripted"
COLUMNS: Final = (
    "time", SCRIPTED, "KSS found", "level", "PERCLOS 60 s", "180 s", "blink", "long", "yawns, nods", "mirrors",
)  # fmt: skip
LEGEND: Final = (
    "blink: median of those under 0.5 s since the row before; long: how many took longer, slow closures among them; "
    "yawns, nods: in ten minutes; mirrors: looks at mirrors and instruments in the last minute."
)
TOLD: Final = ("time", "level", "what the driver was told", "second channels", "fatigue then")


def cells(look: Look, scripted: Sequence[ScriptedSpan]) -> tuple[str, ...]:
    """One row, in the order of :data:`COLUMNS`; what is not known is a dash."""
    fatigue = look.fatigue
    kss = scripted_kss(look.t_s, scripted)
    return (
        clock(look.t_s),
        _figure(kss, "{:.1f}"),
        kss_words(fatigue),
        _figure(None if fatigue is None else fatigue.level, "{:.2f}"),
        fine_percent(look.perclos_60s),
        fine_percent(look.perclos_180s),
        _figure(look.blink_s, "{:.2f} s"),
        str(look.long_blinks),
        f"{look.yawns_600s}, {look.nods_600s}",
        _figure(look.mirror_checks_60s, "{:d}"),
    )


def kss_words(fatigue: Fatigue | None) -> str:
    if fatigue is None or fatigue.kss is None:
        return "\u2013"
    return f"{fatigue.kss:.1f}" + ("" if fatigue.kss_sd is None else f" \u00b1 {fatigue.kss_sd:.1f}")


def scripted_kss(t_s: float, scripted: Sequence[ScriptedSpan]) -> float | None:
    """How sleepy the script has the driver then; None where it does not say."""
    for span in scripted:
        if span.kss is not None and span.start_s <= t_s <= span.end_s:
            start, end = span.kss
            return start + (end - start) * (t_s - span.start_s) / max(span.end_s - span.start_s, 1e-9)
    return None


def about_fatigue(evidence: Mapping[str, Any]) -> bool:
    """Whether an alert rests on signs of tiredness: PERCLOS, blinks, yawns or nods."""
    terms = evidence.get("terms")
    return isinstance(terms, list | tuple) and any(
        isinstance(term, Mapping) and str(term.get("signal", "")).startswith(_SIGNS) for term in terms
    )


def agreed(evidence: Mapping[str, Any]) -> str:
    """The second channels that held, as ``blinks, yawns``; empty where none was asked for."""
    channels = evidence.get("channels")
    return ", ".join(str(name).replace("_", " ") for name in channels) if isinstance(channels, Mapping) else ""


def told(episodes: Sequence[Episode], course: FatigueCourse) -> Iterator[tuple[Episode, str, Look | None]]:
    """What was said about tiredness: the alert, the second channels that agreed, and the signs just before."""
    for episode in episodes:
        if about_fatigue(episode.evidence):
            yield episode, agreed(episode.evidence), course.last_before(episode.start_s)


def _figure(value: float | None, form: str) -> str:
    return "\u2013" if value is None or value != value else form.format(value)  # noqa: PLR0124  (NaN)


def then(look: Look | None) -> str:
    """Level and KSS at a moment, in one cell."""
    if look is None or look.fatigue is None:
        return "not known yet"
    return f"level {look.fatigue.level:.2f}, KSS {kss_words(look.fatigue)}"


class Told(NamedTuple):
    """An alert about tiredness, the second channels that agreed, and level and KSS just before."""

    alert: Episode
    channels: str
    then: str


class Account(NamedTuple):
    """The section of the page. ``rows`` is empty where fatigue was not known."""

    sentences: list[str]
    columns: list[str]
    rows: list[list[str]]
    told: list[Told]
    legend: str = LEGEND
    told_columns: tuple[str, ...] = TOLD


def account(timeline: Timeline, scripted: Sequence[ScriptedSpan], config: ClassifiersConfig) -> Account:
    course = timeline.fatigue
    return Account(
        sentences(course, scripted, config),
        columns(scripted),
        [] if course.known_from_s is None else list(rows_of(course, scripted)),
        [Told(alert, channels, then(look)) for alert, channels, look in told(timeline.episodes.kept, course)],
    )


def sentences(course: FatigueCourse, scripted: Sequence[ScriptedSpan], config: ClassifiersConfig) -> list[str]:
    """Why it is not known, or since when it is and how to read it."""
    unknown = course.unknown(config)
    if course.known_from_s is None:
        return [f"Fatigue is {unknown}."]
    found = [f"Judged from {clock(course.known_from_s)} on: the blinks before are what the driver is compared with."]
    if has_kss(scripted):
        found.append(INSTRUMENT)
    return [*found, NOT_A_RATING]


def has_kss(scripted: Sequence[ScriptedSpan]) -> bool:
    return any(span.kss is not None for span in scripted)


def columns(scripted: Sequence[ScriptedSpan]) -> list[str]:
    return [name for name in COLUMNS if name != SCRIPTED or has_kss(scripted)]


def rows_of(course: FatigueCourse, scripted: Sequence[ScriptedSpan]) -> Iterator[list[str]]:
    shown = columns(scripted)
    for look in course.steps():
        yield [cell for name, cell in zip(COLUMNS, cells(look, scripted), strict=True) if name in shown]


def course_table(timeline: Timeline, scripted: Sequence[ScriptedSpan]) -> Table:
    """For the terminal: what was scripted beside what was found."""
    table = Table(
        title="Fatigue: what was scripted and what was found", title_justify="left", pad_edge=False, box=None,
        padding=(0, 1, 0, 0), header_style="bold",
        caption=LEGEND, caption_justify="left",
    )  # fmt: skip
    for name in columns(scripted):
        table.add_column(name, justify="right", min_width=len("6.9 ± 2.2") if name == "KSS found" else None)
    for row in rows_of(timeline.fatigue, scripted):
        table.add_row(*row)
    return table


def told_table(timeline: Timeline) -> Table:
    """For the terminal: what was said about it, and which second channels agreed."""
    table = Table(title="What the driver was told about it", title_justify="left", pad_edge=False)
    for name in TOLD:
        table.add_column(name, justify="right" if name == "time" else "left", overflow="fold")
    for episode, channels, look in told(timeline.episodes.kept, timeline.fatigue):
        table.add_row(
            clock(episode.start_s, 1),
            episode.level.word,
            Text(f"{episode.message} ({episode.rule})"),
            Text(channels or "\u2013"),
            then(look),
        )
    return table
