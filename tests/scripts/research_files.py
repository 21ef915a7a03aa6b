"""Made-up files in the layout of the research data: people with known blinks."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TIREDNESS = (0.0, 1.0, 2.5)  # how many SD longer the blinks are when alert, low-vigilant, drowsy


def fold(path: Path, subjects: int, windows: int = 40, seed: int = 0) -> None:
    """A fold of UTA-RLDD: three videos for each subject, windows of 30 blinks with stride 2."""
    chance = np.random.default_rng(seed)
    blinks, label, video = [], [], []
    for subject in range(subjects):
        for level, tiredness in enumerate(TIREDNESS):
            series = chance.normal(0, 1, (30 + 2 * windows, 4))
            series[:, 1:] += np.array([-0.5, 1.0, -0.5]) * tiredness
            blinks += [series[2 * start : 2 * start + 30] for start in range(windows)]
            label += [5 * level] * windows
            video += [3 * subject + level] * windows
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        blinks=np.array(blinks, dtype=np.float32),
        label=np.array(label, dtype=np.uint8),
        video=np.array(video, dtype=np.uint16),
    )


def eyelids(chance: np.random.Generator, *, tired: bool, length_s: float = 300.0) -> NDArray[np.float32]:
    """Lid distance [n, 2] at 30 Hz: 5 units open, a blink every 3 s that a tired driver draws out."""
    times_s = np.arange(round(length_s * 30)) / 30
    opening = np.full(len(times_s), 5.0)
    start_s = 1.0
    while start_s < length_s - 2:
        fall_s, rise_s = 0.08, (0.35 if tired else 0.12) * chance.normal(1, 0.15)
        depth = 4.0 * chance.normal(1, 0.08)
        falling = np.clip((times_s - start_s) / fall_s, 0, 1)
        rising = np.clip((times_s - start_s - fall_s) / rise_s, 0, 1)
        opening -= depth * (falling - rising)
        start_s += 3.0 * chance.normal(1, 0.1)
    both = np.stack([opening, opening], 1) + chance.normal(0, 0.05, (len(times_s), 2))
    return both.astype(np.float32)


def reaction_tests(folder: Path, subjects: int) -> None:
    """ULg: test 1 rested and quick, test 2 tired and slow."""
    chance = np.random.default_rng(7)
    lids: dict[str, Any] = {}
    reactions: dict[str, Any] = {}
    for subject in range(1, subjects + 1):
        for test, tired in ((1, False), (2, True)):
            key = f"{subject}-{test}"
            lids[key] = eyelids(chance, tired=tired)
            stimuli_s = np.arange(5, 300, 6.0)
            times_s = (0.62 if tired else 0.33) * chance.normal(1, 0.05, len(stimuli_s))
            reactions[key] = np.stack([stimuli_s, times_s], 1).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "eyelid_distance.npz", **lids)
    np.savez(folder / "reaction_times.npz", **reactions)
