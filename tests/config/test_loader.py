"""A file changes what it names and nothing else, and is wrong in every place at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.flags import Flag, given
from driver_monitor.config.loader import default_config, load, load_text


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> Path:
    file = Path(name)
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(write("car.yaml", text))
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def test_no_file_means_the_defaults_with_their_rules() -> None:
    loaded = load(None)
    assert loaded.config == default_config()
    assert loaded.path is None
    assert loaded.files == ()
    assert "microsleep" in loaded.config.rules


def test_an_empty_file_and_empty_sections_change_nothing() -> None:
    for text in (
        "",
        "camera:\nrules:\n  sleep:\nsignals:\n  closure:\n    # enter_openness: 0.4\n",
        "rules: {drowsy: {requires_second_channel: {channels: }, speed: }}",
    ):
        assert load(write("car.yaml", text)).config == default_config()


def test_a_file_changes_what_it_names_and_nothing_else() -> None:
    loaded = load(write("car.yaml", "# quick\ncamera:\n  fps: 20\n"))
    defaults = default_config()
    assert loaded.config.camera == defaults.camera.model_copy(update={"fps": 20.0})
    assert loaded.config.model_copy(update={"camera": defaults.camera}) == defaults


def test_a_setting_knows_the_line_that_sets_it() -> None:
    loaded = load(write("car.yaml", "camera:\n  fps: 20\n"))
    assert str(loaded.place("camera", "fps")) == "car.yaml:2"
    assert loaded.place("camera", "width_px") is None


def test_a_default_rule_is_changed_key_by_key_and_can_be_switched_off() -> None:
    config = load(
        write("car.yaml", "rules:\n  drowsy: {for: 7, speed: {from_kmh: 70}}\n  sleep: {enabled: false}\n")
    ).config
    was = default_config().rules
    assert config.rules["drowsy"].for_s == 7.0
    assert config.rules["drowsy"].speed.from_kmh == 70.0
    assert config.rules["drowsy"].when == was["drowsy"].when
    assert not config.rules["sleep"].enabled
    assert set(config.rules) == set(was)


def test_a_condition_is_replaced_as_a_whole() -> None:
    assert default_config().rules["unresponsive"].model_dump()["when"]["any"]
    text = "rules:\n  unresponsive:\n    when: {all: [eyes_closed_s >= 6]}\n"
    rule = load(write("car.yaml", text)).config.rules["unresponsive"]
    assert rule.model_dump()["when"] == {"all": ("eyes_closed_s >= 6",)}


def test_a_new_rule_stands_beside_the_default_ones() -> None:
    config = load(write("car.yaml", "rules: {too_fast: {when: speed_kmh > 130, message: Slow down.}}")).config
    assert config.rules["too_fast"].level == "warning"
    assert len(config.rules) == len(default_config().rules) + 1


def test_a_zone_is_changed_key_by_key() -> None:
    zones = load(write("car.yaml", "signals: {gaze: {zones: {lap: {pitch_deg: -50}}}}")).config.signals.gaze.zones
    was = default_config().signals.gaze.zones
    assert zones["lap"] == was["lap"].model_copy(update={"pitch_deg": -50.0})
    assert zones["cluster"] == was["cluster"]


def test_the_first_camera_may_be_written_as_a_number() -> None:
    assert load(write("car.yaml", "camera: {source: 1}")).config.camera.source == "1"


def test_equal_meaning_gives_equal_hashes_and_the_text_loads_again() -> None:
    plain = load(write("a.yaml", "camera:\n  fps: 20\n"))
    other = load(write("b.yaml", "# a comment\ncamera: {fps: 20.0, source: '0'}\n"))
    again = load(write("again.yaml", plain.text))
    assert plain.sha256 == other.sha256 == again.sha256
    assert again.config == plain.config
    assert plain.sha256 != load(None).sha256


def test_a_loaded_config_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load(None).config.camera.fps = 5.0


def test_a_file_extends_another_one_relative_to_itself() -> None:
    Path("fleet").mkdir()
    write("fleet/base.yaml", "camera: {fps: 25, width_px: 800}\nrules: {sleep: {enabled: false}}\n")
    loaded = load(write("fleet/van.yaml", "extends: base.yaml\ncamera:\n  fps: 20\n"))
    assert (loaded.config.camera.fps, loaded.config.camera.width_px) == (20.0, 800)
    assert not loaded.config.rules["sleep"].enabled
    assert loaded.files == (Path("fleet/base.yaml"), Path("fleet/van.yaml"))
    assert str(loaded.place("camera", "width_px")) == "fleet/base.yaml:1"
    assert str(loaded.place("camera", "fps")) == "fleet/van.yaml:3"


def test_the_defaults_can_be_extended_by_name() -> None:
    assert load(write("car.yaml", "extends: default\n")).config == default_config()


def test_a_circle_of_files_is_named() -> None:
    write("b.yaml", "extends: c.yaml\n")
    write("c.yaml", "\nextends: car.yaml\n")
    assert mistakes("extends: b.yaml\n") == [
        "c.yaml:2: extends: the files extend each other in a circle: car.yaml -> b.yaml -> c.yaml -> car.yaml"
    ]


def test_a_file_that_extends_nothing_there_says_what_it_could() -> None:
    (said,) = mistakes("camera: {fps: 20}\nextends: defautl\n")
    assert said.startswith("car.yaml:2: extends: got 'defautl'; accepted: a file relative to this one, or a preset")
    assert said.endswith("did you mean 'default'?")


def test_mistakes_of_both_files_are_told_in_the_order_of_the_files() -> None:
    write("base.yaml", "camera: {fps: 1}\n")
    assert [said.split(": ")[:2] for said in mistakes("extends: base.yaml\nface: {seat: top}\n")] == [
        ["base.yaml:1", "camera.fps"],
        ["car.yaml:2", "face.seat"],
    ]


def test_every_mistake_is_told_at_once_with_line_key_value_and_range() -> None:
    assert mistakes(
        "camera:\n"
        "  fps: 300\n"
        "  widht_px: 640\n"
        "  mirror: yes\n"
        "vehicle:\n"
        "  speed: {stale_s: 2 s,\n"
        "    source: nmae}\n"
        "fps: 10\n"
        "alerts: [1]\n"
        "signals: {closure: {enter_openness: 0.55}}\n"
        "rules:\n"
        "  sleep: {when: eyes_closd_s >= 3, for: -1}\n"
        "  microslep: {level: critical}\n"
        "camera: {}\n"
    ) == [
        "car.yaml:2: camera.fps: got 300; accepted: a number 5 to 120 (Hz)",
        "car.yaml:3: camera.widht_px: there is no such key; did you mean 'width_px'?",
        "car.yaml:4: camera.mirror: got yes; some YAML readers take it for true: write true, "
        "or 'yes' in quotes for the word; accepted: true or false",
        "car.yaml:6: vehicle.speed.stale_s: got '2 s'; accepted: a number 0.5 to 60 (s); write 2 (always in s)",
        "car.yaml:7: vehicle.speed.source: got 'nmae'; accepted: one of none | fixed | obd | can | nmea | gpsd; "
        "did you mean 'nmea'?",
        "car.yaml:8: fps: there is no such key here; it belongs at camera.fps",
        "car.yaml:9: alerts: got [1]; accepted: a section with the keys console, audio, serial, can, mqtt, gpio, "
        "outputs, budget",
        "car.yaml:10: signals.closure.enter_openness: got 0.55; accepted: below signals.closure.exit_openness, "
        "which is 0.5",
        "car.yaml:12: rules.sleep.when: there is no signal 'eyes_closd_s'; did you mean 'eyes_closed_s'?",
        "car.yaml:12: rules.sleep.for: got -1; accepted: a number 0 to 3600 (s)",
        "car.yaml:13: rules.microslep: a new entry needs when and message; or did you mean to change 'microsleep'?",
        "car.yaml:14: camera: this key already stands in line 1; keep one of the two",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camera: {fps: }", "camera.fps: got nothing; accepted: a number 5 to 120 (Hz)"),
        ("camera: {fps: true}", "camera.fps: got true; accepted: a number 5 to 120 (Hz)"),
        ("camera: {width_px: 640.5}", "camera.width_px: got 640.5; accepted: a whole number 160 to 3840 (px)"),
        ("camera: {mirror: 1}", "camera.mirror: got 1; accepted: true or false"),
        ("camera: {mirror: 'true'}", "camera.mirror: got 'true'; accepted: true or false"),
        ("camera: {rotate_deg: 90.0}", "camera.rotate_deg: got 90.0; accepted: one of 0 | 90 | 180 | 270 (deg)"),
        ("camera: {rotate_deg: false}", "camera.rotate_deg: got false; accepted: one of 0 | 90 | 180 | 270 (deg)"),
        ("camera: {source: ''}", "camera.source: got ''; accepted: text, not empty"),
        ("camera: fast", "camera: got 'fast'; accepted: a section with the keys"),
        ("rules: [a]", 'rules: got ["a"]; accepted: names with a rule each'),
        ("signals: {gaze: {zones: {lap: {half_width_deg: 0}}}}", "got 0; accepted: a number above 0 to 90 (deg)"),
        ("rules: {Mine: {}}", "rules.Mine: got the name 'Mine'; accepted: small letters, digits and _"),
        ("rules: {sleep: {for_s: 3}}", "rules.sleep.for_s: there is no such key; did you mean 'for'?"),
        ("rules: {sleep: {outputs: [consol]}}", "rules.sleep.outputs[0]: got 'consol'; accepted: one of console |"),
        ("rules: {sleep: {when: [a > 1]}}", "rules.sleep.when: got a list; accepted: put 'all:' or 'any:' above"),
        (
            "rules: {sleep: {when: {all: []}}}",
            "rules.sleep.when.all: got []; accepted: a list of at least one condition",
        ),
        (
            "rules: {sleep: {when: {all: {all: [fps > 1]}}}}",
            "rules.sleep.when.all: got a section with all; accepted: a",
        ),
        (
            "rules: {sleep: {when: 5}}",
            "rules.sleep.when: got 5; accepted: a term 'signal op threshold', or one of all:",
        ),
        ("rules: {sleep: {when: }}", "rules.sleep.when: got nothing; accepted: a term 'signal op threshold'"),
        (
            "rules: {sleep: {mesage: Hi.}}",
            "rules.sleep.mesage: there is no such key; did you mean 'message'",
        ),
        ("rules: {sleep: {when: {all: [fps > 1], any: [fps > 1]}}}", "rules.sleep.when: got a section with all, any"),
        ("rules: {sleep: {when: {any: [{all: [fps > x]}]}}}", "rules.sleep.when.any[0].all[0]: 'fps' is a number"),
        ("rules: {sleep: {when: eyes == shut}}", "rules.sleep.when: 'eyes' is never 'shut'; it is one of open, closed"),
        ("rules: {sleep: {when: zone == lapp}}", "rules.sleep.when: 'zone' is never 'lapp'; did you mean 'lap'?"),
        (
            "rules: {sleep: {speed: {from_kmh: 60, below_kmh: 50}}}",
            "from_kmh: got 60; accepted: below rules.sleep.speed",
        ),
        ("camera: {reopen_max_s: 0.2}", "camera.reopen_first_s: got 0.5; accepted: at most camera.reopen_max_s, which"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(text: str, said: str) -> None:
    (line,) = mistakes(text)
    assert said in line


@pytest.mark.parametrize("text", ["rtsp//1.2.3.4", "htp://1.2.3.4", "rtsp:/x", "'  '", "webcam", "-1"])
def test_a_source_that_is_none_is_told_with_its_line_and_what_is_accepted(text: str) -> None:
    (said,) = mistakes(f"camera:\n  fps: 20\n  source: {text}\n")
    assert said.startswith("car.yaml:3: camera.source: ")
    assert "a camera index" in said


@pytest.mark.parametrize("text", ["0", "/dev/video7", "not-there.mp4", "rtsp://me:s3cret@cam/x", "picamera2"])
def test_a_camera_that_is_not_there_yet_is_no_mistake_of_the_config(text: str) -> None:
    assert load(write("car.yaml", f"camera: {{source: '{text}'}}")).config.camera.source == text


def test_the_config_of_a_drive_names_the_source_it_was_driven_with() -> None:
    assert load_text("camera: {source: pipe}", "drive").config.camera.source == "pipe"


def test_a_trap_inside_a_condition_is_one_mistake() -> None:
    (line,) = mistakes("rules: {sleep: {when: {any: [on]}}}")
    assert line.startswith("car.yaml:1: rules.sleep.when.any[0]: got on;")


def test_a_key_beside_a_duplicate_section_is_still_checked() -> None:
    assert len(mistakes("camera: {fps: 300}\ncamera: {}\n")) == 2


def test_a_rule_may_wait_for_a_zone_of_the_same_file_on_either_side() -> None:
    text = (
        "signals: {gaze: {zones: {left_shelf: {}}}}\nrules: {sleep: {when: 'zone in [right_shelf, left_shelf, road]'}}"
    )
    assert load(write("car.yaml", text)).config.rules["sleep"].enabled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {sleep: {until: eyes_closd_s < 1}}", "rules.sleep.until: there is no signal 'eyes_closd_s'; did you"),
        ("rules: {sleep: {only_while: {not: [fps > 1]}}}", "rules.sleep.only_while.not: got a list; accepted: put"),
        ("rules: {sleep: {when: {not: eyes == shut}}}", "rules.sleep.when.not: 'eyes' is never 'shut'"),
        (
            "rules: {sleep: {when: 'fraction(zone == lapp, 9) > 0.5'}}",
            "rules.sleep.when: 'zone' is never 'lapp'; did you mean 'lap'?",
        ),
        ("rules: {sleep: {when: 'mean(openness, 9 s) < 1'}}", "rules.sleep.when: 'mean seconds' is a number"),
        (
            "rules: {sleep: {requires_second_channel: {channels: {nods: yawn == 3}}}}",
            "rules.sleep.requires_second_channel.channels.nods: 'yawn' is true or false, got '3'",
        ),
        (
            "rules: {sleep: {requires_second_channel: {channels: [yawn == true]}}}",
            'rules.sleep.requires_second_channel.channels: got ["yawn == true"]; accepted: names with a condition each',
        ),
        (
            "rules: {long_glance: {inhibited_by: [sleeep]}}",
            "rules.long_glance.inhibited_by[0]: there is no rule 'sleeep'; did you mean 'sleep'?",
        ),
        (
            "rules: {sleep: {inhibited_by: [long_glance]}}",
            "'sleep' and 'long_glance' inhibit each other in a circle; take one of them out",
        ),
        (
            "rules: {sleep: {escalate: [{after: 2, level: critical}]}}",
            "rules.sleep.escalate[0].level: got critical; accepted: a level above critical, the one before it",
        ),
        (
            "rules: {drowsy: {escalate: [{after: 9, level: critical}, {after: 5, level: unresponsive}]}}",
            "rules.drowsy.escalate[1].after: got 5; accepted: above 9, the time before it",
        ),
        (
            "rules: {drowsy: {escalate: [{after: 9, level: urgent}]}}",
            "rules.drowsy.escalate[0].level: got 'urgent'; accepted: one of info | warning | critical | unresponsive",
        ),
        ("rules: {drowsy: {escalate: [{after: 0, level: critical}]}}", "escalate[0].after: got 0; accepted: a number"),
        ("rules: {drowsy: {escalate: [{level: critical}]}}", "rules.drowsy.escalate[0]: a new entry needs after"),
        ("rules: {drowsy: {escalate: [{aftr: 1, level: critical, after: 2}]}}", "did you mean 'after'?"),
        ("rules: {drowsy: {escalate: soon}}", "rules.drowsy.escalate: got 'soon'; accepted: a list of {after: SECONDS"),
        ("rules: {sleep: {message: wake_upp}}", "there is no message 'wake_upp'; did you mean 'wake_up'?"),
        (
            "rules: {drowsy: {escalate: [{after: 1, level: critical, message: wakeup_now}]}}",
            "rules.drowsy.escalate[0].message: there is no message 'wakeup_now'",
        ),
        ("messages: {language: fr}", "messages.language: got 'fr'; accepted: one of de | en; add driver_monitor/"),
        (
            "attention: {vision: {warn_s: 4}}",
            "attention.vision.look_up_s: got 5; accepted: below attention.vision.warn_s",
        ),
        ("attention: {leave: 0.7}", "attention.leave: got 0.7; accepted: at most attention.enter, which is 0.63"),
    ],
)
def test_the_rule_language_is_checked_to_the_last_word(text: str, said: str) -> None:
    lines = mistakes(text)
    assert len(lines) == 1, lines
    assert said in lines[0]


def test_a_rule_may_use_the_whole_language() -> None:
    text = """
messages: {texts: {too_long: Enough now.}}
rules:
  mine:
    when:
      all:
        - fraction(on_road == false, 30) >= 0.6
        - not: {any: ["zone == road", "quality.eyes < 0.5"]}
    until: mean(openness, 10) >= 0.8
    only_while: {any: ["baseline == driver", "fps >= 15"]}
    requires_second_channel: {at_least: 1, channels: {yawns: "count(yawn, 600) >= 2", blinks: fatigue.drowsy >= 0.7}}
    inhibited_by: [sleep, unresponsive]
    for: 1.0
    repeat_every: 10.0
    level: info
    escalate:
      - {after: 2.0, level: warning}
      - {after: 5.0, level: critical, message: too_long}
    message: too_long
    outputs: null
"""
    loaded = load(write("car.yaml", text))
    mine = loaded.config.rules["mine"]
    assert mine.outputs is None
    assert [step.after_s for step in mine.escalate] == [2.0, 5.0]
    assert load(write("again.yaml", loaded.text)).config == loaded.config


def test_texts_of_two_files_are_put_together() -> None:
    write("base.yaml", "messages: {texts: {wake_up: A, look_ahead: B}}\n")
    config = load(write("car.yaml", "extends: base.yaml\nmessages: {texts: {look_ahead: C}}\n")).config
    assert config.messages.texts == {"wake_up": "A", "look_ahead": "C"}


def test_flags_lie_over_the_files_and_stay_when_the_files_are_read_again(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("camera: {source: /dev/video3, fps: 25}\n")
    loaded = load(file, *given(Flag("--source", "camera.source", "7"), Flag("--baseline", "driver.baseline", None)))
    assert (loaded.config.camera.source, loaded.config.camera.fps) == ("7", 25)
    file.write_text("camera: {source: /dev/video4, fps: 20}\n")
    assert (loaded.again().config.camera.source, loaded.again().config.camera.fps) == ("7", 20)
    assert loaded.again().sha256 == load(file, Flag("--source", "camera.source", "7")).sha256


def test_a_flag_is_checked_as_a_file_is(tmp_path: Path) -> None:
    flags = (
        Flag("--speed-kmh", "vehicle.speed.source", "fixed"),
        Flag("--speed-kmh", "vehicle.speed.fixed_kmh", 900.0),
    )
    with pytest.raises(ConfigError, match=r"^--speed-kmh: vehicle\.speed\.fixed_kmh: got 900"):
        load(None, *flags)
    file = tmp_path / "car.yaml"
    file.write_text("camera: {fps: fast}\n")
    with pytest.raises(ConfigError) as caught:
        load(file, *flags)
    assert [str(problem.place) for problem in caught.value.problems] == ["--speed-kmh", f"{file}:1"]


def test_a_name_that_no_file_can_have_is_found_with_its_line_or_flag(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("driver:\n  baseline: ../../etc/x\n")
    with pytest.raises(ConfigError, match=r"car\.yaml:2: driver\.baseline: got '\.\./\.\./etc/x'; accepted: up to 64"):
        load(file)
    with pytest.raises(ConfigError, match=r"^--baseline: driver\.baseline: got '\.\./x'"):
        load(None, Flag("--baseline", "driver.baseline", "../x"))


def test_a_new_rule_is_not_taken_for_a_slip_of_another_new_one(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("rules:\n  other: {when: fps < 5}\n  others: {when: fps < 5, message: x}\n")
    with pytest.raises(ConfigError, match=r"rules\.other: a new entry needs message$"):
        load(file)
