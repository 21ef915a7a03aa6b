"""From a config file to a :class:`Config`: read, extend, merge over the defaults, lay flags over it, validate."""

import hashlib
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final

from driver_monitor.config.catalogue import Setting, find
from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError, Path, Place, Problem, shown
from driver_monitor.config.flags import Flag, as_document
from driver_monitor.config.hints import nearest
from driver_monitor.config.reader import Document, parse, read
from driver_monitor.config.renames import with_new_names
from driver_monitor.config.show import effective_yaml
from driver_monitor.config.validation import Validation
from driver_monitor.native_path import file_path

EXTENDS: Final = "extends"
MAX_CHAIN: Final = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config with where it came from.

    ``path`` is None for the built-in defaults. ``files`` are all files read, the extended ones first. ``text`` is the
    effective config as YAML: loading it again gives the same config, so a recorded drive keeps it. ``sha256`` is its
    hash: equal for two files that mean the same. ``flags`` lie over the files.
    """

    config: Config
    path: FilePath | None
    files: tuple[FilePath, ...]
    text: str
    sha256: str
    places: Mapping[Path, Place]
    flags: tuple[Flag, ...] = ()

    def again(self) -> "Loaded":
        """The same files as they are by now, under the same flags. Raises :class:`ConfigError` as :func:`load` does."""
        return load(self.path, *self.flags)

    def place(self, *path: str | int) -> Place | None:
        """The line that sets ``path`` (``place("camera", "fps")``); None where the default holds."""
        return self.places.get(path)


@cache
def default_config() -> Config:
    """The built-in defaults, rules included."""
    return Config()


def default_data() -> dict[str, Any]:
    """The built-in defaults as plain data with the keys of a file; the caller may change it."""
    return default_config().model_dump(mode="json", by_alias=True)


def load(path: FilePath | None, *flags: Flag) -> Loaded:
    """Load a config file, or the built-in defaults for None.

    A file holds only the keys that differ from the defaults; sections, zones and rules are merged by name, lists and
    conditions are replaced. ``extends: NAME`` puts another file (relative to this one) or a preset of ``configs/``
    in between. A path that does not exist but names a preset loads that preset. ``flags`` are laid over all of it.
    Settings that a file calls by an old name are warned of (:mod:`driver_monitor.config.renames`).

    Raises :class:`ConfigError` with every mistake in every file and flag.
    """
    if path is None or (str(path) == "default" and not path.exists()):
        return _merged([], None, flags=flags) if flags else _loaded(default_config(), None, (), {})
    start = path if path.exists() or path.name != str(path) else presets().get(str(path), path)
    return _merged(_chain(start), start, flags=flags)


def load_text(text: str, name: str) -> Loaded:
    """The config that ``text`` is, as kept in a recorded drive; ``name`` stands for the file in what is wrong with it.

    Raises :class:`ConfigError` as :func:`load` does.
    """
    file = FilePath(name)
    document = with_new_names(parse(text, name), warn=False)  # nobody is to edit a recording
    return _merged([(file, document)], file, driven=True)


def _merged(
    chain: list[tuple[FilePath, Document]],
    start: FilePath | None,
    *,
    driven: bool = False,
    flags: tuple[Flag, ...] = (),
) -> Loaded:
    """The defaults with the files of ``chain`` laid over them in their order, and the flags over these."""
    data: dict[str, Any] = default_data()
    places: dict[Path, Place] = {}
    refused: set[Path] = set()
    problems: list[Problem] = []
    for document in (*(document for _, document in chain), as_document(flags)):
        problems += map(_with_range, document.problems)
        refused |= document.refused
        _merge(data, document.data, (), places, document.places)
    validation = Validation(data, places, frozenset(refused), driven=driven)
    config = validation.config()
    problems += validation.problems
    if config is None or problems:
        order = {str(file): index for index, (file, _) in enumerate(chain)}
        raise ConfigError(sorted(problems, key=lambda p: (order.get(p.place.file, -1), p.place.line)))
    return replace(_loaded(config, start, tuple(file for file, _ in chain), places), flags=flags)


@cache
def presets() -> Mapping[str, FilePath]:
    """The files of ``configs/`` by name: beside the package in a checkout, else where the wheel put them."""
    checkout = FilePath(__file__).resolve().parents[2] / "configs"
    installed = FilePath(sysconfig.get_path("data")) / "share" / "driver-monitor" / "configs"
    folder = checkout if checkout.is_dir() else installed
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def _with_range(problem: Problem) -> Problem:
    """What the reader refused, together with what the setting accepts."""
    node = find(problem.path)
    if not isinstance(node, Setting) or not problem.sentence.startswith("got "):
        return problem
    return replace(problem, sentence=f"{problem.sentence}; accepted: {node.accepted}")


def _loaded(config: Config, path: FilePath | None, files: tuple[FilePath, ...], places: Mapping[Path, Place]) -> Loaded:
    text = effective_yaml(config)
    return Loaded(config, path, files, text, hashlib.sha256(text.encode()).hexdigest(), places)


def _chain(start: FilePath) -> list[tuple[FilePath, Document]]:
    """The file and what it extends, the farthest first."""
    chain: list[tuple[FilePath, Document]] = []
    seen: list[FilePath] = []
    file: FilePath | None = start
    place: Place | None = None
    while file is not None:
        if file.resolve() in seen:
            names = " -> ".join(str(known) for known in [*(f for f, _ in reversed(chain)), file])
            raise ConfigError(
                [Problem(place or Place(str(file)), (EXTENDS,), f"the files extend each other in a circle: {names}")]
            )
        if len(chain) == MAX_CHAIN:
            raise ConfigError(
                [Problem(place or Place(str(file)), (EXTENDS,), f"more than {MAX_CHAIN} files extend each other")]
            )
        seen.append(file.resolve())
        document = with_new_names(read(file), warn=True)
        chain.insert(0, (file, document))
        place = document.places.get((EXTENDS,))
        file = _extended(file, document.data.pop(EXTENDS, None), place)
    return chain


def _extended(file: FilePath, name: Any, place: Place | None) -> FilePath | None:
    """The file that ``extends: name`` means; None for nothing more than the defaults."""
    if name is None or name == "default":
        return None
    known = presets()
    if isinstance(name, str) and name:
        beside = file.parent / file_path(name)
        if beside.is_file():
            return beside
        if name in known:
            return known[name]
    near = nearest(str(name), known)
    hint = f"; did you mean '{near}'?" if near else ""
    sentence = (
        f"got {shown(name)}; accepted: a file relative to this one, or a preset ({', '.join(known) or 'default'})"
    )
    raise ConfigError([Problem(place or Place(str(file)), (EXTENDS,), sentence + hint)])


def _merge(
    data: dict[str, Any],
    over: Mapping[str, Any],
    path: Path,
    places: dict[Path, Place],
    new_places: Mapping[Path, Place],
) -> None:
    """Put ``over`` on top of ``data``, with the places of what it sets. A section left empty changes nothing."""
    for key, value in over.items():
        here = (*path, key)
        node = find(here)
        kind = node.kind if isinstance(node, Setting) else None
        leaf = isinstance(node, Setting | None) and kind != "texts"
        if value is None and (not leaf or kind == "conditions"):
            continue
        if here in new_places:
            places[here] = new_places[here]
        if isinstance(value, dict) and not leaf and isinstance(data.setdefault(key, {}), dict):
            _merge(data[key], value, here, places, new_places)
            continue
        data[key] = value
        for stale in [known for known in places if known[: len(here)] == here and known != here]:
            del places[stale]
        places.update(_below(here, new_places))


def _below(path: Path, places: Mapping[Path, Place]) -> Iterator[tuple[Path, Place]]:
    return ((known, place) for known, place in places.items() if known[: len(path)] == path)
