"""The pipeline: leads by stage as columns, and the counts of any day as known at any moment."""

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

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

from .. import selectors, services
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
            "moves": {
                stage.value: [(move.value, move.label) for move in services.ALLOWED_MOVES[stage]]
                for stage in Lead.Stage
            },
            "today": zones.today(zone),
        },
    )


@login_required
def lead_funnel(request: HttpRequest) -> HttpResponse:
    """Show how far the leads found in a period came, by source, by sector and by who brought them.

    ``?first=`` and ``?last=`` are the days of the period; without them it is the present year so far.
    """
    zone = zone_of(request)
    today = zones.today(zone)
    first, last = _day(request, "first") or today.replace(month=1, day=1), _day(request, "last") or today
    if last < first:
        raise WrongInput(field=_("日期"), why=_("结束日期不能早于开始日期。"))
    rows = selectors.found_between(selectors.leads_of(request.user, zone), first, last)
    return render(
        request,
        "promotion/lead_funnel.html",
        {
            "first": first,
            "last": last,
            "whole": selectors.whole_way(rows),
            "tables": [
                (_("按线索来源"), _("线索来源"), "source", selectors.ways_by_source(rows)),
                (_("按产业领域"), _("产业领域"), "sector", selectors.ways_by_sector(rows)),
            ],
            "referrers": selectors.referrers(rows),
            "steps": [(step.value, step.label) for step in selectors.STEPS],
            "period": urlencode({"found_from": first.isoformat(), "found_to": last.isoformat()}),
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
