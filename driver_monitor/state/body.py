"""What hands and posture tell of the driver: the signals of the body channel."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.signal import SignalGroup, signal

BODY_MISSING: Final = (
    "not_looked_at",  # no look at the body has come for a while: the channel is off, or the worker starts again
    "blind",  # the frame shows nothing: dark, covered, blurred, too bright
    "no_body",  # nobody's body is found in the driver's place
    "shoulders_hidden",  # they are out of the frame or behind something
    "turned",  # the shoulders are seen from the side
    "learning",  # the driver's own upright posture is not known yet
)


@dataclass(frozen=True)
class BodySignals(SignalGroup):
    """``None`` means "cannot be known", never "no". What is said of posture is relative to the driver's own upright."""

    body: str = signal(
        "", "whether there is a driver, also while the face is turned away: present, absent or unknown", "unknown"
    )
    body_missing: str = signal(
        "",
        f"why posture or hands cannot be measured: empty when they are, else one of {', '.join(BODY_MISSING)}",
        "not_looked_at",
    )
    quality_body: float = signal("0..1", "how well the head is seen, and that it is on a body", 0.0)
    hand_at_head: bool | None = signal("", "true while a hand is at the head: ear, cheek, hair or mouth")
    hand_at_head_s: float | None = signal("s", "how long a hand has been at the head, 0 when none is")
    hand_over_mouth: bool | None = signal("", "true while a hand covers the mouth, as behind a yawn")
    slump: float | None = signal(
        "ratio", "how far head and shoulders have both sunk below their own upright place, in shoulder widths"
    )
    lean_deg: float | None = signal(
        "deg", "tilt of the shoulders from their own upright, positive to the driver's left"
    )
    hands_low_s: float | None = signal(
        "s", "how long no hand has been in sight, 0 while one is; unknown where the camera rarely shows hands"
    )
    phone_detector: float | None = signal("0..1", "what the user's own phone detector says, middle of the last looks")
    phone_suspected: bool | None = signal(
        "", "true while a phone is suspected, which is not to say that there is one; phone_evidence says why"
    )
    phone_evidence: str = signal(
        "",
        "why a phone is suspected, joined by +: hand_at_head (held there for long), lap_looks (looks at the lap that "
        "come back while no hand is in sight), detector (the user's own)",
        "",
    )
