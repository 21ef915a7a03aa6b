"""Whether the face before the camera is a living one, or a photograph of one."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.pulse.skin_rate import SkinRate
from driver_monitor.channels.pulse.waves import TINY, Wave
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined, judged, measured
from driver_monitor.signals.landmarks import face_ratios
from driver_monitor.state.pulse import ALIVE, PHOTOGRAPH
from driver_monitor.state.signals import Signals

_WINDOW_S: Final = judged(15.0, "a face is watched this long before it is called a photograph")
_COVERED: Final = judged(0.9, "share of that time in which open eyes have to be seen", unit="0..1")
_SHAPE_EVERY_S: Final = judged(0.2, "the shape of the face is looked at this often")
_EVERY_NTH: Final = judged(9, "of the landmarks: 52 of them tell the shape", unit="count")
_MESH: Final = defined(468, "landmarks without the irises", "MediaPipe face mesh", unit="count")
_LEAST_EYES: Final = judged(0.3, "eyes seen less well, or behind dark glass, tell nothing", unit="quality")
_BLINK: Final = judged(0.5, "lids that come down to this share of their usual opening blink", unit="ratio")
_LIDS_STILL: Final = measured(
    0.8,
    "a photograph's lids stay above this share of it: 0.81 when waved",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_MOUTH_STILL: Final = measured(
    0.03,
    "a photograph's mouth varies by less: 0.024 when tilted",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_FROZEN: Final = measured(
    0.0015,
    "bending of a still photograph, face widths: 0.0006; of a person who keeps still: 0.0034",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_UNMOVED: Final = measured(
    0.01,
    "and how far a still photograph's points go: 0.001; a person's: 0.01",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_MOVED: Final = judged(0.05, "a photograph in a hand goes at least this far, in eye distances", unit="ratio")
_FLAT: Final = measured(
    0.08, "bending over motion of a photograph: 0.007 to 0.073; of people who move as much: 0.14 and more",
    "portraits held by hand, 12 clips", unit="ratio",
)  # fmt: skip
_BENT: Final = measured(
    0.3,
    "from this share of the motion on it is no plane's: a photograph's is 0.12 at most",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_SHAPES: Final = judged(25, "looks at the shape, 5 s, before it says that somebody is alive", unit="count")
_BENDING: Final = measured(
    0.0034,
    "and from this much, in widths of the face",
    "portraits held by hand, 12 clips",
    unit="ratio",
)
_PULSE_DB: Final = judged(2.0, "a pulse this clear is not a photograph's, whatever else is seen of it", unit="dB")
_PULSE_S: Final = judged(3.0, "it speaks for a face for so long: what it was measured in is longer ago already")
_LOST_S: Final = judged(2.0, "who was away for this long may be somebody, or something, else")


@dataclass(frozen=True, slots=True)
class _Frame:
    t_s: float
    lids: float  # eye aspect ratio, NaN without a face
    mouth: float
    open_: bool
    closed: bool


class Liveness:
    """To be given every observation, and asked about once a second.

    Alive is who has blinked, or moved as no plane does, since the face was found. A photograph is what for 15 s has
    done neither, has no pulse, moves neither lids nor mouth, and moves as a plane does: a head that turns hides an ear
    behind the cheek, a photograph that is tilted does not. Closed or hidden eyes, and too little to go by, are unknown;
    so is everything while no face is seen.

    Lids, mouth and shape are measured on what the tracker saw: of a photograph there are no signals, and whoever was
    taken for one must be able to show that it is not so. The verdict falls with the first frame in which the lids come
    down: no closed eyes are ever overlooked for it.
    """

    def __init__(self) -> None:
        self._frames: deque[_Frame] = deque()
        self._shapes: deque[tuple[float, NDArray[np.float32]]] = deque()
        self._pulse_s = self._seen_s = -np.inf
        self._alive = False
        self._printed: float | None = None  # how far the lids of what is a photograph are open; None: it is none

    @property
    def photograph(self) -> bool:
        """Whether what was seen last is one."""
        return self._printed is not None

    def new_driver(self) -> None:
        """Somebody else may be sitting there, of whom it is not known whether they are alive; a photograph stays one:
        that its driver has not been seen for long is because of it."""
        self._alive = False

    def add(self, seen: FaceObservation, signals: Signals) -> None:
        t_s, face = seen.t_s, face_ratios(seen)
        if t_s - self._seen_s > _LOST_S:
            self._watch_anew(alive=False)
        if face is not None:
            self._seen_s = t_s
        lids = (face.ear_left + face.ear_right) / 2 if face is not None else np.nan
        if self._printed is not None and lids < _LIDS_STILL * self._printed:
            self._watch_anew(alive=lids < _BLINK * self._printed)
        seen_open = self.photograph or (signals.eyes == "open" and signals.quality_eyes >= _LEAST_EYES)
        self._frames.append(
            _Frame(
                t_s,
                lids,
                face.mouth_opening if face is not None else 0.0,
                face is not None and seen_open,
                signals.eyes == "closed",
            )
        )
        if seen.landmarks is not None and not (self._shapes and t_s - self._shapes[-1][0] < _SHAPE_EVERY_S):
            pixels = np.array((seen.width_px, seen.height_px), np.float32)
            self._shapes.append((t_s, seen.landmarks[:_MESH:_EVERY_NTH, :2] * pixels))
        while t_s - self._frames[0].t_s > _WINDOW_S:
            self._frames.popleft()
        while self._shapes and t_s - self._shapes[0][0] > _WINDOW_S:
            self._shapes.popleft()

    def judge(self, t_s: float, skin: SkinRate | None) -> str:
        """``alive``, ``photograph`` or, where it cannot be told, nothing."""
        if t_s - self._seen_s > _LOST_S:
            return ""
        if skin is not None and skin.rate is not None and not skin.missing and skin.rate.snr_db >= _PULSE_DB:
            self._pulse_s = t_s
        usual = _usual(self._frames)
        shapes = np.stack([shape for _, shape in self._shapes]) if self._shapes else np.zeros((0, 1, 2), np.float32)
        if self.photograph and _bends(shapes[-_SHAPES:]):  # the driver is back
            self._watch_anew(alive=True)
        elif any(frame.lids < _BLINK * usual for frame in self._frames) or _bends(shapes):
            self._alive, self._printed = True, None
        elif self._is_photograph(t_s, usual, shapes):
            self._alive, self._printed = False, self._printed or usual
            return PHOTOGRAPH
        else:
            self._printed = None
        return ALIVE if self._alive else ""

    def _watch_anew(self, *, alive: bool) -> None:
        """Whatever is there now is not called a photograph for what was seen before."""
        self._frames.clear()
        self._shapes.clear()
        self._alive, self._printed = alive, None

    def _is_photograph(self, t_s: float, usual: float, shapes: NDArray[np.float32]) -> bool:
        frames = self._frames
        watched_s = frames[-1].t_s - frames[0].t_s
        if watched_s < _COVERED * _WINDOW_S or sum(frame.open_ for frame in frames) < _COVERED * len(frames):
            return False
        if t_s - self._pulse_s <= _PULSE_S or any(frame.closed for frame in frames):
            return False
        mouth = np.array([frame.mouth for frame in frames])
        lowest = min(frame.lids for frame in frames if not np.isnan(frame.lids))
        return lowest >= _LIDS_STILL * usual and float(mouth.std()) <= _MOUTH_STILL and _plane(shapes)


def _usual(frames: Iterable[_Frame]) -> float:
    """How far open eyes are open, NaN where none were seen."""
    lids = [frame.lids for frame in frames if frame.open_]
    return float(np.median(lids)) if lids else np.nan


def _bends(shapes: NDArray[np.float32]) -> bool:
    """Whether a face that is seen as ``shapes`` [n, points, 2] (px) moves as no photograph does."""
    if len(shapes) < _SHAPES:
        return False
    bends, moves = (float(np.median(way)) for way in bending(shapes))
    return bends >= max(_BENDING, _BENT * moves)


def _plane(shapes: NDArray[np.float32]) -> bool:
    """Whether a face that is seen as ``shapes`` [n, points, 2] (px) moves as a photograph does."""
    bends, moves = bending(shapes)
    if np.median(moves) <= _UNMOVED:
        return bool(np.median(bends) <= _FROZEN)
    far = float(np.sqrt(np.mean(moves**2)))
    return far >= _MOVED and float(np.sqrt(np.mean(bends**2))) <= _FLAT * far


def bending(shapes: NDArray[np.float32]) -> tuple[Wave, Wave]:
    """What is left of the way from the middle one to each of ``shapes`` [n, points, 2] when it is taken for a plane
    that is moved and tilted, and the whole way: root mean squares [n] over the points, in widths of the face.

    The plane's projection is linear but for its tilt, and that is taken to first order.
    """
    centred = shapes.astype(np.float64) - shapes[len(shapes) // 2].mean(axis=0)
    reference = centred[len(shapes) // 2]
    size = max(TINY, float(np.sqrt((reference**2).sum(axis=1).mean())))
    centred, reference = centred / size, reference / size
    x, y = reference.T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.stack((x, y, one, none, none, none, x * x, x * y), axis=1)
    down = np.stack((none, none, none, x, y, one, x * y, y * y), axis=1)
    plane = np.concatenate((across, down))
    way = (centred - reference).transpose(0, 2, 1).reshape(len(shapes), -1)
    left = way - way @ np.linalg.pinv(plane).T @ plane.T
    points = len(x)
    return np.sqrt((left**2).sum(axis=1) / points), np.sqrt((way**2).sum(axis=1) / points)
