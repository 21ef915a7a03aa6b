"""Drivers, seats, cameras and glances with known truth, as the signals would report them.

No labelled set of drivers' gaze is freely available, so the distraction model is trained on geometry. What is
assumed, and the range of it, is here and in the model's card; the noise is measured (``gaze_noise``). The signal
layer's own steps are taken over: angles from neutral are composed as rotations, irises are borne out, trusted and
smoothed as in ``signals/gaze.py``.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.distraction import STEPS
from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.attention import HEAD_ALONE, POSE_TRUST_DEG
from driver_monitor.signals.gaze import (
    EYE_GAIN,
    EYE_TRUST_DEG,
    LOWERED_LIDS_DEG,
    MAX_EYE_PITCH_DEG,
    MAX_EYE_YAW_DEG,
    STAY_BEHIND,
)
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.state.zone import ELSEWHERE, ROAD
from scripts.training.gaze_noise import KNOWN, Noise, wandering

FINE = 3  # simulated at 30 Hz, seen at 10 Hz
SETTLING = 20  # frames in which the filters settle
LENGTH = SETTLING + STEPS * FINE
FRAME_S = 1 / 30
HEAD_FILTER_S, EYE_FILTER_S = 0.08, 0.15  # the product's own time constants
SETTLED_S = 0.65  # from here on a look has arrived, head, eyes and filters

# The head's share of a gaze shift: "lizards" and "owls" (Fridman et al. 2016), half of the drivers each. Whoever it is,
# some looks end with the whole head turned, and small shifts may be left to the eyes.
LIZARD_SHARE, OWL_SHARE = (0.5, 0.8), (0.7, 1.0)
VERTICAL_HEAD_SHARE = (0.5, 1.0)
BY_HEAD, BY_EYES = 0.35, 0.10  # of all looks, and of small ones
SMALL_SHIFT_DEG = (22.0, 18.0)  # yaw and pitch
CAMERA_YAW_DEG, CAMERA_PITCH_DEG = 30.0, 20.0  # camera within these of straight ahead of the driver
HEAD_GAIN = (0.92, 1.08)  # measured angle over true one
EYE_YAW_GAIN = (0.4, 1.1)  # drawn eyes 10-15 deg aside measure half, people's extreme glances all
EYE_PITCH_GAIN = (0.0, 0.6)  # mostly low: three cues must agree, and often one of them sees nothing
STAYS_BEHIND = (0.0, 0.25)  # of the irises on a turning head, see signals/gaze.py; more than is expected there
FALSE_TURN = 0.25  # SD of what any turn from neutral moves the irises, which did not move, over the turn itself
LIDS_COVER_DEG = (-35.0, -12.0)  # eyes lowered by so much are covered by their lids, person by person
LOST_IRIS = (0.02, 0.6)  # share of looks with an iris not found, before the camera and from 40 deg off it
BASELINE_ERROR_DEG = (1.0, 1.5)  # SD of the learned neutral pose's yaw and pitch error
PRIOR_SHARE, PRIOR_ERROR_DEG, PRIOR_TRUST = 0.1, (6.0, 5.0), 0.7  # looks before there is a baseline
LOOK_ERROR_DEG = 0.6  # SD from look to look of the head's measured angles
POOR_QUALITY_FACTOR = 6.0  # noise at quality 0 over noise at quality 1
LOST_BEYOND_DEG = 65.0  # turned further from the camera than this the face is no longer found

AT_A_TIME = 4000  # glances; more would not fit the processor's caches

ROAD_SHARE, ELSEWHERE_SHARE = 0.25, 0.08
# So many looks are at any part of their zone, the others near its middle, where the thing is.
ANYWHERE_SHARE, ANYWHERE_ON_ROAD = 0.5, 0.2
# Of the rest, by weight: drivers look at mirrors, cluster and console more often than out of the side window (three
# looks at the right mirror for one at the passenger, as in driver_monitor/simulate/habits.py).
LOOKED_AT = {
    "left_mirror": 3.0,
    "inner_mirror": 3.0,
    "right_mirror": 2.0,
    "cluster": 3.0,
    "console": 3.0,
    "lap": 3.0,
    "passenger": 0.7,
    "left_window": 0.7,
}


@dataclass(frozen=True)
class Scenes:
    """``gaze`` float32 [n, 10, 7] as the distraction model's input; ``direction`` float32 [n, 2], yaw and pitch looked
    at, degrees from the road; ``zone`` int64 [n] into ``labels``; ``person`` int64 [n]; ``settled`` bool [n]: the look
    has arrived; ``seen`` bool [n]: the newest step has a face with eyes."""

    gaze: NDArray[np.float32]
    direction: NDArray[np.float32]
    zone: NDArray[np.int64]
    person: NDArray[np.int64]
    settled: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def faced_zones() -> GazeConfig:
    """The default zones without those over the shoulder: there no face is left to be judged."""
    config = GazeConfig()
    faced = {name: zone for name, zone in config.zones.items() if not name.endswith("_shoulder")}
    return config.model_copy(update={"zones": faced})


def labels() -> tuple[str, ...]:
    return (ROAD, *faced_zones().zones, ELSEWHERE)


def scenes(count: int, seed: int, people: int = 2000, noise: Noise = KNOWN) -> Scenes:
    """Up to ``count`` glances of ``people`` drivers, each with a camera, habits and errors of their own.

    Those that end with the face turned out of the camera's sight are left out: there the product does not answer.
    """
    parts, sizes = [], [len(part) for part in np.array_split(np.arange(count), -(-count // AT_A_TIME))]
    for number, size in enumerate(sizes):
        group = max(1, people // len(sizes))
        parts.append(_some(size, np.random.default_rng((seed, number)), group, noise, first_person=number * group))
    return Scenes(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Scenes)}
    )


def _some(count: int, chance: np.random.Generator, people: int, noise: Noise, first_person: int) -> Scenes:
    person = chance.integers(people, size=count)

    def each(low: float, high: float) -> NDArray[np.float64]:
        return chance.uniform(low, high, people)[person]

    (target, zone), (start, _) = directions(chance, count), directions(chance, count)
    started_s = chance.uniform(-1.5, LENGTH * FRAME_S - 0.15, count)  # when the look moved to its target
    delay_s, turn_s = each(0.0, 0.25), each(0.2, 0.5)  # the head follows the eyes
    times_s = np.arange(LENGTH) * FRAME_S
    look = ramp(times_s, started_s, 0.06)[..., None]
    gaze = start[:, None] * (1 - look) + target[:, None] * look

    owl = (chance.random(people) < 0.5)[person]
    share = np.stack([np.where(owl, each(*OWL_SHARE), each(*LIZARD_SHARE)), each(*VERTICAL_HEAD_SHARE)], 1)
    share[chance.random(count) < BY_HEAD] = 1.0
    share[(chance.random(count) < BY_EYES) & (np.abs(target) <= SMALL_SHIFT_DEG).all(1)] = 0.0
    follow = ramp(times_s, started_s + delay_s, turn_s)[..., None]
    head = head_part(start, share)[:, None] * (1 - follow) + head_part(target, share)[:, None] * follow
    eye = np.clip(gaze - head, -MAX_EYE_YAW_DEG, MAX_EYE_YAW_DEG)

    camera = np.stack([each(-CAMERA_YAW_DEG, CAMERA_YAW_DEG), each(-CAMERA_PITCH_DEG, CAMERA_PITCH_DEG)], 1)
    roll = chance.normal(0, 4, count)[:, None] + 0.1 * head[..., 0]
    shown, off_camera = towards_camera(head, roll, camera)
    neutral, _ = towards_camera(np.zeros((count, 1, 2)), np.zeros((count, 1)), camera)

    quality = np.clip(1.15 - chance.exponential(0.2, count)[:, None] - off_camera / 200, 0.05, 1.0)
    # Landmarks get worse as the face turns from the camera, and with the picture.
    poor = (1 + (off_camera / 45.0) ** 2) * (1 + (POOR_QUALITY_FACTOR - 1) * (1 - quality) ** 2)

    def wander(angle: int) -> NDArray[np.float64]:
        return poor * wandering(chance, np.full(count, noise.sd_deg[angle]), noise.tau_s[angle], LENGTH, FRAME_S)

    prior = chance.random(count) < PRIOR_SHARE
    gain = np.stack([each(*HEAD_GAIN), each(*HEAD_GAIN)], 1)[:, None]
    learned = np.stack([chance.normal(0, sd, people)[person] for sd in BASELINE_ERROR_DEG], 1)
    assumed = np.stack([chance.normal(0, sd, count) for sd in PRIOR_ERROR_DEG], 1)
    measured = np.empty_like(shown)
    measured[..., :2] = shown[..., :2] * gain + chance.normal(0, LOOK_ERROR_DEG, (count, 1, 2))
    measured[..., 2] = shown[..., 2]
    measured += np.stack([wander(0), wander(1), wander(2)], -1)
    still = neutral.copy()
    still[..., :2] = neutral[..., :2] * gain + np.where(prior[:, None], assumed, learned)[:, None]
    turned = np.stack(
        [smoothed(angle, HEAD_FILTER_S) for angle in np.moveaxis(from_neutral(measured, still), -1, 0)], -1
    )

    lost = LOST_IRIS[0] + (LOST_IRIS[1] - LOST_IRIS[0]) * np.clip(off_camera.mean(1) / 40, 0, 1) ** 2
    eyes_seen = (chance.random(count) >= lost) & (chance.random(count) >= 0.05)  # the rest behind hands or dark glasses
    full, none = EYE_TRUST_DEG
    trust = np.clip((none - off_camera) / (none - full), 0, 1) * eyes_seen[:, None]
    behind = np.sin(np.radians(shown[..., 0])) - np.sin(np.radians(neutral[..., 0]))
    offset = (
        each(*EYE_YAW_GAIN)[:, None] * np.sin(np.radians(eye[..., 0]))
        - EYE_GAIN * each(*STAYS_BEHIND)[:, None] * behind
    )
    away = np.hypot(np.sin(np.radians(turned[..., 0])), np.sin(np.radians(turned[..., 1])))
    offset += chance.normal(0, FALSE_TURN, count)[:, None] * away
    offset = borne_out(offset + np.radians(wander(3)), turned[..., 0])
    eye_yaw = np.clip(np.degrees(np.arcsin(np.clip(offset, -1, 1))), -MAX_EYE_YAW_DEG, MAX_EYE_YAW_DEG)
    eye_pitch = (EYE_PITCH_GAIN[1] * each(0.0, 1.0) ** 2)[:, None] * eye[..., 1] + wander(4)
    eye_pitch = np.clip(eye_pitch, -MAX_EYE_PITCH_DEG, MAX_EYE_PITCH_DEG)
    eye_yaw, eye_pitch = smoothed(trust * eye_yaw, EYE_FILTER_S), smoothed(trust * eye_pitch, EYE_FILTER_S)
    known = smoothed(trust, EYE_FILTER_S)
    covered = (eye[..., 1] < each(*LIDS_COVER_DEG)[:, None]) & eyes_seen[:, None]
    eye_pitch, known = np.where(covered, -LOWERED_LIDS_DEG, eye_pitch), np.where(covered, 1.0, known)
    eyes = gaze_direction(turned, eye_yaw, eye_pitch) - turned[..., :2]

    near, far = POSE_TRUST_DEG
    quality_gaze = quality * np.clip((far - off_camera) / (far - near), 0, 1) * (HEAD_ALONE + (1 - HEAD_ALONE) * known)
    quality_gaze *= np.where(prior, PRIOR_TRUST, 1.0)[:, None]
    seen = np.concatenate([turned, eyes, quality[..., None], quality_gaze[..., None]], 2)[
        :, SETTLING + FINE - 1 :: FINE
    ]
    gone = dropouts(chance, count) | (off_camera[:, SETTLING + FINE - 1 :: FINE] > LOST_BEYOND_DEG)
    seen[gone] = 0.0
    kept = off_camera[:, -1] <= LOST_BEYOND_DEG
    return Scenes(
        gaze=seen.astype(np.float32)[kept],
        direction=target.astype(np.float32)[kept],
        zone=zone[kept],
        person=person[kept] + first_person,
        settled=(started_s + SETTLED_S <= LENGTH * FRAME_S)[kept],
        seen=((known[:, -1] >= 0.5) & ~gone[:, -1] & ~prior)[kept],
    )


def directions(chance: np.random.Generator, count: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Targets [count, 2] (yaw, pitch in degrees) and the zone each lies in by the product's own zone map."""
    config, names = faced_zones(), labels()
    weights = np.array([LOOKED_AT.get(name, 1.0) for name in config.zones])
    others = weights / weights.sum() * (1 - ROAD_SHARE - ELSEWHERE_SHARE)
    shares = np.array([ROAD_SHARE, *others, ELSEWHERE_SHARE])
    wanted = chance.choice(len(names), size=count, p=shares)
    places = [(0.0, 0.0, config.road_half_width_deg, config.road_half_height_deg)]
    places += [(z.yaw_deg, z.pitch_deg, z.half_width_deg, z.half_height_deg) for z in config.zones.values()]
    places.append((0.0, 0.0, 90.0, 50.0))  # elsewhere: anywhere
    place = np.array(places)[wanted]
    angle, radius = chance.uniform(0, 2 * np.pi, count), np.abs(chance.normal(0, 0.4, count))
    anywhere = chance.random(count) < np.where(wanted == 0, ANYWHERE_ON_ROAD, ANYWHERE_SHARE)
    anywhere |= wanted == len(names) - 1
    radius = np.where(anywhere, np.sqrt(chance.random(count)), np.minimum(radius, 1.0))
    target = place[:, :2] + (radius * np.stack([np.cos(angle), np.sin(angle)])).T * place[:, 2:]
    zones = ZoneMap(config)
    index = {name: number for number, name in enumerate(names)}
    return target, np.array([index[zones.zone(yaw, pitch)] for yaw, pitch in target.tolist()], dtype=np.int64)


def head_part(gaze: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the head goes for a look: its share, and whatever the eyes cannot."""
    habit = gaze * share
    needed = np.sign(gaze) * np.maximum(np.abs(gaze) - MAX_EYE_YAW_DEG, 0)
    return np.where(np.abs(habit) > np.abs(needed), habit, needed)


def ramp(times_s: NDArray[np.floating], start_s: NDArray[np.float64], length_s: object) -> NDArray[np.float64]:
    """0 before ``start_s``, 1 after ``length_s`` more, smooth between; [len(start_s), len(times_s)]."""
    length = np.broadcast_to(np.asarray(length_s, dtype=np.float64), start_s.shape)
    share = np.clip((times_s[None] - start_s[:, None]) / length[:, None], 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def towards_camera(
    head_deg: NDArray[np.float64], roll_deg: NDArray[np.float64], camera_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Yaw, pitch and roll [n, t, 3] towards a camera in the direction ``camera_deg`` [n, 2] of a head turned by
    ``head_deg`` [n, t, 2] from the road, and the angle [n, t] between nose and camera. Degrees."""
    turned = turning(np.concatenate([head_deg, roll_deg[..., None]], -1))
    camera = turning(np.concatenate([camera_deg, np.zeros((len(camera_deg), 1))], 1))
    seen = np.swapaxes(camera, -1, -2)[:, None] @ turned
    return pose_deg(seen), np.degrees(np.arccos(np.clip(seen[..., 2, 2], -1, 1)))


def from_neutral(pose_towards_camera: NDArray[np.float64], neutral: NDArray[np.float64]) -> NDArray[np.float64]:
    """:func:`driver_monitor.signals.head_pose.from_neutral` over arrays [n, t, 3] and [n, 1, 3]."""
    return pose_deg(np.swapaxes(turning(neutral), -1, -2) @ turning(pose_towards_camera))


def gaze_direction(
    head: NDArray[np.float64], eye_yaw: NDArray[np.float64], eye_pitch: NDArray[np.float64]
) -> NDArray[np.float64]:
    """:func:`driver_monitor.signals.head_pose.gaze_direction` over arrays [n, t, 3] and [n, t]; yaw and pitch last."""
    yaw, pitch = np.radians(eye_yaw), np.radians(eye_pitch)
    ahead = np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], -1)
    x, y, z = np.moveaxis((turning(head) @ ahead[..., None])[..., 0], -1, 0)
    return np.degrees(np.stack([np.arctan2(x, z), np.arcsin(np.clip(y, -1, 1))], -1))


def borne_out(offset: NDArray[np.float64], turn_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """:func:`driver_monitor.signals.gaze.borne_out` over arrays, offsets as sines of the eye's angle."""
    feigned = EYE_GAIN * STAY_BEHIND * np.sin(np.radians(turn_deg))
    less = np.sign(offset) * np.maximum(0, np.abs(offset) - np.abs(feigned))
    return np.where(offset * feigned < 0, less, offset)


def turning(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    return rotation(*np.moveaxis(np.radians(pose), -1, 0))


def rotation(yaw: NDArray[np.float64], pitch: NDArray[np.float64], roll: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., 3, 3]: about the vertical to the left, then up, then towards the left shoulder. Radians."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    turned = np.empty((*np.shape(yaw), 3, 3))
    for row, parts in enumerate(
        (
            (cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp),
            (-cp * sr, cp * cr, sp),
            (-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp),
        )
    ):
        for column, part in enumerate(parts):
            turned[..., row, column] = part
    return turned


def pose_deg(head: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yaw, pitch, roll of [..., 3, 3], as :func:`driver_monitor.signals.head_pose.head_pose` defines them."""
    yaw = np.arctan2(head[..., 0, 2], head[..., 2, 2])
    pitch = np.arcsin(np.clip(head[..., 1, 2], -1, 1))
    across = head[..., 0, 0] * np.cos(yaw) - head[..., 2, 0] * np.sin(yaw)
    along = (
        -np.sin(pitch) * np.sin(yaw) * head[..., 0, 0]
        + np.cos(pitch) * head[..., 1, 0]
        - np.sin(pitch) * np.cos(yaw) * head[..., 2, 0]
    )
    return np.asarray(np.degrees(np.stack([yaw, pitch, np.arctan2(-along, across)], -1)))


def smoothed(values: NDArray[np.float64], tau_s: float) -> NDArray[np.float64]:
    """The product's first-order filter along the last axis, at 30 Hz."""
    gain = -np.expm1(-FRAME_S / tau_s)
    out = np.empty_like(values)
    out[:, 0] = values[:, 0]
    for step in range(1, values.shape[1]):
        out[:, step] = out[:, step - 1] + gain * (values[:, step] - out[:, step - 1])
    return out


def dropouts(chance: np.random.Generator, count: int) -> NDArray[np.bool_]:
    """[count, 10]: places without a frame. The face may have just appeared, frames may be few or missing."""
    since = np.where(chance.random(count) < 0.15, chance.integers(0, STEPS, count), 0)
    missing = np.arange(STEPS)[None] < since[:, None]
    missing |= chance.random((count, STEPS)) < chance.choice([0.0, 0.1, 0.5], size=(count, 1), p=[0.7, 0.2, 0.1])
    every_other = chance.random(count) < 0.1
    missing[every_other, STEPS - 2 :: -2] = True
    missing[:, -1] &= chance.random(count) < 0.3  # the newest place nearly always has its frame
    return np.asarray(missing)
