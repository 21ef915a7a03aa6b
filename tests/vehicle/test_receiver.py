"""What real GPS receivers send, second by second, and what may be believed of it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.vehicle.receiver import Receiver, Trouble
from driver_monitor.vehicle.sentence import frames, read_sentence

from .gps import checksummed, gga, rmc, vtg

STALE_S = 3.0
RMC_100 = "GNRMC,{utc},A,4717.11437,N,00833.91522,E,54.0,77.52,091202,,"  # 54 knots are 100 km/h, NMEA 2.x: no mode
NO_MODE_0 = "GPVTG,,T,,M,0.000,N,0.000,K"


class Heard:
    """A receiver and the speeds that were to be had at every moment of a stream."""

    def __init__(self) -> None:
        self.receiver = Receiver(STALE_S)
        self.now_s = 0.0
        self.kmh: list[float | None] = []
        self._rest = b""

    def second(self, *bodies: str | bytes, apart_s: float = 0.02, length_s: float = 1.0) -> "Heard":
        """Sentences ``apart_s`` apart at the beginning of a second; ``{utc}`` in them is the time of day."""
        end_s = self.now_s + length_s
        for body in bodies:
            utc = f"{100000 + int(self.now_s + 1e-6):06d}.00"
            found, self._rest = frames(
                self._rest + (checksummed(body.format(utc=utc)) if isinstance(body, str) else body)
            )
            for frame in found:
                self.receiver.hear(read_sentence(frame), self.now_s)
                self._ask()
            self.now_s += apart_s
        if end_s - self.now_s > 0.25:
            self.now_s += 0.25
            self.receiver.pause(self.now_s)
            self._ask()
        self.now_s = max(self.now_s, end_s)
        self._ask()
        return self

    def _ask(self) -> None:
        reading = self.receiver.reading
        fresh = reading is not None and self.now_s - reading.at_s <= STALE_S
        self.kmh.append(round(reading.kmh, 1) if reading and fresh else None)

    @property
    def last(self) -> float | None:
        return self.kmh[-1]


def seconds(count: int, *bodies: str | bytes) -> Heard:
    heard = Heard()
    for _ in range(count):
        heard.second(*bodies)
    return heard


VOID_RMC = "GPRMC,,V,,,,,,,,,,N"
VOID_VTG = "GPVTG,,,,,,,,,N"
VOID_GGA = "GPGGA,,,,,,0,00,99.99,,,,,,"
VETOES = [
    VOID_RMC,
    VOID_VTG,
    VOID_GGA,
    "GPRMC,{utc},V,4717.11,N,00833.91,E,0.0,,091202,,",
    "GPRMC,{utc},A,4717.11,N,00833.91,E,0.0,,091202,,,N",
    "GPRMC,{utc},A,4717.11,N,00833.91,E,0.0,,091202,,,S",
    "GPRMC,000000.00,A,0.000,N,0.000,E,0.0,0.0,050505,0.0,E",
    "GPGGA,{utc},4717.11,N,00833.91,E,0,00,,,M,,M,,",
    "GPGGA,{utc},0.0,N,0.0,E,1,08,0.9,545.4,M,46.9,M,,",
    "GPGLL,,,,,,V,N",
    "GPGLL,4717.11,N,00833.91,E,{utc},V",
    "GNGNS,{utc},,,,,NN,00,99.99,,,,",
    "GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99",
]


def test_no_fix_with_zeros_for_speed_and_place() -> None:
    heard = seconds(6, "GPRMC,000000.00,A,0.000,N,0.000,E,0.0,0.0,050505,0.0,E", VOID_RMC, VOID_VTG, VOID_GGA)
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble is Trouble.NO_FIX


def test_an_old_receiver_loses_its_fix() -> None:
    heard = seconds(3, RMC_100, "GPVTG,77.5,T,,M,54.0,N,100.0,K")
    assert heard.last == 100.0
    for _ in range(5):
        heard.second("GPRMC,{utc},V,,,,,,,300326,,", NO_MODE_0)
    assert 0.0 not in heard.kmh
    assert set(heard.kmh[-6:]) == {None}
    assert heard.receiver.trouble is Trouble.NO_FIX


@pytest.mark.parametrize("veto", VETOES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_sentence_without_a_fix_vetoes_the_others_of_its_second(veto: str, place: int) -> None:
    standing = ["GPVTG,77.5,T,,M,0.0,N,0.0,K,A", "GNRMC,{utc},A,4717.11,N,00833.91,E,0.0,77.52,091202,,,A"]
    standing.insert(place, veto)
    heard = seconds(6, *standing)
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble in (Trouble.NO_FIX, Trouble.SIMULATED)


@pytest.mark.parametrize("veto", [veto for veto in VETOES if "GSA" not in veto])
@pytest.mark.parametrize("after_s", [0.3, 0.5, 0.85])
def test_a_veto_that_comes_late_in_the_second_takes_the_speed_back(veto: str, after_s: float) -> None:
    """Two receivers on one line."""
    heard = Heard()
    for _ in range(6):
        heard.second("GPVTG,77.5,T,,M,0.0,N,0.0,K,A", length_s=after_s)
        heard.second(veto, length_s=1 - after_s)
    assert set(heard.kmh) == {None}


def test_after_the_tunnel_the_speed_is_back_within_two_seconds() -> None:
    heard = seconds(3, RMC_100, VOID_GGA)
    heard.second(RMC_100, "GPGGA,{utc},4717.11,N,00833.91,E,1,08,0.9,545.4,M,46.9,M,,").second(RMC_100)
    assert heard.last == 100.0


@pytest.mark.parametrize("mode", ["A", "D", "E", "F", "P", "R"])
def test_a_receiver_that_sends_vtg_with_its_mode_alone(mode: str) -> None:
    assert seconds(3, f"GPVTG,77.5,T,,M,54.0,N,100.0,K,{mode}").last == 100.0


@pytest.mark.parametrize("mode", ["", ","])
def test_vtg_without_its_mode_alone_is_vouched_for_by_nobody(mode: str) -> None:
    heard = seconds(3, NO_MODE_0 + mode)
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble is Trouble.NO_VOUCHER


@pytest.mark.parametrize("mode", ["N", "S", "M", "X"])
def test_vtg_whose_mode_measures_nothing(mode: str) -> None:
    assert set(seconds(3, f"{NO_MODE_0},{mode}").kmh) == {None}


@pytest.mark.parametrize(
    "voucher",
    [
        "GPGGA,{utc},4717.11,N,00833.91,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,{utc},4717.11,N,00833.91,E,6,00,,,M,,M,,",
        "GPGLL,4717.11,N,00833.91,E,{utc},A",
        "GNGNS,{utc},4717.11,N,00833.91,E,AN,08,0.9,545.4,46.9,,",
        "GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_vtg_without_its_mode_next_to_a_fix(voucher: str, first: bool) -> None:
    old = "GPVTG,77.5,T,,M,54.0,N,100.0,K"
    assert seconds(3, *([voucher, old] if first else [old, voucher])).last == 100.0


def test_where_two_sentences_differ_the_higher_speed_counts() -> None:
    heard = seconds(3, NO_MODE_0, RMC_100)
    assert heard.last == 100.0
    assert 0.0 not in heard.kmh


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GB", "GA", "GQ", "BD"])
def test_every_satellite_system_counts(talker: str) -> None:
    assert seconds(3, talker + RMC_100[2:]).last == 100.0


def test_a_satellite_system_that_is_not_used_is_no_lost_fix() -> None:
    used, idle = "GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1", "GLGSA,A,1,,,,,,,,,,,,,2.5,1.3,2.1"
    assert seconds(3, RMC_100, used, idle).last == 100.0
    assert seconds(3, idle, used, RMC_100).last == 100.0


def test_a_lower_case_checksum_counts() -> None:
    line = checksummed("GPVTG,077.5,T,,M,54.0,N,100.0,K,A")
    star = line.index(b"*")
    assert seconds(3, line[:star] + line[star:].lower()).last == 100.0


def test_position_without_speed() -> None:
    heard = Heard()
    for tenth in range(100):
        heard.second(gga(utc=f"1010{tenth // 10:02d}.{tenth % 10}"), length_s=0.1)
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble is Trouble.NO_SPEED_SENTENCE


def test_a_fix_with_the_speed_left_out() -> None:
    heard = seconds(3, "GNRMC,{utc},A,4717.11437,N,00833.91522,E,,,091202,,,A", VOID_VTG[:-1] + "A")
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble is Trouble.NO_VALUE


def test_a_receiver_that_falls_silent_after_its_satellites_says_nothing() -> None:
    satellites = "GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00"
    heard = seconds(4, RMC_100, satellites)
    assert heard.last == 100.0
    assert heard.receiver.trouble is Trouble.SILENT


@pytest.mark.parametrize("speeds", [["54.0"], ["54.0", "0.0", "30.0"]])
def test_a_time_that_stands_still_is_an_old_measurement_whatever_the_speed(speeds: Sequence[str]) -> None:
    heard = Heard()
    for second in range(15):
        heard.second(rmc(speeds[second % len(speeds)]), vtg("100.0"))
    assert set(heard.kmh[:20]) > {None}
    assert set(heard.kmh[20:]) == {None}
    assert heard.receiver.trouble is Trouble.FROZEN


def test_vtg_ten_times_a_second_beside_a_frozen_rmc() -> None:
    heard = Heard()
    for _ in range(8):
        heard.second(rmc("0.0"), length_s=0.1)
        for _ in range(9):
            heard.second(vtg("0.0"), length_s=0.1)
    assert set(heard.kmh[60:]) == {None}


def test_a_frozen_sentence_beside_a_living_one_is_not_believed() -> None:
    heard = seconds(10, rmc("0.0"), "GPGGA,{utc},4717.11,N,00833.91,E,1,08,0.9,545.4,M,46.9,M,,")
    assert heard.last is None


def test_midnight_is_no_frozen_clock() -> None:
    heard = Heard()
    for utc in ["235957", "235958", "235959", "000000", "000001", "000002"]:
        heard.second(rmc("54.0", utc=utc))
    assert set(heard.kmh[8:]) == {100.0}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_ten_times_a_second_without_a_pause(order: Sequence[int]) -> None:
    heard = Heard()
    for tenth in range(60):
        utc, lost = f"1010{tenth // 10:02d}.{tenth % 10}", 30 <= tenth < 50
        lines = [
            rmc("0.0" if lost else "54.0", status="V" if lost else "A", utc=utc, tail=",,"),
            checksummed(NO_MODE_0 if lost else "GPVTG,77.5,T,,M,54.0,N,100.0,K"),
            gga(quality="0" if lost else "1", utc=utc),
        ]
        heard.second(*(lines[place] for place in order), apart_s=0.03, length_s=0.1)
    assert 0.0 not in heard.kmh
    assert 100.0 in heard.kmh[60:120]
    assert set(heard.kmh[140:190]) == {None}


def test_two_receivers_interleaved_with_one_that_has_no_fix() -> None:
    heard = Heard()
    for second in range(8):
        heard.second(rmc("0.0", utc=f"10101{second}"), length_s=0.5)
        heard.second(f"GLRMC,10100{second},V,,,,,,,300326,,", length_s=0.5)
    assert set(heard.kmh) == {None}


SAYINGS = [*VETOES, NO_MODE_0, "GPVTG,77.5,T,,M,0.0,N,0.0,K,A", "GNRMC,{utc},A,4717.11,N,00833.91,E,0.0,,091202,,,A"]


@given(st.permutations(SAYINGS), st.integers(1, len(SAYINGS)))
def test_no_order_of_sentences_lets_a_zero_past_a_veto(order: list[str], count: int) -> None:
    said = order[:count]
    if any(veto in said and "GSA" not in veto for veto in VETOES):
        heard = Heard()
        for _ in range(4):
            heard.second(*said, apart_s=0.01)
        assert set(heard.kmh) == {None}


STANDING = "GNRMC,{utc},A,4717.11,N,00833.91,E,0.0,77.52,091202,,,A"


def test_rmc_without_a_time_shows_no_sign_of_life_and_is_not_believed() -> None:
    timeless = STANDING.format(utc="")
    for heard in (seconds(8, timeless), seconds(8, timeless, "GPVTG,77.5,T,,M,0.0,N,0.0,K,A")):
        assert set(heard.kmh) == {None}
        assert heard.receiver.trouble is Trouble.NO_TIME


@pytest.mark.parametrize(
    "voucher",
    [
        "GPGGA,,4717.11,N,00833.91,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPGLL,4717.11,N,00833.91,E,,A",
        "GPGLL,4717.11,N,00833.91,E",
        "GNGNS,,4717.11,N,00833.91,E,AN,08,0.9,545.4,46.9,,",
        "PUBX,00,,4717.11,N,00833.91,E,546.589,G3,2.1,2.0,0.0,77.52,0.0,,0.9,1.1,0.7,9,0,0",
    ],
)
def test_a_fix_without_its_time_vouches_for_no_speed(voucher: str) -> None:
    heard = seconds(5, NO_MODE_0, voucher)
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble is Trouble.NO_VOUCHER


@pytest.mark.parametrize(
    "times", [["101010", "101011"], ["101010", "101011", "101012"], ["070000", "150000", "230000"]]
)
@pytest.mark.parametrize("beside", [[], ["GPVTG,77.5,T,,M,0.0,N,0.0,K,A"]])
def test_a_clock_that_goes_round_in_circles_is_a_frozen_one(times: Sequence[str], beside: list[str]) -> None:
    heard = Heard()
    for second in range(120):
        heard.second(STANDING.replace("{utc}", f"{times[second % len(times)]:0<6}"), *beside)
    assert set(heard.kmh[40:]) == {None}
    assert heard.receiver.trouble is Trouble.FROZEN


def test_a_clock_that_was_set_back_once_is_believed_again_when_it_has_gone_on() -> None:
    heard = Heard()
    for second in range(50):
        heard.second(rmc("54.0", utc=f"1030{second:02d}" if second < 5 else f"1015{second:02d}"))
    assert set(heard.kmh[8:15]) == {100.0}
    assert set(heard.kmh[30:90]) == {None}
    assert heard.last == 100.0


UBLOX = "PUBX,00,{{utc}},4717.113210,N,00833.915187,E,546.589,{},2.1,2.0,0.007,77.52,0.007,,0.92,1.19,0.77,9,0,0"
GARMIN = "PGRMF,223,424035,290199,{{utc}},13,3751.65,S,14507.36,E,A,{},0,62,2,1"


@pytest.mark.parametrize("veto", [UBLOX.format("NF"), UBLOX.format("TT"), GARMIN.format("0")])
@pytest.mark.parametrize("speed", [STANDING, NO_MODE_0, "GPVTG,77.5,T,,M,0.0,N,0.0,K,A"])
def test_a_maker_s_own_sentence_without_a_fix_is_a_veto(veto: str, speed: str) -> None:
    for bodies in ((speed, veto), (veto, speed)):
        heard = seconds(6, *bodies)
        assert set(heard.kmh) == {None}
        assert heard.receiver.trouble is Trouble.NO_FIX


@pytest.mark.parametrize("voucher", [*map(UBLOX.format, ("DR", "G2", "G3", "D2", "D3", "RK")), GARMIN.format("2")])
def test_a_maker_s_own_sentence_with_a_fix_vouches(voucher: str) -> None:
    assert seconds(3, "GPVTG,77.5,T,,M,54.0,N,100.0,K", voucher).last == 100.0


@pytest.mark.parametrize("other", ["PUBX,41,1,3,3,115200,0", "PGRME,15.0,M,45.0,M,25.0,M", "PUBX,00"])
def test_a_maker_s_other_sentences_say_nothing(other: str) -> None:
    assert seconds(3, RMC_100, other).last == 100.0


@pytest.mark.parametrize("veto", [*(veto for veto in VETOES if "RMC" not in veto), UBLOX.format("NF")])
@pytest.mark.parametrize("every", [2, 5, 20])
def test_a_veto_that_comes_seldom_stands_in_between(veto: str, every: int) -> None:
    heard = Heard()
    for second in range(2 * every + 8):
        heard.second(*([veto, STANDING] if second % every == 0 else [STANDING]))
    assert set(heard.kmh) == {None}
    assert heard.receiver.trouble in (Trouble.NO_FIX, Trouble.SIMULATED)


def test_a_veto_of_a_sentence_that_comes_no_more_is_over_in_half_a_minute() -> None:
    heard = seconds(1, VOID_GGA, RMC_100)
    for _ in range(29):
        heard.second(RMC_100)
    assert set(heard.kmh) == {None}
    assert heard.second(RMC_100).second(RMC_100).second(RMC_100).last == 100.0
