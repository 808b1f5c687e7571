"""政策日历 as a page and as a calendar file, and what one has subscribed to."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.icalendar import CalendarDay, calendar_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..forms import SubscriptionForm
from ..selectors import calendar
from ..selectors.calendar import Event, EventKind
from ..services import subscriptions as services

COLOURS = {EventKind.OPEN: "green", EventKind.CLOSE: "red", EventKind.DECIDE: "blue", EventKind.PAY: "teal"}
BACK, AHEAD = timedelta(days=31), timedelta(days=366)


@login_required
@require_safe
def policy_calendar(request: HttpRequest) -> HttpResponse:
    """Show the last month and the year ahead, month by month; with ``mine`` only what one subscribed to."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    mine = request.GET.get("mine") == "1"
    today = zones.today(zone)
    rows = [_shown(event, today) for event in _events(actor, zone, mine)]
    months = [(month, list(days)) for month, days in groupby(rows, key=lambda row: f"{row['day']:%Y-%m}")]
    context = {"months": months, "mine": mine, "has_wishes": calendar.subscriptions_of(actor).exists()}
    return render(request, "policies/calendar.html", context)


@login_required
@require_safe
def policy_calendar_file(request: HttpRequest) -> HttpResponse:
    """Answer with the same days as an iCalendar file (RFC 5545)."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    days = [_calendar_day(request, event) for event in _events(actor, zone, request.GET.get("mine") == "1")]
    return calendar_response(days, host=request.get_host(), filename="policies.ics")


@login_required
def subscription_list(request: HttpRequest) -> HttpResponse:
    """Show what one has subscribed to, and subscribe to more."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    form = SubscriptionForm(
        editing.posted(request),
        zone=zone,
        departments=selectors.departments_in_use(actor, zone),
        industries=selectors.industries_in_use(actor, zone),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.subscribe(actor=actor, zone=zone, **values)
        messages.success(request, _("已订阅。新政策发布和窗口临近时会通知您。"))
        return redirect("policy-subscriptions")

    return editing.form_response(
        request,
        form,
        act,
        title=_("我的政策订阅"),
        cancel_url=reverse("policy-calendar"),
        template="policies/subscriptions.html",
        wishes=calendar.subscriptions_of(actor),
    )


@login_required
@require_POST
def subscription_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of it no longer."""
    actor = person_of(request)
    services.unsubscribe(actor=actor, wish=calendar.get_subscription(actor, pk))
    messages.success(request, _("已取消订阅。"))
    return redirect("policy-subscriptions")


def _events(actor: Any, zone: Zone, mine: bool) -> list[Event]:
    today = zones.today(zone)
    return calendar.calendar_of(actor, zone, today - BACK, today + AHEAD, mine=mine)


def _shown(event: Event, today: date) -> dict[str, Any]:
    return {
        "day": event.day,
        "is_past": event.day < today,
        "days": (event.day - today).days,
        "kind": event.kind.label,
        "colour": "secondary" if event.day < today else COLOURS[event.kind],
        "policy": event.policy,
        "is_confirmed": event.version.is_confirmed,
    }


def _calendar_day(request: HttpRequest, event: Event) -> CalendarDay:
    policy = event.policy
    return CalendarDay(
        key=f"policy-{event.version.pk}-{event.kind}",
        day=event.day,
        stamp=event.version.published_at or event.version.created_at,
        title=event.title,
        detail=policy.summary,
        url=request.build_absolute_uri(reverse("policy-detail", args=[policy.pk])),
    )
