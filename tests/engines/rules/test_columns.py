import io
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhuchao.engines import EngineError
from zhuchao.engines.rules import columns
from zhuchao.engines.rules.columns import Part, parts_of_parquet, parts_of_table
from zhuchao.engines.rules.fields import Field, Kind, Vocabulary

MONEY = Field("revenue", Kind.MONEY)
NUMBER = Field("rate", Kind.NUMBER, places=3)
COUNT = Field("heads", Kind.COUNT)
DATE = Field("born", Kind.DATE)
FLAG = Field("listed", Kind.FLAG)
CODE = Field("industry", Kind.CODE)
CHOICE = Field("size", Kind.CHOICE, choices=("大", "中", "小"))
TAGS = Field("honours", Kind.TAGS)
DEC = pa.decimal128(20, 3)


def part_of(field: Field, array: pa.Array) -> Part:
    return next(parts_of_table(pa.table({field.name: array}), Vocabulary([field]), [field.name]))


def kept(field: Field, array: pa.Array) -> list[int | None]:
    """Return the kept numbers of a column, None where not known."""
    column = part_of(field, array).columns[field.name]
    known = np.unpackbits(column.valid.view(np.uint8), count=len(array)).tolist()
    return [value if one else None for one, value in zip(known, column.values.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("field", "array", "expected"),
    [
        (MONEY, pa.array([Decimal("0.10"), None, Decimal("-3.250")], DEC), [10, None, -325]),
        (MONEY, pa.array([7, None, -(2**63 - 1) // 100 + 1]), [700, None, (-(2**63 - 1) // 100 + 1) * 100]),
        (MONEY, pa.array([255, 0], pa.uint8()), [25500, 0]),
        (MONEY, pa.array([5, None], pa.uint64()), [500, None]),
        (MONEY, pa.array(["12.3", "-0.01", None, "92233720368547758.07"]), [1230, -1, None, 2**63 - 1]),
        (MONEY, pa.array(["1"], pa.large_string()), [100]),
        (MONEY, pa.array([0.1, 0.29, None, -1e9]), [10, 29, None, -(10**11)]),
        (MONEY, pa.array([0.5], pa.float32()), [50]),
        (MONEY, pa.nulls(2), [None, None]),
        (NUMBER, pa.array([Decimal("0.125")], DEC), [125]),
        (NUMBER, pa.array([2]), [2000]),
        (COUNT, pa.array([3, None]), [3, None]),
        (COUNT, pa.array([3.0]), [3]),
        (DATE, pa.array([date(1, 1, 1), None, date(2026, 6, 1)]), [1, None, date(2026, 6, 1).toordinal()]),
        (DATE, pa.array([date(2026, 6, 1)], pa.date64()), [date(2026, 6, 1).toordinal()]),
    ],
)
def test_numbers_are_kept_exactly(field, array, expected):
    assert kept(field, array) == expected
    behind = pa.concat_arrays([array[:1], array])[1:]  # an array that does not begin at its buffer
    assert kept(field, behind) == expected


@pytest.mark.parametrize(
    ("field", "array", "row"),
    [
        (MONEY, pa.array([Decimal("1"), Decimal("0.105")], DEC), 1),
        (MONEY, pa.array(["1", "2", None, "0.001", "x"]), 3),
        (MONEY, pa.array(["1", "2", "3", "", "5", "x"]), 3),
        (MONEY, pa.array(["NaN"]), 0),
        (MONEY, pa.array(["1", "92233720368547758.08"]), 1),
        (MONEY, pa.array([Decimal(10) ** 20], pa.decimal128(30, 0)), 0),
        (MONEY, pa.array([1, 2**62]), 1),
        (MONEY, pa.array([-(2**63)]), 0),
        (MONEY, pa.array([2**63], pa.uint64()), 0),
        (MONEY, pa.array([0.1, 0.125]), 1),
        (MONEY, pa.array([float("nan")]), 0),
        (MONEY, pa.array([1.0, float("inf")]), 1),
        (MONEY, pa.array([1e15]), 0),
        (COUNT, pa.array([1.5]), 0),
        (CHOICE, pa.array(["大", None, "巨"]), 2),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_with_its_row(field, array, row):
    with pytest.raises(EngineError, match=field.name) as caught:
        part_of(field, array)
    assert caught.value.code == "column_malformed"
    assert caught.value.data["row"] == row


@pytest.mark.parametrize(
    ("field", "array"),
    [
        (MONEY, pa.array([True])),
        (MONEY, pa.array([date(2026, 1, 1)])),
        (COUNT, pa.array(["3"])),
        (COUNT, pa.array([Decimal(3)])),
        (DATE, pa.array(["2026-01-01"])),
        (DATE, pa.array([datetime(2026, 1, 1)])),  # noqa: DTZ001
        (FLAG, pa.array([1])),
        (CODE, pa.array([26])),
        (CHOICE, pa.array([1.0])),
        (TAGS, pa.array(["高企"])),
        (TAGS, pa.array([[1]])),
    ],
)
def test_a_column_of_another_type_is_refused_with_what_is_expected(field, array):
    with pytest.raises(EngineError, match="expected is") as caught:
        part_of(field, array)
    assert caught.value.code == "column_malformed"
    assert caught.value.data["field"] == field.name
    assert caught.value.data["found"] == str(array.type)


def test_a_column_that_is_there_twice_is_refused():
    table = pa.table([pa.array([1]), pa.array([2])], ["heads", "heads"])
    with pytest.raises(EngineError, match="more than once"):
        next(parts_of_table(table, Vocabulary([COUNT]), ["heads"]))


def test_a_field_without_a_column_is_not_known_of_anyone():
    part = next(parts_of_table(pa.table({"other": [1, 2]}), Vocabulary([COUNT, CODE]), ["heads", "industry"]))
    assert part.rows == 2
    assert [int(column.valid[0]) for column in part.columns.values()] == [0, 0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("x", Kind.COUNT, missing_as=4), 4),
        (Field("x", Kind.MONEY, missing_as=Decimal("0.5")), 50),
        (Field("x", Kind.DATE, missing_as=date(2026, 1, 1)), date(2026, 1, 1).toordinal()),
    ],
)
def test_absence_counts_as_what_it_means(field, value):
    array = pa.nulls(2, columns._NATURAL[field.kind])
    assert kept(field, array) == [value, value]


def test_absent_words_flags_and_tags_count_as_what_they_mean():
    yes = Field("x", Kind.FLAG, missing_as=True)
    column = part_of(yes, pa.array([None, False])).columns["x"]
    assert np.unpackbits(column.yes.view(np.uint8), count=2).tolist() == [1, 0]
    assert np.unpackbits(column.valid.view(np.uint8), count=2).tolist() == [1, 1]
    word = part_of(Field("x", Kind.CODE, missing_as="Z"), pa.array([None, "C"])).columns["x"]
    assert [word.words[code] for code in word.codes] == ["Z", "C"]
    empty = part_of(Field("x", Kind.TAGS, missing_as=frozenset()), pa.array([None, ["b"]])).columns["x"]
    assert (empty.starts.tolist(), empty.words) == ([0, 0, 1], ("b",))
    tags = part_of(
        Field("x", Kind.TAGS, missing_as=frozenset({"a", "c"})), pa.array([["b"], None, []])
    ).columns["x"]
    assert tags.starts.tolist() == [0, 1, 3, 3]
    assert [tags.words[code] for code in tags.codes] == ["b", "a", "c"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["D", None, "C", "D"]),
        pa.array(["D", None, "C", "D"], pa.large_string()),
        pa.array(["D", None, "C", "D"]).dictionary_encode(),
    ],
)
def test_words_are_kept_as_codes_in_order(array):
    column = part_of(CODE, array).columns["industry"]
    assert column.words == ("C", "D")
    assert column.codes[[0, 2, 3]].tolist() == [1, 0, 1]
    assert np.unpackbits(column.valid.view(np.uint8), count=4).tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize(("count", "width"), [(256, np.uint8), (257, np.uint16), (65_537, np.uint32)])
def test_codes_are_as_narrow_as_their_number_allows(count, width):
    column = part_of(CODE, pa.array([f"{number:06}" for number in range(count)])).columns["industry"]
    assert column.codes.dtype == width
    assert column.ranges(["0001", "000255"], beginnings=True)[0][0] == 100


def test_tags_are_kept_row_by_row():
    words = pa.array([["高企", None], [], None, ["小巨人", "高企"]], pa.large_list(pa.string()))
    for array in (words, words.cast(pa.list_(pa.dictionary(pa.int32(), pa.string())))):
        column = part_of(TAGS, array).columns["honours"]
        assert column.starts.tolist() == [0, 2, 2, 2, 4]
        assert [column.words[code] for code in column.codes] == ["高企", "", "小巨人", "高企"]


def test_a_file_is_read_by_row_groups_and_only_the_columns_that_are_asked_for(monkeypatch):
    table = pa.table({"heads": list(range(10)), "note": ["x"] * 10})
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=4)
    monkeypatch.setattr(columns, "ROWS_AT_ONCE", 3)
    seen = []
    read = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile,
        "read_row_group",
        lambda self, group, **asked: seen.append((group, asked["columns"])) or read(self, group, **asked),
    )
    parts = list(
        parts_of_parquet(io.BytesIO(file.getvalue()), Vocabulary([COUNT, CODE]), ["heads", "industry"])
    )
    assert seen == [(0, ["heads"]), (1, ["heads"]), (2, ["heads"])]
    assert [(part.first, part.rows) for part in parts] == [(0, 3), (3, 1), (4, 3), (7, 1), (8, 2)]
    assert [value for part in parts for value in part.columns["heads"].values.tolist()] == list(range(10))


def test_a_file_with_none_of_the_columns_still_has_its_rows():
    file = io.BytesIO()
    pq.write_table(pa.table({"note": ["x", "y"]}), file)
    part = next(parts_of_parquet(io.BytesIO(file.getvalue()), Vocabulary([COUNT]), ["heads"]))
    assert (part.rows, int(part.columns["heads"].valid[0])) == (2, 0)


def test_a_table_is_cut_into_parts(monkeypatch):
    monkeypatch.setattr(columns, "ROWS_AT_ONCE", 4)
    table = pa.table({"heads": pa.chunked_array([[1, 2, 3], [4, 5]])})
    parts = list(parts_of_table(table, Vocabulary([COUNT]), ["heads"]))
    assert [(part.first, part.columns["heads"].values.tolist()) for part in parts] == [
        (0, [1, 2, 3, 4]),
        (4, [5]),
    ]
    assert list(parts_of_table(table.slice(0, 0), Vocabulary([COUNT]), ["heads"])) == []
