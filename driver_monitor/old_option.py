"""Options that have been renamed: for one version the old name does what the new one does, with a warning."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any


def add_old_option(parser: argparse._ActionsContainer, old: str, new: argparse.Action) -> None:
    """Let ``old`` (``--name``) stand for the option ``new``; the help does not show it.

    Where only one value counts, ``parser`` is a group of options that exclude each other, with ``new`` in it.
    """
    parser.add_argument(
        old,
        action=_OldOption,
        new=new,
        dest=new.dest,
        nargs=new.nargs,
        type=new.type or str,
        choices=new.choices,
        default=argparse.SUPPRESS,
        help=argparse.SUPPRESS,
    )


class _OldOption(argparse.Action):
    def __init__(self, *args: Any, new: argparse.Action, **options: Any) -> None:
        super().__init__(*args, **options)
        self._new = new
        self._warned = False

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if not self._warned:
            program = parser.prog.partition(" ")[0]
            names = f"'{self.option_strings[0]}' is the old name of '{self._new.option_strings[0]}'"
            sys.stderr.write(f"{program}: WARNING: {names}; the next version will refuse it\n")
            self._warned = True
        self._new(parser, namespace, values, option_string)
