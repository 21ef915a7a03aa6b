"""The work of ``driver-monitor place``."""

import argparse
import json
import logging
import os
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from driver_monitor.alerts.console import AlertConsole
from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.cli.recorded_source import refuse_recorded
from driver_monitor.closing import Closing
from driver_monitor.config.camera_address import parse
from driver_monitor.config.config import Config
from driver_monitor.config.flags import Flag, given
from driver_monitor.config.loader import load, presets
from driver_monitor.config.rewrite import replace_file, with_values
from driver_monitor.config.signals import CameraPlaceConfig
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.place.measure import for_measuring, measure_place
from driver_monitor.place.measurement import PlaceError, PlaceMeasurement
from driver_monitor.place.survey import AHEAD, LOOK_S, Progress
from driver_monitor.privacy import seal_monitor

logger = logging.getLogger(__name__)

SECTION: Final = ("signals", "camera_place")
TOLD_EVERY_S: Final = 5  # where no line can be rewritten in place


def run(args: argparse.Namespace) -> int:
    file = load(args.config).path
    config = load(args.config, *given(Flag("--source", "camera.source", args.source))).config
    refuse_recorded(config.camera.source)
    if file is not None and not args.dry_run:
        _refuse_unwritable(file)
    try:
        with Guide(AlertConsole(stderr=True, highlight=False, markup=False)) as guide:
            found = _measured(config, guide)
    except PlaceError as error:
        if args.json:
            print(json.dumps({"ok": False, "reason": error.reason, "message": str(error)}))
        raise
    before = config.signals.camera_place
    written = file if not args.dry_run else None
    if written is not None:
        write_place(written, found)
    if args.json:
        print(json.dumps(_record(found, before, written), indent=2))
    else:
        print("\n".join(_lines(found, before, written)))
    return 0


def _measured(config: Config, guide: "Guide") -> PlaceMeasurement:
    """Raises DriverMonitorError where camera or tracker cannot be had, PlaceError where the place will not do."""
    with open_source(config.camera, live=False) as source:
        model = face_model(config.face.model, progress=True)
        if parse(config.camera.source).kind != "network":
            seal_monitor(required=config.privacy.require_sandbox, report=logger.warning)
        face = for_measuring(config).face
        with VisionWorker(face if source.live else face.unhurried(), config.privacy, model) as tracker:
            guide.say(f"camera {source.name}; sit as you drive and {AHEAD}, not into the camera, for {LOOK_S:g} s")
            while not tracker.ready(1.0):
                pass
            return measure_place(source, tracker, config, guide.told)


class Guide(Closing):
    """Tells the driver how it goes: on a terminal in one line, rewritten in place, with a bell at the end; anywhere
    else in a line of its own when the instruction changes, and every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        in_place = console.is_terminal and not console.is_dumb_terminal
        self._live = Live(console=console, refresh_per_second=4, transient=True) if in_place else None
        self._last: tuple[str, int] | None = None
        if self._live is not None:
            self._live.start()

    def say(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True)

    def told(self, progress: Progress) -> None:
        left = "waiting" if progress.left_s is None else f"{progress.left_s:2.0f} s left"
        sees = "" if progress.cause else "I see your face: "
        line = Text(f"{left:<9}  {sees}{progress.instruction}", "yellow" if progress.cause else "green")
        if self._live is not None:
            line.truncate(max(1, self._console.width - 1), overflow="ellipsis")
            self._live.update(line)
            return
        news = progress.instruction, -1 if progress.left_s is None else int(progress.left_s // TOLD_EVERY_S)
        if news != self._last:
            self._last = news
            self._console.print(line, soft_wrap=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            self._console.bell()


def write_place(file: Path, found: PlaceMeasurement) -> None:
    """Raises DriverMonitorError where the file cannot be made to say it; it is as before then."""
    config = load(file).config
    wanted = config.signals.model_copy(update={"camera_place": CameraPlaceConfig(**found.angles)})
    text = with_values(_text(file), SECTION, found.angles)
    replace_file(
        file, text, as_meant=lambda loaded: loaded.config == config.model_copy(update={"signals": wanted}),
        otherwise=f"write it there yourself: {_yaml(found.angles)}",
    )  # fmt: skip


def _text(file: Path) -> str:
    """With the line ends and the mark at the beginning that it has."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except OSError as error:
        raise DriverMonitorError(f"{file} cannot be read: {error.strerror or error}") from error


def _refuse_unwritable(file: Path) -> None:
    """Before anybody has looked at the road for nothing."""
    if file.resolve() in {preset.resolve() for preset in presets().values()}:
        raise UsageError(
            f"--config {file.stem} is a preset, which is not written into; write a config of your own that begins with "
            f"'extends: {file.stem}', or add --dry-run"
        )
    if not os.access(file, os.W_OK) or not os.access(file.resolve().parent, os.W_OK):
        raise DriverMonitorError(f"{file} or its folder may not be written by this user; add --dry-run to measure only")


def _record(found: PlaceMeasurement, before: CameraPlaceConfig, written: Path | None) -> dict[str, Any]:
    return {
        "ok": True, "camera_place": found.angles, "before": before.model_dump(),
        "written": None if written is None else str(written), **found.to_json(),
    }  # fmt: skip


def _lines(found: PlaceMeasurement, before: CameraPlaceConfig, written: Path | None) -> list[str]:
    said = [
        f"Seen from your look at the road, the camera is {found.direction}: {_angles(found.angles)}",
        f"  head within {found.spread_deg:.1f} deg, {found.used_share:.0%} of the frames used",
        f"  face {found.face_px:.0f} px wide ({found.face_share:.0%} of the frame), brightness {found.face_luma:.0f} "
        f"of 255, {found.fps:.0f} frames a second",
        *(f"  {note}" for note in found.notes),
    ]
    if written is not None:
        return [
            *said,
            f"Written to {written}; it was {_angles(before.model_dump())}. It counts from the next start on.",
        ]
    return [*said, "Nothing was written. A config says it so:", _yaml(found.angles)]


def _angles(angles: dict[str, float]) -> str:
    return ", ".join(f"{name.removesuffix('_deg')} {value:g}" for name, value in angles.items()) + " deg"


def _yaml(angles: dict[str, float]) -> str:
    return f"signals: {{camera_place: {{{', '.join(f'{name}: {value:g}' for name, value in angles.items())}}}}}"
