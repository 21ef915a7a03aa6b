"""The rules that hold when a file says nothing else. ``configs/default.yaml`` repeats them for people to read.

A rule that fires names what the driver can do. Rules of one situation exclude each other where they can, so that one
lapse is one sound. Sources are named beside each rule; "modelled on" a norm is not compliance with it. Messages are
keys of ``driver_monitor/messages/en.yaml``.

What the driver's state may be used for is a closed list, :data:`USES`; a rule is for one of these or does not belong.
"""

from dataclasses import dataclass
from typing import Final

from driver_monitor.config.rules import All, Any_, Escalation, Output, RuleConfig, SecondChannel, SpeedGate

_ASLEEP: Final = ("sleep", "unresponsive")
_FORWARD_S: Final = 0.7  # and 0.3 s until a look ahead is no flicker: a gaze warning ends after 1 s of forward gaze
_SILENT: Final[tuple[Output, ...]] = ("console", "serial", "can", "mqtt")


# The safety of this drive, and nothing beyond it: no score of a person, no record of a mood, no word to an employer.
USES: Final = (
    "warn this driver in this drive",
    "suggest a break, fresh air or a slow breath to this driver",
    "ask the car for a safe stop when the driver does not respond",
    "say that the driver cannot be seen",
)


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
            message="micro_sleep",
            never_muted=True,
        ),
        "Euro NCAP 2026: eyes closed for 1 to 2 s. A blink lasts 0.1 to 0.4 s, a long one little over 0.5 s. At any "
        "speed: closed eyes are never part of driving.",
    ),
    "sleep": DefaultRule(
        RuleConfig(
            when=All(all=("eyes_closed_s >= 3.0", "grimace < 0.4")),
            keep_firing_for_s=1.0,
            cooldown_s=0.0,
            level="critical",
            message="wake_up",
        ),
        "Euro NCAP 2026: eyes closed for 3 s; a more urgent sound than for a microsleep.",
    ),
    "eyes_shut": DefaultRule(
        RuleConfig(
            when=All(all=("eyes_closed_s >= 2.0", "grimace >= 0.4")),
            keep_firing_for_s=1.0,
            cooldown_s=1.0,
            level="warning",
            message="eyes_shut",
            never_muted=True,
            speed=SpeedGate(from_kmh=20),
        ),
        "Crying, laughing or sneezing closes the eyes in a tense face. That is no sleep, but nobody watches the road "
        "either. After 6 s the unresponsive rule takes over, whatever the face shows.",
    ),
    "unresponsive": DefaultRule(
        RuleConfig(
            when=Any_(
                any=(
                    All(all=("eyes_closed_s >= 6.0", "yawn == false")),
                    "eyes_closed_s >= 8.0",
                    "off_road_s >= 6.0",
                    "awareness <= 0",
                )
            ),
            until=Any_(
                any=(
                    All(all=("on_road == true", "eyes == open", "awareness > 0")),
                    "answered == true",
                    "max(speed_kmh, 60) < 5",
                )
            ),
            keep_firing_for_s=1.0,
            cooldown_s=0.0,
            level="unresponsive",
            message="no_response",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: eyes closed or gaze away for 6 s, or no return within 3 s of the warning at 3 s; or "
        "awareness used up (see attention). A driver who yawns is awake, and yawns end within 7 s: a yawn with closed "
        "eyes gives a warning at 2 s and has until 8 s. Meanwhile the car is asked for a safe stop, so slowing down "
        "must not end the alert: only an answer does, or a minute at a standstill.",
    ),
    "long_glance": DefaultRule(
        RuleConfig(
            when=All(all=("off_road_s >= 3.0", "driving_task_s < 1.0", "scanning == false")),
            inhibited_by=_ASLEEP,
            keep_firing_for_s=_FORWARD_S,
            level="warning",
            message="look_at_road",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: one long look at a phone, passenger or screen, 3 to 4 s; a glance under 2 s is nothing. EU "
        "2023/2590 (ADDW): gaze to the lap or footwell by 3.5 s from 50 km/h, 6 s from 20 km/h. off_road_s runs on "
        "through a flicker, so 0.2 s of looking up does not restart it. Mirror, shoulder and mirror in quick "
        "succession are checks, not a long look, for 5 s in all.",
    ),
    "long_mirror_glance": DefaultRule(
        RuleConfig(
            when=All(all=("driving_task_s >= 3.5", "scanning == false")),
            inhibited_by=_ASLEEP,
            keep_firing_for_s=_FORWARD_S,
            level="warning",
            message="look_ahead",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026: one long look at a mirror or the cluster, 3 to 4 s; a mirror check takes 0.6 to 2.0 s.",
    ),
    "repeated_glances": DefaultRule(
        RuleConfig(
            when=All(all=("away_30s >= 9.5", "off_road_s > 0")),
            inhibited_by=_ASLEEP,
            cooldown_s=10.0,
            level="warning",
            message="too_many_glances",
            speed=SpeedGate(from_kmh=20),
        ),
        "Euro NCAP 2026 (VATS): 10 s away added up within 30 s; 2 s on the road in one piece clears the sum. The "
        "edges of each glance, on its way through other zones, are missing from the sum: 9.5 measured are 10 s and "
        "more. Only a driver who is looking away is told, not one who has just looked up.",
    ),
    "drowsy": DefaultRule(
        RuleConfig(
            when=All(all=("perclos_60s >= 0.08", "perclos_coverage >= 0.5")),
            requires_second_channel=SecondChannel(
                channels={
                    "three_minutes": All(all=("perclos_60s >= 0.15", "perclos_180s >= 0.10")),
                    "blinks": "fatigue.level >= 0.6",
                    "yawns": "yawns_600s >= 3",
                    "nods": "nods_600s >= 2",
                }
            ),
            for_s=2.0,
            keep_firing_for_s=10.0,
            cooldown_s=30.0,
            level="warning",
            message="next_rest_stop",
            repeat_every_s=300.0,
            never_muted=True,
            speed=SpeedGate(from_kmh=50),
        ),
        "PERCLOS (P80, Wierwille 1994): 15 % over 60 s hits 80 % with 9 % false alarms, a second channel brings those "
        "under 1 %: three minutes that agree, or from 8 % on the blinks, three yawns in ten minutes (covered ones "
        "count) or two nods of a head that sinks slowly and jerks up. EU 2021/1341 (DDAW) asks for it from 70 km/h; "
        "here from 50.",
    ),
    "very_drowsy": DefaultRule(
        RuleConfig(
            when=All(all=("perclos_60s >= 0.30", "perclos_coverage >= 0.5")),
            for_s=2.0,
            keep_firing_for_s=10.0,
            cooldown_s=30.0,
            level="critical",
            message="falling_asleep",
            speed=SpeedGate(from_kmh=50),
        ),
        "PERCLOS: twice the drowsy limit, the lids closed for a third of the last minute.",
    ),
    "fatigue_advice": DefaultRule(
        RuleConfig(
            when=All(all=("perclos_60s >= 0.08", "fatigue.level >= 0.6", "perclos_coverage >= 0.5")),
            for_s=10.0,
            keep_firing_for_s=30.0,
            cooldown_s=600.0,
            level="info",
            message="open_window",
            escalate=(Escalation(after_s=600.0, level="warning", message="still_tired"),),
            outputs=_SILENT,
            speed=SpeedGate(from_kmh=50, when_unknown="suppress"),
        ),
        "PERCLOS: 7.5 to 15 % is the questionable band, so the blinks must agree, and it makes no sound; after ten "
        "minutes it advises a rest stop.",
    ),
    "yawning": DefaultRule(
        RuleConfig(
            when="yawns_600s >= 3",
            keep_firing_for_s=30.0,
            cooldown_s=600.0,
            level="info",
            message="yawning_break",
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
            cooldown_s=1800.0,
            level="info",
            message="slow_breath",
            outputs=("console",),
            speed=SpeedGate(from_kmh=10, when_unknown="suppress"),
            enabled=False,
        ),
        "Off unless asked for, silent, at most every half hour, and no judgement: a face's expression is weak evidence "
        "of a mood. Nothing of it is kept.",
    ),
    "cannot_see": DefaultRule(
        RuleConfig(
            when=All(
                all=(
                    "degraded_s >= 8.0",
                    Any_(
                        any=(
                            "fraction(eyes == unknown, 2) >= 0.9",
                            "max(quality, 2) < 0.3",
                            "degraded in [camera_moved, low_frame_rate]",
                        )
                    ),
                )
            ),
            keep_firing_for_s=2.0,
            cooldown_s=60.0,
            level="info",
            message="cannot_see_driver",
        ),
        "Euro NCAP: a covered camera, a lost face or dark glasses are reported within 10 s, and never as closed eyes. "
        "A hand on the mouth or a low sun does not count while the eyes can be judged; with a quality under 0.3 the "
        "attention ladder cannot judge either.",
    ),
    "driver_missing": DefaultRule(
        RuleConfig(
            when=All(all=("face_lost_s >= 15.0", "tracking in [no_face, not_driver]")),
            keep_firing_for_s=1.0,
            cooldown_s=60.0,
            level="warning",
            message="driver_missing",
            speed=SpeedGate(from_kmh=20),
        ),
        "Practice (openpilot): without a face the slower ladder of 5, 15 and 25 s applies, so hiding the face does not "
        "help.",
    ),
    "attention_lost": DefaultRule(
        RuleConfig(
            when="awareness <= 0.25",
            inhibited_by=_ASLEEP,
            keep_firing_for_s=_FORWARD_S,
            level="critical",
            message="attention_lost",
            speed=SpeedGate(from_kmh=20),
        ),
        "UN R171 and openpilot: the urgent step of the attention ladder, for a lapse that goes on out of sight or "
        "comes in pieces; hiding the face does not fill awareness.",
    ),
    "lockout": DefaultRule(
        RuleConfig(
            when="attention_lockout == true",
            level="info",
            message="repeated_no_response",
            speed=SpeedGate(from_kmh=10),
        ),
        "Practice (openpilot): a driver who did not respond several times in one drive is told so.",
    ),
}

DEFAULT_RULES: Final[dict[str, RuleConfig]] = {name: default.rule for name, default in _RULES.items()}
REASONS: Final[dict[str, str]] = {name: default.why for name, default in _RULES.items()}
