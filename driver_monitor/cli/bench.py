"""The work of ``driver-monitor bench``."""

import argparse
import json
import os
from typing import Any

from rich.console import Console
from rich.table import Table

from driver_monitor.assets import face_model
from driver_monitor.bench.footage import footage
from driver_monitor.bench.measure import capture_to_decision, compare, resident
from driver_monitor.camera.open import open_source
from driver_monitor.cli.bar import Bar
from driver_monitor.cli.bench_peers import run_peers
from driver_monitor.cli.recorded_source import refuse_recorded
from driver_monitor.config.loader import load
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.backend_choice import choose_backend

GOALS = {
    "cpu_ratio": ("<=", 1.15),
    "one_core_fps": (">=", 30.0),
    "latency_p99_intervals": ("<=", 2.0),
    "rss_mb": ("<=", 450.0),
    "first_decision_s": ("<=", 4.0),
}


def run(args: argparse.Namespace) -> int:
    if args.peers:
        return run_peers(args)
    figures = _measure(args)
    figures["missed"] = missed(figures)
    if args.json:
        print(json.dumps(figures))
    else:
        _print(figures)
    if args.check and figures["missed"]:
        raise DriverMonitorError(f"goals missed: {', '.join(figures['missed'])}")
    return 0


def missed(figures: dict[str, Any]) -> list[str]:
    """The names of the figures that are not as good as their goal, each with both."""
    found = []
    for name, (op, limit) in GOALS.items():
        value = figures[name]
        if not (value <= limit if op == "<=" else value >= limit):  # NaN misses every goal
            found.append(f"{name} {value:g}, goal {op} {limit:g}")
    return found


def _measure(args: argparse.Namespace) -> dict[str, Any]:
    refuse_recorded(args.source)
    config = load(args.config).config
    camera = config.camera.model_copy(update={"source": args.source})
    model = face_model(config.face.model, progress=True)
    width, height = config.camera.width_px, config.camera.height_px
    done, steps = 0, 4 * args.rounds + 3

    with Bar() as bar:

        def step() -> None:
            nonlocal done
            done += 1
            bar.at("measuring", done, steps)

        with open_source(camera, live=False) as source, footage(source, args.frames, width, height) as reel:
            step()
            rounds, stages = compare(config, model, reel, args.rounds, one_core=False, at=step)
            pinned, _ = compare(config, model, reel, args.rounds, one_core=True, at=step)
            live, dropped = capture_to_decision(config, model, reel)
            step()
            outside = resident(reel, args.config)
            step()
            interval_s = reel.interval_s
    whole_wall_ms = pinned.per_frame_ms(pinned.whole, lambda spent: spent.wall_s)
    p99_s = live.percentile_s("capture to decision", 0.99)
    return {
        "footage": f"{args.source}, {counted(rounds.frames, 'frame')} of {width}x{height}",
        "face_backend": str(choose_backend(config.face.backend)),
        "rounds": args.rounds,
        "cpu_ratio": round(rounds.ratio(lambda spent: spent.cpu_s), 3),
        "wall_ratio": round(rounds.ratio(lambda spent: spent.wall_s), 3),
        "bare_cpu_ms": round(rounds.per_frame_ms(rounds.bare, lambda spent: spent.cpu_s), 2),
        "whole_cpu_ms": round(rounds.per_frame_ms(rounds.whole, lambda spent: spent.cpu_s), 2),
        "bare_wall_ms": round(rounds.per_frame_ms(rounds.bare, lambda spent: spent.wall_s), 2),
        "whole_wall_ms": round(rounds.per_frame_ms(rounds.whole, lambda spent: spent.wall_s), 2),
        "one_core_fps": round(1e3 / whole_wall_ms, 1),
        "latency_p99_ms": round(1e3 * p99_s, 1),
        "latency_p99_intervals": round(p99_s / interval_s, 2),
        "dropped": dropped,
        "rss_mb": round(outside.memory.rss_mb, 0),
        "pss_mb": round(outside.memory.pss_mb, 0),
        "processes": outside.memory.processes,
        "first_decision_s": round(outside.first_decision_s, 2),
        "stages_p50_ms": {stage: round(1e3 * stages.percentile_s(stage, 0.5), 3) for stage in stages.stages},
        "stages_p99_ms": {stage: round(1e3 * stages.percentile_s(stage, 0.99), 3) for stage in stages.stages},
        "cores": len(os.sched_getaffinity(0)),
    }


def _print(figures: dict[str, Any]) -> None:
    console = Console()
    console.print(
        f"{figures['footage']}, {counted(figures['rounds'], 'round')} in turn, {figures['face_backend']}",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("goal", justify="right")
    table.add_column("")
    for name, value in figures.items():
        if not isinstance(value, int | float) or name == "rounds":
            continue
        goal, mark, style = "", "", ""
        if name in GOALS:
            op, limit = GOALS[name]
            goal = f"{op} {limit:g}"
            met = not any(each.startswith(f"{name} ") for each in figures["missed"])
            mark, style = ("met", "green") if met else ("MISSED", "bold red")
        table.add_row(name, f"{value:g}", goal, mark, style=style)
    console.print(table)
    met_count = len(GOALS) - len(figures["missed"])
    console.print(f"{met_count} of {counted(len(GOALS), 'goal')} met", highlight=False)
    for title in ("stages_p50_ms", "stages_p99_ms"):
        stages = ", ".join(f"{stage} {value:g}" for stage, value in figures[title].items())
        console.print(f"{title}: {stages}", highlight=False)
