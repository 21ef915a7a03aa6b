"""What the groups of signals make together: one thing with every name once, whoever gives or leaves out a group."""

import json
from dataclasses import fields, replace

import pytest

from driver_monitor.recording.mcap.codec import read_signals, signals_bytes
from driver_monitor.state.blink import Blink
from driver_monitor.state.signal import SignalGroup, declared
from driver_monitor.state.signals import (
    FIELDS,
    GROUPS,
    NAMES,
    EyelidSignals,
    FrameSignals,
    HeadSignals,
    Signals,
    joined,
)  # fmt: skip
from driver_monitor.state.vocabulary import VOCABULARY

BLINK = Blink(1.0, 1.2, 0.9, 8.0, 0.3)


def told(number: int) -> dict[str, object]:
    """A value for each signal that is not its default."""
    values: dict[type, object] = {float: 0.125 + number, int: 7 + number, str: f"word{number}"}
    return {field.name: not field.default if field.kind is bool else values[field.kind] for field in FIELDS}


def test_signals_are_those_of_the_groups_in_their_order_and_the_completed_blink() -> None:
    assert [field.name for field in fields(Signals)] == [*NAMES, "completed_blink"]
    assert NAMES[0] == "t_s"
    assert len(set(NAMES)) == len(NAMES)
    assert [field.group for field in FIELDS] == [group for group in GROUPS for _ in declared(group)]


@pytest.mark.parametrize("name", VOCABULARY)
def test_what_rules_may_name_says_what_it_is(name: str) -> None:
    assert VOCABULARY[name].description


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_nobody_gives_is_unknown(group: type[SignalGroup]) -> None:
    known = Signals(**told(1), completed_blink=BLINK)  # type: ignore[arg-type]
    given = [each(**{f.name: getattr(known, f.name) for f in declared(each)}) for each in GROUPS if each is not group]
    found = joined(*given, blink=BLINK)
    assert found == replace(known, **{field.name: field.default for field in declared(group)})


def test_groups_may_come_in_any_order() -> None:
    frame, head, lids = FrameSignals(t_s=2.0, quality=0.5), HeadSignals(yaw_deg=3.0), EyelidSignals(openness=0.9)
    found = joined(lids, frame, head, blink=BLINK)
    assert found == Signals(t_s=2.0, quality=0.5, yaw_deg=3.0, openness=0.9, completed_blink=BLINK)


@pytest.mark.parametrize("group", GROUPS)
def test_a_drive_recorded_before_there_was_a_group_is_read(group: type[SignalGroup]) -> None:
    known = Signals(**told(2), completed_blink=BLINK)  # type: ignore[arg-type]
    record = json.loads(signals_bytes(known))
    for field in declared(group):
        del record[field.name]
    expected = replace(known, **{field.name: field.default for field in declared(group)})
    assert read_signals(json.dumps(record).encode()) == expected


def test_a_drive_of_a_later_version_is_read_without_what_is_not_known_yet() -> None:
    known = Signals(t_s=1.0, baseline="driver")
    record = json.loads(signals_bytes(known)) | {"heart_rate_per_min": 61.0}
    assert read_signals(json.dumps(record).encode()) == known
