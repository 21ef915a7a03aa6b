"""The pulse channel: observations in, what is known of heart and breath out."""

import math
from typing import Final

import numpy as np

from driver_monitor.channels.pulse.beats import Beats, find_beats
from driver_monitor.channels.pulse.heart_rate import Rate
from driver_monitor.channels.pulse.liveness import Liveness
from driver_monitor.channels.pulse.skin_rate import SkinRate, SkinRateFollower, pulse_wave
from driver_monitor.channels.pulse.trace import KEPT_S, Trace
from driver_monitor.channels.pulse.waves import Wave
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import judged
from driver_monitor.state.heart import HeartReading
from driver_monitor.state.pulse import ALIVE, PHOTOGRAPH, PulseSignals
from driver_monitor.state.signals import Signals

_EVERY_S: Final = judged(1.0, "a heart rate is worth working out this often")
_BEATS_EVERY_S: Final = judged(5.0, "and how its beats vary this often")
_BEATS_SNR_DB: Final = judged(6.0, "single beats in the colour of skin are to be trusted from here on")
_SKIN_QUALITY: Final = judged(0.9, "of the surest heart rate from skin", unit="quality")
_SENSOR_QUALITY: Final = judged(0.95, "of a sensor that touches the skin", unit="quality")
_SENSOR_BPM: Final = judged(3.0, "a sensor's rate is the mean of some seconds, and that far from the one now")
_AGREE_BPM: Final = judged(10.0, "skin and sensor further apart than this do not speak of the same heart")
_DISAGREEING: Final = judged(0.5, "of the quality is left where they do not", unit="ratio")
_SENSOR_SHARE: Final = judged(
    0.8, "the sensor's rate weighs this much against the skin's where they agree", unit="0..1"
)


class PulseChannel:
    """To be asked with every observation, in order of time; works once a second and says the same in between, but for
    a photograph that turns out to be none: that is said at once.

    ``heart`` is what a sensor says (:class:`driver_monitor.channels.pulse.sensor.HeartSensor`), None without one.
    """

    def __init__(self, config: PulseConfig) -> None:
        self._config = config
        self.reset()

    def reset(self) -> None:
        """Forget everything: another drive begins."""
        self._liveness = Liveness()
        self._judged_s = -math.inf
        self._last = PulseSignals()
        self.new_driver()

    def new_driver(self) -> None:
        """Somebody else may be sitting there: it is another heart."""
        self._trace = Trace()
        self._skin = SkinRateFollower(self._config.window_s)
        self._liveness.new_driver()
        self._beats_s = -math.inf
        self._beats: Beats | None = None

    def update(self, observation: FaceObservation, signals: Signals, heart: HeartReading | None = None) -> PulseSignals:
        t_s = observation.t_s
        if t_s < self._judged_s:
            self.reset()
        if not self._config.enabled:
            return self._last
        self._liveness.add(observation, signals)
        photograph = self._liveness.photograph
        if observation.skin is not None and self._config.camera and not photograph:
            self._trace.add(observation, observation.skin, signals)
        refuted = self._last.liveness == PHOTOGRAPH and not photograph
        if refuted or t_s - self._judged_s >= _EVERY_S:
            self._judged_s = t_s
            self._last = self._judge(t_s, observation, heart)
        return self._last

    def _judge(self, t_s: float, observation: FaceObservation, heart: HeartReading | None) -> PulseSignals:
        skin = self._look(t_s, observation)
        liveness = self._liveness.judge(t_s, skin)
        rate, missing = (skin.rate, skin.missing) if skin else (None, "sensor")
        if liveness == PHOTOGRAPH or not (missing or liveness == ALIVE):
            missing = "not_alive"
        told = rate if not missing else None
        self._vary(t_s, told, skin)
        sensed = heart if heart is not None and heart.bpm is not None and not heart.trouble else None
        beats = _sensed_beats(sensed) if sensed is not None and sensed.intervals_s else self._beats
        snr_db = rate.snr_db if rate is not None else None
        if sensed is not None and sensed.bpm is not None:
            found = _fused(sensed.bpm, told)
            source = sensed.source
        elif told is not None:
            found = (told.bpm, told.low_bpm, told.high_bpm, _SKIN_QUALITY * told.confidence)
            source = "camera"
        else:
            cause = "sensor" if heart is not None and heart.trouble and not self._config.camera else missing
            return PulseSignals(pulse_missing=cause, pulse_snr_db=snr_db, liveness=liveness)
        bpm, low, high, quality = found
        return PulseSignals(
            heart_rate_bpm=bpm,
            heart_rate_low_bpm=low,
            heart_rate_high_bpm=high,
            heart_rate_source=source,
            pulse_snr_db=snr_db,
            quality_pulse=quality,
            breathing_per_min=beats.breaths_per_min() if beats else None,
            rmssd_ms=beats.rmssd_ms() if beats else None,
            sdnn_ms=beats.sdnn_ms() if beats else None,
            liveness=liveness,
        )

    def _look(self, t_s: float, observation: FaceObservation) -> SkinRate | None:
        if not self._config.camera:
            return None
        if observation.landmarks is not None and observation.skin is None:
            return SkinRate("no_skin")
        return self._skin.update(self._trace, t_s)

    def _vary(self, t_s: float, told: Rate | None, skin: SkinRate | None) -> None:
        """Look for single beats where they stand out."""
        if told is None or skin is None or told.snr_db < _BEATS_SNR_DB:
            self._beats = None
        elif t_s - self._beats_s >= _BEATS_EVERY_S:
            self._beats_s = t_s
            self._beats = _skin_beats(self._trace, t_s)


def _skin_beats(seen: Trace, t_s: float) -> Beats | None:
    found = pulse_wave(seen.last(KEPT_S, t_s))
    return find_beats(*found) if found is not None else None


def _sensed_beats(heart: HeartReading) -> Beats:
    intervals: Wave = np.array(heart.intervals_s)
    return Beats.of(np.cumsum(intervals), intervals)


def _fused(sensed_bpm: float, told: Rate | None) -> tuple[float, float, float, float]:
    """Rate, its interval and quality: the sensor's, with the skin's where they agree; doubted where they do not."""
    low, high = sensed_bpm - _SENSOR_BPM, sensed_bpm + _SENSOR_BPM
    if told is None:
        return sensed_bpm, low, high, _SENSOR_QUALITY
    if abs(told.bpm - sensed_bpm) > _AGREE_BPM:
        return sensed_bpm, min(low, told.low_bpm), max(high, told.high_bpm), _DISAGREEING * _SENSOR_QUALITY
    bpm = _SENSOR_SHARE * sensed_bpm + (1 - _SENSOR_SHARE) * told.bpm
    return bpm, min(low, bpm), max(high, bpm), _SENSOR_QUALITY
