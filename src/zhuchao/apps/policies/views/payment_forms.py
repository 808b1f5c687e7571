"""The forms of payments: schedule, evidence, batches, receipts, budgets."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..forms import payments as shapes
from ..models import Instalment
from ..selectors import applications, payments
from ..services import budgets as budget_services
from ..services import payments as services
from .applications import application_url
from .payments import batch_url

FORM = "policies/application_form.html"


def _form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks, say ``done`` and go ``back``, or to the address that ``act`` returns."""

    def run(values: dict[str, Any]) -> HttpResponse:
        goal = act(values)
        messages.success(request, done)
        return redirect(goal if isinstance(goal, str) else back)

    return editing.form_response(request, form, run, title=title, cancel_url=back, template=FORM, **context)


@login_required
def schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Schedule the payment of a grant."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    zones.require(actor, Verb.ADD, Thing.PAYMENT, application.zone)
    initial: dict[str, Any] = {"percent_1": 100, "planned_on_1": zones.today(application.zone)}
    for due in payments.schedule_of(application)[: shapes.LINES]:
        one = due.instalment
        initial[f"percent_{one.position}"] = f"{due.share * 100:.2f}"
        for name in ("condition", "stage", "asked", "planned_on"):
            initial[f"{name}_{one.position}"] = getattr(one, name)
    form = shapes.ScheduleForm(editing.posted(request), initial=initial, zone=application.zone)
    return _form(
        request,
        form,
        lambda values: services.set_schedule(actor=actor, application=application, lines=form.lines),
        title=_("排定兑付"),
        back=application_url(pk),
        done=_("已排定兑付。"),
        application=application,
    )


@login_required
def evidence_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept that the condition of an instalment is met."""
    actor = person_of(request)
    instalment = payments.get_instalment(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PAYMENT, instalment.zone)
    form = shapes.AcceptForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(instalment.zone)},
        zone=instalment.zone,
    )

    def act(values: dict[str, Any]) -> object:
        evidence = kept_evidence(request, values, instalment.zone_id)
        return services.accept_evidence(actor=actor, instalment=instalment, evidence=evidence, **values)

    return _form(
        request,
        form,
        act,
        title=_("认可佐证：%(asks)s") % {"asks": instalment.asks},
        back=application_url(instalment.application_id),
        done=_("已认可，可以放入批次。"),
        application=instalment.application,
    )


@login_required
def evidence_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an acceptance back."""
    actor = person_of(request)
    accepted = payments.get_accepted(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PAYMENT, accepted.zone)
    return _form(
        request,
        VoidForm(editing.posted(request)),
        lambda values: services.void_evidence(actor=actor, accepted=accepted, reason=values["reason"]),
        title=_("作废认可：%(instalment)s") % {"instalment": accepted.instalment},
        back=application_url(accepted.instalment.application_id),
        done=_("已作废。"),
        dangerous=True,
        application=accepted.instalment.application,
    )


@login_required
@require_GET
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the file by which an instalment was accepted."""
    return evidence_response(payments.get_accepted(person_of(request), pk))  # type: ignore[return-value]


@login_required
def batch_add(request: HttpRequest) -> HttpResponse:
    """Gather payable instalments in a batch."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.PAYMENT, zone)
    own = payments.visible_instalments(actor).filter(zone=zone)
    rows = payments.payable_instalments(own).order_by("planned_on", "pk")
    form = shapes.BatchForm(
        editing.posted(request), rows=rows, initial={"instalments": [row.pk for row in rows]}, zone=zone
    )

    def act(values: dict[str, Any]) -> str:
        made = services.make_batch(actor=actor, zone=zone, **values)
        return batch_url(made.pk)

    return _form(
        request,
        form,
        act,
        title=_("编制批次"),
        back=reverse("instalment-list"),
        done=_("已编成批次，请由另一人复核拨付。"),
    )


@login_required
def batch_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay what a batch holds, as a second person."""
    actor = person_of(request)
    batch = payments.get_batch(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PAYMENT, batch.zone)
    form = shapes.SendForm(editing.posted(request), initial={"on": zones.today(batch.zone)}, zone=batch.zone)
    return _form(
        request,
        form,
        lambda values: services.send_batch(actor=actor, batch=batch, on=values["on"]),
        title=_("复核拨付：%(batch)s") % {"batch": batch},
        back=batch_url(pk),
        done=_("已拨付，请导出交财务，到账后登记回单。"),
        submit_label=_("拨付"),
    )


@login_required
@require_POST
def instalment_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an instalment out of its batch."""
    actor = person_of(request)
    instalment: Instalment = payments.get_instalment(actor, pk)
    back = batch_url(instalment.batch_id) if instalment.batch_id else reverse("payment-batch-list")
    services.leave_batch(actor=actor, instalment=instalment)
    messages.success(request, _("已移出批次。"))
    return redirect(back)


@login_required
def receipt_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what the bank says of a payment."""
    actor = person_of(request)
    payment = payments.get_payment(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PAYMENT, payment.zone)
    form = shapes.PaymentReceiptForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(payment.zone), "amount_cny": payment.amount_cny},
        zone=payment.zone,
    )

    def act(values: dict[str, Any]) -> object:
        evidence = kept_evidence(request, values, payment.zone_id)
        return services.record_receipt(actor=actor, payment=payment, evidence=evidence, **values)

    return _form(
        request,
        form,
        act,
        title=_("登记回单：%(payment)s") % {"payment": payment},
        back=batch_url(payment.payment_batch_id),
        done=_("已登记回单。"),
    )


@login_required
def payment_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a payment out of force: the receipt first where there is one, and then the payment."""
    actor = person_of(request)
    payment = payments.get_payment(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PAYMENT, payment.zone)
    receipt = payments.receipt_of(payment)

    def act(values: dict[str, Any]) -> object:
        if receipt is not None:
            return services.void_receipt(actor=actor, receipt=receipt, reason=values["reason"])
        return services.void_payment(actor=actor, payment=payment, reason=values["reason"])

    return _form(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=(_("作废回单：%(payment)s") if receipt else _("作废拨付：%(payment)s")) % {"payment": payment},
        back=batch_url(payment.payment_batch_id),
        done=_("已作废。"),
        dangerous=True,
    )


@login_required
def budget_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Allocate money to a policy for a year."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PAYMENT, policy.zone)
    today = zones.today(policy.zone)
    form = shapes.BudgetForm(
        editing.posted(request), initial={"year": today.year, "on": today}, zone=policy.zone
    )
    return _form(
        request,
        form,
        lambda values: budget_services.allocate_budget(actor=actor, policy=policy, **values),
        title=_("安排预算：%(policy)s") % {"policy": policy},
        back=reverse("policy-budget-detail", args=[pk]),
        done=_("已登记预算。"),
        policy=policy,
    )


@login_required
@require_GET
def budget_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was allocated to a policy, year by year, and what is left."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, policy.zone)
    entries = list(payments.budget_entries(actor, policy))
    years = sorted({entry.year for entry in entries} | {zones.today(policy.zone).year}, reverse=True)
    held = payments.budgets([policy], years)
    context = {
        "policy": policy,
        "budgets": [held[policy.pk, year] for year in years],
        "entries": entries,
        "may_set": zones.may(actor, Verb.MANAGE, Thing.PAYMENT, policy.zone_id),
        "may_void": zones.may(actor, Verb.VOID, Thing.PAYMENT, policy.zone_id),
    }
    return render(request, "policies/budget.html", context)


@login_required
def budget_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry of a budget out of force."""
    actor = person_of(request)
    entry = payments.get_budget_entry(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PAYMENT, entry.zone)
    return _form(
        request,
        VoidForm(editing.posted(request)),
        lambda values: budget_services.void_budget(actor=actor, entry=entry, reason=values["reason"]),
        title=_("作废预算：%(entry)s") % {"entry": entry},
        back=reverse("policy-budget-detail", args=[entry.policy_id]),
        done=_("已作废。"),
        dangerous=True,
        policy=entry.policy,
    )
