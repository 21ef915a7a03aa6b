"""The attention ladder: one value, awareness, runs from 1 to 0 while the driver does not watch the road.

The policy is openpilot's in its own words (the best public behaviour): levels are thresholds of awareness, at 0.75,
0.5, 0.25 and 0; a driver seen looking away or with shut eyes drains it at the pace of ``vision``, one who went out of
sight while doing so at the slower pace of ``unseen``; watching the road fills it faster than it drained. Hiding the
face never fills it. A face that is lost otherwise is no evidence about the driver, and what blinds the monitor itself
(covered, dark, lost camera) even less: awareness stands still, and "I cannot see" and "the driver is missing" are other
rules' to say.

At 0 it latches: only an answer ends that. Watching the road is one. A button is the other: it shows that somebody is
awake, not that they look, so it ends the top level and no more, and is void while the driver is seen not to watch.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol

from driver_monitor.config.attention import AttentionConfig, LadderConfig
from driver_monitor.parameter import defined, judged
from driver_monitor.rules.motion import known_kmh, parked
from driver_monitor.state.signals import BLIND
from driver_monitor.state.speed import Speed
from driver_monitor.state.terms import GAP_S
from driver_monitor.state.vehicle import VehicleInputs

QUARTER: Final = defined(
    0.25,
    "between two steps: 5, 8, 13 and 18 s use up a quarter each",
    "attention.look_up_s to used_up_s",
    unit="awareness",
)
ANSWERED_S: Final = judged(2.0, "so long an answer is to be seen: longer than alerts take to end")
FULL: Final = defined(1.0, "of a driver who is watching", "scale 0..1", unit="awareness")


@dataclass(frozen=True, slots=True)
class Pace:
    """Awareness per second in each quarter, the fullest first."""

    per_s: tuple[float, float, float, float]

    @classmethod
    def of(cls, ladder: LadderConfig) -> "Pace":
        ends_s = (ladder.look_up_s, ladder.warn_s, ladder.urgent_s, ladder.used_up_s)
        begins_s = (0.0, *ends_s[:-1])
        lengths_s = [end_s - begin_s for begin_s, end_s in zip(begins_s, ends_s, strict=True)]
        first, second, third, fourth = (QUARTER / length_s for length_s in lengths_s)
        return cls((first, second, third, fourth))

    def drained(self, awareness: float, time_s: float) -> float:
        """``awareness`` after ``time_s`` at this pace, 0 at least."""
        while time_s > 0 and awareness > 0:
            quarter = min(3, int((FULL - awareness) / QUARTER + 1e-9))
            floor = FULL - QUARTER * (quarter + 1)
            needed_s = (awareness - floor) / self.per_s[quarter]
            if needed_s > time_s:
                return awareness - time_s * self.per_s[quarter]
            awareness, time_s = floor, time_s - needed_s
        return awareness


class Watching(Protocol):
    """Of the signals, what tells whether somebody watches the road."""

    @property
    def tracking(self) -> str: ...

    @property
    def quality(self) -> float: ...

    @property
    def eyes(self) -> str: ...

    @property
    def on_road(self) -> bool | None: ...

    @property
    def degraded(self) -> str: ...

    @property
    def last_seen(self) -> str: ...


class Seen(Protocol):
    """Of a :class:`~driver_monitor.state.driver_state.DriverState`, what the ladder looks at."""

    @property
    def t_s(self) -> float: ...

    @property
    def signals(self) -> Watching: ...

    @property
    def speed(self) -> Speed: ...

    @property
    def vehicle(self) -> VehicleInputs | None: ...


@dataclass(slots=True)
class LadderCourse:
    """What a ladder remembers, whatever its settings. ``filtered`` is how much the driver looked away of late, 0..1.
    ``seen_away``: a lapse has been seen since awareness was last full. ``pressed``: the button, since the last frame.
    """

    awareness: float = FULL
    latched: bool = False
    used_up: int = 0
    answered: bool = False
    answered_s: float = -math.inf
    filtered: float = 0.0
    distracted: bool = False
    away_since_s: float | None = None
    watching_since_s: float | None = None
    seen_away: bool = False
    pressed: bool = False
    t_s: float = -math.inf


class AttentionLadder:
    """Takes states in the order of their time. Nothing is read from a clock.

    ``used_up`` counts how often awareness reached 0 in this drive. ``answered``: there was an answer within ANSWERED_S,
    a button that counted or the road watched again.
    """

    def __init__(self, config: AttentionConfig, course: LadderCourse | None = None) -> None:
        """``course`` is where another ladder stands, to go on from."""
        self._config = config
        # Asked in every frame, which a validated model answers slowly.
        self._min_quality, self._filter_s, self._recovery_s = config.min_quality, config.filter_s, config.recovery_s
        self._enter, self._leave = config.enter, config.leave
        self._vision, self._unseen = Pace.of(config.vision), Pace.of(config.unseen)
        self._course = course or LadderCourse()
        self._speed: Speed | None = None
        self._vehicle: VehicleInputs | None = None
        self._moving = False

    @property
    def awareness(self) -> float:
        return self._course.awareness

    @property
    def latched(self) -> bool:
        return self._course.latched

    @property
    def used_up(self) -> int:
        return self._course.used_up

    @property
    def answered(self) -> bool:
        return self._course.answered

    @property
    def level(self) -> int:
        """0 for none, 1 from 0.75 down, 2 from 0.5, 3 from 0.25, 4 at 0."""
        return int((FULL - self._course.awareness) / QUARTER + 1e-9)

    @property
    def lockout(self) -> bool:
        return self._course.used_up >= self._config.lockout_after

    def acknowledge(self) -> None:
        """A button was pressed; it counts in the next frame."""
        self._course.pressed = True

    def reconfigured(self, config: AttentionConfig) -> "AttentionLadder":
        """A ladder with other settings that goes on from here."""
        return AttentionLadder(config, self._course)

    def update(self, state: Seen) -> None:
        t_s, signals, course = state.t_s, state.signals, self._course
        step_s = t_s - course.t_s if t_s - course.t_s <= GAP_S else 0.0
        course.t_s = t_s
        course.answered = t_s - course.answered_s <= ANSWERED_S
        if state.speed is not self._speed or state.vehicle is not self._vehicle:
            self._speed, self._vehicle = state.speed, state.vehicle
            self._moving = self._moves(state.speed, state.vehicle)
        away = self._away(signals)
        before = course.distracted
        self._judge(t_s, step_s, away)
        if course.pressed:
            course.pressed = False
            self._answer_by_button(away)
        if course.latched:
            since_s = course.watching_since_s
            if since_s is None or t_s - since_s < self._config.answer_s:
                return
            course.latched = False
            self._answer()
            # What watching that long is worth.
            course.awareness = min(FULL, self._config.answer_s / self._recovery_s)
        if not self._moving:
            self._recover(step_s)
        elif away is None:
            if signals.degraded not in BLIND:
                self._drain_unseen(step_s, lapse=signals.last_seen not in ("", "looking_away"))
        elif course.distracted:
            # The filter's verdict comes late: what it took to believe it is made up for.
            lapse_s = step_s if before or course.away_since_s is None else t_s - course.away_since_s
            course.seen_away = True
            course.awareness = self._vision.drained(course.awareness, lapse_s)
        elif not away:
            self._recover(step_s)
        if course.awareness <= 0 and not course.latched:
            course.awareness, course.latched = 0.0, True
            course.used_up += 1

    def _away(self, signals: Watching) -> bool | None:
        """Whether the driver is seen not to watch; None where that cannot be judged."""
        if signals.tracking != "tracked" or signals.quality < self._min_quality:
            return None
        if signals.eyes == "closed" or signals.on_road is False:
            return True
        return None if signals.on_road is None else False

    def _judge(self, t_s: float, step_s: float, away: bool | None) -> None:
        course = self._course
        if away is None:
            course.away_since_s = course.watching_since_s = None
            return
        if away and course.away_since_s is None:
            course.away_since_s = t_s
        if not away:
            course.away_since_s = None
            course.watching_since_s = t_s if course.watching_since_s is None else course.watching_since_s
        share = 1 - math.exp(-step_s / self._filter_s)
        course.filtered += share * ((1.0 if away else 0.0) - course.filtered)
        if course.filtered >= self._enter:
            course.distracted, course.watching_since_s = True, None
        elif course.filtered < self._leave:
            course.distracted = False

    def _moves(self, speed: Speed, vehicle: VehicleInputs | None) -> bool:
        if parked(vehicle):
            return False
        kmh = known_kmh(speed, vehicle)
        if kmh is None:
            return self._config.when_unknown == "apply"
        return kmh >= self._config.from_kmh

    def _drain_unseen(self, step_s: float, *, lapse: bool) -> None:
        """``lapse`` says that the driver was seen to go out of sight, or to shut the eyes before."""
        course = self._course
        course.seen_away |= lapse
        floor = 0.0 if lapse else self._config.unseen_floor
        if course.awareness > floor:
            course.awareness = max(floor, self._unseen.drained(course.awareness, step_s))

    def _recover(self, step_s: float) -> None:
        course = self._course
        if course.awareness >= FULL and not course.seen_away:
            return
        course.awareness = min(FULL, course.awareness + step_s / self._recovery_s)
        if course.awareness >= FULL:
            course.seen_away = False

    def _answer_by_button(self, away: bool | None) -> None:
        course = self._course
        if away or (away is not None and course.distracted):
            return
        self._answer()
        if course.latched:
            course.latched, course.awareness = False, QUARTER
        elif not course.seen_away:
            course.awareness = FULL  # only out of sight, and somebody answers

    def _answer(self) -> None:
        course = self._course
        course.answered_s, course.answered = course.t_s, True
