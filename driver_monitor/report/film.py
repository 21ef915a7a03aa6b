"""The video on a report's page: it lies beside the page, which jumps to an alert's moment in it."""

import os
from html import escape
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


def film(video: VideoCourse | None) -> str:
    if video is None:
        return ""
    name = quote(os.fsencode(video.name))
    link = f'<a href="{name}">{escape(printable(video.name))}</a>'
    if PurePath(video.name).suffix != WEBM:
        words = "MPEG-4 part 2, which browsers do not play: open it with a player such as VLC."
        return f'<section id="film"><h2>Video</h2><p>{link} lies beside this page. It is {words}</p></section>'
    only = "Only the moments around the alerts; each frame shows the drive's time. " if video.excerpts else ""
    # Controls lie over a video's lower edge, where there are rows to read: the page keeps room for them below it.
    room = f' style="--w: {video.size_px[0]}; --h: {video.size_px[1]}"' if all(video.size_px) else ""
    first = "#t=0.001"  # so that phones show the first picture rather than nothing
    return (
        '<section id="film"><h2>Video <small>click an alert\'s time, or into a chart, to see that moment</small></h2>'
        f'<div class="screen"><video src="{name}{first}"{room} controls muted playsinline '
        'preload="metadata"></video></div>'
        f'<p class="muted">{only}{link} lies beside this page and shows the driver: pass it on only with the driver\'s '
        "consent.</p></section>"
    )


def shows(page: bytes, video: Path) -> bool:
    """Whether a page of ours plays the file."""
    return f'<video src="{quote(os.fsencode(video.name))}#'.encode() in page
