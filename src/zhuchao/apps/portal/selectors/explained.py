"""What the three answers say of a firm, as the public pages show it: every condition beside the words of its clause."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed, quoted
from zhuchao.apps.policies.models import Answer
from zhuchao.apps.policies.selectors.explaining import ConditionWords, LineWords, in_words
from zhuchao.apps.policies.selectors.facts import HONOURS, Known
from zhuchao.apps.policies.selectors.matches import MatchLine
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.policies.wording import show_kept
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines.rules.fields import Field, Kind
from zhuchao.engines.rules.one import keep_facts

from ..models import Enquiry
from .fit import NONE, Answers, Fit, clause_texts, facts, fit, rules_to_ask

GROUPS = (Answer.ELIGIBLE, Answer.UNKNOWN, Answer.NEAR, Answer.INELIGIBLE)
FEW = 5
SHADES = {"green": "good", "yellow": "doubt", "orange": "late", "red": "late", "secondary": "past"}


@dataclass(frozen=True)
class Said:
    """One condition in words, with the clause that asks it, quoted."""

    words: ConditionWords
    clause: str

    @property
    def shade(self) -> str:
        return SHADES[self.words.colour]


@dataclass(frozen=True)
class Explained:
    """One policy of a firm in words; ``reasons`` are the conditions that decide or are open."""

    line: MatchLine
    words: LineWords
    conditions: tuple[Said, ...]
    reasons: tuple[Said, ...]
    instead_of: str

    @property
    def shade(self) -> str:
        return SHADES[self.words.colour]

    @property
    def must_be_judged(self) -> bool:
        return self.line.answer is Answer.UNKNOWN and self.line.manual > 0

    @property
    def is_refused(self) -> bool:
        return self.line.answer in (Answer.NEAR, Answer.INELIGIBLE)

    @property
    def may_be_worth(self) -> bool:
        """Return whether the amount means anything to the firm: not where it does not qualify anyway."""
        return self.line.answer is not Answer.INELIGIBLE and bool(self.words.amount)


@dataclass(frozen=True)
class Group:
    """The policies of one answer."""

    label: str
    rows: list[Explained]
    is_folded: bool


def explained(
    line: MatchLine, known: Known, clauses: Mapping[str, str], titles: Mapping[str, str]
) -> Explained:
    """Return in words what one policy says of a firm; ``clauses`` by their number, ``titles`` by the version's key."""
    words = in_words(line, known)

    def said(one: ConditionWords) -> Said:
        return Said(one, quoted(clauses[one.article]) if one.article in clauses else "")

    return Explained(
        line,
        words,
        tuple(map(said, words.conditions)),
        tuple(map(said, words.reasons)),
        listed(titles.get(key, "") for key in line.instead_of),
    )


def groups_of(found: Fit) -> list[Group]:
    """Return what the policies say, those of one answer together, best first; what is far off is folded away."""
    clauses = clause_texts([line.version.pk for line in found.lines])
    titles = {str(line.version.pk): line.version.policy.title for line in found.lines}
    known = found.matches.known
    groups = []
    for answer in GROUPS:
        lines = found.matches.of(answer)
        rows = [explained(line, known, clauses[line.version.pk], titles) for line in lines]
        folded = answer is Answer.INELIGIBLE and len(found.lines) > FEW
        if rows:
            groups.append(Group(str(answer.label), rows, folded))
    return groups


def groups_of_enquiry(enquiry: Enquiry) -> list[Group]:
    """Return what the policies of a zone say today of the answers that were left with an enquiry."""
    zone = enquiry.zone
    return groups_of(fit(zone, rules_to_ask(zone, zones.today(zone), enquiry.policy_id), enquiry.answers))


def shown_answers(answers: Answers) -> list[tuple[str, str, str]]:
    """Return what was answered: the name of the field, its label and the value in words."""
    said = facts(answers)
    kept = keep_facts(said, [vocabulary()[name] for name in said])
    rows = []
    for name, plain in answers.items():
        if name in said:
            shown = _("都不是") if plain == NONE else show_kept(kept[name], vocabulary()[name])
            rows.append((name, vocabulary()[name].label, _("不知道") if plain is None else shown))
    return rows


def hint_for(field: Field) -> str:
    """Return how a fact is typed, by example."""
    if field.kind is Kind.MONEY:
        return _("请写明单位，如 5000万元、1.2亿元")
    if field.kind is Kind.DATE:
        return _("如 2021-05-20")
    if field.kind is Kind.CODE:
        return _("国民经济行业代码，如 I6513；在营业执照查询或统计报表上能找到")
    if field.kind in (Kind.NUMBER, Kind.COUNT):
        return _("如 5%") if field.unit == "%" else _("如 30%(unit)s") % {"unit": field.unit}
    if field.kind is Kind.FLAG:
        return _("填 是 或 否")
    if field.choices:
        return _("填其中一个：%(words)s") % {"words": listed(field.choices)}
    if field.kind is Kind.TAGS:
        return _("有几项就写几项，用顿号隔开，如 %(words)s") % {"words": listed(HONOURS[:2])}
    return ""


def label_of_field(name: str) -> str:
    """Return what a field is called; its name where it is none of today's."""
    return vocabulary()[name].label if name in vocabulary() else name
