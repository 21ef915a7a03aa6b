"""Whether drives are kept, how much of them, and for how long."""

from driver_monitor.config.section import Section, setting
from driver_monitor.state.recording_level import RecordingLevel


class RecordingConfig(Section):
    dir: str = setting("", "folder that 'run' records drives into; empty records nothing")
    level: RecordingLevel = setting(
        "signals",
        "how much is kept: events (alerts and a state a second), signals (every frame's numbers), landmarks (face "
        "points as well) or video (the pictures too: the one level that keeps a face)",
    )
    vehicle: str = setting("", "name of the car, written into every drive; empty says nothing")
    segment_min: float = setting(10.0, "a drive is cut into files of this length", unit="min", ge=0.1, le=240)
    sync_s: float = setting(
        0.5,
        "how often what is recorded is put on the disk: what a power cut can cost",
        unit="s",
        ge=0.1,
        le=10,
    )
    clip_s: float = setting(
        0.0,
        "0 keeps the whole drive; else only this much before and after each alert, a file each",
        unit="s",
        ge=0,
        le=600,
    )
    jpeg_quality: int = setting(90, "quality of recorded pictures", ge=30, le=100)
    keep_days: float = setting(
        30.0,
        "recorded drives older than this are erased, by clocks that were synchronised; 0 keeps them",
        unit="d",
        ge=0,
        le=3650,
    )
    keep_gb: float = setting(
        8.0, "beyond this size those recorded first are erased first; 0 sets no limit", unit="GB", ge=0
    )
    min_free_mb: float = setting(
        200.0, "recording pauses when the disk has less room than this", unit="MB", ge=10, le=100000
    )
