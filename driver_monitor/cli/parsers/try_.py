"""``driver-monitor try``: a test alert of each level to one output."""

import argparse
from pathlib import Path
from typing import Final

from driver_monitor.cli.parsers.parser import Subparsers

# As people call them, with the output's name in the config.
OUTPUTS: Final = {"sound": "audio", "serial": "serial", "can": "can", "mqtt": "mqtt", "gpio": "gpio"}
_EPILOG = """\
examples:
  driver-monitor try sound                       play the tone of each level
  driver-monitor try serial --config my.yaml     say hello to the receiver of this config
  driver-monitor try can --config my.yaml        one DM_Alert for each level, and its end
  driver-monitor try mqtt --config my.yaml       publish test alerts: they leave this device
  driver-monitor try gpio --config my.yaml       lights, buzzer and motor, one level after the other

The output need not be switched on in the config. exit codes: 0 all were delivered, 1 one was not, 2 the config is wrong
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "try",
        help="send test alerts to an output",
        description="Send a test alert of each level to an output, and say what became of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("output", choices=OUTPUTS, help="which output")
    parser.add_argument("--config", type=Path, metavar="FILE", help="how the output is set up (default: the built-in)")
