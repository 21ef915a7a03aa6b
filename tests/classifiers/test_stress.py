import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.classifiers.own_rest import REST_MIN
from driver_monitor.classifiers.stress import StressClassifier
from driver_monitor.classifiers.stress_inputs import StressInputs
from driver_monitor.classifiers.stress_window import (
    EXPRESSIONS,
    FACE,
    FEATURES,
    HEART,
    SAMPLE,
    VOICE,
    Channels,
    sample,
    summarise,
)
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.state.channels import ChannelSignals
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
    probabilities: list[float] = asked(model, known)["probabilities"][0].tolist()
    return probabilities


def confidence(model: OnnxModel, known: dict[str, float]) -> float:
    return float(asked(model, known)["confidence"][0, 0])


def asked(model: OnnxModel, known: dict[str, float]) -> dict[str, NDArray[np.float32]]:
    window = np.full((1, len(FEATURES)), np.nan, dtype=np.float32)
    mask = np.zeros_like(window)
    for name, value in known.items():
        window[0, FEATURES.index(name)], mask[0, FEATURES.index(name)] = value, 1.0
    return model.run(window=window, mask=mask)


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


def test_a_face_is_sampled_as_it_is_and_what_is_unknown_is_no_number() -> None:
    values = sample(StressInputs(shown(CROSS), brow_down=0.4))
    assert values[SAMPLE.index("angry")] == 0.9
    assert values[SAMPLE.index("brow_down")] == 0.4
    assert np.isnan(values[SAMPLE.index("smile")])
    assert np.isnan(sample(StressInputs())).all()


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


# What version 2 of the net, which knew a face alone, said of three of them.
SAID_BEFORE = [
    ({"neutral": 0.8, "happy": 0.14}, (0.8930466771125793, 0.06916358321905136, 0.03778966888785362)),
    ({"fear": 0.6, "sad": 0.34}, (0.06898224353790283, 0.8923131227493286, 0.03870466724038124)),
    (
        {"angry": 0.9, "disgust": 0.04, "angry_share": 1.0},
        (0.01791469007730484, 0.037973567843437195, 0.944111704826355),
    ),
]


@pytest.mark.parametrize(("face", "said"), SAID_BEFORE)
def test_a_face_alone_is_judged_as_before_there_was_anything_else(
    model: OnnxModel, face: dict[str, float], said: tuple[float, ...]
) -> None:
    known = dict.fromkeys((*EXPRESSIONS, "angry_share"), 0.0) | face
    assert run(model, **known) == pytest.approx(said, abs=1e-6)
    assert run(model, **known, head_restlessness=3.0, body_restlessness=3.0) == run(model, **known)


def test_a_racing_heart_speaks_of_stress_more_than_of_anger(model: OnnxModel) -> None:
    calm, stressed, angry = run(model, heart_rate=1.5, rmssd=-0.5, sdnn=-0.1)
    assert stressed > angry > calm
    rest = run(model, heart_rate=0.0, rmssd=0.1, sdnn=0.1)
    assert rest[0] > rest[1]


@pytest.mark.parametrize("beside", [{}, {"rmssd": 0.0}, {"voice_arousal": 0.1}, {"angry": 0.5, "neutral": 0.5}])
def test_a_faster_heart_never_calms(model: OnnxModel, beside: dict[str, float]) -> None:
    calm = [run(model, heart_rate=rate, **beside)[0] for rate in np.linspace(-3, 6, 40)]
    assert np.diff(calm).max() <= 0
    assert calm[-1] < calm[0]


@pytest.mark.parametrize("name", ["voice_arousal", "voice_anger"])
@pytest.mark.parametrize("beside", [{}, {"voice_arousal": 0.2}, {"voice_anger": 0.2}, {"heart_rate": 0.5}])
def test_a_louder_voice_never_calms(model: OnnxModel, name: str, beside: dict[str, float]) -> None:
    calm = [run(model, **(beside | {name: value}))[0] for value in np.linspace(-1, 1, 20)]
    assert np.diff(calm).max() <= 1e-7


@pytest.mark.parametrize("name", ["rmssd", "sdnn", "head_restlessness", "body_restlessness"])
def test_a_steadier_heart_and_a_restless_body_never_calm(model: OnnxModel, name: str) -> None:
    upwards = -1 if name in ("rmssd", "sdnn") else 1
    beside = {} if upwards < 0 else {"heart_rate": 0.4}
    calm = [run(model, **beside, **{name: upwards * value})[0] for value in np.linspace(-2, 2, 20)]
    assert np.diff(calm).max() <= 1e-7


def test_restlessness_says_nothing_by_itself(model: OnnxModel) -> None:
    assert run(model, head_restlessness=2.0, body_restlessness=2.0) == pytest.approx([1 / 3] * 3, abs=1e-6)


@pytest.mark.parametrize("name", FEATURES[HEART.start :])
@pytest.mark.parametrize("far", [-1e6, 1e6])
def test_what_is_out_of_range_is_clipped(model: OnnxModel, name: str, far: float) -> None:
    beside = {"voice_anger": 0.1} if name != "voice_anger" else {}
    assert run(model, **beside, **{name: far}) == run(model, **beside, **{name: far / 1e3})


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_confidence_never_rises_when_a_value_is_taken_away(model: OnnxModel, data: st.DataObject) -> None:
    known = data.draw(st.lists(st.sampled_from(FEATURES), min_size=1, unique=True))
    values = {name: data.draw(st.floats(-2, 2, width=32), label=name) for name in known}
    gone = data.draw(st.sampled_from(known))
    less = {name: value for name, value in values.items() if name != gone}
    assert confidence(model, less) <= confidence(model, values)


def test_with_nothing_known_the_confidence_is_a_guess_and_with_all_it_is_highest(model: OnnxModel) -> None:
    everything = dict.fromkeys(FEATURES, 0.1)
    assert confidence(model, {}) == pytest.approx(1 / 3, abs=1e-6)
    assert 0.79 < confidence(model, everything) < 1.0
    heart = {name: everything[name] for name in FEATURES[HEART]}
    face = {name: everything[name] for name in FEATURES[FACE]}
    assert confidence(model, heart) < confidence(model, face) < confidence(model, face | heart)


def test_one_heart_value_is_enough_for_the_net(model: OnnxModel) -> None:
    calm, stressed, _ = run(model, heart_rate=1.5)
    assert stressed > calm
    calm, stressed, _ = run(model, heart_rate=0.0)
    assert calm > stressed


@pytest.mark.parametrize("known", [("angry",), ("brow_down",), ("heart_rate",), ("rmssd", "sdnn"), ("voice_anger",)])
def test_whatever_is_missing_the_answer_is_a_probability(model: OnnxModel, known: tuple[str, ...]) -> None:
    answer = run(model, **dict.fromkeys(known, 0.2))
    assert np.isfinite(answer).all()
    assert sum(answer) == pytest.approx(1.0, abs=1e-5)


def test_every_feature_belongs_to_a_part(model: OnnxModel) -> None:
    assert model.card.inputs["window"].shape == ("N", len(FEATURES))
    assert (FACE.stop, HEART.stop, VOICE.stop) == (HEART.start, VOICE.start, len(FEATURES) - 2)


def hearts(stress: StressClassifier, bpm: float, minutes: float, start_s: float = 0.0) -> list[Stress | None]:
    """A drive in which nobody's face is seen, at one frame a second."""
    return [
        stress.update(Signals(t_s=start_s + second), None, ChannelSignals(heart_rate_bpm=bpm, quality_pulse=1.0))
        for second in range(round(60 * minutes))
    ]


def test_a_heart_whose_rest_was_never_seen_is_refused(stress: StressClassifier) -> None:
    assert set(hearts(stress, 140.0, REST_MIN)) == {None}


def test_a_heart_that_rises_after_a_calm_drive_is_stress_with_little_confidence(stress: StressClassifier) -> None:
    calm = hearts(stress, 65.0, REST_MIN + 5)[-1]
    assert calm is not None
    assert calm.calm > max(calm.stressed, calm.angry)
    raised = hearts(stress, 95.0, 5, 60.0 * (REST_MIN + 5))[-1]
    assert raised is not None
    assert raised.stressed > max(raised.calm, raised.angry)
    assert raised.confidence is not None
    assert raised.confidence < 0.7


def test_another_driver_has_no_rest_yet(stress: StressClassifier) -> None:
    hearts(stress, 65.0, REST_MIN + 2)
    stress.reset()
    assert set(hearts(stress, 95.0, 5, 1000.0)) == {None}


def test_a_face_alone_has_the_confidence_of_a_face(stress: StressClassifier, model: OnnxModel) -> None:
    answer = drive(stress, CALM, 31)[-1]
    assert answer is not None
    assert answer.confidence == pytest.approx(confidence(model, dict.fromkeys(EXPRESSIONS, 0.1)))


def test_channels_are_read_against_their_own_rest() -> None:
    channels = Channels()
    for second in range(60 * (REST_MIN + 3)):
        leaning = 4.0 * (-1) ** second if second > 60 * (REST_MIN + 1) else 0.4 * (-1) ** second
        channels.add(
            float(second),
            StressInputs(
                heart_rate_bpm=60.0, rmssd_ms=40.0, voice_arousal=0.3, head_motion_deg_s=6.0, lean_deg=leaning
            ),
        )
    found = channels.features()
    assert found["heart_rate"] == found["rmssd"] == 0.0
    assert found["voice_arousal"] == pytest.approx(0.0)
    assert found["head_restlessness"] == pytest.approx(0.0)
    assert found["body_restlessness"] == pytest.approx(np.log(10.0), abs=0.05)
    assert "sdnn" not in found
    assert "voice_anger" not in found
