"""我能享受吗: what the public policies of a zone say of a firm that answers questions, and what to ask it next.

Nothing here is kept: the answers come in with every question and go out with every page.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.models.industries import IndustryCodeUnknown, read_industry_code
from zhuchao.apps.policies.models import Answer, PolicyClause, PolicyVersion
from zhuchao.apps.policies.selectors.facts import HONOURS, Known
from zhuchao.apps.policies.selectors.matches import FirmMatches, MatchLine, match_facts
from zhuchao.apps.policies.selectors.rules import Ready, is_open, made_ready, versions_in_force, vocabulary
from zhuchao.apps.zones.models import Zone
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import FactValue, Field, Kind
from zhuchao.engines.rules.stating import fact_of, plain_fact, read_fact
from zhuchao.engines.rules.terms import Begins, Holds, OneOf, conditions_of

from .policies import public_policies

NONE: Final = "-"
"""What stands for no words at all, where words are asked for."""

Plain = str | bool | list[str]
Answers = dict[str, Plain | None]
"""Answers by field as JSON keeps them; None for one that the firm does not know."""


@dataclass(frozen=True)
class Fit:
    """Where a firm stands with some policies.

    Attributes:
        question: what to ask next, None where nothing that is asked could settle more.
        settled: policies of which the answer stands whatever is asked yet, of ``total``.
    """

    matches: FirmMatches
    question: Field | None
    settled: int
    total: int

    @property
    def lines(self) -> tuple[MatchLine, ...]:
        return self.matches.lines

    def count(self, answer: Answer) -> int:
        return len(self.matches.of(answer))


def rules_to_ask(zone: Zone, on: date, policy_id: int | None = None) -> Ready:
    """Return the public policies of a zone that may be applied for and whose conditions are entered, or one of them."""
    shown = set(public_policies(zone, on).order_by().values_list("pk", flat=True))
    versions = [one for one in versions_in_force([zone.pk], on) if one.policy_id in shown]
    return made_ready([one for one in versions if policy_id in (None, one.policy_id)], on)


def can_be_asked(version: PolicyVersion, on: date) -> bool:
    """Return whether a firm can be asked about a version: its conditions are entered, and it may be applied for."""
    return is_open(version, on) and bool(made_ready([version], on).rules)


def fit(zone: Zone, made: Ready, answers: Answers, *, with_gaps: bool = False) -> Fit:
    """Ask some policies about a firm that gave these answers."""
    return fit_of(
        match_facts(Enterprise(zone=zone), Known(), made, changes=facts(answers), with_gaps=with_gaps),
        answers,
    )


def fit_of(matches: FirmMatches, answers: Answers) -> Fit:
    """Return where a firm stands, and the next question: the most useful that it has not been asked."""
    asked = [field for field, _use in matches.questions if field.name not in answers]
    settled = sum(
        line.answer is not Answer.UNKNOWN or all(field.name in answers for field in line.missing)
        for line in matches.lines
    )
    return Fit(matches, asked[0] if asked else None, settled, len(matches.lines))


def facts(answers: Answers) -> dict[str, FactValue | None]:
    """Return answers as the engine takes them; what is no answer to a field of today is left out."""
    found: dict[str, FactValue | None] = {}
    for name, plain in answers.items():
        if name in vocabulary():
            try:
                found[name] = None if plain is None else fact_of(plain, vocabulary()[name])
            except (EngineError, ArithmeticError):
                continue
    return found


def read_answer(said: str | list[str], field: Field, made: Ready) -> Plain:
    """Return what a firm typed or ticked as it is kept; raises EngineError.

    An industry must be told as exactly as the policies ask for it: of a shorter code nobody could say that it is not
    among them.
    """
    if field.kind is Kind.TAGS:
        words = [said] if isinstance(said, str) else said
        if not words:
            raise _malformed(field, "")
        known = set(words_of(field, made))
        return sorted(word for word in words if word in known and NONE not in words)
    text = said if isinstance(said, str) else (said[0] if said else "")
    if field.kind is Kind.CHOICE and not field.choices and text == NONE:
        return NONE
    if field.kind is Kind.CODE:
        return _code(text, field, made)
    value = read_fact(text, field)
    if field.kind is Kind.COUNT and isinstance(value, int) and value < 0:
        raise _malformed(field, text)
    return plain_fact(value)


def _code(text: str, field: Field, made: Ready) -> str:
    try:
        code = read_industry_code(text)
    except IndustryCodeUnknown:
        raise _malformed(field, text[:40]) from None
    if len(code) < code_length(field, made):
        raise EngineError("code_too_short", f"{field.name} needs more digits", field=field.name, found=code)
    return code


def code_length(field: Field, made: Ready) -> int:
    """Return how many characters of a code the policies look at."""
    return max(map(len, _words(made, field)), default=1)


def words_of(field: Field, made: Ready) -> tuple[str, ...]:
    """Return the words that may answer a question of words, in the order in which people see them."""
    if field.choices:
        return field.choices
    said = set(_words(made, field))
    return (*(word for word in HONOURS if word in said), *sorted(said - set(HONOURS)))


def _words(made: Ready, field: Field) -> Iterator[str]:
    for bound in made.bound:
        for one in conditions_of(bound.verdict):
            if isinstance(one, Begins) and one.field == field.name:
                yield from one.prefixes
            elif isinstance(one, (OneOf, Holds)) and one.field == field.name:
                yield from one.words


def clause_texts(versions: Collection[int]) -> dict[int, dict[str, str]]:
    """Return the clauses of versions by their number, to be quoted; one query."""
    found: dict[int, dict[str, str]] = {pk: {} for pk in versions}
    for version_id, number, text in PolicyClause.objects.filter(version__in=list(versions)).values_list(
        "version_id", "number", "text"
    ):
        found[version_id][number] = text
    return found


def _malformed(field: Field, text: str) -> EngineError:
    return EngineError(
        "fact_malformed",
        f"{field.name} cannot be {text!r}",
        field=field.name,
        found=text,
        kind=field.kind.value,
    )
