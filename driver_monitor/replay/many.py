"""Many videos at once: each is replayed by a process of its own, so that a broken one costs only itself.

No work for :mod:`driver_monitor.jobs`, whose processes outlive an item: a replay of frames cuts its process off from
the network for good, may read a pipe that only a child inherits, and tells on the way how far it is.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

SUM_UP: Final = "DRIVER_MONITOR_SUM_UP"  # in a child's environment: it ends with a line that only its parent reads
_STOP_GRACE_S: Final = 2.0
_INHERITED: Final = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")  # what a shell's <(...) is called


@dataclass(slots=True)
class Outcome:
    """What became of one drive: its records in order, a line about it, its exit code and what it said on stderr."""

    source: str
    summary: str = ""
    records: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int = 1
    said: str = ""


class Replays:
    """Runs ``driver-monitor replay SOURCE --json`` for every source, ``jobs`` at a time."""

    def __init__(self, sources: Sequence[str], jobs: int, arguments: Callable[[str], list[str]]) -> None:
        """``arguments`` gives the options for a source (config, speed, output folder)."""
        self._sources = sources
        self._jobs = max(1, jobs)
        self._arguments = arguments
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, *, at: Callable[[str, float], None], done: Callable[[Outcome], None]) -> list[Outcome]:
        """Replay all. ``at`` hears of a drive's progress (media seconds), ``done`` of each that ended, in any order.

        Returns the outcomes in the order of the sources. Ctrl-C ends the children and is raised again.
        """
        outcomes: dict[int, Outcome] = {}
        with ThreadPoolExecutor(self._jobs) as pool:
            futures = {pool.submit(self._one, source, at): i for i, source in enumerate(self._sources)}
            try:
                for future in as_completed(futures):
                    outcomes[futures[future]] = future.result()
                    done(future.result())
            except BaseException:
                self._stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [outcomes[i] for i in range(len(self._sources))]

    def _one(self, source: str, at: Callable[[str, float], None]) -> Outcome:
        outcome = Outcome(source)
        command = [sys.executable, "-m", "driver_monitor", "replay", source, "--json", *self._arguments(source)]
        with self._lock:
            if self._stopped:
                return outcome
            # A session of its own: Ctrl-C reaches the parent alone, which ends the children in order.
            inherited = _INHERITED.fullmatch(source)
            child = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
                pass_fds=(int(inherited[1]),) if inherited else (),
                env=os.environ | {SUM_UP: "1"},
            )
            self._running.add(child)
        said: list[str] = []
        listener = threading.Thread(target=lambda: said.extend(child.stderr or ()), daemon=True)
        listener.start()
        for line in child.stdout or ():
            record = json.loads(line)
            if record["type"] == "summary":
                outcome.summary = record["words"]
                continue
            outcome.records.append(record)
            at(source, float(record["t_s"]))
        outcome.exit_code = child.wait()
        listener.join(timeout=1.0)
        outcome.said = "".join(said).strip()
        with self._lock:
            self._running.discard(child)
        if outcome.exit_code < 0 and not outcome.said:
            outcome.said = f"was ended by signal {-outcome.exit_code}"
        return outcome

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(_STOP_GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()


def folder_names(sources: Sequence[str]) -> dict[str, str]:
    """A folder name for every source: its stem, numbered where two share one."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for source in sources:
        stem = "stdin" if source in ("-", "/dev/stdin") else Path(source.removeprefix("scripted:")).stem or "drive"
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        names[source] = name
    return names
