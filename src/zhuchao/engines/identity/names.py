"""Bring the names of firms to a form in which two ways of writing one name are equal."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

_FORMS: Final = ("股份有限责任公司", "股份有限公司", "有限责任公司", "股份公司", "有限公司", "总公司", "公司")
_PARTNERSHIPS: Final = ("特殊普通合伙", "普通合伙", "有限合伙", "个人独资")
_BRANCHES: Final = (
    *("分公司", "子公司", "分厂", "分店", "分部", "分所", "分行", "支行"),
    *("办事处", "营业部", "代表处"),
)
_PROVINCE_NAMES: Final = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南
四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
"""
_PROVINCES: Final = frozenset(_PROVINCE_NAMES.split())
_CITY_PROVINCES: Final = frozenset({"北京", "天津", "上海", "重庆"})
_DIVISION_ENDS: Final = re.compile(
    r"(壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|自治州|自治县|新区|高新区|经开区|开发区|街道|省|市|区|县|镇|乡)$"
)
_REMARK: Final = re.compile(r"\((筹|筹建|筹备|拟|拟设|暂定|暂定名|原[^)]*|曾用名[^)]*|已?更名[^)]*)\)")
_BRACKETED: Final = re.compile(r"\(([^()]+)\)")
_BRACKETS: Final = str.maketrans("[]{}〔〕【】〈〉《》", "()()()()()()")
# "市" after two characters is a city's, unless it begins the next word.
_CITY: Final = re.compile(r"^(\w{2,3})市(?![政场民容集])(?=\w{3})")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart for comparison.

    `places` are the divisions it begins with or has in brackets, without 省 市 区; `core` is the rest without
    its legal form; `branch` is the end of a branch's name (平江分公司), a registration of its own.
    """

    places: frozenset[str]
    core: str
    branch: str


def normal_name(name: str, divisions: frozenset[str] = frozenset()) -> str:
    """Return the form in which names are compared: one firm's ways of writing its name give one form.

    Half width, lower case; no spaces, punctuation, remarks such as (筹) or legal form (有限公司, also misspelt),
    and no division in front or in brackets. Provinces are known; pass cities, districts and streets as
    `divisions` (苏州市 covers 苏州 too). 集团 stays, since a group's parent is not its subsidiary, and so does a
    branch's end.

    >>> normal_name("江苏省苏鲲科技（苏州）股份有限公司", frozenset({"苏州市"}))
    '苏鲲科技'
    """
    return name_parts(name, divisions).core


def short_name(name: str, divisions: frozenset[str] = frozenset()) -> str:
    """Return what people call the firm: the name without division, legal form and 集团, case kept.

    >>> short_name("苏州市 Sukun 科技集团有限公司", frozenset({"苏州市"}))
    'Sukun科技'
    """
    core = _take_apart(_half_width(name), divisions).core
    group = core.removesuffix("集团")
    return group if len(group) >= 2 else core


def name_parts(name: str, divisions: frozenset[str] = frozenset()) -> NameParts:
    """Take a name apart for comparison; see `normal_name`."""
    return _take_apart(_half_width(name).casefold(), divisions)


def _half_width(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_BRACKETS)


def _take_apart(text: str, divisions: frozenset[str]) -> NameParts:
    stems, longest = _place_stems(divisions)
    text = "".join(text.split())
    places: set[str] = set()
    if "(" in text:
        text = _REMARK.sub("", text)
        for inside in _BRACKETED.findall(text):
            if inside in stems:
                places.add(stems[inside])
                text = text.replace(f"({inside})", "", 1)
    if not text.isalnum():
        text = "".join(character for character in text if character.isalnum())
    core, branch = _without_form(text)
    start = 0
    while len(core) - start > 2:
        for length in range(min(longest, len(core) - start - 2), 1, -1):
            stem = stems.get(core[start : start + length])
            if stem is not None:
                places.add(stem)
                start += length
                break
        else:
            break
    core = core[start:]
    if not start:
        core = _CITY.sub(r"\1", core)
    return NameParts(frozenset(places), core, branch)


@lru_cache(maxsize=16)
def _place_stems(divisions: frozenset[str]) -> tuple[dict[str, str], int]:
    """Map every way of writing a division to its stem, and give the length of the longest."""
    stems = {}
    provinces = (name + ("市" if name in _CITY_PROVINCES else "省") for name in _PROVINCES)
    for name in (*provinces, *divisions):
        stem = _DIVISION_ENDS.sub("", name)
        stem = stem if len(stem) >= 2 else name
        stems[name] = stems[stem] = stem
    return stems, max(map(len, stems))


def _without_form(text: str) -> tuple[str, str]:
    """Return the name without its legal form, and the end of a branch's name."""
    for branch in _BRANCHES:
        if text.endswith(branch):
            head = _INNER_FORM.sub("", text[: -len(branch)])
            return head + branch, (head + branch)[-len(branch) - 4 :]
    core = text
    for partnership in _PARTNERSHIPS:
        core = core.removesuffix(partnership)
    for _ in range(2):  # "有限公司有限公司" is a common slip of pasting
        found = _FORM_AT_END.search(core)
        core = core[: found.start()] if found else core
    core = core.rstrip("股份") if core.endswith(("股份", "股")) else core
    return (core, "") if len(core) >= 2 else (text, "")


def _slips(form: str) -> Iterable[str]:
    """Give patterns for one slip of the keyboard in a legal form: wrong, missing, doubled, swapped."""
    for position in range(len(form)):
        yield form[:position] + "." + form[position + 1 :]
        yield form[:position] + form[position] + form[position:]
        yield form[:position] + form[position + 1 :]
    for position, (first, second) in enumerate(pairwise(form)):
        yield form[:position] + second + first + form[position + 2 :]


_LONG_FORMS: Final = tuple(form for form in _FORMS if len(form) >= 4)
_FORM_AT_END: Final = re.compile(
    "(?:"
    + "|".join(
        [
            *_FORMS,
            *sorted({slip for form in _LONG_FORMS for slip in _slips(form)}, key=len, reverse=True),
            "股份有限",
            "有限责任",
            "有限",
        ]
    )
    + ")$"
)
_INNER_FORM: Final = re.compile("|".join(_LONG_FORMS))
