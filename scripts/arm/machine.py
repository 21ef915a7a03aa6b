"""An emulated ARM board in a folder: QEMU's user mode, Debian's files for arm64, and the wheels a board would get.

Nothing is installed on this machine, and root is not needed. What was fetched is kept for the next time.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from driver_monitor.assets import face_model
from driver_monitor.errors import DriverMonitorError
from scripts.arm.wheels import needed, platform_options

CHECKOUT: Final = Path(__file__).parents[2]
_APP: Final = ("driver_monitor", "tests", "scripts", "configs", "models", "pyproject.toml", "README.md")
SUITE: Final = "bookworm"  # Debian 12, as on a Raspberry Pi
PYTHON: Final = "3.11"  # its Python
_KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_EMULATOR: Final = "qemu-user-static:amd64"
_PACKAGES: Final = (
    *("python3", "libc-bin", "coreutils", "dash"),
    *("libgl1", "libegl1", "libgles2", "libglib2.0-0", "libseccomp2"),  # those of scripts/setup
    *("libportaudio2", "alsa-utils", "socat"),  # those of scripts/test that are not the host's
)
# Program, the package of Debian it is in.
_PROGRAMS: Final = {"apt-get": "apt", "dpkg": "dpkg", "unshare": "util-linux", "chroot": "coreutils"}
_SEALED: Final = "import os, sys; from driver_monitor.privacy import seal; seal(); os.execvp(sys.argv[1], sys.argv[1:])"
# onnxruntime and MediaPipe ask for these; a Raspberry Pi has four cores.
_SYS_FILES: Final = {f"sys/devices/system/cpu/{name}": "0-3\n" for name in ("possible", "present", "online")}
_FETCH_TIMEOUT_S: Final = 1800.0
_TRIAL_TIMEOUT_S: Final = 120.0


class MachineError(DriverMonitorError):
    """The emulated machine cannot be made, or not be run, on this one."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program of the emulated machine ended: -1 for one that took too long; what it said on both streams."""

    exit_code: int
    said: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The emulated machine. The checkout is its ``/app``, ``tmp`` its ``/tmp``."""

    root: Path

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    def python(self, cpu: str, arguments: list[str], timeout_s: float, *, cut_off: bool = False) -> Ended:
        """Run its Python on a processor that QEMU knows by the name ``cpu``; see :meth:`run`."""
        return self.run(cpu, [f"/usr/bin/python{PYTHON}", *arguments], timeout_s, cut_off=cut_off)

    def run(self, cpu: str, program: list[str], timeout_s: float, *, cut_off: bool = False) -> Ended:
        """``cut_off`` seals the emulator: this machine's kernel then refuses every network to what it emulates."""
        sealed = [sys.executable, "-c", _SEALED] if cut_off else []
        namespaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
        child = subprocess.Popen(
            [*sealed, *namespaces, str(CHECKOUT / "scripts" / "arm" / "inside"), str(self.root), cpu, *program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            said, _ = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()  # and with it all that runs inside
            said, _ = child.communicate()
            return Ended(-1, f"{said}\nended after {timeout_s:.0f} s")
        except BaseException:
            child.kill()
            raise
        return Ended(child.returncode, said)


def prepare(cache: Path, say: Callable[[str], None]) -> Machine:
    """The machine in the folder ``cache``, made where it is not there yet, with this checkout on it.

    Raises :class:`MachineError` with the package to install for what this machine lacks.
    """
    _examine()
    apt, machine = _Apt(cache / "apt"), Machine(cache / "root")
    if _differs(machine.root / ".packages", _stamp()):
        say(f"fetching the emulator and an arm64 Debian ({SUITE}) with {len(_PACKAGES)} packages and theirs")
        _build(apt, machine.root)
    wheels = needed()
    if _differs(machine.root / ".wheels", wheels):
        say(f"fetching {len(wheels.split())} wheels for aarch64 and Python {PYTHON}")
        _install(wheels, machine.root)
    _copy_checkout(machine)
    return machine


def try_out(machine: Machine, cpu: str) -> None:
    """Raises :class:`MachineError` where this machine does not let the emulated one run."""
    ended = machine.python(
        cpu, ["-c", "import subprocess; subprocess.run(['/bin/true'], check=True)"], _TRIAL_TIMEOUT_S
    )
    if ended.exit_code:
        raise _does_not_run(ended)


def _does_not_run(ended: Ended) -> MachineError:
    return MachineError(
        f"the emulated machine does not run ({ended.said.strip()[-300:]}): it needs Linux 6.7 or newer (this is "
        f"{platform.release()}) and user namespaces (sysctl user.max_user_namespaces, and where there is one "
        "kernel.apparmor_restrict_unprivileged_userns=0)"
    )


class _Apt:
    """Debian's apt with a state of its own, for two architectures, from this machine's own mirror."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def update(self) -> None:
        for name in ("state/lists/partial", "cache/archives/partial", "sources", "parts"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / "status").touch()
        source = f"Types: deb\nURIs: {_mirror()}\nSuites: {SUITE}\nComponents: main\nSigned-By: {_KEYRING}\n"
        (self._folder / "sources" / "debian.sources").write_text(source)
        self._call("update")

    def fetch(self, packages: tuple[str, ...]) -> list[Path]:
        """The archives of packages and of all they depend on."""
        self._call("install", "--download-only", "--yes", *packages)
        return self._taken()

    def fetch_alone(self, package: str) -> Path:
        archives = self._folder / "cache" / "archives"
        self._call("download", package, folder=archives)
        return self._taken()[0]

    def _taken(self) -> list[Path]:
        return sorted((self._folder / "cache" / "archives").glob("*.deb"))

    def clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _call(self, *arguments: str, folder: Path | None = None) -> None:
        here = self._folder
        options = {
            "APT::Architecture": "arm64",
            "APT::Architectures::": "amd64",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": _user(),
            "Debug::NoLocking": "true",
            "Dir::State": here / "state",
            "Dir::State::status": here / "status",
            "Dir::Cache": here / "cache",
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": here / "sources",
        }
        settings = [f"--option={name}={value}" for name, value in options.items()]
        _call(["apt-get", "--quiet", *settings, *arguments], folder)


def _examine() -> None:
    """Whether this machine has what is needed to make another one."""
    lacking = {package for program, package in _PROGRAMS.items() if shutil.which(program) is None}
    if not _KEYRING.is_file():
        lacking.add("debian-archive-keyring")
    if lacking:
        raise MachineError(f"missing here: run 'sudo apt-get install {' '.join(sorted(lacking))}' (a Debian is needed)")
    if platform.machine() != "x86_64":
        raise MachineError(f"this machine is {platform.machine()}: only x86_64 is set up to emulate another")


def _mirror() -> str:
    """Where this machine gets its Debian from."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    found = _call(command).split()
    if not found:
        raise MachineError("apt has no package lists of Debian here: run 'sudo apt-get update'")
    return found[0]


def _build(apt: _Apt, root: Path) -> None:
    fresh = root.with_name("root.new")
    shutil.rmtree(fresh, ignore_errors=True)
    apt.clear()
    apt.update()
    archive = apt.fetch_alone(_EMULATOR)
    unpacked = fresh.with_name("emulator.new")
    _call(["dpkg", "-x", str(archive), str(unpacked)])
    for name in ("proc", "dev", "tmp", "site", "app", "cache"):
        (fresh / name).mkdir(parents=True)
    for name, content in _SYS_FILES.items():
        file = fresh / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    shutil.move(unpacked / "usr" / "bin" / "qemu-aarch64-static", fresh / "emulator")
    shutil.rmtree(unpacked)
    archive.unlink()
    for package in apt.fetch(_PACKAGES):
        _call(["dpkg", "-x", str(package), str(fresh)])
    apt.clear()
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
    _list_libraries(Machine(root))
    (root / ".packages").write_text(_stamp())


def _list_libraries(machine: Machine) -> None:
    """What ctypes finds libraries by, which an installation would have made."""
    program = next(file for file in ("/sbin/ldconfig", "/usr/sbin/ldconfig") if (machine.root / file[1:]).exists())
    ended = machine.run("cortex-a72", [program], _TRIAL_TIMEOUT_S)
    if not (machine.root / "etc" / "ld.so.cache").exists():
        raise _does_not_run(ended)


def _install(wheels: str, root: Path) -> None:
    fresh = root / "site.new"
    shutil.rmtree(fresh, ignore_errors=True)
    listed = root / "wheels.txt"
    listed.write_text(wheels)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(fresh)]
    _call([*pip, *platform_options(PYTHON), "--requirement", str(listed)])
    shutil.rmtree(root / "site")
    fresh.rename(root / "site")
    (root / ".wheels").write_text(wheels)


def _copy_checkout(machine: Machine) -> None:
    app = machine.root / "app"
    shutil.rmtree(app, ignore_errors=True)
    app.mkdir()
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in _APP:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, app / name, ignore=left_out)
        else:
            shutil.copy(CHECKOUT / name, app / name)
    shutil.copy(face_model(progress=True), app / "models")
    # Installed it is not, but what it requires is known, so that doctor looks at it.
    about = metadata.distribution("driver-monitor")
    kept = machine.root / "site" / f"driver_monitor-{about.version}.dist-info"
    kept.mkdir(exist_ok=True)
    (kept / "METADATA").write_text(about.read_text("METADATA") or about.read_text("PKG-INFO") or "")


def _stamp() -> str:
    return " ".join((SUITE, _EMULATOR, *_PACKAGES, *_SYS_FILES))


def _differs(stamp: Path, wanted: str) -> bool:
    return not stamp.is_file() or stamp.read_text() != wanted


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _call(command: list[str], folder: Path | None = None) -> str:
    """What a program of this machine prints; MachineError with its last words where it fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=_FETCH_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"'{' '.join(command[:2])}' did not end within {_FETCH_TIMEOUT_S:.0f} s") from error
    if done.returncode:
        raise MachineError(f"'{' '.join(command[:2])}' failed: {(done.stderr or done.stdout).strip()[-1000:]}")
    return done.stdout
