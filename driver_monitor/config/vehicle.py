"""What is known about the car."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

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


class VehicleCanConfig(Section):
    """The car's bus, from which is only read."""

    interface: Literal["socketcan", "slcan", "virtual"] = setting(
        "socketcan",
        "socketcan: a network interface of the kernel; slcan: an adapter on a serial port, which alerts.can cannot use "
        "as well; virtual: a bus inside the program, for trials",
    )
    channel: str = setting("can0", "interface (can0), or the adapter's port (/dev/serial/by-id/..)", min_length=1)
    bitrate: int = setting(500000, "the bus's bit rate, for slcan", unit="bit/s", ge=10000, le=1000000)
    dbc: str = setting("", "DBC file that says how the car's messages are to be read; needed for 'from: can'")
    reconnect_s: float = setting(2.0, "wait between attempts to open a lost bus again", unit="s", ge=0.1, le=60)


def _values(given: object) -> tuple[str, ...]:
    """One value or several, numbers as they are written."""
    return tuple(str(value) for value in (given if isinstance(given, (list, tuple)) else (given,)))


class SwitchConfig(Section):
    """Something that is on or off."""

    source: Literal["none", "can", "gpio"] = setting(
        "none", "none: not connected; can: a signal on the car's bus; gpio: a pin of the board", alias="from"
    )
    message: str = setting("", "name of its message in vehicle.can.dbc, for can")
    signal: str = setting("", "name of its signal in that message, for can")
    active: Annotated[tuple[str, ...], BeforeValidator(_values)] = setting(
        ("1",),
        "values of the signal that mean yes, as numbers or as the DBC names them; its other values mean no",
        min_length=1,
    )
    invalid: Annotated[tuple[str, ...], BeforeValidator(_values)] = setting(
        (), "values that mean 'not known', as are those outside the range that the DBC gives"
    )
    pin: int | None = setting(None, "pin for gpio, by the chip's number (GPIO17 is 17)", ge=0, le=53)
    active_high: bool = setting(True, "a high pin means yes (5 V and 12 V need a divider); false: one drawn to ground")

    @property
    def connected(self) -> bool:
        return self.source != "none"


class AngleConfig(Section):
    """The angle of the steering wheel."""

    source: Literal["none", "can"] = setting("none", "none: not connected; can: a signal on the bus", alias="from")
    message: str = setting("", "name of its message in vehicle.can.dbc, for can")
    signal: str = setting("", "name of its signal in that message, for can")
    factor: float = setting(
        1.0, "degrees for each unit of the signal; negative where it counts to the right", unit="deg", ge=-360, le=360
    )

    @property
    def connected(self) -> bool:
        return self.source != "none"


class InputsConfig(Section):
    """Optional; what is not connected is not known, and changes nothing."""

    ignition: SwitchConfig = setting(SwitchConfig(), "the ignition: off ends the drive")
    reverse: SwitchConfig = setting(SwitchConfig(), "the reverse gear: looking back is driving")
    indicator_left: SwitchConfig = setting(
        SwitchConfig(), "the direction indicator, its lever or its flashing lamp: looks to that side are driving"
    )
    indicator_right: SwitchConfig = setting(SwitchConfig(), "the same to the right")
    steering_angle: AngleConfig = setting(AngleConfig(), "the angle of the steering wheel")
    wipers: SwitchConfig = setting(SwitchConfig(), "the wipers, for rules of yours")
    hands_on: SwitchConfig = setting(SwitchConfig(), "hands on the steering wheel, for rules of yours")
    acknowledge: SwitchConfig = setting(SwitchConfig(), "a button by which the driver answers, as SIGUSR1 does")
    stale_s: float = setting(
        2.0, "what was not heard of for longer is not known, and never 'off'", unit="s", ge=0.2, le=60
    )
    pins: Literal["lgpio", "mock"] = setting(
        "lgpio", "lgpio: the board's pins; mock: gpiozero's pretended ones, for trials on any machine"
    )

    @property
    def switches(self) -> dict[str, SwitchConfig]:
        """Those that are connected, by name."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: each for name, each in found.items() if isinstance(each, SwitchConfig) and each.connected}

    def on(self, source: str) -> dict[str, SwitchConfig | AngleConfig]:
        """The inputs that come from ``source`` (can, gpio), by name."""
        found: dict[str, SwitchConfig | AngleConfig] = {**self.switches}
        if self.steering_angle.connected:
            found["steering_angle"] = self.steering_angle
        return {name: each for name, each in found.items() if each.source == source}


class VehicleConfig(Section):
    speed: SpeedConfig = setting(SpeedConfig(), "how fast the car goes")
    can: VehicleCanConfig = setting(VehicleCanConfig(), "the car's CAN bus, for what is read from it")
    inputs: InputsConfig = setting(InputsConfig(), "what the car tells beside its speed, each 'from' none, can or gpio")
    ignition_off_s: float = setting(
        10.0,
        "the ignition off for so long ends the drive and its recording; the next begins when it is on again",
        unit="s",
        ge=1,
        le=3600,
    )
