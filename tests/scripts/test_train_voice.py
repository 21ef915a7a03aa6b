"""Training on made-up speakers, to a file that the product loads."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra 'train'")

import numpy as np

from driver_monitor.channels.voice.net import VoiceNet
from driver_monitor.channels.voice.pitch import pitch_of
from driver_monitor.errors import UsageError
from scripts.training import voice
from tests.channels.voice.sounds import speech
from tests.scripts.test_voice_evaluation import written


def test_without_sentences_it_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="EMO-DB"):
        voice.train(tmp_path, tmp_path)


def test_high_and_lively_voices_are_told_from_low_and_flat_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "NOISES_DRAWN", 3)
    for number, speaker in enumerate(("91", "92", "93")):
        for place, letter in enumerate("WAFNLTE"):
            excited = letter in "WAF"
            for version in "ab":
                seed = 100 * number + 10 * place + (version == "b")
                sound = speech(2.0, pitch_hz=240.0 if excited else 110.0, lively_st=4.0 if excited else 0.5, seed=seed)
                written(tmp_path / f"voice/emodb/{speaker}a01{letter}{version}.flac", sound)
    voice.train(tmp_path, tmp_path)
    net = VoiceNet(tmp_path / "voice.onnx")
    lively, flat = (
        speech(2.0, pitch_hz=240.0, lively_st=4.0, seed=1),
        speech(2.0, pitch_hz=110.0, lively_st=0.5, seed=1),
    )
    assert net.judge(lively, pitch_of(lively))[0] > net.judge(flat, pitch_of(flat))[0]
    assert np.isfinite(net.judge(flat, pitch_of(flat))).all()
    assert "Limits" in (tmp_path / "voice.md").read_text()
