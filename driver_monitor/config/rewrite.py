"""Changes a user's config file where it must change, and nowhere else: comments, order and spacing stay.

ruamel.yaml (:mod:`driver_monitor.tune.preset`) can change anything, but lays lines out anew and is an extra. To set a
few numbers, the reader's own marks are enough: they say where in the text each value stands.
"""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import Loaded, load
from driver_monitor.errors import DriverMonitorError


def with_values(text: str, section: Sequence[str], values: Mapping[str, float]) -> str:
    """The text of a config file with these keys of a section (``["signals", "camera_place"]``) at these values.

    Numbers that are there are replaced; what is missing is added below the name of its section, a section of its own
    at the end. ``text`` is a mapping as :mod:`driver_monitor.config.reader` accepts it. Whether the outcome means what
    it should is for the caller to check: a value behind an anchor stands for others too.
    """
    for name, value in reversed([*values.items()]):  # a new one comes first
        text = _with_value(text, (*section, name), f"{round(value, 6):g}")
    return text


def replace_file(file: Path, text: str, *, as_meant: Callable[[Loaded], bool], otherwise: str) -> None:
    """Put ``text`` in the file's place, all or nothing, if it then is a config that is ``as_meant``.

    A link stays one: what it leads to is replaced. Raises DriverMonitorError where the text means something else
    (``otherwise`` says what to do then) or the file cannot be written; it is left as it was.
    """
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".yaml")
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if not _means(part, as_meant):
            raise DriverMonitorError(f"{file} could not be updated without changing more; {otherwise}")
        os.chmod(part, file.stat().st_mode & 0o777)
        os.replace(part, file.resolve())
    except OSError as error:
        raise DriverMonitorError(f"{file} cannot be written: {error.strerror or error}; it is as before") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _means(file: Path, as_meant: Callable[[Loaded], bool]) -> bool:
    try:
        return as_meant(load(file))
    except ConfigError:
        return False


def _with_value(text: str, path: tuple[str, ...], value: str) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):  # nothing but comments
        return f"{_ended(text)}{_nested(path, value)}\n"
    node, key = root, None
    for depth, name in enumerate(path):
        found = next(((k, v) for k, v in node.value if k.value == name), None)
        if found is None:
            return _added(text, node, key, _nested(path[depth:], value))
        key, below = found
        if depth == len(path) - 1 or not isinstance(below, yaml.MappingNode):  # the value, or a section left empty
            rest = path[depth + 1 :]
            new = f"{{{_nested(rest, value)}}}" if rest else value
            start, end = below.start_mark.index, below.end_mark.index
            gap = " " if text[start - 1] == ":" else ""
            return f"{text[:start]}{gap}{new}{text[end:]}"
        node = below
    raise ValueError("a path names at least one key")


def _added(text: str, node: yaml.MappingNode, key: yaml.Node | None, entry: str) -> str:
    """``entry`` as a further key of ``node``, whose own name in the file is ``key``: None for the whole file."""
    if node.flow_style:
        inside = node.start_mark.index + 1
        return f"{text[:inside]}{entry}{', ' if node.value else ''}{text[inside:]}"
    indent = " " * node.start_mark.column
    if key is None:
        return f"{_ended(text)}{indent}{entry}\n"
    # Right below the section's name, so that no comment loses the key that it stands above.
    below = text.find("\n", key.end_mark.index) + 1
    return f"{text[:below]}{indent}{entry}\n{text[below:]}"


def _nested(path: Sequence[str], value: str) -> str:
    """``a: {b: value}`` for a path of two."""
    name, *rest = path
    return f"{name}: {{{_nested(rest, value)}}}" if rest else f"{name}: {value}"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
