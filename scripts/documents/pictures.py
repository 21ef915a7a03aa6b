"""Makes the two pictures of the README from the scripted drowsy drive, played as geometry.

No photograph is in them: the face is the script's 478 points, drawn as a grey relief.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

from driver_monitor.classifiers.own_blinks import OwnBlinks
from driver_monitor.cli.main import main as driver_monitor
from driver_monitor.config.loader import default_config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.monitor import Moment
from driver_monitor.replay.geometry import Geometry
from driver_monitor.report.fatigue import agreed
from driver_monitor.report.overlay import Overlay
from driver_monitor.simulate.face_shape import FaceShape, face_shape

Image = NDArray[np.uint8]

HERE: Final = Path(__file__).parent
DRIVE, PORTRAIT, RULE = "drowsy", "astronaut", "microsleep"
HELD_S: Final = 0.4  # into the alert
FRAME_PX: Final = (800, 600)
BOX_PX: Final = (-220, -138, 1240, 930)  # where the camera's frame lies in it: left, top, width, height
REPORT_PX: Final = (1160, 900)
CHROMIUM: Final = "/usr/bin/chromium"
_BACK: Final = (52, 46, 42)  # blue, green, red
_SKIN: Final = np.array((176.0, 184.0, 190.0))
_LIGHT: Final = np.array((-0.35, -0.55, -0.75))  # from the upper left, in front
_POINTS: Final = 468  # without the irises


def triangles(face: FaceShape) -> NDArray[np.int_]:
    """The face's points joined to triangles, int [n, 3]: Delaunay on the straight face seen from the front."""
    seen = face.points[:_POINTS, :2]
    plane = cv2.Subdiv2D((0, 0, 1000, 1000))
    place: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(((seen - seen.min(axis=0)) * 800 + 50).astype(np.float32)):
        plane.insert((float(x), float(y)))
        place[float(x), float(y)] = index
    found = np.asarray(plane.getTriangleList()).reshape(-1, 3, 2)
    corners = [[place.get((float(x), float(y)), -1) for x, y in three] for three in found]
    return np.array([three for three in corners if min(three) >= 0])


def relief(observation: FaceObservation, joined: NDArray[np.int_]) -> Image:
    """The face as a grey relief, uint8 [h, w, 3] in OpenCV's order; an empty room where no face is seen."""
    width, height = FRAME_PX
    image: Image = np.full((height, width, 3), _BACK, np.uint8)
    if observation.landmarks is None:
        return image
    left, top, across, down = BOX_PX
    points = observation.landmarks[:_POINTS].astype(np.float64) * (across, down, across) + (left, top, 0)
    normals = np.cross(points[joined[:, 1]] - points[joined[:, 0]], points[joined[:, 2]] - points[joined[:, 0]])
    normals *= -np.sign(normals[:, 2:])
    smooth = np.zeros_like(points)
    for corner in range(3):
        np.add.at(smooth, joined[:, corner], normals)
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-9)
    shades = 0.3 + 0.7 * np.maximum(smooth[joined].mean(axis=1) @ (_LIGHT / np.linalg.norm(_LIGHT)), 0.0)
    for index in np.argsort(-points[joined, 2].mean(axis=1)):  # what is far away first
        colour = [float(value) for value in _SKIN * shades[index]]
        corners = np.round(points[joined[index], :2] * 8).astype(np.int32)
        cv2.fillConvexPoly(image, corners, colour, cv2.LINE_AA, 3)
    return image


def frame() -> Image:
    """The moment in which the microsleep's alert fires, with what the monitor draws onto a frame."""
    blinks = OwnBlinks()
    geometry = Geometry(DRIVE, default_config())
    try:
        moment = _chosen(geometry, blinks)
    finally:
        geometry.close()
    assert moment.observation is not None
    image = relief(moment.observation, triangles(face_shape(PORTRAIT)))
    overlay = Overlay(*FRAME_PX)
    overlay.face(image, moment.observation, moment.state.signals, BOX_PX)
    overlay.panel(
        image,
        moment.state,
        no_fatigue=blinks.lacking(default_config().classifiers),
        agreeing=", ".join(filter(None, (agreed(alert.evidence) for alert in moment.firing))),
    )
    overlay.banners(image, moment.firing)
    return image


def _chosen(geometry: Geometry, blinks: OwnBlinks) -> Moment:
    since_s: float | None = None
    for moment in geometry:
        blinks.update(moment.state.signals)
        if any(alert.rule == RULE for alert in moment.firing):
            since_s = moment.state.t_s if since_s is None else since_s
            if moment.state.t_s >= since_s + HELD_S:
                return moment
    raise AssertionError(f"{RULE} never fired in the drive '{DRIVE}'")


def report() -> Image:
    """The upper part of the page that ``driver-monitor demo`` writes, as a browser shows it."""
    with tempfile.TemporaryDirectory() as folder:
        code = driver_monitor(["demo", "--drive", DRIVE, "--no-pictures", "--out", folder])
        assert code == 0
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": REPORT_PX[0], "height": REPORT_PX[1]})
            page.goto((Path(folder) / "report.html").as_uri())
            shown = page.screenshot()
            browser.close()
    decoded = cv2.imdecode(np.frombuffer(shown, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR", help="default: beside this script")
    options = parser.parse_args(arguments)
    for name, image in (("frame.png", frame()), ("report.png", report())):
        path = options.out / name
        path.write_bytes(cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
