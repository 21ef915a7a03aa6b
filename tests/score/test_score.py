"""Figures over drives: the same however they are told, and honest about how little they know."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.labels.label import Label
from driver_monitor.score.confusion import NOTHING, confusion
from driver_monitor.score.firing import Firing, Step
from driver_monitor.score.match import Verdict
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.score import score
from driver_monitor.score.target import DANGERS, default_targets
from driver_monitor.state.alert import Level
from tests.score.drives import firing, outcome

PHONES = [Label("phone", 100.0 * k, 100.0 * k + 5) for k in range(1, 11)]


def driven(name: str, caught: int, false: int, *, driver: str = "", latency_s: float = 3.0) -> DriveOutcome:
    """An hour of ten looks at the phone, so many of them caught, and so many alerts besides."""
    right = [firing("long_glance", label.start_s + latency_s) for label in PHONES[:caught]]
    wrong = [firing("long_glance", 2000.0 + 10 * k) for k in range(false)]
    return outcome(*PHONES, *right, *wrong, drive=name, driver=driver)


def test_drives_are_pooled_by_their_events_and_hours() -> None:
    found = score([driven("a", 8, 3), driven("b", 6, 0, latency_s=4.0)])
    total = found.total
    assert (total.tally.events, total.tally.caught, total.tally.alerts, total.tally.false) == (20, 14, 17, 3)
    assert total.sensitivity.value == pytest.approx(0.7)
    assert total.false_per_hour.value == pytest.approx(1.5)
    assert (total.latency_median_s.value, total.latency_90_s.value) == (3.0, 4.0)
    assert found.levels[Level.CRITICAL].sensitivity.value == 0.0
    assert found.kinds["phone"].sensitivity.value == pytest.approx(0.7)
    assert found.rules["microsleep"].tally.events == 0
    assert found.rules["unresponsive"].sensitivity.value == 0.0


def test_intervals_are_drawn_by_driver_where_there_are_several() -> None:
    drives = [
        driven(f"{name}{k}", caught, k, driver=name) for name, caught in (("anna", 9), ("ben", 3)) for k in range(2)
    ]
    found = score(drives)
    assert (found.grouped_by, found.groups) == ("driver", 2)
    interval = found.total.sensitivity.interval
    assert interval == pytest.approx((0.3, 0.9))  # two drivers: either alone is a draw
    by_drive = score([replace(drive, driver="anna") for drive in drives])
    assert (by_drive.grouped_by, by_drive.groups) == ("drive", 4)
    assert by_drive.total.sensitivity.value == found.total.sensitivity.value
    unknown = score([*drives, driven("x", 5, 0), driven("y", 5, 0)])
    assert unknown.groups == 4  # drives of unknown drivers are a driver each


def test_one_drive_has_the_exact_intervals_of_independent_events() -> None:
    total = score([driven("a", 10, 0)]).total
    assert total.sensitivity.interval == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert total.false_per_hour.interval == pytest.approx((0.0, 3.6889), abs=1e-4)
    assert total.latency_median_s.interval is None


def test_the_same_in_every_drive_is_no_certainty() -> None:
    total = score([driven("a", 5, 0), driven("b", 5, 0), driven("c", 5, 0)]).total
    low, high = total.sensitivity.interval or (0.5, 0.5)
    assert low < 0.35 < 0.65 < high


def test_nothing_to_count_is_not_zero() -> None:
    found = score([outcome(firing("long_glance", 50.0))])
    assert found.total.sensitivity.value is None
    assert found.total.false_per_hour.value == 1.0
    assert found.kinds == {}
    empty = score([outcome(Label("mirror", 1.0, 2.0), duration_s=0.0)])
    assert empty.total.false_per_hour.value is None
    assert score([]).total.sensitivity.value is None


def test_silent_and_unjudged_alerts_are_no_false_ones_but_are_counted() -> None:
    found = score([outcome(firing("driver_missing", 50.0), firing("fatigue_advice", 60.0, level=Level.INFO))])
    assert found.total.tally.false == 0
    assert found.audible(Verdict.NOT_JUDGED) == 1
    assert found.rules["fatigue_advice"].tally.false == 1
    assert found.levels[Level.INFO].tally.false == 1


def test_switching_off_a_rule_does_not_make_its_events_go_away() -> None:
    drive = driven("a", 10, 0)
    none = {name: target for name, target in default_targets().items() if "phone" not in target.detects}
    assert score([replace(drive, targets=none, firings=())]).total.sensitivity.value == 0.0


@st.composite
def drives(draw: st.DrawFn) -> list[DriveOutcome]:
    names = draw(st.lists(st.sampled_from(["anna", "ben", ""]), min_size=1, max_size=4))
    random_ = random.Random(draw(st.integers(0, 2**32)))
    found = []
    for place, driver in enumerate(names):
        labels = []
        for _ in range(random_.randrange(6)):
            start_s = random_.uniform(0, 900)
            kind = random_.choice([*sorted(DANGERS), "mirror", "attentive", "radio"])
            labels.append(Label(kind, start_s, start_s + random_.uniform(0, 60)))
        fired = []
        for _ in range(random_.randrange(8)):
            t_s, low = random_.uniform(0, 900), random_.choice([Level.INFO, Level.WARNING])
            steps = (Step(t_s, low), Step(t_s + random_.uniform(0.1, 30), Level.CRITICAL))[: random_.randint(1, 2)]
            fired.append(Firing(random_.choice([*default_targets(), "mine"]), steps, t_s + 40))
        found.append(DriveOutcome(f"d{place}", 1000.0, tuple(fired), tuple(labels), driver))
    return found


@settings(max_examples=40)
@given(drives(), st.booleans())
def test_counts_add_up_whatever_happened(some: list[DriveOutcome], labelled_only: bool) -> None:
    found = score(some, labelled_only=labelled_only, resamples=50)
    dangers = sum(label.kind in DANGERS for drive in some for label in drive.labels)
    for figures in (*found.levels.values(), *found.kinds.values(), *found.rules.values()):
        tally = figures.tally
        assert 0 <= tally.caught <= tally.events <= dangers
        assert 0 <= tally.surely_false <= tally.false <= tally.alerts
        assert len(tally.latencies_s) == tally.caught
        for figure in (figures.sensitivity, figures.false_per_hour, figures.latency_median_s, figures.latency_90_s):
            if figure.interval is not None:
                assert figure.interval.low <= figure.interval.high
    caught = [found.levels[level].tally.caught for level in Level]
    assert sum(figures.tally.caught for figures in found.kinds.values()) == found.total.tally.caught
    assert sum(f.tally.events for f in found.kinds.values()) == found.total.tally.events == dangers
    assert caught[Level.UNRESPONSIVE - 1] == 0
    began = sum(len(drive.firings) for drive in some)
    verdicts = [alert.verdict for drive in found.drives for alert in drive.begun()]
    assert len(verdicts) == began
    assert found.judged_s <= sum(drive.duration_s for drive in some) + 1e-6


@settings(max_examples=40)
@given(drives())
def test_neither_the_order_of_drives_nor_of_labels_matters(some: list[DriveOutcome]) -> None:
    turned = [replace(d, labels=d.labels[::-1], firings=d.firings[::-1]) for d in reversed(some)]
    one, two = score(some, resamples=0), score(turned, resamples=0)
    for level in Level:
        first, second = one.levels[level], two.levels[level]
        assert (first.sensitivity, first.false_per_hour) == (second.sensitivity, second.false_per_hour)
        assert sorted(first.tally.latencies_s) == sorted(second.tally.latencies_s)


@settings(max_examples=40)
@given(drives())
def test_more_labels_of_danger_never_make_an_alert_false(some: list[DriveOutcome]) -> None:
    more = [replace(d, labels=(*d.labels, Label("drowsy", 0.0, 1000.0), Label("phone", 0.0, 1000.0))) for d in some]
    assert score(more, resamples=0).total.tally.false <= score(some, resamples=0).total.tally.false


def test_confusion_counts_labels_by_what_fired_in_them() -> None:
    drive = outcome(
        Label("phone", 100.0, 105.0), Label("phone", 200.0, 205.0), Label("mirror", 300.0, 302.0),
        firing("long_glance", 103.0), firing("microsleep", 104.0), firing("long_glance", 301.0),
        firing("drowsy", 900.0), Label("kss", 5.0, 5.0, 7.0),
    )  # fmt: skip
    mixed = confusion(score([drive]).drives)
    assert dict(mixed.counts) == {
        ("phone", "long_glance"): 1, ("phone", "microsleep"): 1, ("phone", NOTHING): 1, ("mirror", "long_glance"): 1,
        (NOTHING, "drowsy"): 1,
    }  # fmt: skip
    assert (mixed.kinds, dict(mixed.labels)) == (("phone", "mirror"), {"phone": 2, "mirror": 1})


def test_a_thousand_scores_of_ten_hours_take_a_minute_at_most() -> None:
    random_ = random.Random(5)
    some = [driven(f"d{k}", random_.randrange(11), random_.randrange(4), driver=f"p{k % 3}") for k in range(10)]
    began = time.process_time()
    for _ in range(10):
        score(some, resamples=0)
    assert time.process_time() - began < 0.6
