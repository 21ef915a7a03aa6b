from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.face.restart_budget import RestartBudget


def test_a_burst_of_deaths_uses_the_budget_up() -> None:
    budget = RestartBudget(restarts=2, window_s=60.0)
    assert [budget.spend(now_s) for now_s in (0.0, 1.0, 2.0)] == [True, True, False]


def test_rare_deaths_never_do() -> None:
    budget = RestartBudget(restarts=1, window_s=60.0)
    assert all(budget.spend(60.0 * hour) for hour in range(100))


def test_a_budget_of_nothing_allows_nothing() -> None:
    assert not RestartBudget(restarts=0, window_s=60.0).spend(5.0)


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=60),
    st.integers(0, 5),
    st.floats(1, 30),
)
def test_no_window_ever_holds_more_than_the_budget(steps: list[float], restarts: int, window_s: float) -> None:
    budget = RestartBudget(restarts, window_s)
    now_s, spent = 0.0, []
    for step_s in steps:
        now_s += step_s
        if budget.spend(now_s):
            spent.append(now_s)
    for start_s in spent:
        assert sum(start_s <= at_s < start_s + window_s for at_s in spent) <= restarts
