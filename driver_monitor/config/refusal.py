"""What pydantic refuses, in our words: at which key, what it got, what is accepted."""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from driver_monitor.config.errors import ConfigError, Path, Place, Problem, shown

_ACCEPTED: Final = "Input should be "
RAISED: Final = "Value error, "  # by a validator of ours, which says all there is to say
_WORDS: Final = {"missing": "is missing", "extra_forbidden": "there is no such key"}
_NO_KEYS: Final = ("(term)", "(all)", "(any)", "(not)", "[key]")  # in pydantic's paths, which our files do not have


def details(error: ValidationError) -> Iterator[ErrorDetails]:
    """Each mistake with its path as a file has it."""
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # what was in it has been told: pydantic counts what is left
        yield {**detail, "loc": tuple(part for part in detail["loc"] if part not in _NO_KEYS)}


def mistakes(error: ValidationError) -> Iterator[tuple[Path, str]]:
    """Each mistake's key and one sentence on it."""
    for detail in details(error):
        message = detail["msg"]
        if message.startswith(_ACCEPTED):
            yield detail["loc"], f"got {shown(detail['input'])}; accepted: {message.removeprefix(_ACCEPTED)}"
        else:
            yield detail["loc"], _WORDS.get(detail["type"], message.removeprefix(RAISED))


def refused(error: ValidationError, made_as: str) -> ConfigError:
    """One line for values that came from no file, the first mistake; ``made_as`` stands for the file.

    A program that asks for a wrong length makes that mistake in thousands of places.
    """
    (path, sentence), *others = mistakes(error)
    more = f" (and {len(others):,} more)" if others else ""
    return ConfigError([Problem(Place(made_as), path, sentence + more)])
