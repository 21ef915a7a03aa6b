import numpy as np
import pytest

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.classifiers.stress import StressClassifier
from driver_monitor.classifiers.stress_window import EXPRESSIONS, FACE, FEATURES, HEART, SAMPLE, sample, summarise
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.state.driver_state import Stress
from driver_monitor.state.signals import Signals

CONFIG = ClassifiersConfig(stress_window_s=30.0)
CALM = {"neutral": 0.8, "happy": 0.14}
CROSS = {"angry": 0.9, "disgust": 0.04}
AFRAID = {"fear": 0.6, "sad": 0.34}


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel(models_dir(Config()) / "stress.onnx")


@pytest.fixture
def stress(model: OnnxModel) -> StressClassifier:
    return StressClassifier(model, CONFIG)


def shown(face: dict[str, float] | None) -> dict[str, float] | None:
    """All seven expressions, what ``face`` leaves shared among the others."""
    if face is None:
        return None
    rest = (1 - sum(face.values())) / (len(EXPRESSIONS) - len(face))
    return {name: face.get(name, rest) for name in EXPRESSIONS}


def drive(
    stress: StressClassifier,
    face: dict[str, float] | None,
    seconds: float,
    start_s: float = 0.0,
    *,
    fps: float = 10.0,
    brow_down: float | None = None,
) -> list[Stress | None]:
    answers = []
    for number in range(round(seconds * fps)):
        signals = Signals(t_s=start_s + number / fps, baseline="driver", brow_down=brow_down)
        answers.append(stress.update(signals, shown(face)))
    return answers


def run(model: OnnxModel, **known: float) -> list[float]:
    window = np.full((1, len(FEATURES)), np.nan, dtype=np.float32)
    mask = np.zeros_like(window)
    for name, value in known.items():
        window[0, FEATURES.index(name)], mask[0, FEATURES.index(name)] = value, 1.0
    probabilities: list[float] = model.run(window=window, mask=mask)["probabilities"][0].tolist()
    return probabilities


def test_the_first_third_of_the_window_passes_in_silence(stress: StressClassifier) -> None:
    answers = drive(stress, CALM, 12)
    assert answers[:99] == [None] * 99
    assert answers[101] is not None


@pytest.mark.parametrize(("face", "likeliest"), [(CALM, "calm"), (AFRAID, "stressed"), (CROSS, "angry")])
def test_half_a_minute_of_a_clear_face_is_called_by_its_name(
    stress: StressClassifier, face: dict[str, float], likeliest: str
) -> None:
    answer = drive(stress, face, 31)[-1]
    assert answer is not None
    values = {"calm": answer.calm, "stressed": answer.stressed, "angry": answer.angry}
    assert max(values, key=lambda name: values[name]) == likeliest
    assert sum(values.values()) == pytest.approx(1.0, abs=1e-5)


def test_a_moment_of_anger_in_half_a_calm_minute_is_not_anger(stress: StressClassifier) -> None:
    drive(stress, CALM, 27)
    answer = drive(stress, CROSS, 2, 27.0)[-1]
    assert answer is not None
    assert answer.calm > answer.angry


def test_anger_passes_with_the_window(stress: StressClassifier) -> None:
    angry = drive(stress, CROSS, 31)[-1]
    calm = drive(stress, CALM, 31, 31.0)[-1]
    assert angry is not None
    assert calm is not None
    assert calm.angry < angry.angry / 2


def test_a_face_unknown_for_most_of_the_window_is_not_judged(stress: StressClassifier) -> None:
    drive(stress, CALM, 16)
    assert drive(stress, None, 13, 16.0)[-1] is not None
    assert drive(stress, None, 4, 29.0)[-1] is None


def test_nobody_there_is_not_calm(stress: StressClassifier) -> None:
    assert set(drive(stress, None, 40)) == {None}


def test_a_gap_in_time_is_unknown_not_more_of_the_same(stress: StressClassifier) -> None:
    drive(stress, CALM, 15)
    assert drive(stress, CALM, 0.5, 40.0)[0] is None


def test_brows_alone_are_enough_to_say_something(stress: StressClassifier) -> None:
    assert drive(stress, None, 31, brow_down=0.3)[-1] is not None


def test_the_frame_rate_does_not_change_the_answer(model: OnnxModel) -> None:
    slow = drive(StressClassifier(model, CONFIG), CROSS, 31, fps=3)[-1]
    fast = drive(StressClassifier(model, CONFIG), CROSS, 31, fps=60)[-1]
    assert slow is not None
    assert fast is not None
    assert slow.angry == pytest.approx(fast.angry, abs=0.01)


def test_a_drive_played_twice_gives_the_same_answers(model: OnnxModel) -> None:
    first, second = (drive(StressClassifier(model, CONFIG), AFRAID, 35) for _ in range(2))
    assert first == second


def test_time_that_starts_again_is_another_drive(stress: StressClassifier) -> None:
    assert drive(stress, CROSS, 31, 100.0)[-1] is not None
    assert drive(stress, CROSS, 1)[-1] is None


def test_muscles_count_only_against_the_drivers_own_resting_face() -> None:
    place = SAMPLE.index("brow_down")
    assert sample(Signals(baseline="driver", brow_down=0.4), None)[place] == 0.4
    assert np.isnan(sample(Signals(baseline="prior", brow_down=0.4), None)[place])


def test_a_value_known_for_less_than_half_the_window_is_masked() -> None:
    samples = np.full((10, len(SAMPLE)), np.nan)
    samples[:, : len(EXPRESSIONS)] = [1.0, 0, 0, 0, 0, 0, 0]
    samples[:4, SAMPLE.index("brow_down")] = 0.5
    window, mask = summarise(samples, 10)
    assert window[FEATURES.index("angry_share")] == mask[FEATURES.index("angry_share")] == 1.0
    assert mask[: len(EXPRESSIONS)].all()
    assert not mask[[FEATURES.index("brow_down"), FEATURES.index("brow_down_peak")]].any()
    assert not window[mask == 0].any()


def test_the_net_reads_no_masked_value_and_knows_nothing_of_nothing(model: OnnxModel) -> None:
    """Masked values are NaN here: were they read, the answer would be NaN."""
    assert run(model) == pytest.approx([1 / 3] * 3, abs=1e-6)
    assert np.isfinite(run(model, brow_down=0.2)).all()


def test_a_racing_heart_speaks_of_stress_and_not_of_anger(model: OnnxModel) -> None:
    calm, stressed, angry = run(model, heart_rate=0.4, rmssd=-0.5, sdnn=-0.1)
    assert stressed > max(calm, angry)
    rest = run(model, heart_rate=0.0, rmssd=0.1, sdnn=0.1)
    assert rest[0] > rest[1]


def test_one_heart_value_is_enough_for_the_net(model: OnnxModel) -> None:
    calm, stressed, _ = run(model, heart_rate=0.4)
    assert stressed > calm
    calm, stressed, _ = run(model, heart_rate=0.0)
    assert calm > stressed


def test_a_lost_variability_is_not_taken_for_the_drivers_rest(model: OnnxModel) -> None:
    """What the heart rate says without it is what minutes without it have shown."""
    alone = run(model, heart_rate=0.15)
    at_rest = run(model, heart_rate=0.15, rmssd=0.0, sdnn=0.0)
    assert alone != pytest.approx(at_rest, abs=1e-3)


@pytest.mark.parametrize("known", [("angry",), ("brow_down",), ("heart_rate",), ("rmssd", "sdnn"), ("sdnn",)])
def test_whatever_is_missing_the_answer_is_a_probability(model: OnnxModel, known: tuple[str, ...]) -> None:
    answer = run(model, **dict.fromkeys(known, 0.2))
    assert np.isfinite(answer).all()
    assert sum(answer) == pytest.approx(1.0, abs=1e-5)


def test_blink_rate_and_head_motion_alone_change_nothing(model: OnnxModel) -> None:
    assert run(model, blink_rate_per_min=40.0, head_motion_deg_s=30.0) == pytest.approx([1 / 3] * 3, abs=1e-6)


def test_every_feature_is_face_behaviour_or_heart(model: OnnxModel) -> None:
    assert model.card.inputs["window"].shape == ("N", len(FEATURES))
    assert FEATURES[FACE.stop : HEART.start] == ("blink_rate_per_min", "head_motion_deg_s")
