"""What stands in a fleet folder beside the frames: alerts, events, and the drive's header in every file."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.errors import UsageError
from driver_monitor.pip import install_self
from driver_monitor.recording.header import DriveHeader
from driver_monitor.state.alert import Alert, AlertState, Level

if TYPE_CHECKING:
    import pyarrow as pa

HEADER: Final = b"driver_monitor"  # the key of a file's metadata that holds its drive's header
FORMAT: Final = 1  # raised when an older reader would misread a file


def arrow() -> Any:
    """pyarrow with its Parquet module, or one sentence on how to get it."""
    try:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise UsageError(f"Parquet needs pyarrow: {install_self('analysis')}") from None
    return pa


def alert_schema() -> "pa.Schema":
    """``evidence`` is JSON."""
    pa = arrow()
    words = ("rule", "level", "state", "news", "message")
    return pa.schema([
        ("drive_id", pa.string()), ("driver", pa.string()), ("t_s", pa.float64()),
        *((word, pa.string()) for word in words),
        ("outputs", pa.list_(pa.string())), ("evidence", pa.string()),
    ])  # fmt: skip


def event_schema() -> "pa.Schema":
    """``event``: reload (``text`` is the new config), acknowledge, or segment (``text`` is the file, ``number`` its
    place), which came when ``before_frame`` frames had been."""
    pa = arrow()
    return pa.schema([
        ("drive_id", pa.string()), ("driver", pa.string()), ("t_s", pa.float64()), ("event", pa.string()),
        ("before_frame", pa.int64()), ("text", pa.string()), ("number", pa.int64()),
    ])  # fmt: skip


def drive_schema(figures: Mapping[str, int | float | None]) -> "pa.Schema":
    """``figures`` that are no counts are float64, known or not."""
    pa = arrow()
    words = ("level", "software", "seat", "camera", "config_sha256")
    return pa.schema([
        ("drive_id", pa.string()), ("driver", pa.string()), ("started", pa.timestamp("ms", tz="UTC")),
        *((word, pa.string()) for word in words),
        *((name, pa.int64() if isinstance(value, int) else pa.float64()) for name, value in figures.items()),
    ])  # fmt: skip


def alert_row(alert: Alert) -> dict[str, Any]:
    return {
        "t_s": alert.t_s, "rule": alert.rule, "level": alert.level.word, "state": alert.state.value,
        "news": alert.news.value, "message": alert.message, "outputs": list(alert.outputs),
        "evidence": json.dumps(alert.evidence, separators=(",", ":")),
    }  # fmt: skip


def alert_of(row: Mapping[str, Any]) -> Alert:
    """Raises KeyError, TypeError or ValueError where the row is none."""
    return Alert(
        row["t_s"], row["rule"], Level.of(row["level"]), AlertState(row["state"]), row["message"],
        tuple(row["outputs"]), json.loads(row["evidence"]),
    )  # fmt: skip


def metadata(header: DriveHeader) -> dict[bytes, bytes]:
    """For the schema of a file, so that each file says by itself what it is."""
    return {HEADER: json.dumps({"parquet_format": FORMAT, **header.to_metadata(0)}).encode()}


def header_of(found: Mapping[bytes, bytes] | None) -> DriveHeader:
    """Raises KeyError or ValueError, with what is wrong, where the file is none of ours."""
    data = json.loads((found or {})[HEADER])
    if int(data["parquet_format"]) > FORMAT:
        raise ValueError(
            f"it was written by a newer version ({data.get('software', 'unknown')}): update driver-monitor"
        )
    return DriveHeader.from_metadata(data)
