import pytest

from driver_monitor.score.exact import of_count, of_share


# As scipy's beta and chi-square quantiles have them.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 12, 0.0, 0.26465), (12, 12, 0.73535, 1.0), (5, 12, 0.15165, 0.72333), (200, 1000, 0.17562, 0.22616)],
)
def test_shares(hits: int, n: int, low: float, high: float) -> None:
    assert of_share(hits, n) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.68888), (1, 0.02532, 5.57164), (10, 4.79539, 18.39036), (200, 173.241, 229.722)],
)
def test_counts(count: int, low: float, high: float) -> None:
    assert of_count(count) == pytest.approx((low, high), abs=1e-3)
