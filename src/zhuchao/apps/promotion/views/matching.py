"""Pages of the match: premises for a lead, choices side by side, leads for a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.premises.selectors import get_unit, longest_hold_days
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.web.requests import zone_of

from .. import selectors
from ..models import Lead
from ..selectors import matching
from .leads import lead_url

HOLD_DAYS = 30


@dataclass(frozen=True)
class Group:
    """A part of the ranking: what it is, how many there are, those shown."""

    key: str
    title: str
    count: int
    fits: Sequence[matching.Fit]
    hint: str = ""
    may_hold: bool = False


@login_required
def lead_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank the free units for a lead."""
    lead = selectors.get_lead(request.user, pk)
    match = matching.match_lead(request.user, lead, zone=place_of(request, lead))
    is_ours = bool(zones.roles_of(request.user, lead.zone_id))
    ways = [{"label": _("查看线索"), "url": lead_url(lead)}]
    if is_ours and request.may("change", "lead"):  # type: ignore[attr-defined]
        ways.insert(0, {"label": _("填写需求"), "url": reverse("lead-needs", args=[pk])})
    context: dict[str, Any] = {"lead": lead, "is_ours": is_ours, "match": match, "ways": ways}
    if match is not None:
        may_hold = is_ours and lead.is_open and request.may("add", "hold")  # type: ignore[attr-defined]
        context["hold_until"] = hold_until(lead)
        context["groups"] = [
            Group("fits", _("全部满足"), match.fits_count, match.fits, may_hold=may_hold),
            Group(
                "asks",
                _("缺数据，先问清"),
                match.asks_count,
                match.asks,
                _("没有不满足的，但有必须满足的条件没有登记。"),
                may_hold,
            ),
            Group("soon", _("即将空出"), len(match.soon), match.soon, _("现在还在用，登记了可用日期。")),
            Group(
                "nearest", _("最接近的"), match.refused_count, match.nearest, _("有必须满足的条件不满足。")
            ),
        ]
    return render(request, "promotion/lead_match.html", context)


@login_required
def lead_match_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show up to four choices for a lead side by side; ``u`` names one, its units joined by a hyphen."""
    lead = selectors.get_lead(request.user, pk)
    choices = [ids_in(text) for text in request.GET.getlist("u")]
    fits = matching.compare(request.user, lead, choices, zone=place_of(request, lead)) if choices else []
    context = {
        "lead": lead,
        "fits": fits,
        "lines": list(zip(*(fit.rows for fit in fits), strict=True)),
        "ways": [{"label": _("返回匹配"), "url": reverse("lead-match", args=[pk])}],
    }
    return render(request, "promotion/lead_match_compare.html", context)


@login_required
def unit_leads(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank the open leads for a vacant unit."""
    unit = get_unit(request.user, pk)
    match = matching.match_unit(request.user, unit)
    context: dict[str, Any] = {
        "unit": unit,
        "match": match,
        "ways": [{"label": _("查看房源"), "url": reverse("unit-detail", args=[pk])}],
    }
    if match is not None:
        context["groups"] = [
            Group("fits", _("适合的项目"), len(match.fits), match.fits),
            Group("asks", _("缺数据，先问清"), len(match.asks), match.asks),
            Group("refused", _("不适合的"), len(match.refused), match.refused),
        ]
    return render(request, "promotion/unit_leads.html", context)


def place_of(request: HttpRequest, lead: Lead) -> Zone:
    """Return the zone whose units a lead is matched with: its own, or the reader's for one that others share."""
    if zones.roles_of(request.user, lead.zone_id):
        return lead.zone
    found: Zone = zone_of(request)
    return found


def hold_until(lead: Lead) -> date:
    """Return until when units are held for a lead where nobody says otherwise: 30 days, or as long as is allowed."""
    today = zones.today(lead.zone)
    return today + timedelta(days=min(HOLD_DAYS, longest_hold_days(lead.zone, today)))


def ids_in(text: str) -> list[int]:
    """Return the ids of units that an address names: ``12-13``."""
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise WrongInput(field=_("房源"), why=_("没有“{word}”这一项。").format(word=text))
    return [int(part) for part in parts]
