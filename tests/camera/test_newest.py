import threading

import pytest

from driver_monitor.camera.newest import Newest


def test_the_newest_item_wins_and_the_others_are_counted() -> None:
    newest: Newest[int] = Newest()
    for item in range(5):
        newest.put(item)
    assert newest.take() == (4, 4)
    newest.put(5)
    assert newest.take() == (5, 0)


def test_nothing_new_is_a_timeout_and_not_the_end() -> None:
    newest: Newest[int] = Newest()
    assert newest.take(0.01) is None
    assert not newest.ended


def test_the_last_item_is_handed_over_before_the_end() -> None:
    newest: Newest[int] = Newest()
    newest.put(1)
    newest.finish()
    assert not newest.ended
    assert newest.take() == (1, 0)
    assert newest.take() is None
    assert newest.ended


def test_an_error_follows_the_last_item_once() -> None:
    newest: Newest[int] = Newest()
    newest.put(1)
    newest.finish(ValueError("broken"))
    assert newest.take() == (1, 0)
    with pytest.raises(ValueError, match="broken"):
        newest.take()
    assert newest.take() is None
    assert newest.ended


def test_closing_throws_away_what_is_left_and_takes_no_more() -> None:
    newest: Newest[int] = Newest()
    newest.put(1)
    newest.close()
    newest.put(2)
    newest.finish(ValueError("too late"))
    assert newest.ended
    assert newest.take() is None


def test_closing_wakes_a_waiting_consumer() -> None:
    newest: Newest[int] = Newest()
    threading.Timer(0.05, newest.close).start()
    assert newest.take(10) is None
    assert newest.ended
