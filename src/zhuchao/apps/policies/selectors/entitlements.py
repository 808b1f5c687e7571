"""免申即享: the firms that a version takes for certain, what each gets, and how far their list is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.engines.rules.benefits import Benefit, benefit_of
from zhuchao.engines.rules.one import keep_facts

from ..models import CLOSED, Answer, Application, ApplicationState, DeliveryTerms, PolicyVersion
from .applications import visible_applications
from .facts import facts_of
from .matches import VersionAnswers, match_version, match_versions
from .policies import Actor
from .rules import Rules, rules_of, vocabulary
from .terms import terms_of

MOST = 500
"""So many firms are listed at once."""


@dataclass(frozen=True)
class Entitled:
    """A firm that a version takes for certain, and the amount in yuan; None where it is not one amount."""

    firm: Enterprise
    amount_cny: Decimal | None


@dataclass(frozen=True)
class EntitlementList:
    """The list of a version: firms to be proposed, proposals that wait for a second person, what was confirmed.

    ``count`` is how many firms are to be proposed, of which the first ``MOST`` are given; ``unsure`` how many firms
    would be entitled if what is not known of them were so.
    """

    to_propose: tuple[Entitled, ...]
    count: int
    unsure: int
    proposed: tuple[Application, ...]
    confirmed: tuple[Application, ...]


def certain_ids(rules: Rules | None, firms: Sequence[Enterprise], day: date) -> set[int]:
    """Return which of some firms a version takes on a day for certain, with nothing left for a person to judge."""
    if rules is None:
        return set()
    return set(_certain(match_versions([rules], [firms], day=day)[0])) if firms else set()


def amounts_for(
    version: PolicyVersion, rules: Rules | None, firms: Iterable[Enterprise], day: date
) -> dict[int, Decimal]:
    """Return by firm what a version gives it, in yuan, for those of which it is one amount: never above the terms."""
    terms, wanted = terms_of(version), list(firms)
    if terms.amount_cny is not None:
        return dict.fromkeys((firm.pk for firm in wanted), terms.amount_cny)
    if rules is None or not wanted:
        return {}
    amount = rules.on(day).amount
    if amount is None:
        return {}
    known = facts_of(wanted, day=day)
    found: dict[int, Decimal] = {}
    for firm in wanted:
        benefit: Benefit = benefit_of(amount, keep_facts(known[firm.pk].values, vocabulary()))
        if benefit.is_known and benefit.least > 0:
            found[firm.pk] = min(benefit.least, terms.cap_cny or benefit.least)
    return found


def entitlements_of(actor: Actor, version: PolicyVersion, day: date) -> EntitlementList:
    """Return how far the list of a version is on a day. Firms with an application that is not closed are not on it."""
    mine = visible_applications(actor).filter(version_of=version)
    taken = set(mine.exclude(state__in=CLOSED).values_list("enterprise_id", flat=True))
    rules, ids, unsure = rules_of(version), list[int](), 0
    if rules is not None:
        answers = match_version(rules, version.zone, day=day)
        ids = [pk for pk in _certain(answers) if pk not in taken]
        unsure = answers.counts()[Answer.UNKNOWN]
    firms = visible_enterprises(actor).filter(zone=version.zone, pk__in=ids[:MOST]).select_related("sector")
    shown = list(firms.order_by("name", "pk"))
    amounts = amounts_for(version, rules, shown, day)
    exempt = mine.filter(way=DeliveryTerms.Mode.EXEMPT).order_by("enterprise__name", "pk")
    return EntitlementList(
        to_propose=tuple(Entitled(firm, amounts.get(firm.pk)) for firm in shown),
        count=len(ids),
        unsure=unsure,
        proposed=tuple(exempt.filter(state=ApplicationState.ACCEPTED)),
        confirmed=tuple(exempt.filter(state=ApplicationState.APPROVED)[:MOST]),
    )


def _certain(answers: VersionAnswers) -> list[int]:
    rows = answers.rows(Answer.ELIGIBLE) & ~answers.judged
    return [int(pk) for pk in answers.ids[rows]]
