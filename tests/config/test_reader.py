"""A config file is one UTF-8 YAML mapping in which every key has a line; anything else is said, with the line."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.reader import MAX_BYTES, parse, read


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, "car.yaml")
    return str(caught.value)


def line_of(text: str, *path: str | int) -> int:
    return parse(text, "car.yaml").places[path].line


def test_an_empty_file_and_a_file_of_comments_say_nothing() -> None:
    assert parse("", "car.yaml").data == {}
    assert parse("# camera:\n#   fps: 20\n", "car.yaml").data == {}


def test_every_key_and_list_item_knows_its_line() -> None:
    text = (
        "# my car\ncamera:\n  fps: 20\nrules:\n  mine:\n    outputs: [console,\n      audio]\n"
        "    when:\n      any:\n        - a > 1\n"
    )
    assert line_of(text, "camera") == 2
    assert line_of(text, "camera", "fps") == 3
    assert line_of(text, "rules", "mine", "outputs") == 6
    assert line_of(text, "rules", "mine", "outputs", 1) == 7
    assert line_of(text, "rules", "mine", "when", "any", 0) == 10


def test_a_duplicate_key_names_both_lines_and_the_first_stands() -> None:
    document = parse("camera:\n  fps: 20\n\n  fps: 25\n", "car.yaml")
    assert [str(problem) for problem in document.problems] == [
        "car.yaml:4: camera.fps: this key already stands in line 2; keep one of the two"
    ]
    assert document.data == {"camera": {"fps": 20}}


def test_traps_in_values_keys_and_lists_are_all_listed_and_left_out() -> None:
    document = parse("camera: {mirror: yes, fps: 1:30}\non: 3\nrules: {x: {outputs: [off]}}\n", "car.yaml")
    assert [(problem.place.line, problem.path) for problem in document.problems] == [
        (2, ("on",)),
        (1, ("camera", "mirror")),
        (1, ("camera", "fps")),
        (3, ("rules", "x", "outputs", 0)),
    ]
    assert document.data["camera"] == {}


def test_merge_keys_are_refused_and_extends_is_advised() -> None:
    (problem,) = parse("a: &a {x: 1}\nb:\n  <<: *a\n", "car.yaml").problems
    assert problem.place.line == 3
    assert "extends" in problem.sentence


def test_an_alias_repeats_its_anchor_with_its_own_line() -> None:
    document = parse("a: &a [x, z]\nb: *a\n", "car.yaml")
    assert document.data == {"a": ["x", "z"], "b": ["x", "z"]}
    assert document.places[("b",)].line == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1\n", "car.yaml:2: this is not YAML: there is a tab"),
        ("a: 1\t# why\n", "car.yaml:1: this is not YAML: there is a tab"),
        ("a: 1\n---\nb: 2\n", "car.yaml:2: a second document starts here"),
        ("- a\n- b\n", "car.yaml:1: the file must hold 'key: value' lines"),
        ("hello\n", "car.yaml:1: the file must hold"),
        ("a: 'open\n", "car.yaml:2: this is not YAML"),
        ("a: [1, 2\nb: 3\n", "car.yaml:2: this is not YAML"),
        ("a: b: c\n", "car.yaml:1: this is not YAML"),
        ("? [a]\n: 1\n", "car.yaml:1: a key must be a plain word"),
        ("a: *nowhere\n", "car.yaml:1: *nowhere stands for nothing"),
        ("a: &a [*a]\n", "car.yaml:1: *a stands for nothing"),
        ("a: !!python/object/apply:os.system [ls]\n", "car.yaml:1: the tag"),
        ("a: !secret x\n", "car.yaml:1: the tag '!secret'"),
        ("# fine\na: \x07\n", "car.yaml:2: the character U+0007"),
        ("a: " + "[" * 5000, "car.yaml:1: values are nested more than 32 deep"),
    ],
)
def test_what_is_no_single_plain_mapping_is_refused_with_its_line(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


def test_a_bomb_of_aliases_is_refused_before_it_unfolds() -> None:
    names = "abcdefghi"
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in pairwise(names)]
    assert "car.yaml:5: aliases unfold to more than 20000 values" in refusal("\n".join(lines))


def test_a_tower_of_aliases_is_as_deep_as_it_unfolds() -> None:
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000)]
    assert "car.yaml:32: values are nested more than 32 deep" in refusal("\n".join(lines))


def test_a_key_that_is_no_word_is_refused() -> None:
    (problem,) = parse("camera:\n  1: 2\n", "car.yaml").problems
    assert str(problem) == "car.yaml:2: camera.1: a key must be a word"


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_bytes(b"\xef\xbb\xbfcamera:\r\n  fps: 20\r\n")
    document = read(file)
    assert document.data == {"camera": {"fps": 20}}
    assert document.places[("camera", "fps")].line == 2


def said_of(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(file)
    return str(caught.value)


def test_a_missing_file_a_folder_and_a_giant_are_named(tmp_path: Path) -> None:
    giant = tmp_path / "giant.yaml"
    giant.write_bytes(b"#" * (MAX_BYTES + 1))
    assert said_of(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: there is no such config file"
    assert said_of(tmp_path) == f"{tmp_path}: it is a folder; name the config file in it"
    assert "larger than 1000000 bytes" in said_of(giant)


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path: Path) -> None:
    latin, wide = tmp_path / "latin.yaml", tmp_path / "wide.yaml"
    latin.write_bytes("a: 1\nmessage: 'Müde'\n".encode("latin-1"))
    wide.write_bytes("a: 1\n".encode("utf-16"))
    assert said_of(latin).startswith(f"{latin}:2: byte 16 is not UTF-8")
    assert "is not UTF-8" in said_of(wide)


@given(st.text(alphabet="ab:-[]{},&*!|>'\"#%@? \n\t0.~<", max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        problems = parse(text, "car.yaml").problems
    except ConfigError as error:
        problems = error.problems
    assert all(problem.place.line >= 1 for problem in problems)
