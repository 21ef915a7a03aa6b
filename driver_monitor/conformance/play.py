"""Plays stimuli: as geometry or as rendered video through the real tracker, then the real signals and rules.

The signals are worked out once for all configs that agree on what makes them; each config's rules then run on those.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.bank import Classifiers
from driver_monitor.config.config import Config
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.conformance.hearing import Heard
from driver_monitor.conformance.stimulus import Stimulus
from driver_monitor.conformance.variants import STEADY, Variant
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.measurement_noise import NoiseLevel
from driver_monitor.simulate.script import Script
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge

LEAD_S: Final = 38.0  # attentive, before every play: a baseline forms in it
BRIEF_LEAD_S: Final = 1.0  # for plays that begin before there is one
RUN_UP_S: Final = 3.0  # of the lead that the rules see
REMEMBERED: Final = 48  # plays


@dataclass(frozen=True, slots=True)
class Take:
    """The states of one play, the run-up first; ``begin_s`` is where the stimulus' own time begins."""

    states: tuple[DriverState, ...]
    begin_s: float


def mirrored(actions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same in a car with the wheel on the other side."""
    return [{**a, "yaw": -a["yaw"]} if "yaw" in a else dict(a) for a in actions]


def script(stimulus: Stimulus, variant: Variant, lead_s: float, *, seat: str) -> Script:
    actions = mirrored(stimulus.actions) if seat == "right" else list(stimulus.actions)
    head = {**variant.drive, **stimulus.drive, "speed_kmh": stimulus.speed_kmh}
    head["duration_s"] = lead_s + stimulus.length_s
    return Script.model_validate({"drive": head, "actions": [{**a, "t": lead_s + a["t"]} for a in actions]})


def geometric(stimulus: Stimulus, variant: Variant, config: Config) -> Take:
    """Through signals and classifiers. Signals know no speed: plays that differ in it alone are played once."""
    variant = STEADY if stimulus.steady else variant
    lead_s = LEAD_S if stimulus.seeded else BRIEF_LEAD_S
    played = script(replace(stimulus, speed_kmh=0.0), variant, lead_s, seat=config.face.seat)
    noise = stimulus.noise or variant.noise
    key = (played.model_dump_json(), noise, variant.noise, stimulus.seeded, signals_key(config))
    states = _TAKES.pop(key, None) or _geometric_states(stimulus, variant, config, played, noise)
    _TAKES[key] = states
    if len(_TAKES) > REMEMBERED:
        _TAKES.pop(next(iter(_TAKES)))
    speed = Speed(stimulus.speed_kmh, SpeedKnowledge.MEASURED)
    return Take(tuple(replace(state, speed=speed) for state in states), lead_s)


_TAKES: dict[Any, list[DriverState]] = {}


def _geometric_states(
    stimulus: Stimulus, variant: Variant, config: Config, played: Script, noise: NoiseLevel
) -> list[DriverState]:
    drive = GeometricDrive(played, noise)
    lead: list[Signals] = []
    extractor = SignalExtractor(config)
    if stimulus.seeded:
        head = tuple(sorted({**variant.drive, **_pace(stimulus.drive)}.items()))
        kept, lead = _lead(head, variant.noise, _signals_key(config), config)
        extractor = copy.deepcopy(kept)
    speed = Speed(0.0, SpeedKnowledge.MEASURED)
    classifiers = Classifiers(needed_classifiers(config))
    states = [DriverState(signals.t_s, signals, speed) for signals in lead]
    for observation in drive.observations(LEAD_S if stimulus.seeded else 0.0):
        signals = extractor.update(observation)
        states.append(classifiers.update(Frame(observation.t_s, None), observation, signals, speed))
    return states


def _pace(drive: Any) -> dict[str, Any]:
    return {key: value for key, value in drive.items() if key in ("fps", "drop_share", "jitter_s", "portrait")}


_LEADS: dict[Any, tuple[SignalExtractor, list[Signals]]] = {}


def _lead(head: tuple[Any, ...], noise: NoiseLevel, key: str, config: Config) -> tuple[SignalExtractor, list[Signals]]:
    """The extractor after an attentive lead, to be copied, and the lead's last signals."""
    found = _LEADS.get((head, noise, key))
    if found is None:
        extractor = SignalExtractor(config)
        drive = GeometricDrive(
            Script.model_validate({"drive": {**dict(head), "duration_s": LEAD_S}, "actions": []}), noise
        )
        seen = [extractor.update(observation) for observation in drive.observations()]
        found = extractor, [s for s in seen if s.t_s >= LEAD_S - RUN_UP_S]
        _LEADS[head, noise, key] = found
    return found


def forget() -> None:
    """What was played is played anew: what signals are made of has changed."""
    _TAKES.clear()
    _LEADS.clear()


def _signals_key(config: Config) -> str:
    return f"{config.face.seat} {config.signals.model_dump_json()}"


def signals_key(config: Config) -> str:
    """Equal for configs that give equal states of equal observations."""
    return f"{_signals_key(config)} {needed_classifiers(config).classifiers.model_dump_json()}"


def needed_classifiers(config: Config) -> Config:
    """No expressions, which need pictures; the distraction net only where a rule asks it."""
    asked = "distraction." in str(config.rules)
    chosen = {"stress": False, "distraction": config.classifiers.distraction and asked}
    return config.model_copy(update={"classifiers": config.classifiers.model_copy(update=chosen)})


class RenderedStage:
    """Renders and tracks with one face backend: each portrait's lead once, each stimulus once."""

    def __init__(self, variant: Variant, face: FaceConfig) -> None:
        self.variant = variant
        self._face = face
        self._tracked: dict[str, list[FaceObservation]] = {}

    def observations(self, stimulus: Stimulus, seat: str) -> list[FaceObservation]:
        """Of lead and stimulus; a right-hand-drive car is played mirrored, its driver still in the picture's middle."""
        lead_s = LEAD_S if stimulus.seeded else BRIEF_LEAD_S
        drive = ScriptedDrive(script(stimulus, self.variant, lead_s, seat=seat))
        if not stimulus.seeded:
            return self._track(drive, 0.0)
        if "lead" not in self._tracked:
            empty = replace(stimulus, actions=(), length_s=0.1, drive={})
            self._tracked["lead"] = self._track(ScriptedDrive(script(empty, self.variant, LEAD_S, seat="left")), 0.0)
        key = f"{stimulus.name} {stimulus.length_s} {seat}"
        if key not in self._tracked:
            self._tracked[key] = self._track(drive, LEAD_S)
        return [o for o in self._tracked["lead"] if o.t_s < LEAD_S] + self._tracked[key]

    def _track(self, drive: ScriptedDrive, from_s: float) -> list[FaceObservation]:
        model = face_model(self._face.model, progress=False)
        with VisionWorker(self._face.unhurried(), PrivacyConfig(), model) as tracker:
            return [
                tracker.track(drive.frame(index)[0]) for index, t_s in enumerate(drive.frame_times) if t_s >= from_s
            ]

    def take(self, stimulus: Stimulus, config: Config) -> Take:
        speed = Speed(stimulus.speed_kmh, SpeedKnowledge.MEASURED)
        extractor, classifiers = SignalExtractor(config), Classifiers(needed_classifiers(config))
        lead_s = LEAD_S if stimulus.seeded else BRIEF_LEAD_S
        states = []
        for observation in self.observations(stimulus, config.face.seat):
            signals = extractor.update(observation)
            state = classifiers.update(Frame(observation.t_s, None), observation, signals, speed)
            if observation.t_s >= lead_s - RUN_UP_S:
                states.append(state)
        return Take(tuple(states), lead_s)


def hear(take: Take, config: Config, onset_s: float) -> Heard:
    alerts = tuple(ring(take.states, config))
    return Heard(alerts, take.begin_s + onset_s, take.states[-1].t_s)


def ring(states: Sequence[DriverState], config: Config) -> Iterator[Alert]:
    """Every alert of a config's rules over these states."""
    engine = RuleEngine.of(config)
    for state in states:
        yield from engine.update(state)
