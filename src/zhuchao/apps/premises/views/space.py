"""The account of space of a zone, and the scorecards of its stewards."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Unit
from .stacks import STATE_COLOURS


@login_required
def space_account(request: HttpRequest) -> HttpResponse:
    """Show what space there is, what came and went, how it is taken up, and how long the rest stands empty."""
    zone = zone_of(request)
    actor = person_of(request)
    _require_view(actor, Thing.UNIT, zone)
    start, end = asked_period(request, zone)
    ids = zones.zones_under(actor, zone, Thing.UNIT)
    units = selectors.visible_units(actor).filter(zone_id__in=ids)
    return render(request, "premises/space.html", {"zone": zone, **figures(zone, ids, units, start, end)})


def figures(zone: Zone, ids: list[int], units: QuerySet[Unit], start: date, end: date) -> dict[str, Any]:
    """Return what a page says of the space of some units over a period."""
    as_of = zones.now(zone)
    kinds = dict(units.order_by().values_list("pk", "kind"))
    steps = selectors.unit_steps(ids, end, as_of, units)
    supplies = selectors.supply_by_kind(steps, kinds, end)
    trend = selectors.vacancy_trend(steps, end)
    plots = selectors.area_by_state(ids, end, as_of, units=units.filter(kind=Unit.Kind.PLOT))
    return {
        "start": start,
        "end": end,
        "movement": selectors.stock_movement(ids, start, end, as_of, units=units),
        "supplies": supplies,
        "total": selectors.whole(supplies),
        "trend": trend,
        "chart": chart_of(trend) if any(month.stock_m2 for month in trend) else None,
        "plots": [(part, STATE_COLOURS[Unit.State(part.state)]) for part in plots.by_state],
        "idle": selectors.idle_clock(ids, end, as_of, units),
    }


def _require_view(actor: User, thing: Thing, zone: Zone) -> None:
    """Refuse who may see nothing of a thing; who sees a part of it, an operator, is shown that part."""
    if not zones.may(actor, Verb.VIEW, thing, zone):
        zones.require(actor, Verb.VIEW, thing, zone)


def asked_period(request: HttpRequest, zone: Zone) -> tuple[date, date]:
    """Return the period an address asks for: from the first of the year to today when it does not say."""
    today = zones.today(zone)
    end = _day(request, "end", today)
    start = _day(request, "start", end.replace(month=1, day=1))
    if start > end:
        raise WrongInput(field=_("起始日期"), why=_("不能晚于截止日期。"))
    return start, end


def _day(request: HttpRequest, name: str, usual: date) -> date:
    text = request.GET.get(name, "")
    if not text:
        return usual
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 2200:
        raise WrongInput(field=_("日期"), why=_("应为 2023-05-31 这样的日期。"))
    return found


def chart_of(trend: list[selectors.MonthStock]) -> dict[str, Any]:
    """Return the chart of how much stands empty: area as bars, its share as a line."""
    return {
        "grid": {"left": 8, "right": 8, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [f"{month.on:%Y-%m}" for month in trend]},
        "yAxis": [
            {"type": "value", "name": "㎡"},
            {"type": "value", "name": "%", "min": 0, "splitLine": {"show": False}},
        ],
        "series": [
            {
                "type": "bar",
                "name": _("空置面积"),
                "barMaxWidth": 28,
                "data": [float(month.vacant_m2) for month in trend],
            },
            {
                "type": "line",
                "name": _("空置率"),
                "yAxisIndex": 1,
                "symbolSize": 7,
                "data": [
                    None if month.vacancy.ratio is None else round(float(month.vacancy.ratio) * 100, 1)
                    for month in trend
                ],
            },
        ],
    }


@login_required
def steward_list(request: HttpRequest) -> HttpResponse:
    """Show the scorecard of every steward, and the sites that nobody answers for."""
    zone = zone_of(request)
    actor = person_of(request)
    _require_view(actor, Thing.SITE, zone)
    today = zones.today(zone)
    cards = selectors.scorecards(actor, zone, today, zones.now(zone))
    return render(
        request,
        "premises/stewards.html",
        {
            "zone": zone,
            "today": today,
            "cards": [card for card in cards if card.steward is not None],
            "nobody": next((card for card in cards if card.steward is None), None),
            "too_long": selectors.TOO_LONG_DAYS,
        },
    )
