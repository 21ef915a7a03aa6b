"""What a GPS receiver's sentences amount to: the speed now, or the reason why there is none."""

import math
from enum import Enum
from typing import Final

from driver_monitor.vehicle.clock import Clock
from driver_monitor.vehicle.epoch import EPOCH_S, Epoch
from driver_monitor.vehicle.sentence import Sentence
from driver_monitor.vehicle.source import Reading

TRUST_AFTER_S: Final = 1.2  # longer than the epoch of any receiver: a whole one has passed without a word of no fix
VETO_S: Final = 30.0  # a sentence without a fix may be one that comes seldom
_SATELLITES: Final = "GSA"  # those of all systems together


class Trouble(Enum):
    """Why there is no speed, and what to do."""

    SILENT = "the GPS receiver on {port} says nothing; check its cable and power"
    NOISE = (
        "what comes from {port} is not NMEA 0183 with checksums; check vehicle.speed.baud (now {baud}) and that it is "
        "a GPS receiver"
    )
    NO_SPEED_SENTENCE = (
        "the GPS receiver on {port} sends no RMC or VTG, the sentences that tell a speed; switch RMC on in its settings"
    )
    NO_FIX = "the GPS receiver on {port} has no fix; give its antenna a view of the sky"
    SIMULATED = "the GPS receiver on {port} simulates its position; switch that off in its settings"
    NO_TIME = (
        "the GPS receiver on {port} leaves the time out of its RMC, so that nothing says how old its speed is; unplug "
        "it and plug it in again"
    )
    FROZEN = "the clock of the GPS receiver on {port} stands still; unplug it and plug it in again"
    NO_VOUCHER = (
        "the GPS receiver on {port} sends VTG without its mode and no RMC or GGA, so that nothing says whether it has "
        "a fix; switch RMC on in its settings"
    )
    NO_VALUE = "the GPS receiver on {port} has a fix but no usable speed in its RMC and VTG; check its settings"


class Receiver:
    """Feed it every sentence; ``reading`` is the newest speed, None where the receiver has taken it back.

    A sentence that says "no fix" voids every speed heard within EPOCH_S before it, its own epoch's included, and keeps
    new ones out for TRUST_AFTER_S. So does the first sentence of all: nobody knows what was said just before. Beyond
    that it stands until a sentence of the same kind has a fix, or none of that kind without one came for VETO_S.
    """

    def __init__(self, stale_s: float) -> None:
        self._stale_s = stale_s
        self.reading: Reading | None = None
        self._epoch: Epoch | None = None
        self._void_s: float | None = None  # when it last said that there is no fix, or said anything for the first time
        self._spoke_s = -math.inf
        self._clocks: dict[str, Clock] = {}  # of each kind of sentence
        self._vetoes: dict[str, float] = {}  # when each kind of sentence last said that there is no fix
        self._speaks_speed = False
        self._heard: set[Trouble] = set()  # since the last fresh speed

    @property
    def trouble(self) -> Trouble:
        """Why there is no speed: what it said itself comes before what it did not say."""
        if self._spoke_s > -math.inf and not self._speaks_speed:
            return Trouble.NO_SPEED_SENTENCE
        causes = (Trouble.SIMULATED, Trouble.NO_FIX, Trouble.NO_TIME, Trouble.FROZEN, Trouble.NO_VOUCHER)
        later = (Trouble.NO_VALUE, Trouble.NOISE)
        return next((cause for cause in (*causes, *later) if cause in self._heard), Trouble.SILENT)

    def mishear(self) -> None:
        """Something came that is no sentence."""
        self._heard.add(Trouble.NOISE)

    def hear(self, sentence: Sentence, now_s: float) -> None:
        if now_s - self._spoke_s > self._stale_s and Trouble.NO_FIX in self._heard:
            self._clocks.clear()  # it lost its fix, fell silent and may have started anew
        self._spoke_s = now_s
        if self._void_s is None:
            self._void_s = now_s
        if sentence.states_speed:
            self._speaks_speed = True
            if sentence.kmh is None and sentence.fix is not False:
                self._heard.add(Trouble.NO_VALUE)
        if sentence.tells_nothing:
            return
        if sentence.fix is False and not sentence.partial:
            self._take_back(sentence.kind, now_s)
            self._heard.add(
                Trouble.SIMULATED if sentence.simulated else Trouble.NO_TIME if sentence.timeless else Trouble.NO_FIX
            )
            return
        if sentence.fix and not sentence.partial:
            self._vetoes.pop(sentence.kind, None)
        if self._epoch is not None and not self._epoch.takes(sentence):
            self.pause(now_s)
        if self._epoch is None:
            self._epoch = Epoch(now_s)
        self._epoch.add(sentence, self._measured_s(sentence, now_s))

    def pause(self, now_s: float) -> None:
        """Nothing more came for a while, or another epoch began: what was said of the last one is complete."""
        epoch, self._epoch = self._epoch, None
        if epoch is None:
            return
        if epoch.void:
            self._take_back(_SATELLITES, now_s)
            self._heard.add(Trouble.NO_FIX)
            return
        if epoch.void is False:
            self._vetoes.pop(_SATELLITES, None)
        if any(now_s - said_s <= VETO_S for said_s in self._vetoes.values()):
            return
        if (kmh := epoch.kmh) is None:
            self._heard |= {Trouble.NO_VOUCHER} if epoch.unvouched else set()
        elif now_s - epoch.measured_s > self._stale_s:
            self._heard.add(Trouble.FROZEN)
        elif self._void_s is None or epoch.heard_s - self._void_s > TRUST_AFTER_S:
            self.reading = Reading(kmh, epoch.measured_s)
            self._heard.clear()

    def _take_back(self, kind: str, now_s: float) -> None:
        self._vetoes[kind] = now_s
        self._epoch, self._void_s = None, now_s
        if self.reading is not None and now_s - self.reading.at_s <= EPOCH_S:
            self.reading = None

    def _measured_s(self, sentence: Sentence, now_s: float) -> float:
        """When what the sentence says was new, by its clock; one without a time goes by the clock of the others."""
        if sentence.utc is None:
            ticked_s = max((clock.ticked_s for clock in self._clocks.values()), default=now_s)
            return now_s if now_s - ticked_s <= 2 * EPOCH_S else ticked_s
        clock = self._clocks.setdefault(sentence.kind, Clock(sentence.utc, now_s))
        clock.show(sentence.utc, now_s)
        return clock.ticked_s
