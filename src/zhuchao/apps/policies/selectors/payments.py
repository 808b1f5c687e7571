"""Payments: schedules and what is payable, batches, what was paid, and what a policy's budget holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import (
    Application,
    ApplicationState,
    BudgetEntry,
    Instalment,
    InstalmentEvidence,
    Payment,
    PaymentBatch,
    PaymentReceipt,
    Policy,
)
from .policies import Actor
from .terms import why_not_reviewed

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Budget:
    """What a policy has for a year, in yuan: allocated, promised and not yet paid, paid.

    ``left`` is what may still be paid; ``free`` what may still be promised, below 0 where too much was.
    """

    policy: Policy
    year: int
    allocated_cny: Decimal
    committed_cny: Decimal
    paid_cny: Decimal

    @property
    def left_cny(self) -> Decimal:
        return self.allocated_cny - self.paid_cny

    @property
    def free_cny(self) -> Decimal:
        return self.left_cny - self.committed_cny


@dataclass(frozen=True)
class Due:
    """An instalment of a schedule: its share of the grant, what was paid of it, and why it may not be paid."""

    instalment: Instalment
    share: Decimal
    paid_cny: Decimal
    why_not: str

    @property
    def is_paid(self) -> bool:
        return self.paid_cny > 0


def visible_instalments(actor: Actor) -> QuerySet[Instalment]:
    """Return the instalments this person may see, with what was paid of each. Every read for a request starts here."""
    rows = Instalment.objects.select_related(
        "zone",
        "application__enterprise",
        "application__policy__zone",
        "application__version_of__policy",
        "application__zone",
        "application__project",
        "batch",
    )
    return zones.in_zones(with_paid(rows), actor, Thing.PAYMENT)


def with_paid(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Add ``paid_cny`` to instalments: what was sent and did not come back, as much of it as arrived."""
    paid = with_arrived(Payment.objects.live()).filter(instalment=OuterRef("pk")).order_by()
    total = paid.values("instalment").annotate(total=Sum("arrived_cny")).values("total")
    return rows.annotate(paid_cny=Subquery(total))


def with_arrived(rows: Any) -> Any:
    """Add ``result`` (empty while nothing is known) and ``arrived_cny`` to payments, by the receipt in force."""
    receipt = PaymentReceipt.objects.live().filter(payment=OuterRef("pk")).order_by("-pk")
    rows = rows.annotate(
        result=Subquery(receipt.values("result")[:1]),
        received_cny=Subquery(receipt.values("amount_cny")[:1]),
    )
    return rows.annotate(arrived_cny=Coalesce("received_cny", "amount_cny"))


def get_instalment(actor: Actor, pk: int) -> Instalment:
    """Return one instalment; raises NotFound when it is hidden or missing."""
    found = visible_instalments(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这一期兑付"))
    return found


def listed_instalments(actor: Actor, zone: Zone) -> QuerySet[Instalment]:
    """Return the instalments of a zone and the zones below it."""
    return visible_instalments(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PAYMENT))


def payable_instalments(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Narrow instalments to those whose condition is shown, of standing grants, in no batch: all but the review."""
    accepted = InstalmentEvidence.objects.live().filter(instalment=OuterRef("pk"))
    stood = accepted.filter(
        stage_entry__isnull=False, stage_entry__is_void=False, stage_entry__replaced_by=None
    )
    rows = rows.filter(batch=None, application__state=ApplicationState.APPROVED)
    by_approval = rows.filter(condition=Instalment.Condition.APPROVAL)
    by_stage = rows.filter(Exists(stood), condition=Instalment.Condition.STAGE)
    by_evidence = rows.filter(Exists(accepted), condition=Instalment.Condition.EVIDENCE)
    return by_approval | by_stage | by_evidence


def schedule_of(application: Application) -> list[Due]:
    """Return the schedule of an application: each instalment with its share, what was paid, and why it is not payable."""
    rows = with_paid(Instalment.objects.filter(application=application).select_related("batch", "zone"))
    granted = application.granted_cny or ZERO
    found = []
    for one in rows.order_by("position"):
        one.application = application
        share = one.amount_cny / granted if granted else ZERO
        found.append(Due(one, share, paid_of(one), why_not_payable(one)))
    return found


def paid_share(application: Application) -> Decimal:
    """Return what part of the grant has been paid, 0 to 1."""
    paid = sum((paid_of(one) for one in with_paid(Instalment.objects.filter(application=application))), ZERO)
    return paid / application.granted_cny if application.granted_cny else ZERO


def why_not_payable(instalment: Instalment) -> str:
    """Return why an instalment may not be paid, empty where it may. A batch that it is in does not count."""
    application = instalment.application
    if application.state != ApplicationState.APPROVED:
        return _("申报为“%(state)s”。") % {"state": application.get_state_display()}
    why = why_not_reviewed(application.version_of)
    if why:
        return why
    rows = Instalment.objects.filter(application=application)
    if rows.aggregate(total=Sum("amount_cny"))["total"] != application.granted_cny:
        return _("各期合计与核定金额不一致，请重新排定。")
    if paid_of(with_paid(rows).get(pk=instalment.pk)) > 0:
        return _("已经付过。")
    return "" if instalment.condition == Instalment.Condition.APPROVAL else _why_not_shown(instalment)


def _why_not_shown(instalment: Instalment) -> str:
    """Return why the condition of an instalment does not count as shown, empty where it does."""
    rows = InstalmentEvidence.objects.live().filter(instalment=instalment)
    accepted = rows.select_related("stage_entry__replaced_by").order_by("-pk").first()
    if accepted is None:
        return _("“%(asks)s”还没有佐证，或没有经人认可。") % {"asks": instalment.asks}
    entry = accepted.stage_entry
    if instalment.condition == Instalment.Condition.STAGE and (entry is None or not entry.is_live):
        return _("认可时所依据的项目阶段条目已更正或作废，请重新认可。")
    return ""


def accepted_for(instalment: Instalment) -> EntryQuerySet:
    """Return what was accepted for an instalment, in force, the latest first."""
    rows = InstalmentEvidence.objects.live().filter(instalment=instalment)
    return rows.select_related("recorded_by", "evidence", "stage_entry").order_by("-pk")


def get_accepted(actor: Actor, pk: int) -> InstalmentEvidence:
    """Return one acceptance; raises NotFound when it is hidden or missing."""
    rows = InstalmentEvidence.objects.select_related(
        "zone", "instalment__application", "replaced_by", "evidence"
    )
    found = zones.in_zones(rows, actor, Thing.PAYMENT).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条认可记录"))
    return found


def visible_batches(actor: Actor) -> QuerySet[PaymentBatch]:
    """Return the batches this person may see."""
    rows = PaymentBatch.objects.select_related("zone", "prepared_by", "sent_by")
    return zones.in_zones(rows, actor, Thing.PAYMENT)


def listed_batches(actor: Actor, zone: Zone) -> QuerySet[PaymentBatch]:
    """Return the batches of a zone and the zones below it, each with its sum and how many firms it pays."""
    total = Instalment.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    sent = Payment.objects.live().filter(payment_batch=OuterRef("pk")).order_by().values("payment_batch")
    return (
        visible_batches(actor)
        .filter(zone_id__in=zones.zones_under(actor, zone, Thing.PAYMENT))
        .annotate(
            waiting_cny=Subquery(total.annotate(total=Sum("amount_cny")).values("total")),
            sent_cny=Subquery(sent.annotate(total=Sum("amount_cny")).values("total")),
        )
    )


def get_batch(actor: Actor, pk: int) -> PaymentBatch:
    """Return one batch; raises NotFound when it is hidden or missing."""
    found = visible_batches(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这个批次"))
    return found


def visible_payments(actor: Actor) -> Any:
    """Return the payments this person may see, voided ones included, with what became of each."""
    rows = Payment.objects.select_related(
        "zone",
        "policy",
        "enterprise",
        "application",
        "instalment__application",
        "payment_batch",
        "recorded_by",
        "replaced_by",
    )
    return zones.in_zones(with_arrived(rows), actor, Thing.PAYMENT)


def listed_payments(actor: Actor, zone: Zone) -> Any:
    """Return the payments in force of a zone and the zones below it."""
    scopes = zones.zones_under(actor, zone, Thing.PAYMENT)
    return visible_payments(actor).filter(zone_id__in=scopes, replaced_by=None, is_void=False)


def get_payment(actor: Actor, pk: int) -> Payment:
    """Return one payment; raises NotFound when it is hidden or missing."""
    found: Payment | None = visible_payments(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这笔兑付"))
    return found


def receipt_of(payment: Payment) -> PaymentReceipt | None:
    """Return what is known of the arrival of a payment, in force."""
    found: PaymentReceipt | None = (
        PaymentReceipt.objects.live().filter(payment=payment).order_by("-pk").first()
    )
    return found


def budget_of(policy: Policy, year: int) -> Budget:
    """Return what a policy has for a year; the caller locks the policy where it spends from it."""
    return budgets([policy], [year])[policy.pk, year]


def budgets(policies: Iterable[Policy], years: Sequence[int]) -> dict[tuple[int, int], Budget]:
    """Return the budgets of policies by (policy id, year); three queries, however many."""
    known = {policy.pk: policy for policy in policies}
    allocated = _sums(
        BudgetEntry.objects.live().filter(policy__in=known, year__in=years), "policy_id", "year", "amount_cny"
    )
    sent = with_arrived(Payment.objects.live().filter(policy__in=known, year__in=years))
    paid = _sums(sent, "policy_id", "year", "arrived_cny")
    open_rows = with_paid(
        Instalment.objects.filter(
            application__policy__in=known,
            application__state__in=(ApplicationState.APPROVED, ApplicationState.OBJECTED),
            planned_on__year__in=years,
        )
    )
    waiting: dict[tuple[int, int], Decimal] = {}
    for one in open_rows.select_related("application"):
        if not paid_of(one):
            place = one.application.policy_id, one.planned_on.year
            waiting[place] = waiting.get(place, ZERO) + one.amount_cny
    return {
        (pk, year): Budget(
            policy,
            year,
            allocated.get((pk, year), ZERO),
            waiting.get((pk, year), ZERO),
            paid.get((pk, year), ZERO),
        )
        for pk, policy in known.items()
        for year in years
    }


def budget_years(actor: Actor, zone: Zone) -> list[int]:
    """Return the years for which a zone's policies have a budget or a payment, and the present one, latest first."""
    scopes = zones.zones_under(actor, zone, Thing.PAYMENT)
    said = BudgetEntry.objects.live().filter(zone_id__in=scopes).order_by().values_list("year", flat=True)
    return sorted({*said.distinct(), zones.today(zone).year}, reverse=True)


def budget_entries(actor: Actor, policy: Policy) -> EntryQuerySet:
    """Return what was allocated to a policy, in force, the latest first."""
    rows = BudgetEntry.objects.live().filter(policy=policy)
    found: EntryQuerySet = zones.in_zones(rows, actor, Thing.PAYMENT)  # type: ignore[assignment]
    return found.select_related("recorded_by").order_by("-year", "-happened_on", "-pk")


def get_budget_entry(actor: Actor, pk: int) -> BudgetEntry:
    """Return one entry of a budget; raises NotFound when it is hidden or missing."""
    rows = BudgetEntry.objects.select_related("zone", "policy__zone", "replaced_by")
    found = zones.in_zones(rows, actor, Thing.PAYMENT).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条预算"))
    return found


def _sums(rows: Any, *names: str) -> dict[tuple[int, int], Decimal]:
    first, second, amount = names
    counted = rows.order_by().values(first, second).annotate(total=Sum(amount))
    return {(row[first], row[second]): row["total"] + ZERO for row in counted}


def paid_of(instalment: Instalment) -> Decimal:
    """Return what was paid of an instalment read by ``with_paid``, in yuan."""
    paid: Decimal | None = instalment.paid_cny  # type: ignore[attr-defined]
    return paid or ZERO
