"""The command line of ``scripts/train``."""

import argparse
import importlib
import logging
import sys
from pathlib import Path

from rich.logging import RichHandler

from driver_monitor.errors import DriverMonitorError, UsageError

MODELS = ("fatigue", "expression", "stress", "distraction", "voice")
TAKES_EXTRA, KEEPS_FACE = "fatigue", "stress"
NEEDS_NO_DATA = ("distraction",)  # trained on geometry; clips in the folder measure its noise


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/train", description="Train a model; write its ONNX file and its card."
    )
    parser.add_argument("model", choices=MODELS, help="which model")
    parser.add_argument("--data", type=Path, help="folder with the data sets (the cards name them)")
    parser.add_argument("--out", type=Path, required=True, help="folder that gets NAME.onnx and NAME.md")
    parser.add_argument(
        "--extra",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="fatigue only: folder of your own labelled blink windows (*.npz), may be repeated;"
        " the layout stands in scripts/training/fatigue_extra.py",
    )
    parser.add_argument(
        "--keep-face",
        action="store_true",
        help="stress only: leave the face part of OUT/stress.onnx as it is, and train the other parts",
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False, show_level=False)]
    )
    try:
        data = checked(options.data, options.model)
        if options.extra and options.model != TAKES_EXTRA:
            raise UsageError(f"--extra is for scripts/train {TAKES_EXTRA} alone; leave it out for {options.model}.")
        if options.keep_face and options.model != KEEPS_FACE:
            raise UsageError(f"--keep-face is for scripts/train {KEEPS_FACE} alone; leave it out for {options.model}.")
        options.out.mkdir(parents=True, exist_ok=True)
        extra: dict[str, object] = {"extra": options.extra} if options.extra else {}
        if options.keep_face:
            extra["keep_face"] = True
        importlib.import_module(f"scripts.training.{options.model}").train(data, options.out, **extra)
    except DriverMonitorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def checked(data: Path | None, model: str) -> Path:
    if data is None:
        if model in NEEDS_NO_DATA:
            return Path()
        raise UsageError(f"scripts/train {model} needs --data, the folder with the data sets its card names.")
    if not data.is_dir():
        raise UsageError(f"The data folder {data} does not exist; give --data the folder with the data sets.")
    return data


if __name__ == "__main__":
    sys.exit(main())
