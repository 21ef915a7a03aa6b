"""The line protocol: what goes in comes out, and what was damaged is noticed."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.protocol import (
    MAX_LINE_BYTES,
    Body,
    Bye,
    Fault,
    Heartbeat,
    Hello,
    Kind,
    Line,
    ProtocolError,
    Request,
    StopRequest,
    Transition,
    crc16,
    decode,
    encode,
)
from driver_monitor.config.messages import MessagesConfig, language_texts, languages
from driver_monitor.face.errors import TrackerError
from driver_monitor.state.alert import AlertState, Level

from .make import alert

short_text = st.text(string.printable, max_size=6)
any_text = st.text(max_size=200)


def transitions(text: st.SearchStrategy[str]) -> st.SearchStrategy[Transition]:
    return st.builds(
        Transition,
        st.sampled_from(Kind),
        st.sampled_from(AlertState),
        st.sampled_from(Level),
        text,
        st.none() | st.integers(-(10**9), 10**10),
        text,
        text,
    )


def bodies(text: st.SearchStrategy[str]) -> st.SearchStrategy[Body]:
    counts = st.integers(0, 999)
    return (
        st.builds(Hello, st.integers(100, 60_000), counts, text)
        | st.builds(Heartbeat, st.integers(0, 4), counts, text)
        | st.builds(StopRequest, st.sampled_from(Request), text, st.none() | st.integers(-(10**9), 10**10))
        | st.builds(Fault, text, text)
        | st.just(Bye())
        | transitions(text)
    )


def lines(text: st.SearchStrategy[str]) -> st.SearchStrategy[Line]:
    return st.builds(Line, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF), bodies(text))


@given(lines(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=6)))
@example(Line(65535, 0xFFFF_FFFF, Transition(Kind.ACTIVE, AlertState.FIRING, Level.INFO, "a,b*$%", -5, "é", "\r\n")))
def test_what_goes_in_comes_out(line: Line) -> None:
    assert decode(encode(line)) == line


@given(lines(any_text))
def test_every_line_is_short_printable_ascii_with_one_start_and_one_end(line: Line) -> None:
    data = encode(line)
    assert len(data) <= MAX_LINE_BYTES
    assert data.endswith(b"\r\n")
    assert all(0x20 <= byte <= 0x7E for byte in data[:-2])
    assert (data.count(b"$"), data.count(b"*")) == (1, 1)
    assert (
        data.count(b",") == {Hello: 7, Heartbeat: 6, Fault: 5, Bye: 3, Transition: 9, StopRequest: 6}[type(line.body)]
    )


@given(transitions(any_text))
def test_text_that_is_too_long_is_cut_but_never_garbled(transition: Transition) -> None:
    body = decode(encode(Line(1, 2, transition))).body
    assert isinstance(body, Transition)
    assert (body.kind, body.state, body.level) == (transition.kind, transition.state, transition.level)
    assert body.media_ms == transition.media_ms
    assert transition.message.startswith(body.message)
    assert transition.why.startswith(body.why)
    assert transition.rule.startswith(body.rule[:-5] if "~" in body.rule else body.rule)


@given(lines(short_text), st.data())
def test_a_single_flipped_bit_is_always_noticed(line: Line, data: st.DataObject) -> None:
    good = encode(line)
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProtocolError):
        decode(bytes(bad))


def test_each_of_all_bits_of_one_line() -> None:
    good = encode(Line(7, 1234, Transition.of(alert(), Kind.ALERT, "eyes_closed_s=1.62")))
    for bit in range(len(good) * 8):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProtocolError):
            decode(bytes(bad))


@given(lines(short_text), st.integers(0, 127))
def test_a_cut_line_is_noticed(line: Line, kept: int) -> None:
    good = encode(line)
    with pytest.raises(ProtocolError):
        decode(good[: min(kept, len(good) - 1)])


@given(st.binary(max_size=140) | lines(any_text).map(lambda line: encode(line)[:-7]).map(lambda b: b + b"*0000\r\n"))
def test_noise_is_never_anything_but_an_error_or_a_line(data: bytes) -> None:
    try:
        decode(data)
    except ProtocolError:
        return
    assert data.startswith(b"$DM,")


@pytest.mark.parametrize(
    "payload",
    [
        "DM,1,2,NEWS",
        "DM,1,2,HEARTBEAT,5,0,ok",
        "DM,1,2,STOP_REQUEST,please,r,5",
        "DM,1,2,STOP_REQUEST,requested,r,now",
        "DM,01,2,BYE",
        "DM,65536,2,BYE",
        "DM,1,2,ALERT,firing,0,r,5",
        "GP,1,2,BYE",
    ],
)
def test_a_good_crc_does_not_excuse_bad_content(payload: str) -> None:
    with pytest.raises(ProtocolError):
        decode(b"$%s*%04X\r\n" % (payload.encode(), crc16(payload.encode())))


def test_the_crc_is_the_well_known_one() -> None:
    assert crc16(b"123456789") == 0x29B1


def test_what_a_line_looks_like() -> None:
    data = encode(Line(41, 90_210, Transition.of(alert(), Kind.ALERT, "eyes_closed_s=1.62")))
    assert data.startswith(b"$DM,41,90210,ALERT,firing,3,microsleep,12340,eyes_closed_s=1.62,Eyes closed: wake up*")


def test_numbers_wrap_round() -> None:
    line = decode(encode(Line(0x1_0000, 0x1_0000_0005, Bye())))
    assert (line.seq, line.uptime_ms) == (0, 5)


def test_two_long_rules_with_the_same_beginning_stay_apart() -> None:
    names = [
        "eyes closed while the left indicator is on and it rains",
        "eyes closed while the left indicator is on too",
    ]
    sent = {decode(encode(Line(0, 0, Transition.of(alert(name), Kind.ALERT, "")))).body for name in names}
    assert len(sent) == 2


def test_a_time_that_is_no_number_becomes_empty() -> None:
    body = Transition.of(alert(t_s=float("nan")), Kind.ALERT, "")
    assert body.media_ms is None
    assert decode(encode(Line(0, 0, body))).body == body


@pytest.mark.parametrize("language", languages())
def test_a_fault_is_told_whole_in_every_language(language: str) -> None:
    failure = Failure.of(TrackerError("it died"), messages=MessagesConfig(language=language))
    assert failure is not None
    body = decode(encode(Line(65535, 0xFFFF_FFFF, Fault(failure.reason, failure.message)))).body
    assert body == Fault("tracker", language_texts(language)["monitor_stopped"])
