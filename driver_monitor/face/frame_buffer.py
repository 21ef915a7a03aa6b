"""One picture in memory that two processes share."""

import math
import mmap
import os
from typing import Self

import numpy as np
from numpy.typing import NDArray


class FrameBuffer:
    """Anonymous shared memory (``memfd``): it has no name, so nothing is left behind however a process ends."""

    def __init__(self, fd: int, capacity: int) -> None:
        """Takes ``fd`` over."""
        self.fd = fd
        self.capacity = capacity
        self._bytes = np.frombuffer(mmap.mmap(fd, capacity), np.uint8)

    @classmethod
    def for_picture(cls, shape: tuple[int, ...]) -> Self:
        """A new one, large enough for a uint8 picture of ``shape``."""
        capacity = math.prod(shape)
        fd = os.memfd_create("driver-monitor-frame", os.MFD_CLOEXEC)
        os.ftruncate(fd, capacity)
        return cls(fd, capacity)

    def holds(self, shape: tuple[int, ...]) -> bool:
        return math.prod(shape) <= self.capacity

    def picture(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """The memory seen as a picture of ``shape``; not a copy."""
        return self._bytes[: math.prod(shape)].reshape(shape)

    def close(self) -> None:
        """Give the descriptor back; the memory goes when the last picture of it goes."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
