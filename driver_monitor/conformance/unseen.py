"""Time unseen is no evidence: attentive driving with stretches in which the driver is not seen, for every cause.

Each stretch replaces what the tracker saw of an attentive drive; whatever it was, no warning may come of it but that
the driver cannot be seen or is missing. And lapses with a stretch cut out of them are still warned of.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.habits import Hour, attentive
from driver_monitor.simulate.measurement_noise import NoiseLevel
from driver_monitor.simulate.script import Script
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge

SAID_OF_THE_UNSEEN: Final = frozenset({"cannot_see", "driver_missing"})
SEEN_AGAIN_S: Final = 8.0  # played after each stretch
LEAD_S: Final = 45.0
A_DRIVE: Final = 100
SAME_S: Final = 1.0  # an alert of the drive itself may come a little sooner or later with a stretch cut out before it
LENGTHS_S: Final = (0.2, 60.0)  # of a stretch, drawn evenly on a logarithmic scale


def _unseen(tracking: Tracking, luma: float = 110.0, spread: float = 50.0) -> Callable[..., FaceObservation | None]:
    def cut(seen: FaceObservation, rng: np.random.Generator) -> FaceObservation:
        return FaceObservation(
            seen.t_s, tracking, seen.width_px, seen.height_px, luma_mean=luma, luma_std=spread,
            faces=int(tracking is Tracking.NOT_DRIVER),
        )  # fmt: skip

    return cut


def _garbage(seen: FaceObservation, rng: np.random.Generator) -> FaceObservation:
    """The tracker goes on drawing a face into the dark, wherever it pleases."""
    if seen.matrix is None:
        return replace(seen, luma_mean=10.0, face_luma=10.0)
    yaw, pitch = rng.uniform(-60, 60), rng.uniform(-45, 30)
    a, b = math.radians(yaw), math.radians(pitch)
    turn = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    nod = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    matrix = seen.matrix.copy()
    matrix[:3, :3] = turn @ nod
    return replace(seen, matrix=matrix, luma_mean=10.0, face_luma=10.0)


CAUSES: Final[dict[str, Callable[..., FaceObservation | None]]] = {
    "no face": _unseen(Tracking.NO_FACE),
    "somebody else": _unseen(Tracking.NOT_DRIVER),
    "covered": _unseen(Tracking.NO_FACE, 8.0, 3.0),
    "dark": _unseen(Tracking.NO_FACE, 12.0, 14.0),
    "glare": _unseen(Tracking.NO_FACE, 248.0, 5.0),
    "camera lost": _unseen(Tracking.CAMERA_LOST, math.nan, math.nan),
    "tracker lost": _unseen(Tracking.TRACKER_LOST),
    "no frames": lambda seen, rng: None,
    "a face drawn into the dark": _garbage,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """``alerts`` are the rules, from warning level on, that began to fire in it or soon after, with the seconds since
    its begin. Those of the drive itself, without the stretch, are left out. ``followed`` are those whose evidence is
    a head that was seen to turn out of sight: the stretch began in a look over the shoulder, and went on like one."""

    begin_s: float
    length_s: float
    cause: str
    alerts: tuple[tuple[str, float], ...]
    followed: tuple[tuple[str, float], ...]


class _Course:
    """Signals and rules of one drive, which can be copied in mid-drive."""

    def __init__(self, config: Config, hour: Hour) -> None:
        self._hour = hour
        self.extractor, self.engine = SignalExtractor(config), RuleEngine.of(config)

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Course":
        twin = object.__new__(_Course)
        twin._hour = self._hour
        twin.extractor, twin.engine = copy.deepcopy((self.extractor, self.engine), memo)
        return twin

    def take(self, observation: FaceObservation) -> list[Alert]:
        """The warnings that begin in this frame."""
        signals = self.extractor.update(observation)
        speed = Speed(self._hour.speed_kmh(signals.t_s), SpeedKnowledge.MEASURED)
        alerts = self.engine.update(DriverState(signals.t_s, signals, speed))
        return [alert for alert in alerts if alert.state is AlertState.FIRING and alert.level >= Level.WARNING]


def stretches(
    count: int, config: Config, *, seed: int = 0, drive_s: float = 600.0, fps: float = 15.0
) -> Iterator[Stretch]:
    """``count`` stretches, a hundred in each attentive drive of ``drive_s``, every drive with a driver of its own."""
    rng = np.random.default_rng(seed)
    for number in range(0, count, A_DRIVE):
        hour = attentive(seed * 1000 + number, duration_s=drive_s, fps=fps, lapses=0, seat=config.face.seat)
        observations = list(GeometricDrive(hour.script, hour.noise, hour.shape).observations())
        most = len(observations) - round(SEEN_AGAIN_S * fps)
        begins = np.sort(rng.integers(round(LEAD_S * fps), most, min(A_DRIVE, count - number)))
        course, at, own, cuts = _Course(config, hour), 0, list[Alert](), list[Stretch]()
        for begin in [*begins.tolist(), len(observations)]:
            for observation in observations[at:begin]:
                own += course.take(observation)
            at = begin
            if at < len(observations):
                cuts.append(_cut(copy.deepcopy(course), observations[at:], rng))
        for cut in cuts:
            yield replace(cut, alerts=tuple(alert for alert in cut.alerts if not _own(alert, cut, own)))


def _own(alert: tuple[str, float], cut: Stretch, own: Sequence[Alert]) -> bool:
    rule, after_s = alert
    return any(one.rule == rule and abs(one.t_s - cut.begin_s - after_s) <= SAME_S for one in own)


def _cut(course: _Course, observations: Sequence[FaceObservation], rng: np.random.Generator) -> Stretch:
    cause = str(rng.choice(list(CAUSES)))
    length_s = float(np.exp(rng.uniform(*np.log(LENGTHS_S))))
    begin_s, alerts = observations[0].t_s, list[Alert]()
    for seen in observations:
        if seen.t_s >= begin_s + length_s + SEEN_AGAIN_S:
            break
        observation = CAUSES[cause](seen, rng) if seen.t_s < begin_s + length_s else seen
        if observation is not None:
            alerts += [alert for alert in course.take(observation) if alert.rule not in SAID_OF_THE_UNSEEN]
    followed, others = (
        tuple((alert.rule, alert.t_s - begin_s) for alert in alerts if ("last_seen" in alert.evidence) is out_of_sight)
        for out_of_sight in (True, False)
    )
    return Stretch(begin_s, length_s, cause, others, followed)


# What the driver does and for how long, how much of it is seen first, and how long the hole in it lasts at most.
LAPSES: Final[dict[str, tuple[dict[str, Any], float, float]]] = {
    "lap": ({"do": "look", "yaw": -4, "pitch": -36, "for": 14.0, "transition": 0.3}, 1.2, 6.0),
    "phone aside": ({"do": "look", "yaw": -38, "pitch": -24, "for": 14.0, "transition": 0.3}, 1.2, 6.0),
    "eyes closed": ({"do": "close_eyes", "for": 10.0}, 0.8, 6.0),
}


@dataclass(frozen=True, slots=True)
class CutLapse:
    """A lapse with a hole in it; ``warned_s`` after its start, None where no warning came before its end."""

    kind: str
    cause: str
    hole_from_s: float
    hole_s: float
    warned_s: float | None


def lapses(count: int, config: Config, *, seed: int = 0, fps: float = 15.0) -> Iterator[CutLapse]:
    """Lapses of every kind in turn, each with a hole of a cause drawn at random."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        kind = list(LAPSES)[number % len(LAPSES)]
        action, seen_s, longest_s = LAPSES[kind]
        cause = str(rng.choice(list(CAUSES)))
        hole_from_s, hole_s = float(rng.uniform(seen_s, 3.0)), float(rng.uniform(0.3, longest_s))
        head = {
            "portrait": "astronaut",
            "duration_s": LEAD_S + action["for"],
            "fps": fps,
            "seed": int(rng.integers(1_000_000)),
        }
        script = Script.model_validate({"drive": head, "actions": [{**action, "t": LEAD_S}]})
        extractor, engine, warned_s = SignalExtractor(config), RuleEngine.of(config), None
        for seen in GeometricDrive(script, NoiseLevel()).observations():
            inside_s = seen.t_s - LEAD_S
            hole = hole_from_s <= inside_s < hole_from_s + hole_s
            observation = CAUSES[cause](seen, rng) if hole else seen
            if observation is None:
                continue
            signals = extractor.update(observation)
            speed = Speed(100.0, SpeedKnowledge.MEASURED)
            for alert in engine.update(DriverState(signals.t_s, signals, speed)):
                if alert.level >= Level.WARNING and alert.rule not in SAID_OF_THE_UNSEEN and warned_s is None:
                    warned_s = inside_s
        yield CutLapse(kind, cause, hole_from_s, hole_s, warned_s)
