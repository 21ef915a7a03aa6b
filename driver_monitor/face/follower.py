"""Following the driver, and only the driver, at the cost of following one face.

A backend follows the face it has; now and then it is asked for all faces, :class:`DriverChoice` picks the driver's, and
the backend is put on that one if it is on another.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.backend import FaceBackend
from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.driver_choice import SAME_FACE, DriverChoice, FaceBox
from driver_monitor.face.face import Face
from driver_monitor.face.observation import Tracking

_SEARCH_S: Final = 0.25  # how often the driver is looked for while only somebody else is in view
_COMPANY_S: Final = 0.5  # how often all faces are looked at while there is more than one


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture showed; ``face`` is there exactly if ``tracking`` is TRACKED. ``body`` is an earlier one's."""

    tracking: Tracking
    faces: int
    face: Face | None = None
    body: BodyObservation | None = None


class DriverFollower:
    """One stream's state: which face is followed, and when other faces are looked for next."""

    def __init__(self, backend: FaceBackend, choice: DriverChoice, *, max_faces: int, recheck_s: float) -> None:
        self._backend = backend
        self._choice = choice
        self._max_faces = max_faces
        self._recheck_s = recheck_s
        self._followed: FaceBox | None = None
        self._holding = False  # the backend has a place where it looks first
        self._faces = 0
        self._searched_s = self._recheck_at_s = -math.inf
        self._waiting: Tracking | None = None  # what is reported until the next search

    def look(self, image: NDArray[np.uint8], t_s: float) -> Sight:
        """``image`` uint8 [h, w, 3] RGB; ``t_s`` media time, increasing."""
        if self._waiting is not None:
            if not self._due(t_s):
                return Sight(self._waiting, self._faces)
            return self._search(image, t_s, None)
        face = self._follow(image, t_s)
        if face is None:
            self._followed, self._faces = None, 0
            return Sight(Tracking.NO_FACE, 0)
        box = face.box(image)
        slid = self._followed is None or box.unlike(self._followed) > SAME_FACE
        if slid or self._due(t_s):
            return self._search(image, t_s, face)
        return self._tracked(t_s, face, box)

    def _due(self, t_s: float) -> bool:
        """Whether it is time for a search; also when the clock has stepped back."""
        return not self._searched_s <= t_s < self._recheck_at_s

    def _follow(self, image: NDArray[np.uint8], t_s: float) -> Face | None:
        """The backend's face. One that has moved out of its place is looked for everywhere, in the same picture."""
        face = self._backend.follow(image, t_s)
        if face is None and self._holding:
            self._followed = None
            face = self._backend.follow(image, t_s)
        self._holding = face is not None
        return face

    def _search(self, image: NDArray[np.uint8], t_s: float, face: Face | None) -> Sight:
        """Look at all faces and be on the driver's, if it is among them; ``face`` is the one followed just now."""
        self._searched_s = t_s
        followed = face.box(image) if face else None
        boxes = self._backend.find(image, self._max_faces)
        if followed is not None:
            boxes = [followed, *(box for box in boxes if box.distance(followed) > SAME_FACE)]
        self._faces = len(boxes)
        while boxes:
            picked = self._choice.choose(t_s, boxes)
            if picked is None:
                return self._wait(Tracking.NOT_DRIVER, t_s)
            box = boxes.pop(picked)
            seen = face if box is followed else self._steer(image, t_s, box)
            if seen is not None:
                self._recheck_at_s = t_s + (min(self._recheck_s, _COMPANY_S) if self._faces > 1 else self._recheck_s)
                return self._tracked(t_s, seen, seen.box(image))
        # Nobody, or only things that the detector takes for a face and the landmark net does not.
        return self._wait(Tracking.NO_FACE, t_s) if self._faces else self._nobody()

    def _steer(self, image: NDArray[np.uint8], t_s: float, target: FaceBox) -> Face | None:
        """Put the backend on the face at ``target``."""
        face = self._backend.steer(image, t_s, target)
        self._holding = face is not None
        return face if face is not None and face.box(image).distance(target) <= SAME_FACE else None

    def _tracked(self, t_s: float, face: Face, box: FaceBox) -> Sight:
        self._choice.follow(t_s, box)
        self._followed, self._waiting = box, None
        return Sight(Tracking.TRACKED, self._faces, face)

    def _wait(self, tracking: Tracking, t_s: float) -> Sight:
        self._followed, self._waiting = None, tracking
        self._recheck_at_s = t_s + _SEARCH_S
        return Sight(tracking, self._faces)

    def _nobody(self) -> Sight:
        self._followed, self._waiting, self._faces = None, None, 0
        return Sight(Tracking.NO_FACE, 0)
