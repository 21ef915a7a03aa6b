"""Alerts one can hear."""

import logging
import time
from collections.abc import Callable
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from driver_monitor.alerts.night import is_night
from driver_monitor.alerts.player import Player, choose_program
from driver_monitor.alerts.queued import FLUSH_S, QueuedSink
from driver_monitor.alerts.sink import SinkError
from driver_monitor.alerts.speech import Speech
from driver_monitor.alerts.tones import SAMPLE_RATE_HZ, Tone, render, wav_bytes
from driver_monitor.alerts.urgency import Urgency
from driver_monitor.config.alerts import AudioConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.state.alert import Alert, AlertState, Level

logger = logging.getLogger(__name__)

RETRY_S = 30.0  # a card may be plugged in later
HANG_S = 2.0  # a tone that lasts this much longer than it should is stuck: cards buffer well under a second
POLL_S = 0.02  # how often a playing tone is looked after


class AudioSink(QueuedSink):
    """Plays a tone for every alert that begins to fire; :class:`Urgency` says which and when.

    At the start, a twentieth of a second of silence is played to find out whether there is a sound card, so that its
    absence is known before the first alert needs it. Trouble is reported once. From then on each new alert tries again,
    so do the repeats of a critical one, and in quiet times the check does every 30 s; the first tone that plays to its
    end is reported as the recovery. A fault's tone is played to its end.

    Where it is to speak, the message of an alert follows its tone, once, and only if it is ready by then; the tone of
    another alert cuts it off.
    """

    name = "sound"
    FAULT_S = 2.5  # the tone lasts 1.6 s; a card takes its time to start

    def __init__(
        self,
        config: AudioConfig,
        report: Callable[[str], None],
        *,
        messages: MessagesConfig | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        super().__init__(report)
        self._config = config
        self._retry_s = retry_s
        self._tones: dict[tuple[Tone, float], NDArray[np.int16]] = {
            (tone, volume): render(tone, volume)
            for tone in Tone
            if tone is not Tone.SPEECH
            for volume in (self._volume(tone, night=False), self._volume(tone, night=True))
        }
        self._speech = Speech.of(config, messages or MessagesConfig(), report) if config.speech else None
        self._to_say: Alert | None = None  # its tone was heard
        self._answered = False  # set by any thread
        self._urgency = Urgency(config.repeat_s)
        self._player: Player | None = None
        self._playing: Tone | None = None
        # By rule: alerts that no tone has stood for yet, and those that the playing tone stands for or masks.
        self._unheard: dict[str, Alert] = {}
        self._sounding: dict[str, Alert] = {}
        self._overdue_s = 0.0  # when the playing tone counts as stuck
        self._check_at_s = 0.0
        self._down = False
        self._ended = False
        self._start()

    def acknowledge(self) -> None:
        self._answered = True

    def _run(self) -> None:
        try:
            while not self._closing:
                self._step()
                for alert in self._take(self._idle_s()):
                    if self._failure is None:
                        self._urgency.take(alert)
                        self._unheard[alert.rule] = alert
                        if self._speech is not None:
                            self._speech.prepare([alert.message])
                if self._failure is not None and not self._ended:
                    self._ended = True
                    self._urgency.end()
            leave_s = time.monotonic() + FLUSH_S + (self.FAULT_S if self._ended else 0.0)
            self._step()
            while self._playing is not None and time.monotonic() < leave_s:
                time.sleep(POLL_S)
                self._step()
        finally:
            if self._player is not None:
                self._player.close()
            if self._speech is not None:
                self._speech.close()

    def _idle_s(self) -> float | None:
        """How long nothing can happen unless an alert comes; None for ever."""
        if self._playing is not None:
            return POLL_S
        due_s = min(self._urgency.next_s, self._check_at_s)
        return None if due_s == float("inf") else max(0.0, due_s - time.monotonic())

    def _step(self) -> None:
        now_s = time.monotonic()
        try:
            self._look_after(now_s)
            if self._answered:
                self._answered = False
                self._hush()
            if self._playing is None and self._to_say is not None and not self._urgency.news:
                self._say(now_s)
            tone = self._urgency.choose(now_s, self._playing)
            if tone is None and self._playing is None and now_s >= self._check_at_s:
                tone = Tone.CHECK
            if tone is not None:
                self._play(tone, now_s)
        except SinkError as error:
            self._fail(error, now_s)

    def _look_after(self, now_s: float) -> None:
        """Notice that the playing tone has ended, failed or got stuck."""
        if self._playing is None or self._player is None:
            return
        if self._player.busy():
            if now_s > self._overdue_s:
                self._player.stop()
                raise SinkError(
                    f"the sound device '{self._config.device}' takes no sound; check what else uses it or set "
                    "alerts.audio.device to another"
                )
            return
        self._playing = None
        for alert in self._sounding.values():
            self._came_out(alert)
        fired = [alert for alert in self._sounding.values() if alert.state is AlertState.FIRING]
        if fired and self._speech is not None and not self._ended:
            self._to_say = max(reversed(fired), key=lambda alert: alert.level)
        self._sounding = {}
        if self._down:
            self._down = False
            self._report("sound: works again")

    def _play(self, tone: Tone, now_s: float) -> None:
        volume = self._volume(tone, night=self._night)
        self._begin(tone, f"{volume:g}-{tone.name.lower()}", self._tones[tone, volume], now_s)
        self._to_say = None
        if tone is not Tone.CHECK:
            self._sounding |= self._unheard  # what it cut off counts with it
            self._unheard = {}
        self._urgency.started(tone, now_s)

    def _say(self, now_s: float) -> None:
        """The message of the alert that was just heard, as loud as its tone, if it is ready."""
        alert, self._to_say = self._to_say, None
        samples = None if alert is None or self._speech is None else self._speech.samples(alert.message)
        if alert is None or samples is None:
            return
        tone = Tone.CRITICAL if alert.level >= Level.CRITICAL else Tone[alert.level.name]
        volume = self._volume(tone, night=self._night)
        if volume > 0:
            name = f"{volume:g}-{sha256(alert.message.encode()).hexdigest()}"
            self._begin(Tone.SPEECH, name, np.round(samples * volume).astype(np.int16), now_s)

    def _hush(self) -> None:
        """The driver has answered."""
        self._urgency.answer()
        self._to_say = None
        if self._playing is Tone.SPEECH and self._player is not None:
            self._player.stop()
            self._playing = None

    @property
    def _night(self) -> bool:
        return self._config.night_volume < 1.0 and is_night(self._config.night_from_h, self._config.night_to_h)

    def _volume(self, tone: Tone, *, night: bool) -> float:
        """The highest peak, as a share of full scale."""
        config = self._config
        if tone >= Tone.CRITICAL:
            return config.critical_volume
        by_day = {Tone.INFO: config.info_volume, Tone.WARNING: config.warning_volume}.get(tone, 0.0)
        return by_day * (config.night_volume if night else 1.0)

    def _begin(self, tone: Tone, name: str, samples: NDArray[np.int16], now_s: float) -> None:
        if self._player is None:
            device = self._config.device
            self._player = Player(choose_program(self._config.backend, device), device)
        self._player.start(name, lambda: wav_bytes(samples))
        self._playing = tone
        self._overdue_s = now_s + len(samples) / SAMPLE_RATE_HZ + HANG_S
        self._check_at_s = float("inf")

    def _fail(self, error: SinkError, now_s: float) -> None:
        logger.debug("no sound: %s", error)
        self._playing = self._to_say = None
        self._unheard, self._sounding = self._sounding | self._unheard, {}
        self._check_at_s = now_s + self._retry_s
        self._urgency.failed(now_s)
        if not self._down:
            self._down = True
            self._report(f"sound: {error}; alerts go on without sound, which is tried again now and then")
