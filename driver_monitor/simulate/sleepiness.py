"""What sleepiness does to a scripted driver: blinks, slow closures and mirror checks that follow the Karolinska scale.

A test instrument, not evidence about people. Where the numbers come from:

- blink duration by KSS: 102, 125 and 151 ms at 1, 7 and 9 (Ingre et al. 2006), here as a factor on an awake blink. Most
  of what is added is a slower reopening (Caffier et al. 2003; Johns 2007).
- long blinks come first, slow closures with KSS 5 and more. How large a share of the time they take is a choice, not a
  measurement: KSS 6 to 7 lie below and in PERCLOS' questionable band (7.5 to 15 %), 8 and 9 above it.
- mirror checks: as long as in :mod:`driver_monitor.simulate.habits`; they grow rarer with sleepiness at a chosen rate.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driver_monitor.simulate.actions import Action, Blink, CloseEyes, Look
from driver_monitor.simulate.script import Sleepiness

Curve = tuple[tuple[float, ...], tuple[float, ...]]  # KSS, value

AWAKE_KSS: Final = 3.0
BLINK_EVERY_S, BLINK_SPREAD = 2.9, 0.45  # about 20 a minute; people differ from 10 to 30 (Bentivoglio et al. 1997)
BLINK_MS: Final[Curve] = (1.0, 7.0, 9.0), (102.0, 125.0, 151.0)
AWAKE_HOLD_S, HOLD_SD_S = 0.14, 0.02
AWAKE_RISE_S, AWAKE_FALL_S = 0.10, 0.15
TO_REOPENING: Final = 0.7  # share of a longer blink's extra time that goes into opening
LONG_BLINK_SHARE: Final[Curve] = (4.5, 6.0, 7.0, 8.0, 9.0), (0.0, 0.15, 0.22, 0.30, 0.38)
LONG_BLINK_S: Final = (0.25, 0.42)
CLOSED_SHARE: Final[Curve] = (5.0, 6.0, 7.0, 8.0, 9.0), (0.0, 0.03, 0.095, 0.19, 0.35)
CLOSURE_S: Final = (0.6, 1.15)  # slow closures: longer than a blink, shorter than a microsleep
CLOSURE_RISE_S, CLOSURE_FALL_S = 0.25, 0.3
CLOSURES_APART_S: Final = 0.7
CHECK_EVERY_S: Final[Curve] = (3.0, 6.0, 9.0), (9.0, 18.0, 60.0)
CHECKS: Final = ((-32.0, 6.0, 0.9), (38.0, -6.0, 1.0), (0.0, -18.0, 0.6))  # yaw, pitch, s: mirrors, speedometer
CHECK_WEIGHTS: Final = (0.45, 0.3, 0.25)
CLEAR_S: Final = 0.3  # around what the script does itself

Taken = list[tuple[float, float]]


class SleepyDriver:
    """One driver's sleepiness over a drive and what it makes him do; all chance from the seed."""

    def __init__(self, course: Sequence[Sleepiness], duration_s: float, seed: int) -> None:
        """``course`` has at least one point."""
        self._times, self._kss = [point.t for point in course], [point.kss for point in course]
        self._duration_s = duration_s
        self._rng = np.random.default_rng((seed, 31))

    def kss(self, t_s: float) -> float:
        return float(np.interp(t_s, self._times, self._kss))

    def actions(self, taken: Taken) -> list[Action]:
        """Slow closures, mirror checks and blinks, none within 0.3 s of the stretches ``taken``."""
        closures = self._closures(taken)
        shut = [*taken, *_spans(closures)]
        checks = self._checks(shut)
        return [*closures, *checks, *self._blinks(shut)]

    def _closures(self, taken: Taken) -> list[Action]:
        """Often enough to keep the lids shut for the share of time that goes with the KSS of the moment."""
        found: list[Action] = []
        edges_s = 0.5 * (CLOSURE_RISE_S + CLOSURE_FALL_S)
        owed_s = t = 0.0
        step_s = 0.1
        due_s = float(self._rng.uniform(*CLOSURE_S))
        while t < self._duration_s - 2:
            owed_s += step_s * _at(CLOSED_SHARE, self.kss(t))
            end = t + due_s + CLOSURE_RISE_S + CLOSURE_FALL_S
            if owed_s >= due_s * float(self._rng.uniform(0.7, 1.3)) and _free(taken, t, end):
                found.append(CloseEyes.model_validate({
                    "do": "close_eyes", "t": round(t, 3), "for": round(due_s + CLOSURE_RISE_S / 2, 3),
                    "rise": CLOSURE_RISE_S, "fall": CLOSURE_FALL_S,
                }))  # fmt: skip
                owed_s -= due_s
                pause_s = due_s + edges_s + CLOSURES_APART_S
                owed_s += pause_s * _at(CLOSED_SHARE, self.kss(t))
                t += pause_s
                due_s = float(self._rng.uniform(*CLOSURE_S))
            t += step_s
        return found

    def _checks(self, taken: Taken) -> list[Action]:
        found: list[Action] = []
        t = 9.0
        while t < self._duration_s - 3:
            yaw, pitch, for_s = CHECKS[int(self._rng.choice(len(CHECKS), p=CHECK_WEIGHTS))]
            if _free(taken, t, t + for_s + 0.5):
                found.append(Look.model_validate({
                    "do": "look", "t": round(t, 3), "for": for_s, "yaw": yaw, "pitch": pitch, "transition": 0.25,
                }))  # fmt: skip
            t += _at(CHECK_EVERY_S, self.kss(t)) * float(self._rng.uniform(0.6, 1.4))
        return found

    def _blinks(self, taken: Taken) -> list[Action]:
        found: list[Action] = []
        t = float(self._rng.uniform(0.8, 2.5))
        while t < self._duration_s - 1.5:
            blink = self._blink(self.kss(t))
            if _free(taken, t, t + blink["for"] + blink["fall"]):
                found.append(Blink.model_validate({"do": "blink", "t": round(t, 4), **blink}))
            else:
                t += 0.4  # as soon as there is room
                continue
            t += max(1.0, BLINK_EVERY_S * float(self._rng.lognormal(-(BLINK_SPREAD**2) / 2, BLINK_SPREAD)))
        return found

    def _blink(self, kss: float) -> dict[str, float]:
        hold_s = float(np.clip(self._rng.normal(AWAKE_HOLD_S, HOLD_SD_S), 0.11, 0.19))
        long_s = float(self._rng.uniform(*LONG_BLINK_S))
        is_long = self._rng.random() < _at(LONG_BLINK_SHARE, kss)
        awake_s = hold_s + 0.5 * (AWAKE_FALL_S - AWAKE_RISE_S)
        extra_s = awake_s * (_at(BLINK_MS, kss) / _at(BLINK_MS, AWAKE_KSS) - 1)
        fall_s = AWAKE_FALL_S + 2 * TO_REOPENING * max(extra_s, 0.0)  # half a slower way back counts as shut
        hold_s = long_s if is_long else hold_s + (1 - TO_REOPENING) * extra_s
        return {"for": round(hold_s, 4), "fall": round(fall_s, 4)}


def _at(curve: Curve, kss: float) -> float:
    return float(np.interp(kss, *curve))


def _spans(actions: Sequence[Action]) -> Taken:
    return [(action.t, action.t + action.for_s + action.fall) for action in actions]


def _free(taken: Taken, start_s: float, end_s: float) -> bool:
    return all(end_s + CLEAR_S < a or start_s > b + CLEAR_S for a, b in taken)
