"""The pipeline: leads by stage as columns, and the counts of any day as known at any moment."""

from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.requests import zone_of

from .. import selectors
from ..models import Lead
from .leads import STAGE_COLOURS

SHOWN = 15


@login_required
def lead_board(request: HttpRequest) -> HttpResponse:
    """Show the leads by stage, and the pipeline on a day: ``?on=`` the day, ``?known=`` the day it was known."""
    zone = zone_of(request)
    ids = zones.zones_under(request.user, zone, Thing.LEAD)
    on = _day(request, "on") or zones.today(zone)
    known = _day(request, "known")
    as_of = _end_of(known) if known else zones.now(zone)
    rows = selectors.leads_of(request.user, zone)
    return render(
        request,
        "promotion/lead_board.html",
        {
            "on": on,
            "known": known,
            "pipeline": selectors.pipeline(ids, on, as_of),
            "columns": [_column(rows, stage) for stage in Lead.Stage],
            "today": zones.today(zone),
        },
    )


def _column(rows: Any, stage: Lead.Stage) -> dict[str, Any]:
    here = rows.filter(stage=stage)
    leads = list(here.order_by("-stage_since", "-pk")[: SHOWN + 1])
    return {
        "stage": stage.value,
        "label": stage.label,
        "colour": STAGE_COLOURS[stage],
        "leads": leads[:SHOWN],
        "count": here.count() if len(leads) > SHOWN else len(leads),
        "has_more": len(leads) > SHOWN,
    }


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise WrongInput(field=_("日期"), why=_("应为 2023-06-15 这样的日期。"))
    return day


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, timezone.get_default_timezone())
