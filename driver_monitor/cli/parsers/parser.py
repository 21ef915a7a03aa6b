"""What the parsers of all commands have in common."""

import argparse
from typing import Protocol, TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse has no public name for it


class CommandParser(Protocol):
    """A module of this folder: a command's options, and nothing that costs time to import."""

    def add_parser(self, subparsers: Subparsers) -> None:
        """Add the command's own parser, under its name.

        ``set_defaults(refuse=...)`` gives it a function that raises
        :class:`~driver_monitor.errors.UsageError` for options that do not fit together, before anything is loaded.
        """
