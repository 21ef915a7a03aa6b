import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from driver_monitor.face.litert.geometry import Geometry, read_geometry
from driver_monitor.face.litert.nets import GEOMETRY
from driver_monitor.face.litert.pose import PoseFit


@pytest.fixture(scope="module")
def data(model: Path) -> bytes:
    with zipfile.ZipFile(model) as bundle:
        return bundle.read(GEOMETRY)


@pytest.fixture(scope="module")
def geometry(data: bytes) -> Geometry:
    return read_geometry(data)


def test_the_canonical_face_is_a_face(geometry: Geometry) -> None:
    assert geometry.vertices.shape == (468, 3)
    assert geometry.vertices[:, 2].argmax() in (1, 4)  # the nose's tip stands out
    assert geometry.vertices[10, 1] > geometry.vertices[152, 1]  # forehead above chin
    assert geometry.landmarks.shape == geometry.weights.shape
    assert (geometry.weights > 0).all()
    assert geometry.landmarks.max() < 468


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_geometry_that_is_cut_off_is_refused(data: bytes, share: float) -> None:
    with pytest.raises(ValueError, match="face geometry"):
        read_geometry(data[: int(share * len(data))])


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> NDArray[np.float64]:
    y, p, r = (math.radians(angle) for angle in (yaw_deg, pitch_deg, roll_deg))
    about_y = np.array(((math.cos(y), 0, math.sin(y)), (0, 1, 0), (-math.sin(y), 0, math.cos(y))))
    about_x = np.array(((1, 0, 0), (0, math.cos(p), -math.sin(p)), (0, math.sin(p), math.cos(p))))
    about_z = np.array(((math.cos(r), -math.sin(r), 0), (math.sin(r), math.cos(r), 0), (0, 0, 1)))
    turned: NDArray[np.float64] = about_z @ about_y @ about_x
    return turned


@given(
    angles=st.tuples(st.floats(-60, 60), st.floats(-40, 40), st.floats(-45, 45)),
    place=st.tuples(st.floats(-8, 8), st.floats(-6, 6), st.floats(-90, -35)),
)
def test_the_pose_of_a_face_seen_in_perspective_is_found_again(
    geometry: Geometry, angles: tuple[float, float, float], place: tuple[float, float, float]
) -> None:
    """Depths as the net gives them: of the face alone, in shares of the frame's width."""
    aspect, height_at_1 = 4 / 3, 2 * math.tan(math.radians(63) / 2)
    turned = rotation(*angles)
    points = geometry.vertices @ turned.T + place
    distance = -points[:, 2]
    landmarks = np.zeros((3, 478))
    landmarks[0, :468] = 0.5 + points[:, 0] / distance / (height_at_1 * aspect)
    landmarks[1, :468] = 0.5 - points[:, 1] / distance / height_at_1
    landmarks[2, :468] = (distance - distance.mean()) / distance.mean() / (height_at_1 * aspect)
    found = PoseFit(geometry).matrix(landmarks, aspect)
    scale = np.linalg.norm(found[:3, 0])
    off = math.acos(max(-1.0, min(1.0, (np.trace(turned.T @ found[:3, :3] / scale) - 1) / 2)))
    assert math.degrees(off) < 1.0
    np.testing.assert_allclose(found[:3, 3], place, atol=0.05 * abs(place[2]))
    assert found[3].tolist() == [0, 0, 0, 1]


def test_landmarks_that_span_no_face_have_no_pose(geometry: Geometry) -> None:
    np.testing.assert_array_equal(PoseFit(geometry).matrix(np.full((3, 478), 0.5), 4 / 3), np.eye(4))
