"""How the frames come: rates from 15 to 60 a second, uneven, some lost, tracking as good or bad as it gets."""

from dataclasses import dataclass, field
from typing import Any, Final

from driver_monitor.simulate.measurement_noise import NoiseLevel


@dataclass(frozen=True, slots=True)
class Variant:
    """``drive`` is the part of the script's head that it sets."""

    name: str
    drive: dict[str, Any] = field(default_factory=dict)
    noise: NoiseLevel = field(default_factory=NoiseLevel)


VARIANTS: Final = (
    Variant("30 fps", {"fps": 30.0, "seed": 31}),
    Variant("15 fps", {"fps": 15.0, "seed": 15, "portrait": "grace_hopper"}),
    Variant("60 fps", {"fps": 60.0, "seed": 60}),
    Variant("about 24 fps, uneven, a tenth lost", {"fps": 24.0, "jitter_s": 0.018, "drop_share": 0.1, "seed": 24}),
    Variant(
        "30 fps, holes in the tracking",
        {"fps": 30.0, "jitter_s": 0.01, "seed": 7, "portrait": "grace_hopper"},
        NoiseLevel(dropouts_per_min=8.0, dropout_s=0.2, wild_per_min=2.0),
    ),
)
QUICK: Final = VARIANTS[3:]
STEADY: Final = Variant("20 fps", {"fps": 20.0, "seed": 20})
RENDERED: Final = (
    Variant("rendered", {"fps": 30.0, "seed": 5, "portrait": "astronaut"}),
    Variant("rendered, glasses", {"fps": 30.0, "seed": 5, "portrait": "grace_hopper"}),
)
