"""What ``run`` says of the baseline: how far it has got, what it lacks, why it is learned anew."""

import math
from typing import Final

from driver_monitor.state.signals import Signals

STEPS: Final = 5  # lines on the way
PATIENCE_S: Final = 5.0  # a lack must last to be worth a line: every blink lacks open eyes
_WHY: Final = {
    "camera_moved": "the camera has moved",
    "driver_changed": "somebody else is driving",
    "glasses": "glasses have been put on or taken off",
    "narrow_eyes": "the eyes were narrowed when the baseline was learned",
    "profile_misfit": "the driver's kept baseline does not fit these eyes",
}
_MORE: Final = {"time": "more time"}
_STANDS_IN: Final = {
    "prior": "meanwhile the population prior is used",
    "kept": "meanwhile the driver's kept baseline is used",
}


class Calibration:
    """Feed it every frame's signals; it answers with a line when there is something new to say, else None."""

    def __init__(self) -> None:
        self._source = ""
        self._why = ""
        self._step = -1
        self._needs = ""
        self._needs_since: tuple[str, float] = "", math.inf

    def update(self, signals: Signals) -> str | None:
        source, why = signals.baseline, signals.baseline_reset
        if signals.baseline_needs != self._needs_since[0]:
            self._needs_since = signals.baseline_needs, signals.t_s
        if source == "driver":
            news = source != self._source
            self._source, self._why = source, why
            return "calibrated to the driver" if news else None
        lines = []
        if source != self._source or why != self._why:
            if why and (why != self._why or self._source == "driver"):
                lines.append(f"{_WHY.get(why, why)};")
            self._step, self._needs = -1, ""
        self._source, self._why = source, why
        lacking = signals.t_s - self._needs_since[1] >= PATIENCE_S and signals.baseline_needs != self._needs
        step = math.floor(STEPS * signals.baseline_progress + 1e-9)
        if not lacking and step <= self._step:
            return None
        self._step, self._needs = max(step, self._step), signals.baseline_needs
        needs = f": needs {_MORE.get(signals.baseline_needs, signals.baseline_needs)}" if signals.baseline_needs else ""
        percent = math.floor(100 * signals.baseline_progress + 1e-9)
        lines.append(f"calibrating {percent} %{needs}; {_STANDS_IN[source]}")
        return " ".join(lines)
