import re
import sqlite3

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.search import Query, document, fts5_match, highlight, query, terms, tsquery

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)
FEW = st.text("苏鲲平江湖", min_size=2, max_size=8)


def holds(stored: str, asked: Query) -> bool:
    """Look a query up as a full-text index does: every phrase, its tokens next to each other."""
    tokens = f" {stored} "

    def one(word, phrase, kind):
        ways = [" ".join(phrase)]
        if f" wh{word}" in tokens:
            return True
        if kind == "initials":
            ways.append(" ".join(f"py{pair}" for pair in phrase))
        return any(f" {way}{'' if kind == 'code' else ' '}" in tokens for way in ways)

    return all(one(*each) for each in zip(asked.words, asked.phrases, asked.kinds, strict=True))


class Index:
    """A real FTS5 index with one row."""

    def __init__(self, stored: str) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create virtual table found using fts5(tokens, tokenize = 'unicode61')")
        self.db.execute("insert into found values (?)", [stored])

    def finds(self, match: str) -> bool:
        return bool(self.db.execute("select count(*) from found where found match ?", [match]).fetchone()[0])


@given(CHINESE, st.data())
def test_every_substring_of_two_characters_and_more_is_found(name, data):
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))
    assert holds(document(name), query(name[start:end]))


@given(FEW, FEW, FEW)
@example("平江", "江湖", "平江湖")
def test_what_is_not_a_substring_is_not_found(first, second, wanted):
    found = holds(document(first, second, pinyin=False), query(wanted))
    assert found == (wanted in first or wanted in second)


@settings(max_examples=40)
@given(FEW, FEW)
def test_sqlite_finds_exactly_the_substrings(name, wanted):
    index = Index(document(name, marks=["z1"]))
    assert index.finds(fts5_match(query(wanted), scopes=["z1"])) == (wanted in name)


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("苏鲲", True),
        ("鲲科技", True),
        ("科技苏州", True),
        ("科技 人民路", True),
        ("1401", True),
        ("路1401号", True),
        ("skkj", True),
        ("KKJ", True),
        ("5g", True),
        ("rml1401h", True),
        ("91320506", True),
        ("91320506MA1X", True),
        ("PJ2023-0", True),
        ("2023001", False),
        ("\U0002cb5a电", True),
        ("苏州 skkj 91320506", True),
        ("苏科", False),
        ("科技 平江", False),
        ("skjj", False),
        ("320506", False),
        ("91320507", False),
    ],
)
def test_sqlite_answers_as_people_expect(asked, is_found):
    stored = document(
        "苏鲲科技（苏州）5G园\U0002cb5a电池",
        "人民路1401号",
        extra=["91320506MA1X", "PJ2023-001"],
        marks=["z1", "tfirm"],
    )
    match = fts5_match(query(asked), scopes=["z2", "z1"], things=["tfirm"])
    assert Index(stored).finds(match) is is_found
    assert holds(stored, query(asked)) is is_found


def test_a_row_of_another_scope_or_kind_is_not_found():
    index = Index(document("苏鲲 Z1 SCZ1 scz9", extra=["z1", "scz1"], marks=["z2", "tfirm"]))
    assert index.finds(fts5_match(query("苏鲲"), scopes=["z2"]))
    assert not index.finds(fts5_match(query("苏鲲"), scopes=["z1", "z9"]))
    assert not index.finds(fts5_match(query("苏鲲"), scopes=["z2"], things=["tlead"]))
    assert index.finds(fts5_match(query("苏鲲"), scopes=["z2"], things=["tlead", "tfirm"]))


def test_five_hundred_scopes_are_not_too_many():
    index = Index(document("苏鲲", marks=["z499"]))
    assert index.finds(fts5_match(query("苏鲲"), scopes=[f"z{number}" for number in range(500)]))


HOSTILE = st.text(
    st.sampled_from(list("\"'*():^+-&|!<>\\;%_{}[]~?=. \t\nANDORNTEAR苏鲲x1")), min_size=1, max_size=40
)


@settings(max_examples=100)
@given(HOSTILE | st.text(max_size=40))
@example('" OR "scz2')
@example("苏鲲' | 'scz2")
@example("NEAR(苏鲲 科技)")
@example("tokens:苏鲲*")
def test_nothing_that_is_typed_becomes_syntax(text):
    try:
        asked = query(text)
    except EngineError as error:
        assume(error.code in ("query_empty", "query_too_short"))
        return
    scopes, things = ["z1"], ["tfirm"]
    match = fts5_match(asked, scopes=scopes, things=things)
    assert re.sub('"[^"]*"', "", match).strip("AND OR()*") == ""
    assert all(
        re.fullmatch("[0-9a-z \u3400-\u4db5\u4e00-\u9fcc]+", token)
        for token in re.findall('"([^"]*)"', match)
    )
    said = tsquery(asked, scopes=scopes, things=things)
    assert set(re.sub("'[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]+'", "", said)) <= set("()&|<-> :*")
    assert not Index(document("苏鲲科技", marks=["z2", "tfirm"])).finds(match)


@pytest.mark.parametrize(
    ("asked", "kind", "phrases"),
    [
        ("苏鲲科技", "text", (("苏鲲", "鲲科", "科技"),)),
        ("人民路 1401号", "text", (("人民", "民路"), ("14", "40", "01", "1号"))),
        ("SKKJ", "initials", (("sk", "kk", "kj"),)),
        ("skkj5g", "initials", (("sk", "kk", "kj", "j5", "5g"),)),
        ("1401", "text", (("14", "40", "01"),)),
        ("140100", "code", (("wh140100",),)),
        ("PJ2023", "initials", (("pj", "j2", "20", "02", "23"),)),
        ("苏鲲 苏鲲", "text", (("苏鲲",),)),
        ("苏鲲 skkj", "text", (("苏鲲",), ("sk", "kk", "kj"))),
    ],
)
def test_a_query_is_words_that_must_all_be_found(asked, kind, phrases):
    assert (query(asked).kind, query(asked).phrases) == (kind, phrases)


@pytest.mark.parametrize(
    ("asked", "code", "data"),
    [
        ("", "query_empty", {}),
        (" ，", "query_empty", {}),
        ("园", "query_too_short", {"word": "园"}),
        ("苏鲲 园", "query_too_short", {"word": "园"}),
        ("苏" * 101, "query_too_long", {"most": 100}),
    ],
)
def test_what_cannot_be_looked_for_is_refused_clearly(asked, code, data):
    with pytest.raises(EngineError) as caught:
        query(asked)
    assert (caught.value.code, caught.value.data) == (code, data)


@pytest.mark.parametrize("say", [fts5_match, tsquery])
def test_a_search_without_scope_is_refused(say):
    with pytest.raises(EngineError) as caught:
        say(query("苏鲲"), scopes=[])
    assert caught.value.code == "search_without_scope"
    with pytest.raises(EngineError) as caught:
        say(query("苏鲲"), scopes=['z1" OR "z2'])
    assert caught.value.code == "search_mark"


def test_postgresql_is_asked_with_the_same_tokens():
    assert tsquery(query("苏鲲 skk 91320506"), scopes=["z1", "z2"], things=["tfirm"]) == (
        "('苏鲲') & (('sk' <-> 'kk') | ('pysk' <-> 'pykk')) & ('wh91320506':*) & ('scz1' | 'scz2') & ('sctfirm')"
    )
    assert tsquery(query("pj2023"), scopes=["z1"]).startswith("(('pj' <-> 'j2' <-> '20'")
    assert "| 'whpj2023':*)" in tsquery(query("pj2023"), scopes=["z1"])


@pytest.mark.parametrize(
    ("text", "asked", "hits"),
    [
        ("苏鲲科技园", "科技", ["科技"]),
        ("苏鲲（科技）园", "鲲科", ["鲲（科"]),
        ("苏鲲科技园，苏鲲", "skkj", ["苏鲲科技"]),
        ("SKKJ 苏鲲", "skk", ["SKK"]),
        ("江江江湖", "江江", ["江江江"]),
        ("人民路1401号", "人民 1401", ["人民", "1401"]),
        ("91320506MA", "91320506", ["91320506"]),
        ("苏鲲", "平江", []),
        ("", "平江", []),
    ],
)
def test_what_was_looked_for_is_shown(text, asked, hits):
    parts = highlight(text, query(asked))
    assert [part for part, is_hit in parts if is_hit] == hits


@given(st.text(max_size=40), FEW | st.just("skkj"))
def test_the_parts_of_a_highlight_are_the_text(text, asked):
    assert "".join(part for part, _ in highlight(text, query(asked))) == text


@given(CHINESE, st.data())
def test_what_is_found_by_its_text_is_highlighted(name, data):
    start = data.draw(st.integers(0, len(name) - 2))
    wanted = name[start : start + 2]
    assert any(wanted in part for part, is_hit in highlight(name, query(wanted)) if is_hit)
    assert set(terms(wanted)) <= set(terms(name))
