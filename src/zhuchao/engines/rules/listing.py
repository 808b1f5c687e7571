"""Which firms each policy takes, one partition of a Parquet file after the other, as files with the same bytes anywhere.

A partition is a row group, or a piece of one that is larger than a part. What is made of it depends on the facts, the
policies and the partition alone, so that any process may make it, again if need be, and one file tells all.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhuchao.engines.rules.columns import ROWS_AT_ONCE, Part, Place, part_of_parquet
from zhuchao.engines.rules.fields import Field, Vocabulary
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.terms import Logic
from zhuchao.engines.rules.truth import Truth

COUNTS: Final = b"zhuchao.counts"
UNFINISHED: Final = ".part"
ANSWERS: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("policy", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("verdict", pa.dictionary(pa.int8(), pa.string()), nullable=False),
    ]
)
_LISTED: Final = (Truth.TRUE, Truth.UNKNOWN)
_VERDICTS: Final = pa.array(["eligible", "unknown"])


class WholeFile:
    """Give a temporary name beside a path and rename it at the end; where that fails, nothing stays.

    The name is never given twice: who makes the same file again, while another still writes it, does not meet it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED}")

    def __enter__(self) -> Path:
        return self._unfinished

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            os.replace(self._unfinished, self._path)
        else:
            self._unfinished.unlink(missing_ok=True)


class Counts(NamedTuple):
    """Firms of a partition: all of them, and for each policy those of an answer; near ones are ineligible too."""

    rows: int
    eligible: tuple[int, ...]
    ineligible: tuple[int, ...]
    unknown: tuple[int, ...]
    near: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """Policies by name, of which the firms are to be listed, here or in another process that this is sent to."""

    names: tuple[str, ...]
    logics: tuple[Logic, ...]
    fields: tuple[Field, ...]

    def keep(
        self,
        source: Path,
        place: Place,
        path: Path,
        *,
        progress: Callable[[int], None] = lambda rows: None,
    ) -> None:
        """Write a partition to a path as `write` does, whole or not at all."""
        with WholeFile(path) as unfinished:
            self.write(source, place, unfinished, progress=progress)

    def write(
        self,
        source: Any,
        place: Place,
        sink: Any,
        *,
        progress: Callable[[int], None] = lambda rows: None,
    ) -> None:
        """Write the firms of a partition that are eligible or unknown, row by row of ANSWERS, with the counts.

        Args:
            source: a Parquet file, as a path or open.
            sink: where the Parquet goes, as a path or open.
            progress: told how many firms of the partition are answered.

        Raises:
            EngineError: column_malformed.
        """
        vocabulary, matcher = Vocabulary(self.fields), Matcher(self.logics)
        part = part_of_parquet(source, vocabulary, matcher.fields, place)
        match = matcher.count([part])
        counts = Counts(
            match.rows,
            *(tuple(one.tolist()) for one in (match.eligible, match.ineligible, match.unknown, match.near)),
        )
        told = json.dumps(counts._asdict(), separators=(",", ":")).encode()
        schema = ANSWERS.with_metadata({COUNTS: told})
        # numbers in order are differences; a dictionary of them would be as long as they are
        encoding = {"row": "DELTA_BINARY_PACKED"}
        with pq.ParquetWriter(
            sink, schema, compression="zstd", use_dictionary=["policy", "verdict"], column_encoding=encoding
        ) as writer:
            for batch in self._batches(matcher, part, progress):
                writer.write_batch(batch.replace_schema_metadata(schema.metadata))

    def _batches(self, matcher: Matcher, part: Part, progress: Callable[[int], None]) -> Iterator[Any]:
        names = pa.array(self.names, pa.string())
        places = {truth: number for number, truth in enumerate(_LISTED)}
        found: list[tuple[Any, int, int]] = []
        held, reached = 0, part.first
        for policy, truth, rows in matcher.find([part], _LISTED):
            if held >= ROWS_AT_ONCE:
                yield _batch(found, names)
                found, held = [], 0
            if int(rows[0]) >= reached:
                progress(int(rows[0]) - part.first)
                reached = int(rows[-1]) + 1
            found.append((rows, policy, places[truth]))
            held += len(rows)
        if found:
            yield _batch(found, names)
        progress(part.rows)


def _batch(found: Sequence[tuple[Any, int, int]], names: Any) -> Any:
    """Return the rows of some policies as one record batch."""
    lengths = [len(rows) for rows, _, _ in found]
    policies = np.repeat(np.array([policy for _, policy, _ in found], np.int32), lengths)
    verdicts = np.repeat(np.array([verdict for _, _, verdict in found], np.int8), lengths)
    columns = [
        pa.array(np.concatenate([rows for rows, _, _ in found])),
        pa.DictionaryArray.from_arrays(pa.array(policies), names),
        pa.DictionaryArray.from_arrays(pa.array(verdicts), _VERDICTS),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=ANSWERS)


def counts_of(source: Any) -> Counts:
    """Return the counts that stand in a file of `Listing.write`."""
    told = json.loads(pq.read_schema(source).metadata[COUNTS])
    return Counts(told["rows"], *(tuple(told[name]) for name in Counts._fields[1:]))


def added_up(counts: Iterable[Counts], policies: int) -> Counts:
    """Return the counts of all partitions together."""
    total = [[0] * policies for _ in Counts._fields[1:]]
    rows = 0
    for one in counts:
        rows += one.rows
        total = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(total, one[1:], strict=True)]
    return Counts(rows, *map(tuple, total))
