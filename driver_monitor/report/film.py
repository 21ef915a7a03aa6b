"""The video on a report's page: it lies beside the page, which jumps to an alert's moment in it."""

import os
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import quote

from driver_monitor.printable import printable
from driver_monitor.report.encoder import WEBM


class VideoCourse(NamedTuple):
    """The file's name, the drive's time at its beginning, and from which time (s) on how much in all was cut (s).

    ``excerpts``: only the moments around the alerts are in it. ``size_px``: width and height, (0, 0) where not known.
    """

    name: str
    start_s: float
    cuts: tuple[tuple[float, float], ...] = ()
    excerpts: bool = False
    size_px: tuple[int, int] = (0, 0)

    def place_s(self, t_s: float) -> float:
        """Where in the video the drive's time ``t_s`` is to be seen."""
        cut_s = max((cut_s for from_s, cut_s in self.cuts if from_s <= t_s), default=0.0)
        return max(0.0, t_s - self.start_s - cut_s)

    @property
    def href(self) -> str:
        return _href(self.name)

    @property
    def shown_name(self) -> str:
        return printable(self.name)

    @property
    def plays(self) -> bool:
        """Whether browsers play it."""
        return PurePath(self.name).suffix == WEBM


def shows(page: bytes, video: Path) -> bool:
    """Whether a page of ours plays the file."""
    return f'<video src="{_href(video.name)}#'.encode() in page


def _href(name: str) -> str:
    return quote(os.fsencode(name))
