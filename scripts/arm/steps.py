"""What is run on the emulated board: the program as its users run it, and the tests whose results may hang on the CPU.

Tests are left out where they render whole films, open a browser, or play on a clock (emulated, they take hours or miss
their times), and where they seal themselves, which QEMU's user mode cannot.
"""

from dataclasses import dataclass
from typing import Final

import driver_monitor
from scripts.arm import figures
from scripts.arm.machine import Machine

_SHORT_S: Final = 600.0
_LONG_S: Final = 1800.0
_CONFIG: Final = """\
privacy: {{require_sandbox: {sealed}}}
camera: {{source: /tmp/drive.mp4}}
face: {{backend: {backend}, start_timeout_s: 300, frame_timeout_s: 60}}
"""
_PROGRAM: Final = ("-m", "driver_monitor")
_UNSEALED: Final = "the kernel refuses the network sandbox (seccomp:"
_TESTS: Final = (
    *("-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "--timeout", "600"),
    *("-p", "scripts.arm.examples", "--hypothesis-profile", "emulated"),
)
_EXTRACTOR: Final = (
    "closure_is_timed_from_the_moment_the_lids_fell",
    "blinks_are_counted_and_are_no_closure",
    "perclos_counts_long_closures_and_leaves_blinks_and_lost_faces_out",
    "directions_have_names",
)
_RECORDER: Final = (
    "landmarks_come_back_as_they_were_sent",
    "every_mcap_tool_reads_topics_schemas_and_header",
    "pictures_are_kept_only_when_asked_for",
    "clips_keep_the_time_around_each_alert_and_nothing_else",
)
# Name: what pytest is given. Of signals and recording what takes least, some of each part.
TESTS: Final = {
    "rules": ("tests/rules",),
    "config": ("tests/config",),
    "classifiers": ("tests/classifiers",),
    "face": tuple(f"tests/face/{name}.py" for name in ("litert/test_geometry", "test_driver_choice", "test_messages")),
    "signals, their parts": tuple(
        f"tests/signals/test_{name}.py"
        for name in (
            *("attention_buffer", "blinks", "daydream", "gaze", "head_pose", "nods", "perclos", "visibility", "yawn"),
            "zones",
        )
    ),
    "signals, all together": tuple(f"tests/signals/test_extractor.py::test_{name}" for name in _EXTRACTOR),
    "recording": (
        *("tests/recording/test_header.py", "tests/recording/test_replayed_to_the_byte.py"),
        *(f"tests/recording/test_recorder.py::test_{name}" for name in _RECORDER),
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A program of the board's Python, and how it must end: with an exit code, having said something.

    ``cut_off`` has this machine's kernel refuse every network to it, as the seal does where there is one.
    """

    name: str
    arguments: tuple[str, ...]
    limit_s: float = _SHORT_S
    exit_code: int = 0
    says: str = ""
    cut_off: bool = False


def lay_out(machine: Machine) -> None:
    """Files in the board's /tmp: what this machine sees in three frames, a film, configs."""
    for backend in figures.BACKENDS:
        figures.write_reference(machine.tmp / f"{backend}.npz", backend)
    figures.write_film(machine.tmp / "drive.mp4")
    for name, backend, sealed in (
        ("sealed", "litert", "true"),
        ("car", "litert", "false"),
        ("mp", "mediapipe", "false"),
    ):
        (machine.tmp / f"{name}.yaml").write_text(_CONFIG.format(backend=backend, sealed=sealed))


def steps(cpu: str) -> list[Step]:
    return [
        Step("version", (*_PROGRAM, "--version"), says=f"driver-monitor {driver_monitor.__version__}"),
        Step("seal: the filter that libseccomp makes for aarch64", ("-m", "scripts.arm.seal")),
        Step("seal: nothing runs without it", _replay("sealed"), exit_code=1, says=_UNSEALED),
        Step(
            "doctor: all but the seal", _doctor("sealed"), exit_code=1, says="It cannot do its work yet: see sandbox."
        ),
        Step("tracker against x86-64, cut off from networks", _figures("litert"), _LONG_S, cut_off=True),
        _mediapipe(cpu),
        Step(
            "replay of two seconds",
            _replay("car"),
            _LONG_S,
            says=f"{figures.FILM_S * figures.FPS} frames, 100 % judged",
        ),
        *(Step(f"tests: {name}", (*_TESTS, *arguments), _LONG_S) for name, arguments in TESTS.items()),
    ]


def _mediapipe(cpu: str) -> Step:
    """Its library needs instructions that a Cortex-A72 lacks."""
    if cpu == "cortex-a72":
        return Step("mediapipe is refused", _replay("mp"), exit_code=1, says="MediaPipe needs ARMv8.1's atomic")
    return Step("tracker against x86-64, MediaPipe", _figures("mediapipe"), _LONG_S)


def _replay(config: str) -> tuple[str, ...]:
    return (*_PROGRAM, "replay", "/tmp/drive.mp4", "--config", f"/tmp/{config}.yaml")


def _doctor(config: str) -> tuple[str, ...]:
    return (*_PROGRAM, "doctor", "--config", f"/tmp/{config}.yaml")


def _figures(backend: figures.Backend) -> tuple[str, ...]:
    return ("-m", "scripts.arm.figures", backend, f"/tmp/{backend}.npz")
