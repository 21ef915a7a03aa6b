"""A photograph before the camera, from what the tracker sees to the alerts; and that nobody is overlooked for one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load_text
from driver_monitor.face.observation import FaceObservation
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.terms import FRESH_DRIVER_S
from tests.channels.pulse.drives import drive

FPS = 30.0
LEAD_S = 20.0  # an attentive driver, whose baseline is learned
SAID_S = 20.0  # a photograph is said within this time
BACK_S = 5.0  # and the driver seen again within this one
PULSE = load_text("{channels: {pulse: {enabled: true}}, classifiers: {stress: false}}", "test").config
NO_CHANNELS = load_text("{classifiers: {stress: false}}", "test").config


@cache
def driver(*actions: tuple[tuple[str, Any], ...], **head: Any) -> tuple[FaceObservation, ...]:
    return tuple(drive(*(dict(action) for action in actions), fps=FPS, **head))


def act(do: str, t: float, for_s: float, **more: Any) -> tuple[tuple[str, Any], ...]:
    return (("do", do), ("t", t), ("for", for_s), *more.items())


def lead() -> tuple[FaceObservation, ...]:
    return driver(duration_s=LEAD_S)


def held(seen: FaceObservation, for_s: float) -> Iterator[FaceObservation]:
    """What the tracker sees of a photograph: the same face again, but for its own jitter."""
    assert seen.landmarks is not None
    chance = np.random.default_rng(1)
    for _ in range(round(for_s * FPS)):
        jitter = chance.normal(0, 2e-5, seen.landmarks.shape).astype(np.float32)
        yield replace(seen, landmarks=seen.landmarks + jitter)


def one_after_the_other(*parts: Iterable[FaceObservation]) -> Iterator[FaceObservation]:
    yield from (replace(seen, t_s=index / FPS) for index, seen in enumerate(seen for part in parts for seen in part))


def played(config: Config, *parts: Iterable[FaceObservation]) -> list[Moment]:
    monitor = Monitor(config)
    speed = Speed(90.0, SpeedKnowledge.MEASURED)
    return [
        monitor.observe(seen, Frame(seen.t_s, None, index), speed)
        for index, seen in enumerate(one_after_the_other(*parts))
    ]


def liveness(moment: Moment) -> str:
    assert moment.state.channels is not None
    return moment.state.channels.liveness


def photographs(moments: Iterable[Moment]) -> list[float]:
    """The times of all frames in which the driver is not seen for it."""
    return [moment.state.t_s for moment in moments if moment.state.signals.degraded == "photograph"]


def fired(moments: Iterable[Moment], *rules: str) -> list[float]:
    """When the first of these rules began to fire, each time."""
    found, before = [], False
    for moment in moments:
        now = any(alert.rule in rules for alert in moment.firing)
        if now and not before:
            found.append(moment.state.t_s)
        before = now
    return found


@pytest.fixture(scope="module")
def story() -> list[Moment]:
    """A driver, a photograph of the driver for a minute, and the driver again."""
    return played(PULSE, lead(), held(lead()[-1], 60.0), driver(duration_s=20.0))


def test_a_photograph_is_said_in_time_and_for_as_long_as_it_is_held(story: list[Moment]) -> None:
    said = photographs(story)
    assert LEAD_S < said[0] <= LEAD_S + SAID_S
    assert said[-1] == pytest.approx(LEAD_S + 60.0, abs=BACK_S)
    assert said[-1] - said[0] > FRESH_DRIVER_S
    assert len(said) == pytest.approx((said[-1] - said[0]) * FPS + 1, abs=0.5)


def test_its_open_eyes_are_nobody_s_and_the_monitor_says_that_it_cannot_see(story: list[Moment]) -> None:
    during = [moment for moment in story if moment.state.signals.degraded == "photograph"]
    assert {moment.state.signals.eyes for moment in during if moment.state.signals.degraded_s >= 1.0} == {"unknown"}
    assert {moment.state.signals.tracking for moment in during} == {"not_driver"}
    assert {moment.state.signals.on_road for moment in during} == {None}
    said_s = during[0].state.t_s
    assert fired(story, "cannot_see")[0] <= said_s + 8.5
    assert fired(story, "driver_missing")[0] <= said_s + 15.5
    assert len({moment.policy.awareness for moment in during}) == 1  # as without a face: its gaze is no watching


def test_the_driver_is_seen_again_within_seconds(story: list[Moment]) -> None:
    back_s = LEAD_S + 60.0 + BACK_S
    after = [moment for moment in story if moment.state.t_s > back_s]
    assert {moment.state.signals.tracking for moment in after} == {"tracked"}
    assert "open" in {moment.state.signals.eyes for moment in after}
    assert liveness(story[-1]) == "alive"
    assert not {"cannot_see", "driver_missing"} & {alert.rule for alert in story[-1].firing}


ASLEEP = (act("close_eyes", 0.5, 9.0), act("close_eyes", 0.5, 9.0, rise=6.0))


@pytest.mark.parametrize("watched_s", [5.0, 14.0, 15.5, 25.0, 40.0])
@pytest.mark.parametrize("asleep", ASLEEP, ids=["at once", "slowly"])
def test_whoever_is_taken_for_one_and_falls_asleep_is_woken_as_without_the_channel(
    watched_s: float, asleep: tuple[tuple[str, Any], ...]
) -> None:
    """As still as a photograph, to the pixel, which no living face is."""
    eyes_close = driver(asleep, duration_s=10.0, natural_blinks=False)
    with_it, without = (
        fired(played(config, lead(), held(eyes_close[0], watched_s), eyes_close), "microsleep", "sleep", "eyes_closed")
        for config in (PULSE, NO_CHANNELS)
    )
    assert len(without) >= 1
    assert with_it[-1] <= without[-1] + 1.5 / FPS


def test_a_sleeper_is_no_photograph_and_stays_asleep() -> None:
    asleep = driver(act("close_eyes", 1.0, 1000.0), duration_s=3.0, natural_blinks=False)
    moments = played(PULSE, lead(), asleep, held(asleep[-1], 40.0))
    assert photographs(moments) == []
    assert moments[-1].state.signals.eyes == "closed"


@pytest.mark.parametrize("head", [
    (),
    (act("occlude", 0.0, 1000.0, what="dark_glasses"),),
    (act("occlude", 0.0, 1000.0, what="mouth"),),
    (act("close_eyes", 5.0, 30.0),),
], ids=["stares", "dark glasses", "mask", "asleep"])  # fmt: skip
def test_who_keeps_still_without_a_blink_is_no_photograph(head: tuple[tuple[tuple[str, Any], ...], ...]) -> None:
    """A natural head moves by itself, however still it is kept."""
    still = driver(*head, duration_s=45.0, natural_blinks=False, share=0.0)
    assert photographs(played(PULSE, lead(), still)) == []


def test_nobody_is_alive_where_no_face_is() -> None:
    left = driver(act("leave", 1.0, 1000.0), duration_s=10.0)
    moments = played(PULSE, lead(), left)
    assert "alive" in {liveness(moment) for moment in moments}
    gone_s = max(moment.state.t_s for moment in moments if moment.state.signals.tracking == "tracked")
    assert {liveness(moment) for moment in moments if moment.state.t_s > gone_s + 4.0} == {""}


def test_a_photograph_that_is_taken_away_leaves_no_face_and_not_a_photograph() -> None:
    gone = driver(act("leave", 0.0, 1000.0, rise=0.01), duration_s=6.0)
    moments = played(PULSE, lead(), held(lead()[-1], 25.0), gone)
    assert moments[-1].state.signals.degraded == "no_face"
    assert liveness(moments[-1]) == ""
    assert max(photographs(moments)) <= LEAD_S + 25.0 + 0.5
