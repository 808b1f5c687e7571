"""The policy pages that anybody may open: what is in force, the archive, one policy, and the days."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhuchao.apps.policies.selectors import Standing
from zhuchao.apps.policies.selectors.calendar import Event, EventKind
from zhuchao.apps.zones import selectors as zones
from zhuchao.web import printing
from zhuchao.web.icalendar import CalendarDay, calendar_response
from zhuchao.web.qr import qr_svg

from .. import selectors
from ..forms import PolicyFindForm
from ..models import Door
from ..selectors.fit import can_be_asked
from .pages import picture_of_code, public_response

A_PAGE = 20
SECONDS = 3600
COLOURS = {
    Standing.OPEN: "good",
    Standing.SOON: "soon",
    Standing.CLOSED: "late",
    Standing.EXPIRED: "past",
}
KINDS = {EventKind.OPEN: "good", EventKind.CLOSE: "late", EventKind.DECIDE: "soon", EventKind.PAY: "soon"}


@require_safe
def policy_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the public policies in force of a zone, narrowed as asked; what has expired is never among them."""
    door = selectors.policy_door(slug)
    return _list(request, door, is_archive=False)


@require_safe
def policy_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """List the public policies of a zone that have expired."""
    return _list(request, selectors.policy_door(slug), is_archive=True)


@require_safe
def policy_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one public policy: clauses, source and whether it was checked, window, days, code, the way to ask."""
    door, context = _context(request, slug, pk)
    shown: selectors.PublicPolicy = context["shown"]
    context |= {
        "can_be_asked": can_be_asked(shown.version, shown.on),
        "days": _days(shown),
        "is_indexed": not request.GET and not shown.is_expired,
    }
    return public_response(request, door, "portal/policy.html", context, line="service")


@require_safe
def policy_sheet(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one public policy as a sheet to print and hang up."""
    door, context = _context(request, slug, pk)
    context["days"] = _days(context["shown"])
    return public_response(request, door, "portal/policy_sheet.html", context, line="service")


@require_safe
def policy_qr(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer with the code of a public policy as a picture."""
    _door, context = _context(request, slug, pk)
    return picture_of_code(context["code"])


@require_safe
def policy_dates(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer with the days of one public policy as a calendar file."""
    door = selectors.policy_door(slug)
    on = zones.today(door.zone)
    shown = selectors.get_public_policy(door.zone, on, pk)
    return _file(request, door, selectors.public_days(door.zone, on, shown.policy), f"policy-{pk}.ics")


@require_safe
def policy_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the days on which the public policies of a zone open, close, decide and pay."""
    door = selectors.policy_door(slug)
    on = zones.today(door.zone)
    rows = [
        {
            "day": event.day,
            "is_past": event.day < on,
            "days": (event.day - on).days,
            "kind": event.kind.label,
            "colour": "past" if event.day < on else KINDS[event.kind],
            "policy": event.policy,
            "is_confirmed": event.version.is_confirmed,
        }
        for event in selectors.public_days(door.zone, on)
    ]
    context = {
        "months": [
            (month, list(days)) for month, days in groupby(rows, key=lambda row: f"{row['day']:%Y-%m}")
        ],
        "feed": request.build_absolute_uri(reverse("public-policy-feed", args=[door.slug])),
        "is_indexed": True,
    }
    return public_response(request, door, "portal/policy_calendar.html", context, line="service")


@require_safe
def policy_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the same days as a calendar file that can be subscribed to."""
    door = selectors.policy_door(slug)
    days = selectors.public_days(door.zone, zones.today(door.zone))
    return _file(request, door, days, f"{door.slug}-policies.ics")


def _list(request: HttpRequest, door: Door, *, is_archive: bool) -> HttpResponse:
    zone, on = door.zone, zones.today(door.zone)
    rows = selectors.archived_policies(zone, on) if is_archive else selectors.current_policies(zone, on)
    form = PolicyFindForm(request.GET or None, choices=selectors.policy_choices(rows))
    asked = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    page = Paginator(selectors.find_policies(rows, zone, asked), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "narrowed": any(asked.values()),
        "total": rows.count(),
        "cards": [_card(policy, on) for policy in page.object_list],
        "is_archive": is_archive,
        "archived": 0 if is_archive else selectors.archived_policies(zone, on).count(),
        "is_indexed": not request.GET and not is_archive,
    }
    return public_response(request, door, "portal/policy_list.html", context, line="service")


def _card(policy: Any, on: Any) -> dict[str, Any]:
    standing = Standing(policy.standing)
    open_until = policy.closes_on if standing == Standing.OPEN else None
    return {
        "policy": policy,
        "standing": standing.label,
        "colour": COLOURS[standing],
        "closes_on": policy.closes_on if standing in (Standing.OPEN, Standing.CLOSED) else None,
        "is_all_year": standing == Standing.OPEN and policy.closes_on is None,
        "opens_on": policy.opens_on if standing == Standing.SOON else None,
        "days_left": (open_until - on).days if open_until else None,
        "is_confirmed": policy.source_status == "confirmed",
    }


def _context(request: HttpRequest, slug: str, pk: int) -> tuple[Door, dict[str, Any]]:
    door = selectors.policy_door(slug)
    shown = selectors.get_public_policy(door.zone, zones.today(door.zone), pk)
    address = request.build_absolute_uri(reverse("public-policy", args=[door.slug, pk]))
    return door, {
        "shown": shown,
        "policy": shown.policy,
        "version": shown.version,
        "standing": shown.standing.label,
        "colour": COLOURS[shown.standing],
        "address": address,
        "code": qr_svg(f"{address}?from=code"),
        "from_code": request.GET.get("from") == "code",
    }


def _days(shown: selectors.PublicPolicy) -> list[tuple[str, str]]:
    version = shown.version
    said = [
        (_("生效日期"), version.effective_from, ""),
        (_("失效日期"), version.effective_to, _("长期有效")),
        (_("申报开始"), version.window_open, _("常年受理")),
        (_("申报截止"), version.window_close, ""),
        (_("公示日期"), version.decides_on, ""),
        (_("拨付日期"), version.pays_on, ""),
    ]
    return [(label, printing.day(day) if day or not instead else instead) for label, day, instead in said]


def _file(request: HttpRequest, door: Door, days: list[Event], filename: str) -> HttpResponse:
    def entry(event: Event) -> CalendarDay:
        address = reverse("public-policy", args=[door.slug, event.policy.pk])
        return CalendarDay(
            key=f"policy-{event.version.pk}-{event.kind}",
            day=event.day,
            stamp=event.version.published_at or event.version.created_at,
            title=event.title,
            detail=event.policy.summary,
            url=request.build_absolute_uri(address),
        )

    response = calendar_response(
        [entry(event) for event in days],
        host=request.get_host(),
        filename=filename,
        name=_("%(zone)s政策日历") % {"zone": door.zone.short_name},
    )
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    return response
