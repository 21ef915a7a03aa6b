"""What reverse gear and ignition mean for rules and the attention ladder."""

from driver_monitor.config.config import Config
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs

ASSUMED = Speed(60.0, SpeedKnowledge.ASSUMED)


def alerts(vehicle: VehicleInputs | None, **seen: object) -> list[Alert]:
    """Ten seconds of ``seen`` with the built-in rules."""
    engine, found = RuleEngine.of(Config()), list[Alert]()
    for index in range(100):
        t_s = index / 10
        known = {name: value(t_s) if callable(value) else value for name, value in seen.items()}
        signals = Signals(t_s=t_s, tracking="tracked", quality=1.0, quality_eyes=1.0, **known)  # type: ignore[arg-type]
        found += engine.update(DriverState(t_s, signals, ASSUMED, vehicle=vehicle))
    return found


def test_reverse_silences_distraction_and_not_closed_eyes() -> None:
    away = {"eyes": "open", "on_road": False, "off_road_s": lambda t_s: t_s, "driving_task_s": 0.0}
    assert {alert.rule for alert in alerts(None, **away)} >= {"long_glance", "unresponsive"}
    assert {alert.rule for alert in alerts(VehicleInputs(), **away)} >= {"long_glance", "unresponsive"}
    assert alerts(VehicleInputs(reverse=True), **away) == []
    closed = {"eyes": "closed", "eyes_closed_s": lambda t_s: t_s, "grimace": 0.0}
    assert {alert.rule for alert in alerts(VehicleInputs(reverse=True), **closed)} == {"microsleep", "sleep"}


def test_nobody_drives_a_car_whose_ignition_is_off() -> None:
    closed = {"eyes": "closed", "eyes_closed_s": lambda t_s: t_s, "grimace": 0.0}
    assert alerts(VehicleInputs(ignition=True), **closed)
    assert alerts(VehicleInputs(ignition=False), **closed) == []


def test_rules_may_name_inputs_and_what_is_not_known_starts_none() -> None:
    rule = {"when": {"all": ["hands_on == false", "off_road_s >= 1"]}, "message": "look_at_road"}
    config = Config.model_validate({"rules": {"hands_off": rule}})
    for hands_on, fires in ((False, True), (True, False), (None, False)):
        engine, found = RuleEngine.of(config), list[Alert]()
        for index in range(20):
            signals = Signals(t_s=index / 10, tracking="tracked", off_road_s=2.0)
            vehicle = VehicleInputs(hands_on=hands_on)
            found += engine.update(DriverState(index / 10, signals, ASSUMED, vehicle=vehicle))
        assert bool(found) is fires
