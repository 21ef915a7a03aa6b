"""A desk over a drive of arithmetic, with pictures that show their own time."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.keeper import Keeper
from driver_monitor.labels.desk.page import Drive as Shown
from driver_monitor.labels.desk.page import Page
from driver_monitor.labels.desk.pictures import Picture, Pictures, Reel
from driver_monitor.labels.desk.server import Desk
from tests.report.drive import Drive

HEADER = {"Driver": "anna", "Recorded": "2026-11-27T10:43:52Z", "Level": "video"}


def course(duration_s: float = 120.0) -> Course:
    found = Course("2026-11-27T10-43-52Z-a3f9")
    for state, alerts in Drive(duration_s, fps=15.0):
        found.add(state)
        for alert in alerts:
            found.add_alert(alert)
    found.end()
    return found


def picture(t_s: float) -> Picture:
    image = np.full((120, 160, 3), 40, np.uint8)
    cv2.putText(image, f"{t_s:.2f} s", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    return Picture(t_s, cv2.imencode(".jpg", image)[1].tobytes())


def reel(start_s: float, end_s: float, fps: float = 15.0) -> Reel:
    def pictures(_from_s: float) -> Iterator[Picture]:
        for index in range(round(start_s * fps), round(end_s * fps)):
            yield picture(index / fps)

    return Reel(start_s, pictures)


def desk(drive: Course, folder: Path, *, video: bool = False) -> Desk:
    file = folder / "labels.csv"
    page = Page(Shown(drive, HEADER, file.name, SignalsConfig(), video))
    return Desk(page, Keeper(file), Pictures([reel(0.0, 60.0), reel(60.0, 120.0)]) if video else None)
