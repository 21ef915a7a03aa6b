"""What recording and replaying costs: CPU a frame, MB an hour by level, and the CPU time to replay an hour.

The drive is simulated (geometry with measurement noise, no pictures): it has the texture of real signals, and says
nothing about people. Pictures are not part of it. CPU seconds are given twice: as measured, and as on a core that takes
REFERENCE_LOOP_S for LOOP_TURNS turns of an empty Python loop. That loop is run beside every replay, so that the second
figure can be compared from machine to machine and from day to day.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.config.recording import RecordingConfig
from driver_monitor.face.packing import pack, unpack
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.replay.recorded import Arrow, open_passage
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.state.speed import Speed, SpeedKnowledge
from scripts.command import above_zero, told

FPS: Final = 30.0
MADE_S: Final = 120.0  # as much is simulated, and then goes round
LOOP_TURNS: Final = 10_000_000
REFERENCE_LOOP_S: Final = 0.8  # JUDGEMENT: a slow core of a shared machine, on which the goals were set
GOALS_S: Final = {Arrow.STATE: 3.0, Arrow.SIGNALS: 12.0}  # an hour, on such a core
_LOOP: Final = compile("for _ in range(turns): pass", "loop", "exec")  # of a module: its variable is a global one
_ACTIONS: Final = (
    {"do": "look", "t": 30.0, "for": 4.0, "yaw": -35, "pitch": -20},
    {"do": "close_eyes", "t": 60.0, "for": 2.5},
    {"do": "yawn", "t": 90.0, "for": 5.0},
)


def made(config: Config) -> list[Moment]:
    head = {"duration_s": MADE_S, "fps": FPS, "jitter_s": 0.005}
    drive = GeometricDrive(Script.model_validate({"drive": head, "actions": list(_ACTIONS)}))
    monitor, speed = Monitor(config), Speed(80.0, SpeedKnowledge.MEASURED)
    moments = []
    for seen in drive.observations():
        sent = seen if seen.landmarks is None else replace(seen, landmarks=unpack(pack(seen.landmarks)))
        moments.append(monitor.observe(sent, Frame(sent.t_s, None), speed))
    return moments


def around(moments: list[Moment], hours: float) -> Iterator[Moment]:
    """The made moments again and again, their times going on; alerts only the first time round."""
    for lap in range(max(1, round(hours * 3600 / MADE_S))):
        for moment in moments:
            t_s = moment.state.t_s + lap * MADE_S
            signals = replace(moment.state.signals, t_s=t_s)
            seen = moment.observation and replace(moment.observation, t_s=t_s)
            state = replace(moment.state, t_s=t_s, signals=signals)
            yield replace(moment, state=state, observation=seen, alerts=[] if lap else moment.alerts)


def measure(level: str, hours: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        config = Config(recording=RecordingConfig.model_validate({"dir": folder, "level": level}))
        moments = list(around(made(config), hours))
        began = time.process_time()
        with Recorder(config, live=False) as recorder:
            for moment in moments:
                recorder.add(moment)
        recorded_s = time.process_time() - began
        size = sum(file.stat().st_size for file in recorder.drive.iterdir())
        found: dict[str, Any] = {
            "level": level,
            "hours": hours,
            "frames": len(moments),
            "record_ms_per_frame": 1e3 * recorded_s / len(moments),
            "mb_per_hour": size / 1e6 / hours,
        }
        del moments
        for arrow in (Arrow.LANDMARKS,) if level == "landmarks" else (Arrow.STATE, Arrow.SIGNALS):
            before_s = loop_s()
            cpu, wall = time.process_time(), time.perf_counter()
            with open_passage(open_drive(recorder.drive), None, arrow=arrow) as passage:
                frames = sum(1 for _ in passage)
            assert frames == found["frames"], passage.problems
            cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
            pace = REFERENCE_LOOP_S / ((before_s + loop_s()) / 2)
            found[f"replay_from_{arrow}_cpu_s_per_hour"] = cpu_s / hours
            found[f"replay_from_{arrow}_reference_cpu_s_per_hour"] = cpu_s * pace / hours
            found[f"replay_from_{arrow}_s_per_hour"] = wall_s / hours
        return found


def loop_s() -> float:
    """CPU time of LOOP_TURNS empty turns, from a tenth of them."""
    began = time.process_time()
    exec(_LOOP, {"turns": LOOP_TURNS // 10})
    return 10 * (time.process_time() - began)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench_recording", description=__doc__)
    parser.add_argument("--hours", type=above_zero, default=1.0, metavar="N", help="length of the drive (default 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = [measure("signals", options.hours), measure("landmarks", options.hours / 10)]
    if options.json:
        print(json.dumps(found))
        return 0
    table = Table(
        title=f"an hour at {FPS:g} Hz; the reference core takes {REFERENCE_LOOP_S:g} s for ten million turns of a loop",
        title_justify="left",
    )
    for column in ("level", "ms a frame to record", "MB an hour", "replay", "CPU s an hour", "on the reference core"):
        table.add_column(column, justify="right")
    for row in found:
        for arrow in Arrow:
            cpu_s = row.get(f"replay_from_{arrow}_cpu_s_per_hour")
            if cpu_s is not None:
                cost, size = f"{row['record_ms_per_frame']:.3f}", f"{row['mb_per_hour']:.0f}"
                goal = f" (goal {GOALS_S[arrow]:g})" if arrow in GOALS_S else ""
                told = f"{row[f'replay_from_{arrow}_reference_cpu_s_per_hour']:.1f}{goal}"
                table.add_row(row["level"], cost, size, f"from {arrow}", f"{cpu_s:.1f}", told)
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(told(main))
