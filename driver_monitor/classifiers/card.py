"""Model cards: what an ONNX file is, in a form that both a reader and the program can check.

A card is a Markdown file beside the model, with the same stem. Its YAML front matter is the file's contract
(hash, input and output tensors, class names, thresholds); the text below it says what the model was trained on,
how good it is, and what it must not be used for.
"""

import datetime
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from driver_monitor.errors import DriverMonitorError

FENCE: Final = "---\n"
RESTORE: Final = "restore it from the release."
ElementType = Literal["float32", "uint8", "int64", "bool"]


class CardError(DriverMonitorError):
    """The card is missing or does not say what a card has to say."""

    reason = "model"


class TensorSpec(BaseModel):
    """Element type and shape of one tensor; a letter in ``shape`` is a dimension that may have any size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ElementType = "float32"
    shape: tuple[int | str, ...]

    def __str__(self) -> str:
        return f"{self.type}[{', '.join(str(size) for size in self.shape)}]"


class ModelCard(BaseModel):
    """The front matter.

    ``classes`` names the columns of an output; ``thresholds`` carries the numbers that belong to this very
    training run and that the code would otherwise have to repeat (for example the confidence below which no
    answer is given). ``training_files`` maps the data files it was trained on to their sha256, so that an
    evaluation can say which of its files the model has seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    file: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    date: datetime.date
    inputs: dict[str, TensorSpec] = Field(min_length=1)
    outputs: dict[str, TensorSpec] = Field(min_length=1)
    classes: dict[str, tuple[str, ...]] = {}
    thresholds: dict[str, float] = {}
    training_files: dict[str, str] = {}
    data_licence: str = Field(min_length=1)

    @classmethod
    def read(cls, path: Path) -> "ModelCard":
        """The front matter of the card at ``path``; :class:`CardError` when it is missing or wrong."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CardError(
                f"The model card {path} is missing; put it back beside its .onnx file,"
                " as a model without a card is not loaded."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CardError(f"The model card {path} cannot be read ({error}); {RESTORE}") from error
        if not text.startswith(FENCE) or "\n" + FENCE not in text[len(FENCE) :]:
            raise CardError(f"The model card {path} has no YAML front matter between '---' lines; {RESTORE}")
        header = text[len(FENCE) :].split("\n" + FENCE, 1)[0]
        try:
            return cls.model_validate(yaml.safe_load(header))
        except yaml.YAMLError as error:
            where = " ".join(str(error).split())
            raise CardError(f"The model card {path} has broken YAML ({where}); {RESTORE}") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "front matter"
            raise CardError(f"The model card {path} is wrong at '{key}': {first['msg']}; {RESTORE}") from error

    def write(self, path: Path, body: str) -> None:
        """Write the card with ``body`` (Markdown) below the front matter."""
        header = self.model_dump(mode="json", exclude_defaults=False)
        header["date"] = self.date  # a YAML date, not a quoted string
        text = yaml.safe_dump(header, sort_keys=False, width=110, allow_unicode=True, default_flow_style=None)
        path.write_text(FENCE + text + FENCE + "\n" + body.strip() + "\n", encoding="utf-8")
