"""The two CAN messages, decoded by cantools, which did not write them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.alerts.can_frames import ALERT, STATE, alert_bytes, can_id, crc8, rule_id, state_bytes
from driver_monitor.alerts.dbc import dbc_text
from driver_monitor.alerts.status import Status
from driver_monitor.config.can import CanConfig
from driver_monitor.config.config import Config
from driver_monitor.state.alert import Level

from .bus import database, decoded, j1850
from .make import ODD, alert, cleared

KNOWN = database()
STATUS = Status(12.0, "ok", "glance_down", "inner_mirror", 0.5, 0.93)


def state(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"counter": 17, "health": "ok", "level": 0, "stop": False, "rule": "", "status": STATUS}
    [(name, values)] = decoded([(0x5D0, state_bytes(**(told | changed)))], KNOWN)
    assert name == "DM_State"
    return values


def test_the_file_that_ships_is_that_of_the_defaults() -> None:
    """After a change: driver-monitor config show --dbc > configs/driver_monitor.dbc"""
    shipped = Path(__file__).parents[2] / "configs" / "driver_monitor.dbc"
    assert shipped.read_text(encoding="ascii") == dbc_text(Config())


def test_the_checksum_is_that_of_the_catalogue_of_crcs() -> None:
    assert crc8(b"123456789") == j1850(b"123456789") == 0x4B


def test_a_state_that_is_known() -> None:
    values = state(level=4, stop=True, rule="unresponsive")
    del values["Checksum"]
    assert values == {
        "AliveCounter": 1,
        "Health": "ok",
        "Level": "unresponsive",
        "RequestSafeStop": "requested",
        "Eyes": "glance_down",
        "GazeZone": "inner_mirror",
        "Awareness": 0.5,
        "Quality": 0.93,
        "RuleId": "unresponsive",
    }


def test_what_is_not_known_is_said_to_be_so() -> None:
    values = state(health="stalled", status=None)
    assert [values[name] for name in ("Eyes", "GazeZone", "Awareness", "Quality")] == ["unknown"] * 4
    assert (values["Health"], values["RuleId"]) == ("stalled", "none")
    blind = state(status=Status(0.0, "no_face", "unknown", "unknown", None, float("nan")), health="no_face")
    assert [blind[name] for name in ("Eyes", "GazeZone", "Awareness", "Quality")] == ["unknown"] * 4
    assert blind["Health"] == "degraded"


def test_a_zone_of_the_config_is_not_unknown() -> None:
    assert state(status=Status(0.0, "ok", "open", "tablet", 1.0, 1.0))["GazeZone"] == "a_zone_of_the_config"


@pytest.mark.parametrize(
    "each", [alert(), cleared(), alert("my own rule, *", Level.INFO), *ODD], ids=lambda a: a.rule[:9]
)
def test_every_alert_can_be_sent(each: Any) -> None:
    [(name, values)] = decoded([(0x5D1, alert_bytes(70_000, each, late=True))], KNOWN)
    assert name == "DM_Alert"
    assert (values["Sequence"], values["Late"]) == (70_000 & 0xFFFF, "late")
    assert values["AlertLevel"] == each.level.word
    assert values["Firing"] == each.state.value


def test_the_time_of_an_alert_is_in_whole_seconds_and_unknown_beyond_18_hours() -> None:
    times = [12.9, 65534.0, 65535.0, -1.0]
    frames = [(0x5D1, alert_bytes(0, alert(t_s=t_s), late=False)) for t_s in times]
    assert [values["MediaTime"] for _, values in decoded(frames, KNOWN)] == [12, 65534, "unknown", "unknown"]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 4), st.integers(0, 100))
def test_shares_come_through_within_half_a_step(awareness: float, quality: float, level: int, counter: int) -> None:
    values = state(level=level, counter=counter, status=Status(0.0, "ok", "open", "road", awareness, quality))
    assert values["Awareness"] == pytest.approx(awareness, abs=0.0026)
    assert values["Quality"] == pytest.approx(quality, abs=0.0026)
    assert values["AliveCounter"] == counter % 16


def test_rules_of_the_defaults_have_numbers_of_their_own() -> None:
    numbers = {rule_id(name) for name in Config().rules}
    assert len(numbers) == len(Config().rules)
    assert 0 not in numbers


def test_j1939_ids_and_ids_of_29_bits_are_in_the_file() -> None:
    assert can_id(STATE, 0x5D0, 0x21) == 0x18FFD021
    assert can_id(ALERT, 0x5D0, 0x21) == 0x18FFD121
    known = database(CanConfig(j1939_address=0x21))
    message = known.get_message_by_name("DM_Alert")
    assert (message.frame_id, message.is_extended_frame) == (0x18FFD121, True)
    wide = database(CanConfig(base_id=0x12345, extended_id=True)).get_message_by_name("DM_State")
    assert (wide.frame_id, wide.is_extended_frame, wide.cycle_time) == (0x12345, True, 100)
