"""The values that were found, as a config file of their own or put into one that is there."""

import os
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from driver_monitor.config.catalogue import Setting, find
from driver_monitor.config.errors import Path
from driver_monitor.config.loader import EXTENDS, Loaded, load, presets
from driver_monitor.config.rewrite import replace_file
from driver_monitor.config.show import bare_yaml, scalar
from driver_monitor.errors import DriverMonitorError
from driver_monitor.pip import install_self
from driver_monitor.tune.parameter import Spot, Value, applied, at, find_spot
from driver_monitor.tune.space import config_data


def changed(base: Mapping[str, Any], values: Mapping[Spot, Value]) -> dict[Spot, Value]:
    """Of the values those that the base does not have."""
    return {spot: value for spot, value in values.items() if spot.read(base) != value}


def preset_text(base: Loaded, values: Mapping[Spot, Value], said: Sequence[str], folder: FilePath) -> str:
    """A config file for ``folder`` that extends the base with the keys that differ; ``said`` are lines above them."""
    data = config_data(base.config)
    differing = changed(data, values)
    new = applied(data, differing)
    keys: dict[str, Any] = {}
    for spot in differing:
        path = _key(spot.path)
        here = keys
        for part in path[:-1]:
            here = here.setdefault(str(part), {})
        here[str(path[-1])] = at(new, path)
    lines = [f"# {line}".rstrip() for line in said]
    lines += [f"#   {spot.name}: {scalar(spot.read(data))} -> {scalar(value)}" for spot, value in differing.items()]
    lines += [f"{EXTENDS}: {scalar(_extended(base.path, folder))}", *bare_yaml(keys, 0)]
    return "\n".join(lines) + "\n"


def _key(path: Path) -> Path:
    """The setting that a spot is part of: conditions and lists are replaced as a whole."""
    for length in range(1, len(path)):
        if isinstance(find(path[:length]), Setting):
            return path[:length]
    return path


def _extended(path: FilePath | None, folder: FilePath) -> str:
    """What ``extends`` says for a file in ``folder``."""
    if path is None:
        return "default"
    known = {file.resolve(): name for name, file in presets().items()}
    return known.get(path.resolve()) or os.path.relpath(path.resolve(), folder.resolve())


def update_file(file: FilePath, values: Mapping[Spot, Value]) -> None:
    """Put the values into a config file; its comments, its order and its other keys stay.

    Raises DriverMonitorError where the file would then not say what it should; it is left as it was.
    """
    data = config_data(load(file).config)
    values = {_there(file, spot, data): value for spot, value in values.items()}
    differing = changed(data, values)
    if not differing:
        return
    new = applied(data, differing)
    yaml, document = _round_trip(file)
    for spot, value in differing.items():
        _put(document, spot, value, new)
    text = StringIO()
    yaml.dump(document, text)
    replace_file(
        file,
        text.getvalue(),
        as_meant=lambda loaded: config_data(loaded.config) == new,
        otherwise="use the preset instead",
    )


def _there(file: FilePath, spot: Spot, data: Mapping[str, Any]) -> Spot:
    """The spot in another config, whose conditions may stand otherwise."""
    try:
        return find_spot(spot.name, data)
    except ValueError as error:
        raise DriverMonitorError(f"{file} has no {spot.name}: {error}; use the preset instead") from None


def _round_trip(file: FilePath) -> tuple[Any, Any]:
    try:
        from ruamel.yaml import YAML  # noqa: PLC0415
        from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415
        from ruamel.yaml.util import load_yaml_guess_indent  # noqa: PLC0415
    except ImportError:
        raise DriverMonitorError(f"--update-in needs ruamel.yaml: {install_self('analysis')}") from None
    text = file.read_text(encoding="utf-8-sig")
    _, indent, offset = load_yaml_guess_indent(text)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=indent or 4, offset=2 if offset is None else offset)
    document = yaml.load(text)
    return yaml, CommentedMap() if document is None else document


def _put(document: Any, spot: Spot, value: Value, new: Mapping[str, Any]) -> None:
    """The value alone where the file has its key; else the whole setting that it is part of."""
    whole = _key(spot.path)
    here, path = document, spot.path
    for part in path[:-1]:
        inside = isinstance(here, list) or (isinstance(here, dict) and here.get(part) is not None)
        if not inside:
            break
        here = here[part]
    else:
        if (isinstance(here, list) or path[-1] in here) or path == whole:
            here[path[-1]] = at(new, path) if spot.is_term else value
            return
    here = document
    for part in whole[:-1]:
        if not isinstance(here.get(part), dict):
            here[part] = type(document)()
        here = here[part]
    here[whole[-1]] = at(new, whole)
