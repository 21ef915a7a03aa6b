"""The rotation that a 3 x 3 matrix comes nearest to, in closed form.

Markley's fast optimal attitude matrix (Journal of the Astronautical Sciences 41(2), 1993). On so small a matrix plain
floats are many times faster than LAPACK, whose code is never in the cache between two frames.
"""

import math
from typing import Final

Rows = list[list[float]]

_STEPS: Final = 30  # of Newton's method; a face takes six
_EXACT: Final = 1e-14
_FLAT: Final = 1e-6  # below it no rotation is nearer than others


def nearest_rotation(matrix: Rows) -> tuple[Rows, float] | None:
    """The rotation R with the largest trace(R' M), and that trace; None where many or none are so."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = (
        (e * i - f * h, f * g - d * i, d * h - e * g),
        (c * h - b * i, a * i - c * g, b * g - a * h),
        (b * f - c * e, c * d - a * f, a * e - b * d),
    )
    determinant = a * cofactors[0][0] + b * cofactors[0][1] + c * cofactors[0][2]
    squares = a * a + b * b + c * c + d * d + e * e + f * f + g * g + h * h + i * i
    if not 0.0 < squares < math.inf:
        return None
    trace = _largest_trace(determinant, squares, sum(x * x + y * y + z * z for x, y, z in cofactors))
    kappa = (trace * trace - squares) / 2
    size = kappa * trace - determinant
    if not size > _FLAT * squares * math.sqrt(squares):
        return None
    # M M' is symmetric
    aa, ab, ac = a * a + b * b + c * c, a * d + b * e + c * f, a * g + b * h + c * i
    bb, bc, cc = d * d + e * e + f * f, d * g + e * h + f * i, g * g + h * h + i * i
    whole = kappa + squares
    rotation = [
        [((whole - own) * row[k] + trace * cofactor[k] - one * first[k] - other * second[k]) / size for k in (0, 1, 2)]
        for row, cofactor, own, one, first, other, second in (
            (matrix[0], cofactors[0], aa, ab, matrix[1], ac, matrix[2]),
            (matrix[1], cofactors[1], bb, ab, matrix[0], bc, matrix[2]),
            (matrix[2], cofactors[2], cc, ac, matrix[0], bc, matrix[1]),
        )
    ]
    return rotation, trace


def _largest_trace(determinant: float, squares: float, cofactor_squares: float) -> float:
    """The largest root of (t^2 - squares)^2 - 8 determinant t - 4 cofactor_squares, by Newton's method from above."""
    trace = math.sqrt(3 * squares)
    for _ in range(_STEPS):
        rest = trace * trace - squares
        slope = 4 * (rest * trace - 2 * determinant)
        if slope <= 0:
            break
        step = (rest * rest - 8 * determinant * trace - 4 * cofactor_squares) / slope
        trace -= step
        if abs(step) <= _EXACT * trace:
            break
    return trace
