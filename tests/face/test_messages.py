import numpy as np
import pytest

from driver_monitor.face import messages
from driver_monitor.face.face import Face
from driver_monitor.face.follower import Sight
from driver_monitor.face.messages import Kind, WorkerSettings
from driver_monitor.face.observation import Tracking
from driver_monitor.face.packing import STEPS, pack, unpack
from driver_monitor.face.picture_quality import PictureGauge
from driver_monitor.face.skin import SkinGauge
from driver_monitor.face.stream_time import next_ms
from tests.face.cabin import Picture


def measure_in(picture: Picture) -> messages.Measure:
    return lambda landmarks: PictureGauge().measure(picture, landmarks, 0.0)


def test_a_sight_arrives_as_it_was_sent_with_the_qualities_of_its_picture(astronaut: Picture) -> None:
    random = np.random.default_rng(1)
    landmarks = random.uniform(0.3, 0.6, (478, 3)).astype(np.float32)
    face = Face(landmarks, random.random(52, np.float32), random.random((4, 4), np.float32), 0.75)
    message = messages.sight(2**32 - 1, Sight(Tracking.TRACKED, 2, face), measure_in(astronaut))
    number, sight, quality, skin = messages.read_sight(message)
    assert skin is None
    assert (number, sight.tracking, sight.faces) == (2**32 - 1, Tracking.TRACKED, 2)
    assert sight.face is not None
    np.testing.assert_allclose(sight.face.landmarks, face.landmarks, atol=0.5 / STEPS + 1e-6)
    np.testing.assert_array_equal(sight.face.blendshapes, face.blendshapes)
    np.testing.assert_array_equal(sight.face.matrix, face.matrix)
    assert sight.face.presence == 0.75
    # measured at what arrives, as replay would say
    np.testing.assert_array_equal(quality, measure_in(astronaut)(sight.face.landmarks))
    assert np.isfinite(quality).any()
    assert len(message) < messages.MAX_BYTES


def test_the_skin_is_measured_at_the_landmarks_that_arrive(astronaut: Picture) -> None:
    landmarks = np.random.default_rng(1).uniform(0.3, 0.6, (478, 3)).astype(np.float32)
    face = Face(landmarks, np.zeros(52, np.float32), np.eye(4, dtype=np.float32))
    seen = Sight(Tracking.TRACKED, 1, face)
    message = messages.sight(1, seen, measure_in(astronaut), lambda there: SkinGauge().measure(astronaut, there))
    _, sight, _, skin = messages.read_sight(message)
    assert sight.face is not None
    assert skin == SkinGauge().measure(astronaut, sight.face.landmarks)


def test_landmarks_packed_once_lose_nothing_more() -> None:
    random = np.random.default_rng(2)
    shares = random.uniform(-3, 3, (478, 3)).astype(np.float32)
    shares[0] = np.nan
    packed = pack(shares)
    np.testing.assert_array_equal(pack(unpack(packed)), packed)
    near = np.abs(shares - np.float32(0.5)).max(axis=1) < 1.1
    np.testing.assert_allclose(unpack(packed)[near], shares[near], atol=0.5 / STEPS + 1e-6)


@pytest.mark.parametrize("tracking", [Tracking.NO_FACE, Tracking.NOT_DRIVER])
def test_a_sight_of_nobody_arrives_without_a_face(tracking: Tracking, astronaut: Picture) -> None:
    number, sight, quality, _ = messages.read_sight(messages.sight(7, Sight(tracking, 1), measure_in(astronaut)))
    assert (number, sight) == (7, Sight(tracking, 1))
    assert (quality.luma_mean > 0, np.isnan(quality.face_luma)) == (True, True)


def test_pictures_buffers_and_words_arrive() -> None:
    assert messages.read_look(messages.look(9, 480, 640, 1.25)) == (9, 480, 640, 1.25)
    assert messages.read_buffer(messages.buffer(3_000_000_000)) == 3_000_000_000
    words = messages.text(Kind.FAILED, "so geht das nicht: größer " + "x" * 20_000)
    assert messages.kind(words) is Kind.FAILED
    assert messages.read_text(words).startswith("so geht das nicht: größer xxx")
    assert len(words) == messages.MAX_BYTES


def test_settings_survive_the_command_line() -> None:
    settings = WorkerSettings("litert", "/a b/ö.task", True, "right", 3, 0.08, 2.0, 10.0, 0.5, 0.5)
    assert WorkerSettings.from_json(settings.to_json()) == settings


def test_milliseconds_always_increase() -> None:
    last, given = -1, [0.0, 0.0001, 0.0002, 0.5, 0.4, float("nan"), float("inf"), 0.6]
    stamps = []
    for t_s in given:
        last = next_ms(last, t_s)
        stamps.append(last)
    assert stamps == [0, 1, 2, 500, 501, 502, 503, 600]
