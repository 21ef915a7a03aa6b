"""The doctor finds what is broken, on real broken ground: fake wheels, dead links, closed devices, empty paths."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import driver_monitor
from driver_monitor.assets import FACE_MODEL
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load
from driver_monitor.config.recording import RecordingConfig
from driver_monitor.doctor import devices, libraries, machine, packages, project
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.doctor.examination import CHECKS
from driver_monitor.face.processor import lacks_for_mediapipe

ROOT = Path(driver_monitor.__file__).parents[1]


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
    assert check["remedy"].startswith("pip uninstall -y ")
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
    assert "pip uninstall -y opencv-python && pip install opencv-python==4.9.0.80" in said


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
    check = packages.face_backend(subject(tmp_path, "face: {backend: auto}"))
    assert check.finding.startswith("litert (ai-edge-litert ")


def test_a_processor_that_mediapipe_aborts_on_is_named_and_matters_only_where_it_is_wished_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\n")
    monkeypatch.setattr(packages, "lacks_for_mediapipe", lambda: lacks_for_mediapipe("aarch64", cpuinfo))
    wished = packages.mediapipe(subject(tmp_path, "face: {backend: mediapipe}"))
    assert wished.verdict is Verdict.FAIL
    assert "Cortex-A72 of a Raspberry Pi 4" in wished.finding
    assert wished.remedy == "set face.backend to litert or auto"
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


def test_a_camera_that_the_config_names_must_be_there(tmp_path: Path) -> None:
    check = devices.camera(subject(tmp_path, "camera: {source: /dev/video87}"))
    assert check.verdict is Verdict.FAIL
    assert check.finding.startswith("/dev/video87 is not there; ")


def test_a_camera_that_only_the_defaults_name_is_a_warning() -> None:
    config = load(None).config
    wish = config.model_copy(update={"camera": config.camera.model_copy(update={"source": "/dev/video87"})})
    assert devices.camera(Subject(wish, None)).verdict is Verdict.WARN


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


def test_a_serial_port_that_the_config_uses_must_be_there(tmp_path: Path) -> None:
    check = devices.serial_ports(subject(tmp_path, "alerts: {serial: {enabled: true, port: /dev/ttyNONE}}"))
    assert check.verdict is Verdict.FAIL
    assert "alerts.serial.port /dev/ttyNONE is not there" in check.finding


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
    check = project.face_model(subject(tmp_path))
    assert (check.verdict, check.finding) == (Verdict.WARN, "not here yet")
    assert str(tmp_path / "models" / FACE_MODEL.name) in check.remedy


def test_models_that_are_missing_fail_unless_their_classifiers_are_off(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    on = f"classifiers: {{models_dir: {folder}, stress: false, distraction: false}}"
    assert project.models(subject(tmp_path, on)).verdict is Verdict.FAIL
    off = "classifiers: {fatigue: false, stress: false, distraction: false}"
    assert project.models(subject(tmp_path, off)).verdict is Verdict.OK


def test_a_config_with_every_rule_off_is_a_warning(tmp_path: Path) -> None:
    rules = ", ".join(f"{name}: {{enabled: false}}" for name in load(None).config.rules)
    assert project.config(subject(tmp_path, f"rules: {{{rules}}}")).verdict is Verdict.WARN


def test_the_report_names_every_check_and_ends_with_a_verdict(tmp_path: Path) -> None:
    done = doctor()
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert len(lines) == len(CHECKS) + 1
    assert lines[-1].startswith("It can")
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
