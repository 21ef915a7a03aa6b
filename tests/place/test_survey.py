"""Twenty seconds of a geometric driver: the place that is found, and the places that are refused."""

from typing import Any

import pytest

from driver_monitor.config.config import Config
from driver_monitor.place.measurement import PlaceError
from driver_monitor.place.survey import AHEAD, LOOK_S, REMEDIES, WAIT_S, PlaceSurvey, Progress
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.state.signals import DEGRADED_CAUSES, Signals

PLACES = [(0, 0, 0), (30, 0, 0), (-30, 0, 0), (25, -15, 5), (-20, 10, -10), (0, -20, 0), (0, 10, 0), (30, -20, 0)]


def drive(*actions: dict[str, Any], place: tuple[float, ...] = (0, 0, 0), **head: Any) -> GeometricDrive:
    angles = dict(zip(("yaw_deg", "pitch_deg", "roll_deg"), place, strict=True))
    whole = {"duration_s": 40.0, "fps": 15.0, "camera_place": angles} | head
    return GeometricDrive(Script.model_validate({"drive": whole, "actions": actions}))


def surveyed(played: GeometricDrive, config: Config | None = None) -> tuple[PlaceSurvey, list[Progress]]:
    survey, told = PlaceSurvey(config or Config()), []
    for observation in played.observations():
        told.append(survey.update(observation))
        if survey.done:
            break
    return survey, told


def refused(*actions: dict[str, Any], config: Config | None = None, **head: Any) -> PlaceError:
    with pytest.raises(PlaceError) as caught:
        surveyed(drive(*actions, **head), config)[0].result()
    return caught.value


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_found_to_a_degree(place: tuple[float, ...]) -> None:
    survey, told = surveyed(drive(place=place))
    found = survey.result()
    assert tuple(found.angles.values()) == pytest.approx(place, abs=1.0)
    assert found.spread_deg < 3
    assert found.fps == pytest.approx(15, abs=0.5)
    assert told[-1].left_s == 0
    assert {progress.instruction for progress in told} == {AHEAD}


def first_signals(played: GeometricDrive, config: Config, seconds: float = 3.0) -> list[Signals]:
    extractor = SignalExtractor(config)
    seen = (extractor.update(observation) for observation in played.observations())
    return [signals for signals in seen if signals.t_s <= seconds]


@pytest.mark.parametrize("place", [(30, 0, 0), (-30, 0, 0), (25, -15, 5), (0, -20, 0)])
@pytest.mark.parametrize("seat", ["left", "right"])
def test_with_the_place_the_road_is_the_road_from_the_first_frame_on(place: tuple[float, ...], seat: str) -> None:
    found = surveyed(drive(place=place))[0].result()
    blind = Config.model_validate({"face": {"seat": seat}})
    told = Config.model_validate({"face": {"seat": seat}, "signals": {"camera_place": found.angles}})
    played = drive(place=place)
    assert {signals.on_road for signals in first_signals(played, told)} == {True}
    wrong = [signals for signals in first_signals(played, blind) if signals.on_road is False]
    assert len(wrong) > 0.9 * len(first_signals(played, blind))


def test_a_mirror_is_a_mirror_from_the_first_look_on_whatever_the_seat() -> None:
    place = (-10, -10, 0)
    found = surveyed(drive(place=place))[0].result()
    for seat, yaw, zone in (
        ("left", -34, "inner_mirror"),
        ("right", 34, "inner_mirror"),
        ("right", -42, "right_mirror"),
    ):
        config = Config.model_validate({"face": {"seat": seat}, "signals": {"camera_place": found.angles}})
        pitch = 10 if zone == "inner_mirror" else -10
        look = {"t": 0.5, "do": "look", "yaw": yaw, "pitch": pitch, "for": 2.0}
        last = first_signals(drive(look, place=place, natural_blinks=False), config, seconds=1.8)[-1]
        assert last.zone == zone


@pytest.mark.parametrize(
    ("reason", "words", "actions", "head"),
    [
        ("no_face", "I see no face", [{"t": 0, "do": "leave", "for": 60}], {}),
        ("dark", "too dark", [{"t": 0, "do": "light", "gain": 0.08, "for": 60}], {}),
        ("covered", "uncover it", [{"t": 0, "do": "occlude", "what": "camera", "for": 60}], {}),
        ("dark_glasses", "dark glasses off", [{"t": 0, "do": "occlude", "what": "dark_glasses", "for": 60}], {}),
        ("closed_eyes", "no open eyes", [{"t": 1, "do": "close_eyes", "for": 60}], {}),
        ("low_frame_rate", "too few frames", [], {"fps": 5}),
        (
            "turned_frame",
            "set camera.rotate_deg",
            [{"t": 0, "do": "look", "roll": -10, "for": 60}],
            {"place": (0, 0, 40)},
        ),
        ("too_far_aside", "to the left", [], {"place": (40, 0, 0)}),
        ("moved", "you moved", [{"t": 10, "do": "look", "yaw": 20, "for": 8}], {}),
        ("moved", "you moved", [{"t": 12, "do": "look", "yaw": 6, "for": 30}], {}),
        ("too_short", "ended too early", [], {"duration_s": 12}),
    ],
)
def test_a_place_that_will_not_do_is_refused_with_the_reason(
    reason: str, words: str, actions: list[dict[str, Any]], head: dict[str, Any]
) -> None:
    error = refused(*actions, **head)
    assert error.reason == reason
    assert words in str(error)


def test_a_face_that_is_too_small_is_named() -> None:
    assert refused(config=Config.model_validate({"face": {"min_face_share": 0.5}})).reason == "small_face"


def test_glances_and_blinks_are_the_minority_and_change_nothing() -> None:
    glances = [{"t": 6.0 + 6 * index, "do": "look", "yaw": 35, "for": 0.8} for index in range(3)]
    assert surveyed(drive(*glances, place=(10, -10, 0)))[0].result().angles["yaw_deg"] == pytest.approx(10, abs=1)


def test_one_thing_at_a_time_is_said_and_the_time_waits_for_the_face() -> None:
    survey, told = surveyed(drive({"t": 0, "do": "leave", "for": 8}))
    said = list(dict.fromkeys((progress.left_s is None, progress.instruction) for progress in told))
    assert said == [(True, AHEAD), (True, REMEDIES["no_face"]), (False, AHEAD)]
    left = [progress.left_s for progress in told if progress.left_s is not None]
    assert left[0] == pytest.approx(LOOK_S, abs=0.1)
    assert left == sorted(left, reverse=True)
    assert survey.result().off_road_deg < 3


def test_it_gives_up_when_no_face_comes() -> None:
    survey, told = surveyed(drive({"t": 0, "do": "leave", "for": 60}))
    assert survey.done
    assert len(told) == pytest.approx(15 * WAIT_S, abs=3)


def test_there_is_a_remedy_for_everything_that_can_stand_in_the_way() -> None:
    assert set(DEGRADED_CAUSES) <= set(REMEDIES)


def test_what_works_but_could_be_better_is_told() -> None:
    config = Config.model_validate({"driver": {"baseline": "ann"}})
    found = surveyed(drive(place=(28, 0, 0), fps=10), config)[0].result()
    assert [note.split()[0] for note in found.notes] == ["The", "10", "The"]
    assert "28 deg off" in found.notes[0]
    assert "'ann'" in found.notes[2]
    into_it = surveyed(drive())[0].result()
    assert "measure again" in into_it.notes[0]
