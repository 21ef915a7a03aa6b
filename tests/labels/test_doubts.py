"""Kinds that look misspelt are asked about; words of an annotator's own are left alone."""

from pathlib import Path

import pytest

from driver_monitor.labels.doubts import doubts, meant_kind
from driver_monitor.labels.label import KINDS
from driver_monitor.labels.sidecar import read_entries


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("microsleap", "microsleep"), ("phne", "phone"), ("Microsleep", "microsleep"), ("drowzy", "drowsy"),
        ("yawning", "yawn"), ("distraction", "distracted"), ("micro-sleep", "microsleep"), ("attentiv", "attentive"),
        ("KSS", "kss"), ("texting_left", "phone"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_recognised(written: str, meant: str) -> None:
    assert meant_kind(written) == meant


@pytest.mark.parametrize("kind", [*KINDS, "eats", "smoking", "sneeze", "camera knocked", "sunglasses", "laughing", "x"])
def test_known_kinds_and_words_of_ones_own_are_not_questioned(kind: str) -> None:
    assert meant_kind(kind) is None


def test_a_question_names_line_and_count(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(
        "start_s,end_s,kind\n1,2,phone\n3,4,microsleap\n5,6,eats\n7,8,microsleap\n9,9.5,phne\n", encoding="utf-8"
    )
    assert doubts(file, read_entries(file)) == [
        f"{file}:3: 'microsleap' (2 times) is a kind of your own, which no rule answers to; did you mean 'microsleep'?",
        f"{file}:6: 'phne' is a kind of your own, which no rule answers to; did you mean 'phone'?",
    ]
