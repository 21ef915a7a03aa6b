"""OpenLABEL and VCD: frames become seconds, types become kinds."""

import json
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.imports.openlabel import read_openlabel
from driver_monitor.labels.label import Label

FILE = Path("dmd.json")
ACTIONS = {
    "0": {"name": "", "type": "driver_actions/phonecall_right", "frame_intervals": [
        {"frame_start": 30, "frame_end": 59}, {"frame_start": 90, "frame_end": 90}]},
    "1": {"name": "", "type": "gaze_on_road/looking_road", "frame_intervals": [{"frame_start": 0, "frame_end": 29}]},
    "2": {"name": "", "type": "yawning/Yawning with hand", "frame_intervals": [{"frame_start": 60, "frame_end": 89}]},
}  # fmt: skip


def read(data: Any, fps: float | None = 30.0) -> list[Label]:
    return [entry.label for entry in read_openlabel(FILE, json.dumps(data).encode(), fps).checked()]


def refused(data: Any, fps: float | None = 30.0) -> str:
    with pytest.raises(LabelError) as caught:
        read_openlabel(FILE, data if isinstance(data, bytes) else json.dumps(data).encode(), fps).checked()
    return str(caught.value)


def test_intervals_of_frames_become_labels_and_hold_both_their_frames() -> None:
    assert read({"openlabel": {"metadata": {"schema_version": "1.0.0"}, "actions": ACTIONS}}) == [
        Label("looking_road", 0.0, 1.0, note="gaze_on_road/looking_road"),
        Label("phone", 1.0, 2.0, note="driver_actions/phonecall_right"),
        Label("yawn", 2.0, 3.0, note="yawning/Yawning with hand"),
        Label("phone", 3.0, 91 / 30, note="driver_actions/phonecall_right"),
    ]


def test_the_older_vcd_keeps_its_actions_in_a_list_and_events_count_as_well() -> None:
    nap = {"type": "microsleep", "frame_intervals": [{"frame_start": 0, "frame_end": 44}]}
    found = read({"vcd": {"actions": list(ACTIONS.values())[:1], "events": {"a": nap}}})
    assert [(label.kind, label.start_s, label.end_s) for label in found] == [
        ("microsleep", 0.0, 1.5), ("phone", 1.0, 2.0), ("phone", 3.0, 91 / 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"metadata": {"fps": 25}},
        {"streams": {"face": {"stream_properties": {"sync": {"frame_rate": 25.0}}}, "body": {"type": "camera"}}},
        {"metadata": {"streams": {"face": {"stream_properties": {"fps": 25}}}}},
    ],
)
def test_the_frame_rate_may_stand_in_the_file(said: dict[str, Any]) -> None:
    data = {"openlabel": {"actions": {"0": ACTIONS["1"]}} | said}
    assert read(data, None)[0].end_s == 30 / 25
    assert read(data, 50.0)[0].end_s == 30 / 50


def test_without_a_frame_rate_or_with_two_somebody_must_say() -> None:
    data: dict[str, Any] = {"openlabel": {"actions": ACTIONS}}
    assert "does not say how many there are a second; add --fps N" in refused(data, None)
    streams = {name: {"stream_properties": {"fps": fps}} for name, fps in (("face", 25), ("body", 30))}
    data["openlabel"]["streams"] = streams
    assert "different frame rates (25, 30); say which with --fps N" in refused(data, None)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (7, "actions.0 has no type"),
        ({"type": "phone"}, "actions.0 (phone) has no frame_intervals"),
        ({"type": "phone", "frame_intervals": [{"frame_start": 1}]}, "an interval without frame_start and frame_end"),
        ({"type": "phone", "frame_intervals": [{"frame_start": True, "frame_end": 1e99}]}, "an interval without"),
        ({"type": "phone", "frame_intervals": [{"frame_start": 9, "frame_end": 1}]}, "before it starts"),
        ({"type": "///", "frame_intervals": [{"frame_start": 1, "frame_end": 2}]}, "is not a word"),
    ],
)
def test_an_element_that_is_none_is_named(element: Any, said: str) -> None:
    assert said in refused({"openlabel": {"actions": {"0": element}}})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "dmd.json:1: this is not JSON"),
        (b"[1]", "it is neither OpenLABEL nor VCD"),
        (b'{"openlabel": 1}', "it is neither OpenLABEL nor VCD"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"openlabel": {"x": ' + b"9" * 9999 + b"}}", "nested too deep or too long"),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_what_is_no_such_file_is_told(raw: bytes, said: str) -> None:
    assert said in refused(raw)
