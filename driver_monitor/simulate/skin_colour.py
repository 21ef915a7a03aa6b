"""The colour that the skin gauge would have reported of a scripted driver: pulse, light, motion and noise."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.simulate.timeline import Moment

SENSOR_LEVELS: Final = 2.0  # of one pixel in day light, 0..255
PIXELS: Final = 3000  # that a mean is of
# Frame to frame, the mean colour of a portrait's skin held before a camera varied by 0.1 to 0.3 % and more when it was
# waved, in all colours alike for the most part.
JITTER: Final = 0.0015
SHADING_PER_DEG: Final = (0.003, -0.002)  # a turned head's forehead and cheeks get more, or less, of the light
USED: Final = 0.875  # of the pixels, in single precision
TALKING_CHEEKS: Final = 0.006  # what a wholly open jaw does to the brightness of the cheeks


@dataclass(frozen=True, slots=True)
class Skin:
    """``rgb`` (0..255) in full light. ``pulse`` scales the scripted pulse: it is an amplitude of light skin, and
    melanin takes from it as it takes from the light."""

    rgb: tuple[float, float, float] = (180.0, 125.0, 105.0)
    pulse: float = 1.0
    jitter: float = JITTER
    sensor_levels: float = SENSOR_LEVELS


class SkinColour:
    """To be asked once a frame, in order of time."""

    def __init__(self, skin: Skin, seed: int) -> None:
        self._skin = skin
        self._random = np.random.default_rng([seed, 0x51C1])

    def at(self, moment: Moment) -> SkinSample:
        light, random, skin = moment.light, self._random, self._skin
        tint = np.zeros(3) if moment.tint is None else np.array(moment.tint)
        sensor = np.hypot(skin.sensor_levels, light.noise) / np.sqrt(PIXELS / 2)
        turned = moment.pose.yaw_deg + moment.pose.pitch_deg
        regions: list[NDArray[np.float64]] = []
        for shading, talk in zip(SHADING_PER_DEG, (0.0, TALKING_CHEEKS), strict=True):
            shaded = 1 + shading * turned - talk * moment.face.jaw + random.normal(0, skin.jitter)
            tinged = random.normal(0, skin.jitter / 5, 3)
            colour = (np.array(skin.rgb) * (1 + tinged) + skin.pulse * tint) * light.gain * shaded
            colour = colour * (1 - light.grey) + light.grey * colour.mean()
            colour = colour + random.normal(0, sensor, 3) * (1 - light.grey)
            regions.append(np.clip(colour, 0.0, 255.0).astype(np.float32).astype(np.float64))
        clipped = float(np.mean([region.max() >= 250.0 for region in regions]))
        return SkinSample._make([*np.concatenate(regions).tolist(), USED, clipped])
