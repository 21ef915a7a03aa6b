"""A config made by code is refused like one in a file: in our words, in one line."""

import math
import pickle
from collections.abc import Callable

import pytest

from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.rules import RuleConfig
from driver_monitor.simulate.habits import attentive
from driver_monitor.simulate.script import Script


def script(**head: object) -> Script:
    return Script.model_validate({"drive": head})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: CameraConfig(fps=0), "config: fps: got 0; accepted: greater than or equal to 5"),
        (lambda: Config.model_validate({"camera": {"fps": 0}}), "config: camera.fps: got 0; accepted: greater than"),
        (lambda: Config.model_validate_json('{"camera": {"fps": 0}}'), "config: camera.fps: got 0; accepted: greater"),
        (lambda: Config.model_validate({"camera": {"speed": 1}}), "config: camera.speed: there is no such key"),
        (lambda: RuleConfig(when="fps", message="-"), "config: when: 'fps' is not of the form 'signal op threshold'"),
        (
            lambda: RuleConfig.model_validate({"when": {"all": [{"not": "fpss < 5"}]}, "message": "-"}),
            "config: when.all[0].not: there is no signal 'fpss'; did you mean 'fps'?",
        ),
        (
            lambda: RuleConfig.model_validate({"when": 5, "message": "-"}),
            "config: when: got 5; accepted: a term 'signal",
        ),
        (lambda: Config(rules={"Mine": RuleConfig(when="fps < 5", message="-")}), "config: rules.Mine: got the name"),
        (lambda: script(duration_s=1e9), "drive script: drive.duration_s: got 1000000000.0; accepted: less than or"),
        (lambda: script(duration_s=math.nan), "drive script: drive.duration_s: got NaN; accepted: a finite number"),
        (lambda: script(jitter_s=0.4), "drive script: drive: jitter_s must be under half a frame interval"),
        (lambda: Script.model_validate({"actions": [{"do": "blink"}]}), "drive script: actions[0].blink.t: is missing"),
        (lambda: attentive(1, fps=500.0), "drive script: drive.fps: got 500.0; accepted: less than or equal to 120"),
    ],
)
def test_the_key_the_value_and_what_is_accepted_stand_in_one_line(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made()
    assert str(caught.value).startswith(said)
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.exit_code == 2


def test_a_mistake_made_thousands_of_times_is_told_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Script.model_validate({"actions": [{"do": "blink", "t": -1.0}] * 5000})
    said = "drive script: actions[0].blink.t: got -1.0; accepted: greater than or equal to 0 (and 4,999 more)"
    assert str(caught.value) == said
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (said, caught.value.problems)
