"""Why fatigue is not known: the count must be the classifier's own."""

import pytest

from driver_monitor.classifiers.fatigue import FatigueClassifier
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.classifiers.own_blinks import OwnBlinks, needed_blinks
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.state.blink import Blink
from driver_monitor.state.signals import Signals

CONFIG = ClassifiersConfig()


def blinking(number: int, baseline: str = "driver", duration_s: float = 0.15, epoch: int = 0) -> Signals:
    t_s = 4.0 * number
    blink = Blink(t_s - duration_s - 0.001 * (number % 7), t_s, 0.8, 10.0, 0.25)
    return Signals(t_s=t_s, baseline=baseline, driver_epoch=epoch, completed_blink=blink, blinks_suppressed="")


def test_it_lacks_something_exactly_while_the_classifier_says_nothing() -> None:
    """Through a new baseline, a blink that was not measured, signals that come twice and a long time without blinks."""
    classifier = FatigueClassifier(OnnxModel(models_dir(Config()) / "fatigue.onnx"), CONFIG)
    own = OwnBlinks()
    drive = [blinking(number, "prior") for number in range(1, 8)]
    drive += [blinking(number) for number in range(8, 130)]
    drive[40] = blinking(41, duration_s=float("nan"))
    drive.insert(60, drive[59])
    drive += [Signals(t_s=drive[-1].t_s + step, baseline="driver") for step in (60.0, 119.0, 121.0, 130.0)]
    drive += [blinking(number, "kept") for number in range(200, 310)]
    said = []
    for signals in drive:
        own.update(signals)
        fatigue = classifier.update(signals)
        assert (own.lacking(CONFIG) == "") is (fatigue is not None), signals.t_s
        said.append(own.lacking(CONFIG))
    assert said[6] == "7 of 90 blinks"
    assert said[7] == "1 of 90 blinks"
    assert "no blink of late" in said
    assert own.most == 121


def test_a_drive_that_is_too_short_says_what_it_has_and_what_it_takes() -> None:
    own = OwnBlinks()
    for number in range(1, 25):
        own.update(blinking(number))
    own.update(blinking(25, "prior"))
    assert own.why_never(CONFIG) == (
        "needs 60 blinks of the driver's own to compare with, then 30 to judge; "
        "this drive is too short: it has 24 since the driver's baseline was learned"
    )
    assert needed_blinks(CONFIG) == 90


@pytest.mark.parametrize(
    ("config", "signals", "why", "briefly"),
    [
        (
            ClassifiersConfig(fatigue=False),
            blinking(1),
            "its classifier is switched off (classifiers.fatigue)",
            "switched off",
        ),
        (
            CONFIG,
            Signals(t_s=1.0, blinks_suppressed="low_frame_rate"),
            "no blinks could be counted (low frame rate)",
            "no blinks could be counted",
        ),
    ],
)
def test_another_reason_than_the_length_is_named(
    config: ClassifiersConfig, signals: Signals, why: str, briefly: str
) -> None:
    own = OwnBlinks()
    own.update(signals)
    assert own.why_never(config) == why
    assert own.why_never_briefly(config) == briefly


def test_somebody_else_s_blinks_are_not_added_to_the_driver_s() -> None:
    own = OwnBlinks()
    for number in range(1, 41):
        own.update(blinking(number, "prior", epoch=number > 30))
    assert (own.count, own.most) == (10, 30)
