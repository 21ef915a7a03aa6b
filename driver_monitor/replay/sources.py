"""From what stands on the command line to the drives it names."""

import os
import re
from pathlib import Path
from typing import Final

from driver_monitor.camera.errors import CameraError
from driver_monitor.errors import UsageError
from driver_monitor.printable import printable
from driver_monitor.recording.folder import segments
from driver_monitor.recording.open import find_drives, is_drive

VIDEOS: Final = (
    ".3gp", ".asf", ".avi", ".flv", ".gif", ".h264", ".h265", ".hevc", ".m2ts", ".m4v", ".mjpeg", ".mjpg", ".mkv",
    ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".vob", ".webm", ".wmv",
)  # fmt: skip
TAKES: Final = "a video, a recorded drive (folder or file), a folder of these, '-' (stdin), a camera or scripted:demo"
_NO_PATH: Final = re.compile(r"\d+|-|picamera2|/dev/.*|\w+:.*", re.DOTALL)
_OURS: Final = "annotated."  # what an earlier replay has written is no drive


def drives_of(source: str) -> list[str]:
    """All recorded drives and videos in a folder and below it, by name; anything but a folder is itself.

    Raises UsageError for a folder that holds neither.
    """
    if not source:
        raise UsageError(f"a source is empty; replay takes {TAKES}")
    path = Path(source)
    if not path.is_dir() or segments(path):
        return [source]
    recorded = find_drives(path) if is_drive(path) else []
    found = [*recorded, *_videos(path, set(recorded))]
    if not found:
        raise UsageError(
            f"{source} is a folder without a video or a recorded drive; videos are known by their names: "
            f"{' '.join(VIDEOS)}"
        )
    return [str(each) for each in found]


def check_there(source: str) -> None:
    """Raises CameraError for a file that is not there."""
    if not _NO_PATH.fullmatch(source) and not Path(source).exists():
        raise CameraError(f"there is no {printable(source)}; replay takes {TAKES}")


def _videos(folder: Path, recorded: set[Path]) -> list[Path]:
    found = []
    for inside, folders, names in os.walk(folder):
        here = Path(inside)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name not in recorded)
        found += [here / name for name in sorted(names) if _is_video(name)]
    return found


def _is_video(name: str) -> bool:
    return Path(name).suffix.lower() in VIDEOS and not name.startswith((".", _OURS))
