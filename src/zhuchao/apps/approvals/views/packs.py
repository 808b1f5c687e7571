"""引入通用事项: the shipped matters beside what the zone has of them, and taking them in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from ..selectors.matter_versions import days_said
from ..selectors.packs import Standing, items_of, missing_departments, shipped_matters
from ..services.adoption import adopt_matters

COLOURS = {
    Standing.NEW: "blue",
    Standing.DIFFERENT: "yellow",
    Standing.DRAFT: "secondary",
    Standing.SAME: "green",
}


@login_required
@require_GET
def matter_pack(request: HttpRequest) -> HttpResponse:
    """List the shipped matters with where each stands in the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.MATTER, zone)
    items = items_of(zone, shipped_matters())
    context = {
        "rows": [
            {
                "item": one,
                "colour": COLOURS[one.standing],
                "promised": days_said(one.packed.facts["promised_working_days"]),
                "may_be_taken": one.standing in (Standing.NEW, Standing.DIFFERENT),
            }
            for one in items
        ],
        "missing": missing_departments(items),
        "may_add_departments": zones.may(actor, Verb.ADD, Thing.DEPARTMENT, zone),
        "may_adopt": zones.may(actor, Verb.ADD, Thing.MATTER, zone),
        "left": sum(one.standing == Standing.NEW for one in items),
    }
    return render(request, "approvals/matter_pack.html", context)


@login_required
@require_POST
def matter_adopt(request: HttpRequest) -> HttpResponse:
    """Take the ticked shipped matters into the zone, or all that it does not have."""
    actor, zone = person_of(request), zone_of(request)
    codes = request.POST.getlist("codes")
    if not codes and "all" not in request.POST:
        messages.warning(request, _("请先勾选要引入的事项。"))
        return redirect(reverse("matter-pack"))
    done = adopt_matters(actor=actor, zone=zone, pack=shipped_matters(), codes=codes)
    taken = sum(one.action != "left" for one in done)
    said = ngettext(
        "已引入 %(n)d 项草稿，请由另一人复核后发布。", "已引入 %(n)d 项草稿，请由另一人复核后发布。", taken
    )
    messages.success(request, said % {"n": taken})
    return redirect(reverse("matter-list") + "?draft=1")
