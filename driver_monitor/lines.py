"""The JSON lines of a run or a replay: alerts as they come, the driver's state once a second of media time."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from driver_monitor.monitor import Moment
from driver_monitor.state.driver_state import ESTIMATE_KINDS
from driver_monitor.tally import Tally

PERIOD_S: Final = 1.0

# What a line of state holds, in this order, of the signals' names.
STATE_SIGNALS: Final = (
    "tracking", "degraded", "degraded_s", "quality", "quality_eyes", "fps",
    "eyes", "openness", "eyes_closed_s", "perclos_60s", "perclos_180s", "perclos_coverage",
    "blink_rate_per_min", "yawn",
    "yaw_deg", "pitch_deg", "roll_deg", "gaze_yaw_deg", "gaze_pitch_deg", "zone", "on_road", "off_road_s", "away_30s",
    "baseline", "baseline_progress", "baseline_needs", "baseline_reset",
)  # fmt: skip


def state_record(moment: Moment, tally: Tally) -> dict[str, Any]:
    """One line of state; ``firing`` names the rules that fire, a classifier with nothing to say is null.

    ``tally`` sums up the drive so far: for ``seen_share`` of it the driver's face was tracked, for ``judged_share``
    well enough to be judged.
    """
    state = moment.state
    record: dict[str, Any] = {"t_s": round(state.t_s, 3), "type": "state"}
    record |= {name: getattr(state.signals, name) for name in STATE_SIGNALS}
    record |= {"speed_kmh": state.speed.kmh, "speed": state.speed.knowledge.value}
    if state.speed.source:
        record["speed_source"] = state.speed.source
    for name in ESTIMATE_KINDS:
        estimate = getattr(state, name)
        record[name] = None if estimate is None else asdict(estimate)
    record |= asdict(moment.policy)
    record["firing"] = [alert.rule for alert in moment.firing]
    return record | {"seen_share": tally.seen_share, "judged_share": tally.judged_share}


class Lines:
    """Turns moments into records: every alert, and a state whenever a second has gone by."""

    def __init__(self) -> None:
        self._t_s = self._next_s = -math.inf
        self._tally = Tally()

    def of(self, moment: Moment) -> Iterator[dict[str, Any]]:
        for alert in moment.alerts:
            yield alert.to_json()
        t_s = moment.state.t_s
        if t_s < self._t_s:  # another drive of the same run
            self._next_s, self._tally = -math.inf, Tally()
        self._t_s = t_s
        self._tally.add(moment.state.signals, t_s)
        if t_s >= self._next_s:
            yield state_record(moment, self._tally)
            whole_s = math.floor(t_s / PERIOD_S + 1e-9) * PERIOD_S
            self._next_s = whole_s + PERIOD_S - 1e-9
