"""Which column of a file is which field: as the engine understood it, as remembered, as a person chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from zhuchao.engines.reading import (
    Cell,
    ColumnMatch,
    FieldSpec,
    Problem,
    Understanding,
    shape_of,
    understand,
)
from zhuchao.engines.reading.cells import default_unit
from zhuchao.engines.reading.fields import AMOUNTS, plain_label, plain_text
from zhuchao.engines.units import Unit, find_unit, split_header

from ...errors import (
    ColumnMissing,
    ColumnsClaimOneField,
    LedgerNotUnderstood,
    SheetMissing,
    TooManyRows,
    WrongInput,
)
from ...models import ImportShape
from ...wording import listed
from ..sniffing import Sniffed
from .registry import Ledger
from .wording import OUR_HEADERS, OURS, words
from .workbooks import Table, read_table, sheet_names

_SAMPLES = 3
# What a person may say that a column's bare numbers are in, by the name of the dimension.
_UNITS = {
    "money": ("元", "千元", "万元", "百万元", "亿元", "美元", "万美元", "亿美元"),
    "area": ("㎡", "万㎡", "亩", "公顷"),
    "ratio": ("%", "‰", "倍"),
    "count": ("个", "千个", "万个"),
}

Mapped = Mapping[str, Mapping[str, str]]
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Understood:
    """A sheet, how it was understood, and what was remembered of files of its shape (None: nothing)."""

    table: Table
    understanding: Understanding
    remembered: Mapped | None = None


@dataclass(frozen=True)
class ColumnView:
    """One column as a page shows it: header, sample cells, the field it was taken for, its unit, how surely."""

    index: int
    header: str
    samples: tuple[str, ...]
    field: str
    unit: str
    unit_assumed: bool
    units: tuple[str, ...]
    score: int
    why: str


def understand_file(
    path: Path,
    kind: Sniffed,
    name: str,
    ledger: Ledger,
    scope: int,
    sheet: str = "",
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    guess: bool = False,
) -> Understood:
    """Read the sheet ``sheet``, or the one that looks most like this ledger, and match its columns.

    A sheet whose shape this zone has imported before is preferred. ``headers`` is what somebody said of headers,
    {header: field}: it also helps to find the row they stand in. Where no sheet has a header of this ledger, the
    likeliest row is taken when ``guess`` allows it, else LedgerNotUnderstood is raised; SheetMissing when there is
    no sheet to read, and what ``read_table`` raises.
    """
    names = (sheet,) if sheet else sheet_names(path, kind, name)
    best: Understood | None = None
    refusal: TooManyRows | None = None
    for each in names:
        try:
            found = _understood(read_table(path, kind, name, each), ledger, scope, headers)
        except TooManyRows as error:
            refusal = error
            continue
        if best is None or _worth(found) > _worth(best):
            best = found
    if guess and best is not None and refusal is None and not best.understanding.header_rows:
        tables = [best.table] if len(names) == 1 else [read_table(path, kind, name, each) for each in names]
        best = max((_understood(table, ledger, scope, headers, guess=True) for table in tables), key=_worth)
    if refusal is not None and (best is None or not best.understanding.header_rows):
        raise refusal
    if best is None:
        raise SheetMissing(sheet=sheet, sheets="—")
    for problem in best.understanding.problems:
        if problem.code in {"no_header", "no_data"}:
            said = words(problem, ledger)
            raise LedgerNotUnderstood(sentence=said.sentence, fix=said.fix, sheets=list(best.table.sheets))
    return best


def remembered_mapping(scope: int, kind: str, shape: str) -> Mapped | None:
    """Return what this zone chose for files of this shape, None when it has not seen one."""
    kept = ImportShape.objects.filter(scope=scope, kind=kind, shape=shape).values_list("mapping", flat=True)
    return kept.first()


def mapping_of(understanding: Understanding) -> dict[str, dict[str, str]]:
    """Return the mapping that an understanding amounts to: {"fields": {column: field}, "units": {}}."""
    return {
        "fields": {str(column.index): column.field for column in understanding.columns if column.field},
        "units": {},
    }


def said_of_headers(ledger: Ledger, said: Mapping[str, str]) -> dict[str, str]:
    """Return {header: field name} from {header: field name or label, "" to leave the column out}.

    Raises WrongInput for a field that this ledger does not have.
    """
    names = {field.name: field.name for field in ledger.fields}
    by_label = {plain_label(field.label): field.name for field in ledger.fields}
    found = {}
    for header, wanted in said.items():
        name = names.get(wanted) or by_label.get(plain_label(wanted), "")
        if wanted and not name:
            labels = listed(each.label for each in ledger.fields)
            raise WrongInput(
                field=wanted, why=_("这种台账没有这一项，可选：{labels}。").format(labels=labels)
            )
        found[header] = name
    return found


def refuse_unknown_headers(understanding: Understanding, headers: Mapping[str, str]) -> None:
    """Raise WrongInput when somebody said something of a header that the file does not have."""
    there = {column.header for column in understanding.columns}
    for header in headers:
        if header not in there:
            raise WrongInput(field=header, why=_("文件里没有这一列。"))


def apply_mapping(understanding: Understanding, ledger: Ledger, mapping: Mapped) -> Understanding:
    """Return the understanding with its columns as ``mapping`` says.

    Raises ColumnsClaimOneField, ColumnMissing, and WrongInput for a unit that does not fit.
    """
    fields = {field.name: field for field in ledger.fields}
    chosen, units = mapping.get("fields", {}), mapping.get("units", {})
    columns = tuple(
        _column(match, fields.get(chosen.get(str(match.index), "")), units.get(str(match.index), ""))
        for match in understanding.columns
    )
    _refuse_double(columns, fields)
    present = {column.field for column in columns}
    missing = [field.label for field in ledger.fields if field.required and field.name not in present]
    if missing:
        raise ColumnMissing(labels=listed(missing))
    return replace(understanding, columns=columns)


def to_decide(understanding: Understanding) -> list[Problem]:
    """Return what a person must decide: a guessed header, columns that claim one field, required ones that no
    column is."""
    return [
        problem
        for problem in understanding.problems
        if problem.code in {"header_guessed", "two_columns_one_field", "required_column_missing"}
    ]


def column_views(understood: Understood, ledger: Ledger, mapping: Mapped) -> list[ColumnView]:
    """Return the columns as a page shows them, with ``mapping`` laid over what was understood."""
    understanding, grid = understood.understanding, understood.table.grid
    fields = {field.name: field for field in ledger.fields}
    chosen, units = mapping.get("fields", {}), mapping.get("units", {})
    rows = [grid[row] for row in understanding.data_rows[:200]]
    views = []
    for match in understanding.columns:
        if plain_label(match.header) in OURS:
            continue
        field = fields.get(chosen.get(str(match.index), ""))
        column = _column(match, field, units.get(str(match.index), ""))
        samples = _samples(rows, match.index)
        if not match.header and not samples:
            continue
        views.append(
            ColumnView(
                index=match.index,
                header=match.header,
                samples=samples,
                field=column.field or "",
                unit=str(column.unit or ""),
                unit_assumed=column.unit_from == "assumed",
                units=_unit_choices(column.unit),
                score=match.score if column.field == match.field else 100,
                why=match.why if (column.field or None) == match.field else "chosen",
            )
        )
    return views


def _understood(
    table: Table, ledger: Ledger, scope: int, headers: Mapping[str, str], *, guess: bool = False
) -> Understood:
    """Match the columns of a table; the columns that the importer itself has added are not part of its shape."""
    told = dict.fromkeys(OUR_HEADERS, "") | dict(headers)
    found = understand(table.grid, ledger.fields, merges=table.merges, remembered=told, guess=guess)
    if not found.header_rows:
        return Understood(table, found)
    theirs = [column.header for column in found.columns if plain_label(column.header) not in OURS]
    found = replace(found, shape=shape_of(theirs))
    return Understood(table, found, remembered_mapping(scope, ledger.key, found.shape))


def _worth(understood: Understood) -> tuple[bool, bool, int, int]:
    found = understood.understanding
    scores = sum(column.score for column in found.columns if column.field)
    return bool(found.data_rows), understood.remembered is not None, scores, len(found.data_rows)


def _column(match: ColumnMatch, field: FieldSpec | None, unit_name: str) -> ColumnMatch:
    """Return a column's match with the field and the unit a person chose for it."""
    if field is None:
        return replace(match, field=None, unit=None, unit_from=None)
    if field.name != match.field:
        unit, unit_from = _unit_of(match.header, field)
        match = replace(match, field=field.name, unit=unit, unit_from=unit_from, score=100, why="remembered")
    if unit_name and field.kind in AMOUNTS:
        unit, usual = find_unit(unit_name), default_unit(field)
        if unit is None or (usual is not None and unit.dimension is not usual.dimension):
            raise WrongInput(field=field.label, why=_("单位“{unit}”不适用。").format(unit=unit_name))
        if match.unit is None or unit.name != match.unit.name:
            match = replace(match, unit=unit, unit_from="header")
    return match


def _unit_of(header: str, field: FieldSpec) -> tuple[Unit | None, Any]:
    if field.kind not in AMOUNTS:
        return None, None
    usual = default_unit(field)
    for level in reversed(header.split("/")):
        named = split_header(level)[1]
        if named is not None and (usual is None or named.dimension is usual.dimension):
            return named, "header"
    return usual, "assumed" if usual is not None else None


def _refuse_double(columns: Sequence[ColumnMatch], fields: Mapping[str, FieldSpec]) -> None:
    taken: dict[str, ColumnMatch] = {}
    for column in columns:
        if column.field is None:
            continue
        first = taken.setdefault(column.field, column)
        if first is not column:
            headers = "”“".join((first.header, column.header))
            raise ColumnsClaimOneField(columns=headers, label=fields[column.field].label)


def _unit_choices(unit: Unit | None) -> tuple[str, ...]:
    if unit is None:
        return ()
    usual = _UNITS.get(unit.dimension.value, ())
    return usual if unit.name in usual else (unit.name, *usual)


def _samples(rows: Sequence[Sequence[Cell]], index: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for cells in rows:
        if index < len(cells):
            cell = cells[index]
            text = plain_text(cell)[:40]
            if text:
                found[text] = None
        if len(found) == _SAMPLES:
            break
    return tuple(found)
