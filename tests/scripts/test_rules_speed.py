"""The bench of the rules measures what it says: real rules over a drive in which things happen."""

from driver_monitor.config.rules import built_in_rules
from scripts.evaluation.rules_speed import drive, forty_rules, measure


def test_forty_rules_are_forty_different_ones_that_work() -> None:
    rules = forty_rules()
    assert len(rules) == 40
    assert all(rule.enabled for rule in rules.values())
    assert len({rule.model_dump_json() for rule in rules.values()}) == 40


def test_the_made_up_drive_is_the_same_every_time_and_gives_the_rules_work() -> None:
    states = list(drive(0.05))
    assert [state.signals.zone for state in states] == [state.signals.zone for state in drive(0.05)]
    assert {state.signals.tracking for state in states} == {"tracked", "no_face"}
    found = measure(forty_rules(), states)
    assert found["frames"] == 5400
    assert found["alerts"] > measure(built_in_rules(), states)["alerts"] > 0
    assert found["ms_a_frame"] > 0
