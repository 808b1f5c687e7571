"""The tests of a version: which pass, which thresholds no test touches, and the tests that would."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import bracketed, listed
from zhuchao.engines.rules.checking import evaluator
from zhuchao.engines.rules.fields import FactValue, Field, Kind
from zhuchao.engines.rules.policies import PolicyTest, Verdict, agrees, thresholds, value_of
from zhuchao.engines.rules.terms import Linear

from .rules import Rules, failures, vocabulary
from .rules_text import RulesText, flow, flow_list, scalar

VERDICTS: Final = ("eligible", "ineligible", "unknown")
_SIDES: Final = (("below", -1), ("at", 0), ("above", 1))


def verdict_words(verdict: str) -> str:
    """Return the answer of a test in words."""
    return {"eligible": _("符合"), "ineligible": _("不符合"), "unknown": _("待核实")}[verdict]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that was run, with its line in the text."""

    name: str
    line: int
    day: date
    expected: str
    found: str
    passes: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A threshold that some test should touch: below it, at it or above it."""

    key: str
    condition: str
    sides: str
    can_propose: bool


def _named(name: str) -> str:
    """Return the name of a test; one of an edge says its field and its side in words."""
    field, _sep, at = name.partition(" ")
    if field not in vocabulary() or not at:
        return name
    sides = {"-": _("略低"), "+": _("略高")}
    return f"{vocabulary()[field].label} {at.rstrip('+-')} {sides.get(at[-1], _('恰好'))}"


def _threshold(key: str, texts: Mapping[str, str]) -> str:
    """Return a threshold in words: its condition, and what is compared."""
    name, _sep, form = key.partition(" (")
    labels = [
        vocabulary()[one].label for one in re.findall(r"\*([a-z][a-z0-9_]*)", form) if one in vocabulary()
    ]
    return f"{texts.get(name, name)}{bracketed(listed(labels))}" if labels else texts.get(name, name)


def outcomes_of(rules: Rules) -> list[Outcome]:
    """Run the tests of a version and return what each says."""
    evaluate = evaluator(vocabulary())
    found = []
    for test in rules.tests:
        expected = verdict_words(test.expect.verdict.value)
        if test.as_of not in rules.version.effective:
            why = _("这一天本版不生效")
            found.append(Outcome(_named(test.name), test.line, test.as_of, expected, "", False, why))
            continue
        answer = evaluate(rules.on(test.as_of), test.given)
        labels = [vocabulary()[name].label for name in answer.missing or ()]
        why = _("缺：%(fields)s") % {"fields": listed(labels)} if labels else ""
        said = verdict_words(answer.verdict.value)
        found.append(
            Outcome(
                _named(test.name), test.line, test.as_of, expected, said, agrees(answer, test.expect), why
            )
        )
    return found


def unshown_verdicts(rules: Rules) -> list[str]:
    """Return the answers that no test of a version comes to, in words."""
    return [verdict_words(one.about) for one in failures(rules) if one.code == "verdict_untested"]


def lacking_of(rules: Rules, text: RulesText) -> list[Lacking]:
    """Return the thresholds that no test touches on some side, and whether a test for them can be made."""
    texts = {one.id: one.text for one in rules.version.conditions}
    words = {"below": _("略低"), "at": _("恰好"), "above": _("略高")}
    if not rules.tests:
        day = max(rules.version.effective.first, date(1900, 1, 1))
        names = dict.fromkeys(name for name, _form in thresholds(rules.version, day))
        return [Lacking(name, _threshold(name, texts), listed(words.values()), False) for name in names]
    return [
        Lacking(
            one.about,
            _threshold(one.about, texts),
            listed(words[side] for side in one.lacking),
            _edge(rules, one.about, _lines(text)) is not None,
        )
        for one in failures(rules)
        if one.code == "threshold_untested"
    ]


@dataclass(frozen=True, slots=True)
class _Edge:
    line: int
    field: Field
    value: FactValue
    answers: tuple[Verdict, ...]


def with_edge(text: RulesText, rules: Rules, key: str) -> str:
    """Return a text with a test below, at and above a threshold, beside the test of a firm that stands near it.

    What each side is expected to answer is what the conditions say now: who writes them reads that again.
    """
    lines = _lines(text)
    edge = _edge(rules, key, lines)
    if edge is None:
        return text.text
    value = {
        "vary": edge.field.name,
        "at": scalar(plain_value(edge.value, edge.field)),
        "expect": flow_list(answer.value for answer in edge.answers),
    }
    return text.add_within("tests", lines.index(edge.line), "edges", flow(value))


def _lines(text: RulesText) -> list[int]:
    """Return the line of each group of tests."""
    return [node.start_mark.line + 1 for node in text.items("tests")]


def _edge(rules: Rules, key: str, lines: Sequence[int]) -> _Edge | None:
    """Return a test of a threshold that can be made from one that is there, best from one that is eligible."""
    evaluate = evaluator(vocabulary())
    first: dict[int, PolicyTest] = {}
    for test in rules.tests:
        if test.line in lines and test.as_of in rules.version.effective:
            first.setdefault(test.line, test)
    tests = sorted(first.values(), key=lambda test: test.expect.verdict is not Verdict.ELIGIBLE)
    for test in tests:
        form = dict(thresholds(rules.version, test.as_of)).get(key)
        for name, value in _solutions(form, test) if form is not None else ():
            field = vocabulary()[name]
            answers = tuple(
                evaluate(rules.on(test.as_of), {**test.given, name: _stepped(value, field, step)}).verdict
                for _side, step in _SIDES
            )
            return _Edge(test.line, field, value, answers)
    return None


def _solutions(form: Linear, test: PolicyTest) -> Iterator[tuple[str, FactValue]]:
    """Yield the fields of a threshold with the value at which a firm stands right on it, all else as in the test."""
    for name, factor in form.terms:
        others = Linear(tuple(term for term in form.terms if term[0] != name), form.constant)
        rest = value_of(others, test.given, vocabulary())
        field = vocabulary()[name]
        if rest is None or rest % factor:
            continue
        kept = -rest // factor
        if field.kind is Kind.DATE:
            if kept > 0:
                yield name, date.fromordinal(kept)
        elif kept >= 0:
            yield name, kept if field.scale == 1 else Decimal(kept) / field.scale


def _stepped(value: FactValue, field: Field, step: int) -> FactValue:
    if isinstance(value, date):
        return value + timedelta(days=step)
    assert isinstance(value, (int, Decimal))
    return value + step if field.scale == 1 else value + Decimal(step) / field.scale


def plain_value(value: FactValue, field: Field) -> str:
    """Return a sized value as a test of the text says it."""
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, (int, Decimal))
    if field.kind is Kind.MONEY:
        wan = Decimal(value) / 10_000
        return f"{_short(wan)}万元" if wan == wan.quantize(Decimal("0.01")) else f"{_short(Decimal(value))}元"
    return _short(Decimal(value)) + (field.unit if field.unit == "%" else "")


def _short(value: Decimal) -> str:
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
