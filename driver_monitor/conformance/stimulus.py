"""What is played to the program: what the driver does, how the frames come, what is expected. And a row of them.

Onsets are where a movement begins, so the head's way to its target counts. Angles are a left-hand-drive car's, from the
road ahead; the other seat mirrors them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from driver_monitor.config.preset import Row as RowId
from driver_monitor.conformance.expectations import Expectation
from driver_monitor.simulate.measurement_noise import NoiseLevel

Actions = tuple[dict[str, Any], ...]

LAP: Final = {"yaw": -4.0, "pitch": -36.0}
PHONE: Final = {"yaw": -30.0, "pitch": -26.0}
PASSENGER: Final = {"yaw": -46.0, "pitch": 0.0, "eyes_yaw": -25.0}
SCREEN: Final = {"yaw": -32.0, "pitch": -14.0}
INNER_MIRROR: Final = {"yaw": -34.0, "pitch": 10.0}
LEFT_MIRROR: Final = {"yaw": 42.0, "pitch": -10.0}
CLUSTER: Final = {"yaw": 0.0, "pitch": -19.0}


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One play. ``actions`` begin with the play; what is expected counts from ``onset_s`` on. ``drive`` overrides the
    variant's head of the script. ``seeded`` false: no baseline yet. ``sampled`` plays are pooled: the row asks for a
    share of them. ``steady`` plays do not depend on the frame rate and are played once."""

    name: str
    actions: Actions
    length_s: float
    expected: tuple[Expectation, ...]
    speed_kmh: float = 80.0
    onset_s: float = 0.0
    drive: Mapping[str, Any] = field(default_factory=dict)
    noise: NoiseLevel | None = None
    seeded: bool = True
    rendered: bool = False
    sampled: bool = False
    steady: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """``share`` is the part of the sampled plays that must be warned of."""

    id: RowId
    situation: str
    due: str
    never: str
    source: str
    stimuli: tuple[Stimulus, ...]
    share: float = 0.0


def look(t: float, for_s: float, *, transition: float = 0.3, **where: float) -> Actions:
    """Head and, with ``eyes_yaw`` and ``eyes_pitch``, eyes go somewhere at ``t`` and start back at ``t + for_s``."""
    eyes = {"yaw": where.pop("eyes_yaw", 0.0), "pitch": where.pop("eyes_pitch", 0.0)}
    found: list[dict[str, Any]] = [{"t": t, "do": "look", "for": for_s, "transition": transition, **where}]
    if any(eyes.values()):
        found.append({"t": t, "do": "gaze", "for": for_s, **eyes})
    return tuple(found)


def shut(t: float, for_s: float) -> Actions:
    return ({"t": t, "do": "close_eyes", "for": for_s},)


def occlude(t: float, for_s: float, what: str) -> Actions:
    return ({"t": t, "do": "occlude", "for": for_s, "what": what},)
