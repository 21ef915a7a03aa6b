"""Configs that disarm the monitor are told so by what they would do, whichever key does it."""

import time
from pathlib import Path

import pytest

from driver_monitor.config.loader import load, presets
from driver_monitor.floor.hole import Hole, holes


def found(tmp_path: Path, text: str) -> list[Hole]:
    file = tmp_path / "car.yaml"
    file.write_text(text)
    return holes(load(file))


def keys(tmp_path: Path, text: str) -> dict[str, str]:
    """The keys that take something away, and what."""
    return {".".join(map(str, hole.path)): "; ".join(hole.missing) for hole in found(tmp_path, text)}


@pytest.mark.parametrize("name", sorted(presets()))
def test_no_shipped_preset_has_a_hole(name: str) -> None:
    assert holes(load(Path(name))) == []


def test_the_defaults_have_none() -> None:
    assert holes(load(None)) == []


@pytest.mark.parametrize(
    ("text", "key", "lost"),
    [
        ("rules: {sleep: {level: info}}", "rules.sleep.level", "eyes closed for 3 s"),
        ("rules: {sleep: {level: warning}}", "rules.sleep.level", "critical"),
        ("rules: {sleep: {outputs: []}}", "rules.sleep.outputs", "eyes closed for 3 s"),
        ("rules: {sleep: {outputs: [console]}}", "rules.sleep.outputs", "eyes closed for 3 s"),
        ("rules: {microsleep: {when: eyes_closed_s >= 300}}", "rules.microsleep.when", "eyes closed for 2 s"),
        ("rules: {microsleep: {for: 300}}", "rules.microsleep.for", "eyes closed for 2 s"),
        ("rules: {microsleep: {enabled: false}}", "rules.microsleep.enabled", "eyes closed for 2 s"),
        ("rules: {microsleep: {only_while: smile >= 0.9}}", "rules.microsleep.only_while", "eyes closed for 2 s"),
        ("rules: {microsleep: {never_muted: false}}", "rules.microsleep.never_muted", "eyes closed for 2 s"),
        ("rules: {microsleep: {keep_firing_for: 3600}}", "rules.microsleep.keep_firing_for", "happens again"),
        ("rules: {sleep: {cooldown: 3600}}", "rules.sleep.cooldown", "happens again"),
        (
            "rules: {sleep: {when: {all: [eyes_closed_s >= 3, eyes == open]}}}",
            "rules.sleep.when",
            "eyes closed for 3 s",
        ),
        (
            "rules: {sleep: {requires_second_channel: {channels: {yawns: yawns_600s >= 3}}}}",
            "rules.sleep.requires_second_channel.channels",
            "eyes closed for 3 s",
        ),
        ("rules: {unresponsive: {speed: {from_kmh: 200}}}", "rules.unresponsive.speed.from_kmh", "80 km/h measured"),
        (
            "rules: {unresponsive: {speed: {when_unknown: suppress}}}",
            "rules.unresponsive.speed.when_unknown",
            "speed unknown",
        ),
        ("rules: {unresponsive: {until: speed_kmh >= 0}}", "rules.unresponsive.until", "eyes closed for 6 s"),
        (
            "rules: {always: {when: fps >= 1, message: so it is, level: info}, sleep: {inhibited_by: [always]}}",
            "rules.sleep.inhibited_by",
            "eyes closed for 3 s",
        ),
        ("rules: {long_glance: {enabled: false}}", "rules.long_glance.enabled", "a look at the lap for 4 s"),
        ("rules: {cannot_see: {enabled: false}}", "rules.cannot_see.enabled", "a camera covered for 10 s"),
        ("rules: {cannot_see: {outputs: []}}", "rules.cannot_see.outputs", "raises no alert"),
        ("rules: {cannot_see: {outputs: [serial]}}", "rules.cannot_see.outputs", "raises no alert"),
        ("rules: {cannot_see: {when: degraded == covered}}", "rules.cannot_see.when", "no face to be seen"),
        ("alerts: {audio: {enabled: false}}", "alerts.audio.enabled", "eyes closed for 2 s"),
        ("alerts: {audio: {device: 'null'}}", "alerts.audio.device", "eyes closed for 2 s"),
        ("alerts: {audio: {warning_volume: 0.01}}", "alerts.audio.warning_volume", "eyes closed for 2 s"),
        ("alerts: {outputs: {critical: [console]}}", "alerts.outputs.critical", "eyes closed for 3 s"),
        ("alerts: {outputs: {unresponsive: []}}", "alerts.outputs.unresponsive", "eyes closed for 6 s"),
        ("signals: {closure: {p80_openness: 0.05}}", "signals.closure.p80_openness", "before the driver's own eyes"),
        (
            "signals: {closure: {p80_openness: 0.05, enter_openness: 0.08, exit_openness: 0.1}}",
            "signals.closure.enter_openness",
            "eyes closed for 2 s",
        ),
        ("signals: {baseline: {open_ear: 0.12}}", "signals.baseline.open_ear", "before the driver's own eyes"),
        ("camera: {stall_s: 30}", "camera.stall_s", "a camera lost for 12 s"),
        ("vehicle: {speed: {assumed_kmh: 0}}", "vehicle.speed.assumed_kmh", "0 km/h assumed"),
        ("vehicle: {speed: {source: fixed, fixed_kmh: 5}}", "vehicle.speed.fixed_kmh", "5 km/h given"),
        ("rules: {microsleep: {only_while: fps >= 29}}", "rules.microsleep.only_while", "eyes closed for 2 s as ordin"),
        ("rules: {sleep: {only_while: fps >= 29}}", "rules.sleep.only_while", "eyes closed for 3 s as ordinarily seen"),
        ("rules: {unresponsive: {only_while: fps >= 29}}", "rules.unresponsive.only_while", "eyes closed for 6 s as"),
        (
            "rules: {long_glance: {only_while: fps >= 29}}",
            "rules.long_glance.only_while",
            "at the lap for 4 s as ordin",
        ),
        (
            "rules: {sleep: {only_while: quality_eyes >= 0.999}}",
            "rules.sleep.only_while",
            "eyes closed for 3 s as ordin",
        ),
        ("rules: {sleep: {only_while: quality > 0.9}}", "rules.sleep.only_while", "15 Hz, quality 0.6"),
        ("rules: {sleep: {only_while: smile < 0.01}}", "rules.sleep.only_while", "eyes closed for 3 s as ordinarily"),
        (
            'rules: {microsleep: {when: {all: ["eyes_closed_s >= 1.5", "grimace < 0.01"]}}}',
            "rules.microsleep.when",
            "eyes closed for 2 s as ordinarily seen",
        ),
        (
            'rules: {sleep: {when: {all: ["eyes_closed_s >= 3.0", "grimace < 0.01"]}}}',
            "rules.sleep.when",
            "eyes closed for 3 s as ordinarily seen",
        ),
        ("rules: {sleep: {speed: {below_kmh: 90}}}", "rules.sleep.speed.below_kmh", "130 km/h measured"),
        ("rules: {microsleep: {speed: {below_kmh: 90}}}", "rules.microsleep.speed.below_kmh", "130 km/h measured"),
        (
            "signals: {gaze: {road_half_width_deg: 60}}",
            "signals.gaze.road_half_width_deg",
            "a look at a phone aside for 4 s",
        ),
        (
            "extends: right-hand-drive\nsignals: {gaze: {road_half_width_deg: 60}}",
            "signals.gaze.road_half_width_deg",
            "a look at a phone aside for 9 s",
        ),
        ("extends: un-r171\npreset: {claims: [R4, R12]}", "preset.claims", "a look at the lap for 4 s"),
        ("extends: un-r171\nrules: {eyes_off_road: {enabled: false}}", "rules.eyes_off_road.enabled", "for 9 s"),
    ],
)
def test_whatever_disarms_is_named_with_what_it_takes(tmp_path: Path, text: str, key: str, lost: str) -> None:
    assert lost in keys(tmp_path, text)[key]


@pytest.mark.parametrize(
    "text",
    [
        "alerts: {audio: {enabled: false}, serial: {enabled: true}}",  # the car makes the sound
        "alerts: {audio: {warning_volume: 0.3, critical_volume: 0.1}}",
        "alerts: {budget: {guard: false}}\nrules: {microsleep: {never_muted: false}}",
        "rules: {microsleep: {when: eyes_closed_s >= 2.0, level: critical}}",
        "rules: {drowsy: {enabled: false}, yawning: {enabled: false}, lockout: {enabled: false}}",
        "rules: {sleep: {only_while: fps >= 8}, microsleep: {only_while: quality >= 0.4}}",
        "signals: {gaze: {road_half_width_deg: 26}}",
        "rules: {mine: {when: fps < 5, message: slow camera}}",
        "extends: quiet\nsignals: {closure: {enter_openness: 0.25}}",
        "extends: un-r171\nvehicle: {speed: {assumed_kmh: 30}}",
        "vehicle: {speed: {source: nmea}}",
        "camera: {source: /dev/video2, stall_s: 3}",
        "signals: {baseline: {open_ear: 0.2}}",
        "signals: {baseline: {open_ear: 0.35}}",
        "vehicle: {speed: {assumed_kmh: 30}}",
        # what one rule no longer does another does
        "rules: {sleep: {enabled: false}, doze: {when: eyes_closed_s >= 2.8, level: critical, message: wake up now}}",
        # a rule for each, and its order in the file is nobody's business
        "rules: {sleep: {inhibited_by: [long_glance]}, long_glance: {inhibited_by: []}}",
    ],
)
def test_a_matter_of_taste_is_left_alone(tmp_path: Path, text: str) -> None:
    assert keys(tmp_path, text) == {}


def test_every_key_is_named_with_its_line_its_rule_and_the_way_back(tmp_path: Path) -> None:
    level, outputs = map(str, found(tmp_path, "rules:\n  sleep:\n    level: info\n    outputs: []\n"))
    assert level == (
        f"{tmp_path}/car.yaml:3: rules.sleep.level (info) disarms the monitor: eyes closed for 3 s without an audible "
        "critical alert, which was rule sleep's; remove this key to restore that (default: critical)"
    )
    assert outputs.startswith(f"{tmp_path}/car.yaml:4: rules.sleep.outputs ([]) disarms the monitor: ")


def test_a_key_that_takes_much_away_is_still_one_line_that_can_be_read(tmp_path: Path) -> None:
    (silent,) = found(tmp_path, "extends: un-r171\nalerts: {audio: {enabled: false}}\n")
    assert len(silent.missing) > 3
    assert str(silent).endswith(
        f"; and {len(silent.missing) - 2} more; remove this key to restore that (un-r171: true)"
    )
    assert len(str(silent).removeprefix(str(tmp_path))) < 300
    assert all(each in silent.whole for each in silent.missing)


def test_what_the_file_builds_on_is_not_blamed(tmp_path: Path) -> None:
    assert keys(tmp_path, "extends: un-r171\nrules: {sleep: {enabled: false}}\n").keys() == {"rules.sleep.enabled"}


def test_what_only_two_keys_together_take_away_is_told_too(tmp_path: Path) -> None:
    lost = keys(tmp_path, "rules: {unresponsive: {enabled: false}, long_glance: {enabled: false}}")
    assert "a look at the lap for 6 s" in lost["rules.unresponsive.enabled"]
    assert "a look at the lap for 4 s" in lost["rules.long_glance.enabled"]
    assert "a look at the lap for 9 s" in lost["rules.long_glance.enabled"]


def test_an_alarm_that_always_sounds_is_no_warning(tmp_path: Path) -> None:
    always = "always: {when: fps >= 1, message: so it is, level: critical, repeat_every: 1}"
    assert "rules.sleep.enabled" in keys(tmp_path, f"rules: {{{always}, sleep: {{enabled: false}}}}")


def test_a_start_is_not_held_up(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("rules: {drowsy: {enabled: false}}")
    loaded = load(file)
    began_s = time.process_time()
    assert holes(loaded) == []
    assert time.process_time() - began_s < 0.5  # 0.1 s on a quiet machine
