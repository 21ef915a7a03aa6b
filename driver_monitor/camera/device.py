"""What stands under /dev."""

import os
import stat
from pathlib import Path
from typing import Final

_VIDEO4LINUX: Final = 81  # the kernel's major number of /dev/video*


def is_camera_node(device: Path) -> bool:
    """Whether an existing path is a Video4Linux device; whether a camera answers there is another question."""
    status = device.stat()
    return stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) == _VIDEO4LINUX
