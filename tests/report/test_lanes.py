import random

import numpy as np
import pytest

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report.lanes import lanes
from driver_monitor.report.plots import coarser, plots
from driver_monitor.report.svg import Scale, envelope_path
from driver_monitor.state.blink import Blink
from driver_monitor.timeline.timeline import Timeline, Track
from tests.report.drive import tracked

BLINKS = 1032
BLINK = Blink(start_s=0.0, end_s=0.2, amplitude=1.0, opening_velocity=10.0, frequency_hz=0.3)


@pytest.fixture(scope="module")
def an_hour() -> Timeline:
    """Attentive, with 1,032 blinks of 0.2 s and two closures of 2 s."""
    timeline, chosen = Timeline(), random.Random(1)
    closures = [range(10 * t_s, 10 * t_s + 20) for t_s in (900, 2700)]
    seconds = [t_s for t_s in range(3, 3595) if t_s not in range(895, 905) and t_s not in range(2695, 2705)]
    blinks = sorted(chosen.sample(seconds, BLINKS))
    shut_at = {10 * t_s + k for t_s in blinks for k in (0, 1)} | {k for closure in closures for k in closure}
    ended = {10 * t_s + 2 for t_s in blinks}
    closed_s = 0.0
    for k in range(36_000):
        shut = k in shut_at
        closed_s = closed_s + 0.1 if shut else 0.0
        state = tracked(
            k / 10, openness=0.02 if shut else 1.0, eyes="closed" if shut else "open", eyes_closed_s=closed_s,
            blink=k in ended, completed_blink=BLINK if k in ended else None,
        )  # fmt: skip
        timeline.add(state)
    return timeline


def test_an_hour_of_blinks_is_a_density_and_only_closures_are_bars(an_hour: Timeline) -> None:
    rows = {lane.label: lane for lane in lanes(an_hour, ())}
    closures = rows["closed 0.5 s or more"].bars
    assert [(round(bar.start_s), round(bar.end_s)) for bar in closures] == [(900, 902), (2700, 2702)]
    cells = rows["blinks"].bars
    assert len(cells) <= 240
    assert {bar.end_s - bar.start_s for bar in cells[:-1]} == {15.0}
    assert sum(int(bar.title.split()[0]) for bar in cells) == BLINKS
    assert len({bar.cls for bar in cells}) >= 4  # shades, not one solid bar
    assert "eyes closed" not in rows


def test_the_lids_of_an_hour_are_a_band_with_its_median(an_hour: Timeline) -> None:
    track = an_hour.track("openness")
    lids = plots(SignalsConfig(), speed="")[0]
    assert [curve.keep for curve in lids.curves] == ["median", "band"]
    middle = coarser(track, 800, median=True)
    assert np.array_equal(middle.low, middle.high)
    assert np.mean(middle.high > 0.9) > 0.99  # blinks do not pull it down
    around = coarser(track, 800)
    assert np.mean(around.low < 0.1) > 0.5  # but the band tells of them


def test_a_band_is_closed_and_ends_where_nothing_is_known() -> None:
    t_s = np.arange(6.0)
    low = np.array([0, 0, np.nan, 1, 1, 1], np.float32)
    high = np.array([2, 2, np.nan, 3, 3, 3], np.float32)
    x, y = Scale(0, 6, 0, 60), Scale(0, 4, 40, 0)
    area = envelope_path(Track(t_s, low, high), "band", x, y, gap_s=2.0)
    assert area == "M0 20L10 20L10 40L0 40zM30 10L40 10L50 10L50 30L40 30L30 30z"
    assert envelope_path(Track(t_s, low, high), "median", x, y, gap_s=2.0) == "M0 30h.5L10 30M30 20h.5L40 20L50 20"
