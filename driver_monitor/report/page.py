"""The shell of every page: one HTML file that needs nothing else and asks for nothing from anywhere."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from driver_monitor.counted import counted
from driver_monitor.output import write_whole
from driver_monitor.printable import ESCAPED
from driver_monitor.report.encoder import WEBM
from driver_monitor.report.errors import ReportError, cannot_write
from driver_monitor.report.film import shows
from driver_monitor.timecode import clock
from driver_monitor.timeline.judged import fine_percent

_STYLE: Final = "report/page.css"


def page(template: str, *, styles: Sequence[str] = (), script: str = "", **values: Any) -> str:
    """The text of a page.

    ``template`` extends ``report/base.html`` and shows ``values``, escaped but for Markup; a name it does not know is
    an error. ``styles``: CSS beside that of every page. ``script``: what the page may run, which reads the value
    ``data``. All of them are files of this package, by their path in it.
    """
    code = resource(script) if script else ""
    return _templates.get_template(template).render(style=style(*styles), script=code, **values)


def style(*names: str) -> Markup:
    """The CSS of every page, and after it that of these files."""
    return Markup("").join(map(resource, (_STYLE, *names)))


def resource(name: str) -> Markup:
    """A file of this package, by its path in it."""
    return Markup(files("driver_monitor").joinpath(name).read_text(encoding="utf-8"))  # noqa: S704  (our own)


def digest(text: str) -> str:
    """What a content security policy calls a script or a style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def write(path: Path, text: str, *, source: Path | None = None) -> None:
    """Write the page in one go: a run that is killed leaves no half page.

    The video of its own name that the page it replaces showed goes with that one, unless this one shows it as well or
    it is the drive's own file, ``source``. Raises :class:`~driver_monitor.report.errors.ReportError` where the file
    cannot be written or the video not removed.
    """
    video = path.with_suffix(WEBM)
    try:
        replaced = video.is_file() and shows(path.read_bytes(), video) if path.is_file() else False
        write_whole(path, text)
    except OSError as error:
        raise cannot_write(path, error.strerror or str(error), "the report was not saved") from error
    if not replaced or shows(text.encode("utf-8", ESCAPED), video):
        return
    if source is not None and source.exists() and video.samefile(source):
        return
    try:
        video.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(f"cannot remove {video}, the video of the report before {path}: {reason}") from error


def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("driver_monitor", "."),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    found.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    found.filters |= {"clock": clock, "digest": digest, "percent": fine_percent, "seconds": "{:.1f} s".format}
    found.globals["counted"] = counted
    return found


_templates: Final = _environment()
