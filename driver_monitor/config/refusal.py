"""What pydantic refuses, in our words: at which key, what it got, what is accepted."""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from driver_monitor.config.errors import ConfigError, Path, Place, Problem, shown

_ACCEPTED: Final = "Input should be "
_RAISED: Final = "Value error, "  # by a validator of ours, which says all there is to say
_WORDS: Final = {"missing": "is missing", "extra_forbidden": "there is no such key"}


def mistakes(error: ValidationError) -> Iterator[tuple[Path, str]]:
    """Each mistake's key and one sentence on it."""
    for detail in error.errors(include_url=False):
        message = detail["msg"]
        if message.startswith(_ACCEPTED):
            yield detail["loc"], f"got {shown(detail['input'])}; accepted: {message.removeprefix(_ACCEPTED)}"
        else:
            yield detail["loc"], _WORDS.get(detail["type"], message.removeprefix(_RAISED))


def refused(error: ValidationError, made_as: str) -> ConfigError:
    """One line for values that came from no file, the first mistake; ``made_as`` stands for the file.

    A program that asks for a wrong length makes that mistake in thousands of places.
    """
    (path, sentence), *others = mistakes(error)
    more = f" (and {len(others):,} more)" if others else ""
    return ConfigError([Problem(Place(made_as), path, sentence + more)])
