import pytest

from driver_monitor.config.term import parse_term
from driver_monitor.rules.facts import Facts
from driver_monitor.state.policy import PolicyState
from driver_monitor.state.signals import NAMES
from driver_monitor.state.vocabulary import DESCRIBED
from tests.rules.states import state


def test_every_signal_can_be_named_in_a_rule() -> None:
    assert set(NAMES) <= set(DESCRIBED)
    assert {"fatigue.drowsy", "stress.angry", "distraction.on_road", "speed_kmh"} <= set(DESCRIBED)
    moment = state(1.0)
    for name in DESCRIBED:
        op = ">=" if parse_kind(name) is float else "=="
        value = {float: "1", bool: "true", str: "word"}[parse_kind(name)]
        term = parse_term(f"{name} {op} {value}")
        facts = Facts([term])
        facts.update(moment, PolicyState())
        assert facts.of(term).truth in (True, False, None)


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
        ("median(openness, 10) < 1", "there is no window 'median'; there are mean"),
        ("mean(openness) < 1", "how many seconds back, as in mean\\(openness, 10\\)"),
        ("mean(zone, 10) < 1", "takes a signal that is a number"),
        ("mean(opennes, 10) < 1", "did you mean 'openness'"),
        ("fraction(off_road_s, 30) > 0.5", "takes a comparison"),
        ("count(yawn, 0) >= 3", "above 0 to 3600 s long"),
        ("count(yawn, 600, 2) >= 3", "known share of a window is above 0 to 1"),
        ("count(yawn, 600) in [1, 2]", "cannot be compared with 'in'"),
        ("count(zone == lap, 600) >= three", "is a number"),
    ],
)
def test_a_wrong_term_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_term(text)


def test_a_term_reads_back_as_it_was_written() -> None:
    for text in (
        "eyes_closed_s >= 1.5",
        "zone in [lap, console]",
        "on_road == false",
        "mean(openness, 10) < 0.6",
        "fraction(zone in [lap, console], 30, 0.8) >= 0.6",
        "count(yawn == true, 600) >= 3.0",
    ):
        assert str(parse_term(text)) == text


def test_a_dotted_name_means_the_signal_of_that_group() -> None:
    assert parse_term("quality.eyes >= 0.5") == parse_term("quality_eyes >= 0.5")
    assert parse_term("fatigue_drowsy >= 0.5") == parse_term("fatigue.drowsy >= 0.5")
