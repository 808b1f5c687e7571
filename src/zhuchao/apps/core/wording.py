"""Join words and sentences the way the reader's language does it."""

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import pgettext


def listed(words: Iterable[object]) -> str:
    """Return words as an enumeration: ``甲、乙、丙``, in English ``A, B, C``. Empty words are left out.

    >>> listed(["苏州", "", "无锡"])
    '苏州、无锡'
    """
    return _joined(pgettext("列举", "{first}、{second}"), words)


def clauses(parts: Iterable[object]) -> str:
    """Return parts of one sentence, without its end: ``新增 3 家，变更 2 家``."""
    return _joined(pgettext("分句", "{first}，{second}"), parts)


def remarks(parts: Iterable[object]) -> str:
    """Return remarks that have nothing to do with each other in one line: ``合同 12 号；面积按图``."""
    return _joined(pgettext("并列", "{first}；{second}"), parts)


def sentences(parts: Iterable[object]) -> str:
    """Return whole sentences one after the other; English sets a space between them."""
    return _joined(pgettext("句子", "{first}{second}"), parts)


def full_stop(text: str) -> str:
    """Return a text as a whole sentence."""
    return pgettext("句子", "{text}。").format(text=text) if text else ""


def labelled(label: object, text: object) -> str:
    """Return a text under its label: ``联系人：李某``."""
    return pgettext("标签", "{label}：{text}").format(label=label, text=text)


def explained(text: object, why: object) -> str:
    """Return a text with its explanation in brackets, without them where there is none: ``面积（㎡）``."""
    return pgettext("括注", "{text}（{why}）").format(text=text, why=why) if str(why or "") else str(text)


def ranged(first: object, last: object) -> str:
    """Return a first and a last as a span: ``2026-01 至 2026-05``; one alone where they are the same."""
    return (
        str(first) if first == last else pgettext("区间", "{first} 至 {last}").format(first=first, last=last)
    )


def quoted(text: object) -> str:
    """Return a text in the quotation marks of the language."""
    return pgettext("引号", "“{text}”").format(text=text)


def _joined(pattern: str, parts: Iterable[object]) -> str:
    said = [text for text in (str(part) for part in parts if part is not None) if text]
    return reduce(lambda first, second: pattern.format(first=first, second=second), said) if said else ""
