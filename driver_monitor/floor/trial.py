"""A config on trial: which lapses of the floor bring no alert any more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.floor.lapse import LAPSES, Demand, Lapse
from driver_monitor.parameter import defined, judged
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge

AUDIBLE_PEAK: Final = defined(0.1, "a sound no softer is heard", "least of alerts.audio.critical_volume", unit="volume")
TRAFFIC_KMH: Final = judged((80.0, 130.0), "speeds at which every lapse must be answered")
SILENT_DEVICE: Final = "null"  # ALSA's device that swallows every sound


@dataclass(frozen=True, slots=True)
class Told:
    """The alert that answered a demand."""

    rule: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """One demand at one speed. ``again``: the lapse has just been one before."""

    lapse: Lapse
    demand: Demand
    speed: Speed
    again: bool


def cases(config: Config) -> Iterator[Case]:
    """Everything that is asked of a config: in traffic, on a motorway, with the speed unknown, and at the speed it says
    itself."""
    speeds = [*(Speed(kmh, SpeedKnowledge.MEASURED) for kmh in TRAFFIC_KMH), Speed(None, SpeedKnowledge.UNKNOWN)]
    own = config.vehicle.speed
    if own.source == "none":
        speeds.append(Speed(own.assumed_kmh, SpeedKnowledge.ASSUMED))
    elif own.source == "fixed":
        speeds.append(Speed(own.fixed_kmh, SpeedKnowledge.GIVEN))
    for lapse in LAPSES:
        for demand in lapse.demands:
            if demand.asked_of(config):
                for speed in speeds:
                    yield from (Case(lapse, demand, speed, again) for again in (False, True))


def verdicts(config: Config, asked: Iterable[Case]) -> dict[Case, Told | None]:
    """What each case brings; None where nothing that is enough comes in time."""
    found: dict[Case, Told | None] = {}
    plays: dict[Lapse, dict[Speed, list[Case]]] = {}
    for case in asked:
        plays.setdefault(case.lapse, {}).setdefault(case.speed, []).append(case)
    for lapse, speeds in plays.items():
        signals = tuple(lapse.signals(config))
        for speed, of_speed in speeds.items():
            news = tuple(_news(config, lapse, [DriverState(seen.t_s, seen, speed) for seen in signals]))
            for case in of_speed:
                found[case] = next(_answers(news, case, config), None)
    return found


def _news(config: Config, lapse: Lapse, states: Iterable[DriverState]) -> Iterator[Alert]:
    """The alerts of a play, without those of rules that fired while nothing was the matter."""
    engine = RuleEngine.of(config)
    begins_s = list(lapse.begins_s)
    before: set[str] = set()
    for state in states:
        if begins_s and state.t_s >= begins_s[0] - 1e-6:
            before = {alert.rule for alert in engine.firing}
            del begins_s[0]
        for alert in engine.update(state):
            if alert.state is AlertState.FIRING and alert.rule not in before:
                yield alert


def _answers(news: Iterable[Alert], case: Case, config: Config) -> Iterator[Told]:
    demand, begin_s = case.demand, case.lapse.begins_s[case.again]
    for alert in news:
        after_s = alert.t_s - begin_s
        in_time = -1e-6 <= after_s <= demand.due_s(case.speed) + 1e-6
        if in_time and alert.level >= demand.level and _reaches(alert, demand, config):
            yield Told(alert.rule, after_s)


def _buzzes(gpio: GpioConfig) -> bool:
    return gpio.buzzer_pin is not None and gpio.pins != "mock"


def _reaches(alert: Alert, demand: Demand, config: Config) -> bool:
    """Whether the alert gets to the driver: by a sound or a buzzer here or by the car that listens on a bus, and where
    it need not be heard by the terminal too. What MQTT reaches is not in the car."""
    outputs, audio = set(alert.outputs), config.alerts.audio
    rule = config.rules.get(alert.rule)
    may_be_muted = alert.level < Level.CRITICAL and rule is not None and not rule.never_muted
    if demand.steadfast and config.alerts.budget.guard and may_be_muted:
        outputs.discard("audio")
    peaks = {Level.INFO: audio.info_volume, Level.WARNING: audio.warning_volume}
    loud = peaks.get(alert.level, audio.critical_volume) >= AUDIBLE_PEAK
    sounds = audio.enabled and loud and audio.device.strip().lower() != SILENT_DEVICE
    return (
        ("audio" in outputs and sounds)
        or ("serial" in outputs and config.alerts.serial.enabled)
        or ("can" in outputs and config.alerts.can.enabled and config.alerts.can.interface != "virtual")
        or ("gpio" in outputs and config.alerts.gpio.enabled and _buzzes(config.alerts.gpio))
        or (not demand.heard and "console" in outputs and config.alerts.console.enabled)
    )
