"""The vision worker with the real backends."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.privacy import python_path
from tests.face.cabin import Picture, cabin


def start(model: Path, **settings: Any) -> VisionWorker:
    return VisionWorker(FaceConfig(**settings), PrivacyConfig(), model)


def pid_of(worker: VisionWorker) -> int:
    assert worker.pid is not None
    return worker.pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, within_s: float) -> bool:
    until_s = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < until_s:
        time.sleep(0.02)
    return not alive(pid)


def face_x(observation: FaceObservation) -> float:
    assert observation.landmarks is not None
    return float(observation.landmarks[:, 0].mean())


@pytest.fixture(scope="module", params=["litert", "mediapipe"])
def shared(request: pytest.FixtureRequest, model: Path) -> Iterator[VisionWorker]:
    with start(model, backend=request.param) as worker:
        yield worker


@pytest.fixture
def worker(shared: VisionWorker) -> VisionWorker:
    shared.reset()
    return shared


def test_a_face_is_tracked_with_everything_the_contract_promises(worker: VisionWorker, astronaut: Picture) -> None:
    seen = worker.track(Frame(0.0, astronaut))
    assert (seen.tracking, seen.faces) == (Tracking.TRACKED, 1)
    assert (seen.t_s, seen.width_px, seen.height_px) == (0.0, 512, 512)
    assert seen.landmarks is not None
    assert seen.blendshapes is not None
    assert seen.matrix is not None
    assert (seen.landmarks.shape, seen.blendshapes.shape, seen.matrix.shape) == ((478, 3), (52,), (4, 4))
    assert {array.dtype for array in (seen.landmarks, seen.blendshapes, seen.matrix)} == {np.dtype(np.float32)}
    assert 0.35 < face_x(seen) < 0.5  # where her face is
    assert seen.landmarks[1, 1] > seen.landmarks[168, 1]  # the nose's tip is below its root
    assert seen.blendshapes[INDEX["mouthSmileLeft"]] > 0.5
    assert seen.matrix[3].tolist() == [0, 0, 0, 1]
    assert -200 < seen.matrix[2, 3] < -20  # cm in front of the camera
    assert 90 < seen.luma_mean < 140
    assert 40 < seen.luma_std < 100
    assert 120 < seen.face_luma < 200
    assert seen.sharpness > 100


def test_noise_has_no_face(worker: VisionWorker) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    seen = worker.track(Frame(0.0, noise))
    assert (seen.tracking, seen.faces, seen.landmarks) == (Tracking.NO_FACE, 0, None)
    assert seen.luma_mean == pytest.approx(127, abs=3)
    assert np.isnan([seen.face_luma, seen.sharpness]).all()


def test_pictures_may_change_in_size_and_need_not_be_contiguous(worker: VisionWorker, astronaut: Picture) -> None:
    pictures = [astronaut, astronaut[:300, :400], np.tile(astronaut, (3, 3, 1))[:1000], astronaut[:, ::-1], astronaut]
    for number, picture in enumerate(pictures):
        seen = worker.track(Frame(10.0 * number, picture))
        assert (seen.width_px, seen.height_px) == (picture.shape[1], picture.shape[0])
    assert seen.tracking is Tracking.TRACKED
    assert worker.restarts == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 3), (1, 900, 3), (900, 1, 3)])
def test_absurd_pictures_have_no_face_and_do_no_harm(worker: VisionWorker, shape: tuple[int, int, int]) -> None:
    assert worker.track(Frame(0.0, np.zeros(shape, np.uint8))).tracking is Tracking.NO_FACE
    assert worker.restarts == 0


def test_a_picture_of_the_wrong_kind_is_refused_at_once(worker: VisionWorker) -> None:
    with pytest.raises(ValueError, match=r"uint8 \[height, width, 3\], not float64 \[4, 4, 3\]"):
        worker.track(Frame(0.0, np.zeros((4, 4, 3))))  # type: ignore[arg-type]


def test_times_may_be_close_step_back_and_start_again(worker: VisionWorker, astronaut: Picture) -> None:
    for t_s in (100.0, 100.0001, 100.0002, 99.0, float("nan")):
        assert worker.track(Frame(t_s, astronaut)).tracking is Tracking.TRACKED
    worker.reset()
    assert worker.track(Frame(0.0, astronaut)).tracking is Tracking.TRACKED
    assert worker.restarts == 0


def test_every_thread_of_the_worker_is_sealed_and_it_loads_nothing_but_its_own_backend(worker: VisionWorker) -> None:
    assert worker.ready(30.0)
    assert worker.unsealed == ""
    threads = list(Path(f"/proc/{worker.pid}/task").iterdir())
    assert len(threads) >= 2
    sealed = 0
    for thread in threads:
        try:
            status = (thread / "status").read_text()
        except FileNotFoundError:  # a thread that has ended since
            continue
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
        sealed += 1
    assert sealed >= 2
    libraries = {"litert": "_pywrap_litert_interpreter_wrapper", "mediapipe": "libmediapipe"}
    mapped = Path(f"/proc/{worker.pid}/maps").read_text()
    assert {name for name, library in libraries.items() if library in mapped} == {worker.backend}
    assert "libmediapipe" not in Path("/proc/self/maps").read_text()


def test_ctrl_c_does_not_reach_the_worker(worker: VisionWorker, astronaut: Picture) -> None:
    assert worker.ready(30.0)
    os.kill(pid_of(worker), signal.SIGINT)
    assert worker.track(Frame(0.0, astronaut)).tracking is Tracking.TRACKED
    assert worker.restarts == 0


@pytest.mark.parametrize("backend", ["litert", "mediapipe"])
def test_the_libraries_chatter_stays_off_the_terminal(
    backend: str, model: Path, astronaut: Picture, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "driver_monitor.libraries"), start(model, backend=backend) as worker:
        worker.track(Frame(0.0, astronaut))
    assert capfd.readouterr() == ("", "")
    assert "XNNPACK" in caplog.text


@pytest.mark.parametrize(("seat", "x"), [("left", 0.75), ("right", 0.25)])
def test_of_two_people_the_seat_decides_whatever_their_size(model: Path, seat: str, x: float) -> None:
    with start(model, seat=seat) as worker:
        for number, sizes in enumerate([(380, 460), (460, 380)]):
            worker.reset()
            for step in range(4):
                seen = worker.track(Frame(step / 30, cabin((0.25, sizes[0]), (0.75, sizes[1]))))
                assert (seen.tracking, seen.faces) == (Tracking.TRACKED, 2), (number, step)
                assert face_x(seen) == pytest.approx(x, abs=0.05)


def test_a_passenger_leaning_in_is_not_followed(worker: VisionWorker) -> None:
    for step in range(20):
        lean = min(step, 20 - step) / 10
        passenger = (0.22 + 0.12 * lean, round(400 + 120 * lean))
        seen = worker.track(Frame(step / 10, cabin(passenger, (0.78, 400))))
        assert seen.tracking is Tracking.TRACKED, step
        assert face_x(seen) == pytest.approx(0.78, abs=0.05), step


def test_the_passenger_is_not_tracked_while_the_driver_is_away(worker: VisionWorker) -> None:
    told = []
    for step in range(60):
        people = [(0.22, 420)] if 20 <= step < 40 else [(0.22, 420), (0.78, 400)]
        seen = worker.track(Frame(step / 10, cabin(*people)))
        told.append(seen.tracking)
        if seen.tracking is Tracking.TRACKED:
            assert face_x(seen) == pytest.approx(0.78, abs=0.05), step
    assert set(told[:20]) == {Tracking.TRACKED}
    assert set(told[20:40]) <= {Tracking.NOT_DRIVER, Tracking.NO_FACE}
    assert told[20:40].count(Tracking.NO_FACE) <= 1
    assert set(told[43:]) == {Tracking.TRACKED}


def test_a_camera_fault_is_told_without_asking_the_worker(model: Path) -> None:
    with start(model) as worker:
        os.kill(pid_of(worker), signal.SIGSTOP)
        seen = worker.track(Frame(3.0, None, fault="no frame for 2 s"))
        assert (seen.tracking, seen.t_s, seen.landmarks) == (Tracking.CAMERA_LOST, 3.0, None)
        assert np.isnan(seen.luma_mean)


def test_a_killed_worker_costs_its_frames_and_nothing_else(
    model: Path, astronaut: Picture, caplog: pytest.LogCaptureFixture
) -> None:
    with start(model) as worker:
        assert worker.track(Frame(0.0, astronaut)).tracking is Tracking.TRACKED
        first = pid_of(worker)
        os.kill(first, signal.SIGKILL)
        lost = worker.track(Frame(0.1, astronaut))
        assert (lost.tracking, lost.landmarks) == (Tracking.TRACKER_LOST, None)
        assert lost.luma_mean > 0
        began_s = time.monotonic()
        assert worker.track(Frame(0.2, astronaut)).tracking is Tracking.TRACKER_LOST
        assert time.monotonic() - began_s < 0.2  # it is starting, and nobody waits for it
        assert worker.ready(30.0)
        assert worker.track(Frame(0.3, astronaut)).tracking is Tracking.TRACKED
        assert worker.restarts == 1
        assert worker.pid != first
        assert "died (ended by SIGKILL" in caplog.text


def test_a_hanging_worker_is_given_up_after_its_time_and_replaced(model: Path, astronaut: Picture) -> None:
    with start(model, frame_timeout_s=0.5) as worker:
        assert worker.track(Frame(0.0, astronaut)).tracking is Tracking.TRACKED
        first = pid_of(worker)
        os.kill(first, signal.SIGSTOP)
        began_s = time.monotonic()
        assert worker.track(Frame(0.1, astronaut)).tracking is Tracking.TRACKER_LOST
        assert 0.5 <= time.monotonic() - began_s < 1.5
        assert not alive(first)
        assert worker.ready(30.0)
        assert worker.track(Frame(0.2, astronaut)).tracking is Tracking.TRACKED


def test_a_worker_that_keeps_dying_is_an_error_with_the_next_step(model: Path, astronaut: Picture) -> None:
    with start(model, restarts=1) as worker:
        assert worker.ready(30.0)
        os.kill(pid_of(worker), signal.SIGKILL)
        assert worker.track(Frame(0.0, astronaut)).tracking is Tracking.TRACKER_LOST
        os.kill(pid_of(worker), signal.SIGKILL)
        with pytest.raises(
            TrackerError, match=r"ended by SIGKILL.* used up its 1 restart within.*driver-monitor doctor"
        ):
            worker.ready(30.0)
        with pytest.raises(TrackerError, match="used up"):
            worker.track(Frame(0.1, astronaut))
        assert worker.pid is None


def test_a_worker_that_does_not_start_in_time_is_an_error(model: Path, astronaut: Picture) -> None:
    with start(model, restarts=0, start_timeout_s=1.0) as worker:
        os.kill(pid_of(worker), signal.SIGSTOP)
        with pytest.raises(TrackerError, match=r"did not start within 1 s \(face.start_timeout_s\)"):
            worker.track(Frame(0.0, astronaut))


@pytest.mark.parametrize("backend", ["litert", "mediapipe"])
def test_a_file_that_is_no_model_is_told_at_the_start(backend: str, tmp_path: Path) -> None:
    broken = tmp_path / "face_landmarker.task"
    broken.write_bytes(b"not a model")
    with start(broken, backend=backend) as worker:
        with pytest.raises(TrackerError, match=r"face_landmarker.task cannot be used .*delete it"):
            worker.ready(30.0)
        assert worker.restarts == 0


def test_a_mediapipe_that_cannot_be_loaded_is_told_with_what_to_install(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "mediapipe" / "tasks" / "c" / "libmediapipe.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"no library")
    (tmp_path / "mediapipe" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        start(model, backend="mediapipe") as worker,
        pytest.raises(TrackerError, match=r"MediaPipe cannot be loaded .*libegl1 libgles2"),
    ):
        worker.ready(30.0)


def test_a_litert_that_cannot_be_loaded_is_told_with_what_to_install(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "ai_edge_litert"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        start(model, backend="litert") as worker,
        pytest.raises(TrackerError, match=r"LiteRT cannot be loaded .*pip install ai-edge-litert"),
    ):
        worker.ready(30.0)


def test_a_worker_that_fails_on_its_own_leaves_its_exit_code_and_last_words(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pyseccomp.py").write_text("raise ArithmeticError('a fault nobody thought of')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with start(model, restarts=1) as worker, pytest.raises(TrackerError, match="used up its 1 restart "):
        worker.ready(30.0)
    assert "died while it started (exit code 1; its last words:" in caplog.text
    assert "ArithmeticError: a fault nobody thought of" in caplog.text


def test_a_closed_worker_is_gone_and_says_so(model: Path, astronaut: Picture) -> None:
    worker = start(model)
    assert worker.ready(30.0)
    pid = pid_of(worker)
    began_s = time.monotonic()
    worker.close()
    worker.close()
    assert time.monotonic() - began_s < 1.0
    assert not alive(pid)
    with pytest.raises(TrackerError, match="has been closed"):
        worker.track(Frame(0.0, astronaut))


PARENT = """
import sys, time
from pathlib import Path
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.vision_worker import VisionWorker
worker = VisionWorker(FaceConfig(), PrivacyConfig(), Path(sys.argv[1]))
worker.ready(30)
print(worker.pid, flush=True)
time.sleep(60)
"""


def test_the_worker_dies_with_its_parent(model: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(model)],
        env=os.environ | {"PYTHONPATH": python_path()},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    assert wait_until_gone(pid, 5.0)


BUSY = """
import socket, sys, time
from driver_monitor.child import end_with
parent = socket.socket(fileno=int(sys.argv[1]))
end_with(parent)
parent.send(b"up")
time.sleep(30)  # a picture that never ends
sys.exit(1)
"""


def test_the_worker_dies_with_its_parent_even_over_a_picture_that_never_ends() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        busy = subprocess.Popen(
            [sys.executable, "-c", BUSY, str(theirs.fileno())],
            env=os.environ | {"PYTHONPATH": python_path()},
            pass_fds=(theirs.fileno(),),
        )
    with busy, ours:
        assert ours.recv(100) == b"up"
        ours.close()
        assert busy.wait(5.0) == 0


UNSEALABLE = """
import errno, logging, sys
from pathlib import Path
import pyseccomp
logging.basicConfig(format="%(message)s")
refusing = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
refusing.add_rule(pyseccomp.ERRNO(errno.EPERM), "seccomp")
refusing.add_rule(pyseccomp.ERRNO(errno.EPERM), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22))  # PR_SET_SECCOMP
refusing.load()
import skimage.data
from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.vision_worker import VisionWorker
with VisionWorker(FaceConfig(), PrivacyConfig(require_sandbox=sys.argv[2] == "required"), Path(sys.argv[1])) as worker:
    try:
        print(worker.track(Frame(0.0, skimage.data.astronaut())).tracking, "|", worker.unsealed)
    except TrackerError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("wish", "printed", "logged"),
    [
        ("required", "the kernel refuses the network sandbox", ""),
        ("optional", "tracked | the kernel refuses the network sandbox", "runs without network sandbox"),
    ],
)
def test_without_a_sandbox_it_refuses_unless_the_config_allows(
    model: Path, wish: str, printed: str, logged: str
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", UNSEALABLE, str(model), wish],
        env=os.environ | {"PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert child.stdout.startswith(printed)
    assert logged in child.stderr
