from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.state.alert import Level
from driver_monitor.timeline.episodes import Episode
from driver_monitor.timeline.what_if import Match, Stretch, by_rule, match, stretches


def firing(rule: str, start_s: float, end_s: float) -> Stretch:
    return Stretch(rule, Level.WARNING, start_s, end_s, "look ahead")


def test_what_escalated_is_one_firing_with_the_highest_level() -> None:
    episodes = [
        Episode("glance", Level.WARNING, 10.0, 12.0, "look ahead", {"since_s": 7.0}),
        Episode("sleep", Level.CRITICAL, 11.0, None, "wake up"),
        Episode("glance", Level.CRITICAL, 12.0, 15.0, "look!"),
        Episode("glance", Level.WARNING, 40.0, 41.0, "look ahead"),
    ]
    found = stretches(episodes, 60.0)
    assert [(s.rule, s.level, s.start_s, s.end_s) for s in found] == [
        ("glance", Level.CRITICAL, 10.0, 15.0), ("sleep", Level.CRITICAL, 11.0, 60.0),
        ("glance", Level.WARNING, 40.0, 41.0),
    ]  # fmt: skip
    assert found[0].evidence == {"since_s": 7.0}
    assert found[0].message == "look ahead"


def test_only_the_same_rule_at_the_same_time_is_the_same_alert() -> None:
    first = [firing("glance", 10, 12), firing("sleep", 20, 25), firing("glance", 40, 42)]
    second = [firing("glance", 11, 13), firing("sleep", 30, 31), firing("drowsy", 40, 42)]
    found = match(first, second)
    assert [(m.rule, m.first is not None, m.second is not None) for m in found] == [
        ("glance", True, True), ("sleep", True, False), ("sleep", False, True), ("drowsy", False, True),
        ("glance", True, False),
    ]  # fmt: skip


def test_a_firing_that_was_cut_in_two_by_the_other_config_is_in_both_once_and_once_only_there() -> None:
    found = match([firing("glance", 10, 20)], [firing("glance", 10, 13), firing("glance", 15, 20)])
    (count,) = by_rule(found)
    assert (count.both, count.only_first, count.only_second) == (1, 0, 1)


def test_the_delay_of_a_rule_is_the_median_of_those_in_both() -> None:
    first = [firing("glance", t, t + 2.0) for t in (10.0, 20.0, 30.0)]
    second = [firing("glance", t + late, t + 2.0) for t, late in ((10.0, 0.5), (20.0, 1.0), (30.0, 1.8))]
    (count,) = by_rule(match(first, second))
    assert count.median_later_s == 1.0


spans = st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 100), st.floats(0, 10)), max_size=8).map(
    lambda found: [firing(rule, start, start + length) for rule, start, length in sorted(found, key=lambda f: f[1])]
)


@given(spans, spans)
def test_every_firing_of_either_config_is_told_exactly_once(first: list[Stretch], second: list[Stretch]) -> None:
    found = match(first, second)
    key = lambda s: (s.start_s, s.end_s, s.rule)  # noqa: E731
    assert sorted((m.first for m in found if m.first), key=key) == sorted(first, key=key)
    assert sorted((m.second for m in found if m.second), key=key) == sorted(second, key=key)
    assert all(overlap(m) for m in found if m.first and m.second)
    assert [m.start_s for m in found] == sorted(m.start_s for m in found)


def overlap(both: Match) -> bool:
    assert both.first is not None
    assert both.second is not None
    return both.first.start_s <= both.second.end_s and both.second.start_s <= both.first.end_s


@given(spans)
def test_two_equal_configs_differ_in_nothing(once: list[Stretch]) -> None:
    assert all(m.first and m.second for m in match(once, once))
