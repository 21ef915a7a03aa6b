"""Shut eyes that are sleep, and shut eyes that are not."""

import pytest

from driver_monitor.conformance.hearing import Subject
from driver_monitor.conformance.stimulus import Actions, look, shut
from driver_monitor.simulate.measurement_noise import STILL
from driver_monitor.state.alert import Level
from tests.stories.driven import VARIANTS, limit, played

LIDS_S = 0.3  # the lids' way down, and the jitter of what is measured of it


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_driver_who_falls_asleep_hears_three_levels(variant: object) -> None:
    story = played(shut(0, 8), 9, variant=variant)  # type: ignore[arg-type]
    due = {
        Level.WARNING: limit("microsleep", "eyes_closed_s"),
        Level.CRITICAL: limit("sleep", "eyes_closed_s"),
        Level.UNRESPONSIVE: limit("unresponsive", "eyes_closed_s"),
    }
    assert [level for level, _ in story.levels()] == list(due)
    for level, at_s in story.levels():
        assert due[level] <= at_s <= due[level] + LIDS_S
    assert story.told(about=[Subject.GAZE]) == []


def test_a_head_that_sinks_with_the_lids_is_asleep_all_the_same() -> None:
    story = played((*shut(0, 6), *look(0.3, 6, transition=4.0, yaw=0.0, pitch=-25.0)), 8)
    assert story.told("sleep")
    assert story.told("long_glance") == []


@pytest.mark.parametrize("portrait", ["grace_hopper", "astronaut"])
def test_who_sleeps_before_there_is_a_baseline_wakes_up_however_still_the_tracker_is(portrait: str) -> None:
    """The first wears glasses: shut lids measure a third of the open eye, above what a population's do. The second
    smiles broadly, and the first face that is seen is taken for one at rest."""
    story = played(shut(0, 7), 8, seeded=False, drive={"portrait": portrait}, noise=STILL)
    asleep = limit("microsleep", "eyes_closed_s")
    assert asleep <= story.told(about=[Subject.CLOSURE])[0] <= asleep + LIDS_S
    assert story.told("sleep")
    assert story.levels()[-1][0] is Level.UNRESPONSIVE


DROOPING = tuple(
    {"t": 2.0 + 7.0 * number, "do": "close_eyes", "for": 0.9, "rise": 0.25, "fall": 0.3} for number in range(14)
)


def covered_yawn(t_s: float) -> Actions:
    return ({"t": t_s, "do": "yawn", "for": 4.5}, {"t": t_s + 1.0, "do": "occlude", "for": 2.5, "what": "mouth"})


@pytest.mark.parametrize(
    ("signs", "heard"),
    [
        ((), []),
        (tuple({"t": t_s, "do": "nod"} for t_s in (20.0, 62.0)), ["drowsy"]),
        ((*covered_yawn(12.0), *covered_yawn(40.0), *covered_yawn(68.0)), ["drowsy"]),
    ],
    ids=["lids alone", "nods", "covered yawns"],
)
def test_lids_that_droop_a_little_are_drowsy_once_nods_or_yawns_agree(
    signs: tuple[dict[str, object], ...], heard: list[str]
) -> None:
    """8 to 10 % of a minute, which is questionable."""
    story = played((*DROOPING, *signs), 100, steady=True)
    assert story.heard() == heard
    assert 0.08 <= (story.states[-1].signals.perclos_60s or 0.0) < 0.15


def test_singing_is_neither_a_yawn_nor_a_lapse() -> None:
    song = ({"t": 0.5, "do": "talk", "for": 38.0, "amount": 0.9, "syllables_hz": 1.6},)
    story = played(song, 40)
    assert story.heard() == []
    assert story.states[-1].signals.yawns_600s == 0


def test_a_yawn_is_a_yawn_and_no_alarm() -> None:
    story = played(({"t": 1.0, "do": "yawn", "for": 4.0, "squint": 0.3},), 8)
    assert story.heard() == []
    assert story.states[-1].signals.yawns_600s == 1


def test_a_yawn_with_narrow_eyes_is_no_microsleep() -> None:
    story = played(({"t": 1.0, "do": "yawn", "for": 5.0, "squint": 0.7},), 9)
    assert story.heard() == []


@pytest.mark.parametrize("shut_s", [0.5, 1.0])
def test_a_sneeze_is_no_microsleep(shut_s: float) -> None:
    actions: Actions = (
        {"t": 1.0, "do": "frown", "for": 1.2, "amount": 0.9, "rise": 0.2}, *shut(1.3, shut_s),
        *look(1.3, 0.5, transition=0.15, yaw=0.0, pitch=-14.0),
    )  # fmt: skip
    assert played(actions, 8).heard() == []


@pytest.mark.parametrize("narrowed", [0.3, 0.45])
def test_a_squint_into_the_sun_is_neither_sleep_nor_a_look_down(narrowed: float) -> None:
    actions: Actions = (
        {"t": 1.0, "do": "light", "for": 7.0, "glare": 0.35},
        {"t": 1.2, "do": "close_eyes", "for": 7.0, "amount": narrowed, "rise": 0.3, "fall": 0.5},
        {"t": 1.2, "do": "frown", "for": 7.0, "amount": 0.6},
    )
    assert played(actions, 12).heard() == []


def test_a_laugh_is_no_sleep() -> None:
    """Of somebody who does not smile broadly all the time, as one portrait does."""
    actions: Actions = (
        {"t": 1.0, "do": "smile", "for": 2.0, "amount": 1.0},
        {"t": 1.1, "do": "close_eyes", "for": 1.8, "amount": 0.7, "rise": 0.3, "fall": 0.3},
    )
    assert played(actions, 8, drive={"portrait": "grace_hopper"}).heard() == []
