"""How much of a drive is kept."""

from typing import Final, Literal, get_args

RecordingLevel = Literal["events", "signals", "landmarks", "video"]  # each keeps all that the one before keeps
LEVELS: Final[tuple[RecordingLevel, ...]] = get_args(RecordingLevel)
