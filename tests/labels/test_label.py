import math

import pytest

from driver_monitor.labels.label import Label


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("", 0.0, 1.0), "is not a word"),
        (("a,b", 0.0, 1.0), "is not a word"),
        ((" drowsy", 0.0, 1.0), "is not a word"),
        (("x" * 41, 0.0, 1.0), "is not a word"),
        (("drowsy", 2.0, 1.0), "it ends at 0:01.0, before it starts at 0:02.0"),
        (("drowsy", math.nan, 1.0), "must be seconds in the drive"),
        (("drowsy", 0.0, math.inf), "must be seconds in the drive"),
        (("kss", 0.0, 0.0), "needs a value from 1 to 9, got none"),
        (("kss", 0.0, 0.0, 10.0), "needs a value from 1 to 9, got 10"),
        (("yawn", 0.0, 1.0, math.nan), "is not a number"),
        (("yawn", 0.0, 1.0, None, "two\nlines"), "one line"),
        (("yawn", 0.0, 1.0, None, "x" * 501), "at most 500"),
    ],
)
def test_what_cannot_be_a_label_is_refused_with_a_sentence(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Label(*arguments)  # type: ignore[arg-type]


def test_a_word_of_ones_own_is_a_kind_in_any_script() -> None:
    assert Label("reaches back", 0.0, 1.0).kind == "reaches back"
    assert Label("müde-2", 0.0, 0.0).length_s == 0.0


def test_the_part_within_a_drive() -> None:
    label = Label("phone", 10.0, 20.0, note="left hand")
    assert label.within(0.0, 60.0) == label
    assert label.within(12.0, 15.0) == Label("phone", 12.0, 15.0, note="left hand")
    assert label.within(20.0, 60.0) == Label("phone", 20.0, 20.0, note="left hand")
    assert label.within(21.0, 60.0) is None
    assert label.within(0.0, 9.0) is None
