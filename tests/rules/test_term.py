import pytest

from driver_monitor.rules.term import parse_term, signal_names
from driver_monitor.signals.signals import NAMES
from tests.rules.states import state


def test_every_signal_can_be_named_in_a_rule() -> None:
    assert set(NAMES) <= set(signal_names())
    assert {"fatigue.drowsy", "stress.angry", "distraction.on_road", "speed_kmh"} <= set(signal_names())
    moment = state(1.0)
    for name in signal_names():
        op = ">=" if parse_kind(name) is float else "=="
        value = {float: "1", bool: "true", str: "word"}[parse_kind(name)]
        parse_term(f"{name} {op} {value}").evaluate(moment)


def parse_kind(name: str) -> type:
    for text, kind in ((f"{name} >= 1", float), (f"{name} == true", bool)):
        try:
            parse_term(text)
        except ValueError:
            continue
        return kind
    return str


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("eyes_close_s >= 1", "did you mean 'eyes_closed_s'"),
        ("eyes_closed_s", "not of the form"),
        ("eyes_closed_s >= 1.5 s", "no unit"),
        ("eyes_closed_s >= nan", "finite"),
        ("zone >= lap", "cannot be ordered"),
        ("zone in lap", "brackets"),
        ("yawn == 1", "true or false"),
        ("eyes_closed_s = 1", "not of the form"),
        ("os.system == 1", "there is no signal"),
    ],
)
def test_a_wrong_term_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_term(text)


def test_a_term_reads_back_as_it_was_written() -> None:
    for text in ("eyes_closed_s >= 1.5", "zone in [lap, console]", "on_road == False"):
        assert str(parse_term(text.replace("False", "false"))) == text
