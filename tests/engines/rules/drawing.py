"""Fields, facts and conditions drawn at their edges, and the same conditions printed as SQL for another engine."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any as Anything

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

from zhuchao.engines.rules.fields import SIZED, Facts, Field, Kind, Vocabulary
from zhuchao.engines.rules.one import keep_facts
from zhuchao.engines.rules.terms import (
    All,
    Any,
    Banded,
    Begins,
    Holds,
    IsTrue,
    Linear,
    Logic,
    Manual,
    Not,
    OneOf,
    Sign,
    Sized,
)
from zhuchao.engines.rules.truth import Truth

FIELDS = Vocabulary(
    [
        Field("born", Kind.DATE, "成立日期"),
        Field("heads", Kind.COUNT, "职工人数"),
        Field("honours", Kind.TAGS, "称号"),
        Field("industry", Kind.CODE, "行业"),
        Field("punished", Kind.FLAG, "受过处罚", missing_as=False),
        Field("rate", Kind.NUMBER, "增速", places=2, unit="%"),
        Field("rd", Kind.MONEY, "研发费用"),
        Field("revenue", Kind.MONEY, "营业收入"),
        Field("listed", Kind.FLAG, "上市"),
        Field("size", Kind.CHOICE, "规模", choices=("大", "中", "小", "微")),
    ]
)
DAY = date(2026, 6, 1)
_HONOURS = ("专精特新", "小巨人", "高企")
_CODES = ("C", "C26", "C27", "C271", "D", "I65", "I651", "Z")
_MOST = 2**63 - 1

_cents = st.sampled_from([0, 0, 1, 2, 4, 5, 20, 99, 100, 101, -1, -100, _MOST, -_MOST, 2**62]) | st.integers(
    -200, 200
)
_values: dict[str, st.SearchStrategy[Anything]] = {
    "born": st.dates(date(2025, 5, 28), date(2025, 6, 4)) | st.sampled_from([date.min, date.max]),
    "heads": st.integers(0, 12) | st.just(_MOST),
    "honours": st.frozensets(st.sampled_from(_HONOURS)),
    "industry": st.sampled_from(_CODES),
    "punished": st.booleans(),
    "listed": st.booleans(),
    "rate": st.integers(-300, 300).map(lambda n: Decimal(n) / 100),
    "rd": _cents.map(lambda n: Decimal(n) / 100),
    "revenue": _cents.map(lambda n: Decimal(n) / 100),
    "size": st.sampled_from(["大", "中", "小", "微"]),
}
facts: st.SearchStrategy[dict[str, Anything]] = st.fixed_dictionaries(
    {name: st.none() | values for name, values in _values.items()}
)

_numbers = st.integers(-210, 210) | st.sampled_from([0, 2**62, -(2**62), 2**63, 2**70])
_factors = st.sampled_from([1, -1, 2, 20, -20, 3, 2**40])
_forms = st.builds(
    lambda terms, constant: Linear(tuple(sorted(terms.items())), constant),
    st.dictionaries(st.sampled_from(["heads", "rate", "rd", "revenue"]), _factors, min_size=0, max_size=3),
    _numbers,
)
_days = st.builds(
    lambda factor, day: Linear((("born", factor),), -factor * day.toordinal()),
    st.sampled_from([1, -1]),
    st.dates(date(2025, 5, 29), date(2025, 6, 3)),
)
_ratios = st.builds(
    lambda factor, sign: Sized(
        Linear((("rd", factor), ("revenue", -1)), 0), sign, (Linear((("revenue", 1),), 0),)
    ),
    st.sampled_from([1, 2, 20, -20]),
    st.sampled_from(Sign),
)
_words = st.lists(st.sampled_from(_CODES), max_size=8, unique=True).map(lambda words: tuple(sorted(words)))
conditions: st.SearchStrategy[Logic] = st.one_of(
    st.builds(Sized, _forms | _days, st.sampled_from(Sign), st.lists(_forms, max_size=2).map(tuple)),
    st.builds(Sized, _forms | _days, st.sampled_from(Sign)),
    _ratios,
    st.builds(Begins, st.just("industry"), _words),
    st.builds(OneOf, st.just("industry"), _words),
    st.builds(OneOf, st.just("size"), st.sampled_from([("小",), ("大", "微"), ()])),
    st.builds(Holds, st.just("honours"), st.sampled_from([("高企",), ("专精特新", "小巨人"), (), ("无",)])),
    st.builds(IsTrue, st.sampled_from(["punished", "listed"])),
    st.builds(Manual, st.sampled_from(["review", "quota"])),
)


def _groups(inner: st.SearchStrategy[Logic]) -> st.SearchStrategy[Logic]:
    some = st.lists(inner, max_size=4).map(tuple)
    bands = st.builds(
        lambda limits, parts, last: tuple(
            zip([*sorted(limits)[: len(parts)], *([None] if last else [])], [*parts, last], strict=False)
        ),
        st.sets(st.integers(-200, 200), min_size=3, max_size=3),
        st.lists(inner, max_size=3),
        st.none() | inner,
    )
    return st.one_of(
        st.builds(Not, inner), st.builds(All, some), st.builds(Any, some), st.builds(Banded, _forms, bands)
    )


logics: st.SearchStrategy[Logic] = st.recursive(conditions, _groups, max_leaves=8)


def table_of(firms: Sequence[Facts]) -> pa.Table:
    """Return firms as a table in the types that people keep them in."""
    types = {
        Kind.MONEY: pa.decimal128(38, 2),
        Kind.NUMBER: pa.decimal128(20, 2),
        Kind.COUNT: pa.int64(),
        Kind.DATE: pa.date32(),
        Kind.FLAG: pa.bool_(),
        Kind.TAGS: pa.list_(pa.string()),
    }
    return pa.table(
        {
            field.name: pa.array(
                [sorted(v) if isinstance(v := firm.get(field.name), frozenset) else v for firm in firms],
                types.get(field.kind, pa.string()),
            )
            for field in FIELDS
        }
    )


def asked_of_duckdb(policies: Sequence[Logic], firms: Sequence[Facts]) -> list[list[Truth]]:
    """Return what DuckDB answers for each policy and firm, from SQL printed from the terms."""
    if not firms:
        return [[] for _ in policies]
    rows = [keep_facts(firm, FIELDS) for firm in firms]
    columns = []
    for field in FIELDS:
        kept = [sorted(v) if isinstance(v := row[field.name], frozenset) else v for row in rows]
        if field.kind is Kind.FLAG:
            kept = [None if one is None else bool(one) for one in kept]
        sized = field.kind in SIZED
        columns.append(pa.array(kept, _SQL_TYPES.get(field.kind, pa.int64() if sized else pa.string())))
    kept_table = pa.table(columns, [field.name for field in FIELDS])
    _CONNECTION.register("firms", kept_table)
    found = _CONNECTION.execute(f"SELECT {', '.join(f'({sql(policy)})' for policy in policies)} FROM firms")
    rows_found = found.fetchall()
    truths = {None: Truth.UNKNOWN, True: Truth.TRUE, False: Truth.FALSE}
    return [[truths[row[place]] for row in rows_found] for place in range(len(policies))]


_CONNECTION = duckdb.connect()
_SQL_TYPES: Mapping[Kind, pa.DataType] = {Kind.FLAG: pa.bool_(), Kind.TAGS: pa.list_(pa.string())}
_SQL_SIGNS = {Sign.AT_LEAST: ">=", Sign.ABOVE: ">", Sign.IS: "=", Sign.IS_NOT: "<>"}


def sql(logic: Logic) -> str:
    """Print a logic as SQL over kept values, with three answers."""
    match logic:
        case Not(part):
            return f"(NOT {sql(part)})"
        case All(parts):
            return f"({' AND '.join(['TRUE', *map(sql, parts)])})"
        case Any(parts):
            return f"({' OR '.join(['FALSE', *map(sql, parts)])})"
        case Banded(by, bands):
            parts = [sql(part) for _, part in bands]
            if not bands or bands[-1][0] is not None:
                parts.append("FALSE")
            if len(parts) == 1:
                return parts[0]
            guide, within = _sql_sum(by), ""
            for (upto, _), part in zip(bands, parts, strict=False):
                within += f" WHEN {guide} <= {upto} THEN {part}" if upto is not None else ""
            same = f"CASE WHEN {' AND '.join(parts)} THEN TRUE WHEN NOT ({' OR '.join(parts)}) THEN FALSE END"
            return f"(CASE WHEN {guide} IS NULL THEN {same}{within} ELSE {parts[-1]} END)"
        case Sized(form, sign, guards):
            test = f"({_sql_sum(form)} {_SQL_SIGNS[sign]} 0)"
            over = " AND ".join(f"({_sql_sum(guard)} > 0)" for guard in guards)
            return f"(CASE WHEN {over} THEN {test} END)" if guards else test
        case Begins(field, prefixes):
            tests = [f"starts_with({field}, '{prefix}')" for prefix in prefixes]
            return f"({' OR '.join(tests)})" if tests else f"({field} IS NULL AND NULL)"
        case OneOf(field, words):
            return f"({field} IN ({_listed(words)}))" if words else f"({field} IS NULL AND NULL)"
        case Holds(field, words):
            return f"(list_has_any({field}, [{_listed(words)}]::VARCHAR[]))"
        case IsTrue(field):
            return field
        case Manual():
            return "NULL::BOOLEAN"
    raise AssertionError(logic)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _sql_sum(form: Linear) -> str:
    # a hugeint holds every sum that is drawn
    terms = [f"{factor}::HUGEINT * {name}::HUGEINT" for name, factor in form.terms]
    return f"({' + '.join([*terms, f'{form.constant}::HUGEINT'])})"
