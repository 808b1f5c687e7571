"""The API of payments: schedules, evidence, batches, receipts, budgets."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Application, InstalmentEvidence, PaymentBatch, PaymentReceipt
from ..schemas.payments import (
    BudgetIn,
    BudgetOut,
    GrantPaymentOut,
    InstalmentEvidenceIn,
    InstalmentEvidenceOut,
    InstalmentIn,
    PaymentBatchIn,
    PaymentBatchOut,
    PaymentBatchPage,
    PaymentPage,
    PaymentReceiptIn,
    PaymentReceiptOut,
    PaymentSendIn,
    ScheduleOut,
)
from ..selectors import applications, payments
from ..selectors.payments import Budget
from ..services import budgets as budget_services
from ..services import payments as services

router = Router(tags=["policies"])


@router.get("/policies/applications/{int:pk}/schedule", response=ScheduleOut)
def get_schedule(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return the schedule of a grant, with why each instalment may not be paid yet."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, application.zone)
    return _schedule(application)


@router.put("/policies/applications/{int:pk}/schedule", response=ScheduleOut)
def set_schedule(request: HttpRequest, pk: int, body: list[InstalmentIn]) -> dict[str, Any]:
    """Schedule the payment of a grant in instalments that add up to 100 %."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    lines = [
        services.Line(one.percent, one.condition, one.planned_on, one.stage or "", one.asked) for one in body
    ]
    services.set_schedule(actor=actor, application=application, lines=lines)
    return _schedule(applications.get_application(actor, pk))


@router.post("/policies/instalments/{int:pk}/accept", response={201: InstalmentEvidenceOut})
def accept_evidence(request: HttpRequest, pk: int, body: InstalmentEvidenceIn) -> Status[InstalmentEvidence]:
    """Accept that the condition of an instalment is met."""
    actor = person_of(request)
    instalment = payments.get_instalment(actor, pk)
    return Status(201, services.accept_evidence(actor=actor, instalment=instalment, **body.dict()))


@router.post("/policies/accepted/{int:pk}/void", response=InstalmentEvidenceOut)
def void_evidence(request: HttpRequest, pk: int, body: ReasonIn) -> InstalmentEvidence:
    """Take an acceptance back."""
    actor = person_of(request)
    accepted = payments.get_accepted(actor, pk)
    return services.void_evidence(actor=actor, accepted=accepted, reason=body.reason)


@router.get("/policies/batches", response=PaymentBatchPage)
def list_batches(
    request: HttpRequest, zone: str, state: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the batches of a zone and the zones below it, by id."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = payments.listed_batches(actor, here)
    return page_of(rows.filter(state=state) if state else rows, after, limit)


@router.post("/policies/batches", response={201: PaymentBatchOut})
def make_batch(request: HttpRequest, zone: str, body: PaymentBatchIn) -> Status[PaymentBatch]:
    """Gather payable instalments in a batch."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = [payments.get_instalment(actor, pk) for pk in dict.fromkeys(body.instalments)]
    made = services.make_batch(actor=actor, zone=here, instalments=rows, channel=body.channel, note=body.note)
    return Status(201, made)


@router.get("/policies/batches/{int:pk}", response=PaymentBatchOut)
def get_batch(request: HttpRequest, pk: int) -> PaymentBatch:
    """Return one batch."""
    return payments.get_batch(person_of(request), pk)


@router.post("/policies/batches/{int:pk}/send", response=list[GrantPaymentOut])
def send_batch(request: HttpRequest, pk: int, body: PaymentSendIn) -> Any:
    """Pay what a batch holds, as a second person."""
    actor = person_of(request)
    return services.send_batch(actor=actor, batch=payments.get_batch(actor, pk), on=body.on)


@router.get("/policies/payments", response=PaymentPage)
def list_payments(request: HttpRequest, zone: str, after: int = 0, limit: int = 50) -> dict[str, Any]:
    """List the payments of a zone and the zones below it, in force, by id."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    return page_of(payments.listed_payments(actor, here), after, limit)


@router.post("/policies/payments/{int:pk}/receipt", response={201: PaymentReceiptOut})
def record_receipt(request: HttpRequest, pk: int, body: PaymentReceiptIn) -> Status[PaymentReceipt]:
    """Enter what the bank says of a payment."""
    actor = person_of(request)
    payment = payments.get_payment(actor, pk)
    return Status(201, services.record_receipt(actor=actor, payment=payment, **body.dict()))


@router.post("/policies/payments/{int:pk}/void", response=GrantPaymentOut)
def void_payment(request: HttpRequest, pk: int, body: ReasonIn) -> Any:
    """Take a payment out of force that was never made."""
    actor = person_of(request)
    return services.void_payment(actor=actor, payment=payments.get_payment(actor, pk), reason=body.reason)


@router.get("/policies/budgets", response=list[BudgetOut])
def list_budgets(request: HttpRequest, zone: str, year: int | None = None) -> list[dict[str, Any]]:
    """List what the policies of a zone and the zones below it have for a year (the present one)."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, here)
    today = zones.today(here)
    policies = selectors.listed_policies(actor, here, today)
    held = payments.budgets(policies, [year or today.year])
    return [_budget(one) for one in held.values()]


@router.post("/policies/{int:pk}/budgets", response={201: BudgetOut})
def allocate_budget(request: HttpRequest, pk: int, body: BudgetIn) -> Status[dict[str, Any]]:
    """Allocate money to a policy for a year."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    budget_services.allocate_budget(actor=actor, policy=policy, **body.dict())
    return Status(201, _budget(payments.budget_of(policy, body.year)))


def _budget(budget: Budget) -> dict[str, Any]:
    names = ("year", "allocated_cny", "committed_cny", "paid_cny", "left_cny", "free_cny")
    said = {name: getattr(budget, name) for name in names}
    return said | {"policy_id": budget.policy.pk, "title": budget.policy.title}


def _schedule(application: Application) -> dict[str, Any]:
    names = ("id", "position", "amount_cny", "condition", "stage", "asked", "planned_on", "batch_id")
    return {
        "paid_share": float(payments.paid_share(application)),
        "instalments": [
            {name: getattr(due.instalment, name) for name in names}
            | {"share": float(due.share), "paid_cny": due.paid_cny, "why_not": due.why_not}
            for due in payments.schedule_of(application)
        ],
    }
