"""The base of every config section, and the one way to declare a setting."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A frozen part of the config; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, populate_by_name=True)


def setting(
    default: Any,
    description: str,
    *,
    unit: str = "",
    source: str = "",
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    alias: str | None = None,
    min_length: int | None = None,
) -> Any:
    """A bounded setting whose unit and source travel with it into the schema and the default file."""
    return Field(
        default,
        description=description,
        ge=ge,
        le=le,
        gt=gt,
        alias=alias,
        min_length=min_length,
        json_schema_extra={"unit": unit, "source": source},
    )
