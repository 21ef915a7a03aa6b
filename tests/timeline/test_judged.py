from driver_monitor.counted import counted
from driver_monitor.state.signals import Signals
from driver_monitor.tally import Tally
from driver_monitor.timeline.judged import not_seen, percent, summary


def drive(*stretches: tuple[str, float], fps: float = 10.0) -> Tally:
    """Of stretches (tracking, length in s)."""
    tally, frame = Tally(), 0
    for tracking, length_s in stretches:
        for _ in range(round(length_s * fps)):
            degraded = "" if tracking == "tracked" else "no_face"
            uncounted = "eyes_not_seen" if degraded else ""
            signals = Signals(
                t_s=frame / fps, tracking=tracking, degraded=degraded, blinks_suppressed=uncounted
            )  # fmt: skip
            tally.add(signals, frame / fps)
            frame += 1
    return tally


def test_a_room_without_anybody_says_so_before_anything_else() -> None:
    assert summary(drive(("no_face", 4.0)), 0) == (
        "nobody was seen in 100 % of 3.9 s, 40 frames, 0 % judged, 0 alerts, blinks not counted (eyes not seen)"
    )


def test_a_driver_who_is_there_throughout_is_judged_throughout() -> None:
    tally = drive(("tracked", 4.0))
    assert not_seen(tally) == ""
    assert summary(tally, 1) == "3.9 s, 40 frames, 100 % judged, 1 alert, 0 blinks"


def test_a_driver_who_is_there_half_of_the_time() -> None:
    tally = drive(("tracked", 5.0), ("no_face", 5.0))
    assert not_seen(tally) == "nobody was seen in 49 % of 9.9 s"
    assert round(tally.seen_share + 0.49, 1) == 1.0


def test_a_single_frame_has_no_length_and_still_an_answer() -> None:
    assert not_seen(drive(("no_face", 0.1))) == "nobody was seen in 100 % of 1 frame"
    assert not_seen(drive(("tracked", 0.1))) == ""


def test_no_frame_at_all() -> None:
    assert summary(Tally(), 0) == "there are no frames, 0 frames, 0 alerts"


def test_nearly_all_is_not_all_and_hardly_anything_is_not_nothing() -> None:
    assert [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0, float("nan"))] == [
        "0 %", "1 %", "50 %", "99 %", "100 %", "\u2013",
    ]  # fmt: skip
    assert (counted(1, "blink"), counted(1032, "blink")) == ("1 blink", "1,032 blinks")


def test_closures_from_half_a_second_on_are_kept_and_blinks_are_not() -> None:
    tally, shut_s = Tally(), 0.0
    for frame in range(300):
        t_s = frame / 30
        shut = 1.0 <= t_s < 1.2 or 3.0 <= t_s < 3.7 or 5.0 <= t_s < 7.0
        shut_s = shut_s + 1 / 30 if shut else 0.0
        tally.add(Signals(t_s=t_s, tracking="tracked", eyes_closed_s=shut_s), t_s)
    assert [round(t_s, 1) for t_s in tally.closures] == [3.0, 3.7, 5.0, 7.0]
