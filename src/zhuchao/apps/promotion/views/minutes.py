"""The minute of a talk, on one short page that fits a phone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.core.wording import clauses, listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.viewings import MinuteForm
from ..models import Lead, LeadNeeds
from .pages import form_response

FOUND = 20


@login_required
def activity_quick(request: HttpRequest) -> HttpResponse:
    """Enter a minute: whom, what was said, what comes next; ``?lead=`` chooses the lead beforehand."""
    zone = zone_of(request)
    leads = _open_leads(request, zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        title = _("对接%(firm)s") % {"firm": values["firm"]}
        minute = services.take_minute(actor=person_of(request), zone=zone, title=title, **values)
        _say(request, minute)
        return redirect("activity-detail", pk=minute.activity.pk)

    asked = request.GET.get("lead", "")
    lead = (
        leads.filter(pk=int(asked)).first()
        if asked.isascii() and asked.isdigit() and len(asked) < 10
        else None
    )
    initial = {"on": zones.today(zone), "direction": "out"}
    if lead is not None:
        initial |= {"lead": lead.pk, "firm": lead.investor}
    form = MinuteForm(
        request.POST or None,
        zone=zone,
        leads=leads.order_by("name", "pk"),
        leads_url=reverse("lead-options"),
        initial=initial,
    )
    return form_response(
        request, form, act, title=_("速记"), cancel_url=reverse("activity-list"), form_key="activity-quick"
    )


@login_required
@require_safe
def lead_options(request: HttpRequest) -> JsonResponse:
    """Answer a search for the open leads of the zone, as the form of a minute asks."""
    zone = zone_of(request)
    text = request.GET.get("q", "").strip()[:80]
    scopes = zones.zones_under(request.user, zone, Thing.LEAD)
    rows = (
        selectors.search_leads(_open_leads(request, zone), scopes, text)
        if len(text) > 1
        else Lead.objects.none()
    )
    items = [
        {
            "id": lead.pk,
            "text": lead.name,
            "detail": clauses(filter(None, (lead.get_stage_display(), lead.investor))),
        }
        for lead in rows.order_by("name", "pk")[:FOUND]
    ]
    return JsonResponse({"items": items})


def _open_leads(request: HttpRequest, zone: Zone) -> QuerySet[Lead]:
    return selectors.leads_of(request.user, zone).filter(zone=zone).exclude(stage__in=selectors.CLOSED)


def _say(request: HttpRequest, minute: services.Minute) -> None:
    messages.success(request, _("已记下。"))
    needs = LeadNeeds()
    if minute.filled:
        said = ngettext(
            "读出 %(n)d 项需求：%(names)s。", "读出 %(n)d 项需求：%(names)s。", len(minute.filled)
        )
        names = listed(label_of(needs, name) for name in minute.filled)
        messages.success(request, said % {"n": len(minute.filled), "names": names})
    if minute.differing:
        names = listed(label_of(needs, name) for name in minute.differing)
        messages.warning(request, _("与原来的需求不一致，没有改动：%(names)s。") % {"names": names})
    if minute.refused is not None:
        messages.warning(request, str(minute.refused))
