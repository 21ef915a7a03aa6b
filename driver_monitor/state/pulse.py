"""What is known of the driver's heart and breath."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.signal import SignalGroup, signal

PULSE_CAUSES: Final = (
    "no_face",
    "no_skin",
    "settling",
    "low_frame_rate",
    "dark",
    "infrared",
    "exposure",
    "not_alive",
    "talking",
    "moving",
    "weak",
    "sensor",
)

ALIVE: Final = "alive"
PHOTOGRAPH: Final = "photograph"


@dataclass(frozen=True)
class PulseSignals(SignalGroup):
    """All at rest when the channel is off; nothing is measured then."""

    heart_rate_bpm: float | None = signal("1/min", "heart rate")
    heart_rate_low_bpm: float | None = signal("1/min", "it lies between this, 9 times in 10")
    heart_rate_high_bpm: float | None = signal("1/min", "and this")
    heart_rate_source: str = signal(
        "", "where it comes from: camera (the colour of the skin), bluetooth, serial; empty when not measured", ""
    )
    pulse_missing: str = signal(
        "",
        "why there is no heart rate: empty when there is one, and when the channel is off; else "
        f"{', '.join(PULSE_CAUSES[:-1])} or {PULSE_CAUSES[-1]} (it sends what no heart does)",
        "",
    )
    pulse_snr_db: float | None = signal("dB", "power of the pulse in the colour of the skin over that of the rest")
    quality_pulse: float = signal("0..1", "how far the heart rate can be trusted", 0.0)
    breathing_per_min: float | None = signal("1/min", "breaths a minute, by how they make the heart faster and slower")
    rmssd_ms: float | None = signal("ms", "how much one beat's interval differs from the next, root mean square")
    sdnn_ms: float | None = signal("ms", "how much the intervals between beats differ, standard deviation")
    liveness: str = signal(
        "", f"{ALIVE} or {PHOTOGRAPH} (a flat, still face before the camera); empty where neither can be told", ""
    )
