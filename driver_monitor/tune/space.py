"""The values that a search may choose from, read from a YAML file.

rules.microsleep.for: [0.5, 3.0]
rules.drowsy.when[perclos_60s]: {low: 0.05, high: 0.3, log: true}
rules.drowsy.for: {low: 1, high: 10, step: 0.5}
rules.drowsy.repeat_every: {choices: [0, 60, 300]}
"""

import math
from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

from driver_monitor.config.checks import comparisons, ladders
from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError, Place, Problem, shown
from driver_monitor.config.hints import nearest
from driver_monitor.config.reader import read
from driver_monitor.config.validation import Validation
from driver_monitor.errors import UsageError
from driver_monitor.tune.parameter import Parameter, Spot, Value, accepted, applied, find_spot

_KEYS: Final = ("low", "high", "step", "log", "choices")
_FORM: Final = "accepted: [LOW, HIGH], {low: , high: , step: , log: true}, or {choices: [...]}"
KIND: Final = "search file"
MAX_SWEEP: Final = 1000


def config_data(config: Config) -> dict[str, Any]:
    """A config as the data of a file that names every key."""
    return config.model_dump(mode="json", by_alias=True)


def config_of(data: Mapping[str, Any]) -> Config | None:
    """The config of that data, None where its values do not suit each other."""
    return Validation(data, {}, frozenset()).config()


def read_space(path: FilePath, base: Config) -> tuple[Parameter, ...]:
    """The parameters of a file, in its order. Raises ConfigError with every mistake in it."""
    document = read(path, KIND)
    problems, found = list(document.problems), list[Parameter]()
    data = config_data(base)
    for name, value in document.data.items():
        place = document.places[(name,)]
        try:
            parameter = _parameter(find_spot(name, data), value)
            _check(parameter, data)
        except ValueError as error:
            problems.append(Problem(place, (name,), str(error)))
            continue
        twin = next((other for other in found if other.spot.path == parameter.spot.path), None)
        if twin is not None:
            problems.append(Problem(place, (name,), f"it is the same value as {twin.name}"))
        found.append(parameter)
    switched = {str(parameter.spot.path[1]) for parameter in found if parameter.spot.path[2:] == ("enabled",)}
    for parameter in found:
        if off := _off(parameter.spot, base, switched):
            problems.append(Problem(document.places[(parameter.name,)], (parameter.name,), off))
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.place.line), KIND)
    if not found:
        raise ConfigError(
            [Problem(Place(str(path)), (), "it names nothing to tune, as in 'rules.drowsy.for: [1, 10]'")]
        )
    return tuple(found)


def read_sweep(text: str, base: Config) -> tuple[Spot, tuple[Value, ...]]:
    """``NAME=LOW:HIGH:STEP`` as a spot and its values. Raises UsageError with one sentence."""
    name, _, values = text.rpartition("=")
    try:
        low, high, step = (float(part) for part in values.split(":"))
    except ValueError:
        low = math.nan
    if not name or not math.isfinite(low):
        raise UsageError(f"--sweep: got '{text}'; accepted: NAME=LOW:HIGH:STEP, as in rules.microsleep.for=0.5:3:0.1")
    try:
        data = config_data(base)
        spot = find_spot(name, data)
        if not spot.is_number:
            raise ValueError(f"it is {accepted(spot)}, which has no steps")
        parameter = _ranged(spot, {"low": low, "high": high, "step": step})
        _check(parameter, data)
        if off := _off(spot, base, ()):
            raise ValueError(off)
        count = math.floor((high - low) / step + 1e-9) + 1
        if count > MAX_SWEEP:
            raise ValueError(f"these are {count} values; accepted: up to {MAX_SWEEP}")
    except ValueError as error:
        raise UsageError(f"--sweep: {name}: {error}") from None
    return spot, tuple(dict.fromkeys(parameter.tidy(low + number * step) for number in range(count)))


def _parameter(spot: Spot, value: Any) -> Parameter:
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError(f"got {shown(value)}; {_FORM}")
        return _ranged(spot, {"low": value[0], "high": value[1]})
    if not isinstance(value, dict) or not value:
        raise ValueError(f"got {shown(value)}; {_FORM}")
    for key in value:
        if key not in _KEYS:
            near = nearest(key, _KEYS)
            raise ValueError(f"there is no '{key}' of a range; " + (f"did you mean '{near}'?" if near else _FORM))
    if "choices" not in value:
        return _ranged(spot, value)
    choices = value["choices"]
    if len(value) > 1 or not isinstance(choices, list) or len(choices) < 2 or any(map(_nested, choices)):
        raise ValueError(f"got {shown(value)}; accepted: choices alone, a list of two values and more")
    return Parameter(spot, choices=tuple(choices))


def _nested(value: Any) -> bool:
    return value is None or isinstance(value, list | dict)


def _ranged(spot: Spot, value: Mapping[str, Any]) -> Parameter:
    if not spot.is_number:
        raise ValueError(f"it is {accepted(spot)}: give it {{choices: [...]}}")
    low, high, step, log = value.get("low"), value.get("high"), value.get("step"), value.get("log", False)
    for name, end in (("low", low), ("high", high), *((("step", step),) if step is not None else ())):
        if isinstance(end, bool) or not isinstance(end, int | float):
            raise ValueError(f"{name}: got {shown(end)}; accepted: a number")
        if spot.whole and end != int(end):
            raise ValueError(f"{name}: got {shown(end)}; accepted: {accepted(spot)}")
    assert low is not None
    assert high is not None
    if not low < high:
        raise ValueError(f"got {low:g} to {high:g}; accepted: a low end below the high end")
    if not isinstance(log, bool):
        raise ValueError(f"log: got {shown(log)}; accepted: true or false")
    if log and (low <= 0 or step is not None):
        raise ValueError("a range with log: true begins above 0 and has no step")
    if step is not None and not 0 < step <= high - low:
        raise ValueError(f"step: got {step:g}; accepted: above 0, up to {high - low:g}")
    if step is not None:  # the highest value that a step comes to
        high = low + math.floor((high - low) / step + 1e-9) * step
    return Parameter(spot, float(low), float(high), None if step is None else float(step), log)


def _check(parameter: Parameter, data: Mapping[str, Any]) -> None:
    """Every end is a value that the config takes, whatever stands beside it."""
    path = parameter.spot.path
    for value in parameter.ends:
        changed = applied(data, {parameter.spot: value})
        validation = Validation(changed, {}, frozenset())
        validation.config()
        together = {sentence for _, sentence in (*comparisons(changed), *ladders(changed))}
        for problem in validation.problems:
            if problem.path[: len(path)] == path and problem.sentence not in together:
                raise ValueError(problem.sentence)


def _off(spot: Spot, base: Config, switched: Collection[str]) -> str:
    """Why what stands there changes nothing: its rule is off. ``switched``: rules that the search switches on."""
    section, name = spot.path[0], str(spot.path[1])
    if section != "rules" or base.rules[name].enabled or name in switched:
        return ""
    return f"the rule '{name}' is switched off (enabled: false), so it never fires"
