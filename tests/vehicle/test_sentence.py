"""Reading the speed out of real NMEA 0183 sentences."""

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.vehicle.sentence import speed_kmh

from .gps import checksummed, rmc, vtg


def test_rmc_from_a_textbook() -> None:
    assert speed_kmh("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A") == pytest.approx(41.4848)


def test_vtg_states_kilometres_per_hour() -> None:
    assert speed_kmh("$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*48") == pytest.approx(10.2)


def test_vtg_with_knots_alone() -> None:
    assert speed_kmh(checksummed("GPVTG,,T,,M,10.0,N,,K,A").decode()) == pytest.approx(18.52)


def test_a_modern_u_blox_says_v_for_navigational_status_and_still_counts() -> None:
    line = checksummed("GNRMC,083559.00,A,4717.11437,N,00833.91522,E,54.0,77.52,091202,,,A,V").decode()
    assert speed_kmh(line) == pytest.approx(100.008)


def test_a_void_fix_is_no_speed() -> None:
    assert speed_kmh(rmc("030.0", status="V").decode()) is None
    assert speed_kmh("$GPRMC,,V,,,,,,,,,,N*53") is None


@pytest.mark.parametrize("mode", ["N", "S", "M"])
def test_a_mode_that_measures_nothing_is_no_speed(mode: str) -> None:
    assert speed_kmh(rmc("030.0", tail=f",,,{mode}").decode()) is None
    assert speed_kmh(vtg("55.6", mode=mode).decode()) is None


@pytest.mark.parametrize("speed", ["", "nan", "inf", "-3.0", "99999", "fast"])
def test_an_impossible_speed_is_no_speed(speed: str) -> None:
    assert speed_kmh(rmc(speed).decode()) is None
    assert speed_kmh(vtg(speed).decode()) is None


def test_other_sentences_are_no_speed() -> None:
    assert speed_kmh("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47") is None
    assert speed_kmh(checksummed("GPXYZ,1,2").decode()) is None


@pytest.mark.parametrize(
    "line", ["", "hello", "$GPVTG,054.7,T,034.4,M,005.5,N,010.3,K*48", "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K"]
)
def test_noise_or_a_checksum_wrong_or_missing_is_refused(line: str) -> None:
    with pytest.raises(pynmea2.ParseError):
        speed_kmh(line)


@given(
    st.text(max_size=100)
    | st.from_regex(r"\AG[PN](RMC|VTG)(,[A-Z0-9.]{0,6}){0,14}\Z").map(checksummed).map(bytes.decode)
)
def test_nothing_a_receiver_sends_gets_past_as_anything_but_a_sane_speed(line: str) -> None:
    try:
        kmh = speed_kmh(line)
    except pynmea2.ParseError:
        return
    assert kmh is None or 0 <= kmh <= 500
