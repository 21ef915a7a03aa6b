"""How the driver sounds: what the microphone's worker tells of the last seconds, and the signals made of it.

No word, no sound and nothing that a sound could be made of is in here: a handful of numbers, once a second.
"""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.signal import SignalGroup, signal

# Why nothing can be said of the voice, most serious first.
VOICE_MISSING: Final = (
    "no_microphone",
    "unplugged",
    "not_listening",
    "settling",
    "muted",
    "clipping",
    "noise",
    "silence",
)


@dataclass(frozen=True, slots=True)
class VoiceReading:
    """The last 3 s at the microphone, as numbers. ``None``: cannot be told from what was heard.

    ``arousal`` and ``anger`` are the voice net's logits, the same for every driver: log-odds, without limits.
    ``pitch_spread_st`` is the standard deviation of the voice's pitch in semitones, ``snr_db`` how far speech stands
    above what is heard between the words. ``missing`` is one of VOICE_MISSING, empty where the voice was judged.
    """

    t_s: float
    speech_share: float = 0.0
    level_dbfs: float | None = None
    snr_db: float | None = None
    clipped_share: float = 0.0
    arousal: float | None = None
    anger: float | None = None
    pitch_spread_st: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class VoiceSignals(SignalGroup):
    """One frame's signals of the voice. Whoever speaks near the microphone counts as the driver."""

    voice: str = signal("", "off (the channel is), unknown, silence or speech", "off")
    voice_missing: str = signal(
        "",
        "why nothing is said of the voice: empty when something is, else "
        f"{', '.join(VOICE_MISSING[:-1])} or {VOICE_MISSING[-1]}",
        "",
    )
    voice_arousal: float | None = signal(
        "0..1", "how excited the voice sounds, against the driver's own calm voice once that is known"
    )
    voice_anger: float | None = signal("0..1", "how angry the voice sounds, in the same way")
    voice_flatness: float | None = signal(
        "0..1", "how much flatter the pitch is than in the driver's own calm voice: 0 as lively or more, 1 monotone"
    )
    voice_baseline: str = signal("", "prior (population prior) or driver (this driver's own calm voice)", "prior")
    quality_voice: float = signal(
        "0..1", "how far the voice can be trusted: less in noise, in short words, at first", 0.0
    )
