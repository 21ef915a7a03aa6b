"""CPU time and memory of processes, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(pid: int) -> float:
    """User and system time of one process, to the kernel's tick of 10 ms."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class Memory:
    """Sums over a process and its descendants: ``rss_mb`` counts shared pages once a process, ``pss_mb`` once."""

    rss_mb: float
    pss_mb: float
    processes: int


def memory_of_tree(pid: int) -> Memory:
    rss = pss = 0.0
    count = 0
    for member in _tree(pid):
        try:
            rss += int(Path(f"/proc/{member}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MB
            pss += _pss_mb(member)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        count += 1
    return Memory(rss, pss, count)


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from _tree(int(child))
