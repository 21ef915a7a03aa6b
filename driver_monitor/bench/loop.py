"""What a bare loop's process does: cut off from the network, it runs one tracker over the frames, once a round.

``python -m driver_monitor.bench.NAME MODEL FRAMES.npy TIMES.npy`` says in one JSON line that it is ready, or why it
cannot be, then reads one line a round from stdin and answers with another: CPU and wall seconds over all frames, and in
how many a face was found.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.errors import DriverMonitorError
from driver_monitor.privacy import seal

# Given a frame, uint8 [height, width, 3] RGB, and its time in ms: whether there is a face in it.
Look = Callable[[NDArray[np.uint8], int], bool]


def serve(tracker: Callable[[str], AbstractContextManager[Look]]) -> None:
    """Answer until stdin ends.

    ``tracker`` opens a new one from the model's path for each round, which is not timed. It imports its library itself,
    so that this happens after the seal, and raises DriverMonitorError where the model is of no use.
    """
    seal()
    model, frames_file, times_file = sys.argv[1:4]
    frames = np.load(frames_file, mmap_mode="r")
    times_ms = [round(1e3 * t_s) for t_s in np.load(times_file).tolist()]
    try:
        with tracker(model):
            _say({"ready": True})
    except DriverMonitorError as error:
        _say({"refused": str(error)})
        return
    for _ in sys.stdin:
        with tracker(model) as look:
            began, cpu_began = time.perf_counter(), time.process_time()
            found = sum(look(np.ascontiguousarray(frame), t_ms) for frame, t_ms in zip(frames, times_ms, strict=True))
            spent = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu_began, "faces": found}
        _say(spent)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
