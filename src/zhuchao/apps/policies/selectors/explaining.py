"""A match in words: what each condition found and asked, what would be enough, and what it is worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses, listed
from zhuchao.engines.rules.benefits import Benefit
from zhuchao.engines.rules.fields import Field, Kind
from zhuchao.engines.rules.gaps import Change, Way
from zhuchao.engines.rules.one import Answer as Compared
from zhuchao.engines.rules.terms import Linear, Manual, Sized
from zhuchao.engines.rules.truth import Truth

from ..models import Answer
from ..wording import show_kept, show_ratio, show_size, show_yuan
from .facts import Known
from .matches import ConditionLine, MatchLine
from .rules import vocabulary

COLOURS = {
    Answer.ELIGIBLE: "green",
    Answer.UNKNOWN: "yellow",
    Answer.NEAR: "orange",
    Answer.INELIGIBLE: "secondary",
}
_SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "==": "＝", "!=": "≠"}


@dataclass(frozen=True)
class Found:
    """What was found for one comparison, what was asked (empty where the condition's own words say it), and from where."""

    label: str
    found: str
    asked: str
    origin: str


@dataclass(frozen=True)
class ConditionWords:
    """One condition as people read it."""

    text: str
    article: str
    state: str
    colour: str
    is_confirmed: bool
    found: tuple[Found, ...]


@dataclass(frozen=True)
class LineWords:
    """One policy as people read it; ``reasons`` are those not met, or that a person must judge; ``ways`` are verified."""

    line: MatchLine
    label: str
    colour: str
    conditions: tuple[ConditionWords, ...]
    reasons: tuple[ConditionWords, ...]
    benefit: str
    amount: str
    missing: tuple[str, ...]
    ways: tuple[str, ...]


def in_words(line: MatchLine, known: Known) -> LineWords:
    """Return what a policy says of a firm, in words."""
    conditions = tuple(_condition(one, known) for one in line.conditions)
    failed = line.answer in (Answer.NEAR, Answer.INELIGIBLE)
    reasons = tuple(
        words
        for words, one in zip(conditions, line.conditions, strict=True)
        if (failed and one.truth is Truth.FALSE)
        or (not failed and one.truth is Truth.UNKNOWN and one.is_manual)
    )
    return LineWords(
        line,
        str(line.answer.label),
        COLOURS[line.answer],
        conditions,
        reasons,
        line.rules.benefit.text if line.rules.benefit else "",
        amount_words(line.benefit),
        tuple(field.label for field in line.missing),
        tuple(_ways(line)),
    )


def amount_words(benefit: Benefit | None) -> str:
    """Return what a benefit comes to: an amount, a range, or that it needs facts still; empty where none is reckoned."""
    if benefit is None:
        return ""
    if benefit.is_known:
        return show_yuan(benefit.least)
    if benefit.most is None:
        return _("不少于 {least}").format(least=show_yuan(benefit.least)) if benefit.least else _("金额待核")
    if not benefit.least:
        return _("最多 {most}").format(most=show_yuan(benefit.most))
    return f"{show_yuan(benefit.least)} – {show_yuan(benefit.most)}"


def _condition(one: ConditionLine, known: Known) -> ConditionWords:
    found = tuple(
        _found(said, known) for said in one.explained.answers if not isinstance(said.condition, Manual)
    )
    if one.truth is Truth.TRUE:
        state, colour = _("满足"), "green"
    elif one.truth is Truth.FALSE:
        state, colour = _("不满足"), "red"
    elif one.explained.missing:
        state, colour = _("缺数据"), "yellow"
    elif one.explained.undefined:
        state, colour = _("分母为零，无法计算"), "yellow"
    else:
        state, colour = _("须人工核对"), "yellow"
    return ConditionWords(one.text, one.article, state, colour, one.is_confirmed, found)


def _found(said: Compared, known: Known) -> Found:
    condition = said.condition
    if not isinstance(condition, Sized):
        assert not isinstance(condition, Manual)
        field = vocabulary()[condition.field]
        kept = said.found if not isinstance(said.found, tuple) else None
        return Found(field.label, show_kept(kept, field), "", _origin(known, (field.name,)))
    below = {name for guard in condition.guards for name in guard.fields}
    names = condition.form.fields
    is_ratio = bool(below) and len(names) > 1
    top = [name for name in names if name not in below] if is_ratio else list(names)
    label = _sum_of(condition.form, top)
    if is_ratio:
        label = f"{label} ÷ {listed(vocabulary()[name].label for name in sorted(below))}"
    field = vocabulary()[names[0]] if names else Field("", Kind.NUMBER)
    asked = "" if said.right is None else f"{_SIGNS[said.comparison]} {_size(said.right, field, is_ratio)}"
    if said.undefined:
        shown = _("分母为零")
    else:
        shown = _("不知道") if said.left is None else _size(said.left, field, is_ratio)
    return Found(label, shown, asked, _origin(known, names))


def _sum_of(form: Linear, names: Sequence[str]) -> str:
    factors = dict(form.terms)
    return " + ".join(
        vocabulary()[name].label for name in sorted(names, key=lambda name: (-abs(factors[name]), name))
    )


def _size(value: Fraction, field: Field, is_ratio: bool) -> str:
    if is_ratio:
        return show_ratio(value)
    if field.kind is Kind.DATE:
        return date.fromordinal(int(value)).isoformat() if 0 < value <= date.max.toordinal() else str(value)
    return show_size(value, field)


def _origin(known: Known, names: Sequence[str]) -> str:
    return listed(dict.fromkeys(known.origins[name].said for name in names if name in known.origins))


def _ways(line: MatchLine) -> Iterator[str]:
    """Yield what would make the firm eligible, each verified; that nothing alone does is said too."""
    if line.gaps is None:
        return
    if line.gaps.eligible_from is not None:
        yield _("{day} 起符合").format(day=line.gaps.eligible_from.isoformat())
    for way in line.gaps.singles[:3]:
        yield _("{changes}，即符合").format(changes=_way(way))
    if not line.gaps.singles and line.gaps.eligible_from is None:
        if line.gaps.together is None:
            yield _("没有找到能达到的办法")
        else:
            yield _("单独改变一项都不够；同时{changes}，即符合").format(changes=_way(line.gaps.together))


def _way(way: Way) -> str:
    return clauses(_change(change) for change in way.changes)


def _change(change: Change) -> str:
    field, by = change.field, change.by
    after = show_kept(change.after, field)
    if by is None:
        return _("{label}为{after}").format(label=field.label, after=after)
    words = _("{label}增加 {by}，达到 {after}") if by > 0 else _("{label}减少 {by}，降到 {after}")
    return words.format(label=field.label, by=show_size(abs(by), field), after=after)
