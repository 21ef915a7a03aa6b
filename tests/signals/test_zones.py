from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.state.zone import ELSEWHERE, ROAD, UNKNOWN, Gaze

ZONES = ZoneMap(GazeConfig())
MIRRORED = ZoneMap(GazeConfig(), seat="right")


@pytest.mark.parametrize(
    ("yaw_deg", "pitch_deg", "zone", "gaze"),
    [
        (0, 0, "road", Gaze.ROAD),
        (-12, 5, "road", Gaze.ROAD),
        (42, -10, "left_mirror", Gaze.DRIVING_TASK),
        (-34, 10, "inner_mirror", Gaze.DRIVING_TASK),
        (-58, -8, "right_mirror", Gaze.DRIVING_TASK),
        (0, -20, "cluster", Gaze.DRIVING_TASK),
        (-30, -25, "console", Gaze.AWAY),
        (0, -40, "lap", Gaze.AWAY),
        (-77, 0, "passenger", Gaze.AWAY),
        (75, 5, "left_window", Gaze.AWAY),
        (112, 0, "left_shoulder", Gaze.AWAY),
        (-112, 0, "right_shoulder", Gaze.AWAY),
        (0, 35, ELSEWHERE, Gaze.AWAY),
    ],
)
def test_directions_have_names_and_the_other_seat_sees_them_mirrored(
    yaw_deg: float, pitch_deg: float, zone: str, gaze: Gaze
) -> None:
    assert ZONES.zone(yaw_deg, pitch_deg) == zone
    assert ZONES.gaze(zone) is gaze
    side, _, rest = zone.partition("_")
    other = {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, zone)
    assert MIRRORED.zone(-yaw_deg, pitch_deg) == other
    assert MIRRORED.gaze(other) is gaze


def test_an_unknown_zone_is_an_unknown_gaze() -> None:
    assert ZONES.gaze(UNKNOWN) is Gaze.UNKNOWN


def changes(yaws: list[float], pitch_deg: float = 0.0) -> int:
    zones = [ZONES.zone(yaws[0], pitch_deg)]
    for yaw in yaws[1:]:
        zones.append(ZONES.zone(yaw, pitch_deg, zones[-1]))
    return sum(a != b for a, b in pairwise(zones))


@pytest.mark.parametrize(("rim_deg", "pitch_deg"), [(21.6, 0.0), (-22.3, 10.0), (-45.5, 0.0)])
def test_a_gaze_along_a_rim_does_not_flutter(rim_deg: float, pitch_deg: float) -> None:
    assert changes([rim_deg + (0.6 if index % 2 else -0.6) for index in range(40)], pitch_deg) <= 1


@given(st.floats(-130, 130), st.floats(-70, 50))
def test_when_in_doubt_it_is_not_the_road(yaw_deg: float, pitch_deg: float) -> None:
    """What was looked at before may take a direction away from the road, and never gives one to it."""
    if ZONES.zone(yaw_deg, pitch_deg) != ROAD:
        for held in (ROAD, "left_mirror", ELSEWHERE):
            assert ZONES.zone(yaw_deg, pitch_deg, held) != ROAD
