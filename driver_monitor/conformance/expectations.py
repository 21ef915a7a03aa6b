"""What a row demands of one play: a warning within a time, silence, or an end."""

from dataclasses import dataclass
from typing import Protocol

from driver_monitor.conformance.hearing import Heard, Subject
from driver_monitor.state.alert import Level

EDGE_S = 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """``measured_s`` is the time of the warning or the end, None where silence was asked for. ``wrong`` says what
    should have been otherwise; empty when all is well."""

    measured_s: float | None = None
    wrong: str = ""


class Expectation(Protocol):
    def check(self, heard: Heard) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Warned:
    """The first such warning comes within ``by_s`` of the onset and not before ``after_s``."""

    by_s: float
    about: tuple[Subject, ...]
    after_s: float = 0.0
    level: Level = Level.WARNING
    audible: bool = True

    def check(self, heard: Heard) -> Verdict:
        times = [t_s for t_s, _ in heard.warnings(self.about, self.level, audible=self.audible) if t_s > 0]
        what = f"{self.level.name.lower()} about {' or '.join(self.about)}"
        if not times:
            return Verdict(None, f"no {what} within {heard.until_s - heard.onset_s:.1f} s, due by {self.by_s:.1f} s")
        first = times[0]
        if first > self.by_s + EDGE_S:
            return Verdict(first, f"{what} after {first:.2f} s, due by {self.by_s:.1f} s")
        if first < self.after_s - EDGE_S:
            return Verdict(first, f"{what} after {first:.2f} s, not to come before {self.after_s:.1f} s")
        return Verdict(first)


@dataclass(frozen=True, slots=True)
class Silent:
    """No audible warning (about these subjects, or any) between two times; ``to_s`` 0 means the end of the play."""

    about: tuple[Subject, ...] = ()
    from_s: float = 0.0
    to_s: float = 0.0

    def check(self, heard: Heard) -> Verdict:
        end_s = self.to_s or heard.until_s - heard.onset_s
        for t_s, alert in heard.warnings(self.about):
            if self.from_s <= t_s <= end_s:
                return Verdict(None, f"{alert.rule} sounded after {t_s:.2f} s")
        return Verdict()


@dataclass(frozen=True, slots=True)
class Ended:
    """The warning that sounds at ``at_s`` goes on until forward gaze has lasted: it ends in a window after ``at_s``."""

    at_s: float
    after_s: float
    by_s: float
    about: tuple[Subject, ...]

    def check(self, heard: Heard) -> Verdict:
        began = {alert.rule for t_s, alert in heard.warnings(self.about) if t_s <= self.at_s}
        if not began:
            return Verdict(None, f"no warning before the look forward at {self.at_s:.1f} s")
        ends = {rule: heard.cleared(rule, 0.0) for rule in began}
        late = [rule for rule, end_s in ends.items() if end_s is None or end_s - self.at_s > self.by_s + EDGE_S]
        if late:
            return Verdict(None, f"{', '.join(late)} went on for more than {self.by_s:.1f} s of forward gaze")
        last = max(end_s for end_s in ends.values() if end_s is not None) - self.at_s
        if last < self.after_s - EDGE_S:
            return Verdict(
                last, f"the warning ended {last:.2f} s after the look forward, not before {self.after_s:.1f} s"
            )
        return Verdict(last)
