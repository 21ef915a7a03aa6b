"""What the eyes add to the head, told on measures whose meaning is known."""

import math
from dataclasses import replace

import pytest

from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.gaze import EYE_GAIN, GazeDirection
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.landmarks import FaceRatios
from driver_monitor.signals.measures import Expression, FaceMeasures
from driver_monitor.signals.normal import RestingFace
from tests.signals.faces import Look, played

REST = RestingFace(look_up=0.08, look_down=0.15, iris_rise=0.075)
AHEAD = HeadPose(0.0, 0.0, 0.0)
FACE = FaceMeasures(
    FaceRatios(ear_left=0.3, ear_right=0.3, iris_left=0.0, iris_right=0.0, iris_rise=0.075, mouth_opening=0.05),
    AHEAD,
    Expression(look_up=0.08, look_down=0.15),
)
# As a real face measured when its eyes went down by some 20 degrees: iris, blendshape and lids all tell.
DOWN = replace(
    FACE,
    ratios=replace(FACE.ratios, iris_rise=0.02),
    expression=replace(FACE.expression, look_up=0.02, look_down=0.44),
)


def looking(face: FaceMeasures, openness: float | None, *, seconds: float = 1.0, fps: float = 30.0,
            head: HeadPose = AHEAD, eyes: EyeState = EyeState.OPEN) -> tuple[float, float]:  # fmt: skip
    """Yaw and pitch after a second ahead and ``seconds`` of this."""
    gaze, t_s, found = GazeDirection(), 0.0, (0.0, 0.0)
    for shown, opening, length_s in ((FACE, 1.0, 1.0), (face, openness, seconds)):
        for _ in range(round(length_s * fps)):
            t_s += 1 / fps
            found = gaze.update(t_s, 1 / fps, shown, head, rest=REST, eyes=eyes, openness=opening)
    return found


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_eyes_that_go_down_with_their_lids_look_down(fps: float) -> None:
    assert looking(DOWN, 0.6, fps=fps)[1] == pytest.approx(-19, abs=2)


@pytest.mark.parametrize(
    ("face", "openness"),
    [
        (DOWN, 1.05),  # raised brows: wide eyes, the iris low between its corners
        (replace(FACE, expression=replace(FACE.expression, look_down=0.5)), 0.5),  # drowsy lids over an iris that stays
        (replace(DOWN, expression=replace(DOWN.expression, smile=0.9)), 0.6),  # a broad smile
        (replace(FACE, ratios=DOWN.ratios), 0.6),  # landmarks that slipped, without the blendshape
    ],
)
def test_one_cue_alone_is_no_look_down(face: FaceMeasures, openness: float) -> None:
    assert looking(face, openness)[1] > -5


def test_a_blink_is_no_look_down() -> None:
    gaze, t_s, lowest = GazeDirection(), 0.0, 0.0
    for opening in [1.0] * 30 + ([0.6, 0.4, 0.1, 0.1, 0.4, 0.6, 0.8] + [1.0] * 20) * 5:
        t_s += 1 / 30
        face = FACE if opening > 0.9 else DOWN
        lowest = min(lowest, gaze.update(t_s, 1 / 30, face, AHEAD, rest=REST, eyes=EyeState.OPEN, openness=opening)[1])
    assert lowest > -1


def test_lids_that_cover_the_eye_in_a_look_down_put_it_far_below_the_head() -> None:
    head = HeadPose(0, -15, 0)
    assert looking(FACE, 0.1, head=head, eyes=EyeState.GLANCE_DOWN)[1] == pytest.approx(-35, abs=0.5)


def test_the_iris_tells_a_look_to_the_side() -> None:
    left = replace(FACE, ratios=replace(FACE.ratios, iris_left=0.2, iris_right=0.2))
    assert looking(left, 1.0)[0] == pytest.approx(28.7, abs=0.5)
    assert looking(left, 1.0, head=HeadPose(20, 0, 0))[0] == pytest.approx(48.7, abs=0.5)


@pytest.mark.parametrize(("head_yaw_deg", "kept"), [(-24.0, True), (-20.0, True), (0.0, False)])
def test_eyes_seen_aside_before_they_narrowed_went_with_the_head_that_turned_since(
    head_yaw_deg: float, kept: bool
) -> None:
    """A yawn that begins in a look at the radio: lids too narrow to tell where the eyes are; the head comes back."""
    aside = replace(FACE, ratios=replace(FACE.ratios, iris_left=-0.2, iris_right=-0.2))
    gaze, t_s, found = GazeDirection(), 0.0, (0.0, 0.0)
    for shown, opening, yaw_deg, length_s in ((aside, 1.0, -24.0, 1.0), (FACE, 0.3, head_yaw_deg, 1.5)):
        for _ in range(round(length_s * 30)):
            t_s += 1 / 30
            head = HeadPose(yaw_deg, 0.0, 0.0)
            found = gaze.update(t_s, 1 / 30, shown, head, rest=REST, eyes=EyeState.OPEN, openness=opening)
    eyes_deg = found[0] - head_yaw_deg
    assert eyes_deg < -15 if kept else eyes_deg == pytest.approx(0.0, abs=0.1)


def test_eyes_that_cannot_be_judged_leave_it_to_the_head() -> None:
    left = replace(DOWN, ratios=replace(DOWN.ratios, iris_left=0.2, iris_right=0.2))
    assert looking(left, None, head=HeadPose(10, -5, 0)) == pytest.approx((10, -5))


def test_on_a_head_turned_far_from_the_camera_the_iris_means_nothing() -> None:
    turned = replace(FACE, ratios=replace(FACE.ratios, iris_left=0.2, iris_right=0.2), pose=HeadPose(45, 0, 0))
    assert looking(turned, 1.0, head=HeadPose(45, 0, 0))[0] == pytest.approx(45)


def test_a_blink_over_a_look_down_is_no_look_further_down() -> None:
    gaze, t_s, head = GazeDirection(), 0.0, HeadPose(0, -19, 0)
    lowest = 0.0
    for opening in [1.0] * 30 + [0.6, 0.3, 0.1, 0.1, 0.1, 0.2, 0.4, 0.6, 0.8] + [1.0] * 20:
        t_s += 1 / 30
        eyes = EyeState.GLANCE_DOWN if opening < 0.5 else EyeState.OPEN
        lowest = min(lowest, gaze.update(t_s, 1 / 30, FACE, head, rest=REST, eyes=eyes, openness=opening)[1])
    assert lowest == pytest.approx(-19, abs=0.5)


def test_irises_that_contradict_each_other_leave_it_to_the_head() -> None:
    """Measured on a portrait turned 34 deg aside: 0.5 of the eye's width in one eye, -0.18 in the other."""
    lost = replace(DOWN, ratios=replace(DOWN.ratios, iris_left=-0.18, iris_right=0.5))
    assert looking(lost, 0.7, head=HeadPose(-12, 2, 0)) == pytest.approx((-12, 2))


def test_eyes_that_seem_to_stay_behind_a_turning_head_went_with_it() -> None:
    """Measured on a portrait before a camera on the left pillar, its eyes straight: -0.09 at 38 deg to the left."""
    behind = replace(FACE, ratios=replace(FACE.ratios, iris_left=-0.08, iris_right=-0.1))
    assert looking(behind, 1.0, head=HeadPose(38, 0, 0))[0] == pytest.approx(38, abs=0.5)


def test_eyes_that_do_stay_on_the_road_bring_the_gaze_back_most_of_the_way() -> None:
    on_road = -math.sin(math.radians(20)) / EYE_GAIN
    staying = replace(FACE, ratios=replace(FACE.ratios, iris_left=on_road, iris_right=on_road))
    assert looking(staying, 1.0, head=HeadPose(20, 0, 0))[0] == pytest.approx(7, abs=1)


def test_how_far_the_eyes_had_their_say_is_known() -> None:
    gaze = GazeDirection()

    def known(face: FaceMeasures, openness: float | None) -> float:
        for index in range(30):
            gaze.update(index / 30, 1 / 30, face, AHEAD, rest=REST, eyes=EyeState.OPEN, openness=openness)
        return gaze.eyes_known

    assert known(FACE, 1.0) == pytest.approx(1.0)
    assert known(replace(FACE, pose=HeadPose(45, 0, 0)), 1.0) < 0.01
    assert known(FACE, None) == 0.0


def test_a_lowered_head_whose_eyes_seem_to_look_up_still_looks_down() -> None:
    """Measured on a portrait turned 24 deg down: the landmarks put the iris as if the eyes looked up as far."""
    seeming = replace(
        FACE, ratios=replace(FACE.ratios, iris_rise=0.15), expression=replace(FACE.expression, look_up=0.45)
    )
    assert looking(seeming, 0.9, head=HeadPose(-30, -24, 0))[1] < -14


def test_a_broad_smile_is_no_look_down() -> None:
    """Measured on a face that looks into the camera: smile 0.85, lids 0.6 open, look-down 0.2, head 5 deg down."""
    smiling = Look(0.6, smile=0.85, pitch_deg=-5)
    found = played([(2, Look()), (5, smiling)])
    assert {signals.on_road for signals in found[30:]} == {True}
    assert min(signals.gaze_pitch_deg or 0.0 for signals in found) > -6
