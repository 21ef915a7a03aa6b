"""How much of a drive the senses beside the face could measure, and why not more."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from driver_monitor.state.channels import NOTHING, ChannelSignals

_OFF: Final = "off"
HEART, VOICE, BODY = "heart rate", "voice", "body"


def _heart(now: ChannelSignals) -> str:
    return "" if now.heart_rate_bpm is not None else now.pulse_missing or _OFF


def _voice(now: ChannelSignals) -> str:
    return _OFF if now.voice == "off" else now.voice_missing


def _body(now: ChannelSignals) -> str:
    return _OFF if now.body_missing == NOTHING.body_missing else now.body_missing


_WHY_NOT: Final[dict[str, Callable[[ChannelSignals], str]]] = {HEART: _heart, VOICE: _voice, BODY: _body}


@dataclass(slots=True)
class ChannelTally:
    """Frames by the reason why a sense measured nothing in them; empty where it did."""

    frames: int = 0
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: {sense: Counter() for sense in _WHY_NOT})

    def add(self, channels: ChannelSignals | None) -> None:
        """A frame's; ``None`` where all channels are off."""
        self.frames += 1
        if channels is not None:
            for sense, why_not in _WHY_NOT.items():
                self.reasons[sense][why_not(channels)] += 1

    def on(self, sense: str) -> bool:
        """Whether the sense was switched on in any of it."""
        return any(count for reason, count in self.reasons[sense].items() if reason != _OFF)

    @property
    def shares(self) -> dict[str, float]:
        """Of each sense that was on: the share of all frames in which it measured something."""
        return {sense: found[""] / self.frames for sense, found in self.reasons.items() if self.on(sense)}

    def why_not(self, sense: str) -> str:
        """The commonest reason why nothing was measured, in words; empty where there is none."""
        found = Counter({reason: n for reason, n in self.reasons[sense].items() if reason not in ("", _OFF)})
        return found.most_common(1)[0][0].replace("_", " ") if found else ""

    def words(self) -> Iterator[str]:
        """``heart rate in 62 % (else mostly moving)`` for each sense that was on."""
        for sense, share in self.shares.items():
            reason = self.why_not(sense)
            # Neither 0 nor 100 where something is, or is missing.
            whole = round(100 * share) if share in (0, 1) else min(max(round(100 * share), 1), 99)
            yield f"{sense} in {whole} %" + (f" (else mostly {reason})" if reason else "")
