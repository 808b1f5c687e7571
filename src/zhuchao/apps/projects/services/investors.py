"""Who invests in a project: entered, corrected, voided."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import InvestorExists
from ..models import Investor, Project
from .parts import locked
from .projects import LARGEST_CNY, refuse_unknown

FACTS = frozenset({"name", "amount_cny", "share_percent", "evidence_note"})


@transaction.atomic
def add_investor(*, actor: User | None, project: Project, name: str, **facts: Any) -> Investor:
    """Enter a party that invests in a project; the registered firm that its name or credit code means is tied to it.

    ``facts``: amount_cny (yuan), share_percent, evidence_note. Raises InvestorExists for the same name again, and
    WrongInput where neither amount nor share is said or the shares exceed 100 %.
    """
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    refuse_unknown(facts, FACTS)
    project = locked(project.pk)
    investor = Investor(zone_id=project.zone_id, project=project, happened_on=zones.today(project.zone))
    _take(investor, {"name": name, **facts})
    investor.ledger_key = f"{project.pk}|{investor.name}"
    _check(investor, but=None)
    add_entry(investor, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="add_investor",
        rows=[project, investor],
        scope=project.zone_id,
        name=investor.name,
        amount_cny=investor.amount_cny,
    )
    return investor


@transaction.atomic
def correct_investor(*, actor: User | None, entry: Investor, reason: str, **values: Any) -> Investor:
    """Replace what was said of an investor; raises as ``add_investor`` does, ReasonNeeded and AlreadyReplaced."""
    zones.require(actor, Verb.CHANGE, Thing.INVESTMENT, entry.zone)
    refuse_unknown(values, FACTS)
    project = locked(entry.project_id)
    wanted = Investor(zone_id=entry.zone_id, project=project)
    _take(wanted, {name: values.get(name, getattr(entry, name)) for name in FACTS})
    _check(wanted, but=entry)
    values = {name: getattr(wanted, name) for name in FACTS} | {"enterprise": wanted.enterprise}
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    record_change(
        actor=actor,
        verb="correct_investor",
        rows=[project, entry, successor],
        scope=project.zone_id,
        name=successor.name,
        amount_cny=successor.amount_cny,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_investor(*, actor: User | None, entry: Investor, reason: str) -> Investor:
    """Take an investor off a project, with the reason."""
    zones.require(actor, Verb.VOID, Thing.INVESTMENT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_investor",
        rows=[project, entry, successor],
        scope=project.zone_id,
        name=entry.name,
        reason=reason.strip(),
    )
    return successor


def _take(investor: Investor, facts: dict[str, Any]) -> None:
    """Set the facts, and the registered firm that the name or credit code means."""
    name = " ".join(facts["name"].split())
    firm = firms_named(investor.zone_id, [name]).get(name)
    investor.enterprise = firm
    investor.name = firm.name if firm is not None and name.upper() == firm.credit_code else name
    investor.amount_cny, investor.share_percent = facts.get("amount_cny"), facts.get("share_percent")
    investor.evidence_note = (facts.get("evidence_note") or "").strip()


def _check(investor: Investor, but: Investor | None) -> None:
    amount, share = investor.amount_cny, investor.share_percent
    if not investor.name:
        raise WrongInput(field=_("投资方"), why=_("不能为空。"))
    if amount is None and share is None:
        raise WrongInput(field=_("投资额"), why=_("投资额和占比至少填一项。"))
    if amount is not None and not 0 < amount < LARGEST_CNY:
        raise WrongInput(field=_("投资额"), why=_("必须大于 0。"))
    if share is not None and not 0 < share <= 100:
        raise WrongInput(field=_("占比"), why=_("应大于 0、不超过 100。"))
    others = Investor.objects.live().filter(project=investor.project)
    others = others.exclude(pk=but.pk) if but is not None else others
    if others.filter(name=investor.name).exists():
        raise InvestorExists(project=str(investor.project), name=investor.name)
    together = sum((one.share_percent or Decimal(0) for one in others), share or Decimal(0))
    if together > 100:
        raise WrongInput(field=_("占比"), why=_("各方占比合计 %(sum)s%%，超过 100%%。") % {"sum": together})
