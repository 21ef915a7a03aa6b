"""The doctor finds what is broken, on real broken ground: fake wheels, dead links, closed devices, empty paths."""

import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import driver_monitor
from driver_monitor.assets import FACE_MODEL
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load
from driver_monitor.config.recording import RecordingConfig
from driver_monitor.doctor import channels, devices, libraries, machine, packages, project
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.doctor.examination import CHECKS
from driver_monitor.face import backend_choice
from driver_monitor.face.processor import lacks_for_mediapipe
from driver_monitor.pip import pip
from tests.cli.product import driver_monitor as driver_monitor_
from tests.vehicle.gps import Gps, rmc

ROOT = Path(driver_monitor.__file__).parents[1]
NOWHERE = "http://127.0.0.1:9/face.task"  # the discard port: nobody listens


def subject(tmp_path: Path, text: str = "") -> Subject:
    """A machine examined for a config of its own."""
    file = tmp_path / "car.yaml"
    file.write_text(text)
    return Subject(load(file).config, file)


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [environment.pop("first", ""), str(ROOT)]))
    return subprocess.run(
        # -P: metadata that a build left in the folder of the tests must not come first
        [sys.executable, "-P", "-m", "driver_monitor", "doctor", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path} | environment,
        timeout=120,
        check=False,
    )


def found_by(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def wheel(site: Path, name: str, version: str) -> None:
    """The metadata that an installed wheel leaves."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def python_knowing_only(site: Path, code: str) -> str:
    """Run code where the only OpenCV wheels are those of ``site``."""
    setup = (
        "import sys; from importlib import metadata\n"
        "from driver_monitor.config.loader import load; from driver_monitor.doctor import packages\n"
        "from driver_monitor.doctor.check import Subject\n"
        "packages._versions = lambda name: "
        f"[d.version for d in metadata.distributions(name=name, path=[{str(site)!r}])]\n"
        "subject = Subject(load(None).config, None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", setup + code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}"},
        timeout=60,
        check=True,
    )
    return done.stdout


def test_unequal_opencv_wheels_fail_with_the_repair(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python-headless", "4.9.0.80")
    done = doctor("--json", first=str(tmp_path))
    check = found_by(done)["cv2"]
    assert done.returncode == 1
    assert check["verdict"] == "fail"
    assert "opencv-python-headless 4.9.0.80" in check["finding"]
    assert check["remedy"].startswith(f"{pip()} uninstall -y ")
    assert "opencv-python-headless" in check["remedy"].split("&&")[0]
    assert "==5." in check["remedy"].split("&&")[1]


def test_equal_wheels_with_and_without_windows_are_a_warning(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python", "5.0.0.93")
    wheel(tmp_path, "opencv-python-headless", "5.0.0.93")
    said = python_knowing_only(tmp_path, "print(packages.opencv(subject))")
    assert "Verdict.WARN" in said
    assert "with and without windows" in said


def test_a_wheel_whose_files_another_one_overwrote_is_found_by_its_version(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python", "4.9.0.80")
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text("__version__ = '4.10.0'\n")
    said = python_knowing_only(tmp_path, "print(packages.opencv(subject))")
    assert "cv2 says it is 4.10.0, its wheels say opencv-python 4.9.0.80" in said
    assert "Verdict.FAIL" in said


def test_a_wheel_whose_files_are_gone_fails_with_the_repair(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python", "4.9.0.80")
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text("from cv2 import native\n")
    said = python_knowing_only(tmp_path, "print(packages.opencv(subject))")
    assert "cannot be imported (ImportError" in said
    assert "-m pip uninstall -y opencv-python && " in said


def test_a_library_that_cv2_misses_is_named(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python", "4.9.0.80")
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text("import ctypes; ctypes.CDLL('libNoSuchGL.so.1')\n")
    said = python_knowing_only(tmp_path, "print(packages.opencv(subject))")
    assert "install what has libNoSuchGL.so.1; on Debian: sudo apt install libgl1" in said


def test_a_cv2_that_kills_its_importer_is_survived(tmp_path: Path) -> None:
    wheel(tmp_path, "opencv-python", "4.9.0.80")
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text("import os; os.abort()\n")
    assert "cv2 cannot be imported" in python_knowing_only(tmp_path, "print(packages.opencv(subject))")


def test_no_opencv_and_no_mediapipe_fail(tmp_path: Path) -> None:
    said = python_knowing_only(
        tmp_path,
        "from pathlib import Path\n"
        f"Path({str(tmp_path / 'car.yaml')!r}).write_text('face: {{backend: mediapipe}}')\n"
        f"wished = Subject(load(Path({str(tmp_path / 'car.yaml')!r})).config, None)\n"
        "print(packages.opencv(wished), packages.mediapipe(wished))",
    )
    assert said.count("Verdict.FAIL") == 2


def test_a_mediapipe_that_nobody_asks_for_may_be_missing(tmp_path: Path) -> None:
    said = python_knowing_only(
        tmp_path,
        "from driver_monitor.config.config import Config\n"
        "print(packages.mediapipe(Subject(Config.model_validate({'face': {'backend': 'litert'}}), None)))",
    )
    assert "Verdict.WARN" in said


def test_the_face_backend_is_named_with_its_reason(tmp_path: Path) -> None:
    for wish, name, package in (("litert", "litert", "ai-edge-litert"), ("mediapipe", "mediapipe", "mediapipe")):
        check = packages.face_backend(subject(tmp_path, f"face: {{backend: {wish}}}"))
        assert check.verdict is Verdict.OK
        assert check.finding.startswith(f"{name} ({package} ")
        assert check.finding.endswith(f"face.backend is {wish}")
    assert packages.mediapipe(subject(tmp_path, "face: {backend: mediapipe}")).finding[-1].isdigit()
    assert packages.mediapipe(subject(tmp_path)).finding.endswith(", not in use")
    for wish in ("", "face: {backend: auto}"):
        check = packages.face_backend(subject(tmp_path, wish))
        assert check.finding.startswith("litert (ai-edge-litert ")


def test_without_litert_the_doctor_says_what_to_install_and_what_runs_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_choice, "find_spec", lambda name: name == "mediapipe" or None)
    check = packages.face_backend(subject(tmp_path))
    assert (check.verdict, check.finding) == (Verdict.FAIL, "litert cannot run: ai-edge-litert is not installed")
    assert check.remedy.endswith(", or set face.backend to mediapipe")
    instead = packages.face_backend(subject(tmp_path, "face: {backend: auto}"))
    assert instead.verdict is Verdict.OK
    assert instead.finding.startswith("mediapipe (mediapipe ")
    monkeypatch.setattr(backend_choice, "find_spec", lambda name: None)
    neither = packages.face_backend(subject(tmp_path, "face: {backend: auto}"))
    assert neither.verdict is Verdict.FAIL
    assert "mediapipe" not in neither.remedy


def test_a_processor_that_mediapipe_aborts_on_is_named_and_matters_only_where_it_is_wished_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\n")
    monkeypatch.setattr(packages, "lacks_for_mediapipe", lambda: lacks_for_mediapipe("aarch64", cpuinfo))
    wished = packages.mediapipe(subject(tmp_path, "face: {backend: mediapipe}"))
    assert wished.verdict is Verdict.FAIL
    assert "Cortex-A72 of a Raspberry Pi 4" in wished.finding
    assert wished.remedy == "set face.backend to litert"
    unused = packages.mediapipe(subject(tmp_path, "face: {backend: litert}"))
    assert unused.verdict is Verdict.OK
    assert "cannot run here and need not" in unused.finding


def test_a_mediapipe_installed_twice_fails(tmp_path: Path) -> None:
    wheel(tmp_path, "mediapipe", "0.10.9")
    config = tmp_path / "car.yaml"
    config.write_text("face: {backend: mediapipe}")
    check = found_by(doctor("--json", "--config", str(config), first=str(tmp_path)))["mediapipe"]
    assert check["verdict"] == "fail"
    assert "0.10.9" in check["finding"]


def test_a_requirement_that_is_missing_or_too_old_is_named(tmp_path: Path) -> None:
    info = tmp_path / "driver_monitor-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: driver-monitor\nVersion: 9.9\n"
        "Requires-Dist: numpy>=2\nRequires-Dist: no-such-package\nRequires-Dist: pyyaml<1\n"
        'Requires-Dist: torch-of-the-extra; extra == "train"\n'
    )
    check = found_by(doctor("--json", first=str(tmp_path)))["packages"]
    assert check["verdict"] == "fail"
    assert "no-such-package is missing; pyyaml is " in check["finding"]
    assert "numpy" not in check["finding"]
    assert "torch" not in check["finding"]


def test_a_missing_graphics_library_fails_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(libraries, "_NEEDED", (("libNoSuchEGL.so.1", "libegl1", "MediaPipe"),))
    assert libraries.graphics(subject(tmp_path, "face: {backend: litert}")).verdict is Verdict.OK
    check = libraries.graphics(subject(tmp_path, "face: {backend: mediapipe}"))
    assert check == Check(
        "graphics", Verdict.FAIL, "missing: libNoSuchEGL.so.1 (for MediaPipe)", "sudo apt install libegl1"
    )


def test_alerts_without_aplay_are_silent_and_that_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = libraries.sound_output(subject(tmp_path, "alerts: {audio: {backend: aplay}}"))
    assert check.verdict is Verdict.WARN
    assert "alsa-utils" in check.remedy
    assert libraries.sound_output(subject(tmp_path, "alerts: {audio: {enabled: false}}")).verdict is Verdict.OK


def test_a_camera_that_is_not_there_is_a_warning_for_run_waits_for_it(tmp_path: Path) -> None:
    check = devices.camera(subject(tmp_path, "camera: {source: /dev/video87}"))
    assert check.verdict is Verdict.WARN
    assert check.finding.startswith("/dev/video87 is not there; ")
    assert "'run' waits for it" in check.finding


def test_a_ribbon_camera_without_its_library_is_told(tmp_path: Path) -> None:
    check = devices.camera(subject(tmp_path, "camera: {source: picamera2}"))
    assert check.verdict is Verdict.FAIL
    assert "python3-picamera2" in check.remedy


@pytest.mark.parametrize(
    ("source", "what_run_does"),
    [
        ("/dev/video87", "'run' waits"),
        ("http://192.0.2.1/video", "'run' waits"),
        ("picamera2", "'run' cannot start"),
        ("/dev/null", "'run' cannot start"),
    ],
)
def test_what_run_will_do_about_a_camera_is_said(tmp_path: Path, source: str, what_run_does: str) -> None:
    assert what_run_does in devices.camera(subject(tmp_path, f"camera: {{source: '{source}'}}")).finding


def test_a_video_file_stands_in_for_a_camera(tmp_path: Path) -> None:
    video = tmp_path / "drive.mp4"
    text = f"camera: {{source: {video}}}"
    assert devices.camera(subject(tmp_path, text)).verdict is Verdict.FAIL
    video.touch()
    assert devices.camera(subject(tmp_path, text)).verdict is Verdict.OK


def test_the_password_of_a_network_camera_is_not_printed(tmp_path: Path) -> None:
    check = devices.camera(subject(tmp_path, "camera: {source: 'rtsp://me:secret@camera/live'}"))
    assert check.verdict is Verdict.OK
    assert "secret" not in check.finding


def test_every_port_that_is_not_there_is_named_with_what_it_costs(tmp_path: Path) -> None:
    bus = "alerts: {serial: {enabled: true, port: /dev/ttyNONE}}"
    gps = "vehicle: {speed: {source: nmea, port: /dev/ttyNEVER}}"
    check = devices.serial_ports(subject(tmp_path, f"{bus}\n{gps}"))
    assert check.verdict is Verdict.WARN  # run goes on without them
    assert "alerts.serial.port /dev/ttyNONE is not there: until it is, no alert goes out on it" in check.finding
    assert "vehicle.speed.port /dev/ttyNEVER is not there: until it is, the speed is unknown" in check.finding
    assert check.remedy.count("; ") == 1


def test_a_serial_port_that_is_there_can_be_opened(tmp_path: Path) -> None:
    leader, follower = os.openpty()
    try:
        port = os.ttyname(follower)
        text = f"vehicle: {{speed: {{source: nmea, port: {port}}}}}"
        check = devices.serial_ports(subject(tmp_path, text))
        assert (check.verdict, check.finding) == (Verdict.OK, f"vehicle.speed.port {port} can be opened")
    finally:
        os.close(leader)
        os.close(follower)


def test_alsa_cards_are_read_from_its_list(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    assert devices.sound_cards(cards) == []
    cards.write_text("--- no soundcards ---\n")
    assert devices.sound_cards(cards) == []
    cards.write_text(
        " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n                      bcm2835 Headphones\n"
    )
    assert devices.sound_cards(cards) == ["bcm2835_headpho - bcm2835 Headphones"]


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        ("throttled=0x0", Verdict.OK, ""),
        ("throttled=0x50005", Verdict.WARN, "under-voltage, throttled now"),
        ("throttled=0x20000", Verdict.WARN, "capped clock since the last start"),
        ("error=1", Verdict.OK, ""),
    ],
)
def test_a_raspberry_pi_tells_whether_it_had_to_slow_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, verdict: Verdict, words: str
) -> None:
    firmware = tmp_path / "vcgencmd"
    firmware.write_text(f"#!/bin/sh\necho {answer}\n")
    firmware.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(machine, "hottest_c", lambda: 45.0)
    check = machine.processor(subject(tmp_path))
    assert check.verdict is verdict
    assert words in check.finding
    assert not words or check.remedy


def test_a_hot_processor_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "throttled", lambda: None)
    monkeypatch.setattr(machine, "hottest_c", lambda: 86.0)
    assert machine.processor(subject(tmp_path)).verdict is Verdict.WARN


def test_little_room_and_little_memory_are_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOM_BYTES", 10**18)
    monkeypatch.setattr(machine, "MEMORY_BYTES", 10**18)
    assert machine.disk(subject(tmp_path)).verdict is Verdict.WARN
    assert machine.memory(subject(tmp_path)).verdict is Verdict.WARN


def test_a_folder_for_recordings_is_examined(tmp_path: Path) -> None:
    def looked_at(folder: Path, **more: float) -> Check:
        recording = RecordingConfig.model_validate({"dir": str(folder), **more})
        return machine.recordings(Subject(Config(recording=recording), tmp_path / "car.yaml"))

    assert "switched off" in machine.recordings(Subject(Config(), None)).finding
    found = looked_at(tmp_path / "new" / "drives")
    assert found.verdict is Verdict.OK
    assert "0 drives" in found.finding
    (tmp_path / "file").write_text("")
    assert looked_at(tmp_path / "file" / "drives").verdict is Verdict.FAIL
    free_mb = shutil.disk_usage(tmp_path).free / 1e6
    if free_mb < 90_000:
        assert looked_at(tmp_path, min_free_mb=100_000).verdict is Verdict.WARN


def test_a_clock_before_the_installation_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.clock(subject(tmp_path)).verdict is Verdict.OK
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert machine.clock(subject(tmp_path)).verdict is Verdict.WARN


def test_a_face_model_of_the_wrong_content_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / FACE_MODEL.name
    wrong.write_bytes(b"not a model")
    check = project.face_model(subject(tmp_path, f"face: {{model: {wrong}}}"))
    assert check.verdict is Verdict.FAIL
    assert FACE_MODEL.sha256 in check.finding


def test_a_face_model_that_is_not_here_yet_is_only_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driver_monitor.assets.models_folders", lambda: [tmp_path / "models"])
    monkeypatch.setattr("driver_monitor.assets.FACE_MODEL", replace(FACE_MODEL, url=(tmp_path / "there").as_uri()))
    (tmp_path / "there").touch()
    check = project.face_model(subject(tmp_path))
    assert (check.verdict, check.finding) == (Verdict.WARN, "not here yet")
    assert check.remedy == "nothing: the first run fetches it (3.8 MB)"


def test_a_face_model_that_cannot_be_fetched_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in run, which would then not start."""
    monkeypatch.setattr("driver_monitor.assets.models_folders", lambda: [tmp_path / "models"])
    monkeypatch.setattr("driver_monitor.assets.FACE_MODEL", replace(FACE_MODEL, url=NOWHERE, wheels=()))
    check = project.face_model(subject(tmp_path))
    assert check.verdict is Verdict.FAIL
    assert check.finding.startswith(f"not here yet, and it cannot be fetched: {NOWHERE}: ")
    assert str(tmp_path / "models" / FACE_MODEL.name) in check.remedy


def test_models_that_are_missing_fail_unless_their_classifiers_are_off(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    on = f"classifiers: {{models_dir: {folder}, stress: false, distraction: false}}"
    assert project.models(subject(tmp_path, on)).verdict is Verdict.FAIL
    check = project.models(subject(tmp_path, f"classifiers: {{models_dir: {folder}}}"))
    assert check.finding == f"missing in {folder}: fatigue.onnx, expression.onnx, stress.onnx, distraction.onnx"
    off = "classifiers: {fatigue: false, stress: false, distraction: false}"
    assert project.models(subject(tmp_path, off)).verdict is Verdict.OK


def test_a_config_with_every_rule_off_is_a_warning(tmp_path: Path) -> None:
    rules = ", ".join(f"{name}: {{enabled: false}}" for name in load(None).config.rules)
    assert project.config(subject(tmp_path, f"rules: {{{rules}}}")).verdict is Verdict.WARN


def test_the_report_names_every_check_and_ends_with_a_verdict(tmp_path: Path) -> None:
    done = doctor()
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    optional = sum(check.__module__ == channels.__name__ for check in CHECKS)  # told of where they are on
    assert len(lines) == len(CHECKS) - optional + 1
    assert "It can" in lines[-1]
    assert lines[-1].startswith(("It can", "A CRITICAL ALERT WOULD REACH "))  # no speaker: that comes first
    failed = any(line.startswith("FAILED") for line in lines)
    assert done.returncode == (1 if failed else 0)
    assert done.stderr == ""


def test_json_says_the_same_as_the_exit_code() -> None:
    done = doctor("--json")
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.returncode == 0)
    assert answer["ok"] == all(check["verdict"] != "fail" for check in answer["checks"])
    assert all(check["remedy"] for check in answer["checks"] if check["verdict"] != "ok")


def test_a_wrong_config_is_told_instead_of_a_report(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("camera: {fps: 300}\n")
    done = doctor("--config", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"driver-monitor: {file}:1: camera.fps: got 300;")


WANTING = """\
camera: {source: FOLDER/none.mp4}
recording: {dir: /proc/drives}
classifiers: {models_dir: FOLDER}
alerts: {serial: {enabled: true, port: /dev/ttyNONE}}
"""


def test_run_and_doctor_name_everything_that_is_missing_and_agree(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(WANTING.replace("FOLDER", str(tmp_path)))
    examined = doctor("--config", str(file), "--json")
    failed = {name for name, check in found_by(examined).items() if check["verdict"] == "fail"}
    assert failed == {"camera", "recording", "models"}
    ran = driver_monitor_("run", "--config", file)
    assert (examined.returncode, ran.returncode) == (1, 1)
    first, besides, *more = ran.stderr.splitlines()
    assert first == f"driver-monitor: There is no file {tmp_path}/none.mp4; check the path."
    assert besides == "Also missing:"
    assert [line.split(":")[0].strip() for line in more] == ["models", "recording"]


def test_what_the_error_says_itself_is_not_said_again() -> None:
    ran = driver_monitor_("run", "--source", "picamera2")
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("driver-monitor: the camera 'picamera2' needs the package picamera2")
    assert "camera.source" not in ran.stderr, "the option was --source"


def test_what_run_can_do_without_is_no_failure_of_the_doctors(tmp_path: Path) -> None:
    """No bus, no GPS, no aplay: run says so and runs."""
    file = tmp_path / "car.yaml"
    file.write_text(
        "camera: {source: 'scripted:demo'}\n"
        "alerts: {serial: {enabled: true, port: /dev/ttyNONE}, audio: {backend: aplay, device: none-such}}\n"
        "vehicle: {speed: {source: nmea, port: /dev/ttyNEVER}}\n"
    )
    checks = found_by(doctor("--config", str(file), "--json"))
    assert "fail" not in {check["verdict"] for check in checks.values()}
    ran = driver_monitor_("run", "--config", file, "--for-s", 0.5)
    assert ran.returncode == 0
    assert "/dev/ttyNONE" in ran.stderr
    assert "/dev/ttyNEVER" in ran.stderr


def test_a_name_that_no_baseline_can_have_is_wrong_for_both(tmp_path: Path) -> None:
    check = project.config(Subject(Config.model_validate({"driver": {"baseline": "a/b"}}), None))
    assert check.verdict is Verdict.FAIL
    assert "driver.baseline: got 'a/b'" in check.finding


def test_the_doctor_never_imports_mediapipe() -> None:
    code = (
        "import sys; from driver_monitor.cli.main import main; main(['doctor', '--json']); "
        "sys.exit(any(name.split('.')[0] == 'mediapipe' for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0


def test_python_itself_is_named(tmp_path: Path) -> None:
    assert packages.python(subject(tmp_path)).finding.startswith("Python 3.")


def test_the_doctor_says_where_the_camera_is_taken_to_be(tmp_path: Path) -> None:
    assert "straight ahead; 'driver-monitor place" in devices.camera_place(subject(tmp_path, "")).finding
    stated = subject(tmp_path, "face: {seat: right}\nsignals: {camera_place: {yaw_deg: 20, pitch_deg: -10}}\n")
    assert devices.camera_place(stated).finding == "yaw 20, pitch -10, roll 0 deg; driver on the right"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "60 km/h assumed: no vehicle.speed.source"),
        ("vehicle: {speed: {source: fixed, fixed_kmh: 30}}", "30 km/h given by vehicle.speed.fixed_kmh"),
        (
            "vehicle: {speed: {source: nmea, port: /dev/ttyNEVER}}",
            "will be measured once the receiver on /dev/ttyNEVER is there; unknown until then",
        ),
    ],
)
def test_the_doctor_says_how_the_speed_will_be_known(tmp_path: Path, text: str, finding: str) -> None:
    assert devices.speed(subject(tmp_path, text)).finding == finding


@pytest.mark.parametrize(
    ("said", "verdict", "finding"),
    [
        (b"", Verdict.WARN, "{port} opens, but sent nothing in 2 s; the speed is unknown until it does"),
        (b"\x80\x00\xf8\x06", Verdict.WARN, "what {port} sends is not NMEA 0183; the speed is unknown until it is"),
        (rmc("54.0"), Verdict.OK, "measured by the GPS receiver on {port}; unknown while that has no fix"),
    ],
)
def test_the_doctor_listens_to_the_receiver(tmp_path: Path, said: bytes, verdict: Verdict, finding: str) -> None:
    port, over = tmp_path / "ttyACM0", threading.Event()
    gps = Gps(port)

    def speak() -> None:
        while not over.wait(0.05):
            gps.say(said)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        check = devices.speed(subject(tmp_path, f"vehicle: {{speed: {{source: nmea, port: {port}}}}}"))
    finally:
        over.set()
        speaker.join()
        gps.pull_out()
    assert (check.verdict, check.finding) == (verdict, finding.format(port=port))


def test_a_port_that_is_no_serial_port_has_no_receiver(tmp_path: Path) -> None:
    check = devices.speed(subject(tmp_path, "vehicle: {speed: {source: nmea, port: /dev/null}}"))
    assert check.verdict is Verdict.WARN
    assert check.finding.startswith("unknown: cannot open serial port /dev/null")


def test_the_doctor_warns_of_a_config_that_disarms_the_monitor(tmp_path: Path) -> None:
    check = project.safety_floor(subject(tmp_path, "rules: {microsleep: {enabled: false}}"))
    assert check.verdict is Verdict.WARN
    assert "car.yaml:1: rules.microsleep.enabled (false) disarms the monitor: eyes closed for 2 s" in check.finding
    assert "rules.microsleep.enabled" in check.remedy
    assert project.safety_floor(subject(tmp_path, "")).verdict is Verdict.OK


def test_a_library_that_is_missing_is_a_sentence_of_runs_and_a_failure_of_the_doctors(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libNoSuchGL.so.1: cannot open shared object file')\n")
    ran = driver_monitor_("run", "--for-s", 1, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert ran.returncode == 1
    assert ran.stderr == (
        "driver-monitor: a package or a library of this machine is missing (libNoSuchGL.so.1: cannot open shared "
        "object file); 'driver-monitor doctor' says what to do\n"
    )
    assert found_by(doctor("--json", first=str(tmp_path)))["cv2"]["verdict"] == "fail"


def test_no_sandbox_library_keeps_run_from_starting_and_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "pyseccomp.py").write_text("raise OSError('libseccomp.so.2: cannot open shared object file')\n")
    file = tmp_path / "car.yaml"
    file.write_text("camera: {source: 'scripted:demo'}\nrecording: {dir: /proc/drives}\n")
    ran = driver_monitor_("run", "--config", file, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert ran.returncode == 1
    said, _, missing = ran.stderr.partition("Also missing:")
    assert "needs the library libseccomp" in said
    more = missing.splitlines()[1:]
    assert [line.split(":")[0].strip() for line in more] == ["recording"]
    checks = found_by(doctor("--config", str(file), "--json", first=str(tmp_path)))
    assert {name for name, check in checks.items() if check["verdict"] == "fail"} == {"sandbox", "recording"}
