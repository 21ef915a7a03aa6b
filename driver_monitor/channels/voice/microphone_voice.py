"""The parent's side of the voice worker: readings come over, unplugged microphones and deaths are survived."""

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from driver_monitor.channels.voice import messages
from driver_monitor.channels.voice.messages import VoiceWorkerSettings
from driver_monitor.channels.voice.source import VoiceSource
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.config.voice import VoiceConfig
from driver_monitor.counted import counted
from driver_monitor.face.restart_budget import RestartBudget
from driver_monitor.face.worker_process import WorkerGoneError, WorkerProcess
from driver_monitor.parameter import judged
from driver_monitor.state.voice import VoiceReading

logger = logging.getLogger(__name__)

MODULE: Final = "driver_monitor.channels.voice.worker"
NAME: Final = "voice worker"
HUNG_S: Final = judged(10.0, "without a word from the worker, which loads for one or two and then speaks once a second")
TOLD_EVERY_S: Final = judged(1.0, "between two readings that say why there is none: as often as there would be one")
DEATH_GRACE_S: Final = judged(0.2, "hanging up comes first, then the exit code that explains it")


class MicrophoneVoice(VoiceSource):
    """The microphone in a process of its own, sealed off from the network and from files.

    Constructing starts the process and returns at once; nothing here ever waits for it. A microphone that is missing or
    unplugged is said once in the log, and in every reading, and looked for again every ``retry_s``. A worker that dies
    or hangs is started again within a budget; once that is used up, the voice is not heard any more and the monitor
    goes on without. To be used from one thread at a time.
    """

    def __init__(self, config: VoiceConfig, privacy: PrivacyConfig, vad_model: Path, voice_model: Path) -> None:
        """``vad_model`` is the checked file from :func:`~driver_monitor.channels.voice.activity.vad_model`."""
        self.restarts = 0
        self.unsealed = ""  # why the worker is not cut off from the network; empty if it is (known once it is ready)
        self._config = config
        self._settings = VoiceWorkerSettings(
            config.device, str(vad_model), str(voice_model), config.min_speech_s, privacy.require_sandbox
        )
        self._budget = RestartBudget(config.restarts, config.restart_window_s)
        self._process: WorkerProcess | None = None
        self._try_again_s: float | None = 0.0  # on the monotonic clock; None: never
        self._told_s: float | None = None  # media time of the newest reading
        self._missing = self._complaint = ""
        self._start()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def reading(self, t_s: float) -> VoiceReading | None:
        newest = self._newest()
        if newest is not None:
            self._told_s = t_s
            return replace(newest, t_s=t_s)
        if self._missing and (self._told_s is None or not 0 <= t_s - self._told_s < TOLD_EVERY_S):
            self._told_s = t_s
            return VoiceReading(t_s, missing=self._missing)
        return None

    def close(self) -> None:
        self._end(0.0)
        self._try_again_s = None

    def _newest(self) -> VoiceReading | None:
        now_s = time.monotonic()
        if self._process is None:
            if self._try_again_s is not None and now_s >= self._try_again_s:
                self._start()
            return None
        newest, process = None, self._process
        try:
            while self._process is process and (datagram := process.receive(0.0)) is not None:
                self._word_s = now_s
                newest = self._told(*messages.read(datagram)) or newest
        except WorkerGoneError:
            self._died(process, "died", DEATH_GRACE_S)
        if self._process is process and now_s - self._word_s > HUNG_S:
            self._died(process, f"has said nothing for {HUNG_S:g} s")
        return newest

    def _told(self, kind: str, content: dict[str, Any]) -> VoiceReading | None:
        if kind == messages.READING:
            self._missing = self._complaint = ""
            return VoiceReading(**content)
        if kind == messages.READY:
            self.unsealed = content["unsealed"]
            if self.unsealed:
                logger.warning(
                    "the %s runs without sandbox, as privacy.require_sandbox allows: %s", NAME, self.unsealed
                )
        elif kind == messages.MISSING:
            self._rest(content["missing"], self._config.retry_s)
            self._complain(f"{content['words']}; the voice is looked for every {self._config.retry_s:g} s")
        else:
            self._rest("not_listening", None)
            self._complain(f"the voice is not heard: {content['words']}")
        return None

    def _start(self) -> None:
        self._missing = self._missing or "settling"
        self._word_s = time.monotonic()
        self._process = WorkerProcess(self._settings, module=MODULE, name=NAME)

    def _died(self, process: WorkerProcess, mishap: str, grace_s: float = 0.0) -> None:
        self._end(grace_s)
        told = f"the {NAME} {mishap} ({process.obituary()})"
        if not self._budget.spend(time.monotonic()):
            self._rest("not_listening", None)
            self._complain(
                f"{told} and has used up its {counted(self._config.restarts, 'restart')} within "
                f"{self._config.restart_window_s:g} s (channels.voice.restarts): the voice is not heard any more"
            )
            return
        self.restarts += 1
        logger.warning("%s: restarting it", told)
        self._start()

    def _rest(self, missing: str, retry_s: float | None) -> None:
        """No worker for ``retry_s``, for good if None."""
        self._end(DEATH_GRACE_S)
        self._missing = missing
        self._try_again_s = None if retry_s is None else time.monotonic() + retry_s

    def _end(self, grace_s: float) -> None:
        if self._process is not None:
            self._process.end(grace_s)
            self._process = None

    def _complain(self, sentence: str) -> None:
        """Once for each sentence, until something has been heard."""
        if sentence != self._complaint:
            logger.warning("%s", sentence)
        self._complaint = sentence
