from driver_monitor.camera.backoff import Backoff


def test_each_wait_doubles_up_to_the_longest() -> None:
    backoff = Backoff(0.5, 3.0)
    assert [backoff.next_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_a_success_starts_over() -> None:
    backoff = Backoff(0.5, 3.0)
    backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 0.5


def test_the_first_wait_is_never_cut_short() -> None:
    assert Backoff(2.0, 1.0).next_s() == 2.0
