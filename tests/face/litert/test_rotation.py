import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from driver_monitor.face.litert.rotation import nearest_rotation

Matrix = NDArray[np.float64]


def by_lapack(matrix: Matrix) -> Matrix:
    left, _, right = np.linalg.svd(matrix)
    if np.linalg.det(left @ right) < 0:
        left[:, 2] *= -1
    rotation: Matrix = left @ right
    return rotation


@given(
    st.lists(st.floats(-1, 1), min_size=9, max_size=9).map(lambda values: np.array(values).reshape(3, 3)),
    st.floats(1e-3, 1e3),
)
def test_it_is_the_one_that_lapack_finds_mirrored_or_not(shape: Matrix, size: float) -> None:
    matrix = size * shape
    _, second, third = np.linalg.svd(shape)[1]
    assume(second - third > 0.05)  # else two rotations are equally near where the matrix mirrors
    found = nearest_rotation(matrix.tolist())
    assert found is not None
    rotation, trace = found
    np.testing.assert_allclose(rotation, by_lapack(matrix), atol=1e-6)
    assert trace == pytest.approx(float((np.array(rotation) * matrix).sum()), rel=1e-6)


@pytest.mark.parametrize(
    "matrix", [np.zeros((3, 3)), np.diag((1.0, 0.0, 0.0)), np.full((3, 3), math.nan), np.full((3, 3), math.inf)]
)
def test_a_matrix_without_a_nearest_rotation_has_none(matrix: Matrix) -> None:
    assert nearest_rotation(matrix.tolist()) is None
