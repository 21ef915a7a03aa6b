"""What is made without a call a field is what the class itself makes."""

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from driver_monitor.frozen import maker
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    size: float = 1.0
    parts: list[str] = field(default_factory=list)


def test_it_is_the_same_as_from_the_class_itself() -> None:
    make = maker(Thing)
    for values, named in ((("a",), {}), (("a", 2.0), {"parts": ["b"]}), ((), {"name": "c", "size": 3.0})):
        made, known = make(*values, **named), Thing(*values, **named)
        assert type(made) is Thing
        assert made == known
        assert hash(Speed(1.0, SpeedKnowledge.GIVEN)) == hash(maker(Speed)(1.0, SpeedKnowledge.GIVEN))
        assert repr(made) == repr(known)


def test_it_stays_frozen_and_can_be_replaced() -> None:
    made = maker(Thing)("a")
    with pytest.raises(FrozenInstanceError):
        made.size = 2.0  # type: ignore[misc]
    assert replace(made, size=2.0) == Thing("a", 2.0)


def test_two_of_them_share_no_list() -> None:
    make = maker(Thing)
    make("a").parts.append("b")
    assert make("a").parts == []


def test_what_a_class_does_not_take_is_refused() -> None:
    with pytest.raises(TypeError):
        maker(Thing)()  # type: ignore[call-arg]


def test_signals_and_states_of_a_drive() -> None:
    signals = maker(Signals)(t_s=1.0, eyes="open", on_road=True)
    assert signals == Signals(t_s=1.0, eyes="open", on_road=True)
    speed = Speed(80.0, SpeedKnowledge.MEASURED)
    assert maker(DriverState)(1.0, signals, speed) == DriverState(1.0, signals, speed)
