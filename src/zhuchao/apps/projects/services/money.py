"""Money in projects: entered with its voucher, corrected, voided; and the plan for the year."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import InvestmentExists
from ..models import AnnualPlan, Investment, Project
from .above_plan import refuse_above_plan
from .parts import locked, refuse_carried
from .projects import LARGEST_CNY, own_evidence, refuse_future, refuse_unknown

CORRECTABLE = frozenset(
    {
        *("happened_on", "kind", "amount_cny", "payer", "document_kind", "voucher_no", "over_plan_reason"),
        *("evidence", "evidence_note"),
    }
)
COMPARED = ("happened_on", "kind", "amount_cny", "voucher_no")
YEARS = range(1990, 2100)


@transaction.atomic
def add_investment(
    *,
    actor: User | None,
    project: Project,
    kind: str,
    on: date,
    amount_cny: Decimal,
    payer: str = "",
    document_kind: str = "",
    voucher_no: str = "",
    over_plan_reason: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> Investment:
    """Enter money that went into a project, yuan; negative for a refund.

    Without a voucher number or a document it is 未核实 and in no total. Raises InvestmentExists when the same
    project, kind, day, amount and voucher were entered before, InvestmentAbovePlan where fixed assets exceed the
    plan of the year or the whole investment and ``over_plan_reason`` does not say why, and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    project = locked(project.pk)
    entry = Investment(
        zone_id=project.zone_id,
        project=project,
        kind=kind,
        happened_on=on,
        amount_cny=amount_cny,
        payer=payer.strip(),
        document_kind=document_kind,
        voucher_no=voucher_no.strip(),
        over_plan_reason=over_plan_reason.strip(),
        evidence=own_evidence(evidence, project.zone),
        evidence_note=evidence_note.strip(),
    )
    _check(entry, project)
    _refuse_known(entry)
    refuse_above_plan(entry)
    entry.ledger_key = investment_key(entry)
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="add_investment",
        rows=[project, entry],
        scope=project.zone_id,
        kind=kind,
        on=on,
        amount_cny=entry.amount_cny,
        voucher_no=entry.voucher_no,
    )
    return entry


@transaction.atomic
def correct_investment(*, actor: User | None, entry: Investment, reason: str, **values: Any) -> Investment:
    """Replace an investment entry by one that says it right.

    ``values`` may be happened_on, kind, amount_cny (yuan), payer, document_kind, voucher_no, over_plan_reason,
    evidence, evidence_note. What a second person approved has to be approved anew. Raises InvestmentExists,
    InvestmentAbovePlan, WrongInput, ReasonNeeded and AlreadyReplaced.
    """
    zones.require(actor, Verb.CHANGE, Thing.INVESTMENT, entry.zone)
    refuse_unknown(values, CORRECTABLE)
    project = locked(entry.project_id)
    own_evidence(values.get("evidence"), project.zone)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    said = {name: values.get(name, getattr(entry, name)) for name in COMPARED}
    wanted = Investment(project=project, **said)
    wanted.document_kind = values.get("document_kind", entry.document_kind)
    wanted.over_plan_reason = values.get("over_plan_reason", entry.over_plan_reason)
    _check(wanted, project)
    _refuse_known(wanted, but=entry)
    refuse_above_plan(wanted, but=entry)
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    record_change(
        actor=actor,
        verb="correct_investment",
        rows=[project, entry, successor],
        scope=project.zone_id,
        values=values,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_investment(*, actor: User | None, entry: Investment, reason: str) -> Investment:
    """Take money out of every figure from now on; figures as of earlier moments keep it."""
    zones.require(actor, Verb.VOID, Thing.INVESTMENT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_investment",
        rows=[project, entry, successor],
        scope=project.zone_id,
        amount_cny=entry.amount_cny,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def set_annual_plan(
    *,
    actor: User | None,
    project: Project,
    year: int,
    amount_cny: Decimal,
    reason: str = "",
    evidence_note: str = "",
) -> AnnualPlan:
    """Set what a project is to invest in a year, yuan; another amount makes a new version and the old one stays.

    Saying the same again changes nothing. Raises ReasonNeeded when a plan is replaced without saying why.
    """
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    project = locked(project.pk)
    if year not in YEARS:
        raise WrongInput(field=_("年度"), why=_("应为四位年份，如 2023。"))
    if not 0 < amount_cny < LARGEST_CNY:
        raise WrongInput(field=_("年度计划投资"), why=_("必须大于 0。"))
    at, today = zones.now(project.zone), zones.today(project.zone)
    old = AnnualPlan.objects.live().filter(project=project, year=year).first()
    if old is not None and old.amount_cny == amount_cny:
        return old
    if old is not None:
        plan = correct_entry(
            old,
            actor=actor,
            at=at,
            reason=reason,
            amount_cny=amount_cny,
            happened_on=today,
            evidence_note=evidence_note.strip(),
        )
    else:
        refuse_carried(project, AnnualPlan, year=year)
        plan = AnnualPlan(
            zone_id=project.zone_id,
            project=project,
            year=year,
            amount_cny=amount_cny,
            happened_on=today,
            evidence_note=evidence_note.strip(),
            ledger_key=f"{project.pk}|{year}",
        )
        add_entry(plan, actor=actor, at=at)
    record_change(
        actor=actor,
        verb="set_plan",
        rows=[project, plan],
        scope=project.zone_id,
        year=year,
        amount_cny=[old.amount_cny if old else None, amount_cny],
        reason=reason.strip(),
    )
    return plan


def investment_key(entry: Investment) -> str:
    """Return what makes money the same money when a ledger comes in again."""
    said = (
        entry.project_id,
        entry.kind,
        entry.happened_on.isoformat(),
        f"{entry.amount_cny:.2f}",
        entry.voucher_no,
    )
    return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()


def _check(entry: Investment, project: Project) -> None:
    if entry.kind not in Investment.Kind.values:
        raise WrongInput(field=_("资金类别"), why=_("没有“%(kind)s”这个类别。") % {"kind": entry.kind})
    if entry.document_kind and entry.document_kind not in Investment.Document.values:
        raise WrongInput(
            field=_("凭证种类"), why=_("没有“%(kind)s”这个种类。") % {"kind": entry.document_kind}
        )
    refuse_future(entry.happened_on, project.zone)
    if entry.amount_cny == 0:
        raise WrongInput(field=_("金额"), why=_("不能为 0；退回的资金填负数。"))
    if abs(entry.amount_cny) >= LARGEST_CNY:
        raise WrongInput(field=_("金额"), why=_("超出可登记的范围，请核对单位。"))


def _refuse_known(entry: Investment, but: Investment | None = None) -> None:
    known = Investment.objects.live().filter(
        project_id=entry.project_id,
        kind=entry.kind,
        happened_on=entry.happened_on,
        amount_cny=entry.amount_cny,
        voucher_no=entry.voucher_no,
    )
    if known.exclude(pk=but.pk if but else None).exists():
        raise InvestmentExists(
            project=str(entry.project),
            on=entry.happened_on.isoformat(),
            kind=str(entry.get_kind_display()),
            amount=f"{entry.amount_cny:,.2f}",
            voucher_no=entry.voucher_no or "—",
        )
