"""Pages of the referrals between parks, and of the masked question."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.forms import refuse
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import AcceptForm, ReferralForm, TalksForm, WhyForm
from ..models import Referral
from .leads import done, lead_url
from .pages import form_response

COLOURS = {
    Referral.State.OFFERED: "yellow",
    Referral.State.ACCEPTED: "green",
    Referral.State.DECLINED: "secondary",
    Referral.State.WITHDRAWN: "secondary",
}


def referral_url(referral: Referral) -> str:
    """Return where a referral opens."""
    return reverse("referral-detail", args=[referral.pk])


REFERRALS = ListPage(
    key="referrals",
    title=gettext_lazy("跨园区转介"),
    thing="lead",
    columns=(
        Column("lead", gettext_lazy("项目名称"), lambda row: row.lead.name, link=referral_url, on_phone=True),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: (row.state, row.get_state_display(), COLOURS[row.state]),
            Kind.STATE,
            on_phone=True,
        ),
        Column("from", gettext_lazy("转出"), lambda row: row.zone.short_name),
        Column("to", gettext_lazy("接收"), lambda row: row.to_zone.short_name),
        Column("offered", gettext_lazy("转出日期"), lambda row: row.offered_on, Kind.DATE),
        Column(
            "due", gettext_lazy("答复期限"), lambda row: row.due_on, Kind.DATE, sort="due_on", on_phone=True
        ),
        Column("answered", gettext_lazy("答复日期"), lambda row: row.answered_on, Kind.DATE),
        Column("giving", gettext_lazy("转出方功劳（%）"), lambda row: row.giving_share, Kind.NUMBER),
        Column("taking", gettext_lazy("接收方功劳（%）"), lambda row: row.taking_share, Kind.NUMBER),
    ),
    filters=(
        Filter(
            "state", gettext_lazy("状态"), by_value("state"), choices=lambda request: Referral.State.choices
        ),
    ),
    default_sort="due_on",
    empty_sentence=gettext_lazy("还没有转介。在线索页点“转介”，转给联盟里的其他园区。"),
)


@login_required
def referral_list(request: HttpRequest) -> HttpResponseBase:
    """List what this zone gives to other parks and takes from them."""
    return list_response(request, REFERRALS, selectors.referrals_of(request.user, zone_of(request)))


@login_required
def referral_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a referral: the facts of the lead that the giving park offers, the credit, and the answer."""
    referral = selectors.get_referral(request.user, pk)
    return render(
        request,
        "promotion/referral_detail.html",
        {
            "record": referral,
            "referral": referral,
            "colour": COLOURS[Referral.State(referral.state)],
            "is_late": referral.was_late
            or (referral.is_open and referral.due_on < zones.today(referral.to_zone)),
            "first": selectors.first_contact_of(referral.lead),
            "may_answer": referral.is_open
            and zones.may(request.user, Verb.ADD, Thing.LEAD, referral.to_zone_id),
            "may_withdraw": referral.is_open
            and zones.may(request.user, Verb.ASSIGN, Thing.LEAD, referral.zone_id),
            "sees_lead": zones.may(request.user, Verb.VIEW, Thing.LEAD, referral.zone_id),
            "sees_new": referral.new_lead_id
            and zones.may(request.user, Verb.VIEW, Thing.LEAD, referral.to_zone_id),
        },
    )


@login_required
def lead_refer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a lead to another park."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        referral = services.offer_referral(actor=person_of(request), lead=lead, **values)
        return done(
            request,
            lead,
            _("已转给%(zone)s，请对方在 %(day)s 前答复。")
            % {"zone": referral.to_zone, "day": referral.due_on},
        )

    return form_response(
        request,
        ReferralForm(posted(request), zone=lead.zone),
        act,
        title=_("转介到其他园区：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


@login_required
def referral_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lead over from another park."""
    referral = selectors.get_referral(request.user, pk)
    zones.require(request.user, Verb.ADD, Thing.LEAD, referral.to_zone_id)

    def act(values: dict[str, Any]) -> HttpResponse:
        lead = services.accept_referral(actor=person_of(request), referral=referral, **values)
        return done(request, lead, _("已接收，首招人和功劳按约定带入。"))

    form = AcceptForm(posted(request), zone=referral.to_zone, initial={"owner": request.user.pk})
    return form_response(
        request,
        form,
        act,
        title=_("接收转介：%(lead)s") % {"lead": referral.lead},
        cancel_url=referral_url(referral),
    )


@login_required
def referral_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a lead that another park offers."""
    return _close(
        request, pk, services.decline_referral, _("谢绝转介：%(lead)s"), _("已谢绝，线索留在转出方。")
    )


@login_required
def referral_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer back."""
    return _close(request, pk, services.withdraw_referral, _("撤回转介：%(lead)s"), _("已撤回。"))


def _close(
    request: HttpRequest, pk: int, verb: Callable[..., Referral], title: str, said: str
) -> HttpResponse:
    referral = selectors.get_referral(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        verb(actor=person_of(request), referral=referral, **values)
        messages.success(request, said)
        return redirect("referral-detail", pk=referral.pk)

    return form_response(
        request,
        WhyForm(posted(request), zone=referral.zone),
        act,
        title=title % {"lead": referral.lead},
        cancel_url=referral_url(referral),
    )


@login_required
def talks_check(request: HttpRequest) -> HttpResponse:
    """Ask whether another park of the alliance is in talks with a firm; the answer names nobody."""
    zone = zone_of(request)
    actor: User = person_of(request)
    zones.require(actor, Verb.ADD, Thing.LEAD, zone)
    form = TalksForm(posted(request), zone=zone)
    answer, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = services.check_talks(actor=actor, zone=zone, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
            status = error.http_status
    return render(
        request,
        "promotion/talks_check.html",
        {"form": form, "answer": answer, "title": _("是否在谈"), "cancel_url": reverse("lead-list")},
        status=status,
    )
