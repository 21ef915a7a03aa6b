"""Editors get every bound, unit and source from the schema."""

from typing import Any

from driver_monitor.config.catalogue import Setting, settings
from driver_monitor.config.errors import Path
from driver_monitor.config.loader import default_data
from driver_monitor.config.schema import json_schema

SCHEMA = json_schema()


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        definition: dict[str, Any] = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]
        return definition
    return part


def at(path: Path) -> dict[str, Any]:
    part = SCHEMA
    for step in path:
        part = resolved(part)
        part = part["additionalProperties"] if step == "*" else part["properties"][str(step)]
    return part


def test_every_setting_is_in_the_schema_with_unit_source_and_bounds() -> None:
    for path, setting in settings():
        part = at(path)
        assert part.get("unit", "") == setting.unit, path
        assert part.get("source", "") == setting.source, path
        # A number that may be null has its bounds one step deeper.
        kind = next((each for each in part.get("anyOf", ()) if each.get("type") != "null"), part)
        assert kind.get("maximum") == setting.high, path
        assert kind.get("exclusiveMinimum" if setting.low_open else "minimum") == setting.low, path
        assert setting.unit in part["description"], path


def test_unknown_keys_are_marked_by_editors_everywhere() -> None:
    closed = [SCHEMA, *SCHEMA["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in closed)


def test_a_rule_may_change_one_key_and_a_file_may_extend_another() -> None:
    assert "required" not in SCHEMA["$defs"]["RuleConfig"]
    assert "extends" in SCHEMA["properties"]


def test_the_defaults_have_exactly_the_keys_of_the_catalogue() -> None:
    data = default_data()
    for path, setting in settings():
        assert isinstance(setting, Setting)
        value: Any = data
        for step in path:
            value = next(iter(value.values())) if step == "*" else value[step]
