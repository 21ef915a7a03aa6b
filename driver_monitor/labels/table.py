"""The two forms in which labels are kept: a CSV table, or a YAML list of the same keys."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import yaml

from driver_monitor.counted import counted
from driver_monitor.labels.entries import COLUMNS, REQUIRED, Entries, decoded
from driver_monitor.labels.errors import LabelError, problem
from driver_monitor.labels.label import Label, sort_key

YAML_SUFFIXES: Final = (".yaml", ".yml")


def read_csv(path: Path, raw: bytes) -> Entries:
    """``start_s,end_s,kind`` and, if wanted, ``value,note``, in any order, named in the first line."""
    entries = Entries(path)
    text = decoded(path, raw)
    first = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first and "," not in first else ",", strict=True
    )
    names: list[str] | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if names is None:
                names = _header(path, rows.line_num, [cell.strip() for cell in row])
            elif len(row) > len(names):
                entries.wrong(
                    rows.line_num,
                    f'{counted(len(row), "cell")} under {counted(len(names), "column")}; put a note in "quotes"',
                )
            else:
                entries.add_row(rows.line_num, dict(zip(names, row, strict=False)))
    except csv.Error as error:
        raise LabelError([problem(path, rows.line_num, f"this is not CSV: {error}")]) from None
    if names is None:
        raise LabelError([problem(path, 0, f"it is empty; the first line must be {','.join(COLUMNS)}")])
    return entries


def _header(path: Path, line: int, names: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown or len(set(names)) < len(names):
        what = f"no column {', '.join(missing)}" if missing else f"the columns {', '.join(names)}"
        raise LabelError(
            [problem(path, line, f"{what}; the first line must name start_s, end_s, kind and may name value, note")]
        )
    return names


def read_yaml(path: Path, raw: bytes) -> Entries:
    """A list of mappings with the keys of the table."""
    entries = Entries(path)
    try:
        root = yaml.compose(decoded(path, raw), Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        raise LabelError([problem(path, 0, f"this is not YAML: {error.reason}")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or error).split())
        raise LabelError([problem(path, mark.line + 1 if mark else 0, f"this is not YAML: {what}")]) from None
    except RecursionError:
        raise LabelError([problem(path, 0, "values are nested too deep for a list of labels")]) from None
    if root is None:
        return entries
    if not isinstance(root, yaml.SequenceNode):
        raise LabelError(
            [problem(path, root.start_mark.line + 1, "it must be a list of labels, each with '- start_s:'")]
        )
    for item in root.value:
        _yaml_label(item, entries)
    return entries


def _yaml_label(item: yaml.Node, entries: Entries) -> None:
    line = item.start_mark.line + 1
    if not isinstance(item, yaml.MappingNode):
        entries.wrong(line, f"a label is a mapping with {', '.join(REQUIRED)}")
        return
    row: dict[str, str] = {}
    for key, value in item.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in COLUMNS:
            entries.wrong(key.start_mark.line + 1, f"there is no key {name!r}; there are {', '.join(COLUMNS)}")
        elif name in row:
            entries.wrong(key.start_mark.line + 1, f"{name} stands twice in one label")
        elif not isinstance(value, yaml.ScalarNode):
            entries.wrong(value.start_mark.line + 1, f"{name} must be one value")
        else:
            row[name] = value.value if value.style or value.value.lower() not in ("null", "~") else ""
            continue
        return
    missing = [name for name in REQUIRED if name not in row]
    if missing:
        entries.wrong(line, f"a label without {', '.join(missing)}")
    else:
        entries.add_row(line, row)


def to_csv(labels: Iterable[Label]) -> str:
    """Sorted; times to the millisecond."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_cells(label).values() for label in sorted(labels, key=sort_key))
    return text.getvalue()


def to_yaml(labels: Iterable[Label]) -> str:
    """Sorted; times to the millisecond, as CSV has them."""
    rows = []
    for label in sorted(labels, key=sort_key):
        cells = _cells(label)
        numbers = {name: float(cells[name]) for name in ("start_s", "end_s", "value") if cells[name]}
        rows.append({name: numbers.get(name, cells[name]) for name in COLUMNS if cells[name]})
    return yaml.safe_dump(rows, sort_keys=False, allow_unicode=True)


def _cells(label: Label) -> dict[str, str]:
    value = "" if label.value is None else f"{label.value:g}"
    cells = (f"{label.start_s:.3f}", f"{label.end_s:.3f}", label.kind, value, label.note)
    return dict(zip(COLUMNS, cells, strict=True))
