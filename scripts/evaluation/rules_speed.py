"""What the rule engine costs: CPU time over an hour of made-up signals at 30 Hz, with the default rules and with forty.

The signals are drawn from a seeded generator: a driver who blinks, looks into mirrors and now and then at the lap,
shuts the eyes, is lost by the camera. They exercise the rules and say nothing about people.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.driver_state import DriverState, Fatigue
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from scripts.command import above_zero, told

FPS: Final = 30.0
GOAL_FORTY_MS: Final = 0.15
GOAL_HOUR_S: Final = 3.0
# What a demanding user adds: windows, hysteresis, second channels, inhibition, ladders. Each is taken with several
# thresholds, so that the terms are all different.
_MORE: Final[tuple[dict[str, Any], ...]] = (
    {"when": "fraction(on_road == false, 30) >= {x}", "inhibited_by": ["sleep"]},
    {"when": "mean(openness, 20) < {x}", "until": "mean(openness, 20) >= 0.9", "for": 1.0},
    {"when": {"all": ["gaze_pitch_deg < -{x}", "zone in [lap, console]"]}, "for": 2.0},
    {"when": "count(blink, 60) >= {n}", "only_while": "fps >= 15", "level": "info"},
    {"when": "max(off_road_s, 120) >= {n}", "repeat_every": 30.0},
    {
        "when": "perclos_60s >= 0.{n}",
        "requires_second_channel": {"channels": {"yawns": "yawns_600s >= 2", "blinks": "fatigue.drowsy >= {x}"}},
    },
    {"when": {"not": "head_motion_deg_s >= {x}"}, "for": 60.0, "level": "info"},
    {
        "when": {"any": ["off_road_s >= {n}.{n}", "eyes_closed_s >= {n}.{n}"]},
        "escalate": [{"after": 2.0, "level": "critical"}],
        "speed": {"from_kmh": 30},
    },
)


def forty_rules() -> dict[str, RuleConfig]:
    """The default rules (those switched off too) and as many more as make forty."""
    rules = {name: rule.model_copy(update={"enabled": True}) for name, rule in built_in_rules().items()}
    number = 0
    while len(rules) < 40:
        shape, size = _MORE[number % len(_MORE)], number // len(_MORE) + 1
        text = json.dumps(shape).replace("{x}", f"0.{5 + size}").replace("{n}", str(2 + size))
        rules[f"more_{number}"] = RuleConfig.model_validate({"message": "made up", **json.loads(text)})
        number += 1
    return rules


def drive(hours: float, seed: int = 5) -> Iterator[DriverState]:
    """States of a made-up drive, frame by frame."""
    chance = np.random.default_rng(seed)
    speed = Speed(90.0, SpeedKnowledge.MEASURED)
    fatigue = Fatigue(0.8, 0.1, 0.1, 0.2)
    until_s, doing, since_s = 0.0, "road", 0.0
    noise = chance.normal(0, 1, (4096, 4))
    for frame in range(round(hours * 3600 * FPS)):
        t_s = frame / FPS
        if t_s >= until_s:
            doing = str(
                chance.choice(["road", "blink", "mirror", "lap", "shut", "lost"], p=[0.5, 0.3, 0.15, 0.03, 0.01, 0.01])
            )
            until_s = t_s + float(chance.uniform(*_LENGTH_S[doing]))
            since_s = t_s
        signals = _signals(t_s, doing, t_s - since_s, noise[frame % 4096])
        if frame % 30 == 0:  # a receiver says it once a second
            speed = Speed(90.0 + float(noise[frame % 4096][3]), SpeedKnowledge.MEASURED)
        yield DriverState(t_s, signals, speed, fatigue if doing != "lost" else None)


_LENGTH_S: Final = {
    "road": (1.0, 6.0), "blink": (0.1, 0.3), "mirror": (0.5, 1.5), "lap": (1.0, 4.0), "shut": (0.5, 3.5),
    "lost": (1.0, 20.0),
}  # fmt: skip


def _signals(t_s: float, doing: str, for_s: float, noise: Any) -> Signals:
    if doing == "lost":
        return Signals(t_s=t_s, tracking="no_face", degraded="no_face", degraded_s=for_s, face_lost_s=for_s, fps=30.0)
    shut = doing in ("blink", "shut")
    away = doing in ("mirror", "lap")
    return Signals(
        t_s=t_s,
        tracking="tracked",
        quality=0.9,
        quality_eyes=0.9,
        fps=30.0,
        openness=0.1 if shut else 1.0 + 0.05 * float(noise[0]),
        eyes="closed" if shut else "open",
        eyes_closed_s=for_s if shut else 0.0,
        grimace=0.05,
        perclos_60s=0.03,
        perclos_180s=0.03,
        perclos_coverage=0.95,
        blink=doing == "blink" and for_s < 1 / FPS,
        yaw_deg=float(noise[1]),
        pitch_deg=float(noise[2]),
        gaze_yaw_deg=float(noise[1]) + (40.0 if doing == "mirror" else 0.0),
        gaze_pitch_deg=float(noise[2]) - (35.0 if doing == "lap" else 0.0),
        zone="left_mirror" if doing == "mirror" else "lap" if doing == "lap" else "road",
        on_road=not away,
        off_road_s=for_s if away else 0.0,
        driving_task_s=for_s if doing == "mirror" else 0.0,
        away_30s=2.0,
        head_motion_deg_s=abs(float(noise[2])) * 5,
        baseline="driver",
    )


def measure(rules: Mapping[str, RuleConfig], states: list[DriverState]) -> dict[str, float]:
    """CPU milliseconds a frame and what an hour at 30 Hz comes to; the alerts are counted, so that none is free."""
    engine, alerts = RuleEngine(rules), 0
    began_s = time.process_time()
    for state in states:
        alerts += len(engine.update(state))
    cpu_s = time.process_time() - began_s
    return {
        "rules": len(rules),
        "frames": len(states),
        "alerts": alerts,
        "ms_a_frame": 1e3 * cpu_s / len(states),
        "s_an_hour": cpu_s / len(states) * 3600 * FPS,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench_rules", description=__doc__)
    parser.add_argument("--hours", type=above_zero, default=1.0, metavar="N", help="hours of signals (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    states = list(drive(args.hours))
    found = {"default": measure(built_in_rules(), states), "forty": measure(forty_rules(), states)}
    met = found["forty"]["ms_a_frame"] <= GOAL_FORTY_MS and found["default"]["s_an_hour"] <= GOAL_HOUR_S
    if args.json:
        print(json.dumps(found))
        return 0 if met else 1
    table = Table("rules", "alerts", "CPU a frame", "CPU an hour at 30 Hz", "goal")
    goals = {"default": f"<= {GOAL_HOUR_S:g} s an hour", "forty": f"<= {GOAL_FORTY_MS:g} ms a frame"}
    for name, row in found.items():
        table.add_row(
            f"{name} ({row['rules']})",
            str(row["alerts"]),
            f"{row['ms_a_frame']:.4f} ms",
            f"{row['s_an_hour']:.2f} s",
            goals[name],
        )
    Console().print(table)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(told(main))
