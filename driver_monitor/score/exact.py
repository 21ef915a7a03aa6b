"""Exact intervals for counts of independent events, where drawing drives anew has nothing to say."""

import math
from collections.abc import Callable

TAIL = 0.025  # on either side of 95 %


def of_share(hits: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share, for ``hits`` of ``n``."""
    low = _solve(lambda p: 1 - _binomial(hits - 1, n, p), 0.0, 1.0) if hits else 0.0
    high = _solve(lambda p: -_binomial(hits, n, p), 0.0, 1.0, -TAIL) if hits < n else 1.0
    return low, high


def of_count(count: int) -> tuple[float, float]:
    """Garwood's interval of a Poisson mean."""
    most = count + 10 * math.sqrt(count + 1) + 10
    low = _solve(lambda mean: 1 - _poisson(count - 1, mean), 0.0, most) if count else 0.0
    return low, _solve(lambda mean: -_poisson(count, mean), 0.0, most, -TAIL)


def _binomial(most: int, n: int, p: float) -> float:
    """Probability of at most ``most`` hits."""
    if p <= 0.0 or p >= 1.0:
        return float(p <= 0.0 or most >= n)
    terms = (
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
        for k in range(most + 1)
    )
    return math.fsum(map(math.exp, terms))


def _poisson(most: int, mean: float) -> float:
    """Probability of at most ``most`` events."""
    if mean <= 0.0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))


def _solve(rising: Callable[[float], float], low: float, high: float, wanted: float = TAIL) -> float:
    """Where a rising function takes the value ``wanted``, by halving."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
