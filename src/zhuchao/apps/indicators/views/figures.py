"""指标: the month's figures, and what each is made of."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import unit_word
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import Request, zone_of

from .. import selectors
from ..selectors.figures import entries_of, moment_of
from ..services.reports import headline, sentence_of

ENTRIES_A_PAGE = 200


def month_of(request: Request, zone: Zone) -> date:
    """Return the last day of the month asked for, or of the last month that is over."""
    asked = request.GET.get("month", "")
    if asked:
        return selectors.month_end(asked)
    on = zones.today(zone)
    closed = on.replace(day=1) - timedelta(days=1)
    return closed if closed.year == on.year else selectors.month_end(f"{on.year}-{on.month}")


@login_required
@require_GET
def figure_list(request: Request) -> HttpResponse:
    """Show the figures of a month: a headline, bars against targets, and the table."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.TARGET, zone)
    month = month_of(request, zone)
    as_of = moment_of(request.GET.get("as_of", ""))
    figures = selectors.figures_of(request.user, zone, month=month, as_of=as_of)
    judged = [figure for figure in figures if figure.main_target]
    return render(
        request,
        "indicators/figure_list.html",
        {
            "figures": figures,
            "judged": judged,
            "headline": headline(figures),
            "month": month,
            "months": _months_around(month, zones.today(zone)),
            "as_of": as_of,
            "moment": as_of or zones.now(zone),
        },
    )


@login_required
@require_GET
def figure_detail(request: Request, code: str) -> HttpResponse:
    """Show one figure and every entry it is made of."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.TARGET, zone)
    indicator = selectors.get_indicator(request.user, zone, code)
    month = month_of(request, zone)
    as_of = moment_of(request.GET.get("as_of", ""))
    figure = selectors.figure_of(request.user, zone, indicator, month=month, as_of=as_of)
    made_of = entries_of(request.user, zone, indicator, month=month, as_of=as_of)
    lines, more = [], 0
    if made_of is not None:
        measure, rows = made_of
        shown = list(rows[: ENTRIES_A_PAGE + 1])
        more = max(0, figure.entry_count - ENTRIES_A_PAGE)
        lines = [(line, figure.text(line.amount)) for line in map(measure.describe, shown[:ENTRIES_A_PAGE])]
    history = [
        selectors.figure_of(request.user, zone, indicator, month=day, as_of=as_of)
        for day in _year_so_far(month)
    ]
    return render(
        request,
        "indicators/figure_detail.html",
        {
            "figure": figure,
            "sentence": sentence_of(figure),
            "lines": lines,
            "more": more,
            "history": history,
            "trend": _trend(history, unit_word(indicator.show_unit)),
            "observations": [
                (row, figure.text(row.value))
                for row in selectors.visible_observations(request.user)
                .filter(zone=zone, indicator=indicator, happened_on__year=month.year)
                .order_by("-happened_on", "-pk")
            ],
            "month": month,
            "months": _months_around(month, zones.today(zone)),
            "as_of": as_of,
            "moment": as_of or zones.now(zone),
            "list_url": reverse("figure-list") + f"?month={month:%Y-%m}",
        },
    )


def _months_around(month: date, today: date) -> list[date]:
    """Return the months of the year shown, up to today: what the month picker offers."""
    last = today.month if month.year == today.year else 12
    return [selectors.month_end(f"{month.year}-{number}") for number in range(1, last + 1)]


def _year_so_far(month: date) -> list[date]:
    return [selectors.month_end(f"{month.year}-{number}") for number in range(1, month.month + 1)]


def _trend(history: list[selectors.Figure], unit: str) -> dict[str, object] | None:
    """Return the chart of the months so far, None when there is nothing to draw."""
    if all(item.shown_value is None for item in history):
        return None
    values = [None if item.shown_value is None else float(item.shown_value) for item in history]
    return {
        "grid": {"left": 8, "right": 16, "top": 32, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{item.end:%Y-%m}" for item in history]},
        "yAxis": {"type": "value", "name": unit},
        "series": [{"type": "line", "data": values, "symbolSize": 7, "areaStyle": {"opacity": 0.12}}],
    }
