"""What a scripted driver can do. Every action starts at ``t`` and starts to go back at ``t + for``.

So ``close_eyes, for: 2, rise: 0.1, fall: 0.15`` begins to shut at ``t``, is shut from ``t + 0.1`` to ``t + 2`` and open
again at ``t + 2.15``. Overlapping actions of one kind: the larger closure and jaw win; a later look takes over.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from driver_monitor.config.section import Section, setting
from driver_monitor.simulate.portrait import NAMES

PortraitName = Literal["astronaut", "grace_hopper"]
LONGEST_S: Final = 7 * 86400.0  # JUDGEMENT: longer than anybody drives, and its frame times still fit into memory
assert set(NAMES) == {"astronaut", "grace_hopper"}


class Action(Section):
    """``rise`` and ``fall`` are how long the movement there and back takes."""

    t: float = Field(description="when it begins, s", ge=0, le=LONGEST_S)
    for_s: float = setting(1.0, "until the way back begins", unit="s", alias="for", gt=0, le=LONGEST_S)
    rise: float = setting(0.3, "how long the way there takes", unit="s", ge=0.01, le=30)
    fall: float = setting(0.3, "how long the way back takes", unit="s", ge=0.01, le=30)
    note: str = setting("", "a word for the report")


class Blink(Action):
    do: Literal["blink"]
    for_s: float = setting(0.15, "half closed for 0.025 s longer", unit="s", alias="for", gt=0, le=1)
    rise: float = setting(0.10, "closing", unit="s", ge=0.01, le=1, source="closing phase about 0.1 s")
    fall: float = setting(0.15, "opening", unit="s", ge=0.01, le=1, source="opening is slower, 0.15-0.2 s")
    amount: float = setting(1.0, "how far the lids close", unit="0..1", ge=0, le=1)


class CloseEyes(Action):
    do: Literal["close_eyes"]
    rise: float = setting(0.10, "closing", unit="s", ge=0.01, le=30)
    fall: float = setting(0.15, "opening", unit="s", ge=0.01, le=30)
    amount: float = setting(1.0, "how far the lids close", unit="0..1", ge=0, le=1)
    eyes: Literal["both", "left", "right"] = setting("both", "the driver's own left or right")


class Yawn(Action):
    do: Literal["yawn"]
    for_s: float = setting(3.2, "as above", unit="s", alias="for", gt=0, le=30)
    rise: float = setting(1.2, "jaw going down", unit="s", ge=0.01, le=5)
    fall: float = setting(0.8, "jaw coming up", unit="s", ge=0.01, le=5)
    amount: float = setting(1.0, "how wide", unit="0..1", ge=0, le=1)
    squint: float = setting(0.3, "how far the lids come down with it", unit="0..1", ge=0, le=1)


class Talk(Action):
    do: Literal["talk"]
    amount: float = setting(0.35, "widest opening, as a share of a yawn", unit="0..1", ge=0, le=1)
    syllables_hz: float = setting(4.5, "openings a second", unit="Hz", ge=0.5, le=10, source="speech: 4-5 syllables/s")


class Look(Action):
    do: Literal["look"]
    yaw: float = setting(0.0, "head, + to the driver's left", unit="deg", ge=-60, le=60)
    pitch: float = setting(0.0, "head, + up", unit="deg", ge=-45, le=30)
    roll: float = setting(0.0, "head, + to the left shoulder", unit="deg", ge=-30, le=30)
    transition: float = setting(0.3, "how long the head takes there, and back", unit="s", ge=0.05, le=5)


class Nod(Action):
    do: Literal["nod"]
    for_s: float = setting(1.8, "as above", unit="s", alias="for", gt=0, le=30)
    pitch: float = setting(-16.0, "how far the head sinks", unit="deg", ge=-35, le=0, source="drowsy nods: 12-20 deg")
    rise: float = setting(1.5, "sinking", unit="s", ge=0.05, le=10)
    fall: float = setting(0.3, "jerking up", unit="s", ge=0.05, le=5)


class Gaze(Action):
    do: Literal["gaze"]
    yaw: float = setting(0.0, "eyes against the head, + to the driver's left", unit="deg", ge=-35, le=35)
    pitch: float = setting(0.0, "eyes against the head, + up", unit="deg", ge=-30, le=25)
    rise: float = setting(0.06, "eyes going there", unit="s", ge=0.01, le=5)
    fall: float = setting(0.06, "eyes coming back", unit="s", ge=0.01, le=5)


class Frown(Action):
    do: Literal["frown"]
    amount: float = setting(1.0, "brows down", unit="0..1", ge=0, le=1)


class Smile(Action):
    do: Literal["smile"]
    amount: float = setting(1.0, "corners of the mouth up; negative: down", unit="-1..1", ge=-1, le=1)


class Pulse(Action):
    do: Literal["pulse"]
    bpm: float = setting(70.0, "heart rate", unit="1/min", ge=35, le=200)
    amplitude: float = setting(0.8, "of the skin's green channel", unit="0..255", ge=0, le=10)


class Light(Action):
    do: Literal["light"]
    gain: float = setting(1.0, "brightness of the whole frame; 0.1 is night", ge=0, le=5)
    gradient: float = setting(0.0, "side light: 1 dims the frame's left edge to nothing, -1 the right", ge=-1, le=1)
    glare: float = setting(0.0, "a low sun in the frame", unit="0..1", ge=0, le=1)
    noise: float = setting(0.0, "more sensor noise, standard deviation", unit="0..255", ge=0, le=60)
    blur: float = setting(0.0, "out of focus, Gaussian sigma at 480 lines", unit="px", ge=0, le=20)
    grey: bool = setting(False, "an infrared or grey image")


class Occlude(Action):
    do: Literal["occlude"]
    what: Literal["camera", "eyes", "mouth", "dark_glasses"] = setting(
        "camera", "the lens covered, a hand over eyes or mouth, or dark glasses"
    )


class Leave(Action):
    do: Literal["leave"]
    rise: float = setting(0.5, "the driver fades out of the frame", unit="s", ge=0.01, le=30)
    fall: float = setting(0.5, "and back into it", unit="s", ge=0.01, le=30)


class SwapDriver(Action):
    do: Literal["swap_driver"]
    for_s: float = setting(
        LONGEST_S, "how long the other one drives; left out: to the end", unit="s", alias="for", gt=0, le=LONGEST_S
    )
    portrait: PortraitName = setting("grace_hopper", "who drives from here on")


class Passenger(Action):
    do: Literal["passenger"]
    rise: float = setting(1.0, "coming into the frame", unit="s", ge=0.01, le=30)
    fall: float = setting(1.0, "going out of it", unit="s", ge=0.01, le=30)
    lean: float = setting(0.0, "0 sits beside, 1 leans in next to the driver", unit="0..1", ge=0, le=1)
    side: Literal["left", "right"] = setting("left", "of the frame; left is the passenger of a left-hand-drive car")


AnyAction = Annotated[
    Blink | CloseEyes | Yawn | Talk | Look | Nod | Gaze | Frown | Smile | Pulse | Light | Occlude
    | Leave | SwapDriver | Passenger,
    Field(discriminator="do"),
]  # fmt: skip
