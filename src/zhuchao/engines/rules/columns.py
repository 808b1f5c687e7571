"""Facts of many firms as columns of whole numbers: exact, with what is not known kept apart.

A part is what is worked on at once: a table, or one row group of a Parquet file. A value that cannot be kept exactly is
refused with its field and row, and a column of another type with what was expected: a fact is never rounded or guessed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, Field, Kind, Vocabulary

Bits: TypeAlias = NDArray[np.uint64]
"""One bit a row, 64 rows a number; the bits after the last row are 0."""
Wholes: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]
Bools: TypeAlias = NDArray[np.bool_]

ROWS_AT_ONCE: Final = 1 << 20
"""Rows of a part of a table or of a row group that is larger."""

_LARGEST: Final = 2**63 - 1
_WIDTH: Final = 38  # digits of a decimal128
_EXACT_FLOAT: Final = 2**53
_EXPECTED: Final = {
    Kind.MONEY: "decimal, whole number or text in yuan, exact to the fen",
    Kind.NUMBER: "decimal, whole number or text, exact to its places",
    Kind.COUNT: "whole number",
    Kind.DATE: "date",
    Kind.FLAG: "boolean",
    Kind.CODE: "text",
    Kind.CHOICE: "text, one of the words of the field",
    Kind.TAGS: "list of texts",
}


@dataclass(frozen=True, slots=True, eq=False)
class SizedColumn:
    """Kept whole numbers, 0 where not known; `most` is the greatest amount above or below zero."""

    valid: Bits
    values: Wholes
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class FlagColumn:
    """Yes as bits; a row that is not valid has none."""

    valid: Bits
    yes: Bits


@dataclass(frozen=True, slots=True, eq=False)
class WordColumn:
    """Codes into words in order, so that those with a common beginning are neighbours; 0 where not known."""

    valid: Bits
    codes: Codes
    words: tuple[str, ...]

    def ranges(self, wanted: Sequence[str], *, beginnings: bool) -> list[tuple[int, int]]:
        """Return the codes, each from and below, of words that begin with or are one of those wanted."""
        found: list[tuple[int, int]] = []
        for word in sorted(wanted):
            low = bisect_left(self.words, word)
            if beginnings:
                length = len(word)
                high = bisect_right(self.words, word, lo=low, key=lambda known: known[:length])
            else:
                high = bisect_right(self.words, word, lo=low)
            if found and found[-1][1] >= low:
                found[-1] = (found[-1][0], max(high, found[-1][1]))
            elif low < high:
                found.append((low, high))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class TagColumn:
    """The tags of all rows one after the other; those of row r stand from starts[r] to starts[r + 1]."""

    valid: Bits
    starts: Wholes
    codes: Wholes
    words: tuple[str, ...]


Column: TypeAlias = SizedColumn | FlagColumn | WordColumn | TagColumn


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The facts of some firms; `first` is the number of the first row in the whole."""

    first: int
    rows: int
    columns: dict[str, Column]


def pack(bools: Bools) -> Bits:
    """Return one bit a row."""
    packed = np.zeros(-(-len(bools) // 64) * 8, np.uint8)
    packed[: -(-len(bools) // 8)] = np.packbits(bools)
    return packed.view(np.uint64)


def parts_of_table(table: Any, vocabulary: Vocabulary, names: Collection[str]) -> Iterator[Part]:
    """Yield a pyarrow table as parts of at most ROWS_AT_ONCE rows with the fields of these names.

    A field without a column is not known of anyone. Raises EngineError `column_malformed`.
    """
    fields = [vocabulary[name] for name in sorted(names)]
    for first in range(0, table.num_rows, ROWS_AT_ONCE):
        yield _part(table.slice(first, ROWS_AT_ONCE), fields, first)


def parts_of_parquet(source: Any, vocabulary: Vocabulary, names: Collection[str]) -> Iterator[Part]:
    """Yield the row groups of a Parquet file (a path or an open file) as parts; only the asked columns are read.

    Raises EngineError `column_malformed`.
    """
    fields = [vocabulary[name] for name in sorted(names)]
    first = 0
    with pq.ParquetFile(source) as file:
        asked = [field.name for field in fields if field.name in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=asked)
            rows = file.metadata.row_group(group).num_rows
            for start in range(0, rows, ROWS_AT_ONCE):
                count = min(ROWS_AT_ONCE, rows - start)
                yield _part(table.slice(start, count), fields, first + start, count)
            first += rows


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a Parquet file: `rows` rows of a row group from `start`; `first` is the first one's number in all."""

    group: int
    start: int
    first: int
    rows: int


def places_of_parquet(source: Any) -> tuple[Place, ...]:
    """Return the parts of a Parquet file in order: its row groups, a large one in pieces of ROWS_AT_ONCE."""
    metadata = pq.read_metadata(source)
    found: list[Place] = []
    first = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        found += [
            Place(group, start, first + start, min(ROWS_AT_ONCE, rows - start))
            for start in range(0, rows, ROWS_AT_ONCE)
        ]
        first += rows
    return tuple(found)


def part_of_parquet(source: Any, vocabulary: Vocabulary, names: Collection[str], place: Place) -> Part:
    """Return one part of a Parquet file; raises as `parts_of_parquet`."""
    fields = [vocabulary[name] for name in sorted(names)]
    with pq.ParquetFile(source) as file:
        asked = [field.name for field in fields if field.name in file.schema_arrow.names]
        table = file.read_row_group(place.group, columns=asked)
    return _part(table.slice(place.start, place.rows), fields, place.first, place.rows)


def _part(table: Any, fields: Sequence[Field], first: int, rows: int | None = None) -> Part:
    rows = table.num_rows if rows is None else rows
    columns = {}
    for field in fields:
        where = table.schema.get_all_field_indices(field.name)
        if len(where) > 1:
            raise _refused(field, "is there more than once")
        array = pa.nulls(rows, _NATURAL[field.kind]) if not where else table.column(where[0]).combine_chunks()
        if pa.types.is_null(array.type):
            array = array.cast(_NATURAL[field.kind])
        columns[field.name] = _column(field, array, first)
    return Part(first, rows, columns)


_NATURAL: Final = {
    Kind.MONEY: pa.int64(),
    Kind.NUMBER: pa.int64(),
    Kind.COUNT: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.FLAG: pa.bool_(),
    Kind.CODE: pa.string(),
    Kind.CHOICE: pa.string(),
    Kind.TAGS: pa.list_(pa.string()),
}


def _column(field: Field, array: Any, first: int) -> Column:
    known = _bools(array.is_valid())
    valid = pack(known if field.missing_as is None else np.ones(len(array), bool))
    if field.kind in SIZED:
        values = _wholes(field, array, first)
        if field.missing_as is not None:
            values = np.where(known, values, field.keep(field.missing_as))
        most = max(-int(values.min()), int(values.max())) if len(values) else 0
        return SizedColumn(valid, values, most)
    if field.kind is Kind.FLAG:
        if not pa.types.is_boolean(array.type):
            raise _wrong_type(field, array)
        yes = _bools(array.fill_null(bool(field.missing_as)))
        return FlagColumn(valid, pack(yes))
    if field.kind is Kind.TAGS:
        return _tags(field, array, known, valid)
    return _words(field, array, first, valid)


def _words(field: Field, array: Any, first: int, valid: Bits) -> WordColumn:
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if not _is_text(array.type):
        raise _wrong_type(field, array)
    if isinstance(field.missing_as, str):
        array = array.fill_null(field.missing_as)
    coded = array.dictionary_encode()
    words, codes = _sorted_words(coded.dictionary, coded.indices.fill_null(0))
    strange = set(words).difference(field.choices) if field.choices else ()
    if strange:
        word = min(strange)
        raise _bad_value(field, first + pc.index(array, pa.scalar(word, array.type)).as_py(), word)
    narrow: Codes = codes.astype(np.uint32)
    if len(words) <= 1 << 8:
        narrow = codes.astype(np.uint8)
    elif len(words) <= 1 << 16:
        narrow = codes.astype(np.uint16)
    return WordColumn(valid, narrow, words)


def _tags(field: Field, array: Any, known: Bools, valid: Bits) -> TagColumn:
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        raise _wrong_type(field, array)
    counts = _numbers(pc.list_value_length(array).fill_null(0))
    flat = array.flatten()
    if pa.types.is_dictionary(flat.type):
        flat = flat.cast(flat.type.value_type)
    if not _is_text(flat.type):
        raise _wrong_type(field, array)
    if isinstance(field.missing_as, frozenset) and field.missing_as:
        usual = sorted(field.missing_as)
        lists = array.to_pylist()
        flat = pa.array([tag for tags in lists for tag in (usual if tags is None else tags)], pa.string())
        counts = np.where(known, counts, len(usual))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
    coded = flat.fill_null("").dictionary_encode()
    words, codes = _sorted_words(coded.dictionary, coded.indices)
    return TagColumn(valid, starts, codes, words)


def _sorted_words(dictionary: Any, indices: Any) -> tuple[tuple[str, ...], Wholes]:
    words: list[str] = dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    places = np.zeros(max(len(words), 1), np.int64)
    places[order] = np.arange(len(words))
    return tuple(words[place] for place in order), places[_numbers(indices)]


def _wholes(field: Field, array: Any, first: int) -> Wholes:
    """Return the kept whole numbers of a column, 0 where not known."""
    if field.kind is Kind.DATE:
        if not pa.types.is_date(array.type):
            raise _wrong_type(field, array)
        days = _numbers(array.cast(pa.date32()).cast(pa.int32()).fill_null(0))
        return np.where(_bools(array.is_valid()), days + _EPOCH, 0)
    if pa.types.is_integer(array.type):
        return _from_integers(field, array, first)
    if pa.types.is_floating(array.type):
        return _from_floats(field, array, first)
    if not (pa.types.is_decimal(array.type) or _is_text(array.type)) or field.kind is Kind.COUNT:
        raise _wrong_type(field, array)
    places = len(str(field.scale)) - 1
    kind = pa.decimal128(_WIDTH, places)
    try:
        kept = array.cast(kind)
    except pa.ArrowInvalid:
        raise _first_bad(field, array, kind, first) from None
    # a decimal128 is a whole number of 16 bytes, the lower half first
    halves = np.frombuffer(kept.buffers()[1], np.int64).reshape(-1, 2)[kept.offset : kept.offset + len(kept)]
    low, high = halves[:, 0].copy(), halves[:, 1]
    known = _bools(array.is_valid())
    low[~known] = 0
    if (bad := (high != low >> 63) & known).any():
        row = int(bad.argmax())
        raise _bad_value(field, first + row, array[row].as_py())
    return low


_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()


def _from_integers(field: Field, array: Any, first: int) -> Wholes:
    limit = _LARGEST // field.scale
    values = np.asarray(array.fill_null(0).to_numpy(zero_copy_only=False))
    bad = (values > limit) | (values < -limit)  # of any width of whole numbers, exactly
    if bad.any():
        row = int(bad.argmax())
        raise _bad_value(field, first + row, int(values[row]))
    return values.astype(np.int64) * field.scale


def _from_floats(field: Field, array: Any, first: int) -> Wholes:
    """Return floats that name one kept number each; 0.1 does although no float is a tenth, 0.125 yuan does not."""
    floats = np.asarray(array.fill_null(0).cast(pa.float64()).to_numpy(zero_copy_only=False))
    with np.errstate(invalid="ignore", over="ignore"):
        kept = np.rint(floats * field.scale)
        bad = ~((np.abs(kept) < _EXACT_FLOAT) & (kept / field.scale == floats))
    if bad.any():
        row = int(bad.argmax())
        raise _bad_value(field, first + row, float(floats[row]))
    whole: Wholes = kept.astype(np.int64)
    return whole


def _first_bad(field: Field, array: Any, kind: Any, first: int) -> EngineError:
    """Return the refusal of the first value that cannot be cast, found by halves."""
    low, high = 0, len(array) - 1  # the first `low` values are fine, the first `high + 1` are not
    while low < high:
        middle = (low + high) // 2
        try:
            array.slice(low, middle + 1 - low).cast(kind)
        except pa.ArrowInvalid:
            high = middle
        else:
            low = middle + 1
    return _bad_value(field, first + low, array[low].as_py())


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _bools(array: Any) -> Bools:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _numbers(array: Any) -> Wholes:
    return np.asarray(array.to_numpy(zero_copy_only=False)).astype(np.int64)


def _refused(field: Field, what: str, **data: object) -> EngineError:
    return EngineError(
        "column_malformed",
        f"column {field.name} {what}; expected is {_EXPECTED[field.kind]}",
        field=field.name,
        expected=_EXPECTED[field.kind],
        **data,
    )


def _wrong_type(field: Field, array: Any) -> EngineError:
    return _refused(field, f"is of type {array.type}", found=str(array.type))


def _bad_value(field: Field, row: int, value: object) -> EngineError:
    return _refused(field, f"has {value!r} in row {row}", row=row, value=value)
