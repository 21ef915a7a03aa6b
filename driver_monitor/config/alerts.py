"""Where alerts go."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class ConsoleConfig(Section):
    enabled: bool = setting(True, "print alerts on the terminal")


class AudioConfig(Section):
    enabled: bool = setting(True, "sound alerts")
    backend: Literal["auto", "aplay", "sounddevice"] = setting(
        "auto", "auto prefers aplay (ALSA) and falls back to sounddevice"
    )
    device: str = setting("default", "ALSA device name for aplay, or sounddevice device name")
    info_volume: float = setting(0.25, "loudness of info tones", unit="0..1", ge=0, le=1)
    warning_volume: float = setting(0.6, "loudness of warning tones", unit="0..1", ge=0, le=1)
    critical_volume: float = setting(1.0, "loudness of critical tones", unit="0..1", ge=0.1, le=1)
    repeat_s: float = setting(
        2.0,
        "a critical tone is repeated this often while its rule fires",
        unit="s",
        ge=0.5,
        le=30,
        source="practice: an urgent alert repeats until answered",
    )


class SerialConfig(Section):
    enabled: bool = setting(False, "send alerts over a serial port")
    port: str = setting("/dev/ttyUSB0", "serial port")
    baud: int = setting(115200, "baud rate", unit="Bd", ge=1200, le=4000000)
    heartbeat_s: float = setting(
        1.0, "a heartbeat line this often, so that silence means death", unit="s", ge=0.1, le=60
    )
    write_timeout_s: float = setting(0.2, "a write that takes longer counts as failed", unit="s", ge=0.01, le=5)
    reconnect_s: float = setting(2.0, "wait between attempts to reopen a lost port", unit="s", ge=0.1, le=60)


class AlertsConfig(Section):
    console: ConsoleConfig = setting(ConsoleConfig(), "terminal output")
    audio: AudioConfig = setting(AudioConfig(), "sound output")
    serial: SerialConfig = setting(SerialConfig(), "serial-bus output")
