"""Why it did, and why it did not."""

from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from driver_monitor.cli.explanation import explanation
from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.rules.explain import Explanation
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.rules.states import rule, state


def explained(
    rules: dict[str, RuleConfig],
    name: str,
    story: Callable[[float], dict[str, Any]],
    *,
    at_s: float,
    until_s: float = 30,
) -> Explanation:
    engine, found = RuleEngine(rules), Explanation(name, at_s)
    for frame in range(round(until_s * 30)):
        moment = state(frame / 30, **story(frame / 30))
        if found.over(moment.t_s):
            break
        found.see(engine, moment, engine.update(moment))
    return found


def verdict(*args: Any, **kwargs: Any) -> str:
    look = explained(*args, **kwargs).look
    assert look is not None
    return look.verdict


def away(t_s: float) -> dict[str, Any]:
    return {"off_road_s": max(0.0, t_s - 10) if t_s < 16 else 0.0, "driving_task_s": 0.0, "eyes_closed_s": 0.0}


GLANCE = {"glance": rule({"all": ["off_road_s >= 3", "driving_task_s < 1"]}, **{"for": 1.0, "cooldown": 4.0})}


def test_past_the_end_there_is_nothing_for_a_machine_either() -> None:
    found = explained(GLANCE, "glance", away, at_s=99, until_s=20).to_json()
    assert (found["t_s"], found["standing"], found["verdict"], found["lines"]) == (None, None, None, [])
    assert found["last_s"] == pytest.approx(20, abs=0.1)


def test_a_rule_that_is_gone_when_the_rules_are_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    for at_s, said in ((14.0, "not among them"), (18.5, "glance at 0:18.50: the rules had been reloaded")):
        engine, found = RuleEngine(GLANCE), Explanation("glance", at_s)
        for frame in range(20 * 30):
            moment = state(frame / 30, **away(frame / 30))
            if frame == 15 * 30:
                engine, _ = engine.reconfigured({"other": rule("off_road_s >= 9")}, moment.t_s)
            found.see(engine, moment, engine.update(moment))
        explanation(found, Console(width=200))
        assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("at_s", "said"),
    [
        (11.5, "inactive: looking away for 1.5 s (off_road_s is 1.5, not >= 3)"),
        (13.5, "pending: it has held for 0.50 s of 1 s"),
        (15.0, "fires since 0:14.00, level warning"),
        (17.0, "inactive: off_road_s is 0, not >= 3"),
    ],
)
def test_where_a_rule_stands_is_one_sentence(at_s: float, said: str) -> None:
    assert verdict(GLANCE, "glance", away, at_s=at_s) == said


def test_a_closed_speed_gate_is_named() -> None:
    gated = {"glance": rule("off_road_s >= 3", speed={"from_kmh": 50})}
    crawling = lambda t_s: {**away(t_s), "speed": Speed(30.0, SpeedKnowledge.MEASURED)}  # noqa: E731
    assert verdict(gated, "glance", crawling, at_s=15) == "inactive: the speed is outside its gate"


def test_what_is_not_known_is_said_to_be_not_known() -> None:
    blind = lambda t_s: {"off_road_s": None, "driving_task_s": 0.0}  # noqa: E731
    assert verdict(GLANCE, "glance", blind, at_s=15) == "inactive: off_road_s is not known"


def test_cooldown_inhibitor_and_second_channel_are_named() -> None:
    again = lambda t_s: {"off_road_s": 5.0 if t_s % 10 >= 8 else 0.0}  # noqa: E731
    resting = {"glance": rule("off_road_s >= 3", cooldown=60)}
    assert verdict(resting, "glance", again, at_s=19) == "pending: its cooldown lasts 51.00 s more"
    silenced = {
        "glance": rule(
            "off_road_s >= 3", inhibited_by=["sleep"], requires_second_channel={"channels": {"y": "yawn == true"}}
        ),
        "sleep": rule("off_road_s >= 1", level="critical"),
    }
    assert (
        verdict(silenced, "glance", again, at_s=9) == "pending: inhibited by sleep; the second channel does not agree"
    )


def test_around_the_moment_every_change_is_listed_with_its_time() -> None:
    found = explained(GLANCE, "glance", away, at_s=14)
    assert [(round(change.t_s, 2), change.words) for change in found.changes] == [
        (13.0, "when: no -> yes"),
        (13.0, "off_road_s >= 3.0 (3): no -> yes"),
        (13.0, "inactive -> pending"),
        (14.0, "held for 1 s (1.00 s): no -> yes"),
        (14.0, "pending -> firing"),
        (14.0, "ALERT began (warning): test"),
        (16.0, "when: yes -> no"),
        (16.0, "off_road_s >= 3.0 (0): yes -> no"),
        (16.0, "held for 1 s (-): yes -> no"),
        (16.0, "cooldown of 4 s over (4.00 s left): yes -> no"),
        (16.0, "firing -> inactive"),
        (16.0, "ALERT ended (warning): test"),
    ]


def test_the_page_shows_every_term_with_value_truth_and_since() -> None:
    found = explained(dict(built_in_rules()), "long_glance", away, at_s=14)
    with Console(width=100, record=True, quiet=False, file=None) as console, console.capture() as capture:
        explanation(found, console)
    page = capture.get()
    assert "long_glance at 0:14.00: fires since 0:13.00" in page
    assert "why: Euro NCAP 2026: one long look at a phone" in page
    assert found.to_json()["why"] == built_in_rules()["long_glance"].why
    assert "off_road_s >= 3.0" in page
    assert "0:13.00" in page
    assert "ALERT began (warning)" in page


def test_a_moment_after_the_end_of_the_drive_is_said_to_be_that() -> None:
    found = explained(GLANCE, "glance", away, at_s=99, until_s=20)
    console = Console(width=100)
    with console.capture() as capture:
        explanation(found, console)
    assert "the drive ends at 0:19.97" in capture.get()


def test_a_rule_without_a_reason_has_none_to_show() -> None:
    found = explained(GLANCE, "glance", away, at_s=14)
    console = Console(width=100)
    with console.capture() as capture:
        explanation(found, console)
    assert "why" not in capture.get()
    assert found.to_json()["why"] is None


@pytest.mark.parametrize("name", [name for name, rule in built_in_rules().items() if rule.enabled])
def test_every_default_rule_can_be_explained_at_any_time(name: str) -> None:
    def patchy(t_s: float) -> dict[str, Any]:
        return {} if t_s < 11 else {**away(t_s), "perclos_60s": 0.2, "perclos_coverage": 0.9}

    found = explained(dict(built_in_rules()), name, patchy, at_s=12)
    assert found.look is not None
    assert found.look.lines
    assert found.look.verdict
