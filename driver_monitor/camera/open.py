"""From the config to an open frame source."""

import importlib
import os
from typing import Final

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.grabber import Grabber
from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.opencv_live import DeviceGrabber, NetworkGrabber
from driver_monitor.camera.paced import PacedFile
from driver_monitor.camera.picamera import PiCameraGrabber
from driver_monitor.camera.source import FrameSource
from driver_monitor.camera.video_file import VideoFileSource
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.camera_address import ACCEPTED, Address, is_stream, parse
from driver_monitor.native_path import file_path

SCRIPTED: Final = "driver_monitor.simulate.source"


def open_source(config: CameraConfig, *, live: bool, required: bool = True) -> FrameSource:
    """Open what ``config.source`` names: a camera is always live, a file or a scripted drive is paced when ``live``.

    Raises CameraError when the source is not there; with ``required`` false a camera may come later.
    """
    address = parse(config.source)
    match address.kind:
        case "device":
            return _camera(DeviceGrabber(address.target, config), config, required)
        case "network":
            return _camera(NetworkGrabber(address.target, config), config, required)
        case "picamera2":
            return _camera(PiCameraGrabber(config), config, required)
        case "scripted" | "file":
            recorded = _recorded(address, config)
            return PacedFile(recorded) if live else recorded


def _camera(grabber: Grabber, config: CameraConfig, required: bool) -> FrameSource:
    return LiveCapture(grabber, config, required=required)


def _scripted(name_or_path: str) -> FrameSource:
    """A drive that is drawn, not seen. Named, not imported: a car does without what draws it (the extra 'demo')."""
    opened: FrameSource = importlib.import_module(SCRIPTED).ScriptedSource(name_or_path)
    return opened


def _recorded(address: Address, config: CameraConfig) -> FrameSource:
    if address.kind == "scripted":
        return _scripted(address.target)
    if os.sep not in address.target and not is_stream(address.target) and not file_path(address.target).exists():
        raise CameraError(f"There is no file {address.target}; camera.source takes {ACCEPTED}.")
    return VideoFileSource(address.target, config)
