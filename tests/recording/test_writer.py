"""The writer of a drive, driven by data alone: what is handed over decides what stands in the files."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.monitor import Monitor
from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.entry import Given
from driver_monitor.recording.event import Content, Health
from driver_monitor.recording.header import DriveHeader, new_header
from driver_monitor.recording.info import inspect
from driver_monitor.recording.mcap.description import read_description
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.recording.writer import DriveWriter
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.recording.make import START, config_for, observations, script

PARKED = Speed(0.0, SpeedKnowledge.MEASURED)


def at(t_s: float, *, later_s: float = 0.0, vouched: bool = True) -> Stamp:
    """The clock at a media time."""
    return Stamp((START + timedelta(seconds=t_s + later_s)).timestamp(), 10.0 + t_s, "boot", vouched)


def given(config: Config, duration_s: float = 8.0, *, dropped: int = 0) -> Iterator[Given]:
    monitor = Monitor(config)
    for number, seen in enumerate(observations(script(duration_s=duration_s))):
        frame = Frame(seen.t_s, None, number, dropped=dropped)
        yield Given(seen.t_s, monitor.observe(seen, frame, PARKED), at(seen.t_s))


def header_of(config: Config) -> DriveHeader:
    return replace(new_header(config, camera="", now=START, normal=None), drive_id=f"{START:%Y-%m-%dT%H-%M-%SZ}-abcd")


def written(
    folder: Path, config: Config, duration_s: float = 8.0, changed: Callable[[Given], Given] = lambda each: each
) -> Path:
    header = header_of(config)
    drive = folder / header.drive_id
    drive.mkdir(parents=True)
    writer = DriveWriter(drive, header, config.recording)
    for each in given(config, duration_s):
        writer.take(changed(each))
    writer.close()
    return drive


def contents(drive: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in drive.iterdir()}


@pytest.mark.parametrize("recording", [{}, {"level": "events"}, {"clip_s": 1.0}, {"segment_min": 0.1}], ids=str)
def test_the_same_frames_make_the_same_files_to_the_byte(tmp_path: Path, recording: dict[str, Any]) -> None:
    config = config_for(tmp_path, **recording)
    first, second = (contents(written(tmp_path / name, config, 24.0)) for name in ("first", "second"))
    assert first == second
    assert sum(map(len, first.values())) > 5000


def test_the_thread_around_it_adds_nothing(tmp_path: Path) -> None:
    """But for the moments at which it syncs, which end a chunk."""
    config = config_for(tmp_path)
    clock = [at(0.0)]
    with Recorder(config, clock=lambda: START, stamped=lambda: clock[0], live=False) as recorder:
        for each in given(config):
            clock[0] = each.at
            assert not isinstance(each.what, dict)
            recorder.add(each.what)
    alone = open_drive(written(tmp_path / "alone", config))
    threaded = open_drive(recorder.drive)
    assert [repr(event) for event in threaded.events(*Content) if not hasattr(event, "path")] == [
        repr(event) for event in alone.events(*Content) if not hasattr(event, "path")
    ]


def test_a_clock_that_is_set_begins_another_file_which_notes_it(tmp_path: Path) -> None:
    def an_hour_on(each: Given) -> Given:
        return replace(each, at=at(each.t_s, later_s=3600.0 if each.t_s >= 4.0 else 0.0))

    drive = written(tmp_path, config_for(tmp_path), changed=an_hour_on)
    before, after = (read_description(file) for file in sorted(drive.iterdir()))
    assert (before.steps, [round(by_s) for _, by_s in after.steps]) == ((), [3600])


def test_a_clock_that_can_be_vouched_for_at_last_begins_another_file(tmp_path: Path) -> None:
    def late(each: Given) -> Given:
        return replace(each, at=at(each.t_s, vouched=each.t_s >= 4.0))

    drive = written(tmp_path, config_for(tmp_path), changed=late)
    began = [read_description(file).began for file in sorted(drive.iterdir())]
    assert [stamp.vouched for stamp in began if stamp] == [False, True]


def test_what_was_counted_in_the_last_second_is_kept(tmp_path: Path) -> None:
    config = config_for(tmp_path, level="events")
    header = header_of(config)
    drive = tmp_path / header.drive_id
    drive.mkdir()
    writer = DriveWriter(drive, header, config.recording)
    taken = list(given(config, 2.9, dropped=2))
    for each in taken:
        writer.take(each)
    writer.close(unrecorded=5)
    writer.close()
    info = inspect(open_drive(drive))
    assert (info.counted_frames, info.dropped_frames, info.unrecorded_frames) == (len(taken), 2 * len(taken), 5)
    assert info.duration_s == pytest.approx(taken[-1].t_s, abs=1e-6)


def test_frames_of_a_pause_are_counted_and_not_written(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    drive = tmp_path / "2026-11-27T10-00-00Z-abcd"
    drive.mkdir()
    writer = DriveWriter(drive, header_of(config), config.recording)
    paused = 0
    for each in given(config):
        writer.take(each, paused=3.0 <= each.t_s < 5.0)
        paused += 3.0 <= each.t_s < 5.0
    writer.close()
    info = inspect(open_drive(drive))
    assert info.unrecorded_frames == paused > 10
    [(from_s, to_s)] = info.gaps
    assert [from_s, to_s] == pytest.approx([3.0, 5.0], abs=0.2)
    healths = [event for event in open_drive(drive).events(Content.HEALTH) if isinstance(event, Health)]
    assert [health.record["clock"][:19] for health in healths[:2]] == ["2026-11-27T10:43:52", "2026-11-27T10:43:53"]


def test_what_the_channels_measured_is_told_of_a_drive_in_which_they_were_on(tmp_path: Path) -> None:
    on = config_for(tmp_path / "on", "channels: {pulse: {enabled: true}}")
    info = inspect(open_drive(written(tmp_path / "on", on, 3.0)))
    assert info.measured_share == {"heart rate": 0.0}
    assert info.measured == ["heart rate in 0 % (else mostly no skin)"]
    off = inspect(open_drive(written(tmp_path / "off", config_for(tmp_path / "off"), 3.0)))
    assert (off.measured_share, off.measured) == ({}, [])
