"""What the header of a drive says of the machine that recorded it."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from driver_monitor.config.config import Config
from driver_monitor.recording.header import DriveHeader, new_header

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "tracker"), [("litert", "litert (ai-edge-litert "), ("mediapipe", "mediapipe (mediapipe ")]
)
def test_a_drive_names_what_looked_at_faces(wish: str, tracker: str) -> None:
    config = Config.model_validate({"face": {"backend": wish}})
    header = new_header(config, camera="0", now=NOW, normal=None)
    assert header.tracker.startswith(tracker)
    assert DriveHeader.from_metadata(header.to_metadata(0)) == header


def test_a_drive_of_a_version_that_had_one_tracker_only_is_read() -> None:
    header = new_header(Config(), camera="0", now=NOW, normal=None)
    old = header.to_metadata(0)
    del old["tracker"]
    assert DriveHeader.from_metadata(old) == replace(header, tracker="")
    assert "tracker" in {field.name for field in fields(DriveHeader)}
