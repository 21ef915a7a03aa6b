"""Bodies as the sealed worker sees them: the astronaut's, alone and in company, in every light."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.body import BodyConfig
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.body.models import BodyModels, body_models
from driver_monitor.face.body.nets import BodyNets
from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from tests.face.body.detector_file import reddish
from tests.face.cabin import Picture
from tests.face.test_litert_worker import grey, infrared

LEFT_SHOULDER, RIGHT_SHOULDER, NOSE = 11, 12, 0
NOSE_PLACE = (0.434, 0.253)  # of the astronaut's, in her portrait
PASSENGER_X, DRIVER_X = 400 * NOSE_PLACE[0] / 960, (900 - 400 * NOSE_PLACE[0]) / 960


@pytest.fixture(scope="module")
def models() -> BodyModels:
    found = body_models(BodyConfig(enabled=True), progress=False)
    assert found is not None
    return found


def opened(model: Path, models: BodyModels, **settings: str) -> VisionWorker:
    return VisionWorker(FaceConfig.model_validate(settings).unhurried(), PrivacyConfig(), model, models)


@pytest.fixture(scope="module")
def shared(model: Path, models: BodyModels) -> Iterator[VisionWorker]:
    with opened(model, models) as worker:
        yield worker


@pytest.fixture
def worker(shared: VisionWorker) -> VisionWorker:
    shared.reset()
    return shared


def watch(worker: VisionWorker, picture: Picture, frames: int = 17, fps: float = 15.0) -> list[FaceObservation]:
    return [worker.track(Frame(number / fps, picture)) for number in range(frames)]


def bodies(seen: list[FaceObservation]) -> list[BodyObservation]:
    return [one.body for one in seen if one.body is not None]


def place(body: BodyObservation, landmark: int) -> tuple[float, float]:
    assert body.pose is not None
    x, y = body.pose[landmark].tolist()
    return x, y


def two_people(astronaut: Picture) -> Picture:
    """In a grey cabin; the one on the frame's right is mirrored, and drives on the left."""
    picture = np.full((540, 960, 3), 90, np.uint8)
    person = cv2.resize(astronaut, (400, 400), interpolation=cv2.INTER_AREA)
    picture[140:, :400], picture[140:, 500:900] = person, person[:, ::-1]
    return picture


def test_off_is_off(model: Path, astronaut: Picture) -> None:
    assert body_models(BodyConfig(), progress=False) is None
    with VisionWorker(FaceConfig().unhurried(), PrivacyConfig(), model) as worker:
        assert bodies(watch(worker, astronaut)) == []


@pytest.mark.parametrize("fps", [8.0, 30.0])
def test_a_body_comes_twice_a_second_and_is_half_a_second_old(
    worker: VisionWorker, astronaut: Picture, fps: float
) -> None:
    seen = watch(worker, astronaut, round(2.2 * fps), fps)
    found = [(round(one.t_s - one.body.t_s, 3), one.body.t_s) for one in seen if one.body]
    assert found == [(0.5, 0.0), (0.5, 0.5), (0.5, 1.0), (0.5, 1.5)]


def test_frames_that_are_dropped_only_make_it_later(worker: VisionWorker, astronaut: Picture) -> None:
    times = [0.0, 0.1, 0.9, 1.0, 2.0, 2.1, 2.6]
    seen = [worker.track(Frame(t_s, astronaut)) for t_s in times]
    assert [(one.t_s, one.body.t_s) for one in seen if one.body] == [(0.9, 0.0), (2.0, 0.9), (2.6, 2.0)]


def test_recorded_drives_are_seen_alike_every_time(worker: VisionWorker, astronaut: Picture) -> None:
    first = [body.to_bytes() for body in bodies(watch(worker, astronaut, 40))]
    worker.reset()
    assert [body.to_bytes() for body in bodies(watch(worker, astronaut, 40))] == first
    assert len(first) == 4


@pytest.mark.parametrize("backend", ["litert", "mediapipe"])
def test_head_and_shoulders_are_where_they_are_with_either_backend(
    model: Path, models: BodyModels, astronaut: Picture, backend: str
) -> None:
    with opened(model, models, backend=backend) as worker:
        seen = watch(worker, astronaut)
    body = bodies(seen)[-1]
    assert body.visibility is not None
    assert place(body, NOSE) == pytest.approx(NOSE_PLACE, abs=0.02)
    assert place(body, LEFT_SHOULDER) == pytest.approx((0.59, 0.49), abs=0.04)
    assert place(body, RIGHT_SHOULDER) == pytest.approx((0.22, 0.47), abs=0.04)
    assert body.visibility[[LEFT_SHOULDER, RIGHT_SHOULDER]].min() > 0.9
    assert (body.people, len(body.hands), body.presence > 0.9) == (1, 0, True)


@pytest.mark.parametrize("light", [grey, infrared])
def test_without_colour_it_is_seen_too(
    worker: VisionWorker, astronaut: Picture, light: Callable[[Picture], Picture]
) -> None:
    body = bodies(watch(worker, light(astronaut)))[-1]
    assert place(body, NOSE) == pytest.approx(NOSE_PLACE, abs=0.03)


def test_a_driver_whose_face_is_covered_is_still_there(worker: VisionWorker, astronaut: Picture) -> None:
    hidden = astronaut.copy()
    blurred = cv2.GaussianBlur(astronaut, (0, 0), 7).astype(np.uint8)
    hidden[70:190, 150:290] = blurred[70:190, 150:290]
    seen = watch(worker, hidden)
    assert seen[-1].tracking is Tracking.NO_FACE
    assert bodies(seen)[-1].presence > 0.8


@pytest.mark.parametrize(("seat", "nose_x"), [("left", DRIVER_X), ("right", PASSENGER_X)])
def test_of_two_people_it_is_the_one_in_the_drivers_seat(
    model: Path, models: BodyModels, astronaut: Picture, seat: str, nose_x: float
) -> None:
    with opened(model, models, seat=seat) as worker:
        seen = watch(worker, two_people(astronaut), 25)
    assert seen[-1].tracking is Tracking.TRACKED
    for body in bodies(seen):
        assert body.people == 2
        assert place(body, NOSE)[0] == pytest.approx(nose_x, abs=0.05)


def test_without_a_face_the_seat_decides_and_with_one_the_face(models: BodyModels, astronaut: Picture) -> None:
    picture = two_people(astronaut)
    passenger = FaceBox(PASSENGER_X, 0.27, 0.09, 0.11)
    for seat, face, nose_x in (
        ("left", None, DRIVER_X),
        ("right", None, PASSENGER_X),
        ("left", passenger, PASSENGER_X),
    ):
        nets = BodyNets(models, "left" if seat == "left" else "right", 0.08, 10.0)
        for t_s in (0.0, 0.5, 2.5):
            assert place(nets.look(picture, t_s, face), NOSE)[0] == pytest.approx(nose_x, abs=0.05)


def test_a_passenger_alone_is_not_the_driver(models: BodyModels, astronaut: Picture) -> None:
    """Both were seen; then the driver has gone."""
    nets = BodyNets(models, "left", 0.08, 10.0)
    both = two_people(astronaut)
    alone = both.copy()
    alone[:, 480:] = 90
    for t_s in np.arange(0.0, 3.0, 0.5).tolist():
        assert nets.look(both, t_s, None).pose is not None
    later = [nets.look(alone, t_s, None) for t_s in np.arange(3.0, 6.0, 0.5).tolist()]
    assert later[-1].pose is None
    assert later[-1].people == 1


def test_an_empty_cabin_and_noise_stay_empty(worker: VisionWorker) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    for picture in (np.full_like(noise, 90), noise, np.zeros_like(noise)):
        worker.reset()
        for body in bodies(watch(worker, picture)):
            assert (body.pose, body.people, body.hands) == (None, 0, ())


def test_the_users_detector_is_asked_about_every_look(model: Path, astronaut: Picture, tmp_path: Path) -> None:
    config = BodyConfig(enabled=True, phone_detector=str(reddish(tmp_path / "red.onnx")))
    with VisionWorker(FaceConfig().unhurried(), PrivacyConfig(), model, body_models(config, progress=False)) as worker:
        found = bodies(watch(worker, astronaut, 40))
    assert len(found) == 4
    assert all(0.3 < body.phone < 0.8 for body in found)


def test_live_frames_go_on_where_a_body_takes_its_time(model: Path, models: BodyModels, astronaut: Picture) -> None:
    """All at once: the look at the first frame is not over when its half second of media time is."""
    with VisionWorker(FaceConfig(), PrivacyConfig(), model, models) as worker:
        seen = [worker.track(Frame(number * 0.5, astronaut)) for number in range(60)]
    late = [one.t_s - one.body.t_s for one in seen if one.body]
    assert late
    assert max(late) > 0.5
