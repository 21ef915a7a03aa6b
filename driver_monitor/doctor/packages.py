"""Python and its packages; above all the one cv2 that several wheels fight over."""

import platform
import re
import subprocess
import sys
from importlib import metadata
from typing import Final

from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.face.backend_choice import backend_trouble, choose_backend
from driver_monitor.face.processor import lacks_for_mediapipe
from driver_monitor.pip import install_self, pip

CV2_WHEELS: Final = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)
# Machines for which LiteRT and MediaPipe have Linux wheels.
MACHINES: Final = ("x86_64", "aarch64")
IMPORT_TIMEOUT_S: Final = 60.0  # a first import from a worn SD card


def python(subject: Subject) -> Check:
    machine = platform.machine()
    bits = 64 if sys.maxsize > 2**32 else 32
    finding = f"Python {platform.python_version()}, {bits} bit, {machine}"
    if machine not in MACHINES or bits != 64:
        return fail("python", finding, "the face nets run on x86_64 and aarch64 only: use a 64-bit system")
    return ok("python", finding)


def opencv(subject: Subject) -> Check:
    """All four wheels put their files into the one folder ``cv2``: the last one installed wins, unnoticed."""
    found = {name: version for name in CV2_WHEELS for version in _versions(name)}
    if not found:
        return fail("cv2", "no OpenCV wheel is installed", install_self())
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    if len(set(found.values())) > 1:
        return fail("cv2", f"wheels of different versions overwrite each other: {listed}", _repair(found))
    if len({name.endswith("headless") for name in found}) > 1:
        return warn("cv2", f"wheels with and without windows overwrite each other: {listed}", _repair(found))
    version, trouble = _imported_cv2()
    if trouble:
        return fail("cv2", f"cv2 cannot be imported ({trouble}); installed: {listed}", _missing_or(trouble, found))
    wheel = next(iter(found.values()))
    if version != wheel and not wheel.startswith(f"{version}."):
        return fail("cv2", f"cv2 says it is {version}, its wheels say {listed}", _repair(found))
    return ok("cv2", f"{version} from {listed}")


def mediapipe(subject: Subject) -> Check:
    """From the metadata and the processor alone: importing MediaPipe is for the sealed worker.

    What is wrong with it only matters where it is the backend.
    """
    wrong = warn if choose_backend(subject.config.face.backend).name != "mediapipe" else fail
    versions = _versions("mediapipe")
    if not versions:
        return wrong("mediapipe", "not installed", install_self())
    if len(set(versions)) > 1:
        listed = " and ".join(versions)
        return wrong(
            "mediapipe",
            f"installed twice: {listed}",
            f"{pip('uninstall', 'mediapipe')} until none is left, then {install_self()}",
        )
    lacking = lacks_for_mediapipe()
    if lacking and wrong is fail:
        return fail("mediapipe", f"{versions[0]} cannot run here: {lacking}", "set face.backend to litert")
    if lacking:
        return ok("mediapipe", f"{versions[0]} cannot run here and need not: {lacking}")
    return ok("mediapipe", versions[0] if wrong is fail else f"{versions[0]}, not in use")


def face_backend(subject: Subject) -> Check:
    """What finds and follows faces with this config on this machine, and why."""
    choice = choose_backend(subject.config.face.backend)
    if choice.name == "litert" and (trouble := backend_trouble("litert")):
        instead = "" if backend_trouble("mediapipe") else ", or set face.backend to mediapipe"
        return fail("face backend", f"litert cannot run: {trouble}", f"{install_self()}{instead}")
    return ok("face backend", f"{choice}: {choice.why}")


def requirements(subject: Subject) -> Check:
    """Every requirement of driver-monitor, as its own metadata states it."""
    from packaging.requirements import Requirement  # noqa: PLC0415  (20 ms that only the doctor needs)

    try:
        stated = metadata.requires("driver-monitor") or []
    except metadata.PackageNotFoundError:
        return warn(
            "packages",
            "driver-monitor itself is not installed, so what it requires is not known",
            install_self(),
        )
    wrong = []
    for line in stated:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        versions = _versions(requirement.name)
        if not versions:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(versions[0], prereleases=True):
            wrong.append(f"{requirement.name} is {versions[0]}, wanted {requirement.specifier}")
    if wrong:
        return fail("packages", "; ".join(wrong), install_self())
    return ok("packages", "every requirement is met")


def _versions(name: str) -> list[str]:
    """The versions of every installed copy, first the one that is imported."""
    return [found.version for found in metadata.distributions(name=name)]


def _imported_cv2() -> tuple[str, str]:
    """``cv2.__version__`` and what went wrong, told by another process: a broken wheel may kill its importer."""
    try:
        child = subprocess.run(
            [sys.executable, "-c", "import cv2; print(cv2.__version__)"],
            capture_output=True,
            text=True,
            timeout=IMPORT_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer in {IMPORT_TIMEOUT_S:.0f} s"
    if child.returncode == 0:
        return child.stdout.strip(), ""
    lines = child.stderr.strip().splitlines()
    return "", lines[-1] if lines else f"the import ended with exit code {child.returncode}"


def _missing_or(trouble: str, found: dict[str, str]) -> str:
    library = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open", trouble)
    if library:
        return f"install what has {library[1]}; on Debian: sudo apt install libgl1 libglib2.0-0 libsm6 libxext6"
    return _repair(found)


def _repair(found: dict[str, str]) -> str:
    newest = max(found.values(), key=lambda version: [int(part) for part in re.findall(r"\d+", version)])
    wheel = "opencv-contrib-python" if "opencv-contrib-python" in found else next(iter(found))
    return f"{pip('uninstall', '-y', *found)} && {pip('install', f'{wheel}=={newest}')}"
