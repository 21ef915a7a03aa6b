"""The voice worker: the child process that alone hears the microphone, and lets nothing out but readings.

Started by :class:`driver_monitor.channels.voice.microphone_voice.MicrophoneVoice` as
``python -m driver_monitor.channels.voice.worker FD SETTINGS``, where FD is its end of a socket pair. First it seals
itself off from every network. Then it opens the microphone, for which it may have to ask the sound server, and gives up
that way as well, and every way to a file. So it opens a microphone once in its life; the parent starts another one.
"""

import os
import signal
import socket
import sys
from pathlib import Path

from driver_monitor.channels.voice import messages
from driver_monitor.channels.voice.errors import MicrophoneError
from driver_monitor.channels.voice.messages import VoiceWorkerSettings
from driver_monitor.child import end_with, forbid_files, say, sealed
from driver_monitor.errors import DriverMonitorError


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the parent decides
    parent = socket.socket(fileno=int(sys.argv[1]))
    try:
        listen(parent, VoiceWorkerSettings.from_json(sys.argv[2]))
    except MicrophoneError as error:
        say(parent, messages.message(messages.MISSING, missing=error.missing, words=str(error)))
    except DriverMonitorError as error:
        say(parent, messages.message(messages.FAILED, words=str(error)))
    os._exit(0)  # PortAudio's own end would wait for a device that may be gone


def listen(parent: socket.socket, settings: VoiceWorkerSettings) -> None:
    """Tell ``parent`` of every second. Ends by an error: :class:`MicrophoneError` once there is no microphone."""
    sealed(required=settings.require_sandbox, local_programs=True)
    end_with(parent)
    # Everything that hears, decodes or judges is loaded behind the seal.
    from driver_monitor.channels.voice.activity import VoiceActivity  # noqa: PLC0415
    from driver_monitor.channels.voice.listener import Listener, steps  # noqa: PLC0415
    from driver_monitor.channels.voice.microphone import Microphone  # noqa: PLC0415
    from driver_monitor.channels.voice.net import VoiceNet  # noqa: PLC0415

    microphone = Microphone(settings.device)
    unsealed = sealed(required=settings.require_sandbox)
    forbid_files()
    net = VoiceNet(Path(settings.voice_model))
    listener = Listener(VoiceActivity(Path(settings.vad_model)), net, settings.min_speech_s)
    say(parent, messages.message(messages.READY, unsealed=unsealed))
    for step in steps(microphone.pieces()):
        say(parent, messages.reading(listener.hear(step)))


if __name__ == "__main__":
    main()
