"""What ``camera.source`` may say, and how to say it back without giving away a password."""

import os
import re
from typing import Literal, NamedTuple

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.spool import is_stream
from driver_monitor.printable import printable

NETWORK_SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "udp", "tcp")
ACCEPTED = (
    "a camera index (0), a device (/dev/video0), a network address "
    f"({'://, '.join(NETWORK_SCHEMES)}://), a video file, '-' (standard input), 'picamera2' or 'scripted:demo'"
)
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://(.*)$", re.DOTALL)


class Address(NamedTuple):
    """``target`` is what the kind's opener takes: an index, a path, a URL, or a script's name or path."""

    kind: Literal["device", "network", "picamera2", "scripted", "file"]
    target: str


def parse(source: str) -> Address:
    """Tell what kind of source a setting names. Raises CameraError, naming the accepted forms, for none of them."""
    source = source.strip()
    if source == "picamera2":
        return Address("picamera2", source)
    if source.isdecimal():
        return Address("device", f"/dev/video{int(source)}")
    if source.startswith("/dev/") and not is_stream(source):
        return Address("device", _native(source))
    if source.startswith("scripted:"):
        if script := source.removeprefix("scripted:"):
            return Address("scripted", script)
        raise CameraError("camera.source 'scripted:' names no drive; write 'scripted:demo' or a .yaml file.")
    if match := _SCHEME.match(source):
        if match[1].lower() in NETWORK_SCHEMES:
            return Address("network", _native(source))
        raise CameraError(f"camera.source {redacted(source)!r} is no address known here; it takes {ACCEPTED}.")
    if not source:
        raise CameraError(f"camera.source is empty; it takes {ACCEPTED}.")
    return Address("file", source)


def _native(source: str) -> str:
    """An address as OpenCV takes it, in UTF-8: a C locale hides that it is one, and anything else would crash."""
    try:
        return os.fsencode(source).decode("utf-8")
    except UnicodeError:
        words = (
            f"camera.source '{printable(redacted(source))}' is not UTF-8; write other bytes as %XX, or a plain name."
        )
        raise CameraError(words) from None


def redacted(source: str) -> str:
    """The source without user, password and query, which network cameras also use for passwords.

    Cuts at the last '@' of the whole address: a password may hold '/', '?' or '#' that nobody escaped.
    """
    match = _SCHEME.match(source)
    if not match:
        return source
    place = match[2].rpartition("@")[2]
    return f"{match[1]}://{re.split(r'[?#;]', place, maxsplit=1)[0]}"
