from dataclasses import replace

import pytest

from driver_monitor.classifiers.stress_inputs import StressInputs
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.signals import Signals

ALL = ChannelSignals(
    heart_rate_bpm=70.0, rmssd_ms=40.0, sdnn_ms=50.0, quality_pulse=0.9,
    voice_arousal=0.4, voice_anger=0.1, quality_voice=0.9,
    lean_deg=3.0, quality_body=0.9,
)  # fmt: skip
CHANNELS = ("heart_rate_bpm", "rmssd_ms", "sdnn_ms", "voice_arousal", "voice_anger", "lean_deg")


def test_a_drive_without_channels_has_a_face_and_a_head_and_nothing_else() -> None:
    inputs = StressInputs.of(Signals(baseline="driver", brow_down=0.4, head_motion_deg_s=5.0), {"angry": 1.0})
    assert inputs == StressInputs({"angry": 1.0}, brow_down=0.4, head_motion_deg_s=5.0)


def test_muscles_count_only_against_the_drivers_own_resting_face() -> None:
    assert StressInputs.of(Signals(baseline="driver", brow_down=0.4), None).brow_down == 0.4
    assert StressInputs.of(Signals(baseline="prior", brow_down=0.4), None).brow_down is None


def test_every_channel_is_read() -> None:
    inputs = StressInputs.of(Signals(), None, ALL)
    assert [getattr(inputs, name) for name in CHANNELS] == [70.0, 40.0, 50.0, 0.4, 0.1, 3.0]


@pytest.mark.parametrize(
    ("quality", "lost"),
    [("quality_pulse", CHANNELS[:3]), ("quality_voice", CHANNELS[3:5]), ("quality_body", CHANNELS[5:])],
)
@pytest.mark.parametrize("too_low", [0.0, 0.29])
def test_a_channel_of_poor_quality_is_unknown(quality: str, lost: tuple[str, ...], too_low: float) -> None:
    inputs = StressInputs.of(Signals(), None, replace(ALL, **{quality: too_low}))  # type: ignore[arg-type]
    assert {name for name in CHANNELS if getattr(inputs, name) is None} == set(lost)


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("heart_rate_bpm", 255.0, 220.0),
        ("heart_rate_bpm", 0.0, 30.0),
        ("rmssd_ms", 0.0, 1.0),
        ("sdnn_ms", 9000.0, 400.0),
        ("voice_arousal", 1.7, 1.0),
        ("voice_anger", -0.2, 0.0),
        ("lean_deg", -180.0, -90.0),
        ("heart_rate_bpm", float("nan"), None),
        ("lean_deg", float("inf"), None),
    ],
)
def test_what_is_out_of_range_is_clipped_and_what_is_no_number_unknown(
    name: str, given: float, read: float | None
) -> None:
    assert getattr(StressInputs.of(Signals(), None, replace(ALL, **{name: given})), name) == read  # type: ignore[arg-type]
