"""The process that reads a speed over an internet socket: settings in, lines of JSON out.

It is given the section ``vehicle.speed`` with one source in a line, and nothing after it. It says ``{"kmh": ..,
"at_s": ..}`` for each reading (null, null where the last one was taken back), by the clock that all processes of the
machine share, and ``{"say": ..}`` for what people are to be told. It ends when its input does.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from typing import Any, Final

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.parameter import judged
from driver_monitor.vehicle.device import DeviceSpeed
from driver_monitor.vehicle.gpsd import GpsdSpeed
from driver_monitor.vehicle.obd import ObdSpeed

_LOOK_S: Final = judged(0.05, "between two looks for a new reading")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    config = SpeedConfig.model_validate_json(sys.stdin.buffer.readline())
    over = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(over,), daemon=True).start()
    kind: type[GpsdSpeed | ObdSpeed] = GpsdSpeed if config.source == "gpsd" else ObdSpeed
    with kind(config, lambda sentence: _say({"say": sentence})) as source:
        _tell(source, over)


def _tell(source: DeviceSpeed, over: threading.Event) -> None:
    told = None
    while not over.wait(_LOOK_S):
        if (reading := source.fresh()) != told:
            told = reading
            _say({"kmh": None, "at_s": None} if reading is None else {"kmh": reading.kmh, "at_s": reading.at_s})


def _say(record: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the monitor has gone
        os.write(1, json.dumps(record).encode() + b"\n")


def _wait_for_the_end(over: threading.Event) -> None:
    sys.stdin.buffer.read()
    over.set()


if __name__ == "__main__":
    main()
