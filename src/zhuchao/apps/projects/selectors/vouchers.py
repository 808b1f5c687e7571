"""What stands behind money: its state, what is missing, and the sums of each state side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhuchao.apps.core.models import EntryQuerySet

from ..models import Investment, InvestmentApproval, Project
from .money import VERIFIED, ZERO, unverified

AMOUNT: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True)
class Backing:
    """Money by what stands behind it, yuan: with a voucher, of it approved by a second person, and with nothing."""

    verified_cny: Decimal = ZERO
    approved_cny: Decimal = ZERO
    unverified_cny: Decimal = ZERO


def approval_of(entry: Investment) -> InvestmentApproval | None:
    """Return the approval in force of one version of an investment entry."""
    rows = InvestmentApproval.objects.live().filter(investment=entry)
    found: InvestmentApproval | None = rows.select_related("recorded_by").first()
    return found


def with_backing(rows: EntryQuerySet) -> EntryQuerySet:
    """Give each investment entry ``is_approved``, ``verified_cny`` and ``unverified_cny`` (yuan; one of them is 0)."""
    counted = Case(When(VERIFIED, then=F("amount_cny")), default=Value(ZERO), output_field=AMOUNT)
    bare = Case(When(VERIFIED, then=Value(ZERO)), default=F("amount_cny"), output_field=AMOUNT)
    return rows.annotate(is_approved=approved(), verified_cny=counted, unverified_cny=bare)


def approved() -> Exists:
    """Return the condition on an investment entry for being approved by a second person."""
    return Exists(InvestmentApproval.objects.live().filter(investment=OuterRef("pk")))


def in_backing(rows: QuerySet[Investment], state: str) -> QuerySet[Investment]:
    """Narrow investment entries to one state: unverified, verified, approved, or waiting (vouched, not approved)."""
    if state == "unverified":
        return unverified(rows)
    if state == "approved":
        return rows.filter(approved())
    return rows.filter(VERIFIED, ~approved()) if state == "waiting" else rows.filter(VERIFIED)


def missing_of(entry: Investment) -> list[str]:
    """Return what is missing before money counts, or before it can be shown to an auditor."""
    lacks = []
    if not entry.voucher_no:
        lacks.append(_("凭证号"))
    if entry.evidence_id is None:
        lacks.append(_("凭证文件"))
    if not entry.document_kind:
        lacks.append(_("凭证种类"))
    return lacks


def backing_of(rows: EntryQuerySet) -> Backing:
    """Return the sums of some investment entries by what stands behind them; one query."""
    sums = rows.order_by().aggregate(
        verified=Sum("amount_cny", filter=VERIFIED),
        unverified=Sum("amount_cny", filter=~VERIFIED),
        approved=Sum("amount_cny", filter=VERIFIED & Q(pk__in=_approved_ids())),
    )
    return Backing(sums["verified"] or ZERO, sums["approved"] or ZERO, sums["unverified"] or ZERO)


def unverified_of(
    project_ids: Iterable[int], *, start: date, end: date, as_of: datetime
) -> dict[int, Decimal]:
    """Return for each project what was put into fixed assets in a period and has no voucher; one query."""
    rows = unverified(Investment.objects.as_of(as_of)).filter(
        project_id__in=list(project_ids),
        kind=Investment.Kind.FIXED_ASSETS,
        happened_on__range=(start, end),
    )
    return dict(rows.order_by().values_list("project_id").annotate(total=Sum("amount_cny")))


def with_unverified(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Give each project ``unverified_cny``: its fixed-asset investment in force now that has no voucher."""
    money = (
        unverified(Investment.objects.live())
        .filter(project=OuterRef("pk"), kind=Investment.Kind.FIXED_ASSETS)
        .order_by()
        .values("project")
        .annotate(total=Sum("amount_cny"))
        .values("total")
    )
    return rows.annotate(unverified_cny=Coalesce(Subquery(money), Value(ZERO), output_field=AMOUNT))


def _approved_ids() -> "QuerySet[InvestmentApproval, Any]":
    return InvestmentApproval.objects.live().order_by().values("investment_id")
