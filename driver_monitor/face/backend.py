"""The contract of what finds and follows faces inside the vision worker."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from driver_monitor.closing import Closing
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.face import Face


class FaceBackend(Closing, ABC):
    """Follows one face by its place, and now and then looks at all of them.

    Frames are uint8 [height, width, 3] RGB, ``t_s`` is media time. Which face is the driver's is not decided here but
    by :class:`driver_monitor.face.follower.DriverFollower`. A ``box`` is in shares of the frame's width.
    """

    @abstractmethod
    def follow(self, image: NDArray[np.uint8], t_s: float) -> Face | None:
        """The face held since the last frame, or, while none is held, the clearest one; None if it is not there.

        After None no face is held.
        """

    @abstractmethod
    def find(self, image: NDArray[np.uint8], most: int) -> list[FaceBox]:
        """The boxes of at most ``most`` faces, largest first."""

    @abstractmethod
    def steer(self, image: NDArray[np.uint8], t_s: float, box: FaceBox) -> Face | None:
        """Let go of the face held and hold the one at ``box``; None if there is none."""

    @abstractmethod
    def reset(self) -> None:
        """Begin a new stream: hold no face, and accept times that start again from 0."""
