"""Scripted looks at places drawn by lot inside the gaze zones, before a camera anywhere: a test instrument.

The grid's looks are six directions chosen by hand before a camera straight ahead. These are not: the aims are drawn
from a seed, part of a look may be made by the eyes, and the camera stands where a car has room for one.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.head_pose import HeadPose, from_neutral, gaze_direction, off_camera_deg, towards_camera
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.simulate.script import Script
from driver_monitor.state.zone import ROAD

QUIET_S: Final = 14.0  # an attentive start, in which the baseline is seeded
EVERY_S: Final = 2.2
LOOK_S: Final = 1.6
TRANSITION_S: Final = 0.3
# Shown poses, towards the camera: what the portraits can be drawn in. Further off the camera the tracker loses them,
# and the right answer is that the zone is not known.
SHOWN_PITCH_DEG: Final = (-38.0, 18.0)
SHOWN_OFF_DEG: Final = 45.0
# Nobody looks at a zone's rim, and a drawn head sways by 1-2 degrees: aims lie within this share of the zone's ellipse,
# and so far around them is nothing but this zone.
AIM_REACH: Final = 0.8
CLEAR_DEG: Final = 3.0
HEAD_SHARE: Final = {"head": (1.0, 1.0), "mixed": (0.6, 0.85), "eyes": (0.0, 0.0)}
EYE_YAW_DEG, EYE_PITCH_DEG = 22.0, 18.0  # what the eyes do on their own here
TRIES: Final = 2000


@dataclass(frozen=True, slots=True)
class Aim:
    """A look at ``zone``: the direction in the car, and the head's part of it, degrees from the road."""

    start_s: float
    zone: str
    kind: str
    yaw_deg: float
    pitch_deg: float
    head: HeadPose
    eye_yaw_deg: float
    eye_pitch_deg: float


def aims(
    camera: HeadPose, seed: int, *, count: int = 24, kinds: tuple[str, ...] = ("head",), start_s: float = QUIET_S
) -> list[Aim]:
    """``count`` looks from ``start_s`` on, the zones in turn, that a camera in this direction from the driver's eyes
    can see. Raises ValueError where it sees too few."""
    chance = np.random.default_rng((seed, 40))
    config = GazeConfig()
    zones = ZoneMap(config)
    places = {ROAD: (0.0, 0.0, config.road_half_width_deg, config.road_half_height_deg)}
    places |= {name: (z.yaw_deg, z.pitch_deg, z.half_width_deg, z.half_height_deg) for name, z in config.zones.items()}
    found: list[Aim] = []
    names = [name for name in places if not name.endswith("_shoulder")]
    tried = 0
    while len(found) < count and tried < TRIES:
        tried += 1
        name = names[tried % len(names)]
        kind = kinds[len(found) % len(kinds)]
        yaw, pitch, half_width, half_height = places[name]
        angle, reach = chance.uniform(0, 2 * math.pi), AIM_REACH * math.sqrt(chance.random())
        yaw, pitch = yaw + reach * half_width * math.cos(angle), pitch + reach * half_height * math.sin(angle)
        share = chance.uniform(*HEAD_SHARE[kind])
        head = HeadPose(share * yaw, share * pitch, 0.0)
        eye_yaw, eye_pitch = yaw - head.yaw_deg, pitch - head.pitch_deg
        if abs(eye_yaw) > EYE_YAW_DEG or abs(eye_pitch) > EYE_PITCH_DEG:
            continue
        yaw, pitch = gaze_direction(head, eye_yaw, eye_pitch)
        shown = seen_by(camera, head)
        drawable = SHOWN_PITCH_DEG[0] <= shown.pitch_deg <= SHOWN_PITCH_DEG[1]
        if not drawable or off_camera_deg(shown) > SHOWN_OFF_DEG or not clear(zones, name, yaw, pitch):
            continue
        found.append(Aim(start_s + EVERY_S * len(found), name, kind, yaw, pitch, head, eye_yaw, eye_pitch))
    if len(found) < count:
        raise ValueError(f"From {camera} only {len(found)} of {count} looks could be drawn.")
    return found


def clear(zones: ZoneMap, name: str, yaw_deg: float, pitch_deg: float) -> bool:
    """Whether the direction and all around it belong to the zone."""
    around = [(CLEAR_DEG * math.cos(turn), CLEAR_DEG * math.sin(turn)) for turn in np.arange(0, 2 * np.pi, np.pi / 6)]
    return all(zones.zone(yaw_deg + across, pitch_deg + up) == name for across, up in [(0.0, 0.0), *around])


def seen_by(camera: HeadPose, head: HeadPose) -> HeadPose:
    """The pose towards a camera in the direction ``camera`` of a head turned by ``head`` from the road."""
    return from_neutral(head, camera)


def script(portrait: str, camera: HeadPose, looks: list[Aim], seed: int, *, fps: float = 30.0) -> Script:
    duration_s = QUIET_S + EVERY_S * len(looks) + 1.0
    road = towards_camera(camera)
    actions: list[dict[str, Any]] = [turn(0.0, road, duration_s)]
    for aim in looks:
        actions.append(turn(aim.start_s, seen_by(camera, aim.head), LOOK_S))
        if aim.eye_yaw_deg or aim.eye_pitch_deg:
            actions.append(
                {"t": aim.start_s, "do": "gaze", "yaw": aim.eye_yaw_deg, "pitch": aim.eye_pitch_deg, "for": LOOK_S}
            )
    head = {"portrait": portrait, "duration_s": duration_s, "fps": fps, "seed": seed}
    return Script.model_validate({"drive": head, "actions": actions})


def turn(start_s: float, pose: HeadPose, for_s: float) -> dict[str, Any]:
    return {
        "t": start_s, "do": "look", "yaw": pose.yaw_deg, "pitch": pose.pitch_deg, "roll": pose.roll_deg, "for": for_s,
        "transition": TRANSITION_S,
    }  # fmt: skip
