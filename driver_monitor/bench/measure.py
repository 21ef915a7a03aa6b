"""The measurements: the whole pipeline against the bare tracker on the same frames, in turn, in one run."""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from driver_monitor.bench.footage import Footage
from driver_monitor.bench.loop_process import LoopProcess, Spent
from driver_monitor.bench.processes import Memory, memory_of_tree
from driver_monitor.bench.whole_pipeline import play
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.paced import PacedFile
from driver_monitor.camera.source import FrameSource
from driver_monitor.config.config import Config
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.latency import Latency
from driver_monitor.pipeline import Pipeline
from driver_monitor.vehicle.open import open_speed


@dataclass(slots=True)
class Rounds:
    """Rounds in pairs, bare and whole in turn, so that a machine that slows down slows both."""

    frames: int
    bare: list[Spent] = field(default_factory=list)
    whole: list[Spent] = field(default_factory=list)

    def ratio(self, what: Callable[[Spent], float]) -> float:
        """The median over pairs of whole over bare."""
        return statistics.median(what(w) / what(b) for b, w in zip(self.bare, self.whole, strict=True))

    def per_frame_ms(self, spent: list[Spent], what: Callable[[Spent], float]) -> float:
        return 1e3 * statistics.median(map(what, spent)) / self.frames


class BareTracker(LoopProcess):
    """Bare MediaPipe. Raises DriverMonitorError where it sees too few faces for its cost to mean anything."""

    def __init__(self, model: Path, footage: Footage) -> None:
        super().__init__("bare", model, footage)
        self._frames = len(footage.times_s)

    def round(self) -> Spent:
        spent = super().round()
        if spent.faces < self._frames / 2:
            raise DriverMonitorError(
                f"a face was found in {spent.faces} of {counted(self._frames, 'frame')} only: use other footage"
            )
        return spent


def compare(
    config: Config, model: Path, footage: Footage, rounds: int, *, one_core: bool, at: Callable[[], None]
) -> tuple[Rounds, Latency]:
    """Bare and whole pipeline in turn, ``rounds`` times. ``one_core`` pins everything to a single core."""
    found = Rounds(len(footage.times_s))
    allowed = os.sched_getaffinity(0)
    latency = Latency()
    bare = BareTracker(model, footage)
    try:
        with VisionWorker(config.face, config.privacy, model) as tracker, open_speed(config.vehicle.speed) as speed:
            tracker.ready(config.face.start_timeout_s)
            if one_core:
                core = {min(allowed)}
                for pid in (0, bare.pid, tracker.pid):
                    if pid is not None:
                        _pin(pid, core)
            for _ in range(rounds):
                found.bare.append(bare.round())
                at()
                tracker.reset()
                pipeline = Pipeline(config, tracker, speed)
                pipeline.monitor.latency = latency
                found.whole.append(play(pipeline, tracker, footage))
                at()
    finally:
        os.sched_setaffinity(0, allowed)
        bare.close()
    return found, latency


def _pin(pid: int, cores: set[int]) -> None:
    """Every thread of the process."""
    threads = os.listdir(f"/proc/{pid or os.getpid()}/task")
    for thread in threads:
        os.sched_setaffinity(int(thread), cores)


class _Reel(FrameSource):
    """Footage as a frame source."""

    def __init__(self, footage: Footage) -> None:
        self.name = "footage"
        self._footage = footage
        self.frame_count = len(footage.times_s)
        self.duration_s = float(footage.times_s[-1])

    def __iter__(self) -> Iterator[Frame]:
        return self._footage.frames()

    def close(self) -> None:
        """Nothing to release: the footage belongs to its context."""


def capture_to_decision(config: Config, model: Path, footage: Footage) -> tuple[Latency, int]:
    """The footage as a live camera: latency from capture to decision, and how many frames were dropped."""
    dropped = 0
    with (
        VisionWorker(config.face, config.privacy, model) as tracker,
        open_speed(config.vehicle.speed) as speed,
        PacedFile(_Reel(footage)) as source,
    ):
        pipeline = Pipeline(config, tracker, speed)
        tracker.ready(config.face.start_timeout_s)
        for frame in source:
            pipeline.step(frame)
            dropped += frame.dropped
    return pipeline.latency, dropped


@dataclass(frozen=True, slots=True)
class Resident:
    """A live run seen from outside: its largest memory and the time from start to the first decision."""

    memory: Memory
    first_decision_s: float


def resident(footage: Footage, config_path: Path | None) -> Resident:
    """Start ``driver-monitor run`` on the footage as a camera and watch the whole tree of its processes."""
    with _running(footage.video(), config_path) as (process, stdout, began):
        line = stdout.readline()
        first_s = time.monotonic() - began
        if not line:
            raise DriverMonitorError("the run ended before its first decision; try 'driver-monitor run' by hand")
        drain = threading.Thread(target=lambda: [None for _ in stdout], daemon=True)
        drain.start()
        most = Memory(0.0, 0.0, 0)
        while process.poll() is None:
            now = memory_of_tree(process.pid)
            most = max(most, now, key=lambda memory: memory.rss_mb)
            time.sleep(0.25)
    return Resident(most, first_s)


@contextmanager
def _running(video: Path, config_path: Path | None) -> Iterator[tuple[subprocess.Popen[str], IO[str], float]]:
    command: list[Any] = [sys.executable, "-m", "driver_monitor", "run", "--source", video, "--json"]
    command += ["--config", config_path] if config_path else []
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout, began
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
