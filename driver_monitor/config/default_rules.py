"""The rules that hold when a file says nothing else. ``configs/default.yaml`` repeats them for people to read.

A rule that fires names what the driver can do. Rules of one situation exclude each other where they can, so that one
lapse is one sound. Sources are named beside each rule; "modelled on" a norm is not compliance with it.
"""

from dataclasses import dataclass
from typing import Final

from driver_monitor.config.rules import All, Any_, RuleConfig, SpeedGate

_SILENT: Final = ("console", "serial")


@dataclass(frozen=True, slots=True)
class DefaultRule:
    """A rule with the reason for its numbers."""

    rule: RuleConfig
    why: str


_RULES: Final[dict[str, DefaultRule]] = {
    "microsleep": DefaultRule(
        RuleConfig(
            when=All(all=("eyes_closed_s >= 1.5", "grimace < 0.4")),
            keep_firing_for_s=1.0,
            cooldown_s=1.0,
            level="warning",
            message="Microsleep: your eyes were closed. Stop for a break.",
        ),
        "Euro NCAP 2026: eyes shut for 1 to 2 s. A blink lasts 0.1 to 0.4 s, a long one little over 0.5 s. At any "
        "speed: closed eyes are never part of driving.",
    ),
    "sleep": DefaultRule(
        RuleConfig(
            when=All(all=("eyes_closed_s >= 3.0", "grimace < 0.4")),
            keep_firing_for_s=1.0,
            cooldown_s=0.0,
            level="critical",
            message="Wake up!",
        ),
        "Euro NCAP 2026: eyes shut for 3 s, a more urgent sound than a microsleep's.",
    ),
    "eyes_shut": DefaultRule(
        RuleConfig(
            when=All(all=("eyes_closed_s >= 2.0", "grimace >= 0.4")),
            keep_firing_for_s=1.0,
            cooldown_s=1.0,
            level="warning",
            message="Your eyes are shut: look at the road.",
            speed=SpeedGate(from_kmh=20),
        ),
        "Crying, laughing or sneezing shuts the eyes in a tense face: no sleep, but nobody watches the road either. "
        "After 6 s it is the unresponsive rule's, whatever the face.",
    ),
    "unresponsive": DefaultRule(
        RuleConfig(
            when=Any_(any=("eyes_closed_s >= 6.0", "off_road_s >= 6.0")),
            keep_firing_for_s=1.0,
            cooldown_s=0.0,
            level="critical",
            message="No response from the driver!",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: eyes shut or gaze away for 6 s, or no return within 3 s of the warning at 3 s.",
    ),
    "long_glance": DefaultRule(
        RuleConfig(
            when=All(all=("off_road_s >= 3.0", "driving_task_s < 1.0")),
            keep_firing_for_s=1.0,
            level="warning",
            message="Eyes up: look at the road.",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: one long look at a phone, passenger or screen, 3 to 4 s; a glance under 2 s is nothing. EU "
        "2023/2590 (ADDW): gaze to the lap or footwell by 3.5 s from 50 km/h, 6 s from 20 km/h. off_road_s runs on "
        "through a flicker, so 0.2 s of looking up does not start it anew.",
    ),
    "long_mirror_glance": DefaultRule(
        RuleConfig(
            when="driving_task_s >= 3.5",
            keep_firing_for_s=1.0,
            level="warning",
            message="Look ahead again.",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: one long look at a mirror or the cluster, 3 to 4 s; a mirror check takes 0.6 to 2.0 s.",
    ),
    "repeated_glances": DefaultRule(
        RuleConfig(
            when="away_30s >= 10",
            cooldown_s=10.0,
            level="warning",
            message="Too many glances away: keep your eyes on the road.",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026 (VATS): 10 s away added up within 30 s; 2 s on the road in one piece clears the sum.",
    ),
    "drowsy": DefaultRule(
        RuleConfig(
            when=Any_(
                any=(
                    All(all=("perclos_60s >= 0.15", "perclos_180s >= 0.10", "perclos_coverage >= 0.5")),
                    All(all=("fatigue.drowsy >= 0.8", "perclos_60s >= 0.08", "perclos_coverage >= 0.5")),
                )
            ),
            for_s=2.0,
            keep_firing_for_s=10.0,
            cooldown_s=30.0,
            level="warning",
            message="You are drowsy: stop for a break.",
            speed=SpeedGate(from_kmh=50),
        ),
        "PERCLOS (P80, Wierwille 1994): 15 % over 60 s hits 80 % with 9 % false alarms, a second channel brings those "
        "under 1 %. EU 2021/1341 (DDAW) asks for it from 70 km/h; here from 50.",
    ),
    "very_drowsy": DefaultRule(
        RuleConfig(
            when=All(all=("perclos_60s >= 0.30", "perclos_coverage >= 0.5")),
            for_s=2.0,
            keep_firing_for_s=10.0,
            cooldown_s=30.0,
            level="critical",
            message="You are falling asleep: stop as soon as it is safe.",
            speed=SpeedGate(from_kmh=50),
        ),
        "PERCLOS: twice the drowsy limit, the lids shut for a third of the last minute.",
    ),
    "fatigue_advice": DefaultRule(
        RuleConfig(
            when=All(all=("perclos_60s >= 0.08", "fatigue.level >= 0.5", "perclos_coverage >= 0.5")),
            for_s=10.0,
            keep_firing_for_s=30.0,
            cooldown_s=600.0,
            level="info",
            message="Signs of tiredness: plan a break.",
            outputs=_SILENT,
            speed=SpeedGate(from_kmh=50, when_unknown="suppress"),
        ),
        "PERCLOS: 7.5 to 15 % is the questionable band, so it takes the blinks' word as well, and makes no sound.",
    ),
    "yawning": DefaultRule(
        RuleConfig(
            when="yawns_600s >= 3",
            keep_firing_for_s=30.0,
            cooldown_s=600.0,
            level="info",
            message="You yawn a lot: plan a break.",
            outputs=_SILENT,
            speed=SpeedGate(from_kmh=10, when_unknown="suppress"),
        ),
        "Practice: a yawn is never an alarm by itself, three in ten minutes are a hint.",
    ),
    "strain": DefaultRule(
        RuleConfig(
            when=Any_(any=("stress.stressed >= 0.7", "stress.angry >= 0.7")),
            for_s=20.0,
            keep_firing_for_s=30.0,
            cooldown_s=600.0,
            level="info",
            message="You look strained: take a breath.",
            outputs=("console",),
            speed=SpeedGate(from_kmh=10, when_unknown="suppress"),
            enabled=False,
        ),
        "Off unless asked for: a face's expression is weak evidence of a mood.",
    ),
    "cannot_see": DefaultRule(
        RuleConfig(
            when=All(all=("degraded_s >= 8.0", Any_(any=("degraded != hand_on_face", "eyes == unknown")))),
            keep_firing_for_s=2.0,
            cooldown_s=60.0,
            level="info",
            message="I cannot see the driver well: check the camera.",
        ),
        "Euro NCAP: a covered camera, a lost face or dark glasses are reported within 10 s, and never as closed eyes. "
        "A hand on the mouth that leaves the eyes to be judged is no such case.",
    ),
    "driver_missing": DefaultRule(
        RuleConfig(
            when=All(all=("face_lost_s >= 15.0", "tracking in [no_face, not_driver]")),
            keep_firing_for_s=1.0,
            cooldown_s=60.0,
            level="warning",
            message="No driver seen: look ahead.",
            speed=SpeedGate(from_kmh=20),
        ),
        "Practice (openpilot): with no face the slower ladder of 5, 15 and 25 s; hiding the face is no way out.",
    ),
}

DEFAULT_RULES: Final[dict[str, RuleConfig]] = {name: default.rule for name, default in _RULES.items()}
REASONS: Final[dict[str, str]] = {name: default.why for name, default in _RULES.items()}
