"""A Parquet of firms around the lines of a policy, and what a folder of answers holds."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DAY = date(2026, 6, 1)
FIRMS = 700
IN_GROUP = 100


def write_facts(path: Path, firms: int = FIRMS, step: int = 7) -> None:
    """Write firms whose income, people and assets lie around the lines of a small low-profit enterprise."""
    rows = range(firms)
    table = pa.table(
        {
            "restricted_industry": pa.array([row % 11 == 0 for row in rows]),
            "taxable_income": pa.array(
                [None if row % 13 == 0 else Decimal(2_990_000 + row * step * 10) for row in rows],
                pa.decimal128(18, 2),
            ),
            "staff": pa.array([None if row % 17 == 0 else 200 + row % 150 for row in rows], pa.int64()),
            "assets": pa.array([Decimal(49_000_000 + row * 3_000) for row in rows], pa.decimal128(18, 2)),
        }
    )
    pq.write_table(table, path, row_group_size=IN_GROUP)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
