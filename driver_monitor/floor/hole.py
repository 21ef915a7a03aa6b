"""Which keys of a config take an alert of the floor away, where they stand, and how to get it back.

Found by trial: the config's differences from what it builds on are laid over that one by one; what breaks the floor is
named and left out again.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.config.checks import comparisons, relations
from driver_monitor.config.config import Config
from driver_monitor.config.difference import differences
from driver_monitor.config.errors import Path, Place, path_text
from driver_monitor.config.loader import Loaded, default_config, load, presets
from driver_monitor.config.show import scalar
from driver_monitor.floor.lapse import Demand
from driver_monitor.floor.trial import Case, Told, cases, verdicts
from driver_monitor.parameter import judged
from driver_monitor.state.speed import Speed, SpeedKnowledge

logger = logging.getLogger(__name__)

# Nothing else has a say in whether a lapse brings an alert.
SECTIONS: Final = ("camera", "face", "signals", "vehicle", "attention", "alerts", "rules", "messages")
_SHORT: Final = judged(40, "letters of a value that is told whole", unit="count")
_TOLD: Final = judged(2, "things missing, in one line", unit="count")
_SPEED_KEYS: Final[dict[SpeedKnowledge, Path]] = {
    SpeedKnowledge.ASSUMED: ("vehicle", "speed", "assumed_kmh"),
    SpeedKnowledge.GIVEN: ("vehicle", "speed", "fixed_kmh"),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """One key, what it says, what would hold without it (None: there would be no such rule), and what is missing.

    ``base`` is what the config builds on: a preset's name, or ``default``.
    """

    place: Place | None
    path: Path
    value: str
    without: str | None
    missing: tuple[str, ...]
    base: str = "default"

    def __str__(self) -> str:
        """One line, with no more of what is missing than can be read in one."""
        more = len(self.missing) - _TOLD
        return self._told((*self.missing[:_TOLD], f"and {more} more") if more > 1 else self.missing)

    @property
    def whole(self) -> str:
        """All that is missing."""
        return self._told(self.missing)

    def _told(self, missing: tuple[str, ...]) -> str:
        where = f"{self.place}: " if self.place else ""
        value = f" ({self.value})" if len(self.value) <= _SHORT else ""
        back = "remove the rule or switch it off to restore that"
        if self.without is not None:
            short = len(self.without) <= _SHORT and self.without != "null"
            back = "remove this key to restore that" + (f" ({self.base}: {self.without})" if short else "")
        return f"{where}{path_text(self.path)}{value} disarms the monitor: {'; '.join(missing)}; {back}"


def holes(loaded: Loaded) -> list[Hole]:
    """The holes of a config in the safety floor, in the order of its sections.

    About 0.1 s of a desk machine where there are none, a few times as long where there are some.
    """
    config = loaded.config
    if all(getattr(config, section) == getattr(default_config(), section) for section in SECTIONS):
        return []
    asked = list(cases(config))
    lost = [case for case, told in verdicts(config, asked).items() if told is None]
    if not lost:
        return []
    base_name, base = _base(loaded)
    by_base = verdicts(base, lost)
    broken: dict[Path, list[Case]] = {}
    rest = [case for case in lost if by_base[case] is not None]
    while (
        rest
    ):  # once more for what only several keys together take away: the first pass has left the first of them out
        found = dict(_causes(base, config, rest))
        for key, because in found.items():
            broken.setdefault(key, []).extend(because)
        named = {case.demand for because in found.values() for case in because}
        rest = [case for case in rest if case.demand not in named] if found else []
    beyond = [case for case in lost if by_base[case] is None]  # not even what the config builds on does that
    claimed = {case.demand for case in beyond if case.speed.knowledge not in _SPEED_KEYS}
    for case in beyond:
        key = ("preset", "claims") if case.demand in claimed else _SPEED_KEYS[case.speed.knowledge]
        broken.setdefault(key, []).append(case)
    data, before = _dump(config), _dump(base)
    speeds = {case.speed for case in asked}
    return [
        Hole(
            place=_place(path, loaded.places),
            path=path,
            value="a rule of its own" if _is_rule(path) else scalar(_at(data, path)),
            without=None if _is_rule(path) else scalar(_at(before, path)),
            missing=tuple(_missing(because, speeds, by_base)),
            base=base_name,
        )
        for path, because in broken.items()
    ]


def warn_of_holes(loaded: Loaded) -> None:
    """Say each hole in the log: whoever starts a monitor that is partly disarmed shall know."""
    for hole in holes(loaded):
        logger.warning("%s", hole)


def _base(loaded: Loaded) -> tuple[str, Config]:
    """What the config builds on, with its name: the preset that it extends, which has no holes, or the defaults."""
    shipped = {file.resolve() for file in presets().values()}
    extended = [file for file in loaded.files[:-1] if file.resolve() in shipped]
    return (extended[-1].stem, load(extended[-1]).config) if extended else ("default", default_config())


def _causes(base: Config, config: Config, lost: list[Case]) -> Iterator[tuple[Path, list[Case]]]:
    """The keys that take something away, each with those of ``lost`` that it takes."""
    asked = list({(case.demand, case.speed): case for case in reversed(lost)}.values())  # the second time tells no more
    kept, data = _dump(base), _dump(config)
    later: list[Path] = []
    for keys in (*_changes(base, config), later):  # at last, together, what contradicts what has not yet changed
        tried = _with(kept, data, keys)
        if _contradictory(tried):
            later += keys if keys is not later else ()
            continue
        missing = _broken(tried, asked)
        if not missing:
            kept = tried
            continue
        together = []
        for key in keys:
            alone = _with(kept, data, [key])
            if _contradictory(alone):
                together.append(key)
            elif broken := _broken(alone, asked):
                missing -= broken
                yield key, [case for case in lost if (case.demand, case.speed) in broken]
            else:
                kept = alone
        for key in together if missing else ():
            yield key, [case for case in lost if (case.demand, case.speed) in missing]


def _contradictory(data: Mapping[str, Any]) -> bool:
    """Whether it is no config, only part of the way to one."""
    return any(comparisons(data)) or any(relations(data))


def _changes(base: Config, config: Config) -> Iterator[list[Path]]:
    """The keys that differ, those of one rule or section together; a rule of one's own is one."""
    groups: dict[Path, list[Path]] = {}
    for difference in differences(base, config):
        path = difference.path
        if path[0] not in SECTIONS:
            continue
        own = path[0] == "rules" and path[1] not in base.rules
        keys = groups.setdefault(path[:2], [])
        key = path[:2] if own else path
        if key not in keys:
            keys.append(key)
    yield from groups.values()


def _broken(data: Mapping[str, Any], asked: Iterable[Case]) -> set[tuple[Demand, Speed]]:
    config = Config.model_validate_json(json.dumps(data))
    return {(case.demand, case.speed) for case, told in verdicts(config, asked).items() if told is None}


def _missing(broken: Iterable[Case], speeds: set[Speed], by_base: Mapping[Case, Told | None]) -> Iterator[str]:
    """In words, of each demand: whose alert it was, whether only the second time, at which of ``speeds`` unless all."""
    of_demand: dict[Demand, list[Case]] = {}
    for case in broken:
        of_demand.setdefault(case.demand, []).append(case)
    for demand, found in of_demand.items():
        if any(demand.name.startswith(f"{other.name} ") for other in of_demand):
            continue  # the same of eyes that are not known yet, or of a lesser picture
        lost = dict.fromkeys(case.speed for case in found)
        at = f" ({', '.join(map(str, lost))})" if len(lost) < len(speeds) else ""
        rules = dict.fromkeys(told.rule for case in found if (told := by_base[case]))
        whose = f", which was rule {' or '.join(rules)}'s" if rules else ""
        yield demand.missing + " when it happens again" * all(case.again for case in found) + whose + at


def _dump(config: Config) -> dict[str, Any]:
    return config.model_dump(mode="json", by_alias=True)


def _with(data: Mapping[str, Any], changed: Mapping[str, Any], keys: Iterable[Path]) -> dict[str, Any]:
    """``data`` with what ``changed`` has at the keys."""
    copy: dict[str, Any] = json.loads(json.dumps(data))
    for key in keys:
        above = copy
        for part in key[:-1]:
            above = above.setdefault(str(part), {})
        above[str(key[-1])] = _at(changed, key)
    return copy


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _is_rule(path: Path) -> bool:
    return path[0] == "rules" and len(path) == 2


def _place(path: Path, places: Mapping[Path, Place]) -> Place | None:
    """The line of the key, or of what is round it."""
    return next((places[path[:end]] for end in range(len(path), 0, -1) if path[:end] in places), None)
