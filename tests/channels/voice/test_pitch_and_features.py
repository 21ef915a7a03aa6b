"""The numbers that the voice net is asked about."""

import numpy as np
import pytest

from driver_monitor.channels.voice.features import FEATURES, features
from driver_monitor.channels.voice.mel import BANDS, RATE_HZ, log_mel
from driver_monitor.channels.voice.pitch import LEAST, ORIGIN_HZ, pitch_of
from tests.channels.voice.sounds import noise, speech


@pytest.mark.parametrize("pitch_hz", [90.0, 120.0, 200.0, 320.0])
def test_a_steady_pitch_is_found(pitch_hz: float) -> None:
    found = pitch_of(speech(2.0, pitch_hz=pitch_hz, lively_st=0.0))
    assert ORIGIN_HZ * 2 ** (found.quantiles_st[2] / 12) == pytest.approx(pitch_hz, rel=0.02)
    assert found.spread_st == pytest.approx(0.0, abs=0.3)


def test_the_road_has_no_pitch() -> None:
    found = pitch_of(noise(2.0, level=0.1))
    assert found.spread_st is None or found.strength < 0.7


def test_silence_has_features_too() -> None:
    for length in (LEAST, RATE_HZ):
        found = features(np.zeros(length, np.float32))
        assert found.shape == (FEATURES,)
        assert np.isfinite(found).all()


def test_a_sine_is_in_its_band_at_its_power() -> None:
    sine = np.sin(2 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    spectra = log_mel(sine)
    assert spectra.shape == (97, BANDS)
    assert np.exp(spectra.max(axis=1)).mean() == pytest.approx(1.0, abs=0.5)
    assert np.ptp(spectra.argmax(axis=1)) == 0


def test_less_than_a_spectrum_is_none() -> None:
    assert log_mel(np.zeros(511, np.float32)).shape == (0, BANDS)
