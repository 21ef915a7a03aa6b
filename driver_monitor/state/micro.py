"""What the micro-expression channel tells of a frame."""

from dataclasses import dataclass

from driver_monitor.state.signal import SignalGroup, signal


@dataclass(frozen=True)
class MicroSignals(SignalGroup):
    """Experimental: tested on a scripted driver, and claimed for no person."""

    micro_expression: str = signal(
        "",
        "on the one frame in which it is sure that one has been, a second after it: brow_raise, brow_lower, eye_widen, "
        "nose_wrinkle, lip_raise, smile, lip_down, lip_press or lip_stretch; else empty",
        "",
    )
    micro_expression_strength: float | None = signal("0..1", "its apex above the resting face, as a blendshape")
    micro_expression_onset_s: float | None = signal("s", "media time at which it began")
    micro_expression_apex_s: float | None = signal("s", "media time at which it was strongest")
    micro_expression_offset_s: float | None = signal("s", "media time at which it was gone")
    micro_expression_missing: str = signal(
        "",
        "why none can be found: empty when they can, else no_face, low_frame_rate, turned_away, poor_view or learning "
        "(the resting face)",
        "no_face",
    )
