"""The attention ladder: awareness that drains while the driver does not watch the road, in four steps."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class LadderConfig(Section):
    """Each step takes a quarter of the awareness."""

    look_up_s: float = setting(5.0, "awareness 0.75 after this time", unit="s", gt=0, le=600)
    warn_s: float = setting(8.0, "awareness 0.5 after this time", unit="s", gt=0, le=600)
    urgent_s: float = setting(13.0, "awareness 0.25 after this time", unit="s", gt=0, le=600)
    used_up_s: float = setting(18.0, "awareness 0 after this time: the driver does not respond", unit="s", gt=0, le=600)


class AttentionConfig(Section):
    vision: LadderConfig = setting(
        LadderConfig(), "how fast awareness drains while the driver is seen looking away or with closed eyes (UN R171)"
    )
    unseen: LadderConfig = setting(
        LadderConfig(look_up_s=5.0, warn_s=15.0, urgent_s=25.0, used_up_s=35.0),
        "the same after the face was lost while the driver looked away or closed the eyes (openpilot: 5, 15, 25 s)",
    )
    unseen_floor: float = setting(
        1.0,
        "how far awareness drains while the driver is just not seen; 1: not at all. After a face that was lost in a "
        "lapse (last_seen) it drains to 0",
        unit="0..1",
        ge=0,
        le=1,
        source="NHTSA field trial: eyes not found made 39 % of false alerts",
    )
    min_quality: float = setting(
        0.3, "a face seen with less quality than this cannot be judged", unit="0..1", ge=0, le=1
    )
    filter_s: float = setting(
        0.25, "time constant of the verdict 'not watching'", unit="s", gt=0, le=5, source="practice (openpilot)"
    )
    enter: float = setting(
        0.63,
        "level of the filtered verdict from which it counts",
        unit="0..1",
        gt=0,
        le=1,
        source="practice (openpilot)",
    )
    leave: float = setting(0.37, "level below which it ends", unit="0..1", gt=0, le=1, source="practice (openpilot)")
    recovery_s: float = setting(
        4.0, "watching the road fills awareness from 0 to 1 in this time", unit="s", gt=0, le=60
    )
    answer_s: float = setting(
        2.0, "once awareness is used up, watching the road this long without a break counts as an answer", unit="s",
        gt=0, le=60,
    )  # fmt: skip
    from_kmh: float = setting(
        10.0, "below this speed awareness recovers whatever the driver does", unit="km/h", ge=0, le=250,
        source="practice (openpilot)",
    )  # fmt: skip
    when_unknown: Literal["apply", "suppress"] = setting(
        "apply", "whether the car counts as moving while a configured speed source is silent"
    )
    lockout_after: int = setting(
        3, "awareness used up this often in one drive is reported as attention_lockout", unit="count", ge=1, le=100
    )
