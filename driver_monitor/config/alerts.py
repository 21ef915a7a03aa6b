"""Where alerts go."""

from typing import Literal

from driver_monitor.config.can import CanConfig
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.config.rules import Output
from driver_monitor.config.section import Section, setting


class ConsoleConfig(Section):
    enabled: bool = setting(True, "print alerts on the terminal")


class AudioConfig(Section):
    enabled: bool = setting(True, "sound alerts")
    backend: Literal["auto", "aplay", "sounddevice"] = setting(
        "auto", "what plays the tones: aplay (ALSA) or sounddevice (PortAudio); auto takes aplay where it is installed"
    )
    device: str = setting("default", "sound device, as 'aplay -L' or 'python -m sounddevice' names it")
    info_volume: float = setting(0.25, "peak of info tones; 0 is mute", unit="0..1", ge=0, le=1)
    warning_volume: float = setting(0.6, "peak of warning tones; 0 is mute", unit="0..1", ge=0, le=1)
    critical_volume: float = setting(1.0, "peak of critical tones; cannot be muted", unit="0..1", ge=0.1, le=1)
    repeat_s: float = setting(
        2.0,
        "a critical tone (1.2 s) is repeated this often while its rule fires and the driver has not answered, from "
        "start to start",
        unit="s",
        ge=0.5,
        le=30,
        source="practice: an urgent alert repeats until answered",
    )

    night_volume: float = setting(
        1.0,
        "at night info and warning tones are this much of their volume; critical ones are as loud as by day. 1: no "
        "difference. Only where the clock can be trusted",
        unit="0..1",
        ge=0,
        le=1,
    )
    night_from_h: int = setting(22, "the hour at which night begins, local time", unit="h", ge=0, le=23)
    night_to_h: int = setting(6, "the hour at which it ends", unit="h", ge=0, le=23)
    speech: bool = setting(
        False, "speak each message after its tone, in the language of messages.language; needs espeak-ng"
    )
    voice: str = setting("", "voice, as 'espeak-ng --voices' names it; empty: the one of the language")


class SerialConfig(Section):
    enabled: bool = setting(False, "send alerts over a serial port")
    port: str = setting(
        "/dev/ttyUSB0",
        "serial port; a name of /dev/serial/by-id/ stays the same. A USB adapter that comes back under another name is "
        "found by its identity",
    )
    mode: Literal["lines", "buzzer"] = setting(
        "lines", "what is sent: lines with everything in them, or for a buzzer one character by level"
    )
    baud: int = setting(115200, "baud rate", unit="Bd", ge=1200, le=4000000)
    heartbeat_s: float = setting(
        1.0,
        "how often a heartbeat line is sent; silence then means that the monitor has failed",
        unit="s",
        ge=0.1,
        le=60,
    )
    write_timeout_s: float = setting(
        0.2, "a write that takes longer than this and the line itself counts as failed", unit="s", ge=0.01, le=5
    )
    reconnect_s: float = setting(2.0, "wait between attempts to reopen a lost port", unit="s", ge=0.1, le=60)
    ack: bool = setting(
        False,
        "the receiver of lines acknowledges critical alerts: one that it does not acknowledge is sent again. Otherwise "
        "this begins with the first acknowledgement that comes",
    )
    rs485: Literal["off", "rts_high", "rts_low"] = setting(
        "off",
        "RS-485: the level of RTS by which the port's driver turns the transceiver to sending; off where the adapter "
        "does so by itself",
    )
    stop_request: bool = setting(True, "ask for a safe stop (STOP_REQUEST) while an unresponsive alert fires")


_EVERYWHERE: tuple[Output, ...] = ("console", "audio", "serial", "can", "mqtt", "gpio")


class OutputsConfig(Section):
    info: tuple[Output, ...] = setting(_EVERYWHERE, "info alerts")
    warning: tuple[Output, ...] = setting(_EVERYWHERE, "warnings")
    critical: tuple[Output, ...] = setting(_EVERYWHERE, "critical alerts")
    unresponsive: tuple[Output, ...] = setting(_EVERYWHERE, "unresponsive alerts: the driver does not answer")

    def of(self, level: str) -> tuple[Output, ...]:
        return {
            "info": self.info,
            "warning": self.warning,
            "critical": self.critical,
            "unresponsive": self.unresponsive,
        }[level]


class BudgetConfig(Section):
    """A nuisance is an alert whose driver is plainly attentive sooner than anybody could have answered it."""

    guard: bool = setting(True, "mute a rule that gives too many nuisance alerts; critical alerts are never muted")
    nuisances_per_hour: int = setting(
        3, "nuisance alerts of one rule that are allowed within an hour; the next one mutes it", unit="count",
        ge=0, le=100,
    )  # fmt: skip
    too_soon_s: float = setting(
        0.5,
        "eyes that are open and on the road sooner than this were so before the alert: it was a nuisance",
        unit="s",
        ge=0,
        le=5,
        source="a driver takes about 0.7 s to hear a sound and turn the head",
    )
    attentive_s: float = setting(1.0, "how long they must stay there", unit="s", ge=0, le=30)
    min_quality: float = setting(
        0.6, "lowest quality at which this is judged; nothing may be degraded", unit="0..1", ge=0, le=1
    )
    quiet_s: float = setting(1800.0, "how long a muted rule makes no sound", unit="s", ge=1, le=86400)


class AlertsConfig(Section):
    console: ConsoleConfig = setting(ConsoleConfig(), "terminal output")
    audio: AudioConfig = setting(AudioConfig(), "sound output")
    serial: SerialConfig = setting(SerialConfig(), "serial-bus output")
    can: CanConfig = setting(CanConfig(), "CAN-bus output")
    mqtt: MqttConfig = setting(MqttConfig(), "MQTT output: the one that leaves the device")
    gpio: GpioConfig = setting(GpioConfig(), "buzzer, lights, vibration motor and button on the board's pins")
    outputs: OutputsConfig = setting(OutputsConfig(), "where alerts of a level go, unless their rule says otherwise")
    budget: BudgetConfig = setting(BudgetConfig(), "nuisance-alert suppression")
