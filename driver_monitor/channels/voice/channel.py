"""From readings to the driver's signals of the voice: against this driver's own calm voice, by data time alone."""

from typing import Final

import numpy as np

from driver_monitor.config.voice import VoiceConfig
from driver_monitor.parameter import judged, measured
from driver_monitor.signals.ramp import ramp
from driver_monitor.state.voice import VoiceReading, VoiceSignals

STALE_S: Final = judged(3.0, "a reading older than this says nothing of now: two have been missed")
READING_S: Final = judged(1.0, "that a reading adds to what has been heard of a driver")
CALM_PERCENT: Final = judged(
    25.0, "of a driver's first speech lies below its calm level: some of it may be upset", unit="percent"
)
CALM_AROUSAL: Final = measured(-3.25, "log-odds of arousal in calm speech", "scripts/train voice", unit="log-odds")
CALM_ANGER: Final = measured(-4.43, "log-odds of anger in calm speech", "scripts/train voice", unit="log-odds")
MOST_SHIFT: Final = judged(
    2.0, "by which a driver's calm voice may move the estimates: more is no calm", unit="log-odds"
)
POOR_SNR_DB: Final = judged(2.0, "speech over the car at which nothing can be trusted")
GOOD_SNR_DB: Final = judged(10.0, "speech over the car at which more makes no difference")
PRIOR_QUALITY: Final = judged(0.5, "trust while the driver's own calm voice is not known", unit="share")


class VoiceChannel:
    """Stepped once a frame with what :meth:`VoiceSource.reading` gave, live and in a replay."""

    def __init__(self, config: VoiceConfig) -> None:
        self._baseline_speech_s = config.baseline_speech_s
        self._heard_s: float | None = None
        self._signals = VoiceSignals(voice="unknown", voice_missing="settling")
        self.new_driver()

    def new_driver(self) -> None:
        """Somebody else may be sitting there: the calm voice is learned again."""
        self._learned: list[tuple[float, float, float]] = []
        self._speech_s = 0.0
        self._own: tuple[float, float, float] | None = None

    def update(self, t_s: float, reading: VoiceReading | None) -> VoiceSignals:
        """The signals at media time ``t_s``; a reading stands until the next one, for STALE_S at most."""
        if reading is not None:
            self._heard_s = t_s
            self._learn(reading)
            self._signals = self._of(reading)
        elif self._heard_s is not None and not 0 <= t_s - self._heard_s <= STALE_S:
            self._heard_s = None
            self._signals = VoiceSignals(
                voice="unknown", voice_missing="not_listening", voice_baseline=self._signals.voice_baseline
            )
        return self._signals

    def _learn(self, reading: VoiceReading) -> None:
        """The driver's own calm voice, from the first speech."""
        if self._own is not None or reading.arousal is None or reading.anger is None:
            return
        spread = np.nan if reading.pitch_spread_st is None else reading.pitch_spread_st
        self._learned.append((reading.arousal, reading.anger, spread))
        self._speech_s += READING_S * reading.speech_share
        if self._speech_s >= self._baseline_speech_s:
            arousal, anger, spreads = np.array(self._learned).T
            known = spreads[np.isfinite(spreads)]
            self._own = (
                _shift(float(np.percentile(arousal, CALM_PERCENT)), CALM_AROUSAL),
                _shift(float(np.percentile(anger, CALM_PERCENT)), CALM_ANGER),
                float(np.median(known)) if len(known) else np.nan,
            )
            self._learned.clear()

    def _of(self, reading: VoiceReading) -> VoiceSignals:
        baseline = "prior" if self._own is None else "driver"
        if reading.arousal is None or reading.anger is None:
            voice = "silence" if reading.missing == "silence" else "unknown"
            return VoiceSignals(voice=voice, voice_missing=reading.missing, voice_baseline=baseline)
        arousal_shift, anger_shift, own_spread = self._own or (0.0, 0.0, np.nan)
        quality = ramp(reading.snr_db if reading.snr_db is not None else POOR_SNR_DB, POOR_SNR_DB, GOOD_SNR_DB)
        return VoiceSignals(
            voice="speech",
            voice_arousal=_probability(reading.arousal - arousal_shift),
            voice_anger=_probability(reading.anger - anger_shift),
            voice_flatness=_flatness(reading.pitch_spread_st, own_spread),
            voice_baseline=baseline,
            quality_voice=quality * (PRIOR_QUALITY if self._own is None else 1.0),
        )


def _shift(own: float, prior: float) -> float:
    return max(-MOST_SHIFT, min(own - prior, MOST_SHIFT))


def _probability(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-log_odds)))


def _flatness(spread_st: float | None, own_st: float) -> float | None:
    """None where either is not known."""
    if spread_st is None or not own_st > 0:
        return None
    return max(0.0, 1.0 - spread_st / own_st)
