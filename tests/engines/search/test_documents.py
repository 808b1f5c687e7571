import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.search import document, initials, terms

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def test_a_run_becomes_its_bigrams_in_order():
    assert terms("苏鲲科技5G园") == ("苏鲲", "鲲科", "科技", "技5", "5g", "g园")


@pytest.mark.parametrize(
    "written", ["Ａ１—３＃楼", "a1-3#楼", "A1(3)楼", "á1·3楼", "A 1-3楼".replace(" ", "")]
)
def test_width_case_accents_and_joining_signs_do_not_matter(written):
    assert terms(written) == ("a1", "13", "3楼")


@pytest.mark.parametrize("between", [" ", "　", "\n", "，", "；", "、", "/", "。"])
def test_no_phrase_crosses_a_space_or_a_stop(between):
    assert terms(f"平江{between}江湖") == ("平江", "x", "江湖")


@pytest.mark.parametrize("text", ["", " ", "，。", "楼", "A 栋 3"])
def test_a_single_character_has_no_bigram(text):
    assert terms(text) == ()


def test_a_combining_accent_belongs_to_its_letter():
    assert terms("Cafe\u0301厅") == ("ca", "af", "fe", "e厅")


def test_a_character_the_databases_may_not_know_is_spelt_out():
    assert terms("\U0002cb5a电池") == ("uu2cb5a07535", "电池")
    assert document("〇一", pinyin=False) == "x uu0300704e00 x"


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("苏鲲科技", "skkj"),
        ("苏鲲科技 5G园", "skkj 5gy"),
        ("重庆长安银行", "cqcayh"),
        ("（人民路）1401号", "rml1401h"),
        ("", ""),
    ],
)
def test_initials_are_read_by_the_phrase(text, letters):
    assert initials(text) == letters


@given(CHINESE)
def test_there_is_one_initial_for_each_character(text):
    assert len(initials(text)) == len(text)


def test_a_surname_is_found_by_either_reading():
    tokens = document("单晓明").split()
    assert {"pydx", "pysx", "pyxm"} <= set(tokens)


def test_a_document_holds_each_kind_of_token_apart():
    assert document("苏鲲 A1", extra=["91-a1"], marks=["z12", "tenterprise"]) == (
        "x 苏鲲 x a1 x wh91a1 x pysk x scz12 x sctenterprise x"
    )


def test_a_field_ends_where_the_next_begins():
    assert document("平江", "江湖", pinyin=False) == "x 平江 x 江湖 x"
    assert f"{document('平江', pinyin=False)} {document('江湖', pinyin=False)}" == "x 平江 x x 江湖 x"


def test_a_long_number_in_a_text_is_kept_whole_too():
    assert "wh13812345678" in document("王经理13812345678").split()
    assert not any(token.startswith("wh") for token in document("人民路1401号").split())


def test_an_empty_or_signs_only_extra_leaves_nothing():
    assert document("苏鲲", extra=["", "--"], pinyin=False) == "x 苏鲲 x"
    assert document("苏鲲", extra=["〇1"], pinyin=False) == "x 苏鲲 x whu030071 x"


def test_text_without_chinese_has_no_initials():
    assert "py" not in document("ABC 123")


@pytest.mark.parametrize("mark", ["", "Z1", "z 1", 'z"1', "1z", "z1 OR z2", "县"])
def test_a_mark_is_letters_and_digits(mark):
    with pytest.raises(EngineError) as caught:
        document("苏鲲", marks=[mark])
    assert caught.value.code == "search_mark"


@given(st.text(max_size=40), st.text(max_size=20))
def test_every_token_is_one_that_both_databases_keep_whole(text, extra):
    tokens = document(text, extra=[extra], marks=["z1"]).split(" ")
    assert all(re.fullmatch("[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]+", token) for token in tokens)


@given(st.text(max_size=40), st.text("scwhpyuxz019 苏", max_size=20))
def test_no_text_can_pass_for_a_mark(text, extra):
    tokens = document(text, extra=[extra]).split(" ")
    assert not any(token.startswith("sc") and len(token) > 2 for token in tokens)
