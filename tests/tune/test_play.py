"""Rules played over columns do exactly what the engine does frame by frame."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.attention import AttentionConfig, LadderConfig
from driver_monitor.config.config import Config
from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.conformance.hours import states as simulated
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.simulate.habits import attentive
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState, Fatigue
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.tune.play import Plan, Player, counts_sounds, names_of
from driver_monitor.tune.table import StateTable
from tests.rules.states import rule, state

TICK_S = 1 / 64
WHENS: tuple[dict[str, Any], ...] = (
    {"when": "off_road_s >= 3"},
    {"when": {"any": ["off_road_s >= 3", "eyes_closed_s >= 1"]}},
    {"when": {"all": ["off_road_s >= 3", {"not": "yawn == true"}]}},
    {"when": "zone in [lap, console]", "until": "on_road == true"},
    {"when": "off_road_s >= 3", "until": "off_road_s < 1"},
    {"when": "off_road_s >= 1", "only_while": "yawn == false"},
    {"when": "off_road_s >= 3", "requires_second_channel": {"channels": {"eyes": "eyes_closed_s >= 1"}}},
    {"when": "off_road_s in [2, 5]", "only_while": "fatigue.level >= 0.5"},
    {"when": "awareness <= 0.5", "until": "answered == true"},
    {"when": "attention_level >= 1"},
    {"when": {"any": ["attention_latched == true", "attention_lockout == true"]}},
    {"when": "fraction(off_road_s >= 3, 4) >= 0.4"},
    {"when": "mean(off_road_s, 2, 0.9) >= 2"},
    {"when": "max(eyes_closed_s, 3) >= 1"},
    {"when": "min(awareness, 2) < 0.9"},
    {"when": "count(yawn, 5) >= 2"},
    {"when": {"all": ["max(speed_kmh, 3) < 40", "zone != road"]}},
)
MOVES: tuple[dict[str, Any], ...] = (
    {},
    {"speed": {"from_kmh": 20}},
    {"speed": {"from_kmh": 20, "below_kmh": 60, "when_unknown": "suppress"}},
    {"repeat_every": 0.75, "escalate": [{"after": 1.5, "level": "critical"}]},
    {"inhibited_by": ["sleep"]},
    {"inhibited_by": ["sleep", "other"], "repeat_every": 0.5},
)
SLEEP = rule("eyes_closed_s >= 1", level="critical", keep_firing_for=0.5)
QUICK = AttentionConfig(
    vision=LadderConfig(look_up_s=0.5, warn_s=1.0, urgent_s=1.5, used_up_s=2.0), recovery_s=1.0, answer_s=0.25
)
SPEEDS = (
    Speed(0.0, SpeedKnowledge.MEASURED),
    Speed(30.0, SpeedKnowledge.MEASURED),
    Speed(80.0, SpeedKnowledge.ASSUMED),
    Speed(None, SpeedKnowledge.UNKNOWN),
    Speed(math.nan, SpeedKnowledge.MEASURED),
)
nothing = st.sampled_from([None, math.nan])
frames = st.tuples(
    st.one_of(st.integers(0, 12), st.sampled_from([64, 65, 200, 700])),  # 65 and more are gaps, 0 does not advance
    st.sampled_from([0.0, 2.0, 5.0, None, math.nan]),
    st.sampled_from([0.0, 1.5, None, math.nan]),
    st.booleans(),
    st.sampled_from(["road", "lap", "console", "unknown"]),
    st.sampled_from(SPEEDS),
    st.sampled_from([None, Fatigue(0.1, 0.1, 0.8, 0.7), Fatigue(0.8, 0.1, 0.1, 0.2)]),
    st.sampled_from([False] * 9 + [True]),
)
stretches = st.tuples(frames, st.integers(1, 40))
drives = st.lists(stretches, min_size=1, max_size=25)
times = st.integers(0, 128).map(lambda ticks: ticks * TICK_S)
rules = st.builds(
    lambda when, move, for_s, keep_s, cooldown_s: rule(
        **{**when, **move, "for": for_s, "keep_firing_for": keep_s, "cooldown": cooldown_s}
    ),
    st.sampled_from(WHENS),
    st.sampled_from(MOVES),
    times,
    times,
    times,
)


def played(drive: Sequence[tuple[Any, int]]) -> list[DriverState | None]:
    """A stretch repeats its first frame's values at about 10 Hz; None is a press of the button."""
    found: list[DriverState | None] = []
    t_s = 0.0
    for (ticks, off_road_s, eyes_closed_s, yawn, zone, speed, fatigue, press), count in drive:
        for number in range(count):
            t_s += (ticks if number == 0 else 6) * TICK_S
            on_road = None if zone == "unknown" else zone == "road"
            eyes = "closed" if eyes_closed_s and eyes_closed_s > 1 else "open"
            found.append(
                state(
                    t_s, speed=speed, fatigue=fatigue, off_road_s=off_road_s, eyes_closed_s=eyes_closed_s, yawn=yawn,
                    zone=zone, on_road=on_road, eyes=eyes,
                )
            )  # fmt: skip
        if press:
            found.append(None)
    return found


def by_engine(config: Config, states: Iterable[DriverState | None]) -> list[Alert]:
    engine, found = RuleEngine.of(config), []
    for each in states:
        if each is None:
            engine.acknowledge()
        else:
            found += [alert for alert in engine.update(each) if not alert.rule.endswith(".quiet")]
    return found


def by_columns(config: Config, states: Iterable[DriverState | None]) -> list[Alert]:
    names = {name for rule in config.rules.values() for name in names_of(rule)}
    table = StateTable.from_bytes(StateTable.of(states, names).to_bytes())
    return Player(table).alerts(Plan.of(config))


def told(alerts: Iterable[Alert]) -> list[Any]:
    return [
        (a.t_s, a.rule, a.news, a.level, a.message, a.evidence["since_s"], a.evidence.get("fired_s")) for a in alerts
    ]


def config_of(given: dict[str, RuleConfig]) -> Config:
    return Config(rules=given, attention=QUICK)


@settings(deadline=None, max_examples=150)
@given(rules, rules, drives)
def test_the_alerts_are_the_engines(mine: RuleConfig, other: RuleConfig, drive: Any) -> None:
    states = played(drive)
    other = other.model_copy(update={"inhibited_by": ("sleep",)})
    config = config_of({"r": mine, "other": other, "sleep": SLEEP})
    assert told(by_columns(config, states)) == told(by_engine(config, states))


@pytest.mark.parametrize("when", WHENS, ids=lambda when: str(when["when"]))
def test_every_kind_of_rule_fires_in_some_drive(when: dict[str, Any]) -> None:
    """Else the test above would say nothing of it."""
    tired, away = Fatigue(0.1, 0.1, 0.8, 0.7), Speed(30.0, SpeedKnowledge.MEASURED)
    lapse = (6, 5.0, 1.5, False, "lap", away, tired, False)
    yawn = (6, 5.0, 1.5, True, "lap", away, tired, False)
    well = (6, 0.0, 0.0, False, "road", away, tired, False)
    states = played([(well, 20), (lapse, 40), (yawn, 3), (lapse, 3), (yawn, 3), (well, 60)])
    config = config_of({"r": rule(**when, **{"for": 0.1})})
    assert told(by_columns(config, states)) == told(by_engine(config, states)) != []


@pytest.fixture(scope="module")
def simulated_drive() -> list[DriverState]:
    hour = attentive(3, duration_s=270.0, fps=20.0, lapses=3)
    (seen,) = simulated(hour, [Config()])
    return seen


def test_the_default_rules_on_a_simulated_drive(simulated_drive: list[DriverState]) -> None:
    config = Config(rules={name: rule.model_copy(update={"enabled": True}) for name, rule in built_in_rules().items()})
    alerts = by_columns(config, simulated_drive)
    assert told(alerts) == [
        (*line[:4], config.rules[line[1]].message, *line[5:]) for line in told(by_engine(config, simulated_drive))
    ]
    assert {alert.rule for alert in alerts} >= {"microsleep", "sleep", "long_glance"}


def test_what_a_rule_did_is_remembered_until_it_or_its_inhibitor_changes(simulated_drive: list[DriverState]) -> None:
    config = Config()
    names = {name for rule in config.rules.values() for name in names_of(rule)}
    player = Player(StateTable.of(simulated_drive, names))
    for rule_name, change in (
        ("long_glance", {"for_s": 1.0}),
        ("sleep", {"keep_firing_for_s": 4.0}),
        ("drowsy", {"enabled": False}),
    ):
        player.alerts(Plan.of(config))
        changed = {**config.rules, rule_name: config.rules[rule_name].model_copy(update=change)}
        config = config.model_copy(update={"rules": changed})
        fresh = Player(player.table)
        assert player.alerts(Plan.of(config)) == fresh.alerts(Plan.of(config))


def test_a_drive_without_a_frame_says_nothing() -> None:
    assert by_columns(Config(), []) == []


def test_a_rule_that_counts_sounds_is_named() -> None:
    loud = {"loud": rule("audible_alerts_1h >= 5"), "away": rule("off_road_s >= 3")}
    assert counts_sounds(loud) == "loud"
    assert counts_sounds({"loud": loud["loud"].model_copy(update={"enabled": False})}) is None
