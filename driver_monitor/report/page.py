"""The shell of a report page: one HTML file that needs nothing else and asks for nothing from anywhere."""

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from driver_monitor.output import write_whole
from driver_monitor.printable import ESCAPED
from driver_monitor.report.encoder import WEBM
from driver_monitor.report.errors import ReportError, cannot_write
from driver_monitor.report.film import shows


def page(title: str, body: str, *, script: str = "", data: dict[str, Any] | None = None, media: bool = False) -> str:
    """``body`` is HTML with all that came from outside escaped; ``script`` names a resource that reads ``data``.

    With ``media`` it may play a video that lies beside it.
    """
    code = resource(script) if script else ""
    behind = ""
    if script:
        behind = f'<script type="application/json" id="data">{_json(data or {})}</script>\n<script>{code}</script>\n'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(code, media=media)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{resource("page.css")}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{body}
{behind}</body>
</html>
"""


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


def resource(name: str) -> str:
    return files("driver_monitor.report").joinpath(name).read_text(encoding="utf-8")


def _json(data: dict[str, Any]) -> str:
    """JSON that cannot end its script element."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _policy(script: str, *, media: bool) -> str:
    """Nothing from anywhere, and no script but ours: what slips through escaping cannot run."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    ours = f"; script-src 'sha256-{digest}'" if script else ""
    beside = "; media-src 'self' file:" if media else ""
    return f"default-src 'none'; style-src 'unsafe-inline'{ours}{beside}"
