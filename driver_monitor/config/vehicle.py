"""What is known about the car."""

from typing import Final, Literal

from driver_monitor.config.section import Section, setting

Measuring = Literal["obd", "can", "nmea", "gpsd"]
TCP: Final = "tcp://"


class ObdConfig(Section):
    address: str = setting(
        "/dev/rfcomm0",
        "the ELM327 adapter: its serial port, which 'rfcomm bind' makes for a Bluetooth one, or tcp://HOST:PORT (WiFi)",
        min_length=1,
    )
    baud: int = setting(38400, "its baud rate", unit="Bd", ge=1200, le=921600, source="ELM327 data sheet")


class CanSpeedConfig(Section):
    """Listens only: nothing is ever sent."""

    interface: Literal["socketcan", "slcan", "virtual"] = setting(
        "socketcan", "as alerts.can.interface; an slcan adapter cannot be shared with alerts.can"
    )
    channel: str = setting("can0", "interface (can0), or the adapter's port", min_length=1)
    bitrate: int = setting(500000, "the bus's bit rate, for slcan", unit="bit/s", ge=10000, le=1000000)
    settle_s: float = setting(2.0, "as alerts.can.settle_s", unit="s", ge=0, le=10)
    dbc: str = setting("", "DBC file that describes the car's messages")
    signal: str = setting(
        "",
        "the signal that carries the speed, as MESSAGE.SIGNAL; its unit in the DBC is km/h, m/s, mph, or none (km/h)",
    )


class GpsdConfig(Section):
    host: str = setting("localhost", "where gpsd runs", min_length=1)
    port: int = setting(2947, "its port", ge=1, le=65535, source="gpsd's number at IANA")


class SpeedConfig(Section):
    source: Literal["none", "fixed", "obd", "can", "nmea", "gpsd"] = setting(
        "none",
        "none: the speed is assumed, the car counts as moving; fixed: it is given as fixed_kmh; measured: obd (an "
        "ELM327 adapter), can (a signal on the car's bus), nmea (a GPS receiver on a serial port), gpsd (a GPS daemon)",
    )
    fallback: tuple[Measuring, ...] = setting(
        (), "further sources that measure, in order of trust, for when the one before them is silent", max_length=3
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
    obd: ObdConfig = setting(ObdConfig(), "the car's diagnostic socket, by an ELM327 adapter")
    can: CanSpeedConfig = setting(CanSpeedConfig(), "a signal on the car's bus (needs the extra 'can')")
    gpsd: GpsdConfig = setting(GpsdConfig(), "a GPS daemon")

    @property
    def measuring(self) -> tuple[Measuring, ...]:
        """The sources that measure, the most trusted one first."""
        match self.source:
            case "none" | "fixed":
                return ()
            case source:
                return (source, *self.fallback)

    def networked(self, source: Measuring) -> bool:
        """Whether a source is spoken to over an internet socket, be it to this machine or to an adapter in the car."""
        return source == "gpsd" or (source == "obd" and self.obd.address.startswith(TCP))


class VehicleConfig(Section):
    speed: SpeedConfig = setting(SpeedConfig(), "how fast the car goes")
