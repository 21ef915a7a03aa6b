"""What ``camera.source`` may say, and how to say it back without giving away a password."""

import difflib
import os
import re
from typing import Final, Literal, NamedTuple

from driver_monitor.errors import UsageError
from driver_monitor.printable import printable

STDIN: Final = "-"
_PIPES: Final = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/\d+")
NETWORK_SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "udp", "tcp")
ACCEPTED = (
    "a camera index (0), a device (/dev/video0), a network address "
    f"({'://, '.join(NETWORK_SCHEMES)}://), a video file, '-' (standard input), 'picamera2' or 'scripted:demo'"
)
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://(.*)$", re.DOTALL)
# rtsp//1.2.3.4, rtsp:/1.2.3.4, rtsp;//1.2.3.4, rtsp:1.2.3.4: what slips of the finger make of an address.
_MANGLED = re.compile(
    rf"^([A-Za-z][A-Za-z0-9+.-]*(?=[:;]?//|[:;][/\\])|(?:{'|'.join(NETWORK_SCHEMES)})(?=:))[:;]*[/\\]*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BARE_HOST = re.compile(r"^([^/]*:.*@.+|\d{1,3}(\.\d{1,3}){3}(:\d+)?(/.*)?|[\w.-]+:\d+(/.*)?)$", re.DOTALL)
_NUMBER = re.compile(r"^[-+]?\d*\.?\d+$")
_DEVICE = re.compile(r"^(dev/|)(video\d+)$")
_LISTENING = ("udp", "tcp")  # these may name a port alone


class SourceError(UsageError):
    """A text that names no camera and no video, whatever may be plugged in."""

    reason = "camera"


class Address(NamedTuple):
    """``target`` is what the kind's opener takes: an index, a path, a URL, or a script's name or path."""

    kind: Literal["device", "network", "picamera2", "scripted", "file"]
    target: str


def parse(source: str) -> Address:
    """Tell what kind of source a setting names. Raises SourceError, naming the accepted forms, for none of them.

    Whether a camera or a file is there is not asked, except where only a file that is there makes sense of a text.
    """
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
        raise SourceError("camera.source 'scripted:' names no drive; write 'scripted:demo' or a .yaml file.")
    if not source:
        raise SourceError(f"camera.source is empty; it takes {ACCEPTED}.")
    if match := _SCHEME.match(source):
        return _network(match[1].lower(), source)
    if not os.path.exists(source) and (hint := _no_file(source)) is not None:
        raise SourceError(
            f"camera.source {_shown(source)!r} is neither a camera nor a video{hint}; it takes {ACCEPTED}."
        )
    return Address("file", source)


def is_stream(source: str) -> bool:
    """Whether this names standard input or a shell's ``<(...)`` rather than a file or a camera."""
    return source == STDIN or _PIPES.fullmatch(source) is not None


def _network(scheme: str, source: str) -> Address:
    shown = redacted(source)
    if scheme not in NETWORK_SCHEMES:
        raise SourceError(f"camera.source {shown!r} is not a known address{_meant(source)}; it takes {ACCEPTED}.")
    host = shown.partition("://")[2].partition("/")[0]
    if not host or (host.startswith(":") and scheme not in _LISTENING):
        raise SourceError(f"camera.source {shown!r} names no host; write {scheme}://HOST/PATH.")
    return Address("network", _native(source))


def _meant(mangled: str) -> str:
    """The address that was probably meant, as a question; empty where none is near."""
    match = _MANGLED.match(mangled)
    near = difflib.get_close_matches(match[1].lower(), NETWORK_SCHEMES, n=1, cutoff=0.7) if match else []
    return f" (did you mean {redacted(f'{near[0]}://{match[2]}')}?)" if match and near else ""


def _no_file(source: str) -> str | None:
    """What may have been meant by a text that can be no path of a video; None for one that can."""
    if meant := _meant(source):
        return meant
    if match := _DEVICE.match(source):
        return f" (did you mean /dev/{match[2]}?)"
    if _BARE_HOST.match(source) and not source.startswith(("/", ".", "~")):
        return " (a network address begins with its scheme, as in rtsp://)"
    if _NUMBER.match(source):
        return " (a camera index is a whole number from 0)"
    if "/" not in source and "." not in source and source != "-":
        near = difflib.get_close_matches(source.lower(), ("picamera2", "scripted:demo"), n=1)
        return f" (did you mean {near[0]}?)" if near else ", and there is no file of this name here"
    return None


def _shown(mangled: str) -> str:
    """What is no address, without what may be a password in it."""
    return re.split(r"[?#]", mangled.rpartition("@")[2], maxsplit=1)[0]


def _native(source: str) -> str:
    """An address as OpenCV takes it, in UTF-8: a C locale hides that it is one, and anything else would crash."""
    try:
        return os.fsencode(source).decode("utf-8")
    except UnicodeError:
        words = (
            f"camera.source '{printable(redacted(source))}' is not UTF-8; write other bytes as %XX, or a plain name."
        )
        raise SourceError(words) from None


def redacted(source: str) -> str:
    """The source without user, password and query, which network cameras also use for passwords.

    Cuts at the last '@' of the whole address: a password may hold '/', '?' or '#' that nobody escaped.
    """
    match = _SCHEME.match(source)
    if not match:
        return source
    place = match[2].rpartition("@")[2]
    return f"{match[1]}://{re.split(r'[?#;]', place, maxsplit=1)[0]}"
