"""One blink and its features, as the UTA-RLDD work defines them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blink:
    """A completed blink: times interpolated between frames, media time.

    ``amplitude`` is in units of the driver's own open eye (1 = from fully open to shut), ``opening_velocity`` in the
    same units a second, ``frequency_hz`` the blinks per second since the previous blinks (1 / mean interval).
    Source of the four features: Ghoddoosian et al. 2019, arXiv:1904.07312, section 4.1.
    """

    start_s: float
    end_s: float
    amplitude: float
    opening_velocity: float
    frequency_hz: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s
