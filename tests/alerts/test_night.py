"""Quieter chimes at night, where the clock can be trusted."""

import time
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.alerts import audio, night
from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.night import AGREEMENT_S, clock_trusted, is_night
from driver_monitor.config.alerts import AudioConfig
from driver_monitor.state.alert import Level

from .make import alert, cleared, wait_until
from .speaker import DEVICE, Speaker

NOW_S = 1_796_000_000.0  # in November 2026


def at(hour: int) -> float:
    return time.mktime((2026, 11, 30, hour, 30, 0, 0, 0, -1))


@pytest.mark.parametrize(("hour", "dark"), [(21, False), (22, True), (23, True), (0, True), (5, True), (6, False)])
def test_night_goes_over_midnight(hour: int, dark: bool) -> None:
    assert is_night(22, 6, at(hour)) == dark


@pytest.mark.parametrize(("hour", "dark"), [(0, False), (1, True), (4, True), (5, False)])
def test_or_not(hour: int, dark: bool) -> None:
    assert is_night(1, 5, at(hour)) == dark


def test_no_hours_are_no_night() -> None:
    assert not any(is_night(3, 3, at(hour)) for hour in range(24))


@pytest.fixture
def unkept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody on the network keeps the clock."""
    monkeypatch.setattr(night, "_synchronised", lambda: False)


def clocks(folder: Path, *, set_by_it: str, since_s: float) -> Path:
    (folder / "rtc0").mkdir()
    (folder / "rtc0" / "hctosys").write_text(f"{set_by_it}\n")
    (folder / "rtc0" / "since_epoch").write_text(f"{since_s:.0f}\n")
    return folder


@pytest.mark.usefixtures("unkept")
def test_a_clock_with_a_battery_is_trusted(tmp_path: Path) -> None:
    assert clock_trusted(NOW_S, clocks(tmp_path, set_by_it="1", since_s=NOW_S + 2))


@pytest.mark.usefixtures("unkept")
@pytest.mark.parametrize(("set_by_it", "since_s"), [("0", NOW_S), ("1", 300.0), ("1", NOW_S - 2 * AGREEMENT_S)])
def test_one_without_or_one_that_disagrees_is_not(tmp_path: Path, set_by_it: str, since_s: float) -> None:
    assert not clock_trusted(NOW_S, clocks(tmp_path, set_by_it=set_by_it, since_s=since_s))


@pytest.mark.usefixtures("unkept")
def test_a_board_with_no_clock_is_not(tmp_path: Path) -> None:
    assert not clock_trusted(NOW_S, tmp_path)


def test_nothing_is_trusted_that_lies_in_the_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "_synchronised", lambda: True)
    assert clock_trusted(NOW_S)
    assert not clock_trusted(300.0)


def test_the_kernel_answers() -> None:
    assert night._synchronised() in (True, False)


def test_at_night_chimes_are_quieter_and_an_alarm_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = AudioConfig(backend="aplay", device=DEVICE, night_volume=0.5)
    speaker = Speaker(tmp_path, config)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config_path))
    speaker.plug_in()
    dark = True
    monkeypatch.setattr(audio, "is_night", lambda from_h, to_h: dark and (from_h, to_h) == (22, 6))

    def peaks() -> list[float]:
        return [float(np.abs(samples.astype(int)).max()) / 32767 for samples in speaker.recordings()]

    with AudioSink(config, lambda _: None) as sink:
        speaker.wait_for_check()
        sink.send(alert("long_glance", Level.WARNING))
        wait_until(lambda: len(peaks()) == 1 and speaker.heard()[0].whole)
        sink.send(alert())
        wait_until(lambda: len(peaks()) == 2 and speaker.heard()[1].whole)
        sink.send(cleared())
        dark = False
        sink.send(alert("long_glance", Level.WARNING))
        wait_until(lambda: len(peaks()) >= 3 and speaker.heard()[-1].whole)
    assert peaks()[:2] == pytest.approx([0.3, 1.0], abs=0.01)
    assert peaks()[-1] == pytest.approx(0.6, abs=0.01)
