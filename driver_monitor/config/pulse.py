"""How the heart is listened to."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class PulseConfig(Section):
    enabled: bool = setting(False, "measure heart rate and breathing: from the skin in the frame, or with a sensor")
    camera: bool = setting(True, "from the colour of the skin; costs the vision worker 0.3 ms a frame")
    sensor: Literal["none", "bluetooth", "serial"] = setting(
        "none", "a heart sensor beside the camera: a Bluetooth LE strap or watch, or one on a serial port"
    )
    address: str = setting(
        "", "the Bluetooth sensor's address (AA:BB:CC:DD:EE:FF) or name; empty takes the first one that is found"
    )
    port: str = setting("/dev/ttyUSB0", "serial port of the sensor")
    baud: int = setting(115200, "its baud rate", unit="Bd", ge=1200, le=921600)
    stale_s: float = setting(5.0, "a sensor that has said nothing for this long says nothing", unit="s", ge=1, le=60)
    window_s: float = setting(
        20.0,
        "the skin's colour is looked at over this long: longer is surer, shorter follows faster",
        unit="s",
        ge=10,
        le=30,
        source="Wang et al. 2017",
    )
