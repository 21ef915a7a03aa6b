"""What holds for every rule and every drive."""

import math
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.rules import RuleConfig
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert, AlertState, Level, News
from driver_monitor.state.driver_state import DriverState
from tests.rules.states import rule, state

patient = settings(deadline=None, max_examples=60)
TICK_S = 1 / 64  # times that computers keep exactly, also when doubled
KINDS: tuple[dict[str, Any], ...] = (
    {"when": "off_road_s >= 3"},
    {"when": {"any": ["off_road_s >= 3", "eyes_closed_s >= 1"]}},
    {"when": {"all": ["off_road_s >= 3", {"not": "yawn == true"}]}},
    {"when": "off_road_s >= 3", "until": "off_road_s < 1"},
    {"when": "off_road_s >= 1", "only_while": "yawn == false"},
    {"when": "off_road_s >= 3", "requires_second_channel": {"channels": {"eyes": "eyes_closed_s >= 1"}}},
    {"when": "off_road_s >= 3", "inhibited_by": ["sleep"]},
    {"when": "off_road_s >= 1", "repeat_every": 0.75, "escalate": [{"after": 1.5, "level": "critical"}]},
)
WINDOWS: tuple[dict[str, Any], ...] = (
    {"when": "fraction(off_road_s >= 3, 4) >= 0.4"},
    {"when": "mean(off_road_s, 2) >= 2"},
    {"when": "max(eyes_closed_s, 3) >= 1"},
    {"when": "count(yawn, 5) >= 2"},
)
SLEEP = rule("eyes_closed_s >= 1", level="critical", keep_firing_for=0.5)

known_frames = st.tuples(
    st.integers(1, 12), st.sampled_from([0.0, 2.0, 5.0]), st.sampled_from([0.0, 1.5]), st.booleans()
)
frames = st.tuples(
    st.integers(1, 12),
    st.sampled_from([0.0, 2.0, 5.0, None, math.nan]),
    st.sampled_from([0.0, 1.5, None, math.nan]),
    st.booleans(),
)
nothing = st.sampled_from([None, math.nan])
blind_frames = st.tuples(st.integers(1, 60), nothing, nothing, st.just(False))
times = st.integers(0, 128).map(lambda ticks: ticks * TICK_S)
rules = st.builds(
    lambda kind, for_s, keep_s, cooldown_s: rule(
        **{**kind, "for": for_s, "keep_firing_for": keep_s, "cooldown": cooldown_s}
    ),
    st.sampled_from(KINDS + WINDOWS),
    times,
    times,
    times,
)


def states(drive: list[tuple[int, Any, Any, bool]], scale: float = 1.0) -> list[DriverState]:
    found, t_s = [], 0.0
    for ticks, off_road_s, eyes_closed_s, yawn in drive:
        t_s += ticks * TICK_S * scale
        found.append(state(t_s, off_road_s=off_road_s, eyes_closed_s=eyes_closed_s, yawn=yawn))
    return found


def alerts(config: dict[str, RuleConfig], drive: list[DriverState]) -> list[Alert]:
    engine = RuleEngine(config)
    return [alert for moment in drive for alert in engine.update(moment)]


def told(found: list[Alert], scale: float = 1.0) -> list[tuple[str, str, str, float]]:
    return [(alert.rule, alert.news.value, alert.level.word, alert.t_s / scale) for alert in found]


@patient
@given(rules, st.lists(frames, min_size=1, max_size=150))
def test_never_fires_before_its_time_and_always_in_turn(mine: RuleConfig, drive: list[Any]) -> None:
    """Seen from the evidence: the condition came true at least ``for`` before."""
    found = [a for a in alerts({"r": mine, "sleep": SLEEP}, states(drive)) if a.rule == "r"]
    firing = False
    for alert in found:
        assert firing is (alert.news is not News.BEGAN)
        firing = alert.state is AlertState.FIRING
        if alert.news is News.BEGAN:
            assert alert.t_s - alert.evidence["since_s"] >= mine.for_s - 1e-6
    ends = [alert.t_s for alert in found if alert.news is News.ENDED]
    begins = [alert.t_s for alert in found if alert.news is News.BEGAN][1:]
    assert all(begin - end >= mine.cooldown_s for end, begin in zip(ends, begins, strict=False))


@patient
@given(st.sampled_from(KINDS[:3] + KINDS[6:]), times, st.lists(known_frames, min_size=1, max_size=100))
def test_clears_within_its_keep_firing_for(kind: dict[str, Any], keep_s: float, drive: list[Any]) -> None:
    mine = rule(**{**kind, "keep_firing_for": keep_s, "cooldown": 0})
    still = [(6, 0.0, 0.0, False)] * 40
    played = states(drive + still)
    found = [a for a in alerts({"r": mine, "sleep": SLEEP}, played) if a.rule == "r"]
    assert not found or found[-1].news is News.ENDED
    if found:
        calm_s = played[len(drive)].t_s
        assert found[-1].t_s <= calm_s + keep_s + 6 * TICK_S


@patient
@given(rules, st.lists(frames, min_size=2, max_size=150), st.lists(st.integers(1, 149), max_size=5))
def test_a_drive_in_pieces_gives_the_alerts_of_the_whole(mine: RuleConfig, drive: list[Any], cuts: list[int]) -> None:
    """A reload with the same rules, wherever it comes, changes nothing."""
    config = {"r": mine, "sleep": SLEEP}
    engine, found = RuleEngine(config), []
    for index, moment in enumerate(states(drive)):
        if index in cuts:
            engine, cleared = engine.reconfigured(config, moment.t_s)
            assert cleared == []
        found += engine.update(moment)
    assert str(found) == str(alerts(config, states(drive)))  # as text, for NaN is not equal to itself


@patient
@given(
    st.sampled_from(KINDS),
    st.tuples(times, times, times),
    st.lists(known_frames, min_size=1, max_size=120),
    st.sampled_from([0.5, 2.0, 4.0]),
)
def test_all_times_stretched_stretch_the_alerts(
    kind: dict[str, Any], spans_s: tuple[float, float, float], drive: list[Any], scale: float
) -> None:
    def scaled(factor: float) -> dict[str, RuleConfig]:
        for_s, keep_s, cooldown_s = spans_s
        stretched = {
            **kind,
            "for": for_s * factor,
            "keep_firing_for": keep_s * factor,
            "cooldown": cooldown_s * factor,
            "repeat_every": kind.get("repeat_every", 0.0) * factor,
            "escalate": [{**step, "after": step["after"] * factor} for step in kind.get("escalate", [])],
        }
        return {
            "r": rule(**stretched),
            "sleep": SLEEP.model_copy(update={"keep_firing_for_s": 0.5 * factor, "cooldown_s": 0.0}),
        }

    assert told(alerts(scaled(1.0), states(drive))) == told(alerts(scaled(scale), states(drive, scale)), scale)


@patient
@given(rules, st.sampled_from(KINDS + WINDOWS), st.lists(frames, min_size=1, max_size=120), st.booleans())
def test_an_unrelated_rule_changes_nothing(
    mine: RuleConfig, other: dict[str, Any], drive: list[Any], first: bool
) -> None:
    config = {"r": mine, "sleep": SLEEP}
    added = {"other": rule(**other)}
    both = {**added, **config} if first else {**config, **added}
    alone = alerts(config, states(drive))
    beside = [alert for alert in alerts(both, states(drive)) if alert.rule != "other"]
    assert str(alone) == str(beside)


@patient
@given(
    st.sampled_from(KINDS + WINDOWS),
    st.lists(blind_frames, min_size=1, max_size=200),
)
def test_what_is_missing_fires_nothing_and_silences_nothing_critical(kind: dict[str, Any], blind: list[Any]) -> None:
    assert alerts({"r": rule(**kind)}, states(blind)) == []
    asleep = [(6, 5.0, 1.5, False)] * 30
    found = alerts({"sleep": SLEEP}, states(asleep + blind))
    assert [(alert.rule, alert.news) for alert in found] == [("sleep", News.BEGAN)]
    assert found[0].level is Level.CRITICAL


stretches = st.lists(st.tuples(st.floats(0.5, 4.0), st.booleans()), min_size=1, max_size=12)


@patient
@given(stretches, st.sampled_from([15.0, 24.0, 60.0]), st.floats(0.3, 2.0), st.floats(0.0, 1.5))
def test_the_frame_rate_matters_by_a_frame_at_either_end(
    pieces: list[tuple[float, bool]], fps: float, for_s: float, keep_s: float
) -> None:
    """The first and the last frame of a lapse may each miss up to a frame's time of it; unless it is that close to its
    limit, it is caught at any rate."""
    bounds, t_s = [], 0.0
    for length_s, away in pieces:
        bounds.append((t_s, t_s + length_s, away))
        t_s += length_s
    slack = 2 / fps + 1e-6
    runs: list[list[float]] = []
    for from_s, to_s, away in bounds:
        if away and runs and runs[-1][1] == from_s:
            runs[-1][1] = to_s
        elif away:
            runs.append([from_s, to_s])
    if any(abs(to_s - from_s - for_s) <= slack for from_s, to_s in runs):
        return  # whether that lapse was long enough is a matter of a frame
    gaps = [after[0] - before[1] for before, after in pairwise(runs)]
    if any(abs(gap_s - keep_s) <= slack for gap_s in gaps):
        return

    def drive(rate: float) -> list[tuple[str, float]]:
        engine = RuleEngine({"r": rule("off_road_s >= 3", **{"for": for_s, "keep_firing_for": keep_s})})
        found = []
        for frame in range(round((t_s + 3) * rate)):
            now_s = frame / rate
            away = any(a <= now_s < b for a, b, flag in bounds if flag)
            found += engine.update(state(now_s, off_road_s=5.0 if away else 0.0))
        return [(alert.news.value, alert.t_s) for alert in found]

    fast, slow = drive(60.0), drive(fps)
    assert [news for news, _ in fast] == [news for news, _ in slow]
    assert all(abs(a - b) <= 2 * slack for (_, a), (_, b) in zip(fast, slow, strict=True))
