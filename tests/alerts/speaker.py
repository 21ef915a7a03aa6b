"""A loudspeaker made of ALSA's own file plugin: real aplay, real ALSA, and every sample is kept."""

import stat
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.alerts.tones import SAMPLE_RATE_HZ, Tone, render
from driver_monitor.config.alerts import AudioConfig

from .make import wait_until

DEVICE = "speaker"

# The null device swallows sound at once, so the recorder holds aplay up for as long as the sound lasts.
_RECORDER = """#!/bin/sh
file="{folder}/$(date +%s%N)"
cat > "$file.part"
bytes=$(stat -c %s "$file.part")
sleep "$((bytes / 96000)).$(printf %03d $((bytes % 96000 / 96)))"
mv "$file.part" "$file.whole"
"""
_STUCK = """#!/bin/sh
cat > /dev/null
exec sleep 60
"""


@dataclass(frozen=True)
class Heard:
    at_s: float
    tone: Tone
    whole: bool  # False: cut off, or still playing


class Speaker:
    """Point ALSA_CONFIG_PATH at ``config_path``; the device 'speaker' exists from :meth:`plug_in` on."""

    def __init__(self, folder: Path, config: AudioConfig) -> None:
        self.config_path = folder / "asound.conf"
        self._recordings = folder / "recordings"
        self._recordings.mkdir()
        self._program = folder / "recorder"
        self._config = config
        self.config_path.write_text("pcm.null { type null }\n")

    def plug_in(self, *, stuck: bool = False) -> None:
        self._program.write_text(_STUCK if stuck else _RECORDER.format(folder=self._recordings))
        self._program.chmod(self._program.stat().st_mode | stat.S_IXUSR)
        self.config_path.write_text(
            "pcm.null { type null }\n"
            f'pcm.{DEVICE} {{ type file; slave.pcm null; file "| {self._program}"; format raw }}\n'
        )

    def heard(self) -> list[Heard]:
        """Every tone so far except silence, in order."""
        found = []
        for path in sorted(self._recordings.iterdir()):
            samples = read(path)
            if samples.any():
                tone = self._recognise(samples)
                found.append(Heard(int(path.stem) / 1e9, tone, path.suffix == ".whole"))
        return found

    def tones(self) -> list[Tone]:
        return [heard.tone for heard in self.heard()]

    def recordings(self) -> list[NDArray[np.int16]]:
        return [samples for path in sorted(self._recordings.iterdir()) if (samples := read(path)).any()]

    def wait_for_check(self) -> None:
        """Wait until the sink has found the card, so that timing starts from rest."""
        wait_until(lambda: any(self._recordings.glob("*.whole")))
        time.sleep(0.05)

    def _recognise(self, samples: NDArray[np.int16]) -> Tone:
        volume = {
            Tone.INFO: self._config.info_volume,
            Tone.WARNING: self._config.warning_volume,
            Tone.CRITICAL: self._config.critical_volume,
            Tone.URGENT: self._config.critical_volume,
            Tone.FAULT: self._config.critical_volume,
        }
        for tone, loudness in volume.items():
            expected = render(tone, loudness)[: len(samples)]
            if len(samples) <= len(expected) + SAMPLE_RATE_HZ // 10 and (samples[: len(expected)] == expected).all():
                return tone
        return Tone.SPEECH  # whatever is none of the tones; that it is a message is for the test to show


def read(path: Path) -> NDArray[np.int16]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # just renamed to .whole
        data = path.with_suffix(".whole").read_bytes()
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
