"""The acceptance matrix: what the driver does, by when a warning is due, and what must not be said.

The figures are those that secondary sources give for the norms named in each row.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from driver_monitor.config.preset import Row as RowId
from driver_monitor.conformance.drowsy import drowsy_stretch
from driver_monitor.conformance.expectations import Ended, Silent, Warned
from driver_monitor.conformance.hearing import TOP, Subject
from driver_monitor.conformance.stimulus import (
    CLUSTER,
    INNER_MIRROR,
    LAP,
    LEFT_MIRROR,
    PASSENGER,
    PHONE,
    SCREEN,
    Actions,
    MatrixRow,
    Stimulus,
    look,
    occlude,
    shut,
)
from driver_monitor.simulate.measurement_noise import STILL, NoiseLevel
from driver_monitor.state.alert import Level

ADDW, DDAW = "EU 2023/2590 (ADDW)", "EU 2021/1341 (DDAW)"
NCAP, R171 = "Euro NCAP 2026", "UN R171"
ANY_LAPSE: Final = (Subject.GAZE, Subject.CLOSURE, Subject.ATTENTION)
GAZE: Final = (Subject.GAZE, Subject.ATTENTION)
AT_REST: Final = {"portrait": "grace_hopper"}  # the other portrait smiles broadly, as no sleeper does
CLOSURE: Final = (Subject.CLOSURE,)
SPOTTY: Final = NoiseLevel(dropouts_per_min=25.0, dropout_s=0.4, wild_per_min=3.0)


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
    yield Stimulus("closed for 2.3 s", shut(0, 2.3), 4, due, rendered=True)
    yield Stimulus("closed for 2.3 s at 20 km/h", shut(0, 2.3), 4, due, 20.0)
    yield Stimulus("closed before a baseline", shut(0, 2.3), 4, due, seeded=False, drive=AT_REST)
    blinks = tuple({"t": 0.5 + 2.5 * n, "do": "blink", "for": 0.375} for n in range(6))
    yield Stimulus("blinks of 0.4 s", blinks, 16, (Silent(),), rendered=True)


def _drowsy(count: int) -> Iterator[Stimulus]:
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


def _forward_again(forward: float, after_s: float, by_s: float) -> Iterator[Stimulus]:
    """``forward`` is when the driver looks ahead again, some time after having been warned."""
    once = look(0, forward, transition=0.1, **LAP)
    ends = (Ended(forward, after_s, by_s, GAZE),)
    yield Stimulus(f"forward after {forward:g} s", once, forward + 4, ends, rendered=True)
    moment = look(forward - 1.0, 0.05, transition=0.05, yaw=0.0, pitch=0.0)
    yield Stimulus("one frame forward before", (*once, *moment), forward + 4, ends)


def _repeats(back_s: float, times: int, expected: Warned | Silent) -> Iterator[Stimulus]:
    actions = _repeated(1.0, back_s, times)
    length_s = times * (1.0 + back_s)
    yield Stimulus("phone", actions, length_s, (expected,), 80.0, rendered=times < 16)
    yield Stimulus("phone at 20 km/h", actions, length_s, (expected,), 20.0, steady=True)


def _sleeps() -> Iterator[Stimulus]:
    due = (Warned(3.2, CLOSURE, after_s=2.8, level=Level.CRITICAL),)
    yield Stimulus("closed for 4 s", shut(0, 4), 6, due, rendered=True)
    for name, noise in {"": None, ", tracked without noise": STILL}.items():
        yield Stimulus(
            f"closed before a baseline{name}", shut(0, 4), 6, due, seeded=False, drive=AT_REST, noise=noise
        )  # fmt: skip


def _no_response() -> Iterator[Stimulus]:
    due = (Warned(6.3, ANY_LAPSE, after_s=5.7, level=TOP),)
    yield Stimulus("shut", shut(0, 8), 9, due, rendered=True)
    yield Stimulus("phone", look(0, 8, **PHONE), 9, due, rendered=True)


def matrix(*, quick: bool = False) -> tuple[MatrixRow, ...]:
    """All rows that single plays can show; R16 takes hours and has its own module. ``quick``: fewer drowsy drives."""
    other = {"phone": PHONE, "passenger": PASSENGER, "screen": SCREEN}
    task = {"cluster": CLUSTER, "left mirror": LEFT_MIRROR, "inner mirror": INNER_MIRROR}
    at_50 = Stimulus("lap at 50 km/h", look(0, 5, **LAP), 6, (Warned(3.5, GAZE),), 50.0)
    long_other = (*_long_looks(other), *_glances(other, (1.0, 1.8)))
    long_task = (*_long_looks(task), *_glances(task, (0.7, 1.2, 1.9)))
    ten_seconds = Warned(17.0, GAZE, after_s=4.5)
    drowsy = tuple(_drowsy(4 if quick else 16))
    rows: tuple[tuple[RowId, str, str, str, str, Iterable[Stimulus]], ...] = (
        (
            "R1",
            "gaze to the lap, from 50 km/h",
            "3.5 s (degraded: 5 s)",
            "",
            ADDW,
            (*_lap_looks(3.5, 5.0, 80.0), at_50),
        ),
        ("R2", "the same, 20 to 50 km/h", "6 s (degraded: 7.5 s)", "", ADDW, _lap_looks(6.0, 7.5, 30.0)),
        ("R3", "the same with flickers of 0.2 s", "3.5 s", "restart", ADDW, _flickers()),
        ("R4", "one long look at phone, passenger, screen", "2 to 4 s", "a glance under 2 s", NCAP, long_other),
        ("R5", "one long look at a mirror or the cluster", "2 to 4 s", "a check of 0.6 to 2.0 s", NCAP, long_task),
        (
            "R6",
            "glances of 1 s, 0.5 s apart",
            "10 s away in all",
            "the first three",
            NCAP,
            _repeats(0.5, 14, ten_seconds),
        ),
        ("R7", "the same, 2.2 s apart", "", "ever", NCAP, _repeats(2.2, 15, Silent())),
        ("R8", "eyes closed: microsleep", "1 to 2 s, +-0.2 s", "a blink of 0.4 s", NCAP, _closures()),
        ("R9", "eyes closed for 3 s: sleep", "3.0 s, +-0.2 s, critical", "", NCAP, _sleeps()),
        ("R10", "eyes closed or gaze away for 6 s", "6.0 s, +-0.3 s, top level", "", NCAP, _no_response()),
        ("R11", "drowsy stretch of 5 min", "before its end, > 40 % of them", "while awake", DDAW, drowsy),
        ("R12", "camera covered, face lost, eyes hidden", "10 s: cannot see", "eyes closed", NCAP, _unseen()),
        ("R13", "any distraction under 10 km/h", "", "ever", "practice", _slow()),
        ("R14", "eyes off the road, from 10 km/h", "5, 8, 13, 18 s in steps", "", R171, _eyes_off_road()),
        ("R15", "looks forward again", "ends after 1 s", "end on one frame", NCAP, _forward_again(5.0, 0.8, 1.4)),
        ("R15-UN", "looks forward again", "ends after 0.2 s", "end on one frame", R171, _forward_again(9.5, 0.15, 0.6)),
    )
    shares = {"R11": 0.4}
    return tuple(
        MatrixRow(row, situation, due, never, source, tuple(stimuli), shares.get(row, 0.0))
        for row, situation, due, never, source, stimuli in rows
    )
