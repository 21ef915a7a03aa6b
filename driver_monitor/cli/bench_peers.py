"""``driver-monitor bench --peers``: what other face trackers cost on the same frames."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from driver_monitor.assets import face_model
from driver_monitor.bench.footage import footage
from driver_monitor.bench.peers import PeerFigures, compare_peers, line_up
from driver_monitor.bench.peers_svg import peers_svg
from driver_monitor.camera.open import open_source
from driver_monitor.cli.bar import Bar
from driver_monitor.cli.recorded_source import refuse_recorded
from driver_monitor.config.loader import load
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.output import write_whole


def run_peers(args: argparse.Namespace) -> int:
    """Raises DriverMonitorError where nothing can be measured or the chart cannot be written."""
    refuse_recorded(args.source)
    config = load(args.config).config
    camera = config.camera.model_copy(update={"source": args.source})
    model = face_model(config.face.model, progress=True)
    done = 0
    with (
        Bar() as bar,
        open_source(camera, live=False) as source,
        footage(source, args.frames, config.camera.width_px, None) as reel,
    ):
        peers = line_up(config, model, reel, dlib_model=args.dlib_model, yunet_model=args.yunet_model)
        able = [peer for peer in peers if not peer.lacks]
        if not able:
            raise DriverMonitorError("there is nothing to measure; 'driver-monitor doctor' says what is missing")

        def at() -> None:
            nonlocal done
            done += 1
            bar.at("measuring", done, len(able) * args.rounds)

        figures = compare_peers(able, len(reel.times_s), args.rounds, at)
        count, height, width = reel.images.shape[:3]
        shown = f"{args.source}, {counted(count, 'frame')} of {width}x{height}"
    missing = {peer.name: peer.lacks for peer in peers if peer.lacks}
    if args.svg is not None:
        _draw(args, peers_svg(figures, list(missing), f"{shown}, {counted(args.rounds, 'round')} in turn"))
    if args.json:
        print(json.dumps(_record(shown, args.rounds, figures, missing)))
    else:
        _print(shown, args.rounds, figures, missing)
    return 0


def _draw(args: argparse.Namespace, chart: str) -> None:
    try:
        write_whole(args.svg, chart)
    except OSError as error:
        raise DriverMonitorError(
            f"cannot write {args.svg}: {error.strerror or error}; choose another file for --svg"
        ) from None
    sys.stderr.write(f"wrote {args.svg}\n")


def _record(shown: str, rounds: int, figures: Sequence[PeerFigures], missing: Mapping[str, str]) -> dict[str, Any]:
    measured = [
        asdict(each) | {"cpu_ms": round(each.cpu_ms, 2), "ratio": each.ratio and round(each.ratio, 3)}
        for each in figures
    ]
    return {"footage": shown, "rounds": rounds, "peers": measured, "missing": missing}


def _print(shown: str, rounds: int, figures: Sequence[PeerFigures], missing: Mapping[str, str]) -> None:
    console = Console(highlight=False)
    console.print(f"{shown}, {counted(rounds, 'round')} in turn; CPU a frame, and its ratio over bare MediaPipe's")
    table = Table(box=None, pad_edge=False)
    table.add_column("tracker")
    table.add_column("gives")
    for column in ("CPU ms", "ratio", "faces"):
        table.add_column(column, justify="right", no_wrap=True)
    for each in figures:
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        table.add_row(each.name, each.gives, f"{each.cpu_ms:.2f}", ratio, f"{each.faces}/{each.frames}")
    console.print(table)
    for name, why in missing.items():
        console.print(f"not measured: {name}: {why}", soft_wrap=True, markup=False)
