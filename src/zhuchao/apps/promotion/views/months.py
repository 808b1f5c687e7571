"""The promotion calendar, and what came of trips, expos and roadshows."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.errors import AddressWrong
from zhuchao.web.requests import zone_of

from .. import selectors
from ..models import Activity

KINDS = (
    ("trip", gettext_lazy("外出考察"), {"kind": Activity.Kind.TRIP}),
    ("expo", gettext_lazy("展会"), {"kind": Activity.Kind.EXPO}),
    ("roadshow", gettext_lazy("推介会"), {"kind": Activity.Kind.ROADSHOW}),
    ("online", gettext_lazy("云招商"), {"direction": Activity.Direction.ONLINE}),
)
SHOWN = 60
MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))


@login_required
def promotion_month(request: HttpRequest) -> HttpResponse:
    """Show a month: what happened each day, the viewings that are booked, and the signings marked."""
    zone = zone_of(request)
    ids = zones.zones_under(request.user, zone, Thing.ACTIVITY)
    today = zones.today(zone)
    first = _first_day(request, today)
    weeks = selectors.month_of(request.user, ids, first)
    counts = selectors.months_of_signings(ids, today)
    return render(
        request,
        "promotion/month.html",
        {
            "weeks": weeks,
            "days": [day for week in weeks for day in week if day.in_month],
            "first": first,
            "previous": (first - timedelta(days=1)).replace(day=1),
            "next": (first + timedelta(days=31)).replace(day=1),
            "today": today,
            "months": counts,
            "most": max((one.signings for one in counts), default=0),
        },
    )


@login_required
def activity_results(request: HttpRequest) -> HttpResponse:
    """Show what came of each trip, expo, roadshow or online talk at 30, 90 and 180 days; ``?kind=`` chooses."""
    zone = zone_of(request)
    ids = zones.zones_under(request.user, zone, Thing.ACTIVITY)
    asked = request.GET.get("kind", "trip")
    chosen = next((one for one in KINDS if one[0] == asked), KINDS[0])
    rows = selectors.visible_activities(request.user).live().filter(zone_id__in=ids, **chosen[2])
    activities = list(selectors.with_party_counts(rows).order_by("-happened_on", "-pk")[:SHOWN])
    found = selectors.results_of(activities, zones.today(zone))
    return render(
        request,
        "promotion/results.html",
        {
            "kinds": KINDS,
            "chosen": chosen[0],
            "rows": [(activity, found[activity.pk]) for activity in activities],
            "horizons": selectors.HORIZONS,
            "shown": SHOWN,
        },
    )


def _first_day(request: HttpRequest, today: date) -> date:
    text = request.GET.get("month", "")
    if not text:
        return today.replace(day=1)
    year, dash, month = text.partition("-")
    if (
        dash
        and len(year) == 4
        and year.isascii()
        and year.isdigit()
        and month in MONTHS
        and 1900 < int(year) < 2200
    ):
        return date(int(year), int(month), 1)
    raise AddressWrong(field=_("月份"), why=_("应为 2023-06 这样的月份。"), back=request.path)
