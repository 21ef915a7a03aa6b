"""ELAN's ``.eaf``: tiers of annotations between time slots, in milliseconds."""

from pathlib import Path
from typing import Final, NamedTuple
from xml.parsers import expat

from driver_monitor.counted import counted
from driver_monitor.labels.entries import Entries
from driver_monitor.labels.errors import LabelError, problem
from driver_monitor.labels.imports.words import free_kind, kind_of, rating
from driver_monitor.labels.label import KSS, MAX_NOTE

_UNIT: Final = "milliseconds"
_ALIGNED: Final = "ALIGNABLE_ANNOTATION"


class _Annotation(NamedTuple):
    line: int
    tier: str
    slots: tuple[str, str]
    words: str


class _Reader:
    """One pass over the file; a document type, and with it every trick of entities, is refused where it begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.slots: dict[str, float | None] = {}
        self.annotations: list[_Annotation] = []
        self.referring = 0
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._root = ""
        self._tier = ""
        self._open: _Annotation | None = None
        self._words: list[str] | None = None

    def read(self, raw: bytes) -> None:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            raise LabelError(
                [problem(self.path, error.lineno, f"this is not XML: {expat.ErrorString(error.code)}")]
            ) from None
        if self._root != "ANNOTATION_DOCUMENT":
            raise LabelError([problem(self.path, 1, f"it is not an ELAN file: it begins with <{self._root}>")])

    def _doctype(self, *_: object) -> None:
        raise LabelError(
            [problem(self.path, self._line, "it declares a document type; ELAN writes none, so it is not read")]
        )

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._root = self._root or name
        if name == "HEADER" and attributes.get("TIME_UNITS", _UNIT) != _UNIT:
            unit = attributes["TIME_UNITS"]
            raise LabelError([problem(self.path, self._line, f"times are in {unit}; export them in {_UNIT}")])
        if name == "TIME_SLOT":
            value = attributes.get("TIME_VALUE", "")
            self.slots[attributes.get("TIME_SLOT_ID", "")] = float(value) / 1000 if value.isdecimal() else None
        elif name == "TIER":
            self._tier = attributes.get("TIER_ID", "")
        elif name == _ALIGNED:
            slots = attributes.get("TIME_SLOT_REF1", ""), attributes.get("TIME_SLOT_REF2", "")
            self._open = _Annotation(self._line, self._tier, slots, "")
        elif name == "REF_ANNOTATION":
            self.referring += 1
        elif name == "ANNOTATION_VALUE" and self._open is not None:
            self._words = []

    def _text(self, words: str) -> None:
        if self._words is not None:
            self._words.append(words)

    def _end(self, name: str) -> None:
        if name == "ANNOTATION_VALUE" and self._open is not None and self._words is not None:
            self._open = self._open._replace(words=" ".join("".join(self._words).split()))
            self._words = None
        elif name == _ALIGNED and self._open is not None:
            self.annotations.append(self._open)
            self._open = None


def read_elan(path: Path, raw: bytes) -> Entries:
    """Every aligned annotation as a label.

    Its kind is what it says, or its tier's name where that is a kind and the annotation only comments on it; what is
    in a tier ``kss`` is a rating at the annotation's start. Annotations that refer to others have no time of their own
    and are left out. Raises :class:`LabelError`.
    """
    reader, entries = _Reader(path), Entries(path)
    reader.read(raw)
    for annotation in reader.annotations:
        _add(annotation, reader.slots, entries)
    if reader.referring:
        entries.left_out.append(f"{path}: {counted(reader.referring, 'annotation')} referring to others left out")
    return entries


def _add(annotation: _Annotation, slots: dict[str, float | None], entries: Entries) -> None:
    line, tier, words = annotation.line, annotation.tier, annotation.words
    start_s, end_s = (slots.get(slot) for slot in annotation.slots)
    if start_s is None or end_s is None:
        missing = annotation.slots[0] if start_s is None else annotation.slots[1]
        entries.wrong(line, f"time slot '{missing}' has no time; align the annotation in ELAN")
        return
    if tier.strip().lower() == KSS:
        entries.add(line, KSS, start_s, start_s, value=rating(words))
        return
    kind = kind_of(words)
    note = ""
    if kind is None and (kind := kind_of(tier)):
        note = words[:MAX_NOTE]
    entries.add(line, kind or free_kind(words) or free_kind(tier), start_s, end_s, note=note)
