"""Read ledgers as people keep them: find the header, match its columns, read each cell exactly or say what is wrong.

Nothing is guessed in silence: what a column was taken for, its unit and where that came from are all in the answer.
"""

from zhuchao.engines.reading.cells import ColumnParser, Parsed, column_parser, parse_cell
from zhuchao.engines.reading.dates import parse_day, parse_month
from zhuchao.engines.reading.fields import CODES, Cell, FieldSpec, Kind, Merge, Problem, Value
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

__all__ = [
    "CODES",
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
    "ledger_rows",
    "parse_cell",
    "parse_day",
    "parse_month",
    "shape_of",
    "understand",
]
