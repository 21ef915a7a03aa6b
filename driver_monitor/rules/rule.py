"""One rule and where it stands: inactive, pending, firing; and which step of its ladder it has reached.

The words mean what they mean in Prometheus. A rule whose condition holds is *pending* until it has held for ``for``,
then *firing*; once the condition has gone for ``keep_firing_for`` it is *cleared*, and rests for ``cooldown``. With
``until`` the condition that began goes on until that is true, and what fires does so whatever the speed and
``only_while`` say: a car that comes to a stop does not answer for its driver.

A condition that is *not known* (no face) neither starts a rule nor ends one: a pending rule's clock stands still and a
firing rule goes on firing, for CANNOT_SEE_S at most; a critical one until the driver is seen to be well, for a head
that falls out of sight must not silence the alarm.

While an *inhibitor* fires, the rule does not begin, repeat or escalate, but its clocks run on: the lapse is real, only
its sound would be in the way. When the inhibitor ends and the condition still holds, the rule does at once what was
due. A rule that fired before the inhibitor began goes on firing and clears in its own time.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from driver_monitor.config.rules import RuleConfig
from driver_monitor.rules.condition import Condition, compiled
from driver_monitor.rules.facts import Facts
from driver_monitor.state.alert import Level, News
from driver_monitor.state.terms import CANNOT_SEE_S, ROUNDING_S


class Standing(StrEnum):
    """Where a rule stands, in a word."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


@dataclass(slots=True)
class Course:
    """What a rule remembers. ``held_s`` is the time the condition has been seen to hold, ``climbed_s`` the same since
    the rule fired; ``step`` counts the steps of its ladder taken."""

    pending_since_s: float | None = None
    held_s: float = 0.0
    firing_since_s: float | None = None
    climbed_s: float = 0.0
    step: int = 0
    told_s: float = -math.inf
    last_true_s: float = -math.inf
    last_known_s: float = -math.inf
    cleared_s: float = -math.inf
    told_to: set[str] = field(default_factory=set)  # outputs that have heard of this firing

    @property
    def standing(self) -> Standing:
        if self.firing_since_s is not None:
            return Standing.FIRING
        return Standing.INACTIVE if self.pending_since_s is None else Standing.PENDING


class Inhibitor(Protocol):
    """What keeps a rule from beginning while it fires."""

    @property
    def name(self) -> str: ...

    @property
    def firing(self) -> bool: ...


class Rule:
    """A rule over a table of facts. ``gate_open`` (speed) and ``inhibitors`` are set by the engine.

    ``touched`` says that it is pending or firing, or that an answer it looks at has changed; else it need no step.
    It is then among ``due``, which rules share.
    """

    def __init__(
        self, name: str, config: RuleConfig, facts: Facts, place: int = 0, due: set[int] | None = None
    ) -> None:
        """``place`` is what ``due`` knows it by."""
        self.name: Final[str] = name
        self.config: Final = config
        self.when: Final = compiled(config.when, facts)
        self.until: Final = None if config.until is None else compiled(config.until, facts)
        self.only_while: Final = None if config.only_while is None else compiled(config.only_while, facts)
        self.channels: Final[dict[str, Condition]] = {
            channel: compiled(condition, facts)
            for channel, condition in config.requires_second_channel.channels.items()
        }
        self.levels: Final = (Level.of(config.level), *(Level.of(step.level) for step in config.escalate))
        self.gate_open = True
        self.inhibitors: tuple[Inhibitor, ...] = ()
        self._place, self._due = place, set() if due is None else due
        self.course = Course()
        self.touch()

    @property
    def touched(self) -> bool:
        return self._place in self._due

    def touch(self) -> None:
        self._due.add(self._place)

    def set_gate(self, open_now: bool) -> None:
        """Whether the speed lets the rule be considered."""
        if self.gate_open is not open_now:
            self.gate_open = open_now
            self.touch()

    @property
    def firing(self) -> bool:
        return self.course.firing_since_s is not None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything it looks at."""
        own = (self.when, self.until, self.only_while, *self.channels.values())
        return tuple(condition for condition in own if condition is not None)

    @property
    def level(self) -> Level:
        return self.levels[self.course.step]

    @property
    def message(self) -> str:
        """The message of the highest step taken that has one."""
        for step in reversed(self.config.escalate[: self.course.step]):
            if step.message is not None:
                return step.message
        return self.config.message

    @property
    def inhibited(self) -> bool:
        return any(rule.firing for rule in self.inhibitors)

    @property
    def channels_agree(self) -> bool:
        if not self.channels:
            return True
        return sum(bool(channel.truth) for channel in self.channels.values()) >= (
            self.config.requires_second_channel.at_least
        )

    @property
    def holds(self) -> bool | None:
        """Whether what the rule waits for is the case now; None for not known."""
        over = None if self.until is None else self.until.truth
        if over:
            return False
        when = self.when.truth
        if self.until is not None and self.course.firing_since_s is not None:
            return True if when or over is False else None  # "until" alone ends what fires
        if not self.gate_open:
            return False
        gate = True if self.only_while is None else self.only_while.truth
        if gate is False:
            return False
        if self.until is not None and self.course.pending_since_s is not None and when is False:
            when = None if over is None else True  # begun, and what ends it has not come
        return when if gate or when is False else None

    def step(self, t_s: float, step_s: float) -> News | None:
        """Take one frame, ``step_s`` after the last (0 after a gap), and say what there is to tell."""
        news = self._step(t_s, step_s)
        if self.course.pending_since_s is None and self.course.firing_since_s is None:
            self._due.discard(self._place)
        return news

    def _step(self, t_s: float, step_s: float) -> News | None:
        course = self.course
        answer = self.holds
        if answer is not None:
            course.last_known_s = t_s
        if answer:
            if course.pending_since_s is None:
                course.pending_since_s, course.held_s = t_s, 0.0
            else:
                course.held_s += step_s
            course.last_true_s = t_s
        elif answer is False:
            course.pending_since_s = None
        if course.firing_since_s is None:
            return self._waits(t_s, answer)
        if answer:
            course.climbed_s += step_s
            return self._climbs(t_s)
        if answer is None:
            over = self.level < Level.CRITICAL and t_s - course.last_known_s > CANNOT_SEE_S
        else:
            over = t_s - course.last_true_s >= self.config.keep_firing_for_s
        return News.ENDED if over else None

    def _waits(self, t_s: float, answer: bool | None) -> News | None:
        course = self.course
        if answer is None:
            if t_s - course.last_known_s > CANNOT_SEE_S:
                course.pending_since_s = None
            return None
        due = answer and course.held_s >= self.config.for_s - ROUNDING_S
        if not due or t_s - course.cleared_s < self.config.cooldown_s or self.inhibited or not self.channels_agree:
            return None
        course.firing_since_s = course.told_s = t_s
        course.climbed_s, course.step = 0.0, 0
        course.told_to.clear()
        return News.BEGAN

    def _climbs(self, t_s: float) -> News | None:
        course, steps = self.course, self.config.escalate
        reached = course.step
        while reached < len(steps) and course.climbed_s >= steps[reached].after_s - ROUNDING_S:
            reached += 1
        every_s = self.config.repeat_every_s
        again = every_s > 0 and t_s - course.told_s >= every_s - ROUNDING_S
        if (reached == course.step and not again) or self.inhibited:
            return None
        news = News.ESCALATED if reached > course.step else News.REPEATED
        course.step, course.told_s = reached, t_s
        return news

    def end(self, t_s: float) -> None:
        """The firing is over and has been told."""
        self.course.firing_since_s = self.course.pending_since_s = None
        self.course.cleared_s = t_s
