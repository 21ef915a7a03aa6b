import os
from pathlib import Path

import pytest

from driver_monitor.errors import UsageError
from driver_monitor.jobs.engine import Outcome, ProcessEngine, open_engine
from tests.jobs.drives import record_some
from tests.jobs.work import alerts, die_of, even, process_of


def test_results_come_in_the_order_of_the_items_and_are_those_of_this_process(tmp_path: Path) -> None:
    drives = record_some(tmp_path, 3, 60.0)
    heard: list[Path] = []
    with ProcessEngine(2) as engine:
        found = engine.map(alerts, drives, lambda outcome: heard.append(outcome.item))
    assert [outcome.item for outcome in found] == drives
    assert [outcome.value for outcome in found] == [alerts(drive) for drive in drives]
    assert all(outcome.value for outcome in found)
    assert sorted(heard) == sorted(drives)


def test_there_are_as_many_processes_as_asked_for_and_none_is_this_one() -> None:
    with ProcessEngine(2) as engine:
        found = {outcome.value for outcome in engine.map(process_of, range(4))}
    assert len(found) == 2
    assert os.getpid() not in found


def test_a_broken_item_is_an_outcome_and_a_defect_is_told_from_a_users_trouble() -> None:
    with ProcessEngine(2) as engine:
        found = engine.map(even, [2, 3, 4, 5])
    assert [outcome.value for outcome in found] == [2, None, 4, None]
    assert [outcome.error for outcome in found] == ["", "drive 3 is empty", "", "ZeroDivisionError: odd"]


def test_a_process_that_is_killed_costs_nothing_but_time(tmp_path: Path) -> None:
    items = [tmp_path / str(number) for number in range(6)]
    items[1].write_text("once")
    heard: list[Outcome[Path, str]] = []
    with ProcessEngine(2) as engine:
        found = engine.map(die_of, items, heard.append)
    assert [outcome.value for outcome in found] == ["0", "1", "2", "3", "4", "5"]
    assert len(heard) == 6


def test_an_item_that_always_kills_its_process_is_left_out_and_the_others_are_not(tmp_path: Path) -> None:
    items = [tmp_path / str(number) for number in range(5)]
    items[2].write_text("always")
    with ProcessEngine(2) as engine:
        found = engine.map(die_of, items)
    assert [outcome.value for outcome in found] == ["0", "1", None, "3", "4"]
    assert "was killed 3 times" in found[2].error


def test_items_of_one_home_go_to_the_same_process_in_every_map() -> None:
    with ProcessEngine(2) as engine:
        first = [outcome.value for outcome in engine.map(process_of, range(4), home=lambda item: item % 2)]
        second = [outcome.value for outcome in engine.map(process_of, (3, 1, 0), home=lambda item: item % 2)]
    assert first[0] == first[2] != first[1] == first[3]
    assert second == [first[1], first[1], first[0]]


def test_nothing_to_do_starts_nothing() -> None:
    with ProcessEngine(2) as engine:
        assert engine.map(even, []) == []


@pytest.mark.parametrize(
    ("name", "scheduler", "words"),
    [("dask", None, "needs --scheduler ADDRESS"), ("processes", "tcp://127.0.0.1:1", "belongs to --engine dask")],
)
def test_options_that_do_not_fit_together_are_refused(name: str, scheduler: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_engine(name, scheduler, 1)
