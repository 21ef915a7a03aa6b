"""The DBC file of what goes over the CAN bus, with the ids, zones and rules of a config."""

from collections.abc import Iterable, Iterator
from typing import Final

from driver_monitor.alerts.can_frames import ALERT, FRAME_BYTES, STATE, Field, Layout, can_id, rule_id
from driver_monitor.config.config import Config

_EXTENDED: Final = 1 << 31  # how DBC marks an id of 29 bits
_NODE: Final = "DriverMonitor"
_RECEIVER: Final = "Vector__XXX"  # DBC's word for "anybody"


def dbc_text(config: Config) -> str:
    """Every tool of the trade reads it: cantools, SavvyCAN, Kayak, Vector's."""
    can = config.alerts.can
    rules = {rule_id(name): name for name in config.rules}
    flag = _EXTENDED if can.extended_id or can.j1939_address is not None else 0
    ids = {layout.name: can_id(layout, can.base_id, can.j1939_address) | flag for layout in (STATE, ALERT)}
    lines = ['VERSION ""', "", "NS_ :", "", "BS_:", "", f"BU_: {_NODE}", ""]
    for layout in (STATE, ALERT):
        lines += [*_message(layout, ids[layout.name]), ""]
    for layout in (STATE, ALERT):
        lines += _comments(layout, ids[layout.name])
    cycle_ms = round(1000 / can.rate_hz)
    lines += [
        'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;',
        'BA_DEF_DEF_ "GenMsgCycleTime" 0;',
        f'BA_ "GenMsgCycleTime" BO_ {ids[STATE.name]} {cycle_ms};',
    ]
    for layout in (STATE, ALERT):
        lines += _values(layout, ids[layout.name], rules)
    return "\n".join(lines) + "\n"


def _message(layout: Layout, number: int) -> Iterator[str]:
    yield f"BO_ {number} {layout.name}: {FRAME_BYTES} {_NODE}"
    for field in layout.fields:
        most = (field.unknown - field.may_be_unknown) * field.scale
        yield (
            f' SG_ {field.name} : {field.start}|{field.bits}@1+ ({field.scale:g},0) [0|{most:g}] "{field.unit}" '
            f"{_RECEIVER}"
        )


def _comments(layout: Layout, number: int) -> Iterator[str]:
    yield f'CM_ BO_ {number} "{layout.words}";'
    for field in layout.fields:
        unknown = f"; {field.unknown}: not known" if field.may_be_unknown else ""
        yield f'CM_ SG_ {number} {field.name} "{field.words}{unknown}";'


def _values(layout: Layout, number: int, rules: dict[int, str]) -> Iterator[str]:
    for field in layout.fields:
        names = {0: "none", **rules} if field.name == "RuleId" else _names(field)
        if names:
            told = " ".join(f'{raw} "{_plain(name)}"' for raw, name in _descending(names.items()))
            yield f"VAL_ {number} {field.name} {told} ;"


def _names(field: Field) -> dict[int, str]:
    return (field.names or {}) | ({field.unknown: "unknown"} if field.may_be_unknown else {})


def _descending(names: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(names, reverse=True)


def _plain(name: str) -> str:
    """A rule may have any name; DBC is ASCII and quotes with nothing but quotes."""
    return name.encode("ascii", "replace").decode("ascii").replace('"', "'")
