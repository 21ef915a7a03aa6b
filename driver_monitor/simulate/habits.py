"""An hour of attentive driving from a seed: mirrors, instruments, blinks, talk, yawns, sun, stops, a face of its own.

A simulation: it has what this list names and nothing else. Where the numbers come from:

- glances: mirror check mean 0.75-1.10 s, 99th percentile 2 s; speedometer 0.6 s; radio 1.4 s (naturalistic glance
  studies as summed up in driver-distraction guidelines); glance lengths are lognormal.
- head and eyes: how far the head takes part is the driver's own habit, "owl" or "lizard" (Fridman et al. 2016).
- blinks: about 17 a minute, intervals skewed (Bentivoglio et al. 1997), 0.1-0.4 s long, people differ by 1.7 times.
- yawns 4-7 s, now and then even in rested people; talk at 4-5 syllables/s.
- eyes: open-eye EAR of mean 0.257, SD 0.021 across 27 drivers; shut lids leave 0.03-0.08.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from driver_monitor.simulate.face_shape import FaceShape, face_shape
from driver_monitor.simulate.measurement_noise import NoiseLevel
from driver_monitor.simulate.script import Script

Action = dict[str, Any]

# Name: yaw, pitch (left-hand drive, from the road), median length s, spread, longest s.
GLANCES: Final[dict[str, tuple[float, float, float, float, float]]] = {
    "inner_mirror": (-34.0, 9.0, 0.85, 0.36, 2.0),
    "left_mirror": (42.0, -9.0, 0.85, 0.36, 2.0),
    "right_mirror": (-56.0, -8.0, 0.90, 0.33, 2.0),
    "speedometer": (0.0, -18.0, 0.55, 0.40, 1.5),
    "radio": (-30.0, -22.0, 1.30, 0.25, 1.9),
    "passenger": (-62.0, 0.0, 0.80, 0.30, 1.6),
    "roadside": (30.0, 0.0, 0.80, 0.35, 1.8),
}
OFTEN: Final = {
    "inner_mirror": 0.30,
    "left_mirror": 0.22,
    "right_mirror": 0.09,
    "speedometer": 0.25,
    "radio": 0.05,
    "passenger": 0.03,
    "roadside": 0.06,
}
BETWEEN_S: Final = 7.5  # mean time on the road between two glances, besides ROAD_MIN_S
ROAD_MIN_S: Final = 1.2
BLINK_EVERY_S, BLINK_SPREAD = 3.5, 0.5
PHASES: Final = {"city": (25.0, 55.0), "country": (65.0, 95.0), "motorway": (100.0, 130.0)}
ACCELERATION_KMH_S: Final = 5.0
# Long enough that each must be noticed.
LAPSE_S: Final = {"microsleep": (2.1, 2.7), "sleep": (3.4, 4.6), "long_look": (4.6, 5.6)}
QUIET_S: Final = 8.0  # around something put in, nothing else is looked at


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something put into the hour that must be noticed: a ``microsleep``, a ``sleep`` or a ``long_look``."""

    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Hour:
    """A script with what a script does not hold: the car's speed, the driver's face, the tracker's noise."""

    script: Script
    shape: FaceShape
    noise: NoiseLevel
    lapses: tuple[Lapse, ...]
    _speeds: tuple[tuple[float, float], ...] = field(repr=False)

    def speed_kmh(self, t_s: float) -> float:
        times, speeds = zip(*self._speeds, strict=True)
        return float(np.interp(t_s, times, speeds))


def attentive(
    seed: int, *, duration_s: float = 3600.0, fps: float = 20.0, lapses: int = 6, seat: str = "left",
    lengths_s: Mapping[str, tuple[float, float]] = LAPSE_S,
) -> Hour:  # fmt: skip
    """``lapses`` are spread over the hour, at speeds of 30 km/h and more; ``seat`` right mirrors the car.

    ``lengths_s``: the shortest and longest of each kind. In less than two minutes there is no room for a lapse. Raises
    :class:`ConfigError` for a length or a frame rate that no drive can have.
    """
    Script.model_validate({"drive": {"duration_s": duration_s, "fps": fps}})  # told before hours of it are made up
    return _Hour(seed, duration_s, fps, -1.0 if seat == "right" else 1.0).made(lapses, lengths_s)


class _Hour:
    def __init__(self, seed: int, duration_s: float, fps: float, side: float) -> None:
        self._seed, self._fps, self._side = seed, fps, side
        self._end_s = duration_s
        self._rng = np.random.default_rng((seed, 20))
        self._actions: list[Action] = []
        self._taken: list[tuple[float, float]] = []  # by lapses
        uniform = self._rng.uniform
        self._head_share = float(uniform(0.55, 1.0))  # owl 1, lizard less
        self._down_share = float(uniform(0.35, 1.0))
        self._sits = (float(uniform(-8, 8)), float(uniform(-8, 4)))  # the road, as the camera sees the head
        self._blink_scale = float(np.exp(self._rng.normal(0, 0.25)))
        self._speeds = self._speed_course()

    def made(self, count: int, lengths_s: Mapping[str, tuple[float, float]]) -> Hour:
        lapses = tuple(self._lapses(count, lengths_s))
        self._look_at_the_road()
        self._glances()
        self._blinks()
        for make in (self._talk, self._yawns, self._sneezes, self._hands, self._light, self._laughs):
            make()
        drive = {
            "duration_s": self._end_s, "fps": self._fps, "seed": self._seed, "natural_blinks": False,
            "jitter_s": 0.2 / self._fps, "drop_share": float(self._rng.uniform(0.0, 0.05)), "portrait": "grace_hopper",
        }  # fmt: skip
        scale = float(self._rng.uniform(0.7, 1.3))
        noise = NoiseLevel(
            yaw_deg=0.7 * scale,
            pitch_deg=0.7 * scale,
            ear=0.010 * scale,
            dropouts_per_min=float(self._rng.uniform(0.5, 4)),
        )
        ear = float(np.clip(self._rng.normal(0.257, 0.021), 0.20, 0.32))
        shape = face_shape("grace_hopper").like(
            open_ear=ear, shut_share=float(self._rng.uniform(0.12, 0.28)), smile=float(self._rng.uniform(0, 0.2))
        )
        actions = [action for action in self._actions if action["t"] + 0.1 < self._end_s]
        return Hour(Script.model_validate({"drive": drive, "actions": actions}), shape, noise, lapses, self._speeds)

    def _speed_course(self) -> tuple[tuple[float, float], ...]:
        rng, t, speed = self._rng, 0.0, 0.0
        found = [(0.0, 0.0), (5.0, 0.0)]
        t = 5.0
        while t < self._end_s:
            name = str(rng.choice(list(PHASES)))
            low, high = PHASES[name]
            until = t + float(rng.uniform(240, 720))
            while t < min(until, self._end_s):
                for target, hold in self._legs(name, low, high):
                    t += abs(target - speed) / ACCELERATION_KMH_S + 0.1
                    found.append((t, target))
                    t += hold
                    found.append((t, target))
                    speed = target
        return tuple(found)

    def _legs(self, name: str, low: float, high: float) -> Iterator[tuple[float, float]]:
        rng = self._rng
        yield float(rng.uniform(low, high)), float(rng.uniform(20, 90))
        if name == "city":
            yield 0.0, float(rng.uniform(5, 45))  # a traffic light

    def _speed(self, t_s: float) -> float:
        times, speeds = zip(*self._speeds, strict=True)
        return float(np.interp(t_s, times, speeds))

    def _free(self, start: float, end: float) -> bool:
        return all(end < a or start > b for a, b in self._taken)

    def _lapses(self, count: int, lengths_s: Mapping[str, tuple[float, float]]) -> Iterator[Lapse]:
        """One in each equal part of the hour, the first after the baseline."""
        part = (self._end_s - 120.0) / max(count, 1)
        if part < 0:
            return
        kinds = ("microsleep", "sleep", "long_look")
        for number in range(count):
            begin = 90.0 + number * part
            starts = begin + self._rng.uniform(0.1, 0.9, 40) * part
            start = next(
                (float(s) for s in starts if min(self._speed(s - 2), self._speed(s), self._speed(s + 8)) > 30), None
            )
            if start is None:
                continue
            kind = kinds[(number + self._seed) % 3]
            length = float(self._rng.uniform(*lengths_s[kind]))
            if kind == "long_look":
                where = [(-4.0, -36.0), (-30.0, -27.0), (-70.0, -3.0), (12.0, -40.0)][int(self._rng.integers(4))]
                self._look(start, length, where, max(self._head_share, 0.75))
            else:
                self._add("close_eyes", start, length, rise=float(self._rng.uniform(0.08, 0.25)), fall=0.15)
            self._taken.append((start - QUIET_S, start + length + QUIET_S))
            yield Lapse(kind, start, start + length)

    def _add(self, do: str, t: float, for_s: float, **more: Any) -> None:
        self._actions.append({"do": do, "t": round(t, 3), "for": round(for_s, 3), **more})

    def _look(self, t: float, for_s: float, where: tuple[float, float], head: float | None = None) -> None:
        """Head and eyes share the angle; the way there takes longer the further it is."""
        yaw, pitch = where
        share = self._head_share if head is None else head
        down = self._down_share if head is None else head
        across, up = share * yaw, (down if pitch < 0 else share) * pitch
        across = float(np.clip(across, yaw + 33 if yaw < -33 else -60, yaw - 33 if yaw > 33 else 60))
        transition = float(np.clip(0.12 + abs(across) / 160, 0.12, 0.6))
        sits_yaw, sits_pitch = self._sits
        self._add(
            "look", t, for_s, transition=transition,
            yaw=float(np.clip(self._side * across + sits_yaw, -60, 60)),
            pitch=float(np.clip(up + sits_pitch, -45, 30)),
        )  # fmt: skip
        eyes = (self._side * (yaw - across), pitch - up)
        if max(map(abs, eyes)) > 1:
            self._add("gaze", t, for_s, yaw=float(np.clip(eyes[0], -35, 35)), pitch=float(np.clip(eyes[1], -30, 25)))

    def _look_at_the_road(self) -> None:
        """How the driver sits, and every few minutes sits anew, by a few degrees."""
        yaw, pitch = self._sits
        self._add("look", 0.0, self._end_s + 10, transition=0.05, yaw=yaw, pitch=pitch)
        t = float(self._rng.exponential(600))
        while t < self._end_s:
            for_s = float(self._rng.uniform(60, 400))
            turn, nod, lean = self._rng.normal(0, (2.5, 2.0, 2.5))
            self._add(
                "look", t, for_s, transition=1.5, yaw=yaw + float(turn), pitch=pitch + float(nod), roll=float(lean)
            )
            t += for_s + float(self._rng.exponential(600))

    def _glances(self) -> None:
        rng = self._rng
        names, weights = list(OFTEN), np.array(list(OFTEN.values()))
        t = 3.0
        while t < self._end_s:
            t += ROAD_MIN_S + float(rng.exponential(BETWEEN_S))
            slow = self._speed(t) < 8 and self._speed(t + 5) < 8
            if slow and rng.random() < 0.5:  # waiting: looks about, at the phone, at people
                for_s = float(rng.uniform(1.0, 4.5))
                if self._free(t, t + for_s):
                    self._look(t, for_s, (float(rng.uniform(-70, 70)), float(rng.uniform(-38, 5))))
                t += for_s + 0.5
            elif rng.random() < 0.04 and self._speed(t) > 30:
                t = self._overtake(t)
            else:
                name = str(rng.choice(names, p=weights / weights.sum()))
                for _ in range(int(rng.integers(1, 4)) if name == "radio" else 1):
                    t = self._glance(t, name) + ROAD_MIN_S

    def _glance(self, t: float, name: str) -> float:
        """Returns when the gaze is back. Lengths count from half way there to half way back."""
        yaw, pitch, median, spread, longest = GLANCES[name]
        length = min(longest, median * float(np.exp(self._rng.normal(0, spread))))
        if name == "roadside" and self._rng.random() < 0.5:
            yaw = -yaw
        if self._free(t, t + length + 1):
            self._look(t, length, (yaw + float(self._rng.normal(0, 2)), pitch + float(self._rng.normal(0, 1.5))))
            if self._rng.random() < 0.3:  # large shifts of gaze come with a blink
                self._add("blink", t + 0.05, 0.13)
        return t + length + 0.4

    def _overtake(self, t: float) -> float:
        """Mirror, over the shoulder, mirror, and back in: some look ahead in between, others go straight on."""
        hurried, looks_ahead = (float(self._rng.uniform(-0.3, 0.9)) for _ in range(2))
        steps = (("left_mirror", hurried), ("shoulder", looks_ahead), ("inner_mirror", 4.0), ("right_mirror", 1.5))
        for name, pause in steps:
            if name == "shoulder":
                length = float(self._rng.uniform(0.7, 1.1))
                if self._free(t, t + length + 1):
                    self._look(t, length, (92.0, -4.0), 1.0)
                t += length + 0.5
            else:
                t = self._glance(t, name)
            t += pause
        return t

    def _blinks(self) -> None:
        rng, t = self._rng, 0.5
        shut = [(a["t"], a["t"] + a["for"]) for a in self._actions if a["do"] == "close_eyes"]
        while t < self._end_s:
            hold = float(np.clip(0.15 * self._blink_scale * np.exp(rng.normal(0, 0.3)), 0.09, 0.34))
            if all(t + hold + 0.6 < a or t > b + 0.6 for a, b in shut):
                self._add("blink", t, hold, amount=float(rng.uniform(0.85, 1.0)))
            t += max(0.7, BLINK_EVERY_S * float(rng.lognormal(-(BLINK_SPREAD**2) / 2, BLINK_SPREAD)))

    def _every(self, mean_s: float, make: Callable[[float], float]) -> None:
        """``make`` is given a start and says how long it takes; not where a lapse is."""
        t = float(self._rng.exponential(mean_s))
        while t < self._end_s:
            t += (make(t) if self._free(t, t + 8) else 0.0) + float(self._rng.exponential(mean_s))

    def _talk(self) -> None:
        def speak(t: float) -> float:
            for_s = float(self._rng.uniform(4, 30))
            self._add("talk", t, for_s, amount=float(self._rng.uniform(0.2, 0.45)))
            return for_s

        def sing(t: float) -> float:
            for_s = float(self._rng.uniform(40, 150))
            self._add(
                "talk",
                t,
                for_s,
                amount=float(self._rng.uniform(0.5, 0.9)),
                syllables_hz=float(self._rng.uniform(1, 2.5)),
            )
            return for_s

        self._every(60, speak)
        self._every(1500, sing)

    def _yawns(self) -> None:
        def yawn(t: float) -> float:
            for_s = float(self._rng.uniform(3.0, 5.5))
            self._add(
                "yawn", t, for_s, amount=float(self._rng.uniform(0.8, 1.0)), squint=float(self._rng.uniform(0.2, 0.7))
            )
            return for_s

        self._every(1500, yawn)

    def _sneezes(self) -> None:
        def sneeze(t: float) -> float:
            self._add("frown", t, 1.0, amount=0.9, rise=0.2)
            self._add("close_eyes", t + 0.2, float(self._rng.uniform(0.5, 1.0)))
            self._look(t + 0.25, 0.5, (0.0, -14.0), 1.0)
            return 1.5

        self._every(5400, sneeze)

    def _hands(self) -> None:
        def scratch(t: float) -> float:
            for_s = float(self._rng.uniform(0.8, 2.5))
            self._add("occlude", t, for_s, what="mouth")
            return for_s

        def rub(t: float) -> float:
            for_s = float(self._rng.uniform(0.8, 1.6))
            self._add("occlude", t, for_s, what="eyes")
            return for_s

        self._every(700, scratch)
        self._every(2400, rub)

    def _light(self) -> None:
        def sun(t: float) -> float:
            for_s = float(self._rng.uniform(1.5, 15))
            self._add("light", t, for_s, glare=float(self._rng.uniform(0.2, 0.7)))
            self._add("close_eyes", t + 0.2, for_s, amount=float(self._rng.uniform(0.2, 0.5)), rise=0.3, fall=0.5)
            self._add("frown", t + 0.2, for_s, amount=0.6)
            return for_s

        def tunnel(t: float) -> float:
            for_s = float(self._rng.uniform(8, 60))
            self._add("light", t, for_s, gain=float(self._rng.uniform(0.25, 0.6)))
            return for_s

        self._every(500, sun)
        self._every(1500, tunnel)

    def _laughs(self) -> None:
        def laugh(t: float) -> float:
            for_s = float(self._rng.uniform(0.8, 2.0))
            self._add("smile", t, for_s, amount=1.0)
            self._add("close_eyes", t + 0.1, for_s, amount=float(self._rng.uniform(0.3, 0.7)), rise=0.3, fall=0.3)
            return for_s

        self._every(600, laugh)
