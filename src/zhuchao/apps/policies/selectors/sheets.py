"""The rules of a version as a form shows them, read out of their text and written into it.

The text is the truth. What the form cannot show is left to the text: nothing here guesses. A condition is one comparison,
several of which all or any must hold, or a person's judgement; whatever else it is made of, it is not shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import Final

import yaml
from django.utils.translation import gettext_lazy as _

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, Field, Kind, Vocabulary
from zhuchao.engines.rules.language import read_condition

from .rules_text import RulesText, flow, flow_list, logic_with, logic_without, parts_of, said, scalar

_NAME: Final = r"([a-z][a-z0-9_]*)"
_VALUE: Final = r"([0-9][0-9.]*(?: ?[A-Za-z%‰㎡²/·\u4e00-\u9fff]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2})"
_WORD: Final = r"'([^'\"\\\r\n]+)'"
_WORDS: Final = rf"\(\s*({_WORD}(?:\s*,\s*{_WORD})*)\s*\)"
_BETWEEN: Final = re.compile(r"[、，,;；\n]+")
_SIGNS: Final = {">=": "at_least", ">": "above", "<=": "at_most", "<": "below", "=": "equals", "==": "equals"}
_SIGN_OF: Final = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "equals": "="}
_SPANS: Final = {"year": "年", "month": "个月", "day": "天"}
_SPAN_OF: Final = {"年": "year", "个月": "month", "月": "month", "天": "day", "日": "day"}
_AGE: Final = re.compile(r"(\d{1,3})\s*(年|个月|月|天|日)?")

OPERATORS: Final = (
    (
        _("数字"),
        (
            ("at_least", _("不低于")),
            ("above", _("高于")),
            ("at_most", _("不高于")),
            ("below", _("低于")),
            ("equals", _("等于")),
        ),
    ),
    (
        _("日期"),
        (
            ("aged", _("满（如 1 年）")),
            ("younger", _("不满（如 1 年）")),
            ("since", _("不早于")),
            ("until", _("不晚于")),
        ),
    ),
    (_("选项"), (("one_of", _("属于")), ("none_of", _("不属于")))),
    (_("代码"), (("begins", _("以……开头")), ("not_begins", _("不以……开头")))),
    (_("资质与称号"), (("has", _("有资质")), ("lacks", _("没有资质")))),
    (_("是否"), (("yes", _("为“是”")), ("no", _("为“否”")))),
)
"""How a field is compared, by the kind of field, in the words of the form."""
_NEEDS: Final = {
    **dict.fromkeys(("at_least", "above", "at_most", "below", "equals"), SIZED - {Kind.DATE}),
    **dict.fromkeys(("aged", "younger", "since", "until"), frozenset({Kind.DATE})),
    **dict.fromkeys(("one_of", "none_of"), frozenset({Kind.CHOICE, Kind.CODE})),
    **dict.fromkeys(("begins", "not_begins"), frozenset({Kind.CODE})),
    **dict.fromkeys(("has", "lacks"), frozenset({Kind.TAGS})),
    **dict.fromkeys(("yes", "no"), frozenset({Kind.FLAG})),
}
FITTING: Final = _NEEDS


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: a field, or its share of another, an operator, and the value as people type it."""

    field: str
    operator: str
    value: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A condition as the form shows it; ``join`` is one, all, any or manual."""

    id: str
    text: str
    article: str = ""
    is_unconfirmed: bool = False
    join: str = "one"
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A condition of a text: as the form shows it, or None where only the text can; ``written`` is as it stands there."""

    at: int
    line: int
    id: str
    text: str
    article: str
    written: str
    column: int
    shown: Shown | None

    @property
    def display(self) -> str:
        """Return it as it is written, set to the left."""
        return dedent(" " * self.column + self.written)


def lines_of(text: RulesText, vocabulary: Vocabulary) -> list[Line]:
    """Return the conditions of a text in order."""
    found = []
    for at, node in enumerate(text.items("conditions")):
        parts = parts_of(node)
        shown = None if text.has_comment(node) else read_shown(node, vocabulary)
        found.append(
            Line(
                at,
                node.start_mark.line + 1,
                said(parts.get("id")),
                said(parts.get("text")),
                said(parts.get("article")),
                text.written(node),
                node.start_mark.column,
                shown,
            )
        )
    return found


def read_shown(node: yaml.Node, vocabulary: Vocabulary) -> Shown | None:
    """Return a condition as the form shows it, or None where it is made of more than the form has."""
    parts = parts_of(node)
    asks = [key for key in parts if key in ("test", "any", "all", "banded", "manual")]
    plain = all(isinstance(parts[key], yaml.ScalarNode) for key in parts if key not in ("any", "all"))
    known = {"id", "text", "article", "status", "test", "any", "all", "manual"}
    status = said(parts.get("status"))
    if len(asks) != 1 or not plain or set(parts) - known or status not in ("", "confirmed", "unconfirmed"):
        return None
    shown = Shown(
        said(parts.get("id")),
        said(parts.get("text")),
        said(parts.get("article")),
        status == "unconfirmed",
        "one",
    )
    if asks == ["manual"]:
        return replace(shown, join="manual") if said(parts["manual"]) == "true" else None
    inner = parts[asks[0]]
    tests = inner.value if isinstance(inner, yaml.SequenceNode) else [inner]
    rows = [read_row(said(_test(test)), vocabulary) for test in tests]
    if not rows or any(row is None for row in rows):
        return None
    join = "one" if asks == ["test"] else asks[0]
    return replace(shown, join=join, rows=tuple(row for row in rows if row is not None))


def _test(node: yaml.Node) -> yaml.Node | None:
    """Return the text of a part of a group: itself, or what stands under ``test`` alone."""
    parts = parts_of(node)
    return parts["test"] if set(parts) == {"test"} else node


def read_row(test: str, vocabulary: Vocabulary) -> Row | None:
    """Return a comparison as the form shows it, or None for any other."""
    row = _read(test.strip())
    if row is None or row.field not in vocabulary or (row.over and row.over not in vocabulary):
        return None
    field = vocabulary[row.field]
    if field.kind is Kind.DATE and row.operator in ("at_least", "at_most") and not row.over:
        row = replace(row, operator="since" if row.operator == "at_least" else "until")
    if row.operator == "equals" and field.kind in (Kind.CHOICE, Kind.CODE):
        return None  # a number where a word should stand
    return row if field.kind in _NEEDS[row.operator] and _is_same(test, row, vocabulary) else None


def _is_same(test: str, row: Row, vocabulary: Vocabulary) -> bool:
    """Return whether a comparison as the form writes it means what the text says."""
    try:
        return read_condition(test, vocabulary).logic == read_condition(write_row(row), vocabulary).logic
    except EngineError:
        return False


def _read(test: str) -> Row | None:
    if found := re.fullmatch(rf"{_NAME}\s*/\s*{_NAME}\s*(>=|<=|==|=|>|<)\s*{_VALUE}", test):
        return Row(found[1], _SIGNS[found[3]], found[4], found[2])
    if found := re.fullmatch(rf"{_NAME}\s*(<=|>)\s*as_of\s*-\s*(\d{{1,3}})\s*(year|month|day)s?", test):
        operator = "aged" if found[2] == "<=" else "younger"
        return Row(found[1], operator, f"{found[3]}{_SPANS[found[4]]}")
    if found := re.fullmatch(rf"{_NAME}\s*(>=|<=|==|=|>|<)\s*{_VALUE}", test):
        return Row(found[1], _SIGNS[found[2]], found[3])
    return _read_words(test)


def _read_words(test: str) -> Row | None:
    body = test.removeprefix("not ").strip()
    is_not = body != test
    if found := re.fullmatch(_NAME, body):
        return Row(found[1], "no" if is_not else "yes")
    if found := re.fullmatch(rf"has\(\s*{_NAME}\s*,(.+)\)", body):
        return Row(found[1], "lacks" if is_not else "has", "、".join(re.findall(_WORD, found[2])))
    if found := re.fullmatch(rf"{_NAME}\s*=\s*{_WORD}", body):
        return Row(found[1], "none_of" if is_not else "one_of", found[2])
    if found := re.fullmatch(rf"{_NAME}\s+(not\s+)?in\s*{_WORDS}", body):
        words = "、".join(re.findall(_WORD, found[3]))
        return Row(found[1], "none_of" if is_not or found[2] else "one_of", words)
    likes = [
        re.fullmatch(rf"{_NAME} like '([A-Za-z0-9]+)%'", part) for part in body.strip("()").split(" or ")
    ]
    names = {one[1] for one in likes if one is not None}
    if all(likes) and len(names) == 1:
        starts = "、".join(one[2] for one in likes if one is not None)
        return Row(names.pop(), "not_begins" if is_not else "begins", starts)
    return None


def write_row(row: Row) -> str:
    """Return a comparison as the text says it."""
    if row.operator in _SIGN_OF:
        left = f"{row.field} / {row.over}" if row.over else row.field
        return f"{left} {_SIGN_OF[row.operator]} {row.value}"
    if row.operator in ("since", "until"):
        return f"{row.field} {'>=' if row.operator == 'since' else '<='} {row.value}"
    if row.operator in ("aged", "younger"):
        found = _AGE.fullmatch(row.value)
        number, span = (found[1], _SPAN_OF[found[2] or "年"]) if found else (row.value, "year")
        sign = "<=" if row.operator == "aged" else ">"
        return f"{row.field} {sign} as_of - {number} {span}{'' if number == '1' else 's'}"
    if row.operator in ("yes", "no"):
        return row.field if row.operator == "yes" else f"not {row.field}"
    words = words_in(row.value)
    quoted = ", ".join(f"'{word}'" for word in words)
    start = "not " if row.operator in ("none_of", "not_begins", "lacks") else ""
    if row.operator in ("has", "lacks"):
        return f"{start}has({row.field}, {quoted})"
    if row.operator in ("begins", "not_begins"):
        likes = " or ".join(f"{row.field} like '{word}%'" for word in words)
        return f"{start}({likes})" if len(words) > 1 else f"{start}{likes}"
    return f"{start}{row.field} = {quoted}" if len(words) == 1 else f"{start}{row.field} in ({quoted})"


def words_in(value: str) -> list[str]:
    """Return the words of a value: several stand with a mark between them, each once."""
    return list(dict.fromkeys(word.strip() for word in _BETWEEN.split(value) if word.strip()))


def row_words(row: Row, vocabulary: Vocabulary) -> str:
    """Return a comparison in the words of the form."""
    labels = {key: str(label) for _group, choices in OPERATORS for key, label in choices}
    field = vocabulary[row.field].label
    left = f"{field} / {vocabulary[row.over].label}" if row.over else field
    label = labels[row.operator].partition("（")[0].partition(" (")[0]
    if "……" in label or "…" in label:
        return f"{left} {label.replace('……', row.value).replace('…', row.value)}"
    return f"{left} {label} {row.value}".strip()


def choices_of(vocabulary: Vocabulary) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the fields to choose from by label, grouped by what they hold."""
    titles = {
        Kind.MONEY: str(_("金额")),
        Kind.COUNT: str(_("数量")),
        Kind.NUMBER: str(_("比率与数值")),
        Kind.DATE: str(_("日期")),
        Kind.FLAG: str(_("是否")),
        Kind.CODE: str(_("代码")),
        Kind.CHOICE: str(_("选项")),
        Kind.TAGS: str(_("资质与称号")),
    }
    return [
        (title, [(field.name, field.label) for field in vocabulary if field.kind is kind])
        for kind, title in titles.items()
    ]


def write_shown(shown: Shown) -> str:
    """Return a condition as a line of the text."""
    values = {"id": scalar(shown.id), "text": scalar(shown.text)}
    if shown.article:
        values["article"] = scalar(shown.article)
    if shown.is_unconfirmed:
        values["status"] = "unconfirmed"
    return flow(values | _asks(shown))


def _asks(shown: Shown) -> dict[str, str]:
    if shown.join == "manual":
        return {"manual": "true"}
    tests = [scalar(write_row(row)) for row in shown.rows]
    return {"test": tests[0]} if shown.join == "one" else {shown.join: flow_list(tests)}


def put_condition(text: RulesText, at: int | None, shown: Shown, vocabulary: Vocabulary) -> str:
    """Return a text with a condition put right, or one more where ``at`` is None; all else stays byte for byte.

    A condition that says the same stays as it is written; of one of which only words change only those are written.
    """
    if at is None:
        fresh = RulesText(text.add_item("conditions", write_shown(shown)))
        logic = said(fresh.value("logic"))
        return fresh.put("logic", scalar(logic_with(logic, shown.id))) if logic else fresh.text
    node = text.items("conditions")[at]
    old = read_shown(node, vocabulary)
    if old == shown:
        return text.text
    parts = parts_of(node)
    if old is not None and old.join == shown.join and old.is_unconfirmed == shown.is_unconfirmed:
        changed = {name: getattr(shown, name) for name in ("text", "article")}
        if shown.join == "one" and old.rows != shown.rows:
            changed["test"] = write_row(shown.rows[0])
        changed = {name: value for name, value in changed.items() if value != said(parts.get(name))}
        is_plain = shown.join in ("one", "manual") or old.rows == shown.rows
        if is_plain and all(name in parts and value for name, value in changed.items()):
            return text.put_parts("conditions", at, changed)
    return text.put_item("conditions", at, write_shown(shown))


def remove_condition(text: RulesText, at: int) -> str:
    """Return a text without a condition; where all are simply asked, it is asked no more."""
    name = said(parts_of(text.items("conditions")[at]).get("id"))
    fresh = RulesText(text.remove_item("conditions", at))
    logic = said(fresh.value("logic"))
    left = logic_without(logic, name)
    return fresh.put("logic", scalar(left)) if left != logic else fresh.text


def free_id(lines: Iterable[Line], rows: Sequence[Row]) -> str:
    """Return an id that no condition has, after the field that is asked about."""
    taken = {line.id for line in lines}
    stem = re.sub(r"[^a-z0-9_]", "", rows[0].field) if rows else "judged"
    number, name = 1, stem or "c"
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def unit_hint(field: Field) -> str:
    """Return an example of a value of a field, as people type it."""
    examples = {
        Kind.MONEY: "5000万元",
        Kind.COUNT: f"30{field.unit}",
        Kind.NUMBER: f"5{field.unit}",
        Kind.DATE: "2020-01-01",
        Kind.CODE: "C39",
    }
    return examples.get(field.kind, "、".join(field.choices[:2]))
