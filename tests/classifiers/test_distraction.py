from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.classifiers.distraction import FEATURES, STEPS, UNCERTAIN, DistractionClassifier
from driver_monitor.classifiers.gaze_grid import shares
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.signals import GazeConfig, SignalsConfig, ZoneConfig
from driver_monitor.signals.zones import mirrored
from driver_monitor.state.driver_state import Distraction
from driver_monitor.state.signals import Signals
from driver_monitor.state.zone import ELSEWHERE, ROAD

RIGHT_HAND_DRIVE = Config(face=FaceConfig(seat="right"))


class CountingModel(OnnxModel):
    """The shipped model, counting how often it is run."""

    runs = 0

    def run(self, **inputs):  # type: ignore[no-untyped-def]
        self.runs += 1
        return super().run(**inputs)


@pytest.fixture(scope="module")
def model() -> CountingModel:
    return CountingModel(models_dir(Config()) / "distraction.onnx")


def look(yaw_deg: float, pitch_deg: float, head_share: float = 0.6, **changes: object) -> Signals:
    """A steady look in a direction, with so much of the horizontal part done by the head."""
    signals = Signals(
        tracking="tracked", quality=1.0, quality_eyes=1.0, quality_gaze=1.0, eyes="open", baseline="driver",
        yaw_deg=head_share * yaw_deg, pitch_deg=0.8 * pitch_deg, roll_deg=0.0,
        gaze_yaw_deg=yaw_deg, gaze_pitch_deg=0.88 * pitch_deg,
    )  # fmt: skip
    return replace(signals, **changes)  # type: ignore[arg-type]


def watch(
    classifier: DistractionClassifier, signals: Signals, start_s: float = 0.0, length_s: float = 1.5, fps: float = 30.0
) -> Distraction | None:
    answer = None
    for number in range(round(length_s * fps)):
        answer = classifier.update(replace(signals, t_s=start_s + number / fps))
    return answer


@pytest.mark.parametrize(
    ("yaw_deg", "pitch_deg", "zone"),
    [
        (0, 0, "road"),
        (4, -2, "road"),
        (42, -10, "left_mirror"),
        (-34, 10, "inner_mirror"),
        (-58, -8, "right_mirror"),
        (-30, -26, "console"),
        (0, -45, "lap"),
        (80, 0, "left_window"),
    ],
)
@pytest.mark.parametrize("fps", [10, 30])
def test_a_steady_look_gives_its_zone(
    model: OnnxModel, yaw_deg: float, pitch_deg: float, zone: str, fps: float
) -> None:
    answer = watch(DistractionClassifier(model, Config(), min_confidence=0.8), look(yaw_deg, pitch_deg), fps=fps)
    assert answer is not None
    assert answer.zone == zone
    assert (answer.on_road > 0.5) == (zone == "road")


@pytest.mark.parametrize("head_share", [0.25, 0.5, 0.8])
def test_owls_and_lizards_are_both_understood(model: OnnxModel, head_share: float) -> None:
    answer = watch(DistractionClassifier(model, Config()), look(42, -10, head_share))
    assert answer is not None
    assert answer.on_road < 0.2


def test_right_hand_drive_is_the_mirror_image(model: OnnxModel) -> None:
    here = watch(DistractionClassifier(model, Config()), look(42, -10))
    there = watch(DistractionClassifier(model, RIGHT_HAND_DRIVE), look(-42, -10))
    assert here is not None
    assert there is not None
    assert (here.zone, there.zone) == ("left_mirror", "right_mirror")
    assert there.confidence == pytest.approx(here.confidence, abs=1e-6)


def with_zones(**changed: ZoneConfig) -> Config:
    return Config(signals=SignalsConfig(gaze=GazeConfig(zones={**GazeConfig().zones, **changed})))


def test_a_zone_that_the_config_moves_or_adds_is_where_the_config_says(model: OnnxModel) -> None:
    below = ZoneConfig(yaw_deg=0, pitch_deg=-55, half_width_deg=10, half_height_deg=4)
    config = with_zones(tablet=GazeConfig().zones["console"], console=below)
    answer = watch(DistractionClassifier(model, config), look(-30, -26))
    assert answer is not None
    assert answer.zone == "tablet"
    moved = with_zones(left_mirror=ZoneConfig(yaw_deg=42, pitch_deg=25, half_width_deg=10, half_height_deg=6))
    answer = watch(DistractionClassifier(model, moved), look(42, -10), length_s=1.5)
    assert answer is not None
    assert answer.zone != "left_mirror"


def test_the_models_own_zones_are_those_of_the_default_config(model: OnnxModel) -> None:
    window = np.random.default_rng(3).normal(0, 10, (64, STEPS, len(FEATURES))).astype(np.float32)
    said = model.run(gaze=window)
    names = (ROAD, *GazeConfig().zones, ELSEWHERE)
    of_config = said["directions"] @ shares(GazeConfig(), names)
    own = [names.index(name) for name in model.card.classes["zones"]]
    over_shoulder = of_config[:, [names.index(name) for name in names if name.endswith("_shoulder")]].sum(axis=1)
    assert np.abs(of_config[:, own] - said["zones"]).max() <= over_shoulder.max() + 1e-5


def test_what_belongs_to_driving_is_no_visual_distraction(model: OnnxModel) -> None:
    for (yaw, pitch), low, high in (((0, 0), 0, 0.1), ((42, -10), 0, 0.4), ((0, -45), 0.8, 1), ((-30, -26), 0.5, 1)):
        answer = watch(DistractionClassifier(model, Config()), look(yaw, pitch), length_s=4.0)
        assert answer is not None
        assert answer.visual is not None
        assert low <= answer.visual <= high, (yaw, pitch)


def test_a_gaze_that_crosses_the_lap_is_not_yet_a_distraction(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    watch(classifier, look(0, 0), length_s=3.0)
    crossing = watch(classifier, look(0, -45), start_s=3.0, length_s=0.4)
    staying = watch(classifier, look(0, -45), start_s=3.4, length_s=3.0)
    assert crossing is not None
    assert staying is not None
    assert crossing.visual is not None
    assert staying.visual is not None
    assert crossing.visual < 0.4 < 0.8 < staying.visual


def test_cognitive_distraction_is_the_daydream_and_not_known_before_it_is(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    early = watch(classifier, look(0, 0))
    later = watch(classifier, look(0, 0, daydream=0.7), start_s=1.5)
    assert early is not None
    assert later is not None
    assert (early.cognitive, later.cognitive) == (None, 0.7)


def test_mirroring_twice_changes_nothing() -> None:
    for zone in ("road", "left_mirror", "right_mirror", "left_window", "console"):
        assert mirrored(mirrored(zone)) == zone


def test_a_look_that_could_be_two_things_is_uncertain(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    rim = [
        watch(classifier, look(yaw, pitch), start_s=10.0 * number)
        for number, (yaw, pitch) in enumerate((y, p) for y in range(-70, 71, 5) for p in range(-40, 21, 5))
    ]
    unsure = [answer for answer in rim if answer is not None and answer.zone == UNCERTAIN]
    assert unsure
    assert all(answer.confidence < model.card.thresholds["min_confidence"] for answer in unsure)


def test_with_nothing_to_go_by_it_does_not_name_a_zone_surely(model: OnnxModel) -> None:
    """A head to the side, poorly seen, eyes not seen at all: less sure than the same look seen well."""
    seen_well = watch(DistractionClassifier(model, Config()), look(42, -10))
    poor = look(42, -10, quality=0.1, quality_gaze=0.03, gaze_yaw_deg=25.2, gaze_pitch_deg=-8.0)
    seen_poorly = watch(DistractionClassifier(model, Config()), poor)
    assert seen_well is not None
    assert seen_poorly is not None
    assert seen_poorly.confidence < seen_well.confidence


def test_no_tracked_face_no_answer_and_the_old_one_is_not_kept(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    assert watch(classifier, look(0, 0)) is not None
    assert classifier.update(Signals(t_s=1.6, tracking="no_face")) is None
    assert classifier.update(Signals(t_s=1.7, tracking="not_driver")) is None
    assert classifier.update(replace(look(0, 0), t_s=1.8)) is not None


def test_a_blink_changes_nothing_but_shut_eyes_look_nowhere(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    watch(classifier, look(0, 0))
    blink = look(0, 0, eyes="closed", eyes_closed_s=0.2)
    answer = watch(classifier, blink, start_s=1.5, length_s=0.2)
    assert answer is not None
    assert answer.zone == "road"
    asleep = look(0, 0, eyes="closed", eyes_closed_s=0.6)
    assert watch(classifier, asleep, start_s=1.7, length_s=0.5) is None


@pytest.mark.parametrize("hole", ["yaw_deg", "pitch_deg", "roll_deg"])
def test_missing_or_broken_angles_are_no_answer(model: OnnxModel, hole: str) -> None:
    classifier = DistractionClassifier(model, Config())
    for value in (None, float("nan")):
        broken = replace(look(0, 0), **{hole: value})  # type: ignore[arg-type]
        assert classifier.update(broken) is None


def test_the_net_runs_ten_times_a_second_at_any_frame_rate(model: CountingModel) -> None:
    for fps in (30, 60, 120):
        before = model.runs
        watch(DistractionClassifier(model, Config()), look(0, 0), length_s=2.0, fps=fps)
        assert 17 <= model.runs - before <= 21


def test_a_glance_shows_within_half_a_second(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    watch(classifier, look(0, 0), length_s=2.0)
    answer = watch(classifier, look(0, -45), start_s=2.0, length_s=0.5)
    assert answer is not None
    assert answer.on_road < 0.5


def test_reset_forgets_what_was_seen(model: OnnxModel) -> None:
    classifier = DistractionClassifier(model, Config())
    watch(classifier, look(0, -45))
    classifier.reset()
    fresh = DistractionClassifier(model, Config())
    signals = replace(look(0, 0), t_s=1.5)
    assert classifier.update(signals) == fresh.update(signals)


def test_the_card_says_that_no_real_driver_was_seen(model: OnnxModel) -> None:
    text = model.path.with_suffix(".md").read_text(encoding="utf-8")
    assert "never seen a real driver" in text
    assert "## Limits" in text
