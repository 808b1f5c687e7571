from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from zhuchao.engines import EngineError
from zhuchao.engines.identity import check_id_number, mask_id_number, mask_name, mask_phone


def number(born: date, serial: int, division: str = "990000") -> str:
    first17 = f"{division}{born:%Y%m%d}{serial:03d}"
    return first17 + ric.calc_check_digit(first17 + "0")  # it leaves the last one out


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 999))
def test_the_check_character_is_the_one_an_independent_library_computes(born, serial):
    found = check_id_number(" " + number(born, serial).lower())
    assert (found.number, found.division, found.born_on) == (number(born, serial), "990000", born)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("99000019900307001", "id_number_length"),
        ("99000019900307A010", "id_number_character"),
        ("990000199013070010", "id_number_birthday"),
        ("990000170003070010", "id_number_birthday"),
    ],
)
def test_each_way_to_be_wrong_has_its_own_code_and_never_shows_the_number(text, code):
    with pytest.raises(EngineError) as caught:
        check_id_number(text)
    assert caught.value.code == code
    assert text not in str(caught.value) + str(caught.value.data)


def test_a_wrong_check_character_names_the_right_one():
    right = number(date(1990, 3, 7), 1)
    wrong = "0" if right[17] != "0" else "1"
    with pytest.raises(EngineError) as caught:
        check_id_number(right[:17] + wrong)
    assert caught.value.data == {"expected": right[17], "found": wrong}


def test_nobody_is_born_after_the_day_of_asking():
    text = number(date(2020, 1, 2), 1)
    assert check_id_number(text, on=date(2020, 1, 2)).born_on == date(2020, 1, 2)
    with pytest.raises(EngineError, match="birth"):
        check_id_number(text, on=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("0512-65432109", "***********09"),
        ("王 13812341234、李 13912341234", "王 138****1234、李 139****1234"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_a_phone_keeps_what_tells_it_from_another(text, shown):
    assert mask_phone(text) == shown


@given(st.text("0123456789X", min_size=8, max_size=18))
def test_a_masked_identity_number_has_its_length_and_five_characters(text):
    shown = mask_id_number(text)
    assert len(shown) == len(text)
    assert shown.replace("*", "") == text[:3] + text[-2:]


def test_a_short_identity_number_is_hidden_wholly():
    assert mask_id_number("12345") == "*****"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("李四", "李*"), ("欧阳小明", "欧阳**"), ("欧阳", "欧*"), ("", "")],
)
def test_a_name_keeps_the_surname(name, shown):
    assert mask_name(name) == shown
