"""Facts are looked at only where something is new, and are the same as if all were looked at in every frame."""

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.term import Window, parse_term
from driver_monitor.rules.facts import Facts, Watched
from driver_monitor.state.policy import NOTHING_YET
from tests.rules.states import state

TERMS = tuple(
    map(
        parse_term,
        (
            "openness >= 0.5",
            "eyes == closed",
            "mean(openness, 2) < 0.5",
            "max(openness, 1) >= 0.9",
            "min(openness, 3, 0.2) <= 0.1",
            "fraction(eyes == closed, 1) >= 0.6",
            "count(eyes == closed, 4) >= 2",
            "fraction(openness >= 0.5, 2, 0.9) >= 0.5",
        ),
    )
)

# So many frames alike, then something else: what makes a window steady, and ends that.
stretches = st.lists(
    st.tuples(
        st.integers(1, 90),
        st.sampled_from((None, float("nan"), 0.0, 0.5, 1.0)),
        st.sampled_from(("open", "closed", "unknown")),
        st.sampled_from((1 / 30, 1 / 30, 0.9, 1.0, 1.1, 7.0)),  # s to the first frame of the stretch
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(stretches)
def test_a_window_that_slept_says_what_one_says_that_took_every_frame(drive: list[tuple[int, Any, str, float]]) -> None:
    facts = Facts(TERMS)
    windows = {term: Watched(term.operand, 0, 0) for term in TERMS if isinstance(term.operand, Window)}
    t_s = 0.0
    for frames, openness, eyes, gap_s in drive:
        for frame in range(frames):
            t_s += 1 / 30 if frame else gap_s
            facts.update(state(t_s, openness=openness, eyes=eyes), NOTHING_YET)
            for term, watched in windows.items():
                assert isinstance(term.operand, Window)
                figure = watched.answer(t_s, openness if term.operand.signal == "openness" else eyes)
                fact = facts.of(term)
                assert facts.value(fact) == figure, str(term)
                assert facts.covered(fact) == watched.figure.covered, str(term)
            plain = facts.of(TERMS[0])
            known = openness is not None and not math.isnan(openness)
            assert plain.truth is (openness >= 0.5 if known else None)
            assert facts.of(TERMS[1]).truth is (eyes == "closed")


@settings(max_examples=30, deadline=None)
@given(stretches, stretches)
def test_what_another_table_takes_over_goes_on_where_it_was(
    before: list[tuple[int, Any, str, float]], after: list[tuple[int, Any, str, float]]
) -> None:
    """Rules read again on the way change nothing for terms that stay."""
    whole, parted, t_s = Facts(TERMS), Facts(TERMS), 0.0
    for number, part in enumerate((before, after)):
        if number:
            kept = Facts(TERMS)
            kept.keep(parted)
            parted = kept
        for frames, openness, eyes, gap_s in part:
            for frame in range(frames):
                t_s += 1 / 30 if frame else gap_s
                seen = state(t_s, openness=openness, eyes=eyes)
                whole.update(seen, NOTHING_YET)
                parted.update(seen, NOTHING_YET)
                for term in TERMS:
                    one, other = whole.of(term), parted.of(term)
                    assert (one.truth, one.since_s) == (other.truth, other.since_s), str(term)
                    assert whole.value(one) == parted.value(other), str(term)
