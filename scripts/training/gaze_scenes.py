"""Drivers, seats, cameras and glances with known truth, as the signals would report them.

No labelled set of drivers' gaze is freely available, so the distraction model is trained on geometry. What is
assumed, and the range of it, is here and in the model's card; nothing is tuned on the data it is measured with.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.distraction import STEPS
from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.gaze import MAX_EYE_YAW_DEG
from driver_monitor.signals.zones import ELSEWHERE, ROAD, ZoneMap

FINE = 3  # simulated at 30 Hz, seen at 10 Hz
LENGTH = 2 * STEPS * FINE  # two seconds: the filters settle in the first
FRAME_S = 1 / 30
HEAD_FILTER_S, EYE_FILTER_S = 0.08, 0.15  # the product's own time constants

HORIZONTAL_HEAD_SHARE = (0.2, 0.8)  # of a gaze shift: "owls" and "lizards"
VERTICAL_HEAD_SHARE = (0.5, 1.0)
CAMERA_YAW_DEG, CAMERA_PITCH_DEG = 30.0, 20.0  # camera within these of straight ahead of the driver
HEAD_GAIN = (0.85, 1.1)  # measured angle over true one
EYE_YAW_GAIN = (0.6, 1.2)
EYE_PITCH_GAIN = (0.1, 0.7)
BASELINE_ERROR_DEG = (1.0, 1.5)  # SD of the neutral pose's yaw and pitch error
# SD measured on seven clips of real faces. Frame to frame: head 0.02-0.06 deg, iris under 0.3 deg. Within a steady
# look (pyfeat_single, lp_d13): head 0.2-0.6 deg, iris 0.01 of the eye's width or 1.4 deg, vertical look 2.4 deg.
HEAD_JITTER_DEG, HEAD_WANDER_DEG = 0.06, 0.6
EYE_YAW_NOISE_DEG, EYE_PITCH_NOISE_DEG = 1.4, 2.4
POOR_QUALITY_FACTOR = 6.0  # noise at quality 0 over noise at quality 1
LOST_BEYOND_DEG = 65.0  # turned further from the camera than this the face is no longer found

ROAD_SHARE, ELSEWHERE_SHARE = 0.30, 0.08


@dataclass(frozen=True)
class Scenes:
    """``gaze`` float32 [n, 10, 7] as the distraction model's input; ``zone`` int64 [n] into ``labels``."""

    gaze: NDArray[np.float32]
    zone: NDArray[np.int64]


def faced_zones() -> GazeConfig:
    """The default zones without those over the shoulder: there no face is left to be judged."""
    config = GazeConfig()
    faced = {name: zone for name, zone in config.zones.items() if not name.endswith("_shoulder")}
    return config.model_copy(update={"zones": faced})


def labels() -> tuple[str, ...]:
    return (ROAD, *faced_zones().zones, ELSEWHERE)


def scenes(count: int, seed: int, people: int = 2000) -> Scenes:
    """``count`` glances of ``people`` drivers, each with a camera, habits and errors of their own."""
    chance = np.random.default_rng(seed)
    person = chance.integers(people, size=count)

    def each(low: float, high: float) -> NDArray[np.float64]:
        return chance.uniform(low, high, people)[person]

    now, before = directions(chance, count), directions(chance, count)
    target, zone = now
    start = before[0]
    started_s = chance.uniform(-1.5, LENGTH * FRAME_S - 0.15, count)  # when the look moved to its target
    delay_s, turn_s = each(0.0, 0.25), each(0.2, 0.5)  # the head follows the eyes
    times_s = np.arange(LENGTH) * FRAME_S
    look = ramp(times_s, started_s, 0.06)[..., None]
    gaze = start[:, None] * (1 - look) + target[:, None] * look

    share = np.stack([each(*HORIZONTAL_HEAD_SHARE), each(*VERTICAL_HEAD_SHARE)], 1)
    follow = ramp(times_s, started_s + delay_s, turn_s)[..., None]
    head = head_part(start, share)[:, None] * (1 - follow) + head_part(target, share)[:, None] * follow
    eye = np.clip(gaze - head, -MAX_EYE_YAW_DEG, MAX_EYE_YAW_DEG)

    camera = np.stack([each(-CAMERA_YAW_DEG, CAMERA_YAW_DEG), each(-CAMERA_PITCH_DEG, CAMERA_PITCH_DEG)], 1)
    roll = chance.normal(0, 4, count)[:, None] + 0.1 * head[..., 0]
    seen_head, off_camera = towards_camera(head, roll, camera)
    off_camera_error = 1 + (off_camera / 45.0) ** 2  # landmarks get worse as the face turns from the camera

    quality = np.clip(1.15 - chance.exponential(0.2, count)[:, None] - off_camera / 120, 0.05, 1.0)
    quality_eyes = quality * np.clip(1.1 - chance.exponential(0.25, count)[:, None], 0.0, 1.0)
    poor = off_camera_error * (1 + (POOR_QUALITY_FACTOR - 1) * (1 - quality) ** 2)
    poor_eyes = off_camera_error * (1 + (POOR_QUALITY_FACTOR - 1) * (1 - quality_eyes) ** 2)

    def noise(deg: float, factor: NDArray[np.float64]) -> NDArray[np.float64]:
        wander = chance.normal(0, deg, (count, 1)) + chance.normal(0, 0.3 * deg, (count, LENGTH))
        return np.asarray(wander * factor)

    gain = np.stack([each(*HEAD_GAIN), each(*HEAD_GAIN)], 1)[:, None]
    offset = np.stack([chance.normal(0, sd, people)[person] for sd in BASELINE_ERROR_DEG], 1)[:, None]
    measured = seen_head[..., :2] * gain + offset
    measured[..., 0] += noise(HEAD_WANDER_DEG, poor)
    measured[..., 1] += noise(HEAD_WANDER_DEG, poor)
    measured += chance.normal(0, HEAD_JITTER_DEG, measured.shape)
    rolled = seen_head[..., 2] + noise(HEAD_WANDER_DEG, poor)
    eye_yaw = eye[..., 0] * each(*EYE_YAW_GAIN)[:, None] + noise(EYE_YAW_NOISE_DEG, poor_eyes)
    eye_pitch = eye[..., 1] * each(*EYE_PITCH_GAIN)[:, None] + noise(EYE_PITCH_NOISE_DEG, poor_eyes)

    columns = [
        smoothed(measured[..., 0], HEAD_FILTER_S),
        smoothed(measured[..., 1], HEAD_FILTER_S),
        smoothed(rolled, HEAD_FILTER_S),
        smoothed(np.clip(eye_yaw, -MAX_EYE_YAW_DEG, MAX_EYE_YAW_DEG), EYE_FILTER_S),
        smoothed(np.clip(eye_pitch, -20, 20), EYE_FILTER_S),
        quality,
        quality_eyes,
    ]
    seen = np.stack(columns, 2)[:, FINE * STEPS + FINE - 1 :: FINE]
    seen[dropouts(chance, count) | (off_camera[:, FINE * STEPS + FINE - 1 :: FINE] > LOST_BEYOND_DEG)] = 0.0
    eyes_shut = chance.random(count) < 0.05
    seen[eyes_shut, :, 3:5] = 0.0
    seen[eyes_shut, :, 6] = 0.0
    return Scenes(seen.astype(np.float32), zone)


def directions(chance: np.random.Generator, count: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Targets [count, 2] (yaw, pitch in degrees) and the zone each lies in by the product's own zone map."""
    config, names = faced_zones(), labels()
    shares = np.full(len(names), (1 - ROAD_SHARE - ELSEWHERE_SHARE) / (len(names) - 2))
    shares[0], shares[-1] = ROAD_SHARE, ELSEWHERE_SHARE
    wanted = chance.choice(len(names), size=count, p=shares)
    places = [(0.0, 0.0, config.road_half_width_deg, config.road_half_height_deg)]
    places += [(z.yaw_deg, z.pitch_deg, z.half_width_deg, z.half_height_deg) for z in config.zones.values()]
    places.append((0.0, 0.0, 90.0, 50.0))  # elsewhere: anywhere
    place = np.array(places)[wanted]
    # A driver looks at the thing in the zone's middle rather than at its rim.
    angle, radius = chance.uniform(0, 2 * np.pi, count), np.abs(chance.normal(0, 0.4, count))
    radius = np.where(wanted == len(names) - 1, np.sqrt(chance.random(count)), np.minimum(radius, 1.0))
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
    """What the product makes of a head turned by ``head_deg`` [n, t, 2] before a camera off to the side.

    Returns yaw, pitch and roll [n, t, 3] measured towards the camera minus the same of the neutral pose, and the angle
    [n, t] between nose and camera. Degrees.
    """
    yaw, pitch, roll = np.radians(head_deg[..., 0]), np.radians(head_deg[..., 1]), np.radians(roll_deg)
    turned = from_camera(rotation(yaw, pitch, roll), camera_deg)
    still = np.zeros(len(camera_deg))
    neutral = from_camera(rotation(still, still, still)[:, None], camera_deg)
    nose = np.degrees(np.arccos(np.clip(turned[..., 2, 2], -1, 1)))
    return pose_deg(turned) - pose_deg(neutral), nose


def from_camera(head: NDArray[np.float64], camera_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    yaw, pitch = np.radians(camera_deg).T
    camera = rotation(yaw, pitch, np.zeros(len(yaw)))
    return np.asarray(np.swapaxes(camera, -1, -2)[:, None] @ head)


def rotation(yaw: NDArray[np.float64], pitch: NDArray[np.float64], roll: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., 3, 3]: about the vertical to the left, then up, then towards the left shoulder. Radians."""
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)

    def matrix(*rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(rows, -1).reshape(*yaw.shape, 3, 3)

    turn = matrix(cy, zero, sy, zero, one, zero, -sy, zero, cy)
    lift = matrix(one, zero, zero, zero, cp, sp, zero, -sp, cp)
    lean = matrix(cr, sr, zero, -sr, cr, zero, zero, zero, one)
    return np.asarray(turn @ lift @ lean)


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
