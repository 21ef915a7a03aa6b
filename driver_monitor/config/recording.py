"""Whether drives are kept, how much of them, and for how long."""

from driver_monitor.config.section import Section, setting
from driver_monitor.state.recording_level import RecordingLevel


class RecordingConfig(Section):
    dir: str = setting("", "folder that 'run' records drives into; empty records nothing")
    level: RecordingLevel = setting(
        "signals",
        "how much is kept: events (alerts and a state a second), signals (every frame's numbers), landmarks (face "
        "points as well) or video (the frames as well; the only level that keeps a face)",
    )
    vehicle: str = setting("", "name of the car, written into every drive; empty says nothing")
    segment_min: float = setting(10.0, "a drive is cut into files of this length", unit="min", ge=0.1, le=240)
    sync_s: float = setting(
        0.5,
        "how often recorded data is written to the disk; a power cut loses up to this much",
        unit="s",
        ge=0.1,
        le=10,
    )
    clip_s: float = setting(
        0.0,
        "0 keeps the whole drive; otherwise only this much before and after each alert, in a file each",
        unit="s",
        ge=0,
        le=600,
    )
    jpeg_quality: int = setting(90, "quality of recorded frames", ge=30, le=100)
    keep_days: float = setting(
        30.0,
        "recorded drives older than this are erased; only times from a synchronised clock count; 0 keeps all",
        unit="d",
        ge=0,
        le=3650,
    )
    keep_gb: float = setting(
        8.0, "above this total size the drives recorded first are erased; 0 sets no limit", unit="GB", ge=0
    )
    min_free_mb: float = setting(
        200.0, "recording pauses when the disk has less free space than this", unit="MB", ge=10, le=100000
    )
