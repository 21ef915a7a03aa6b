"""What the stress estimate is made of, in one moment: a face, a heart, a voice, restlessness; each may be unknown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import defined, judged
from driver_monitor.state.channels import NOTHING, ChannelSignals
from driver_monitor.state.signal import SignalGroup
from driver_monitor.state.signals import Signals

MUSCLES: Final = ("brow_down", "brow_inner_up", "mouth_press", "mouth_frown", "smile")

MIN_CHANNEL_QUALITY: Final = judged(0.3, "of a channel; what it says with less is unknown", unit="0..1")
SLOWEST_HEART: Final = judged(30.0, "slower is clipped to this", unit="1/min")
FASTEST_HEART: Final = judged(220.0, "faster is clipped to this", unit="1/min")
LEAST_VARIABILITY_MS: Final = judged(1.0, "RMSSD and SDNN below it are clipped to this", unit="ms")
MOST_VARIABILITY_MS: Final = judged(400.0, "those above to this: WESAD's largest is 231", unit="ms")
FASTEST_HEAD_DEG_S: Final = judged(300.0, "faster turns of the head are clipped to this")
FURTHEST_LEAN_DEG: Final = defined(90.0, "lying down; what leans further is clipped", "geometry")

# Each value of a channel with the range it is clipped to and the signal that tells its quality.
_CHANNELS: Final[dict[str, tuple[tuple[float, float], str]]] = {
    "heart_rate_bpm": ((SLOWEST_HEART, FASTEST_HEART), "quality_pulse"),
    "rmssd_ms": ((LEAST_VARIABILITY_MS, MOST_VARIABILITY_MS), "quality_pulse"),
    "sdnn_ms": ((LEAST_VARIABILITY_MS, MOST_VARIABILITY_MS), "quality_pulse"),
    "voice_arousal": ((0.0, 1.0), "quality_voice"),
    "voice_anger": ((0.0, 1.0), "quality_voice"),
    "lean_deg": ((-FURTHEST_LEAN_DEG, FURTHEST_LEAN_DEG), "quality_body"),
}


@dataclass(frozen=True, slots=True)
class StressInputs:
    """One moment's values, ``None`` where unknown.

    ``expression`` is seven probabilities by name; the muscles (0..1) count over the driver's own resting face. Heart,
    voice and body come from channels that may be switched off; they are read against the driver's own rest later
    (:class:`~driver_monitor.classifiers.own_rest.OwnRest`).
    """

    expression: Mapping[str, float] | None = None
    brow_down: float | None = None
    brow_inner_up: float | None = None
    mouth_press: float | None = None
    mouth_frown: float | None = None
    smile: float | None = None
    heart_rate_bpm: float | None = None
    rmssd_ms: float | None = None
    sdnn_ms: float | None = None
    voice_arousal: float | None = None
    voice_anger: float | None = None
    head_motion_deg_s: float | None = None
    lean_deg: float | None = None

    @classmethod
    def of(
        cls, signals: Signals, expression: Mapping[str, float] | None, channels: ChannelSignals | None = None
    ) -> "StressInputs":
        """Muscles are unknown until the resting face is the driver's own; a channel, until its quality will do."""
        muscles = {name: getattr(signals, name) for name in MUSCLES} if signals.baseline == "driver" else {}
        heard = NOTHING if channels is None else channels
        motion = _known(signals, "head_motion_deg_s", (0.0, FASTEST_HEAD_DEG_S))
        return cls(
            expression,
            **muscles,
            head_motion_deg_s=motion,
            **{name: _known(heard, name, limits, quality) for name, (limits, quality) in _CHANNELS.items()},
        )


def _known(group: SignalGroup, name: str, limits: tuple[float, float], quality: str = "") -> float | None:
    value: float | None = getattr(group, name)
    if value is None or not math.isfinite(value):
        return None
    if quality and not getattr(group, quality) >= MIN_CHANNEL_QUALITY:
        return None
    low, high = limits
    return min(max(value, low), high)
