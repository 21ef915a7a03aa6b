"""What was measured around an alert that the driver called wrong, in a file of its own."""

import math
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Final

from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.entry import Entry
from driver_monitor.recording.folder import MARKS
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.segment import Segment, segment_name
from driver_monitor.state.recording_level import LEVELS

AROUND_S: Final = 15.0  # before the alert and after it
REACH_S: Final = 30.0  # how much is remembered: an alert called wrong later lacks some of what was before it


class Marks:
    """Files in the drive's folder ``marks``, each of which opens like a drive.

    They hold what the drive does but never an image: landmarks where it keeps them, else signals, else alerts. About
    5 kB a frame are remembered with landmarks: 4.5 MB at 30 Hz. Raises OSError where the disk fails.
    """

    def __init__(self, drive: Path, header: DriveHeader) -> None:
        level = min(header.level, "landmarks", key=LEVELS.index)
        self._folder = drive / MARKS
        self._header = replace(header, level=level, clip_s=AROUND_S)
        self._ring: deque[tuple[Entry, Stamp]] = deque()
        self._segment: Segment | None = None
        self._until_s = -math.inf
        self._files = 0

    def take(self, entry: Entry, at: Stamp) -> None:
        """Everything that the drive is made of, in its order."""
        kept = replace(entry, messages=tuple(each for each in entry.messages if each[0] is not topics.VIDEO))
        self._ring.append((kept, at))
        while self._ring[0][0].t_s < entry.t_s - REACH_S:
            self._ring.popleft()
        if self._segment is not None:
            self._put(kept)
            if entry.t_s >= self._until_s:
                self.close()

    def mark(self, alert_s: float, now_s: float) -> None:
        """Begin a file; where one is being written, it goes on for longer."""
        self._until_s = max(now_s, alert_s + AROUND_S)
        if self._segment is not None:
            return
        near = [(entry, at) for entry, at in self._ring if entry.t_s >= alert_s - AROUND_S]
        if not near:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._segment = Segment(self._folder / segment_name(self._files), self._header, self._files, began=near[0][1])
        self._files += 1
        for entry, _ in near:
            self._put(entry)
        self._segment.sync()
        if now_s >= self._until_s:
            self.close()

    def abandon(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.abandon()

    def close(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _put(self, entry: Entry) -> None:
        segment = self._segment
        if segment is None:
            return
        if segment.full:
            segment.end_chunk()
        for topic, data in entry.changes:
            segment.add_change(topic, entry.t_s, data)
        for topic, data in entry.messages:
            segment.add(topic, entry.t_s, data)
