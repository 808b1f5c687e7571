"""Join words and sentences the way the reader's language does it."""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from django.utils.translation import get_language, pgettext, pgettext_lazy

from zhuchao.engines.units import show_money, show_number

# The units that ledgers are kept in, as they stand in a header or beside a box.
UNITS = {
    "元": pgettext_lazy("单位", "元"),
    "万元": pgettext_lazy("单位", "万元"),
    "亿元": pgettext_lazy("单位", "亿元"),
    "美元": pgettext_lazy("单位", "美元"),
    "万美元": pgettext_lazy("单位", "万美元"),
    "亿美元": pgettext_lazy("单位", "亿美元"),
    "亩": pgettext_lazy("单位", "亩"),
    "个": pgettext_lazy("单位", "个"),
    "家": pgettext_lazy("单位", "家"),
    "次": pgettext_lazy("单位", "次"),
    "人": pgettext_lazy("单位", "人"),
    "吨标准煤": pgettext_lazy("单位", "吨标准煤"),
    "m³/天": pgettext_lazy("单位", "m³/天"),
    "元/㎡·天": pgettext_lazy("单位", "元/㎡·天"),
}
_MILLION = 10**6


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
    return f"{colon(label)}{text}"


def explained(text: object, why: object) -> str:
    """Return a text with its explanation in brackets, without them where there is none: ``面积（㎡）``."""
    return f"{text}{bracketed(why)}"


def ranged(first: object, last: object) -> str:
    """Return a first and a last as a span: ``2026-01 至 2026-05``; one alone where they are the same."""
    return (
        str(first) if first == last else pgettext("区间", "{first} 至 {last}").format(first=first, last=last)
    )


def colon(label: object) -> str:
    """Return a label with its colon, for what stands after it in a tag of its own."""
    return pgettext("标签", "{label}：").format(label=label)


def comma(text: object) -> str:
    """Return a part of a sentence with its comma, for what stands after it in a tag of its own."""
    return pgettext("分句", "{text}，").format(text=text)


def bracketed(text: object) -> str:
    """Return a text in brackets, to stand behind what it explains; nothing for nothing."""
    return pgettext("括注", "（{text}）").format(text=text) if str(text or "") else ""


def unit_word(unit: object) -> str:
    """Return a unit as the reader's language names it; one that is not known stays as it is."""
    return str(UNITS.get(str(unit), unit))


def in_unit(number: object, unit: object) -> str:
    """Return a number with its unit; a unit that is a multiple itself is told apart: ``3.20 × 100 million yuan``."""
    word = unit_word(unit)
    return f"{number} × {word}" if word[:1].isdigit() else f"{number} {word}".rstrip()


def said_money(yuan: Decimal | None, unit: str) -> str:
    """Return an amount of yuan in a sentence: in ``unit`` (万元, 亿元); in millions where one does not count so.

    >>> said_money(Decimal(1250000), "万元")
    '125.00 万元'
    """
    if yuan is None or str(get_language()).startswith("zh"):
        return show_money(yuan, unit)  # type: ignore[arg-type]
    if abs(yuan) < _MILLION:
        return pgettext("金额", "{number} 元").format(number=show_number(yuan, 0))
    return pgettext("金额", "{number} 百万元").format(number=show_number(yuan / _MILLION, 2))


def quoted(text: object) -> str:
    """Return a text in the quotation marks of the language."""
    return pgettext("引号", "“{text}”").format(text=text)


def _joined(pattern: str, parts: Iterable[object]) -> str:
    said = [text for text in (str(part) for part in parts if part is not None) if text]
    return reduce(lambda first, second: pattern.format(first=first, second=second), said) if said else ""
