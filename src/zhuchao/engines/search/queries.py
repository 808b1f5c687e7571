"""Read what a person typed into the search box, and say it to a database without ever passing the text on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from zhuchao.engines import EngineError
from zhuchao.engines.search.documents import bigrams, fold, initials_of_run, is_code, mark_token, runs

QueryKind = Literal["text", "initials", "code"]

LONGEST: Final = 100
_LETTERS: Final = re.compile(r"[0-9]*[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: all the `words`, each a phrase of bigrams in order.

    `kinds` says how each word is looked for: "text" by its phrase; "initials" by its phrase or as pinyin initials
    (or as the beginning of a code such as PJ2023001); "code" as the beginning of a code only, its phrase being that
    one token, for the digits of every code would be slow to go through.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    kinds: tuple[QueryKind, ...]

    @property
    def kind(self) -> QueryKind:
        """The kind of all words, "text" when they differ."""
        return self.kinds[0] if len(set(self.kinds)) == 1 else "text"


def query(text: str) -> Query:
    """Read a query: words parted by spaces and punctuation, all of which must be found.

    Raises:
        EngineError: `query_empty`; `query_too_short` (word: a word of one character); `query_too_long` (most).

    >>> query("人民路 1401号").phrases
    (('人民', '民路'), ('14', '40', '01', '1号'))
    >>> query("skkj").kind, query("91320506MA1").kind
    ('initials', 'code')
    """
    if len(text) > LONGEST:
        raise EngineError("query_too_long", f"at most {LONGEST} characters", most=LONGEST)
    words = tuple(dict.fromkeys(runs(text)))
    if not words:
        raise EngineError("query_empty", "there is nothing to look for")
    phrases: list[tuple[str, ...]] = []
    kinds: list[QueryKind] = []
    for word in words:
        if len(word) < 2:
            raise EngineError("query_too_short", f"{word!r} is one character; two are needed", word=word)
        if is_code(word) and word[0].isdigit():
            kinds.append("code")
            phrases.append((f"wh{word}",))
        else:
            kinds.append("initials" if _LETTERS.fullmatch(word) else "text")
            phrases.append(tuple(bigrams(word)))
    return Query(words, tuple(phrases), tuple(kinds))


def fts5_match(asked: Query, *, scopes: Sequence[str], things: Sequence[str] = ()) -> str:
    """Return the MATCH expression for SQLite FTS5, made of the query's tokens only.

    Args:
        scopes: marks of which a row must have at least one: the zones the person may see.
        things: marks of which a row must have at least one, if any are given: the kinds of thing looked for.

    Raises:
        EngineError: `search_without_scope` when there is no scope, for that would search everything; `search_mark`.

    >>> fts5_match(query("苏鲲"), scopes=["z1", "z2"], things=["tenterprise"])
    '("苏鲲") AND ("scz1" OR "scz2") AND ("sctenterprise")'
    """

    def one(word: str, phrase: tuple[str, ...], kind: QueryKind) -> str:
        said = f'"{" ".join(phrase)}"'
        if kind == "code":
            return f"({said}*)"
        if kind == "initials":
            sound = " ".join(f"py{pair}" for pair in phrase)
            code = f' OR "wh{word}"*' if is_code(word) else ""
            return f'({said} OR "{sound}"{code})'
        return f"({said})"

    parts = [one(*each) for each in zip(asked.words, asked.phrases, asked.kinds, strict=True)]
    parts += ["(" + " OR ".join(f'"{token}"' for token in marks) + ")" for marks in _marks(scopes, things)]
    return " AND ".join(parts)


def tsquery(asked: Query, *, scopes: Sequence[str], things: Sequence[str] = ()) -> str:
    """Return the text of a PostgreSQL tsquery (to cast with `::tsquery`), made of the query's tokens only.

    Takes and raises the same as `fts5_match`.

    >>> tsquery(query("苏鲲汽"), scopes=["z1"])
    "('苏鲲' <-> '鲲汽') & ('scz1')"
    """

    def one(word: str, phrase: tuple[str, ...], kind: QueryKind) -> str:
        said = " <-> ".join(f"'{token}'" for token in phrase)
        if kind == "code":
            return f"({said}:*)"
        if kind == "initials":
            sound = " <-> ".join(f"'py{pair}'" for pair in phrase)
            code = f" | 'wh{word}':*" if is_code(word) else ""
            return f"(({said}) | ({sound}){code})"
        return f"({said})"

    parts = [one(*each) for each in zip(asked.words, asked.phrases, asked.kinds, strict=True)]
    parts += ["(" + " | ".join(f"'{token}'" for token in marks) + ")" for marks in _marks(scopes, things)]
    return " & ".join(parts)


def highlight(text: str, asked: Query) -> list[tuple[str, bool]]:
    """Cut a text into parts, each with whether it is what was looked for; the parts joined are the text.

    >>> highlight("苏鲲科技园", query("科技"))
    [('苏鲲', False), ('科技', True), ('园', False)]
    """
    hit = [False] * len(text)
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = fold(character)
        for letter in "\n" if folded is None else folded:
            letters.append(letter)
            places.append(place)
    plain = "".join(letters)
    sounded = "\n".join(map(initials_of_run, plain.split("\n"))) if "initials" in asked.kinds else plain
    for word, kind in zip(asked.words, asked.kinds, strict=True):
        for searched in (plain, sounded) if kind == "initials" else (plain,):
            start = searched.find(word)
            while start >= 0:
                first, last = places[start], places[start + len(word) - 1]
                hit[first : last + 1] = [True] * (last + 1 - first)
                start = searched.find(word, start + 1)
    parts: list[tuple[str, bool]] = []
    for character, is_hit in zip(text, hit, strict=True):
        if parts and parts[-1][1] == is_hit:
            parts[-1] = (parts[-1][0] + character, is_hit)
        else:
            parts.append((character, is_hit))
    return parts


def _marks(scopes: Sequence[str], things: Sequence[str]) -> list[list[str]]:
    """Return the marks of which a row must have one each."""
    if not scopes:
        raise EngineError("search_without_scope", "a search needs at least one scope")
    return [[mark_token(mark) for mark in marks] for marks in (scopes, things) if marks]
