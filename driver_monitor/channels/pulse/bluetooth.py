"""A Bluetooth LE heart-rate strap or watch."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from driver_monitor.channels.pulse.measurement import read_measurement
from driver_monitor.channels.pulse.sensor import HeartJudge, HeartSensor
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.errors import UsageError
from driver_monitor.parameter import judged
from driver_monitor.state.heart import HeartReading

logger = logging.getLogger(__name__)

_SERVICE: Final = "0000180d-0000-1000-8000-00805f9b34fb"  # Heart Rate Service, 0x180D
_MEASUREMENT: Final = "00002a37-0000-1000-8000-00805f9b34fb"  # its measurement, 0x2A37
_SEARCH_S: Final = judged(10.0, "a sensor is looked for this long; straps call once a second")
_AGAIN_S: Final = judged(5.0, "and then again after this long")


class BluetoothHeart(HeartSensor):
    """Listens in its own thread; a sensor that goes out of reach is looked for again.

    ``report`` gets one sentence, from that thread, when the sensor is lost and when it is found. Raises
    UsageError where bleak is not installed.
    """

    def __init__(
        self,
        config: PulseConfig,
        report: Callable[[str], None] = logger.warning,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            import bleak  # noqa: F401, PLC0415  (an extra)
        except ImportError as error:
            raise UsageError(
                "channels.pulse.sensor is bluetooth, and bleak is not installed: "
                "pip install 'driver-monitor[bluetooth]'"
            ) from error
        self._config = config
        self._report = report
        self._clock = clock
        self._judge = HeartJudge("bluetooth", config.stale_s)
        self._said = ""
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="heart-bluetooth", daemon=True)
        self._thread.start()

    def reading(self, t_s: float) -> HeartReading | None:
        return self._judge.reading(self._clock())

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(1.0)

    def hear(self, data: bytes) -> None:
        """One notification of the sensor."""
        measured = read_measurement(data)
        if measured is not None:
            touches = measured.contact is not False
            self._judge.hear(self._clock(), float(measured.bpm), measured.intervals_s, contact=touches)

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())
        self._loop.close()

    async def _listen(self) -> None:
        from bleak.exc import BleakError  # noqa: PLC0415

        while not self._stop.is_set():
            try:
                await self._until_lost()
            except (BleakError, OSError, TimeoutError, EOFError) as error:
                logger.debug("bluetooth: %s", error)
                self._say(f"cannot use Bluetooth ({error}); check that it is on ('bluetoothctl show')")
            await self._pause(_AGAIN_S)

    async def _until_lost(self) -> None:
        from bleak import BleakClient, BleakScanner  # noqa: PLC0415

        wanted = self._config.address.lower()
        device = await BleakScanner.find_device_by_filter(
            lambda found, advertised: (
                wanted in (found.address.lower(), (found.name or "").lower())
                if wanted
                else _SERVICE in advertised.service_uuids
            ),
            timeout=_SEARCH_S,
        )
        if device is None:
            self._say("no heart-rate sensor is in reach; put it on, wet its electrodes and keep it near")
            return
        lost = asyncio.Event()
        async with BleakClient(device, disconnected_callback=lambda _: lost.set()) as client:
            await client.start_notify(_MEASUREMENT, lambda _, data: self.hear(bytes(data)))
            self._say("")
            waiting = [asyncio.create_task(event.wait()) for event in (lost, self._stop)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
        if lost.is_set():
            self._say("the heart-rate sensor is out of reach")

    async def _pause(self, for_s: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), for_s)
        except TimeoutError:
            return

    def _say(self, trouble: str) -> None:
        """Each trouble once, and that it is over."""
        if trouble != self._said:
            self._said, before = trouble, self._said
            if trouble or before:
                self._report(f"pulse: {trouble or 'the heart-rate sensor is there again'}")
