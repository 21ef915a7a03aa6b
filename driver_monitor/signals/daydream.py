"""Daydreaming: looking without seeing, guessed from how narrow the gaze has become. Experimental, never an alarm.

A mind elsewhere holds the gaze on the road centre and scans less (percent road centre: Victor, Harbluk and Engstrom
2005; mind wandering narrows the scan: He, Becic, Lee and McCarley 2011, some 16 s before drivers notice it; it also
changes blinking: Smilek, Carriere and Cheyne 2010). So does a demanding road, and people differ: all is measured
against the driver's own habit, and stays weak evidence.
"""

import math
from collections import deque
from typing import Final

from driver_monitor.parameter import judged, paper
from driver_monitor.signals.filters import MAX_STEP_S, FirstOrder
from driver_monitor.signals.ramp import ramp
from driver_monitor.state.signals import DaydreamSignals
from driver_monitor.state.zone import Gaze

CENTRE_DEG: Final = paper(8.0, "radius of the road centre", "Victor et al. 2005: a circle of 16 deg")
WINDOW_S: Final = judged(60, "over which gaze is taken to concentrate or not")
MIN_KNOWN_S: Final = judged(30.0, "known gaze that a window needs")
FOCUS: Final = judged((0.92, 0.98), "on the road centre over which it becomes a stare", unit="share")
FOCUS_GAIN: Final = judged((0.2, 0.7), "of the driver's usual scanning that must be missing", unit="share")
LEAST_SCANNING: Final = judged(
    0.1, "off the road centre; of who scans less than that, little can be missing", unit="share"
)
REFERENCE_S: Final = judged(300.0, "known gaze that makes a habit")
HABIT_S: Final = judged(1200.0, "time constant with which the habit adapts")
MISSED_LOOKS: Final = judged(
    (1.5, 4.0), "usual looks left out since the last one: chance does so with p = 0.22 and 0.02", unit="count"
)
USUAL_CHECKS: Final = judged(2.0, "mirror checks; with fewer, missing ones tell nothing", unit="1/min")
USUAL_BLINKS: Final = judged(4.0, "blinks; with fewer, a change tells nothing", unit="1/min")
BLINK_CHANGE: Final = judged((0.25, 0.75), "to the usual blink rate, over which a change counts", unit="ratio")
WEIGHTS: Final = judged((0.5, 0.3, 0.2), "of missed looks, missed mirror checks, changed blinking", unit="share")
CHECK_S: Final = judged(
    0.2, "a mirror check takes 0.6 s and more; on its way to the lap a gaze crosses the cluster in less"
)
SAME_LOOK_S: Final = judged(0.5, "a gaze that was back for less has been at the same thing")
SMOOTH_S: Final = judged(5.0, "time constant of the result")


class _Tally:
    """Seconds of known gaze, seconds of it on the road centre, looks away from that, mirror checks, blinks."""

    __slots__ = ("blinks", "centre_s", "checks", "known_s", "looks")

    def __init__(self) -> None:
        self.known_s = self.centre_s = self.looks = self.checks = self.blinks = 0.0

    def add(self, other: "_Tally", share: float) -> None:
        self.known_s += share * other.known_s
        self.centre_s += share * other.centre_s
        self.looks += share * other.looks
        self.checks += share * other.checks
        self.blinks += share * other.blinks

    def fade(self, share: float) -> None:
        self.add(self, share - 1)


class Daydream:
    """Feed it every frame; it thinks once a second and keeps a minute of seconds."""

    def __init__(self) -> None:
        self._second, self._minute, self._habit = _Tally(), _Tally(), _Tally()
        self._seconds: deque[_Tally] = deque()
        self._learned_s = 0.0
        self._last_s: float | None = None
        self._second_s: float | None = None
        self._left_centre_s: float | None = None
        self._at_task_s: float | None = None
        self._check_s = 0.0
        self._stare_s = 0.0
        self._daydream = FirstOrder(SMOOTH_S)
        self._signals = DaydreamSignals()

    def update(self, t_s: float, gaze: Gaze, off_centre_deg: float | None, *, blinked: bool) -> DaydreamSignals:
        """``off_centre_deg``: how far from the road centre the gaze is, None while it is not known."""
        step_s = 0.0 if self._last_s is None else min(max(t_s - self._last_s, 0.0), MAX_STEP_S)
        self._last_s = t_s
        second = self._second
        second.blinks += blinked
        if gaze is not Gaze.UNKNOWN and off_centre_deg is not None:
            second.known_s += step_s
            if off_centre_deg <= CENTRE_DEG:
                second.centre_s += step_s
                self._stare_s += step_s
            else:
                second.looks += _new_look(self._left_centre_s, t_s)
                self._left_centre_s, self._stare_s = t_s, 0.0
            if gaze is Gaze.DRIVING_TASK:
                before_s = 0.0 if _new_look(self._at_task_s, t_s) else self._check_s
                self._check_s = before_s + step_s
                second.checks += before_s < CHECK_S <= self._check_s
                self._at_task_s = t_s
        self._second_s = t_s if self._second_s is None else self._second_s
        if t_s - self._second_s >= 1.0:
            self._second_s = t_s
            self._think()
        return self._signals

    def _think(self) -> None:
        second, minute, habit = self._second, self._minute, self._habit
        self._second = _Tally()
        self._seconds.append(second)
        minute.add(second, 1.0)
        if len(self._seconds) > WINDOW_S:
            minute.add(self._seconds.popleft(), -1.0)
        self._learned_s += second.known_s
        judged = minute.known_s >= MIN_KNOWN_S
        daydream = None
        if judged and self._learned_s >= REFERENCE_S:
            daydream = self._daydream.update(self._score(), 1.0)
        # What may be a daydream is not learned as the driver's habit.
        habit.fade(math.exp(-second.known_s / HABIT_S))
        habit.add(second, 1.0 - (daydream or 0.0))
        self._signals = DaydreamSignals(
            road_focus_60s=min(1.0, minute.centre_s / minute.known_s) if judged else None,
            mirror_checks_60s=round(minute.checks) if judged else None,
            road_stare_s=self._stare_s if judged else None,
            daydream=daydream,
        )

    def _score(self) -> float:
        minute, habit = self._minute, self._habit
        focus, usual_focus = minute.centre_s / minute.known_s, habit.centre_s / habit.known_s
        stare = ramp(focus, *FOCUS) * ramp((focus - usual_focus) / max(LEAST_SCANNING, 1 - usual_focus), *FOCUS_GAIN)
        if stare == 0.0:
            return 0.0
        minutes = habit.known_s / 60
        evidence = [(ramp(self._stare_s * habit.looks / habit.known_s, *MISSED_LOOKS), WEIGHTS[0])]
        if habit.checks / minutes >= USUAL_CHECKS:
            evidence.append((1 - min(1.0, minute.checks / minute.known_s / (habit.checks / habit.known_s)), WEIGHTS[1]))
        if habit.blinks / minutes >= USUAL_BLINKS:
            change = abs(minute.blinks / minute.known_s / (habit.blinks / habit.known_s) - 1)
            evidence.append((ramp(change, *BLINK_CHANGE), WEIGHTS[2]))
        return stare * sum(value * weight for value, weight in evidence) / sum(weight for _, weight in evidence)


def _new_look(last_s: float | None, t_s: float) -> bool:
    return last_s is None or t_s - last_s > SAME_LOOK_S
