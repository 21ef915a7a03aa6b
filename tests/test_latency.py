import math

import pytest

from driver_monitor.latency import Latency


def test_percentiles_are_right_to_a_few_percent() -> None:
    latency = Latency()
    for index in range(1, 1001):
        latency.add("rules", index * 1e-5)
    assert latency.percentile_s("rules", 0.5) == pytest.approx(5e-3, rel=0.05)
    assert latency.percentile_s("rules", 0.99) == pytest.approx(9.9e-3, rel=0.05)
    assert latency.longest_s("rules") == pytest.approx(1e-2)
    assert latency.count("rules") == 1000


def test_a_latency_that_is_not_known_is_not_counted() -> None:
    latency = Latency()
    latency.add("capture", math.nan)
    assert latency.stages == ()
