"""The acceptance matrix: what the driver does, by when a warning is due, and what must not be said.

The figures are those that secondary sources give for the norms named in each row. Onsets are where the movement begins,
so the head's way to its target counts. Angles are a left-hand-drive car's; the other seat mirrors them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from driver_monitor.config.profile import Row as RowId
from driver_monitor.rules.alert import Level
from driver_monitor.simulate.measurement_noise import NoiseLevel
from scripts.acceptance.drowsy import drowsy_stretch
from scripts.acceptance.expectations import Ended, Expectation, Silent, Warned
from scripts.acceptance.hearing import TOP, Subject

Actions = tuple[dict[str, Any], ...]

ATTENTION: Final = (Subject.GAZE, Subject.CLOSURE)
GAZE: Final = (Subject.GAZE,)
AT_REST: Final = {"portrait": "grace_hopper"}  # the other portrait smiles broadly, as no sleeper does
CLOSURE: Final = (Subject.CLOSURE,)
LAP: Final = {"yaw": -4.0, "pitch": -36.0}
PHONE: Final = {"yaw": -30.0, "pitch": -26.0}
PASSENGER: Final = {"yaw": -46.0, "pitch": 0.0, "eyes_yaw": -25.0}
SCREEN: Final = {"yaw": -32.0, "pitch": -14.0}
INNER_MIRROR: Final = {"yaw": -34.0, "pitch": 10.0}
LEFT_MIRROR: Final = {"yaw": 42.0, "pitch": -10.0}
CLUSTER: Final = {"yaw": 0.0, "pitch": -19.0}
SPOTTY: Final = NoiseLevel(dropouts_per_min=25.0, dropout_s=0.4, wild_per_min=3.0)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One play. ``actions`` begin with the play; what is expected counts from ``onset_s`` on. ``drive`` overrides the
    variant's head of the script. ``seeded`` false: no baseline yet. ``sampled`` plays are pooled: the row asks for a
    share of them. ``steady`` plays do not depend on the frame rate and are played once."""

    name: str
    actions: Actions
    length_s: float
    expected: tuple[Expectation, ...]
    speed_kmh: float = 80.0
    onset_s: float = 0.0
    drive: Mapping[str, Any] = field(default_factory=dict)
    noise: NoiseLevel | None = None
    seeded: bool = True
    rendered: bool = False
    sampled: bool = False
    steady: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """``share`` is the part of the sampled plays that must be warned of."""

    id: RowId
    situation: str
    due: str
    never: str
    source: str
    stimuli: tuple[Stimulus, ...]
    share: float = 0.0


def look(t: float, for_s: float, *, transition: float = 0.3, **where: float) -> Actions:
    """Head and, with ``eyes_yaw`` and ``eyes_pitch``, eyes go somewhere at ``t`` and start back at ``t + for_s``."""
    eyes = {"yaw": where.pop("eyes_yaw", 0.0), "pitch": where.pop("eyes_pitch", 0.0)}
    found: list[dict[str, Any]] = [{"t": t, "do": "look", "for": for_s, "transition": transition, **where}]
    if any(eyes.values()):
        found.append({"t": t, "do": "gaze", "for": for_s, **eyes})
    return tuple(found)


def shut(t: float, for_s: float) -> Actions:
    return ({"t": t, "do": "close_eyes", "for": for_s},)


def occlude(t: float, for_s: float, what: str) -> Actions:
    return ({"t": t, "do": "occlude", "for": for_s, "what": what},)


def _lap_looks(by_s: float, degraded_by_s: float, speed_kmh: float) -> Iterator[Stimulus]:
    due, late = (Warned(by_s, GAZE),), (Warned(degraded_by_s, GAZE),)
    long = degraded_by_s + 1.5
    yield Stimulus("lap", look(0, long, **LAP), long + 1, due, speed_kmh, rendered=True)
    yield Stimulus(
        "footwell, a third by eye", look(0, long, yaw=-10, pitch=-24, eyes_pitch=-12), long + 1, due, speed_kmh
    )
    yield Stimulus(
        "lap behind dark glasses", (*occlude(0, long + 5, "dark_glasses"), *look(4, long, **LAP)), long + 5, late,
        speed_kmh, onset_s=4,
    )  # fmt: skip
    yield Stimulus("lap at 10 fps, a fifth lost", look(0, long, **LAP), long + 1, late, speed_kmh,
                   drive={"fps": 10.0, "drop_share": 0.2})  # fmt: skip
    yield Stimulus("lap, tracking spotty", look(0, long, **LAP), long + 1, late, speed_kmh, noise=SPOTTY)
    yield Stimulus("lap before a baseline", look(0, long, **LAP), long + 1, late, speed_kmh, seeded=False)


def _flickers() -> Iterator[Stimulus]:
    actions = look(0, 6, **LAP)
    for t in (1.3, 2.6):
        actions += look(t, 0.15, transition=0.05, yaw=0.0, pitch=0.0)  # up by half of the way for 0.2 s
    yield Stimulus("lap with two flickers of 0.2 s", actions, 7, (Warned(3.5, GAZE),), rendered=True)


def _long_looks(targets: Mapping[str, Mapping[str, float]]) -> Iterator[Stimulus]:
    for index, (name, where) in enumerate(targets.items()):
        for speed_kmh in (80.0, 20.0):
            yield Stimulus(
                name, look(0, 5, **where), 6, (Warned(4.0, GAZE, after_s=2.0),), speed_kmh,
                rendered=index == 0 and speed_kmh > 50,
            )  # fmt: skip


def _glances(targets: Mapping[str, Mapping[str, float]], lengths_s: tuple[float, ...]) -> Iterator[Stimulus]:
    actions: Actions = ()
    t = 0.5
    for where in targets.values():
        for length_s in lengths_s:
            actions += look(t, length_s - 0.25, transition=0.25, **where)
            t += length_s + 4.0
    yield Stimulus(f"glances of {lengths_s[0]:g} to {lengths_s[-1]:g} s", actions, t, (Silent(),), rendered=True)


def _repeated(away_s: float, back_s: float, times: int) -> Actions:
    actions: Actions = ()
    for number in range(times):
        actions += look(number * (away_s + back_s), away_s - 0.15, transition=0.15, **PHONE)
    return actions


def _closures() -> Iterator[Stimulus]:
    due = (Warned(2.2, CLOSURE, after_s=0.8),)
    yield Stimulus("shut for 2.3 s", shut(0, 2.3), 4, due, rendered=True)
    yield Stimulus("shut for 2.3 s at 20 km/h", shut(0, 2.3), 4, due, 20.0)
    yield Stimulus("shut before a baseline", shut(0, 2.3), 4, due, seeded=False, drive=AT_REST)
    blinks = tuple({"t": 0.5 + 2.5 * n, "do": "blink", "for": 0.375} for n in range(6))
    yield Stimulus("blinks of 0.4 s", blinks, 16, (Silent(),), rendered=True)


def _drowsy(count: int = 16) -> Iterator[Stimulus]:
    alert_s, length_s = 60.0, 300.0
    due = Warned(length_s, (Subject.DROWSY, Subject.CLOSURE))
    for seed in range(count):
        yield Stimulus(
            f"stretch {seed + 1}", drowsy_stretch(seed, alert_s, length_s), alert_s + length_s, (due,), 80.0,
            onset_s=alert_s, sampled=True, steady=True, drive={"natural_blinks": True},
        )  # fmt: skip
    yield Stimulus("awake for as long", (), alert_s + length_s, (Silent(),), 80.0, steady=True)


def _unseen() -> Iterator[Stimulus]:
    due = (Warned(10.0, (Subject.BLIND,), level=Level.INFO, audible=False), Silent(CLOSURE))
    for speed_kmh in (80.0, 0.0):
        still = speed_kmh == 0
        yield Stimulus("camera covered", occlude(1, 12, "camera"), 13, due, speed_kmh, onset_s=1, rendered=not still)
        yield Stimulus("face lost", ({"t": 1, "do": "leave", "for": 12},), 13, due, speed_kmh, onset_s=1)
        yield Stimulus(
            "dark glasses", occlude(1, 12, "dark_glasses"), 13, due, speed_kmh, onset_s=1, rendered=not still
        )
        yield Stimulus("hand over the eyes", occlude(1, 12, "eyes"), 13, due, speed_kmh, onset_s=1, rendered=not still)


def _slow() -> Iterator[Stimulus]:
    for speed_kmh in (0.0, 8.0):
        for name, where in {"lap": LAP, "phone": PHONE, "mirror": LEFT_MIRROR}.items():
            yield Stimulus(name, look(0, 12, **where), 13, (Silent(GAZE),), speed_kmh)
        yield Stimulus("repeated glances", _repeated(1.0, 0.5, 16), 26, (Silent(GAZE),), speed_kmh)


def _eyes_off_road() -> Iterator[Stimulus]:
    steps = (
        Warned(5.3, GAZE, after_s=4.5, level=Level.INFO, audible=False),
        Warned(8.3, GAZE, after_s=7.5),
        Warned(13.3, GAZE, after_s=12.5, level=Level.CRITICAL),
        Warned(18.3, GAZE, after_s=17.5, level=TOP),
    )
    for speed_kmh in (80.0, 12.0):
        yield Stimulus("phone", look(0, 20, **PHONE), 21, steps, speed_kmh, steady=True)
    yield Stimulus("lap", look(0, 20, **LAP), 21, steps, 30.0, steady=True)


def _forward_again(after_s: float, by_s: float) -> Iterator[Stimulus]:
    forward = 5.0
    once = look(0, forward, transition=0.1, **LAP)
    ends = (Ended(forward, after_s, by_s, GAZE),)
    yield Stimulus("forward after 5 s", once, 9, ends, rendered=True)
    moment = look(4.0, 0.05, transition=0.05, yaw=0.0, pitch=0.0)
    yield Stimulus("one frame forward before", (*once, *moment), 9, ends)


def matrix() -> tuple[MatrixRow, ...]:
    """All rows that single plays can show; R16 takes hours and has its own module."""
    addw, ncap, ddaw = "EU 2023/2590 (ADDW)", "Euro NCAP 2026", "EU 2021/1341 (DDAW)"
    other = {"phone": PHONE, "passenger": PASSENGER, "screen": SCREEN}
    task = {"cluster": CLUSTER, "left mirror": LEFT_MIRROR, "inner mirror": INNER_MIRROR}
    long_shut, long_away = shut(0, 8), look(0, 8, **PHONE)
    repeated = _repeated(1.0, 0.5, 14)
    unresponsive = Warned(6.3, ATTENTION, after_s=5.7, level=TOP)
    return (
        MatrixRow("R1", "gaze to the lap, from 50 km/h", "3.5 s (degraded: 5 s)", "", addw,
                  (*_lap_looks(3.5, 5.0, 80.0), Stimulus("lap at 50 km/h", look(0, 5, **LAP), 6, (Warned(3.5, GAZE),), 50.0))),
        MatrixRow("R2", "the same, 20 to 50 km/h", "6 s (degraded: 7.5 s)", "", addw, tuple(_lap_looks(6.0, 7.5, 30.0))),
        MatrixRow("R3", "the same with flickers of 0.2 s", "3.5 s", "start anew", addw, tuple(_flickers())),
        MatrixRow("R4", "one long look at phone, passenger, screen", "2 to 4 s", "a glance under 2 s", ncap,
                  (*_long_looks(other), *_glances(other, (1.0, 1.8)))),
        MatrixRow("R5", "one long look at a mirror or the cluster", "2 to 4 s", "a check of 0.6 to 2.0 s", ncap,
                  (*_long_looks(task), *_glances(task, (0.7, 1.2, 1.9)))),
        MatrixRow("R6", "glances of 1 s, 0.5 s apart", "10 s away in all", "the first three", "Euro NCAP 2026 (VATS)",
                  (Stimulus("phone", repeated, 21, (Warned(17.0, GAZE, after_s=4.5),), 80.0, rendered=True),
                   Stimulus("phone at 20 km/h", repeated, 21, (Warned(17.0, GAZE, after_s=4.5),), 20.0))),
        MatrixRow("R7", "the same, 2.2 s apart", "", "ever", "Euro NCAP 2026 (VATS)",
                  (Stimulus("phone", _repeated(1.0, 2.2, 18), 58, (Silent(),), 80.0, steady=True),
                   Stimulus("phone, part", _repeated(1.0, 2.2, 7), 23, (Silent(),), 80.0, rendered=True))),
        MatrixRow("R8", "eyes shut: microsleep", "1 to 2 s, 0.2 s either way", "a blink of 0.4 s", ncap, tuple(_closures())),
        MatrixRow("R9", "eyes shut for 3 s: sleep", "3.0 s, 0.2 s either way, critical", "", ncap,
                  (Stimulus("shut for 4 s", shut(0, 4), 6, (Warned(3.2, CLOSURE, after_s=2.8, level=Level.CRITICAL),), rendered=True),
                   Stimulus("shut before a baseline", shut(0, 4), 6,
                            (Warned(3.2, CLOSURE, after_s=2.8, level=Level.CRITICAL),), seeded=False, drive=AT_REST))),
        MatrixRow("R10", "eyes shut or gaze away for 6 s", "6.0 s, 0.3 s either way, top level", "", ncap,
                  (Stimulus("shut", long_shut, 9, (unresponsive,), rendered=True),
                   Stimulus("phone", long_away, 9, (unresponsive,), rendered=True))),
        MatrixRow("R11", "drowsy stretch of 5 min from 70 km/h", "before its end, > 40 % of them", "while awake", ddaw,
                  tuple(_drowsy()), share=0.4),
        MatrixRow("R12", "camera covered, face lost, eyes hidden", "10 s: cannot see", "eyes shut", ncap, tuple(_unseen())),
        MatrixRow("R13", "any distraction under 10 km/h", "", "ever", ncap, tuple(_slow())),
        MatrixRow("R14", "eyes off the road, from 10 km/h", "5, 8, 13, 18 s in steps", "", "UN R171", tuple(_eyes_off_road())),
        MatrixRow("R15", "looks forward again", "ends after 1 s", "end on one frame", ncap,
                  tuple(_forward_again(0.8, 1.4))),
        MatrixRow("R15-UN", "looks forward again", "ends after 0.2 s", "end on one frame", "UN R171",
                  tuple(_forward_again(0.15, 0.6))),
    )  # fmt: skip
