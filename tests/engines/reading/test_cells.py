from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.reading import (
    CODES,
    FieldSpec,
    Kind,
    Parsed,
    Problem,
    column_parser,
    parse_cell,
)
from zhuchao.engines.units import unit_named


def field(kind: Kind, **more) -> FieldSpec:
    return FieldSpec("it", "某项", kind, **more)


def read(cell, kind: Kind, unit: str | None = None, **more):
    found = parse_cell(cell, field(kind, **more), unit_named(unit) if unit else None)
    return found if isinstance(found, Problem) else found.value


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (1200, "万元", "12000000.00"),
        (0.5, "亿元", "50000000.00"),
        ("1.2亿", "万元", "120000000.00"),
        ("1,200.5", "万元", "12005000.00"),
        ("3000万元", "亿元", "30000000.00"),
        ("１２００", "元", "1200.00"),
        ("（500）", "元", "-500.00"),
        (14816.000000000002, "元", "14816.00"),
        (0.1 + 0.2, "元", "0.30"),
        (123456789012.34, "元", "123456789012.34"),
        (2.345, "元", "2.35"),
        (Decimal("2.344"), "元", "2.34"),
        ("2.345", "元", "2.35"),
        (5, None, "5.00"),
        (0, None, "0.00"),
        ("-3", None, "-3.00"),
    ],
)
def test_money_becomes_yuan_exactly(cell, unit, value):
    assert read(cell, Kind.MONEY, unit) == Decimal(value)
    assert str(read(cell, Kind.MONEY, unit)) == value


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (3, "亩", "2000.00"),
        (1.0, "亩", "666.67"),
        ("100亩", "㎡", "66666.67"),
        ("6500平方米", "亩", "6500.00"),
        (1.5, None, "1.50"),
    ],
)
def test_an_area_becomes_square_metres(cell, unit, value):
    assert str(read(cell, Kind.AREA, unit)) == value


@pytest.mark.parametrize(
    ("cell", "more", "value"),
    [
        (300.0, {}, 300),
        ("300余家", {}, 300),
        ("300家", {"unit": "家"}, 300),
        (3.5, {}, Problem("not_whole", "3.5", "4")),
        (-1, {}, Problem("negative", "-1", "0", {"minimum": Decimal(0)})),
        (-1, {"minimum": Decimal(-5)}, -1),
    ],
)
def test_a_count_is_whole_and_not_negative(cell, more, value):
    assert read(cell, Kind.COUNT, **more) == value


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (0.051, None, "0.051"),
        ("5.1%", None, "0.051"),
        ("5.1", "%", "0.051"),
        (5.1, "%", "0.051"),
        ("5.1%", "%", "0.051"),
    ],
)
def test_a_percentage_becomes_a_ratio(cell, unit, value):
    assert read(cell, Kind.PERCENT, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "more", "value"),
    [
        (8.4, {"unit": "米"}, Decimal("8.4")),
        ("8.4m", {"unit": "米"}, Decimal("8.4")),
        ("1.5", {}, Decimal("1.5")),
        ("二十三点五", {}, Decimal("23.5")),
        (2.345, {"places": 2}, Decimal("2.35")),
        (-2, {}, Decimal(-2)),
    ],
)
def test_a_number_is_kept_as_it_is(cell, more, value):
    assert read(cell, Kind.NUMBER, **more) == value


@pytest.mark.parametrize(
    "kind", [Kind.MONEY, Kind.AREA, Kind.COUNT, Kind.NUMBER, Kind.DATE, Kind.MONTH, Kind.CHOICE, Kind.PHONE]
)
@pytest.mark.parametrize("cell", [None, "", "  ", "-", "—", "/", "无", "待定"])
def test_nothing_and_what_is_not_known_yet_are_no_value(kind, cell):
    assert read(cell, kind) is None
    assert read(cell, kind, required=True, example="如此") == Problem("missing", "", "如此")


def test_a_word_for_nothing_is_kept_in_a_text():
    assert (read("无", Kind.TEXT), read("/", Kind.TEXT), read(None, Kind.TEXT)) == ("无", None, None)
    assert read(" ", Kind.TEXT, required=True).code == "missing"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("cell", ["#REF!", "#DIV/0!", "#n/a", " #VALUE! "])
def test_a_formula_that_failed_is_never_a_value(kind, cell):
    assert read(cell, kind) == Problem("formula_error", cell.strip())


def test_a_formula_without_its_result_is_refused():
    assert read("=SUM(A1:A3)", Kind.MONEY) == Problem("formula_text", "=SUM(A1:A3)")
    assert read("=", Kind.TEXT) == "="
    assert read("#1厂房", Kind.TEXT) == "#1厂房"


@pytest.mark.parametrize(
    ("cell", "kind", "unit", "code", "found", "expected"),
    [
        ("很多", Kind.MONEY, "元", "number_malformed", "很多", "1200"),
        (True, Kind.MONEY, "元", "number_malformed", "True", "1200"),
        (date(2023, 6, 15), Kind.COUNT, None, "number_malformed", "2023-06-15", "1200"),
        (float("nan"), Kind.NUMBER, None, "number_malformed", "nan", "1200"),
        (float("inf"), Kind.MONEY, "亩", "number_malformed", "inf", "1200"),
        (1e20, Kind.MONEY, "元", "number_out_of_range", "100000000000000000000", ""),
        ("9" * 40, Kind.NUMBER, None, "number_out_of_range", "9" * 40, "1200"),
        (Decimal("1E+999999"), Kind.AREA, "亩", "number_out_of_range", "1E+999999", ""),
        (1e-300, Kind.AREA, "亩", "number_out_of_range", "1e-300", ""),
        ("100亩", Kind.MONEY, "万元", "unit_conflict", "亩", "万元"),
        ("100万美元", Kind.MONEY, "万元", "currency_conflict", "万美元", "万元"),
        ("100箩", Kind.MONEY, "万元", "unit_unknown", "100箩", "1200"),
        (-5, Kind.AREA, "㎡", "negative", "-5", "0"),
        ("-5亩", Kind.AREA, "㎡", "negative", "-3333.33", "0"),
    ],
)
def test_an_amount_that_is_wrong_says_how(cell, kind, unit, code, found, expected):
    problem = read(cell, kind, unit, example="1200")
    assert (problem.code, problem.found, problem.expected) == (code, found, expected)


def test_bounds_are_in_the_base_unit():
    bounds = {"minimum": Decimal(1000), "maximum": Decimal(20000)}
    assert read(1, Kind.MONEY, "万元", **bounds) == Decimal("10000.00")
    assert (read(500, Kind.MONEY, "元", **bounds).code, read(3, Kind.MONEY, "万元", **bounds).code) == (
        "below_minimum",
        "above_maximum",
    )


def test_a_unit_that_nobody_knows_is_refused_when_the_column_is_made():
    with pytest.raises(EngineError) as caught:
        column_parser(field(Kind.MONEY, unit="箩"))
    assert caught.value.code == "unit_unknown"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2023.6.15", date(2023, 6, 15)),
        (45092, date(2023, 6, 15)),
        (datetime.fromisoformat("2023-06-15"), date(2023, 6, 15)),
    ],
)
def test_a_day_is_read(cell, value):
    assert read(cell, Kind.DATE) == value
    assert read(cell, Kind.MONTH) == value.replace(day=1)


def test_a_month_for_a_day_is_refused_unless_it_may_be():
    problem = read("2023-06", Kind.DATE)
    assert (problem.code, problem.found, problem.expected) == ("day_missing", "2023-06", "2023-06-15")
    assert read("2023年6月", Kind.DATE, month_allowed=True) == date(2023, 6, 1)
    assert read("2023", Kind.DATE, month_allowed=True).code == "month_missing"


@pytest.mark.parametrize("cell", ["1900-01-05", 5, "2099-12-31", 73050, date(1949, 9, 30)])
def test_a_day_out_of_all_likelihood_is_refused_with_what_it_was_read_as(cell):
    problem = read(cell, Kind.DATE, latest=date(2056, 11, 22))
    assert problem.code == "date_out_of_range"
    assert problem.expected == "1949-10-01 – 2056-11-22"
    assert date.fromisoformat(problem.found)


def test_without_a_latest_day_only_the_past_is_bounded():
    assert read("2099-12-31", Kind.DATE) == date(2099, 12, 31)
    assert read("1900-01-05", Kind.DATE).expected == "1949-10-01"
    assert read("1949-10", Kind.MONTH, earliest=date(1949, 10, 15)) == date(1949, 10, 1)


def test_the_same_date_is_read_once_and_again():
    parser = column_parser(field(Kind.DATE))
    assert [parser(cell) for cell in ("2023.6.15", "2023.6.15", 45092.0, 45092.0, 1.0)][:4] == [
        date(2023, 6, 15)
    ] * 4
    assert parser(True) == parser(True)
    assert parser(True).code == "date_not_understood"


def test_the_memory_for_dates_has_an_end(monkeypatch):
    monkeypatch.setattr("zhuchao.engines.reading.cells._CACHE", 1)
    parser = column_parser(field(Kind.DATE))
    assert [parser("2023.6.15"), parser("2023.6.16"), parser("2023.6.16")][1:] == [date(2023, 6, 16)] * 2


def test_workbooks_that_count_from_1904_are_read():
    found = parse_cell(43630, field(Kind.DATE), date_system=1904)
    assert found == Parsed(date(2023, 6, 15))


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        (" 苏鲲 ", Kind.TEXT, "苏鲲"),
        (3.0, Kind.TEXT, "3"),
        (0.1 + 0.2, Kind.TEXT, "0.3"),
        (date(2023, 6, 15), Kind.TEXT, "2023-06-15"),
        (datetime.fromisoformat("2023-06-15"), Kind.TEXT, "2023-06-15"),
        (datetime.fromisoformat("2023-06-15T08:30"), Kind.TEXT, "2023-06-15 08:30:00"),
        (101.0, Kind.CODE, "101"),
        ("Ａ－１０１", Kind.CODE, "A-101"),
        ("-", Kind.CODE, None),
        (13812341234.0, Kind.PHONE, "13812341234"),
        ("+86 138-1234-1234", Kind.PHONE, "13812341234"),
        ("0512-65432109", Kind.PHONE, "0512-65432109"),
        ("(0512)65432109", Kind.PHONE, "051265432109"),
        ("13812341234/13912341234", Kind.PHONE, "13812341234、13912341234"),
        ("400-800-1234", Kind.PHONE, "400-800-1234"),
        ("在 谈", Kind.CHOICE, "talking"),
        ("talking", Kind.CHOICE, "talking"),
        ("是", Kind.BOOL, True),
        ("√", Kind.BOOL, True),
        (1.0, Kind.BOOL, True),
        (False, Kind.BOOL, False),
        ("无", Kind.BOOL, False),
        ("", Kind.BOOL, None),
    ],
)
def test_texts_are_cleaned_and_no_more(cell, kind, value):
    assert read(cell, kind, choices={"在谈": "talking", "已签约": "signed"}) == value


@pytest.mark.parametrize(
    ("cell", "kind", "code", "expected"),
    [
        ("太长的名字", Kind.TEXT, "too_long", "4"),
        (date(2023, 3, 1), Kind.CODE, "text_became_date", "3-1"),
        (9.1990000000000002e17, Kind.CODE, "number_precision", "3-1"),
        (10**17, Kind.CREDIT_CODE, "number_precision", "3-1"),
        ("不知道", Kind.CHOICE, "choice_unknown", "在谈、已签约"),
        ("也许", Kind.BOOL, "bool_unknown", "是、否"),
        ("138123412", Kind.PHONE, "phone_malformed", "13812341234"),
        ("13812341234、66", Kind.PHONE, "phone_malformed", "13812341234"),
    ],
)
def test_a_text_that_is_wrong_says_how(cell, kind, code, expected):
    problem = read(cell, kind, choices={"在谈": "talking", "已签约": "signed"}, max_length=4, example="3-1")
    assert (problem.code, problem.expected) == (code, expected)


def refuse_eight(text: str) -> str:
    if text.endswith("8"):
        raise EngineError("credit_code_check", "wrong", expected="7", found="8")
    return text.upper()


def test_the_callers_check_decides_on_a_credit_code():
    parser = column_parser(field(Kind.CREDIT_CODE), checks={Kind.CREDIT_CODE: refuse_eight})
    assert parser("a7") == "A7"
    problem = parser("a8")
    assert (problem.code, problem.found, problem.expected, problem.data["text"]) == (
        "credit_code_check",
        "8",
        "7",
        "a8",
    )


def test_yi_and_wan_in_one_column_are_read_exactly_and_told():
    parser = column_parser(field(Kind.MONEY), unit_named("万元"))
    assert [parser(cell) for cell in (1200, "1.2亿", "300万元")] == [
        Decimal("12000000.00"),
        Decimal("120000000.00"),
        Decimal("3000000.00"),
    ]
    assert parser.units_seen == ("万元", "亿元")
    problems = parser.column_problems()
    assert [problem.code for problem in problems] == ["mixed_units"]
    assert problems[0].data == {"label": "某项", "units": ("万元", "亿元")}


def test_a_column_in_one_unit_has_nothing_to_tell():
    parser = column_parser(field(Kind.COUNT, unit="家"))
    assert [parser(cell) for cell in (3, "4家", "5个")] == [3, 4, 5]
    assert (parser.units_seen, parser.column_problems()) == (("家",), ())
    assert column_parser(field(Kind.NUMBER)).units_seen == ()


def test_estimates_are_counted():
    parser = column_parser(field(Kind.MONEY, unit="万元"))
    assert parser("约500") == Decimal("5000000.00")
    assert [(problem.code, problem.found) for problem in parser.column_problems()] == [("approximate", "1")]


def test_one_cell_tells_how_it_was_read():
    money = field(Kind.MONEY, unit="万元")
    assert parse_cell("约500", money) == Parsed(Decimal("5000000.00"), "approximate")
    assert parse_cell("1.2亿", money) == Parsed(Decimal("120000000.00"), "own_unit")
    assert parse_cell("5", money) == Parsed(Decimal("50000.00"), None)
    assert parse_cell("苏鲲", field(Kind.TEXT)) == Parsed("苏鲲")


CELLS = (
    st.none()
    | st.text(max_size=20)
    | st.text("0123456789.,-+%亿万元亩㎡约年月日 /#=", max_size=14)
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.dates()
    | st.datetimes()
    | st.booleans()
)


@given(CELLS, st.sampled_from(Kind), st.booleans())
def test_any_cell_in_any_column_is_a_value_or_a_problem_with_a_known_code(cell, kind, required):
    found = column_parser(field(kind, required=required, choices={"在谈": "talking"}, max_length=9))(cell)
    if isinstance(found, Problem):
        assert found.code in CODES
    else:
        assert not (required and found is None)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["元", "万元", "亿元"]))
def test_number_text_and_float_of_one_amount_are_one_value(amount, unit):
    ways = [amount, str(amount), float(amount), f"{amount:,}", f"{amount}{unit}"]
    assert len({read(way, Kind.MONEY, unit) for way in ways}) == 1
