"""Reading the speed out of real NMEA 0183 sentences."""

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.vehicle.sentence import Sentence, frames, read_sentence

from .gps import checksummed, gga, rmc, vtg


def speed_kmh(line: str) -> float | None:
    return read_sentence(line.strip()).kmh


def fix(body: str) -> bool | None:
    return read_sentence(checksummed(body).decode()).fix


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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W", True),
        ("GPRMC,123519,A,0.000,N,0.000,E,0.0,0.0,230394,0.0,E", False),
        ("GPRMC,123519,A,,,,,0.0,,230394,,,A", False),
        ("GPRMC,,V,,,,,,,,,,N", False),
        ("GPVTG,,,,,,,,,N", False),
        ("GPVTG,,T,,M,0.000,N,0.000,K", None),
        ("GPVTG,,T,,M,0.000,N,0.000,K,", None),
        ("GPVTG,,T,,M,0.000,N,0.000,K,E", True),
        ("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,", True),
        ("GPGGA,123519,4807.038,N,01131.000,E,6,00,,,M,,M,,", True),
        ("GPGGA,123519,4807.038,N,01131.000,E,8,08,0.9,545.4,M,46.9,M,,", False),
        ("GPGGA,,,,,,0,00,99.99,,,,,,", False),
        ("GPGGA,123519,4807.038,N,01131.000,E,,08,0.9,545.4,M,46.9,M,,", False),
        ("GPGGA,123519,00000.000,N,00000.000,E,1,08,0.9,545.4,M,46.9,M,,", False),
        ("GPGLL,4916.45,N,12311.12,W,225444,A,D", True),
        ("GPGLL,4916.45,N,12311.12,W,225444,A", True),
        ("GPGLL,4916.45,N,12311.12,W,225444,V,N", False),
        ("GPGLL,4916.45,N,12311.12,W,225444,A,N", False),
        ("GNGNS,112257.00,3844.24,N,00908.43,W,AN,03,10.5,,,,", True),
        ("GNGNS,112257.00,3844.24,N,00908.43,W,NN,00,,,,,", False),
        ("GPGNS,112257.00,,,,,,07,,,,5.2,23", None),
        ("GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1", True),
        ("GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9", False),
        ("GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00", None),
    ],
)
def test_who_has_a_fix(body: str, expected: bool | None) -> None:
    assert fix(body) is expected


def test_a_simulator_says_so() -> None:
    assert read_sentence(rmc("030.0", tail=",,,S").decode().strip()).simulated
    assert read_sentence(gga(quality="8").decode().strip()).simulated
    assert not read_sentence(gga(quality="0").decode().strip()).simulated


UBX = bytes.fromhex("b56201075c00") + bytes(range(94))  # with a '$' and line ends of its own in it


@pytest.mark.parametrize(
    "before", [b"", UBX, b"\0\0", b"\\s:GP0001,c:1577836800*1A\\", b"$GPVTG,054.7,T", b"\xd3\x00\x24$"]
)
@pytest.mark.parametrize("after", [b"\r\n", b"\r", b"\n", b"", UBX])
def test_a_sentence_begins_at_its_dollar_and_ends_with_its_checksum(before: bytes, after: bytes) -> None:
    line = rmc("054.0").strip()
    assert frames(before + line + after)[0] == [line.decode()]


@given(st.lists(st.sampled_from([rmc("054.0"), vtg("61.5"), gga(), UBX, b"$GP"]), max_size=8), st.data())
def test_how_the_bytes_are_cut_does_not_matter(pieces: list[bytes], data: st.DataObject) -> None:
    stream, found, rest = b"".join(pieces), list[str](), b""
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        here, rest = frames(rest + stream[:size])
        found, stream = found + here, stream[size:]
    assert found == [piece.strip().decode() for piece in pieces if piece.startswith(b"$G") and b"*" in piece]


def test_noise_does_not_pile_up() -> None:
    assert len(frames(b"$" + b"A" * 100_000)[1]) <= 254


@given(
    st.text(max_size=100)
    | st.from_regex(r"\AG[PN](RMC|VTG)(,[A-Z0-9.]{0,6}){0,14}\Z").map(checksummed).map(bytes.decode)
)
def test_nothing_a_receiver_sends_gets_past_as_anything_but_a_sane_speed(line: str) -> None:
    try:
        sentence = read_sentence(line)
    except pynmea2.ParseError:
        return
    assert sentence.kmh is None or (0 <= sentence.kmh <= 500 and sentence.fix is not False)
    assert sentence.tells_nothing or sentence.kind or sentence == Sentence("")
