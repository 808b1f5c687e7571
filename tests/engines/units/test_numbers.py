"""Numbers as people type them."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.units import (
    Parsed,
    Qualifier,
    exact_decimal,
    parse_number,
    read_number,
    round_half_up,
    show_number,
)

MONEY = st.decimals(min_value="-999999999999.99", max_value="999999999999.99", places=2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14816", "14816"),
        ("14,816.00", "14816.00"),
        ("14 816", "14816"),
        ("14\u00a0816", "14816"),
        ("１４，８１６．５", "14816.5"),
        (".5", "0.5"),
        ("+8.8", "8.8"),
        ("-8.8", "-8.8"),
        ("－8.8", "-8.8"),
        ("−8.8", "-8.8"),
        ("负8.8", "-8.8"),
        ("负二十三点五", "-23.5"),
        ("（1,234）", "-1234"),
        ("(1,234.50)", "-1234.50"),
        ("-0", "0"),
        ("1.2E+08", "120000000"),
        ("5e-3", "0.005"),
        ("〇", "0"),
        ("零点五", "0.5"),
        ("三点一四", "3.14"),
        ("二〇二三", "2023"),
        ("十", "10"),
        ("十二", "12"),
        ("二十三点五", "23.5"),
        ("一百零五", "105"),
        ("一百一十", "110"),
        ("一千零五", "1005"),
        ("一千零五十", "1050"),
        ("一千零五百零三", "1503"),
        ("一千二百", "1200"),
        ("两万", "20000"),
        ("三万零五", "30005"),
        ("三万零五百", "30500"),
        ("三万五千", "35000"),
        ("3万5000", "35000"),
        ("3.5千", "3500"),
        ("3千5百", "3500"),
        ("35千", "35000"),
        ("1.2亿", "120000000"),
        ("1亿2000万", "120000000"),
        ("1亿零5万", "100050000"),
        ("一亿零三千", "100003000"),
        ("1亿20000000", "120000000"),
        ("1亿2000万5000", "120005000"),
        ("3万亿", "3000000000000"),
        ("一万二千亿", "1200000000000"),
        ("十二亿三千万", "1230000000"),
        ("壹佰贰拾万", "1200000"),
        ("二十三点五万", "235000"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)
    assert str(parse_number(text)) != "-0"


@pytest.mark.parametrize("text", ["", "  ", "　", "-", "—", "——", "－", "/"])
def test_nothing_and_a_dash_are_no_number_given(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_number(text)
    assert caught.value.code == "number_empty"


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "12a",
        "5.1%",
        "1,23",
        "1,2345",
        "1234,567",
        "12 34",
        "5.",
        "--5",
        "(-5)",
        "((5))",
        "-(5)",
        "5-10",
        "5+3",
        "nan",
        "Infinity",
        "٣",
        "5²",
        "亿",
        "万",
        "百",
        "亿万",
        "1亿亿",
        "1万2万",
        "1万万",
        "1亿2亿",
        "1亿20000万",
        "3万20000",
        "3万零1万",
        "3千500",
        "点五",
        "1点5",
        "abc",
        "三三百",
        "9" * 65,
    ],
)
def test_what_is_no_number_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_number(text)
    assert caught.value.code == "number_malformed"
    assert caught.value.data["text"] == text[:64]


@pytest.mark.parametrize("text", ["三万五", "一百五", "一千零五百三", "1亿2000", "一亿三千", "3万5", "1亿5"])
def test_a_spoken_short_form_with_two_meanings_is_not_guessed(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_number(text)
    assert caught.value.code == "number_malformed"


@pytest.mark.parametrize("text", ["1e99", "1e-99", "9" * 40])
def test_a_number_beyond_thirty_digits_is_out_of_range(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_number(text)
    assert caught.value.code == "number_out_of_range"


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("300", "300", Qualifier.EXACT),
        ("约300", "300", Qualifier.ABOUT),
        ("～300", "300", Qualifier.ABOUT),
        ("300左右", "300", Qualifier.ABOUT),
        ("近82", "82", Qualifier.NEARLY),
        ("超220", "220", Qualifier.AT_LEAST),
        ("超过 220", "220", Qualifier.AT_LEAST),
        ("≥220", "220", Qualifier.AT_LEAST),
        ("＞＝220", "220", Qualifier.AT_LEAST),
        ("300余", "300", Qualifier.AT_LEAST),
        ("300+", "300", Qualifier.AT_LEAST),
        ("300 以上", "300", Qualifier.AT_LEAST),
        ("十余万", "100000", Qualifier.AT_LEAST),
        ("不超过300", "300", Qualifier.AT_MOST),
        ("300以内", "300", Qualifier.AT_MOST),
        ("超过300以上", "300", Qualifier.AT_LEAST),
        ("约300余", "300", Qualifier.ABOUT),
        ("约-5", "-5", Qualifier.ABOUT),
    ],
)
def test_a_qualifier_is_kept_beside_the_number(text: str, value: str, qualifier: Qualifier) -> None:
    assert read_number(text) == Parsed(Decimal(value), qualifier)


@given(MONEY)
def test_a_shown_number_is_read_back(value: Decimal) -> None:
    assert parse_number(show_number(value, 2)) == value
    assert parse_number(show_number(value, 2, plain=True)) == value


def chinese(number: int) -> str:
    """Write a number below 10^12 the formal way; an own writer, so that the reader is tested against it."""

    def section(part: int) -> str:
        words, gap = "", False
        for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = part // place % 10
            if digit:
                words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + word
            gap = not digit
        return words

    words, seen = "", False
    for size, word in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // size % 10**4
        if part:
            words += ("零" if seen and part < 1000 else "") + section(part) + word
        elif seen and number % size:
            words += "零" if not words.endswith("零") else ""
        seen = seen or bool(part)
    return words.replace("零零", "零") or "零"


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_formal_chinese_numeral_is_read_as_its_number(number: int) -> None:
    assert parse_number(chinese(number)) == number


@given(st.text(alphabet="0123456789.,- ()（）一二三十百千万亿零点余约%元e+", max_size=12))
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    code, value = "", None
    try:
        value = parse_number(text)
    except EngineError as refusal:
        code = refusal.code
    assert value is None or value.is_finite()
    assert (value is None) is (code in {"number_empty", "number_malformed", "number_out_of_range"})


@given(MONEY, st.integers(min_value=0, max_value=4))
def test_rounding_is_half_up_whatever_the_context(value: Decimal, places: int) -> None:
    with localcontext(Context(prec=3, rounding=ROUND_DOWN)):
        rounded = round_half_up(value, places)
    assert rounded == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def test_rounding_never_gives_minus_zero() -> None:
    assert str(round_half_up(Decimal("-0.004"), 2)) == "0.00"


@given(MONEY, st.sampled_from([1, 2, 5, 8, 10, 16, 125]))
def test_a_fraction_with_an_end_is_the_equal_decimal(value: Decimal, divisor: int) -> None:
    fraction = Fraction(value) / divisor
    exact = exact_decimal(fraction)
    assert exact is not None
    assert Fraction(exact) == fraction


def test_a_fraction_without_an_end_is_no_decimal() -> None:
    assert exact_decimal(Fraction(1, 3)) is None
