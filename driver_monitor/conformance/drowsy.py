"""Drowsy stretches: slow closures that take a growing share of the time, long blinks, two yawns; all from a seed."""

from typing import Any

import numpy as np

# The share of time with the lids shut, once it has risen. PERCLOS over 60 s passes 0.15 in about 45 of 100 truly drowsy
# stretches: a lognormal with this median and spread.
MEDIAN_PERCLOS, SPREAD = 0.14, 0.45
RISEN = 0.5  # of the stretch; before that it grows from a third
CLOSURE_S = (0.55, 1.25)  # slow closures, all shorter than a microsleep
CLOSURE_RISE_S, CLOSURE_FALL_S = 0.25, 0.3
LONG_BLINK_S = (0.25, 0.42)
LONG_BLINK_EVERY_S = 8.0


def drowsy_stretch(seed: int, start_s: float, length_s: float) -> tuple[dict[str, Any], ...]:
    rng = np.random.default_rng((seed, 11))
    peak = min(0.5, MEDIAN_PERCLOS * float(np.exp(rng.normal(0, SPREAD))))
    end_s = start_s + length_s - 2
    actions: list[dict[str, Any]] = []
    t = start_s
    while True:
        length = float(rng.uniform(*CLOSURE_S))
        share = peak * min(1.0, 1 / 3 + (t - start_s) / (RISEN * length_s) * 2 / 3)
        between = max(length / share - length, CLOSURE_RISE_S + CLOSURE_FALL_S + 0.6)
        t += 0.5 * between + float(rng.uniform(0, between)) - 0.5 * (CLOSURE_RISE_S + CLOSURE_FALL_S)
        if t > end_s:
            break
        actions.append(
            {
                "t": t,
                "do": "close_eyes",
                "for": length + CLOSURE_RISE_S / 2,
                "rise": CLOSURE_RISE_S,
                "fall": CLOSURE_FALL_S,
            }
        )
        t += length + 0.5 * (CLOSURE_RISE_S + CLOSURE_FALL_S)
    t = start_s + LONG_BLINK_EVERY_S
    while t < end_s:
        if all(abs(t - action["t"]) > 3 for action in actions):
            actions.append({"t": t, "do": "blink", "for": float(rng.uniform(*LONG_BLINK_S)), "fall": 0.3})
        t += float(rng.exponential(LONG_BLINK_EVERY_S)) + 1
    for part in (0.35, 0.7):
        actions.append({"t": start_s + part * length_s, "do": "yawn", "for": float(rng.uniform(2.5, 4.5))})
    return tuple(actions)
