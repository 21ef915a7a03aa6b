import time
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.fatigue import BlinkBaseline, FatigueClassifier
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.classifiers.own_blinks import WINDOW_BLINKS
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import Fatigue
from driver_monitor.state.signals import Signals

EVERY_S = 4.0
CONFIG = ClassifiersConfig()
BASELINE = CONFIG.fatigue_baseline_blinks
FIRST = BASELINE + WINDOW_BLINKS  # the blink from which on there is an answer


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel(models_dir(Config()) / "fatigue.onnx")


@pytest.fixture
def fatigue(model: OnnxModel) -> FatigueClassifier:
    return FatigueClassifier(model, CONFIG)


def blink(t_s: float, chance: np.random.Generator, *, tired: bool) -> Blink:
    """A blink of 0.15 s, or a tired one: more than twice as long, reopened at a third of the speed."""
    duration_s = 0.15 * (2.5 if tired else 1.0) * chance.normal(1, 0.2)
    velocity = 10.0 * (0.35 if tired else 1.0) * chance.normal(1, 0.2)
    amplitude = 0.8 * (0.7 if tired else 1.0) * chance.normal(1, 0.1)
    return Blink(t_s - duration_s, t_s, amplitude, velocity, 1 / EVERY_S)


def drive(
    fatigue: FatigueClassifier, blinks: int, start_s: float = 0.0, *, tired: bool = False, seed: int = 0
) -> list[Fatigue | None]:
    """The answers at each of so many blinks, with frames without one between."""
    chance = np.random.default_rng(seed)
    answers = []
    for number in range(blinks):
        t_s = start_s + number * EVERY_S
        fatigue.update(Signals(t_s=t_s - EVERY_S / 2, baseline="driver"))
        answers.append(
            fatigue.update(Signals(t_s=t_s, baseline="driver", completed_blink=blink(t_s, chance, tired=tired)))
        )
    return answers


def test_nothing_is_said_before_a_baseline_and_thirty_more_blinks(fatigue: FatigueClassifier) -> None:
    answers = drive(fatigue, FIRST + 1)
    assert answers[: FIRST - 1] == [None] * (FIRST - 1)
    assert all(answer is not None for answer in answers[FIRST - 1 :])


def test_probabilities_add_up_and_the_level_stays_in_its_range(fatigue: FatigueClassifier) -> None:
    for answer in drive(fatigue, FIRST + 30)[FIRST - 1 :]:
        assert answer is not None
        assert answer.alert + answer.low_vigilance + answer.drowsy == pytest.approx(1, abs=1e-5)
        assert 0 <= answer.level <= 1


def test_drivers_who_go_on_blinking_as_before_stay_alert_and_tired_blinks_stand_out(model: OnnxModel) -> None:
    """Eight drivers: first their own blinks, then ones that are long, shallow and slow to reopen."""
    before, after = [], []
    for seed in range(8):
        fatigue = FatigueClassifier(model, CONFIG)
        awake = drive(fatigue, FIRST + 60, seed=seed)[-1]
        tired = drive(fatigue, 120, start_s=(FIRST + 60) * EVERY_S, tired=True, seed=seed + 50)[-1]
        assert awake is not None
        assert tired is not None
        before.append(awake.level)
        after.append(tired.level)
    assert np.median(before) < 0.5
    assert max(before) < 0.6
    assert min(after) > 0.7


def test_a_camera_that_shows_blinks_shallower_and_slower_makes_nobody_tired(model: OnnxModel) -> None:
    """Amplitude and velocity depend on light, lens and detector; without a known frequency duration alone counts."""
    answers = []
    for dimmer in (1.0, 0.6):
        fatigue = FatigueClassifier(model, CONFIG)
        drive(fatigue, BASELINE)
        chance = np.random.default_rng(7)
        for number in range(BASELINE, FIRST):
            own = blink(number * EVERY_S, chance, tired=False)
            seen = Blink(own.start_s, own.end_s, own.amplitude * dimmer, own.opening_velocity * dimmer, 0.25)
            answer = fatigue.update(Signals(t_s=own.end_s, baseline="driver", completed_blink=seen))
        answers.append(answer)
    assert answers[0] is not None
    assert answers[0] == answers[1]


def test_one_closure_taken_for_a_blink_does_not_make_a_driver_drowsy(model: OnnxModel) -> None:
    window = np.random.default_rng(4).normal(0, 1, (1, WINDOW_BLINKS, 4)).astype(np.float32)
    window[:, :, 0] = np.nan
    before = model.run(blinks=window)["probabilities"][0]
    window[0, 12, 2] = 8.0
    after = model.run(blinks=window)["probabilities"][0]
    assert before[2] < after[2] < 0.5


def test_the_longer_the_blinks_the_less_alert(model: OnnxModel) -> None:
    windows = np.random.default_rng(4).normal(0, 1, (1, WINDOW_BLINKS, 4)).astype(np.float32).repeat(12, axis=0)
    windows[:, :, 0] = np.nan
    windows[:, :, 2] += np.arange(12)[:, None]
    probabilities = model.run(blinks=windows)["probabilities"]
    assert (np.diff(probabilities[:, 0]) < 0).all()
    assert (np.diff(probabilities[:, 2]) > 0).all()


def test_sleepiness_follows_the_level_and_says_how_unsure_it_is(fatigue: FatigueClassifier) -> None:
    awake = drive(fatigue, FIRST)[-1]
    tired = drive(fatigue, 60, start_s=FIRST * EVERY_S, tired=True, seed=1)[-1]
    assert awake is not None
    assert tired is not None
    assert awake.kss is not None
    assert tired.kss is not None
    assert awake.kss < 6 < tired.kss < 9
    assert awake.kss_sd is not None
    assert 1 < awake.kss_sd < 3


def test_the_level_follows_with_its_time_constant_whatever_the_frame_rate(model: OnnxModel) -> None:
    levels = []
    for between in (1, 10):
        fatigue = FatigueClassifier(model, CONFIG)
        drive(fatigue, FIRST)
        drive(fatigue, 30, start_s=FIRST * EVERY_S, tired=True, seed=1)
        last_s = (FIRST + 29) * EVERY_S
        for step in range(between):
            answer = fatigue.update(Signals(t_s=last_s + 20.0 * (step + 1) / between, baseline="driver"))
        assert answer is not None
        levels.append(answer.level)
    assert levels[0] == pytest.approx(levels[1], abs=1e-6)


def test_another_drivers_units_do_not_matter(model: OnnxModel) -> None:
    """The same blinks of eyes that open half as wide give the same answer."""
    chance = np.random.default_rng(3)
    blinks = [blink(number * EVERY_S, chance, tired=False) for number in range(FIRST)]
    halved = [Blink(b.start_s, b.end_s, b.amplitude / 2, b.opening_velocity / 2, b.frequency_hz) for b in blinks]
    answers = []
    for series in (blinks, halved):
        fatigue = FatigueClassifier(model, CONFIG)
        for each in series:
            answer = fatigue.update(Signals(t_s=each.end_s, baseline="driver", completed_blink=each))
        answers.append(answer)
    assert answers[0] is not None
    assert answers[1] is not None
    assert answers[0].level == pytest.approx(answers[1].level, abs=1e-4)


def test_a_newly_learned_open_eye_starts_the_reference_again(fatigue: FatigueClassifier) -> None:
    assert drive(fatigue, FIRST)[-1] is not None
    assert fatigue.update(Signals(t_s=FIRST * EVERY_S, baseline="prior")) is None
    assert drive(fatigue, FIRST - 1, start_s=(FIRST + 1) * EVERY_S)[-1] is None


def test_an_old_answer_is_not_repeated_for_ever(fatigue: FatigueClassifier) -> None:
    assert drive(fatigue, FIRST)[-1] is not None
    last_s = (FIRST - 1) * EVERY_S
    assert fatigue.update(Signals(t_s=last_s + CONFIG.fatigue_stale_s - 1, baseline="driver")) is not None
    assert fatigue.update(Signals(t_s=last_s + CONFIG.fatigue_stale_s + 1, baseline="driver")) is None


def test_reset_forgets_the_driver(fatigue: FatigueClassifier) -> None:
    assert drive(fatigue, FIRST)[-1] is not None
    fatigue.reset()
    assert drive(fatigue, FIRST - 1, start_s=1000.0)[-1] is None


def test_signals_that_come_twice_count_their_blink_once(fatigue: FatigueClassifier) -> None:
    chance = np.random.default_rng(0)
    for number in range(FIRST - 1):
        t_s = number * EVERY_S
        signals = Signals(t_s=t_s, baseline="driver", completed_blink=blink(t_s, chance, tired=False))
        assert fatigue.update(signals) is None
        assert fatigue.update(signals) is None


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 0.0, -1.0])
def test_a_blink_that_was_not_measured_does_not_count(fatigue: FatigueClassifier, broken: float) -> None:
    drive(fatigue, FIRST - 1)
    t_s = (FIRST - 1) * EVERY_S
    unmeasured = Blink(t_s - 0.2, t_s, broken, 10.0, 0.25)
    assert fatigue.update(Signals(t_s=t_s, baseline="driver", completed_blink=unmeasured)) is None


def test_a_baseline_of_identical_blinks_does_not_blow_up_the_scores() -> None:
    same = [Blink(0.0, 0.15, 0.8, 10.0, 0.25)] * 30
    scores = BlinkBaseline(same).z_scores([Blink(0.0, 0.165, 0.8, 10.0, 0.25)])
    assert scores[0, 2] == pytest.approx(2.0, abs=1e-4)  # a tenth more, at the least SD of a twentieth


def test_z_scores_are_those_of_the_training_data() -> None:
    chance = np.random.default_rng(5)
    blinks = [blink(number * EVERY_S, chance, tired=False) for number in range(40)]
    scores = BlinkBaseline(blinks).z_scores(blinks)
    assert np.isnan(scores[:, 0]).all()
    np.testing.assert_allclose(scores[:, 1:].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scores[:, 1:].std(axis=0), 1, atol=1e-5)


def test_the_shipped_model_answers_alike_alone_and_in_a_batch(model: OnnxModel) -> None:
    windows = np.random.default_rng(2).normal(0, 1.5, (7, WINDOW_BLINKS, 4)).astype(np.float32)
    windows[3:, :, 0] = np.nan
    together = model.run(blinks=windows)["probabilities"]
    alone = np.concatenate([model.run(blinks=window[None])["probabilities"] for window in windows])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)


def test_a_window_costs_a_small_part_of_a_frame(model: OnnxModel) -> None:
    window = np.zeros((1, WINDOW_BLINKS, 4), dtype=np.float32)
    start_s = time.process_time()
    for _ in range(50):
        model.run(blinks=window)
    assert (time.process_time() - start_s) / 50 < 0.01


def test_the_card_names_data_licence_limits_and_how_to_retrain() -> None:
    text = Path(models_dir(Config()) / "fatigue.md").read_text(encoding="utf-8")
    for words in ("arXiv:1904.07312", "MIT", "## Limits", "misuse", "scripts/train fatigue", "drawn again", "--extra"):
        assert words in text
