"""Which backend runs on which machine, and that only the chosen one is loaded."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.config.face import FaceConfig
from driver_monitor.face import backend_choice, backends
from driver_monitor.face.backend_choice import BackendName, backend_trouble, choose_backend
from driver_monitor.face.backends import open_backend
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.messages import WorkerSettings
from driver_monitor.face.processor import lacks_for_mediapipe
from driver_monitor.privacy import python_path

PI_4 = "fp asimd evtstrm crc32 cpuid"
PI_5 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"

LOADED = """
import json, sys
from driver_monitor.privacy import seal
seal()
from driver_monitor.face.backends import open_backend
from driver_monitor.face.messages import WorkerSettings
import skimage.data
settings = WorkerSettings(sys.argv[1], sys.argv[2], True, "left", 3, 0.08, 2.0, 10.0, 0.5, 0.5)
backend = open_backend(sys.argv[1], settings)
assert backend.follow(skimage.data.astronaut(), 0.0) is not None
with open("/proc/self/maps") as maps:
    mapped = maps.read()
print(json.dumps({"modules": sorted(sys.modules), "mediapipe": "mediapipe/" in mapped, "litert": "litert" in mapped}))
"""


def settings(model: Path, backend: BackendName) -> WorkerSettings:
    return WorkerSettings(backend, str(model), True, "left", 3, 0.08, 2.0, 10.0, 0.5, 0.5)


@pytest.mark.parametrize("chosen", ["litert", "mediapipe"])
def test_a_face_is_found_and_nothing_of_the_other_backend_is_loaded(chosen: str, model: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", LOADED, chosen, str(model)],
        env=os.environ | {"PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = json.loads(child.stdout)
    assert (loaded["litert"], loaded["mediapipe"]) == (chosen == "litert", chosen == "mediapipe")
    packages = {name.partition(".")[0] for name in loaded["modules"]}
    assert "mediapipe" not in packages  # its library is called directly
    assert ("ai_edge_litert" in packages) == (chosen == "litert")
    ours = {name for name in loaded["modules"] if name.startswith("driver_monitor.face.")}
    assert ("driver_monitor.face.mediapipe_c" in ours) == (chosen == "mediapipe")
    assert ("driver_monitor.face.litert.nets" in ours) == (chosen == "litert")


@pytest.mark.parametrize("command", [("replay",), ("run", "--for-s", "1", "--source")])
def test_no_process_of_a_drive_opens_anything_of_mediapipe(command: tuple[str, ...], tmp_path: Path) -> None:
    script, trace = tmp_path / "short.yaml", tmp_path / "opened.txt"
    script.write_text("drive: {duration_s: 1, fps: 15}\nactions: []\n")
    subprocess.run(
        [
            *("strace", "-f", "-qq", "-e", "trace=openat", "-o", trace),
            *(sys.executable, "-m", "driver_monitor", *command, f"scripted:{script}"),
        ],
        env=os.environ | {"PYTHONPATH": python_path()},
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=True,
    )
    opened = re.findall(r'^\d+ +openat\([^"]*"([^"]+)"', trace.read_text(), re.MULTILINE)
    assert any("/ai_edge_litert/" in path for path in opened)
    assert [path for path in opened if re.search("/mediapipe[/_]", path)] == []


@pytest.mark.parametrize("wish", ["litert", "mediapipe"])
def test_a_wish_is_granted_and_named(wish: BackendName) -> None:
    choice = choose_backend(wish)
    assert (choice.name, choice.why) == (wish, f"face.backend is {wish}")
    assert str(choice).startswith(f"{wish} (")
    assert choice.version[-1].isdigit()


def test_auto_is_litert_and_mediapipe_only_where_there_is_no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = choose_backend("auto")
    assert (choice.name, choice.why) == ("litert", "face.backend is auto, and LiteRT is installed")
    monkeypatch.setattr(backend_choice, "find_spec", lambda name: name == "mediapipe" or None)
    choice = choose_backend("auto")
    assert (choice.name, choice.why) == ("mediapipe", "face.backend is auto, and ai-edge-litert is not installed")
    monkeypatch.setattr(backend_choice, "find_spec", lambda name: None)
    choice = choose_backend("auto")
    assert (choice.name, choice.why) == ("litert", "face.backend is auto, and ai-edge-litert is not installed")
    assert backend_trouble("mediapipe") == "mediapipe is not installed"


def test_litert_looks_at_faces_unless_something_else_is_chosen() -> None:
    assert choose_backend(FaceConfig().backend).name == "litert"


@pytest.mark.parametrize(
    ("machine", "cores", "lacking"),
    [
        ("aarch64", [PI_4] * 4, True),
        ("aarch64", [PI_5] * 4, False),
        ("aarch64", [PI_5, PI_4], True),
        ("x86_64", [PI_4], False),
    ],
)
def test_a_processor_without_lse_is_told_from_proc_cpuinfo(
    tmp_path: Path, machine: str, cores: list[str], lacking: bool
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("".join(f"processor\t: {n}\nFeatures\t: {core}\n\n" for n, core in enumerate(cores)))
    assert bool(lacks_for_mediapipe(machine, cpuinfo)) is lacking


def test_where_cpuinfo_does_not_tell_the_kernel_is_asked(tmp_path: Path) -> None:
    silent = tmp_path / "cpuinfo"
    silent.write_text("processor\t: 0\nflags\t: fpu vme\n")  # an emulator shows the host's
    for cpuinfo in (silent, tmp_path / "none"):
        assert "Cortex-A72" in lacks_for_mediapipe("aarch64", cpuinfo, hwcap=0xFF)
        assert lacks_for_mediapipe("aarch64", cpuinfo, hwcap=0x1FF) == ""
    assert lacks_for_mediapipe() == "" or "Cortex-A72" in lacks_for_mediapipe()


def test_mediapipe_is_refused_with_a_remedy_where_it_would_abort(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (backends, backend_choice):
        monkeypatch.setattr(module, "lacks_for_mediapipe", lambda: "no LSE here")
    with pytest.raises(TrackerError, match=r"no LSE here: set face\.backend to litert"):
        open_backend("mediapipe", settings(model, "mediapipe"))
    assert backend_trouble("mediapipe") == "no LSE here"
