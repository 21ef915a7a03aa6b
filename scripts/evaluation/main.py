"""The command line of ``scripts/evaluate``."""

import argparse
import importlib
import json
import sys
from pathlib import Path

from driver_monitor.errors import DriverMonitorError, UsageError

SUBJECTS = (
    "blinks", "fatigue", "expression", "stress", "heart", "voice", "distraction", "body", "micro_expressions", "speed",
)  # fmt: skip
NEEDS_NO_DATA = ("distraction", "micro_expressions")  # measured on scripted drives


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/evaluate",
        description="Measure the shipped models on whatever matching files the folder has; one JSON object on stdout.",
    )
    parser.add_argument("subject", choices=SUBJECTS, help="what to measure")
    parser.add_argument(
        "--data", type=Path, help="folder with the data sets; distraction and micro_expressions need none"
    )
    options = parser.parse_args(arguments)
    try:
        print(json.dumps(measure(options.subject, options.data), allow_nan=False))
    except DriverMonitorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def measure(subject: str, data: Path | None) -> dict[str, object]:
    if data is None:
        if subject not in NEEDS_NO_DATA:
            raise UsageError(f"scripts/evaluate {subject} needs --data, the folder with the data sets.")
        data = Path()
    if not data.is_dir():
        raise UsageError(f"The data folder {data} does not exist; give --data the folder with the data sets.")
    figures: dict[str, object] = importlib.import_module(f"scripts.evaluation.{subject}").run(data)
    return figures


if __name__ == "__main__":
    sys.exit(main())
