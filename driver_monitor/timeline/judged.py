"""How much of a drive could be judged, in words: what stands before every other figure of it."""

import math
from typing import Final

from driver_monitor.channel_tally import ChannelTally
from driver_monitor.counted import counted
from driver_monitor.tally import Tally
from driver_monitor.timecode import length

NOT_KEPT: Final = "not recorded at this level"
_NOT_COUNTED: Final = {
    "low_frame_rate": "too few frames a second",
    "frame_rate_unknown": "frame rate not known",
    "eyes_not_seen": "eyes not seen",
}
_WORTH_TELLING: Final = 0.01  # of a drive without anybody: less is a head turned away for a moment


def fine_percent(share: float | None) -> str:
    """With one decimal."""
    return "\u2013" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def percent(share: float) -> str:
    """Whole, and neither 0 nor 100 where something is, or is missing."""
    if math.isnan(share):
        return "\u2013"
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return f"{whole} %"


def not_seen(tally: Tally) -> str:
    """ "nobody was seen in 100 % of 3.9 s"; empty where the driver was hardly ever out of sight."""
    if not tally.frames:
        return "there are no frames"
    return not_seen_of(tally.seen_share, tally.duration_s, tally.frames)


def not_seen_of(seen_share: float, duration_s: float, frames: int = 0) -> str:
    """The same from the share in which the driver's face was tracked."""
    missing = 1 - seen_share
    if math.isnan(missing) or missing < _WORTH_TELLING:
        return ""
    whole = length(duration_s) if duration_s > 0 or not frames else counted(frames, "frame")
    return f"nobody was seen in {percent(missing)} of {whole}"


def summary(tally: Tally, alerts: int, channels: ChannelTally | None = None) -> str:
    """One line on a drive: what was not seen of it comes first."""
    unseen = not_seen(tally)
    found = [
        unseen or length(tally.duration_s),
        counted(tally.frames, "frame"),
        f"{percent(tally.judged_share)} judged" if tally.frames else "",
        counted(alerts, "alert"),
        blinks(tally) if tally.frames else "",
        *(channels.words() if channels else ()),
    ]
    return ", ".join(filter(None, found))


def blinks(tally: Tally) -> str:
    """How many there were; where they were not counted for most of the time, that and why."""
    if tally.of_lines:
        return f"blinks {NOT_KEPT}"
    number = counted(len(tally.blinks), "blink")
    reason = max(tally.uncounted_s, key=tally.uncounted_s.__getitem__, default="")
    why = _NOT_COUNTED.get(reason, reason)
    if not tally.blinks_known:
        return f"blinks not counted{f' ({why})' if why else ''}"
    uncounted_s = sum(tally.uncounted_s.values())
    if uncounted_s <= tally.blinks_counted_s:
        return number
    share = uncounted_s / (uncounted_s + tally.blinks_counted_s)
    return f"{number} (not counted in {percent(share)}: {why})"
