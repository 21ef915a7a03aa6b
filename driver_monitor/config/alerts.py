"""Where alerts go."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class ConsoleConfig(Section):
    enabled: bool = setting(True, "print alerts on the terminal")


class AudioConfig(Section):
    enabled: bool = setting(True, "sound alerts")
    backend: Literal["auto", "aplay", "sounddevice"] = setting(
        "auto", "what plays the tones: aplay (ALSA), sounddevice (PortAudio), or auto: aplay where it is installed"
    )
    device: str = setting("default", "sound device, as 'aplay -L' or 'python -m sounddevice' names it")
    info_volume: float = setting(0.25, "peak of info tones; 0 is mute", unit="0..1", ge=0, le=1)
    warning_volume: float = setting(0.6, "peak of warning tones; 0 is mute", unit="0..1", ge=0, le=1)
    critical_volume: float = setting(1.0, "peak of critical tones; cannot be muted", unit="0..1", ge=0.1, le=1)
    repeat_s: float = setting(
        2.0,
        "a critical tone (1.2 s) is repeated this often while its rule fires, from start to start",
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
    write_timeout_s: float = setting(
        0.2, "a write that takes longer than this and the line itself counts as failed", unit="s", ge=0.01, le=5
    )
    reconnect_s: float = setting(2.0, "wait between attempts to reopen a lost port", unit="s", ge=0.1, le=60)


class AlertsConfig(Section):
    console: ConsoleConfig = setting(ConsoleConfig(), "terminal output")
    audio: AudioConfig = setting(AudioConfig(), "sound output")
    serial: SerialConfig = setting(SerialConfig(), "serial-bus output")
