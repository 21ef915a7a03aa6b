"""A program: play one WAV file through PortAudio and exit. ``portaudio_play.py DEVICE FILE``; 'default' is a device.

It runs by itself, without the package, so that it starts quickly. What goes wrong is one line on standard error.
"""

import os
import sys
import wave


def main(device: str, path: str) -> None:
    try:
        import sounddevice  # noqa: PLC0415  (its absence is an answer)
    except (ImportError, OSError):
        sys.exit("the PortAudio library is missing: install the package libportaudio2 or alsa-utils")
    try:
        with (
            wave.open(path, "rb") as file,
            sounddevice.RawOutputStream(
                samplerate=file.getframerate(),
                channels=file.getnchannels(),
                dtype="int16",
                device=None if device == "default" else os.fsencode(device).decode("utf-8", "replace"),
            ) as stream,
        ):
            stream.write(file.readframes(file.getnframes()))
    except (sounddevice.PortAudioError, ValueError, OSError, EOFError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
