"""What run says of the baseline."""

from dataclasses import replace

from driver_monitor.cli.calibration import _WHY, Calibration
from driver_monitor.state.signals import BASELINE_RESETS, Signals

PRIOR = Signals(baseline="prior", baseline_needs="time")
DRIVER = Signals(baseline="driver", baseline_progress=1.0)


def said(frames: list[Signals]) -> list[str]:
    calibration = Calibration()
    return [line for index, frame in enumerate(frames) if (line := calibration.update(replace(frame, t_s=index / 10)))]


def test_progress_is_told_in_fifths_and_the_end_once() -> None:
    frames = [replace(PRIOR, baseline_progress=step / 100) for step in range(100)] + [DRIVER] * 50
    lines = said(frames)
    assert lines[0] == "calibrating 0 %: needs more time; meanwhile the population prior is used"
    assert [line.split(":")[0] for line in lines[1:-1]] == [f"calibrating {percent} %" for percent in (20, 40, 60, 80)]
    assert lines[-1] == "calibrated to the driver"


def test_what_is_lacking_is_told_when_it_lasts() -> None:
    aside = replace(PRIOR, baseline_needs="frontal frames", baseline_progress=0.4)
    blinks = [replace(PRIOR, baseline_progress=0.4, baseline_needs=needs) for needs in ("time", "open eyes") * 20]
    lines = said([replace(PRIOR, baseline_progress=0.4)] + blinks + [aside] * 100)
    assert lines[1:] == ["calibrating 40 %: needs frontal frames; meanwhile the population prior is used"]


def test_a_new_beginning_says_why() -> None:
    moved = replace(PRIOR, baseline="kept", baseline_reset="camera_moved")
    lines = said([DRIVER] * 5 + [moved] * 5 + [replace(DRIVER, baseline_reset="camera_moved")] * 5)
    assert lines == [
        "calibrated to the driver",
        "the camera has moved; calibrating 0 %: needs more time; meanwhile the driver's kept baseline is used",
        "calibrated to the driver",
    ]


def test_every_reason_can_be_said_in_words() -> None:
    for reason in BASELINE_RESETS:
        [_, line] = said([DRIVER, replace(PRIOR, baseline_reset=reason)])
        assert line.startswith(_WHY[reason])
