"""Drives of driver states made by arithmetic: no camera, no face, known numbers."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

ASSUMED = Speed(60.0, SpeedKnowledge.ASSUMED)

# What happens in two minutes: (name, start_s, end_s, what is expected).
EVENTS = (
    ScriptedSpan("mirror glance", 14.0, 15.0, "nothing"),
    ScriptedSpan("look at the lap", 24.0, 29.0, "eyes off the road after 3.5 s"),
    ScriptedSpan("slow blinks", 38.0, 48.0, "PERCLOS rises"),
    ScriptedSpan("microsleep", 55.0, 57.4, "microsleep at 1.5 s"),
    ScriptedSpan("yawn", 66.0, 70.0, "yawn, no alarm"),
    ScriptedSpan("talking", 76.0, 86.0, "nothing"),
    ScriptedSpan("covered camera", 95.0, 107.0, "degraded within 10 s"),
)
RULES = {
    "look at the lap": ("eyes_off_road", Level.WARNING, 3.5, "Look at the road", "off_road_s", 3.5),
    "microsleep": ("microsleep", Level.CRITICAL, 1.5, "Wake up: your eyes were shut", "eyes_closed_s", 1.5),
    "covered camera": ("degraded", Level.INFO, 10.0, "The camera cannot see you", "degraded_s", 10.0),
}


def tracked(t_s: float, **changes: object) -> DriverState:
    """An attentive driver, with changes."""
    signals = Signals(
        t_s=t_s, tracking="tracked", quality=0.94, quality_eyes=0.9, fps=30.0, ear_left=0.26, ear_right=0.26,
        openness=1.0, openness_left=1.0, openness_right=1.0, eyes="open", eyes_closed_s=0.0, perclos_60s=0.01,
        perclos_180s=0.01, perclos_coverage=1.0, blink_rate_per_min=14.0, blink_duration_s=0.16, mouth_opening=0.04,
        yaw_deg=0.5, pitch_deg=-1.0, roll_deg=0.2, gaze_yaw_deg=1.0, gaze_pitch_deg=-1.5, zone="road", on_road=True,
        off_road_s=0.0, driving_task_s=0.0, head_motion_deg_s=2.0, baseline="driver", baseline_progress=1.0,
    )  # fmt: skip
    state = DriverState(
        t_s, signals, ASSUMED, Fatigue(0.8, 0.15, 0.05, 0.12), Stress(0.9, 0.08, 0.02), Distraction("road", 0.9, 0.95)
    )
    return replace(state, signals=replace(signals, **changes))  # type: ignore[arg-type]


@dataclass
class Drive:
    """Iterate for (state, alerts of that frame); ``scripted`` is the truth."""

    duration_s: float = 120.0
    fps: float = 30.0
    seed: int = 1

    def __post_init__(self) -> None:
        random_ = random.Random(self.seed)
        rounds = max(1, math.ceil(self.duration_s / 120))
        self.scripted = [
            ScriptedSpan(e.name, e.start_s + 120 * k, e.end_s + 120 * k, e.note) for k in range(rounds) for e in EVENTS
        ]
        self.blinks: list[float] = []
        t_s = 1.0
        while t_s < self.duration_s - 1:
            if not any(e.start_s - 0.5 < t_s % 120 < e.end_s + 0.5 for e in EVENTS):
                self.blinks.append(round(t_s, 2))
            t_s += random_.uniform(2.0, 6.0)
        self.scripted += [ScriptedSpan("blink", b, b + 0.2, "a blink") for b in self.blinks]

    def __iter__(self) -> Iterator[tuple[DriverState, list[Alert]]]:
        noise = random.Random(self.seed + 1)
        blinks, away, ahead = list(self.blinks), 0.0, {e.name: e for e in EVENTS}
        for index in range(int(self.duration_s * self.fps)):
            t_s = index / self.fps
            local = t_s % 120
            now = next((e for e in EVENTS if e.start_s <= local < e.end_s), None)
            name, into_s = (now.name, local - now.start_s) if now else ("", 0.0)
            n = noise.gauss(0, 1)
            drowse = 0.02 + 0.16 * math.exp(-(((local - 55) / 25) ** 2))
            changes: dict[str, object] = {
                "openness": 1.0 + 0.03 * n, "yaw_deg": 2 * math.sin(t_s / 3) + 0.5 * n,
                "pitch_deg": -1 + math.sin(t_s / 5) + 0.4 * n, "perclos_60s": drowse,
                "perclos_180s": 0.02 + 0.06 * math.exp(-(((local - 70) / 50) ** 2)),
                "quality": 0.94 + 0.01 * n, "quality_eyes": 0.9 + 0.015 * n, "mouth_opening": 0.04 + 0.004 * n,
            }  # fmt: skip
            while blinks and t_s > blinks[0] + 0.2:
                blinks.pop(0)
                changes["blink"] = True
            if blinks and blinks[0] <= t_s:
                changes |= {"openness": 1 - 0.95 * math.sin(math.pi * (t_s - blinks[0]) / 0.2), "eyes": "closed"}
            away = max(0.0, away - 0.02)
            if name == "mirror glance":
                changes |= {"yaw_deg": 35 + n, "on_road": False, "driving_task_s": into_s, "zone": "left_mirror"}
            elif name == "look at the lap":
                away = into_s
                changes |= {"pitch_deg": -34 + n, "on_road": False, "off_road_s": into_s, "zone": "lap"}
                changes["eyes"] = "glance_down"
            elif name == "slow blinks":
                shut = into_s % 1.5 < 0.6
                changes |= {"openness": 0.1 if shut else 0.8, "eyes": "closed" if shut else "open"}
                changes["eyes_closed_s"] = into_s % 1.5 if shut else 0.0
            elif name == "microsleep":
                changes |= {"openness": 0.04, "eyes": "closed", "eyes_closed_s": into_s}
            elif name == "yawn":
                changes |= {"mouth_opening": 0.7 * math.sin(math.pi * into_s / 4), "yawn": into_s > 2}
            elif name == "talking":
                changes["mouth_opening"] = 0.15 + 0.12 * math.sin(t_s * 17)
            changes.setdefault("gaze_yaw_deg", changes["yaw_deg"] * 1.2)  # type: ignore[operator]
            changes.setdefault("gaze_pitch_deg", changes["pitch_deg"] * 1.1)  # type: ignore[operator]
            state = tracked(t_s, away_30s=away, **changes)
            if name == "covered camera":
                blind = Signals(t_s=t_s, tracking="no_face", degraded="covered", degraded_s=into_s, face_lost_s=into_s)
                state = DriverState(t_s, blind, ASSUMED)
            yield state, list(self._alerts(t_s, index % round(120 * self.fps), ahead))

    def _alerts(self, t_s: float, place: int, ahead: dict[str, ScriptedSpan]) -> Iterator[Alert]:
        for name, (rule, level, after_s, message, signal, threshold) in RULES.items():
            start, end = (ahead[name].start_s + after_s) * self.fps, (ahead[name].end_s + 0.5) * self.fps
            term = {"signal": signal, "op": ">=", "threshold": threshold, "value": threshold + 0.0123}
            evidence = {
                "terms": [term], "since_s": t_s - 0.2, "for_s": 0.0, "speed_kmh": 60.0, "speed": "assumed",
                "quality": 0.93, "baseline": "driver",
            }  # fmt: skip
            if place == round(start):
                yield Alert(t_s, rule, level, AlertState.FIRING, message, ("console",), evidence)
            if place == round(end):
                yield Alert(t_s, rule, level, AlertState.CLEARED, message, ("console",), {})

    def timeline(self) -> Timeline:
        found = Timeline()
        for state, alerts in self:
            found.add(state)
            for alert in alerts:
                found.add_alert(alert)
        return found
