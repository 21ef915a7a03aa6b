import json

from driver_monitor.camera.frame import Frame
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.state.alert import json_line
from tests.rules.states import rule, state, told


def moment(t_s: float) -> Moment:
    alerts = told({"away": rule("off_road_s >= 1")}, lambda _: {"off_road_s": float("inf")}, until_s=0.03)
    observation = FaceObservation(t_s, Tracking.NO_FACE, 640, 480)
    return Moment(
        state(t_s, openness=float("nan")),
        alerts if t_s == 0 else [],
        (),
        observation=observation,
        frame=Frame(t_s, None),
    )


def test_a_state_comes_once_a_second_of_media_time_and_alerts_at_once() -> None:
    lines = Lines()
    records = [record for index in range(91) for record in lines.of(moment(index / 30))]
    assert [(record["type"], record["t_s"]) for record in records] == [
        ("alert", 0.0),
        ("state", 0.0),
        ("state", 1.0),
        ("state", 2.0),
        ("state", 3.0),
    ]


def test_irregular_frames_keep_to_the_second() -> None:
    lines = Lines()
    times = [0.0, 0.4, 0.97, 1.3, 1.9, 2.05, 4.7, 4.9, 5.01]
    found = [r["t_s"] for t in times for r in lines.of(moment(t)) if r["type"] == "state"]
    assert found == [0.0, 1.3, 2.05, 4.7, 5.01]


def test_lines_are_strict_json_even_with_values_that_are_not() -> None:
    for record in Lines().of(moment(0.0)):
        assert json.loads(json_line(record))["type"] == record["type"]
