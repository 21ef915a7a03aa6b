"""What the senses beside the face could measure of a drive, and why not more."""

from driver_monitor.channel_tally import BODY, HEART, VOICE, ChannelTally
from driver_monitor.state.channels import NOTHING, ChannelSignals


def tally(*frames: tuple[int, ChannelSignals | None]) -> ChannelTally:
    found = ChannelTally()
    for count, channels in frames:
        for _ in range(count):
            found.add(channels)
    return found


def test_a_drive_without_channels_says_nothing_of_them() -> None:
    found = tally((5, None), (5, NOTHING))
    assert found.shares == {}
    assert list(found.words()) == []
    assert not any(map(found.on, (HEART, VOICE, BODY)))


def test_each_sense_that_was_on_is_told_with_its_share_and_the_commonest_reason() -> None:
    found = tally(
        (60, ChannelSignals(heart_rate_bpm=70.0, voice="silence", voice_missing="silence")),
        (10, ChannelSignals(pulse_missing="settling", voice="speech", voice_arousal=0.3)),
        (30, ChannelSignals(pulse_missing="low_frame_rate", voice="silence", voice_missing="silence")),
    )
    assert found.shares == {HEART: 0.6, VOICE: 0.1}
    assert list(found.words()) == [
        "heart rate in 60 % (else mostly low frame rate)",
        "voice in 10 % (else mostly silence)",
    ]


def test_a_sense_that_never_measured_anything_was_on_all_the_same() -> None:
    found = tally((3, ChannelSignals(body="unknown", body_missing="no_body")))
    assert found.shares == {BODY: 0.0}
    assert list(found.words()) == ["body in 0 % (else mostly no body)"]


def test_nearly_always_is_not_always() -> None:
    found = tally((999, ChannelSignals(heart_rate_bpm=70.0)), (1, ChannelSignals(pulse_missing="moving")))
    assert list(found.words()) == ["heart rate in 99 % (else mostly moving)"]
    assert list(tally((9, ChannelSignals(heart_rate_bpm=70.0))).words()) == ["heart rate in 100 %"]
