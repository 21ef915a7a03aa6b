"""Every distinct term of all rules, looked at once a frame: does it hold, since when, with which value."""

import math
from collections.abc import Callable, Iterable
from itertools import compress
from operator import ne
from typing import Any, Final

from driver_monitor.config.term import Comparison, Term, Window
from driver_monitor.rules.window import SOUND, Figure, figure
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.policy import PolicyState
from driver_monitor.state.terms import GAP_S
from driver_monitor.state.vocabulary import Reader


class Fact:
    """A term and its answer now: True, False, or None for not known. ``since_s`` is when that answer came."""

    __slots__ = ("compare", "coverage", "enough", "since_s", "slot", "term", "threshold", "truth", "used_by")

    def __init__(self, term: Term, slot: int) -> None:
        self.term = term
        self.slot = slot
        self.compare = term.compare
        self.threshold = term.threshold
        self.truth: bool | None = None
        self.since_s = math.nan
        self.used_by: list[Callable[[], None]] = []
        window = term.operand
        self.coverage = window.coverage if isinstance(window, Window) else 0.0
        self.enough = isinstance(window, Window) and (window.function, term.op) in SOUND

    def become(self, answer: bool | None, t_s: float) -> None:
        """Take a new answer; whoever uses the fact is called where it differs from the last."""
        answer = None if answer is None else bool(answer)  # numpy's truths are objects of their own
        if answer is self.truth:
            return
        self.truth, self.since_s = answer, t_s
        for touched in self.used_by:
            touched()


class Watched:
    """A window with where it reads and where its figure goes.

    ``asleep``: its figure is steady, so that nothing need be done for it until its signal changes.
    """

    __slots__ = ("asleep", "compare", "facts", "figure", "slot", "source", "threshold")

    def __init__(self, window: Window, source: int, slot: int) -> None:
        self.source = source
        self.slot = slot
        self.facts: list[Fact] = []
        self.figure: Figure = figure(window)
        self.asleep = False
        of = window.of if isinstance(window.of, Comparison) else None
        self.compare = of.compare if of else None
        self.threshold = of.threshold if of else None

    def answer(self, t_s: float, value: Any) -> float | None:
        """The figure of now; None while its signal is not known, for what is not known starts nothing."""
        if value is None or value != value:  # noqa: PLR0124  (NaN)
            self.figure.update(t_s, None)
            return None
        return self.figure.update(t_s, value if self.compare is None else self.compare(value, self.threshold))

    def wake(self, t_s: float) -> None:
        """``t_s``: the last frame it slept through."""
        self.asleep = False
        self.figure.rest(t_s)


class Facts:
    """The terms of an engine. ``t_s``, ``values`` and every fact's answer are those of the last :meth:`update`."""

    def __init__(self, terms: Iterable[Term]) -> None:
        distinct = list(dict.fromkeys(terms))
        windows = list(dict.fromkeys(term.operand for term in distinct if isinstance(term.operand, Window)))
        plain = [term.operand for term in distinct if isinstance(term.operand, str)]
        self._reader: Final = Reader([*plain, *(window.signal for window in windows)])
        places = {name: slot for slot, name in enumerate(self._reader.order)}
        operands: list[str | Window] = [*self._reader.order, *windows]
        slots = {operand: slot for slot, operand in enumerate(operands)}
        self._watched = {window: Watched(window, places[window.signal], slots[window]) for window in windows}
        self._facts = {term: Fact(term, slots[term.operand]) for term in distinct}
        # What is to be looked at where a value is not what it was, by slot: plain facts, and windows over it.
        self._looked: list[tuple[int, list[Fact], list[Watched]]] = [(slot, [], []) for slot in places.values()]
        for term, fact in self._facts.items():
            if isinstance(term.operand, Window):
                self._watched[term.operand].facts.append(fact)
            else:
                self._looked[fact.slot][1].append(fact)
        for watched in self._watched.values():
            self._looked[watched.source][2].append(watched)
        self._awake = list(self._watched.values())
        self.t_s = -math.inf
        self.values: list[Any] = [math.nan] * len(slots)  # not known, and equal to nothing that comes

    def of(self, term: Term) -> Fact:
        return self._facts[term]

    def value(self, fact: Fact) -> Any:
        """The value that led to the answer, None where it is not known."""
        value = self.values[fact.slot]
        return None if value is None or value != value else value  # noqa: PLR0124  (NaN)

    def covered(self, fact: Fact) -> float | None:
        """The known share of a window; None for a plain term."""
        operand = fact.term.operand
        return self._watched[operand].figure.covered if isinstance(operand, Window) else None

    def update(self, state: DriverState, policy: PolicyState) -> None:
        """Look at everything once; whoever uses a fact whose answer changed is called."""
        t_s, last_s, before = state.t_s, self.t_s, self.values
        values = self._reader.read(state, policy)
        for slot, facts, windows in compress(self._looked, map(ne, values, before)):
            value = values[slot]
            known = value is not None and value == value  # noqa: PLR0124  (NaN; math.isnan refuses words)
            for fact in facts:
                answer = fact.compare(value, fact.threshold) if known else None
                if answer is not fact.truth:
                    fact.become(answer, t_s)
            for watched in windows:
                if watched.asleep:
                    watched.wake(last_s)
                    self._awake.append(watched)
        values += before[len(values) :]
        self.t_s, self.values = t_s, values
        if t_s - last_s > GAP_S:
            self._wake_all(last_s)
        if self._awake:
            self._update_windows(t_s, values)

    def _update_windows(self, t_s: float, values: list[Any]) -> None:
        for watched in self._awake:
            value = values[watched.slot] = watched.answer(t_s, values[watched.source])
            figure = watched.figure
            for fact in watched.facts:
                answer = None if value is None else fact.compare(value, fact.threshold)
                if figure.covered < fact.coverage and not (answer and fact.enough):
                    answer = None
                if answer is not fact.truth:
                    fact.become(answer, t_s)
            watched.asleep = figure.steady
        self._awake = [watched for watched in self._awake if not watched.asleep]

    def _wake_all(self, last_s: float) -> None:
        for watched in self._watched.values():
            if watched.asleep:
                watched.wake(last_s)
        self._awake = list(self._watched.values())

    def keep(self, old: "Facts") -> None:
        """Take over what another table, which is not to be used any more, has gathered on the terms both know."""
        old._wake_all(old.t_s)
        for term, fact in self._facts.items():
            before = old._facts.get(term)
            if before is not None:
                fact.truth, fact.since_s = before.truth, before.since_s
        for window, watched in self._watched.items():
            known = old._watched.get(window)
            if known is not None:
                watched.figure = known.figure
