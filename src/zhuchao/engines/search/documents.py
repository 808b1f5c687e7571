"""Turn text into the tokens of an index.

A token is one of these, told apart by its first two characters and its length, so that no text can pass for another
kind: a bigram (exactly two characters, or `uu` + 10 hexadecimal digits when one of them is outside the characters
both databases know); `wh` + a whole word with a digit (codes, telephones); `py` + a bigram of pinyin initials;
`sc` + a mark of the caller's (zone, kind of thing); and `x`, which parts two runs, so that no phrase crosses it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from zhuchao.engines import EngineError

SEPARATOR: Final = "x"
CODE_LENGTH: Final = 6  # a word with a digit and at least this long is also kept whole

_MARK: Final = re.compile(r"[a-z][a-z0-9]*")
_ASCII_WORD: Final = re.compile(r"[0-9a-z]+")
_JOINING: Final = frozenset(
    {"Pc", "Pd", "Pe", "Pf", "Pi", "Ps"}
)  # dashes, brackets, quotes: a name goes on after them
_JOINING_SIGNS: Final = frozenset("·•・.&#'*")
# What both SQLite's unicode61 (Unicode 6.1) and PostgreSQL keep as letters; anything rarer is spelt in hexadecimal.
_KNOWN: Final = re.compile("[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]*")
_CHINESE: Final = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
# What a first character is read as in a surname or a place, where the dictionary prefers another reading.
_OTHER_READINGS: Final = dict(
    zip("单曾解仇区查朴盖尉缪翟种乐覃冼洗重长行厦万", "szxqozpgymzcyqxxcchxm", strict=True)
)


def terms(text: str) -> tuple[str, ...]:
    """Return the bigrams of a text in order, runs parted by the separator.

    Full width, case and accents do not matter; dashes, brackets and quotes are passed over; other punctuation and
    spaces end a run. A run of one character has no bigram: a word of one character cannot be looked for.

    >>> terms("苏鲲科技（A座） 3楼")
    ('苏鲲', '鲲科', '科技', '技a', 'a座', 'x', '3楼')
    """
    tokens: list[str] = []
    for run in runs(text):
        pairs = bigrams(run)
        if pairs and tokens:
            tokens.append(SEPARATOR)
        tokens += pairs
    return tuple(tokens)


def initials(text: str) -> str:
    """Return the pinyin initials of the Chinese characters, other letters and digits kept, one space between runs.

    >>> initials("苏鲲科技 5G"), initials("重庆长安")
    ('skkj 5g', 'cqca')
    """
    return " ".join(initials_of_run(run) for run in runs(text))


def document(*texts: str, pinyin: bool = True, extra: Iterable[str] = (), marks: Iterable[str] = ()) -> str:
    """Return the tokens of one row, to be stored in an FTS5 (unicode61) or tsvector ('simple') column.

    Two documents may be joined by a space: initials for a name, say, and none for a long note.

    Args:
        texts: one for each field; no phrase crosses from one to the next.
        pinyin: also find the texts by their pinyin initials (both readings of a surname).
        extra: codes and telephone numbers, found by their beginning only, so that they cost one token.
        marks: scopes and kinds as given to `fts5_match` and `tsquery`, such as "z12" and "tenterprise".

    Raises:
        EngineError: `search_mark` when a mark is not lower-case letters and digits.

    >>> document("苏鲲", extra=["91-A1"], marks=["z12"])
    'x 苏鲲 x wh91a1 x pysk x scz12 x'
    """
    tokens = [SEPARATOR]
    words: dict[str, None] = {}
    sounds: dict[str, None] = {}
    for text in texts:
        for run in runs(text):
            pairs = bigrams(run)
            if pairs:
                tokens += pairs
                tokens.append(SEPARATOR)
            words.update(dict.fromkeys(word for word in _ASCII_WORD.findall(run) if is_code(word)))
            if pinyin:
                sounds.update(dict.fromkeys(_readings(run)))
    for word in extra:
        words["".join(runs(word))] = None
    for word in words:
        if word:
            tokens += [f"wh{spelt(word)}", SEPARATOR]
    for sound in sounds:
        tokens += [f"py{pair}" for pair in bigrams(sound)]
        tokens.append(SEPARATOR)
    for mark in marks:
        tokens += [mark_token(mark), SEPARATOR]
    return " ".join(tokens)


def mark_token(mark: str) -> str:
    """Return the token of a caller's mark; raise EngineError `search_mark` for anything but letters and digits."""
    if not _MARK.fullmatch(mark):
        raise EngineError("search_mark", f"a mark is lower-case letters and digits, got {mark!r}", found=mark)
    return f"sc{mark}"


def is_code(word: str) -> bool:
    """Tell whether a word is looked for as a code: ASCII, six characters or more, a digit in front or four in it."""
    if len(word) < CODE_LENGTH or not word.isascii():
        return False
    return word[0].isdigit() or sum(map(str.isdigit, word)) >= 4


@lru_cache(maxsize=65536)
def fold(character: str) -> str | None:
    """Return a character as it is indexed, "" when it is passed over, None when it ends a run."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character).casefold())
    kept = unicodedata.normalize("NFC", "".join(part for part in plain if not "\u0300" <= part <= "\u036f"))
    indexed = "".join(part for part in kept if part.isalnum())
    if indexed:
        return indexed
    joins = all(part in _JOINING_SIGNS or unicodedata.category(part) in _JOINING for part in kept)
    return "" if joins else None


def runs(text: str) -> Iterator[str]:
    """Give the runs of a text: characters that follow each other, as they are indexed."""
    run: list[str] = []
    for character in text:
        folded = fold(character)
        if folded is None:
            if run:
                yield "".join(run)
                run = []
        elif folded:
            run.append(folded)
    if run:
        yield "".join(run)


def bigrams(run: str) -> list[str]:
    """Return the bigrams of a run in order, each as one token that both databases keep whole."""
    if _KNOWN.fullmatch(run):
        return [first + second for first, second in pairwise(run)]
    return [
        pair if _KNOWN.fullmatch(pair) else f"uu{ord(pair[0]):05x}{ord(pair[1]):05x}"
        for pair in (first + second for first, second in pairwise(run))
    ]


def spelt(word: str) -> str:
    """Return a whole word with every character outside the known ones in hexadecimal."""
    return "".join(part if _KNOWN.fullmatch(part) else f"u{ord(part):05x}" for part in word)


def initials_of_run(run: str) -> str:
    """Return a run of the same length, every Chinese character by its initial."""
    from pypinyin.seg.mmseg import seg  # 100 ms of tables that a reader without pinyin need not pay

    return _CHINESE.sub(lambda chinese: "".join(map(_initials_of_word, seg.cut(chinese.group()))), run)


@lru_cache(maxsize=65536)
def _initials_of_word(word: str) -> str:
    """Return the initials of one word of the dictionary; the same few thousand words make up most names."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors=lambda rest: rest))


def _readings(run: str) -> Iterator[str]:
    """Give the initials of a run, and again with its first character as the surname it may be."""
    usual = initials_of_run(run)
    if usual == run:
        return
    yield usual
    surname = _OTHER_READINGS.get(run[0])
    if surname is not None:
        yield surname + usual[1:]
