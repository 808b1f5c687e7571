"""Try a file: what each of its rows would do, without doing it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.engines.identity import mask_phone
from zhuchao.engines.reading import FieldSpec, Kind, Problem, Understanding
from zhuchao.engines.units import from_base, show_percent, unit_named

from ...models import ImportBatch
from ...selectors.files import attachment_path
from ..changes import plain
from ..progress import Progress
from ..sniffing import sniff
from .collector import collector_at_rest
from .columns import NO_HEADERS, Understood, apply_mapping, understand_file
from .registry import Ledger, Outcome, Row, get_ledger
from .rows import read_rows
from .wording import as_data
from .workbooks import Table

PHONE_WRONG = "phone_malformed"
STATES = ("new", "changed", "same", "refused")
# What is kept of each kind of row for a person to look at; the numbers are always of all.
SHOWN = 2000
_SHOWN_CELLS = 8
_SAY_EVERY = 1000


@dataclass
class Examined:
    """A file with what each row would do, in the order of the rows."""

    batch: ImportBatch
    ledger: Ledger
    table: Table
    understanding: Understanding
    outcomes: list[Outcome]
    warnings: list[Problem]

    @property
    def counts(self) -> dict[str, int]:
        found: Counter[str] = Counter(outcome.state for outcome in self.outcomes)
        return {"rows": len(self.outcomes)} | {state: found[state] for state in STATES}

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.state == "refused"]


@dataclass(frozen=True)
class Trial:
    """What a person sees of a file that was tried, or taken in.

    ``counts`` has rows, new, changed, same and refused; ``preview`` {state: rows}, each state capped;
    ``warnings`` are problems of the file as a whole.
    """

    batch: ImportBatch
    counts: Mapping[str, int]
    preview: Mapping[str, Sequence[Mapping[str, Any]]]
    warnings: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @property
    def first_problems(self) -> list[Mapping[str, Any]]:
        """Return the first few refused rows with their problems."""
        return list(self.preview.get("refused", ())[:3])


def examine(batch: ImportBatch, progress: Progress, found: Understood | None = None) -> Examined:
    """Read a batch's file as its mapping says and compare every row with what is kept; reads only.

    ``found`` is the sheet where it was read just now; its cells are used up.
    """
    with collector_at_rest():
        return _examine(batch, progress, found)


def _examine(batch: ImportBatch, progress: Progress, found: Understood | None) -> Examined:
    ledger = get_ledger(batch.kind)
    if found is None:
        progress.say(_("打开文件"))
        path, name = attachment_path(batch.attachment), batch.attachment.name
        headers = batch.mapping.get("headers", NO_HEADERS)
        found = understand_file(
            path, sniff(path), name, ledger, batch.scope, batch.sheet, headers, guess=True
        )
    understanding = apply_mapping(found.understanding, ledger, batch.mapping)
    table = found.table
    rows = read_rows(table, understanding, ledger, today=_today(), progress=progress, step=_("读取"))
    warnings = rows.warnings + _other_sheets(table)
    outcomes = [Outcome(row, "refused", problems=row.problems) for row in rows.refused]
    outcomes.extend(compared(ledger, batch.scope, rows.clean, progress))
    outcomes.sort(key=lambda outcome: outcome.row.number)
    return Examined(batch, ledger, table, understanding, outcomes, warnings)


def compared(ledger: Ledger, scope: int, rows: Sequence[Row], progress: Progress) -> list[Outcome]:
    """Return what each row would do, as the ledger says; every row gets exactly one answer."""
    outcomes: list[Outcome] = []
    for outcome in ledger.compare(scope=scope, rows=rows):
        if len(outcomes) % _SAY_EVERY == 0:
            progress.say(_("比对"), len(outcomes), len(rows))
        outcomes.append(outcome)
    if len(outcomes) != len(rows):
        raise AssertionError(f"ledger {ledger.key} answered {len(outcomes)} of {len(rows)} rows")
    return outcomes


def preview(examined: Examined) -> dict[str, list[dict[str, Any]]]:
    """Return the first rows of each state as plain data for a page: cells, changes, problems; those with problems first.

    It is kept with the batch and read by everybody who imports: telephone numbers are masked in it.
    """
    told: dict[str, list[dict[str, Any]]] = {state: [] for state in STATES}
    quiet: dict[str, list[dict[str, Any]]] = {state: [] for state in STATES}
    fields = {each.name: each for each in examined.ledger.fields}
    columns = [
        name for name in (f.name for f in examined.ledger.fields) if name in examined.understanding.matched
    ]
    for outcome in examined.outcomes:
        kept = (told if outcome.problems else quiet)[outcome.state]
        if len(kept) < SHOWN:
            kept.append(_shown_row(outcome, fields, columns))
    return {state: [*told[state], *quiet[state]][:SHOWN] for state in STATES}


def shown_value(value: Any, spec: FieldSpec | None) -> str:
    """Return a value as a person reads it: amounts in the field's own unit, choices by their label, phones masked."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if spec is not None and spec.kind is Kind.PHONE:
        return mask_phone(str(value))
    if spec is not None and spec.kind is Kind.CHOICE:
        return next((label for label, kept in spec.choices.items() if kept == value), str(value))
    if spec is not None and isinstance(value, Decimal):
        if spec.kind is Kind.PERCENT:
            return show_percent(value, 2)
        name = spec.unit or {Kind.MONEY: "元", Kind.AREA: "㎡"}.get(spec.kind)
        if name:
            return f"{from_base(value, unit_named(name), 2):,f} {name}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(plain(value))


def _shown_row(outcome: Outcome, fields: Mapping[str, FieldSpec], columns: Iterable[str]) -> dict[str, Any]:
    values = outcome.row.values
    cells = [
        [fields[name].label, shown_value(values[name], fields[name])]
        for name in columns
        if values.get(name) not in (None, "")
    ]
    row: dict[str, Any] = {"row": outcome.row.number, "cells": cells[:_SHOWN_CELLS]}
    if outcome.row_id is not None:
        row["row_id"] = outcome.row_id
    if outcome.changes:
        row["changes"] = [
            [
                fields[name].label if name in fields else name,
                *(shown_value(value, fields.get(name)) for value in pair),
            ]
            for name, pair in outcome.changes.items()
        ]
    problems = [as_data(_masked(problem)) for problem in outcome.problems]
    if problems:
        row["problems"] = problems
    return row


def _masked(problem: Problem) -> Problem:
    """Return a problem without the telephone numbers that were found; the person's own file still says them."""
    return replace(problem, found=mask_phone(problem.found)) if problem.code == PHONE_WRONG else problem


def _other_sheets(table: Table) -> list[Problem]:
    others = [name for name in table.sheets if name != table.sheet]
    return [Problem("sheets_left_out", data={"sheet": table.sheet, "sheets": others})] if others else []


def _today() -> date:
    return timezone.localdate()
