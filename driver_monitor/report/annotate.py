"""The drive as a video with the monitor's findings drawn in."""

import contextlib
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np

from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.own_blinks import OwnBlinks
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.errors import UsageError
from driver_monitor.face.observation import FaceObservation
from driver_monitor.report.encoder import encoder, frames_in
from driver_monitor.report.errors import ReportError, cannot_write
from driver_monitor.report.fatigue import agreed
from driver_monitor.report.film import VideoCourse
from driver_monitor.report.overlay import Box, Image, Overlay
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState

_HOLD_S: Final = 1.0  # a picture is held this long for want of a newer one; then the slate comes up
_LONGEST_GAP_S: Final = 10.0  # a longer gap in time is cut to this: an hour of slate tells nobody anything
_RESERVE_BYTES: Final = 8 << 20  # room kept for the index an mp4 file ends with; without it nothing can be played
_CHECK_EVERY: Final = 30  # written frames between two looks at the free space


class AnnotatedVideo:
    """Writes ``path``, a video of constant ``fps``: VP9 for ``.webm``, MPEG-4 part 2 for ``.mp4``.

    Frames may come at any times: each is shown at the place its ``t_s`` says, repeated or left out as needed; gaps
    longer than 1 s show a slate, gaps longer than ``longest_gap_s`` are cut to that (``cuts`` says where). Pictures of
    another size are fitted in with black borders; odd widths and heights lose a pixel.

    Until :meth:`close` the video is ``NAME.part.webm`` (or ``.mp4``, which cannot be played when the run is killed: an
    mp4 file's index comes last). Raises :class:`UsageError` for an impossible size or rate, :class:`ReportError` where
    the file cannot be written or the disk fills up; then what there is has been finished and can be played, and where
    there is no picture in it yet, it is gone.
    """

    def __init__(
        self,
        path: Path,
        width_px: int,
        height_px: int,
        fps: float,
        *,
        classifiers: ClassifiersConfig | None = None,
        longest_gap_s: float = _LONGEST_GAP_S,
    ) -> None:
        if not (16 <= width_px <= 7680 and 16 <= height_px <= 7680 and 1 <= fps <= 240):
            raise UsageError(
                f"cannot annotate a video of {width_px}x{height_px} pixels at {fps:g} frames a second: "
                "16 to 7680 pixels and 1 to 240 frames a second are possible; choose others or leave the video out."
            )
        self.path = path
        self.part = path.with_name(f"{path.stem}.part{path.suffix}")
        self._width_px, self._height_px, self._fps = width_px // 2 * 2, height_px // 2 * 2, fps
        self._overlay = Overlay(self._width_px, self._height_px)
        self._classifiers = classifiers or ClassifiersConfig()
        self._blinks = OwnBlinks()  # of every frame, drawn or not
        try:
            self.part.write_bytes(b"")  # OpenCV would only say "not opened"
            self._encoder = encoder(self.part, self._width_px, self._height_px, fps)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.part.unlink()
            raise cannot_write(self.part, error.strerror or str(error), "no video was saved") from error
        self._longest_gap_s = longest_gap_s
        self._cuts: list[tuple[float, float]] = []
        self._open = True
        self._written = 0
        self._skipped_s = 0.0
        self._start_s = math.nan
        self._last_s = math.nan
        self._last: Image | None = None

    @property
    def course(self) -> VideoCourse:
        """How its times follow from the drive's."""
        size_px = self._width_px, self._height_px
        return VideoCourse(self.path.name, self._start_s, tuple(self._cuts), size_px=size_px)

    def add(self, frame: Frame, observation: FaceObservation, state: DriverState, firing: Sequence[Alert]) -> None:
        """``observation`` and ``state`` belong to ``frame``; ``firing`` are the alerts that fire now."""
        if not self._open:
            raise cannot_write(self.path, "the video has been closed", "later frames are not in it")
        self._blinks.update(state.signals)
        t_s = frame.t_s
        if math.isnan(self._start_s):
            self._start_s = self._last_s = t_s
        if not t_s >= self._last_s:
            return
        place = self._fill(t_s)
        if place < self._written:  # more frames than the video's rate has room for
            return
        image = self._draw(frame, observation, state, firing)
        self._write(image)
        self._last, self._last_s = image, t_s

    def close(self) -> None:
        """Finish the file, make sure that it can be read, and give it its name; safe to call twice."""
        if not self._open:
            return
        self._finish()
        if not self._written:
            return
        readable = frames_in(self.part)
        if readable < self._written:
            saved = f"{readable} of {self._written} frames can be read in {self.part}"
            raise cannot_write(self.path, "the file is incomplete", saved)
        try:
            self.part.replace(self.path)
        except OSError as error:
            raise cannot_write(self.path, error.strerror or str(error), f"the video is {self.part}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif self._open:
            self._finish()

    def _fill(self, t_s: float) -> int:
        """Write what was to be seen until ``t_s``; returns the place of ``t_s`` in the video."""
        gap_s = t_s - self._last_s
        if gap_s > self._longest_gap_s:
            self._skipped_s += gap_s - self._longest_gap_s
            self._cuts.append((t_s, self._skipped_s))
        place = round((t_s - self._start_s - self._skipped_s) * self._fps)
        held = min(place, self._written + round(_HOLD_S * self._fps))
        slate = None
        while self._last is not None and self._written < place:
            if self._written < held:
                self._write(self._last)
                continue
            if slate is None:
                slate = self._overlay.slate("No frames", f"for {gap_s:.1f} s")
            self._write(slate)
        return place

    def _draw(self, frame: Frame, observation: FaceObservation, state: DriverState, firing: Sequence[Alert]) -> Image:
        if frame.image is None:
            image = self._overlay.slate("No image", frame.fault or "the camera delivers none")
        else:
            image, box = _fitted(frame.image, self._width_px, self._height_px)
            self._overlay.face(image, observation, state.signals, box)
        agreeing = ", ".join(filter(None, (agreed(alert.evidence) for alert in firing)))
        self._overlay.panel(image, state, no_fatigue=self._blinks.lacking(self._classifiers), agreeing=agreeing)
        self._overlay.banners(image, firing)
        return image

    def _write(self, image: Image) -> None:
        if self._written % _CHECK_EVERY == 0:
            free = shutil.disk_usage(self.part.parent).free
            if free < _RESERVE_BYTES:
                self._stop_for_space(free)
        try:
            self._encoder.write(image)
        except ReportError:
            self._open = False
            self._clear()
            raise
        self._written += 1

    def _stop_for_space(self, free_bytes: int) -> None:
        self._finish()
        written_s = self._written / self._fps
        saved = f"the first {written_s:.1f} s are in {self.part}" if self._written else "nothing was saved"
        raise cannot_write(self.path, f"only {free_bytes / 1e6:.1f} MB are free", saved)

    def _finish(self) -> None:
        self._open = False
        try:
            self._encoder.close()
        finally:
            self._clear()

    def _clear(self) -> None:
        if not self._written:
            self.part.unlink(missing_ok=True)


def _fitted(rgb: Image, width_px: int, height_px: int) -> tuple[Image, Box]:
    """A blue-green-red copy of the wanted size, and where the picture lies in it."""
    height, width = rgb.shape[:2]
    bgr: Image = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)
    if (width, height) == (width_px, height_px):
        return bgr, (0, 0, width, height)
    scale = min(width_px / width, height_px / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (width_px - size[0]) // 2, (height_px - size[1]) // 2
    canvas: Image = np.zeros((height_px, width_px, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas, (left, top, *size)
