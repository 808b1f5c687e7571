"""Read ledgers as people keep them: find the header, match its columns, read each cell exactly or say what is wrong.

Nothing is guessed in silence: what a column was taken for, its unit and where that came from are all in the answer.
"""

from zhuchao.engines.reading.cells import ColumnParser, Parsed, column_parser, parse_cell
from zhuchao.engines.reading.dates import parse_day, parse_month
from zhuchao.engines.reading.fields import Cell, FieldSpec, Kind, Merge, Problem, Value
from zhuchao.engines.reading.ledgers import (
    ColumnMatch,
    TotalCheck,
    TotalRow,
    Understanding,
    check_total,
    ledger_rows,
    shape_of,
    understand,
)
from zhuchao.engines.reading.sentences import FIXES, SENTENCES, fix_hint, sentence

__all__ = [
    "FIXES",
    "SENTENCES",
    "Cell",
    "ColumnMatch",
    "ColumnParser",
    "FieldSpec",
    "Kind",
    "Merge",
    "Parsed",
    "Problem",
    "TotalCheck",
    "TotalRow",
    "Understanding",
    "Value",
    "check_total",
    "column_parser",
    "fix_hint",
    "ledger_rows",
    "parse_cell",
    "parse_day",
    "parse_month",
    "sentence",
    "shape_of",
    "understand",
]
