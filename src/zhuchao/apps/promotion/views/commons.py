"""Pages of the public pool 公海: what is in it, taking a lead and giving one back."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.editing import posted
from zhuchao.web.forms import ZForm
from zhuchao.web.lists import Filter, ListPage, RowVerb, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ReturnForm
from ..models import Lead
from .leads import COLUMNS, done, lead_url
from .pages import form_response

COMMONS = ListPage(
    key="lead-commons",
    title=gettext_lazy("公海"),
    thing="lead",
    columns=tuple(column for column in COLUMNS if column.key != "owner"),
    filters=(
        Filter("stage", gettext_lazy("阶段"), by_value("stage"), choices=lambda request: Lead.Stage.choices),
        Filter(
            "source",
            gettext_lazy("线索来源"),
            by_value("source"),
            choices=lambda request: Lead.Source.choices,
        ),
    ),
    row_verbs=(
        RowVerb(
            "claim",
            gettext_lazy("领取"),
            lambda lead: reverse("lead-claim", args=[lead.pk]),
            "tabler-user-check",
            "change",
            "lead",
        ),
    ),
    default_sort="name",
    empty_sentence=gettext_lazy("公海里没有线索：每条未结束的线索都有责任人。"),
)


@login_required
def lead_commons(request: HttpRequest) -> HttpResponseBase:
    """List the leads that nobody answers for."""
    return list_response(request, COMMONS, selectors.commons_of(request.user, zone_of(request)))


@login_required
def lead_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lead out of the public pool."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        claimed = services.claim_lead(actor=person_of(request), lead=lead)
        return done(request, claimed, _("已领取，现在由您负责。请填写下一步。"))

    rules = selectors.in_force(selectors.POOL, zones.today(lead.zone))
    return form_response(
        request,
        _NothingToFill(posted(request)),
        act,
        title=_("领取线索：%(lead)s") % {"lead": lead},
        cancel_url=reverse("lead-commons"),
        lead=lead,
        submit_label=_("领取"),
        pool_rules=rules,
        held=selectors.held_from_pool(lead.zone_id, person_of(request).pk).count(),
    )


@login_required
def lead_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a lead back to the public pool."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.return_lead(actor=person_of(request), lead=lead, **values)
        return done(request, lead, _("已退回公海，同事可以领取。"))

    return form_response(
        request,
        ReturnForm(posted(request)),
        act,
        title=_("退回公海：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


class _NothingToFill(ZForm):
    """A question with yes or no only."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)
