"""The base of every config section, and the one way to declare a setting."""

import re
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from driver_monitor.config.refusal import refused

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*$")


class Section(BaseModel):
    """A frozen part of the config; an unknown key is an error, and so is a number that is not finite.

    Made from values that it does not accept, by a call or by ``model_validate``, it raises :class:`ConfigError` as a
    file with these values does; the place is ``MADE_AS``.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, populate_by_name=True, allow_inf_nan=False
    )
    MADE_AS: ClassVar[str] = "config"

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise refused(error, self.MADE_AS) from None

    # pydantic's own mark: a section inside another one is checked in place, so that the outer one knows the whole path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise refused(error, cls.MADE_AS) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            raise refused(error, cls.MADE_AS) from None


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError(f"got the name '{text}'; accepted: small letters, digits and _, a letter first")
    return text


def _whole(value: Any) -> Any:
    if type(value) is not int:
        raise PydanticCustomError("int_type", "Input should be a whole number")
    return value


Name = Annotated[str, AfterValidator(_name)]
"""What a rule or a zone is called."""
WHOLE: Final = BeforeValidator(_whole)
"""For a choice of whole numbers: pydantic takes 90.0 and false for the numbers that they equal."""


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
    max_length: int | None = None,
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
        max_length=max_length,
        json_schema_extra={"unit": unit, "source": source},
    )
