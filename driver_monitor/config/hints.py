"""What a person probably meant: the unit they thought of, the name they mistyped."""

import difflib
import re
from collections.abc import Iterable
from typing import Any, Final

from driver_monitor.config.catalogue import Setting, number
from driver_monitor.config.errors import shown

_NUMBER_WITH_UNIT: Final = re.compile(r"\s*([-+]?[0-9]+(?:[.,][0-9]+)?|[-+]?\.[0-9]+)\s*(\D*?)\s*$")
_SHARE: Final = {"%": 0.01, "percent": 0.01}
# How the words people write after a number translate into the setting's unit.
_INTO: Final[dict[str, dict[str, float]]] = {
    "s": {"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "ms": 0.001, "min": 60, "minutes": 60, "h": 3600},
    "km/h": {"km/h": 1, "kmh": 1, "kph": 1, "m/s": 3.6, "mph": 1.609344},
    "deg": {"deg": 1, "degree": 1, "degrees": 1, "°": 1, "rad": 57.29578},
    "Hz": {"hz": 1, "fps": 1, "khz": 1000},
    "px": {"px": 1, "pixel": 1, "pixels": 1},
    "Bd": {"bd": 1, "baud": 1, "bps": 1, "bit/s": 1},
    "ratio": _SHARE,
    "0..1": _SHARE,
}
_SLIPS: Final[dict[str, tuple[float, str]]] = {
    "s": (0.001, "milliseconds"),
    "ratio": (0.01, "a percentage"),
    "0..1": (0.01, "a percentage"),
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one known name that a typing slip may have turned into ``name``."""
    folded = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def advice(setting: Setting, value: Any) -> str:
    """One clause on what to write instead of ``value``, or an empty string."""
    if setting.kind in ("number", "whole"):
        return _written(setting, value) if isinstance(value, str) else _slipped(setting, value)
    if setting.kind in ("choice", "choices") and isinstance(value, str):
        if setting.kind == "choices" and value in setting.choices:
            return f"write [{value}]"
        near = nearest(value, [str(choice) for choice in setting.choices])
        return f"did you mean '{near}'?" if near else ""
    if setting.kind == "text" and isinstance(value, float | int):
        return f'write it in quotes: "{shown(value)}"'
    return ""


def _fits(setting: Setting, value: float) -> bool:
    low = setting.low is None or value > setting.low or (value == setting.low and not setting.low_open)
    return low and (setting.high is None or value <= setting.high)


def _plain(setting: Setting, value: float) -> str:
    return str(round(value)) if setting.kind == "whole" else number(value)


def _written(setting: Setting, value: str) -> str:
    match = _NUMBER_WITH_UNIT.match(value)
    if match is None:
        return f"write a plain number in {setting.unit}" if setting.unit else "write a plain number"
    amount, unit = float(match[1].replace(",", ".")), match[2].lower()
    factor = 1.0 if not unit else _INTO.get(setting.unit, {}).get(unit)
    if factor is None:
        return f"the unit is {setting.unit}, not '{match[2]}'; write a plain number" if setting.unit else ""
    if not _fits(setting, amount * factor):
        return f"that is {_plain(setting, amount * factor)} {setting.unit}".rstrip()
    told = f" (always in {setting.unit})" if unit else " without quotes" if "," not in match[1] else ""
    return f"write {_plain(setting, amount * factor)}{told}"


def _slipped(setting: Setting, value: Any) -> str:
    """A number outside the range that fits once it is taken for another unit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or setting.unit not in _SLIPS:
        return ""
    factor, name = _SLIPS[setting.unit]
    if _fits(setting, value) or value < 2 or not _fits(setting, value * factor):
        return ""
    return f"if that is {name}, write {_plain(setting, value * factor)}"
