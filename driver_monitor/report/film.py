"""The video on a report's page: it lies beside the page, which jumps to an alert's moment in it."""

import os
from html import escape
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import quote

from driver_monitor.printable import printable
from driver_monitor.report.encoder import WEBM


class VideoCourse(NamedTuple):
    """The file's name, the drive's time at its beginning, and from which time (s) on how much in all was cut (s).

    ``excerpts``: only the moments around the alerts are in it.
    """

    name: str
    start_s: float
    cuts: tuple[tuple[float, float], ...] = ()
    excerpts: bool = False

    def place_s(self, t_s: float) -> float:
        """Where in the video the drive's time ``t_s`` is to be seen."""
        cut_s = max((cut_s for from_s, cut_s in self.cuts if from_s <= t_s), default=0.0)
        return max(0.0, t_s - self.start_s - cut_s)


def film(video: VideoCourse | None) -> str:
    if video is None:
        return ""
    link = f'<a href="{quote(os.fsencode(video.name))}">{escape(printable(video.name))}</a>'
    if PurePath(video.name).suffix != WEBM:
        words = "MPEG-4 part 2, which browsers do not play: open it with a player such as VLC."
        return f'<section id="film"><h2>Video</h2><p>{link} lies beside this page. It is {words}</p></section>'
    only = "Only the moments around the alerts; the drive's time is in the picture. " if video.excerpts else ""
    first = "#t=0.001"  # so that phones show the first picture rather than nothing
    return (
        '<section id="film"><h2>Video <small>click an alert\'s time, or into a chart, to see that moment</small></h2>'
        f'<video src="{quote(os.fsencode(video.name))}{first}" controls muted playsinline preload="metadata"></video>'
        f'<p class="muted">{only}{link} lies beside this page and shows the driver: pass it on only with the driver\'s '
        "consent.</p></section>"
    )
