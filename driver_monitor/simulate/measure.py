"""How ``data/portraits.json`` was made: ``python -m driver_monitor.simulate.measure landmarks`` (or ``pose``).

A developer's tool, never used while a drive is rendered or watched. ``landmarks`` measures each portrait with the
product's own face tracker (478 points) and cuts the person out with GrabCut from a rough hand-drawn outline; ``pose``
renders a grid of head turns and lid positions, reads what the tracker reports, and stores what must be drawn for it
to report what is asked.
"""

import json
import sys
from collections.abc import Callable
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.errors import UsageError
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.head_pose import head_pose
from driver_monitor.signals.landmarks import face_ratios

Image = NDArray[np.uint8]
Detect = Callable[[Image], FaceObservation]

DATA: Final = Path(str(resources.files("driver_monitor.simulate"))) / "data" / "portraits.json"

SIZE: Final = (640, 480)

# Rough outlines by hand, portrait pixels: surely person, perhaps person, and the lower edge of the head (the jaw
# itself comes from the landmarks).
OUTLINES: Final[dict[str, dict[str, Any]]] = {
    "astronaut": {
        "perhaps": [
            [40, 511], [35, 260], [110, 215], [150, 180], [180, 150], [152, 100], [165, 50], [210, 14],
            [260, 20], [302, 90], [275, 150], [300, 230], [355, 280], [362, 340], [440, 340], [511, 440], [511, 511],
        ],
        "surely": [
            [[60, 511], [60, 300], [130, 250], [200, 180], [250, 180], [320, 260], [340, 360], [380, 360],
             [430, 380], [470, 440], [480, 511]],
            [[170, 100], [175, 60], [215, 30], [260, 40], [285, 90], [265, 140], [225, 175], [185, 140]],
        ],
        "never": [[0, 0, 18, 512], [310, 0, 512, 150], [365, 0, 512, 330], [0, 0, 140, 150], [0, 0, 512, 10]],
        "neck_left": [[140, 145], [182, 141]],
        "neck_right": [[268, 141], [310, 145]],
    },
    "grace_hopper": {
        "perhaps": [
            [10, 599], [30, 390], [150, 345], [185, 300], [155, 200], [145, 110], [175, 80], [180, 50], [230, 20],
            [300, 25], [350, 70], [372, 100], [375, 200], [345, 300], [480, 380], [511, 430], [511, 599],
        ],
        "surely": [
            [[40, 599], [60, 420], [200, 340], [160, 230], [160, 115], [195, 75], [230, 40], [290, 40], [340, 85],
             [360, 110], [360, 230], [335, 330], [460, 390], [490, 450], [490, 599]],
        ],
        "never": [[0, 0, 140, 330], [390, 0, 512, 330], [0, 0, 512, 15], [130, 150, 154, 330], [130, 297, 197, 338],
                  [342, 296, 400, 331]],
        "neck_left": [[140, 296], [196, 298]],
        "neck_right": [[340, 296], [400, 292]],
    },
}  # fmt: skip
# The jaw from the driver's right ear to the left one, FaceLandmarker's face oval.
JAW: Final = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)


def main(arguments: list[str]) -> None:
    steps = {"landmarks": measure_landmarks, "pose": measure_pose}
    if len(arguments) != 1 or arguments[0] not in steps:
        raise UsageError(f"measure takes one step: {' or '.join(steps)}.")
    with VisionWorker(FaceConfig().unhurried(), PrivacyConfig(), face_model(progress=False)) as tracker:
        times = count(0.0, 1 / 30)
        steps[arguments[0]](lambda image: tracker.track(Frame(next(times), image)))


def measure_landmarks(detect: Detect) -> None:
    """Write landmarks and outlines of every portrait, portrait pixels; drops the pose calibration."""
    from driver_monitor.simulate.portrait import read_picture  # noqa: PLC0415 - needs the file this one writes

    found = {}
    for name, hints in OUTLINES.items():
        image = read_picture(name)
        height, width = image.shape[:2]
        detect(image)
        shares = detect(image).landmarks
        assert shares is not None
        points = shares.astype(np.float64) * (width, height, width)
        person = cut_out(image, points, hints)
        jaw = points[JAW, :2].round().astype(int).tolist()
        below = [[0, height], [0, hints["neck_left"][0][1]], *hints["neck_left"], *jaw_between(jaw, hints)]
        below += [*hints["neck_right"], [width, hints["neck_right"][1][1]], [width, height]]
        head = person.copy()
        cv2.fillPoly(head, [np.array(below, np.int32)], (0,))
        found[name] = {
            "size": [width, height],
            "landmarks": points.round(2).tolist(),
            "person": outline(person),
            "head": outline(head),
        }
    write(found)


def jaw_between(jaw: list[list[int]], hints: dict[str, Any]) -> list[list[int]]:
    left, right = hints["neck_left"][1][0], hints["neck_right"][0][0]
    return [p for p in jaw if left < p[0] < right and p[1] >= hints["neck_left"][1][1]]


def cut_out(image: Image, points: NDArray[np.float64], hints: dict[str, Any]) -> Image:
    """GrabCut of the person, 255 inside: one piece, its small holes filled."""
    mask = np.full(image.shape[:2], cv2.GC_PR_BGD, np.uint8)
    cv2.fillPoly(mask, [np.array(hints["perhaps"], np.int32)], (cv2.GC_PR_FGD,))
    for polygon in hints["surely"]:
        cv2.fillPoly(mask, [np.array(polygon, np.int32)], (cv2.GC_FGD,))
    for x0, y0, x1, y1 in hints["never"]:
        mask[y0:y1, x0:x1] = cv2.GC_BGD
    cv2.fillPoly(mask, [cv2.convexHull(points[:, :2].astype(np.int32))], (cv2.GC_FGD,))
    cv2.setRNGSeed(0)
    bgr = np.ascontiguousarray(image[:, :, ::-1])
    cv2.grabCut(bgr, mask, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK)
    inside = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside)
    inside = np.where(labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA]), 255, 0).astype(np.uint8)
    pieces, labels, stats, _ = cv2.connectedComponentsWithStats(255 - inside)
    for label in range(1, pieces):
        if stats[label, cv2.CC_STAT_AREA] < 400:
            inside[labels == label] = 255
    return np.asarray(cv2.medianBlur(inside, 5), np.uint8)


def outline(mask: Image) -> list[list[int]]:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    polygon = cv2.approxPolyDP(max(contours, key=cv2.contourArea), 0.6, True)
    return [[int(x), int(y)] for x, y in polygon[:, 0]]


def write(found: dict[str, Any]) -> None:
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


def measure_pose(detect: Detect) -> None:
    """Write the calibration of drawn against measured angles and lids beside the landmarks."""
    from driver_monitor.simulate.actor import Actor, Face  # noqa: PLC0415 - needs the landmarks
    from driver_monitor.simulate.pose import DEGREE, PITCH_DEG, YAW_DEG, terms  # noqa: PLC0415
    from driver_monitor.simulate.relief import Turn  # noqa: PLC0415

    found = json.loads(DATA.read_text(encoding="utf-8"))
    for name, known in found.items():
        actor = Actor(name, SIZE)

        def seen(face: Face, turn: Turn, actor: Actor = actor) -> FaceObservation:
            picture = actor.stage.plate.copy()
            actor.draw(picture, face, turn)
            return detect(picture)

        asked, measured = [], []
        for row, pitch in enumerate(np.arange(-44.0, 31.0, 3.0)):
            for yaw in np.arange(-54.0, 55.0, 4.0) * (-1) ** row:  # to and fro, so that the face is not lost
                pose = head_pose(seen(Face(), Turn(float(yaw), float(pitch))).matrix)
                if pose:
                    asked.append((yaw, pitch))
                    measured.append((pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
        drawn, reported = np.array(asked), np.array(measured)
        near = (reported[:, 0] > YAW_DEG[0] - 6) & (reported[:, 0] < YAW_DEG[1] + 6)
        near &= (reported[:, 1] > PITCH_DEG[0] - 4) & (reported[:, 1] < PITCH_DEG[1] + 6)
        left = terms(reported[near, 0], reported[near, 1]).T
        right = np.column_stack([drawn[near], reported[near, 2]])
        known["pose"] = robust_fit(left, right).round(3).tolist()
        off = np.median(np.abs(left @ np.array(known["pose"]) - right), axis=0)
        sys.stderr.write(f"{name}: {near.sum()} poses, degree {DEGREE}, median error {off.round(2)} deg\n")

        straight = Turn(*(terms(0.0, 0.0) @ np.array(known["pose"]) * (1, 1, -1)))
        fractions = np.linspace(0, 1, 33)
        ears = np.array([eye_opening([seen(Face(f, f), straight) for _ in range(4)][-1]) for f in fractions])
        shut = 1 - (ears - ears.min()) / (ears[0] - ears.min())
        shut = np.maximum.accumulate(np.convolve(np.pad(shut, 1, "edge"), (0.25, 0.5, 0.25), "valid"))
        known["lids"] = [*np.interp(np.linspace(0, 0.9, 10), shut, fractions).round(3).tolist(), 1.0]
    write(found)


def robust_fit(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares that leaves out the pictures on which the tracker had lost its way (more than 5 deg off).

    A little ridge keeps the sparse corners, far down and far aside at once, from bending the rest.
    """
    kept = np.ones(len(left), bool)
    for limit_deg in (12.0, 8.0, 5.0, 5.0):
        part, goal = left[kept], right[kept]
        found = np.linalg.solve(part.T @ part + 0.05 * np.eye(left.shape[1]), part.T @ goal)
        kept = np.abs(left @ found - right).max(axis=1) < limit_deg
    return np.asarray(found, np.float64)


def eye_opening(observation: FaceObservation) -> float:
    ratios = face_ratios(observation)
    assert ratios is not None
    return (ratios.ear_left + ratios.ear_right) / 2


if __name__ == "__main__":
    main(sys.argv[1:])
