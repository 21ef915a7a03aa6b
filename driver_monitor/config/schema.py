"""The JSON Schema of a config file, for editors that complete and check YAML while it is typed."""

from typing import Any, Final

from driver_monitor.config.config import Config

_EXTENDS: Final = {
    "type": "string",
    "description": "another file, relative to this one, or a preset's name, that this file builds on",
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) with every setting's unit and source beside its bounds.

    It knows nothing of signal names and of settings that must suit each other; loading the file checks those.
    """
    schema = Config.model_json_schema(by_alias=True)
    for part in [schema, *schema["$defs"].values()]:
        if part.get("title") == "RuleConfig":
            part.pop("required", None)  # a rule may change one key of the default rule of its name
        for member in part.get("properties", {}).values():
            _tidy(member)
    schema["properties"]["rules"]["default"] = Config().model_dump(mode="json", by_alias=True)["rules"]
    schema["properties"]["extends"] = _EXTENDS
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "driver-monitor configuration",
    }


def _tidy(member: dict[str, Any]) -> None:
    for key in ("unit", "source"):
        if not member.get(key, "-"):
            del member[key]
    member.pop("title", None)
    if "unit" in member:
        member["description"] = f"{member.get('description', '')} [{member['unit']}]".strip()
    if member.get("type") == "string" and "enum" not in member:
        member["type"] = ["string", "integer"]  # as the loader: 'source: 0'
