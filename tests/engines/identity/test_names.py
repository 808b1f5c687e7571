import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines.identity import name_parts, normal_name, short_name

DIVISIONS = frozenset({"苏州市", "姑苏区", "平江街道", "无锡市"})


@pytest.mark.parametrize(
    "written",
    [
        "苏州苏鲲科技有限公司",
        "苏州市苏鲲科技有限公司",
        "江苏省苏州市姑苏区苏鲲科技有限责任公司",
        "江苏苏鲲科技（苏州）股份有限公司",
        "苏鲲科技(苏州市)有限公司",
        "苏州 苏鲲科技 有限公司",
        "苏鲲科技",
        "苏鲲科技有限公司（筹）",
        "苏鲲科技有限公司（原苏昆科技有限公司）",
        "苏鲲科技【暂定名】",
        "苏鲲科技有限工司",
        "苏鲲科技有公司",
        "苏鲲科技有限公",
        "苏鲲科技有限有限公司",
        "苏鲲科技有限公司有限公司",
        "苏鲲科技股分有限公司".replace("分", "份"),
        "苏鲲科技限有公司",
        "苏鲲科技有限责任",
    ],
)
def test_one_firm_written_in_many_ways_has_one_normal_name(written):
    assert normal_name(written, DIVISIONS) == "苏鲲科技"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏鲲科技有限公司", "苏鲲科技集团有限公司"),
        ("苏鲲科技有限公司", "苏鲲科技有限公司平江分公司"),
        ("苏鲲科技有限公司平江分公司", "苏鲲科技有限公司相城分公司"),
        ("苏鲲科技有限公司", "苏鲲贸易有限公司"),
        ("苏鲲(中国)科技有限公司", "苏鲲科技有限公司"),
    ],
)
def test_different_registrations_keep_different_names(one, other):
    assert normal_name(one, DIVISIONS) != normal_name(other, DIVISIONS)


def test_a_group_may_be_written_in_brackets():
    assert normal_name("苏鲲科技（集团）有限公司") == normal_name("苏鲲科技集团") == "苏鲲科技集团"


def test_a_branch_is_the_same_with_and_without_the_form_of_its_head():
    assert normal_name("苏鲲科技有限公司平江分公司") == normal_name("苏鲲科技平江分公司")
    assert name_parts("苏鲲科技有限公司平江分公司").branch == "科技平江分公司"


def test_places_are_kept_apart_to_tell_firms_of_two_cities():
    parts = name_parts("江苏省苏州市苏鲲科技有限公司", DIVISIONS)
    assert parts.places == {"江苏", "苏州"}
    assert name_parts("苏鲲科技（无锡）有限公司", DIVISIONS).places == {"无锡"}


def test_without_divisions_only_the_sign_of_a_city_is_dropped():
    assert normal_name("苏州市苏鲲科技有限公司") == normal_name("苏州苏鲲科技有限公司") == "苏州苏鲲科技"
    assert normal_name("绿城市政工程有限公司") == "绿城市政工程"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("苏州有限公司", "苏州"),
        ("苏州科技有限公司", "科技"),
        ("有限公司", "有限公司"),
        ("公司", "公司"),
        ("某某中心（有限合伙）", "某某中心"),
        ("ＡＢＣ　Ｌｔｄ．", "abcltd"),
        ("", ""),
        ("（）", ""),
    ],
)
def test_a_name_never_loses_its_last_two_characters(name, core):
    assert normal_name(name, DIVISIONS) == core


def test_a_division_of_one_character_is_taken_whole():
    assert normal_name("吴县苏鲲科技", frozenset({"吴县"})) == "苏鲲科技"


def test_a_short_name_is_what_people_say():
    assert short_name("苏州市Sukun科技（集团）有限公司", DIVISIONS) == "Sukun科技"
    assert short_name("集团") == "集团"
    assert short_name("苏集团") == "苏集团"


@given(st.text("苏鲲科技有限公司集团分责任股份()（） 市省州江a1", max_size=20))
def test_the_normal_name_is_made_of_letters_and_digits_only(name):
    found = normal_name(name, DIVISIONS)
    assert found == "" or found.isalnum()
