"""What is known about the car."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class SpeedConfig(Section):
    source: Literal["none", "fixed", "nmea"] = setting(
        "none",
        "none: the speed is assumed, the car counts as moving; fixed: it is given as fixed_kmh; nmea: it is measured "
        "by a GPS receiver on a serial port",
    )
    assumed_kmh: float = setting(60.0, "speed that rules assume while source is none", unit="km/h", ge=0, le=250)
    fixed_kmh: float = setting(60.0, "speed given for source 'fixed'", unit="km/h", ge=0, le=250)
    port: str = setting("/dev/ttyACM0", "serial port of the GPS receiver")
    baud: int = setting(9600, "its baud rate", unit="Bd", ge=1200, le=921600, source="NMEA 0183 receivers' usual rate")
    stale_s: float = setting(
        3.0,
        "a reading older than this means the speed is unknown; receivers report once a second, so use 2 or more",
        unit="s",
        ge=0.5,
        le=60,
    )


class VehicleConfig(Section):
    speed: SpeedConfig = setting(SpeedConfig(), "how fast the car goes")
