from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.face.driver_choice import DriverChoice, FaceBox

FORGET_S = 10.0


def face(x: float, size: float = 0.2) -> FaceBox:
    return FaceBox(x, 0.3, size, 1.25 * size)


def choice(seat: Literal["left", "right"] = "left") -> DriverChoice:
    return DriverChoice(seat, min_face_share=0.08, forget_s=FORGET_S)


def follow(policy: DriverChoice, at: FaceBox, from_s: float, to_s: float) -> None:
    for tenth in range(round(from_s * 10), round(to_s * 10) + 1):
        policy.follow(tenth / 10, at)


def seated(*others: FaceBox) -> DriverChoice:
    """A left-hand-drive driver at 0.75 of the picture, followed for 5 s, others having been in view."""
    policy = choice()
    assert policy.choose(0.0, [face(0.75), *others]) == 0
    follow(policy, face(0.75), 0.0, 5.0)
    return policy


@pytest.mark.parametrize(("seat", "chosen"), [("left", 1), ("right", 0)])
def test_of_two_equal_faces_the_seat_decides(seat: Literal["left", "right"], chosen: int) -> None:
    assert choice(seat).choose(0.0, [face(0.25), face(0.75)]) == chosen


def test_a_larger_passenger_is_still_the_passenger() -> None:
    assert choice().choose(0.0, [face(0.3, 0.3), face(0.75, 0.2)]) == 1


def test_a_rear_passenger_on_the_drivers_side_is_not_the_driver() -> None:
    assert choice().choose(0.0, [face(0.45, 0.3), face(0.8, 0.1)]) == 0


@pytest.mark.parametrize("seat", ["left", "right"])
@pytest.mark.parametrize("x", [0.3, 0.5, 0.7])
def test_a_lone_face_before_the_camera_is_the_driver_on_either_side_of_the_middle(
    seat: Literal["left", "right"], x: float
) -> None:
    assert choice(seat).choose(0.0, [face(x)]) == 0


def test_a_lone_face_at_the_passengers_edge_is_not() -> None:
    assert choice("left").choose(0.0, [face(0.15)]) is None
    assert choice("right").choose(0.0, [face(0.85)]) is None


def test_a_face_too_small_is_nobody() -> None:
    assert choice().choose(0.0, [face(0.6, 0.05)]) is None


def test_the_driver_stays_chosen_while_a_larger_passenger_leans_in() -> None:
    policy = seated(face(0.25))
    for step in range(10):
        t_s = 5.1 + step / 10
        leaning = face(0.25 + 0.03 * step, 0.2 + 0.02 * step)
        assert policy.choose(t_s, [leaning, face(0.75)]) == 1
        policy.follow(t_s, face(0.75))


def test_a_passenger_who_hides_the_driver_is_not_taken_for_the_driver() -> None:
    policy = seated(face(0.25))
    for step in range(12):
        leaning = face(0.25 + 0.04 * step, 0.2 + 0.02 * step)
        faces = [leaning, face(0.75)] if step < 8 else [leaning]
        assert policy.choose(5.1 + 0.25 * step, faces) == (1 if step < 8 else None)


def test_the_passenger_alone_is_not_the_driver_until_the_drivers_place_is_forgotten() -> None:
    policy = seated(face(0.42))
    assert policy.choose(6.0, [face(0.42)]) is None
    assert policy.choose(14.9, [face(0.42)]) is None
    assert policy.choose(15.1, [face(0.42)]) == 0


def test_a_passenger_seen_beside_the_driver_never_becomes_the_driver_on_the_passengers_side() -> None:
    policy = seated(face(0.25))
    assert all(policy.choose(5.0 + t_s, [face(0.25)]) is None for t_s in range(1, 100))


def test_the_driver_is_the_driver_again_after_a_long_absence() -> None:
    policy = seated(face(0.25))
    assert policy.choose(65.0, [face(0.25), face(0.72)]) == 1


def test_a_turn_of_the_head_and_a_brief_loss_change_nothing() -> None:
    policy = seated(face(0.25))
    turned = FaceBox(0.71, 0.31, 0.12, 0.24)
    assert policy.choose(6.5, [face(0.25), turned]) == 1


def test_a_tracker_that_slid_onto_the_passenger_is_put_back() -> None:
    policy = seated(face(0.25))
    for step in range(5):
        policy.follow(5.0 + step / 10, face(0.75 - 0.08 * step))
    assert policy.choose(5.5, [face(0.43), face(0.75)]) == 1


def test_a_lone_driver_found_again_elsewhere_is_the_driver_soon() -> None:
    policy = seated()
    assert policy.choose(6.0, [face(0.3)]) is None
    assert policy.choose(7.1, [face(0.3)]) == 0


def test_one_frame_of_a_false_face_does_not_keep_the_driver_out() -> None:
    policy = choice()
    assert policy.choose(0.0, [face(0.8)]) == 0
    policy.follow(0.0, face(0.8))
    assert policy.choose(0.5, [face(0.45)]) == 0


# 256ths, so that mirroring is exact.
boxes = st.builds(face, st.integers(0, 256).map(lambda n: n / 256), st.integers(5, 150).map(lambda n: n / 256))


@given(st.lists(st.lists(boxes, max_size=4), max_size=20), st.sampled_from(["left", "right"]))
def test_the_choice_is_always_one_of_the_faces_and_mirrors_with_the_seat(
    scenes: list[list[FaceBox]], seat: Literal["left", "right"]
) -> None:
    policy, mirrored = choice(seat), choice("right" if seat == "left" else "left")
    for number, faces in enumerate(scenes):
        chosen = policy.choose(number / 4, faces)
        flipped = [FaceBox(1 - box.x, box.y, box.width, box.height) for box in faces]
        other = mirrored.choose(number / 4, flipped)
        assert chosen is None or 0 <= chosen < len(faces)
        if chosen != other:  # only faces that score the same to rounding may differ
            assert chosen is not None
            assert other is not None
            assert faces[chosen].size == pytest.approx(faces[other].size, rel=1e-6, abs=1e-6)
            return
        if chosen is not None:
            policy.follow(number / 4, faces[chosen])
            mirrored.follow(number / 4, flipped[chosen])
