"""How long each stage takes, as percentiles in bounded memory."""

import math
from collections import Counter
from typing import Final

_STEPS_PER_OCTAVE: Final = 16  # buckets 4.4 % wide: finer than the noise of any machine this runs on


class Latency:
    """A histogram over logarithmic buckets, per stage, in the order in which stages were first seen."""

    def __init__(self) -> None:
        self._buckets: dict[str, Counter[int]] = {}
        self._longest_s: dict[str, float] = {}

    def add(self, stage: str, seconds: float) -> None:
        if not math.isfinite(seconds):
            return
        bucket = round(math.log2(max(seconds, 1e-7)) * _STEPS_PER_OCTAVE)
        self._buckets.setdefault(stage, Counter())[bucket] += 1
        self._longest_s[stage] = max(seconds, self._longest_s.get(stage, 0.0))

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(self._buckets)

    def count(self, stage: str) -> int:
        return self._buckets[stage].total()

    def longest_s(self, stage: str) -> float:
        return self._longest_s[stage]

    def percentile_s(self, stage: str, share: float) -> float:
        """The latency that ``share`` (0..1) of the samples do not exceed, to within a bucket."""
        buckets = self._buckets[stage]
        wanted = share * buckets.total()
        seen = 0
        for bucket in sorted(buckets):
            seen += buckets[bucket]
            if seen >= wanted:
                break
        return float(2.0 ** (bucket / _STEPS_PER_OCTAVE))
