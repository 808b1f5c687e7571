"""Industry codes are read as people write them and named by the standard."""

import pytest

from zhuchao.apps.enterprises.models.industries import (
    DIVISIONS,
    SECTION_OF,
    SECTIONS,
    IndustryCodeUnknown,
    industry_name,
    read_industry_code,
    section_name,
    show_industry,
)


def test_the_standard_has_twenty_sections_and_ninety_seven_divisions_in_order():
    assert "".join(SECTIONS) == "ABCDEFGHIJKLMNOPQRST"
    assert list(DIVISIONS) == [f"{n:02d}" for n in range(1, 98)]
    assert list(SECTION_OF.values()) == sorted(SECTION_OF.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3962", "C3962"),
        ("C3962", "C3962"),
        ("c39 62", "C3962"),
        ("Ｃ３９", "C39"),
        ("C3962 智能车载设备制造", "C3962"),
        ("C39计算机、通信和其他电子设备制造业", "C39"),
        ("6510", "I6510"),
        ("C", "C"),
        ("01", "A01"),
    ],
)
def test_a_code_is_read_as_people_write_it(text, code):
    assert read_industry_code(text) == code


@pytest.mark.parametrize(
    ("text", "right"), [("I3962", "C3962"), ("9999", ""), ("软件业", ""), ("Z", ""), ("39627", "")]
)
def test_what_is_no_code_is_refused_with_the_right_section_where_it_is_known(text, right):
    with pytest.raises(IndustryCodeUnknown) as caught:
        read_industry_code(text)
    assert caught.value.right == right


def test_a_finer_code_is_named_by_its_division():
    assert industry_name("C3962") == "计算机、通信和其他电子设备制造业"
    assert section_name("C3962") == industry_name("C") == "制造业"
    assert show_industry("I65") == "I65 软件和信息技术服务业"
    assert show_industry("") == industry_name("") == ""
