"""A scripted drive: the frames a camera would have delivered, with the truth beside each."""

from collections.abc import Iterator
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.simulate.actor import Actor
from driver_monitor.simulate.arrivals import arrivals
from driver_monitor.simulate.lens import Noise, covered, lit
from driver_monitor.simulate.portrait import NAMES
from driver_monitor.simulate.props import passenger_sprite, put_hand, put_passenger
from driver_monitor.simulate.script import Script, load_script
from driver_monitor.simulate.timeline import Moment, Timeline
from driver_monitor.simulate.truth import Event, Truth

Image = NDArray[np.uint8]

PASSENGER_YAW_DEG = 8.0  # a passenger looks a little across


class ScriptedDrive:
    """Renders a script. Every frame is a pure function of the script and its index, so any can be had at any time.

    Not thread-safe. ``frame_times`` float64 [n] and ``frame_numbers`` int [n] tell which frames arrive and when.
    """

    def __init__(self, script: Script, name: str = "scripted") -> None:
        self.script = script
        self.name = name
        self.timeline = Timeline(script)
        head = script.drive
        self.duration_s = head.duration_s
        self.speed_kmh = head.speed_kmh
        self.frame_numbers, self.frame_times = arrivals(head)
        self._noise = Noise(head.size, head.seed)
        self._actors: dict[str, Actor] = {}
        self._sprites: dict[str, tuple[Image, Image]] = {}

    @classmethod
    def load(cls, name_or_path: str) -> "ScriptedDrive":
        """A built-in drive by its name (``demo``, ``attentive``) or a YAML file; raises UsageError."""
        return cls(load_script(name_or_path), name_or_path)

    def __len__(self) -> int:
        return len(self.frame_times)

    @cached_property
    def events(self) -> list[Event]:
        """Every action with its times, natural blinks included."""
        return self.timeline.events()

    def frames(self) -> Iterator[tuple[Frame, Truth]]:
        for index in range(len(self)):
            yield self.frame(index)

    def frame(self, index: int) -> tuple[Frame, Truth]:
        """The ``index``-th frame that arrives, and its truth."""
        t_s = float(self.frame_times[index])
        number = int(self.frame_numbers[index])
        lost = number - int(self.frame_numbers[index - 1]) - 1 if index else 0
        moment = self.timeline.at(t_s)
        return Frame(t_s, self.picture(moment, number), index, lost), moment.truth

    def truth(self, t_s: float) -> Truth:
        return self.timeline.at(t_s).truth

    def picture(self, moment: Moment, number: int = 0) -> Image:
        """The picture of a moment, uint8 [height, width, 3] RGB; ``number`` chooses the sensor noise."""
        sigma = float(np.hypot(self.script.drive.noise, moment.light.noise))
        if moment.lens_cover >= 1:
            size = self.script.drive.size
            return self._noise.add(covered(np.zeros((size[1], size[0], 3), np.uint8), 1.0), sigma, number)
        picture = lit(self._scene(moment), moment.light)
        return self._noise.add(covered(picture, moment.lens_cover), sigma, number)

    def _scene(self, moment: Moment) -> Image:
        actor = self._actor(moment.portrait)
        stage = actor.stage
        beside = moment.passenger > 0
        if moment.present <= 0:
            picture = stage.empty.copy()
            if beside:
                self._seat_passenger(picture, moment)
            return picture
        if beside:
            picture = stage.empty.copy()
            self._seat_passenger(picture, moment)
            share = stage.body_alpha.astype(np.float32) / np.float32(255)
            picture = np.asarray(cv2.blendLinear(stage.body, picture, share, 1 - share), np.uint8)
        else:
            picture = stage.plate.copy()
        tint = None if moment.tint is None else np.array(moment.tint, np.float32)
        actor.perform(picture, moment.face, moment.pose, tint)
        for over, share_of_way in moment.hands:
            put_hand(picture, stage, over, share_of_way, moment.pose.shift_px)
        if moment.present < 1:
            gone = stage.empty.copy()
            if beside:
                self._seat_passenger(gone, moment)
            picture = np.asarray(cv2.addWeighted(picture, moment.present, gone, 1 - moment.present, 0), np.uint8)
        return picture

    def _seat_passenger(self, picture: Image, moment: Moment) -> None:
        other = next(name for name in NAMES if name != moment.portrait)
        if other not in self._sprites:
            self._sprites[other] = passenger_sprite(self._actor(other), PASSENGER_YAW_DEG)
        put_passenger(picture, self._sprites[other], moment.passenger, moment.passenger_lean, moment.passenger_side)

    def _actor(self, portrait: str) -> Actor:
        if portrait not in self._actors:
            self._actors[portrait] = Actor(portrait, self.script.drive.size)
        return self._actors[portrait]
