"""The voice's figures, on sentences and speakers of our own making in EMO-DB's layout."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from scripts.evaluation import emodb, voice
from scripts.evaluation.main import main
from scripts.evaluation.road_noise import mixed, road_noise
from tests.channels.voice.sounds import Sound, speech


def written(path: Path, sound: Sound) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        stream = container.add_stream("flac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two speakers whose angry sentences are high and lively, and whose others are not."""
    for number, speaker in enumerate(("91", "92")):
        for place, letter in enumerate("WAFNLTE"):
            excited = letter in "WAF"
            sound = speech(
                2.0, pitch_hz=240.0 if excited else 110.0, lively_st=4.0 if excited else 0.5, seed=7 * number + place
            )
            written(tmp_path / f"voice/emodb/{speaker}a01{letter}a.flac", sound)
    return tmp_path


def test_sentences_are_read_by_their_names(data: Path) -> None:
    (data / "voice/emodb/notes.flac").write_bytes(b"")
    sentences = emodb.load(data)
    assert sentences is not None
    assert len(sentences.files) == 14
    assert {len(sound) for sound in sentences.sounds} == {32_000}
    assert sentences.aroused.sum() == 6
    assert sentences.angry.sum() == 2
    assert sentences.judged.sum() == 12
    assert set(sentences.speakers.tolist()) == {"91", "92"}


def test_figures_of_speakers_whom_the_net_has_not_heard(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "--data", str(data)]) == 0
    figures = json.loads(capsys.readouterr().out)
    for end in ("", "_10_db", "_0_db"):
        for name in ("arousal_auc", "anger_auc", "uar"):
            assert 0 <= figures[name + end] <= 1
    assert figures["sentences"] == 14
    assert figures["trained_on"] == []
    assert "reason" not in figures
    assert 0 < figures["cpu_share"] < 0.2


def test_a_folder_without_sentences_says_what_is_missing(tmp_path: Path) -> None:
    figures = voice.run(tmp_path)
    assert figures["arousal_auc"] is figures["uar_0_db"] is None
    assert emodb.PATTERN in str(figures["reason"])


def test_the_card_knows_the_speakers_it_was_trained_on() -> None:
    known = OnnxModel(models_dir(Config()) / "voice.onnx").card.training_files
    assert len(known) == 7
    assert "voice/emodb/03*.flac" in known


@pytest.mark.parametrize("snr_db", [10.0, 0.0])
def test_noise_is_as_loud_as_it_says(snr_db: float) -> None:
    voice_alone = speech(2.0)
    noise = mixed(voice_alone, snr_db, np.random.default_rng(1)) - voice_alone
    power = [float(np.mean(np.square(sound, dtype=np.float64))) for sound in (voice_alone, noise)]
    assert 10 * np.log10(power[0] / power[1]) == pytest.approx(snr_db, abs=0.01)


def test_road_noise_is_never_the_same_and_never_steady() -> None:
    chance = np.random.default_rng(2)
    first, second = road_noise(48_000, chance), road_noise(48_000, chance)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.2
    levels = np.square(first[:48_000].reshape(-1, 4800)).mean(axis=1)
    assert levels.max() > 1.2 * levels.min()
