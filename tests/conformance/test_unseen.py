"""Time unseen is no evidence, played as the acceptance matrix plays it; ``scripts/conformance --unseen`` plays more."""

from driver_monitor.config.config import Config
from driver_monitor.conformance.unseen import CAUSES, LAPSES, lapses, stretches


def test_no_stretch_without_sight_makes_an_attentive_driver_inattentive() -> None:
    found = list(stretches(60, Config(), seed=7, drive_s=150.0))
    assert {stretch.cause for stretch in found} == set(CAUSES)
    assert [stretch for stretch in found if stretch.alerts] == []
    assert sum(bool(stretch.followed) for stretch in found) <= 1


def test_a_lapse_whose_start_was_seen_is_warned_of_whatever_is_cut_out_of_it() -> None:
    found = list(lapses(18, Config(), seed=7))
    assert {lapse.kind for lapse in found} == set(LAPSES)
    assert [lapse for lapse in found if lapse.warned_s is None] == []
