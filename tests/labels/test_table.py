"""Labels as CSV and as YAML: every mistake with its line, and nothing lost on the way there and back."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.labels.entries import MAX_BYTES
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import KINDS, KSS, Label, sort_key
from driver_monitor.labels.sidecar import parse, read_entries, read_labels
from driver_monitor.labels.table import to_csv, to_yaml

CSV, YAML = Path("labels.csv"), Path("labels.yaml")


@st.composite
def labels(draw: st.DrawFn) -> Label:
    own = ("ruft zurück", "null", "1", "-", "1.5", "yes", "a.b")
    kind = draw(st.sampled_from((*KINDS, *own)))
    start_ms = draw(st.integers(0, 10_000_000))
    length_ms = draw(st.integers(0, 1_000_000))
    value = draw(st.integers(1, 9)) if kind == KSS else draw(st.none() | st.integers(-99, 99))
    note = draw(
        st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u2028\u2029"), max_size=30)
    )
    note = note.strip() if note.isprintable() else ""
    return Label(kind, start_ms / 1000, (start_ms + length_ms) / 1000, None if value is None else float(value), note)


@given(st.lists(labels(), max_size=8))
def test_what_is_written_is_read_again(some: list[Label]) -> None:
    for path, text in ((CSV, to_csv(some)), (YAML, to_yaml(some))):
        found = [entry.label for entry in parse(path, text.encode()).checked()]
        assert found == sorted(some, key=sort_key), text


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_labels_or_a_label_error(raw: bytes) -> None:
    for path in (CSV, YAML):
        with contextlib.suppress(LabelError):
            assert all(entry.label.kind for entry in parse(path, raw).checked())


def problems(tmp_path: Path, text: str, name: str = "labels.csv") -> list[str]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabelError) as caught:
        read_entries(file)
    return [said.removeprefix(str(file)) for said in caught.value.problems]


def test_every_mistake_in_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        "start_s,end_s,kind,value,note\n1,2,phone,,\nten,12,phone,,\n\n5,4,drowsy,,\n6,6,kss,,\n7,8,kss,x,\n"
        "9,10,a/b,,\n11,12,phone,,one,two\n"
    )
    found = problems(tmp_path, text)
    assert [said.split(":")[1] for said in found] == ["3", "5", "6", "7", "8", "9"]
    assert "start_s 'ten' is not a time; write seconds (83.5) or m:ss.s (1:23.5)" in found[0]
    assert "it ends at 0:04.0, before it starts at 0:05.0" in found[1]
    assert "value 'x' is not a number" in found[3]
    assert "6 cells under 5 columns" in found[5]


def test_several_mistakes_are_counted_first(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("start_s,end_s,kind\na,b,c\nd,e,f\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"^the labels have 2 mistakes; correct these lines:\n.*\.csv:2: .*\n.*:3: "):
        read_entries(file)


def test_times_may_be_written_as_a_clock_shows_them(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("kind;end_s;start_s\nphone;1:23.5;83\nsleep;1:00:00;59:58.25\n", encoding="utf-8-sig")
    assert read_labels(file) == [Label("phone", 83.0, 83.5), Label("sleep", 3598.25, 3600.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": it is empty; the first line must be start_s,end_s,kind,value,note"),
        ("start_s,kind\n", ":1: no column end_s; the first line must name start_s, end_s, kind"),
        ("start_s,end_s,kind,colour\n", ":1: the columns start_s, end_s, kind, colour; the first line must name"),
        ("start_s,end_s,kind,kind\n", ":1: the columns"),
        ('start_s,end_s,kind\n1,2,"phone\n', ": this is not CSV: unexpected end of data"),
    ],
)
def test_what_is_no_table_is_told_once(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(tmp_path, text)
    assert said in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start_s: 1\n", ":1: it must be a list of labels"),
        ("- [1, 2, phone]\n", ":1: a label is a mapping"),
        ("- {start_s: 1, kind: phone}\n", ":1: a label without end_s"),
        ("- start_s: 1\n  end_s: 2\n  knd: phone\n", ":3: there is no key 'knd'"),
        ("- start_s: 1\n  start_s: 1\n", ":2: start_s stands twice"),
        ("- {start_s: [1], end_s: 2, kind: phone}\n", ":1: start_s must be one value"),
        ("- {start_s: 1, end_s: 2\n", ": this is not YAML"),
        ("- &a [*a]\n", ": a label is a mapping"),
        ("[" * 1500, "nested too deep"),
        ("- \x07\n", "this is not YAML"),
    ],
)
def test_what_is_no_list_of_labels_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said.removeprefix(":") in problems(tmp_path, text, "labels.yaml")[0]


def test_a_yaml_list_with_comments_is_read(tmp_path: Path) -> None:
    file = tmp_path / "labels.yaml"
    file.write_text("# by anna\n- {start_s: 1:23.5, end_s: 90, kind: phone, value: null}\n- kind: kss\n  start_s: 5\n"
                    "  end_s: 5\n  value: 7   # yawned\n", encoding="utf-8")  # fmt: skip
    assert read_labels(file) == [Label("kss", 5.0, 5.0, 7.0), Label("phone", 83.5, 90.0)]
    file.write_text("", encoding="utf-8")
    assert read_labels(file) == []


def test_a_file_that_cannot_be_labels_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(LabelError, match="larger than 16 MB"):
        read_entries(file)
    file.write_bytes(b"start_s,end_s,kind\n1,2,\xff\n")
    with pytest.raises(LabelError, match=r"labels\.csv:2: byte 23 is not UTF-8"):
        read_entries(file)
    with pytest.raises(LabelError, match="there is no file"):
        read_entries(tmp_path / "absent.csv")
    with pytest.raises(LabelError, match="Is a directory"):
        read_entries(tmp_path)
