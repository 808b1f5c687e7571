"""Pages of first contact, its disputes, and the credit for a lead."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import ArgumentForm, CreditForm, DecisionForm, DisputeForm, FirstContactForm, TransferForm
from ..models import Dispute
from .leads import done, lead_url
from .pages import form_response


@login_required
def first_contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter who met the investor first."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, lead.zone_id)
        entry = services.add_first_contact(actor=person_of(request), lead=lead, evidence=evidence, **values)
        return done(request, lead, _("已登记首招人%(person)s，不能再修改。") % {"person": entry.person})

    initial = {
        "person": lead.owner_id or request.user.pk,
        "on": lead.found_on,
        "department": lead.department_id,
    }
    form = FirstContactForm(posted(request), request.FILES or None, zone=lead.zone, initial=initial)
    return form_response(
        request,
        form,
        act,
        title=_("登记首招：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


@login_required
def first_contact_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a first contact; a pool shares the lead and not its papers."""
    entry = selectors.get_first_contact(request.user, pk)
    selectors.refuse_pool(request.user, entry.lead)
    return evidence_response(entry)


@login_required
def dispute_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the first contact of a lead was one's own."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        dispute = services.raise_dispute(actor=person_of(request), lead=lead, **values)
        messages.success(request, _("已提出，等待领导裁定。"))
        return redirect("dispute-detail", pk=dispute.pk)

    form = DisputeForm(posted(request), zone=lead.zone, initial={"claimed_on": lead.found_on})
    return form_response(
        request,
        form,
        act,
        title=_("提出首招争议：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


@login_required
def dispute_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a dispute: both versions, what was said, and the decision."""
    dispute = selectors.get_dispute(request.user, pk)
    first = selectors.first_contacts_of(dispute.lead)
    return render(
        request,
        "promotion/dispute_detail.html",
        {
            "record": dispute,
            "dispute": dispute,
            "contacts": first,
            "arguments": dispute.arguments.select_related("recorded_by").order_by("pk"),
            "may_argue": dispute.is_open and zones.may(request.user, Verb.ADD, Thing.LEAD, dispute.zone_id),
            "may_decide": dispute.is_open
            and zones.may(request.user, Verb.MANAGE, Thing.LEAD, dispute.zone_id),
        },
    )


@login_required
def dispute_argue(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something in a dispute."""
    dispute = selectors.get_dispute(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, dispute.zone_id)
        services.add_argument(
            actor=person_of(request), dispute=dispute, evidence=evidence, text=values["text"]
        )
        messages.success(request, _("已记入争议。"))
        return redirect("dispute-detail", pk=dispute.pk)

    form = ArgumentForm(posted(request), request.FILES or None, zone=dispute.zone)
    return form_response(
        request,
        form,
        act,
        title=_("补充陈述"),
        cancel_url=_dispute_url(dispute),
        lead=dispute.lead,
    )


@login_required
def dispute_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a dispute."""
    dispute = selectors.get_dispute(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.decide_dispute(actor=person_of(request), dispute=dispute, **values)
        messages.success(request, _("已裁定，双方和理由都记入变更记录。"))
        return redirect("dispute-detail", pk=dispute.pk)

    return form_response(
        request,
        DecisionForm(posted(request), zone=dispute.zone),
        act,
        title=_("裁定首招争议：%(lead)s") % {"lead": dispute.lead},
        cancel_url=_dispute_url(dispute),
        lead=dispute.lead,
    )


@login_required
def lead_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Share the credit for a lead anew."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.split_credit(actor=person_of(request), lead=lead, **values)
        return done(request, lead, _("已分配功劳，原来的分配保留在记录中。"))

    initial = {"parts": selectors.said_as_lines(selectors.credit_of(lead))}
    return form_response(
        request,
        CreditForm(posted(request), zone=lead.zone, initial=initial),
        act,
        title=_("分配功劳：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


@login_required
def lead_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a lead to another team and share the credit."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.transfer_lead(actor=person_of(request), lead=lead, **values)
        return done(request, lead, _("已移交%(name)s，首招人不变。") % {"name": values["owner"]})

    initial = {
        "department": lead.department_id,
        "parts": selectors.said_as_lines(selectors.credit_of(lead)),
    }
    return form_response(
        request,
        TransferForm(posted(request), zone=lead.zone, initial=initial),
        act,
        title=_("移交线索：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


def _dispute_url(dispute: Dispute) -> str:
    return reverse("dispute-detail", args=[dispute.pk])
