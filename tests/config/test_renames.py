"""Old names of settings work for one version: with one warning in a file, with none in a recording."""

import logging
from pathlib import Path

import pytest

from driver_monitor.config import renames
from driver_monitor.config.catalogue import find
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load, load_text
from driver_monitor.config.renames import RENAMES

OLD = "profile:\n  claims: [R4]\ndriver:\n  profile: anna\n  profiles_dir: kept\n"


@pytest.fixture(autouse=True)
def warn_afresh() -> None:
    renames._warn.cache_clear()


def car(folder: Path, text: str, name: str = "car.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_old_names_mean_what_the_new_ones_mean(tmp_path: Path) -> None:
    old = load(car(tmp_path, OLD))
    assert old.config.preset.claims == ("R4",)
    assert (old.config.driver.baseline, old.config.driver.baselines_dir) == ("anna", "kept")
    assert "profile" not in old.text
    assert str(old.place("driver", "baseline")) == f"{tmp_path}/car.yaml:4"
    assert str(old.place("preset", "claims")) == f"{tmp_path}/car.yaml:2"


def test_each_old_name_is_one_warning_with_line_and_new_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        loaded = load(car(tmp_path, "camera: {fps: 20}\n" + OLD))
        loaded.again()
        load(car(tmp_path, "extends: car.yaml\n", "van.yaml"))
    said = [record.getMessage() for record in caplog.records]
    assert [sentence.partition("; ")[0] for sentence in said] == [
        f"{tmp_path}/car.yaml:2: 'profile' is the old name of 'preset'",
        f"{tmp_path}/car.yaml:5: 'driver.profile' is the old name of 'driver.baseline'",
        f"{tmp_path}/car.yaml:6: 'driver.profiles_dir' is the old name of 'driver.baselines_dir'",
    ]


def test_a_recorded_config_is_read_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        config = load_text(OLD, "config of the drive").config
    assert config.driver.baseline == "anna"
    assert caplog.records == []


def test_a_file_over_another_one_wins_by_whatever_name(tmp_path: Path) -> None:
    car(tmp_path, "driver: {baseline: anna}\n", "base.yaml")
    assert load(car(tmp_path, "extends: base.yaml\ndriver: {profile: bert}\n")).config.driver.baseline == "bert"
    car(tmp_path, "driver: {profile: anna}\n", "base.yaml")
    assert load(car(tmp_path, "extends: base.yaml\ndriver: {baseline: bert}\n")).config.driver.baseline == "bert"


def test_both_names_in_one_file_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(car(tmp_path, "driver:\n  baseline: anna\n  profile: bert\nprofile: {claims: [R4]}\npreset: {}\n"))
    assert [str(problem).partition(", which")[0] for problem in caught.value.problems] == [
        f"{tmp_path}/car.yaml:3: driver.profile: this is the old name of driver.baseline",
        f"{tmp_path}/car.yaml:4: profile: this is the old name of preset",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("driver: {profile: [1]}", "1: driver.baseline: got [1]; accepted: text"),
        ("profile: {claim: []}", "1: preset.claim: there is no such key; did you mean 'claims'?"),
        ("driver: {profile: yes}", "1: driver.baseline: got "),
        ("profile: 3", "1: preset: got 3"),
    ],
)
def test_mistakes_below_an_old_name_are_told_at_their_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(car(tmp_path, text + "\n"))
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{tmp_path}/car.yaml:{said}")


@pytest.mark.parametrize("text", ["driver:\n", "profile:\n"])
def test_an_empty_section_changes_nothing(tmp_path: Path, text: str) -> None:
    assert load(car(tmp_path, text)).config == load(None).config


@pytest.mark.parametrize("text", ["driver: 5\n", "driver: [profile]\n"])
def test_a_section_that_is_none_is_told_as_ever(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="accepted: a section"):
        load(car(tmp_path, text))


def test_every_rename_leads_from_a_name_that_is_gone_to_one_that_is_there() -> None:
    for rename in RENAMES:
        assert find(rename.old_path) is None
        assert find(rename.new_path) is not None
