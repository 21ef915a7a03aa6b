"""The whole pipeline over footage: vision worker, signals, classifiers, rules."""

import time

from driver_monitor.bench.footage import Footage
from driver_monitor.bench.loop_process import Spent
from driver_monitor.bench.processes import cpu_s
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.pipeline import Pipeline


def play(pipeline: Pipeline, tracker: VisionWorker, footage: Footage) -> Spent:
    """Every frame once; CPU of this process and of the vision worker."""
    assert tracker.pid is not None
    faces = 0
    began, mine, theirs = time.perf_counter(), time.process_time(), cpu_s(tracker.pid)
    for frame in footage.frames():
        observation = pipeline.step(frame).observation
        faces += observation is not None and observation.landmarks is not None
    cpu = time.process_time() - mine + cpu_s(tracker.pid) - theirs
    return Spent(time.perf_counter() - began, cpu, faces)
