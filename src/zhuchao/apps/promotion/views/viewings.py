"""Pages of viewings 踏勘, and one's own as a calendar file."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from zhuchao.apps.core.wording import clauses, listed
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import units_called, visible_units
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    list_response,
)
from zhuchao.web.printing import area
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.viewings import OutcomeForm, ViewingForm
from ..models import Lead, Viewing
from .leads import done, lead_url
from .pages import form_response

OUTCOME_COLOURS = {
    "": "orange",
    "liked": "green",
    "comparing": "azure",
    "unsuitable": "secondary",
    "cancelled": "secondary",
}
SHOWABLE = (Unit.State.VACANT, Unit.State.RESERVED, Unit.State.IN_WORKS)
FOUND = 20
LASTS = timedelta(hours=1)
LONGEST_LINE = 74


def _outcome(viewing: Viewing) -> tuple[str, str, str]:
    label = viewing.get_outcome_display() if viewing.outcome else _("待填结果")
    return viewing.outcome, str(label), OUTCOME_COLOURS[viewing.outcome]


def _by_outcome(rows: QuerySet[Viewing], text: str) -> QuerySet[Viewing]:
    return rows.filter(outcome="" if text == "open" else text)


def _page(me: int) -> ListPage:
    return ListPage(
        key="viewings",
        title=gettext_lazy("踏勘"),
        thing="lead",
        columns=(
            Column(
                "lead",
                gettext_lazy("项目名称"),
                lambda row: row.lead,
                link=lambda row: lead_url(row.lead),
                on_phone=True,
            ),
            Column(
                "on",
                gettext_lazy("踏勘日期"),
                lambda row: row.on,
                Kind.DATE,
                sort="on",
                link=lambda row: reverse("viewing-detail", args=[row.pk]),
                on_phone=True,
            ),
            Column(
                "at",
                gettext_lazy("时间"),
                lambda row: f"{row.starts_at:%H:%M}" if row.starts_at else "",
                on_phone=True,
            ),
            Column("escort", gettext_lazy("陪同人"), lambda row: row.escort),
            Column("units", gettext_lazy("踏勘房源"), lambda row: listed(row.units.all())),
            Column("outcome", gettext_lazy("踏勘结果"), _outcome, Kind.STATE, on_phone=True),
            Column("outcome_note", gettext_lazy("结果说明"), lambda row: row.outcome_note),
        ),
        filters=(
            Filter("on", gettext_lazy("踏勘日期"), by_date_range("on"), kind="date_range"),
            Filter(
                "outcome",
                gettext_lazy("踏勘结果"),
                _by_outcome,
                choices=lambda request: [("open", _("待填结果")), *Viewing.Outcome.choices],
            ),
            Filter(
                "mine",
                gettext_lazy("陪同人"),
                lambda rows, text: rows.filter(escort_id=me),
                choices=lambda request: [("me", _("我"))],
            ),
        ),
        search=lambda request, rows, text: selectors.search_viewings(rows, text),
        search_hint=gettext_lazy("项目、陪同人、房源"),
        default_sort="-on",
        row_verbs=(
            RowVerb(
                "outcome",
                gettext_lazy("填写结果"),
                lambda row: reverse("viewing-outcome", args=[row.pk]),
                "tabler-clipboard-check",
                "change",
                "lead",
            ),
            RowVerb(
                "edit",
                gettext_lazy("改期"),
                lambda row: reverse("viewing-edit", args=[row.pk]),
                "tabler-edit",
                "change",
                "lead",
            ),
        ),
        other_actions=(
            Action(gettext_lazy("招商日历"), "promotion-month", "view", "activity", "tabler-calendar-month"),
            Action(gettext_lazy("我的日历文件"), "viewing-file", "view", "lead", "tabler-calendar-down"),
        ),
        empty_sentence=gettext_lazy("还没有踏勘。打开一条线索，预约第一次踏勘。"),
        empty_actions=(Action(gettext_lazy("线索"), "lead-list", "view", "lead", "tabler-flame"),),
        tabs=(
            (gettext_lazy("全部"), ""),
            (gettext_lazy("我陪同的"), "mine=me"),
            (gettext_lazy("待填结果"), "outcome=open"),
        ),
    )


@login_required
def viewing_list(request: HttpRequest) -> HttpResponseBase:
    """List the viewings of the zone, the latest first."""
    ids = zones.zones_under(request.user, zone_of(request), Thing.LEAD)
    rows = selectors.visible_viewings(request.user).filter(zone_id__in=ids)
    return list_response(request, _page(person_of(request).pk), rows)


@login_required
def viewing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a viewing: what was shown to whom, and what came of it."""
    viewing = selectors.get_viewing(request.user, pk)
    context = {
        "record": viewing,
        "viewing": viewing,
        "state": _outcome(viewing),
        "is_overdue": viewing.is_open and viewing.on < zones.today(viewing.zone),
        "units": viewing.units.all(),
    }
    return render(request, "promotion/viewing_detail.html", context)


@login_required
def viewing_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a viewing for a lead."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.book_viewing(actor=person_of(request), lead=lead, **values)
        return done(request, lead, _("已预约踏勘。"))

    initial = {"on": zones.today(lead.zone), "escort": person_of(request).pk}
    form = ViewingForm(
        posted(request),
        zone=lead.zone,
        units=_units(request, lead),
        units_url=_units_url(lead),
        initial=initial,
    )
    return form_response(
        request,
        form,
        act,
        title=_("预约踏勘：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
    )


@login_required
def viewing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a viewing."""
    viewing = selectors.get_viewing(request.user, pk)
    lead = viewing.lead

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_viewing(
            actor=person_of(request), viewing=viewing, version=seen_version(request), **values
        )
        return done(request, lead, _("已保存。"))

    form = ViewingForm(
        posted(request),
        zone=lead.zone,
        units=_units(request, lead, viewing),
        units_url=_units_url(lead),
        initial=ViewingForm.of(viewing),
    )
    return form_response(
        request,
        form,
        act,
        title=_("改期：%(viewing)s") % {"viewing": viewing},
        cancel_url=lead_url(lead),
        version=viewing.version,
        lead=lead,
    )


@login_required
def viewing_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of a viewing."""
    viewing = selectors.get_viewing(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.set_viewing_outcome(
            actor=person_of(request), viewing=viewing, version=seen_version(request), **values
        )
        return done(request, viewing.lead, _("已填写踏勘结果。"))

    initial = {"outcome": viewing.outcome, "outcome_note": viewing.outcome_note}
    return form_response(
        request,
        OutcomeForm(posted(request), initial=initial),
        act,
        title=_("踏勘结果：%(viewing)s") % {"viewing": viewing},
        cancel_url=lead_url(viewing.lead),
        version=viewing.version,
        lead=viewing.lead,
    )


@login_required
def viewing_file(request: HttpRequest) -> HttpResponse:
    """Answer with one's own viewings as an iCalendar file (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhuchao//Viewings//ZH", "CALSCALE:GREGORIAN"]
    for viewing in selectors.own_viewings(person_of(request)):
        lines += _event(request, viewing)
    lines.append("END:VCALENDAR")
    text = "".join(f"{part}\r\n" for line in lines for part in _folded(line))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="viewings.ics"'
    return response


@login_required
@require_safe
def viewing_units(request: HttpRequest, pk: int) -> JsonResponse:
    """Answer a search for the units that may be shown to a lead, as the form of a viewing asks."""
    lead = selectors.get_lead_to_change(request.user, pk)
    text = request.GET.get("q", "").strip()[:80]
    rows = units_called(_units(request, lead), text)[:FOUND] if text else ()
    return JsonResponse(
        {
            "items": [
                {
                    "id": unit.pk,
                    "text": str(unit),
                    "detail": clauses(
                        [area(unit.gross_area_m2), unit.get_state_display(), unit.site.address]
                    ),
                }
                for unit in rows
            ]
        }
    )


def _units_url(lead: Lead) -> str:
    return reverse("viewing-units", args=[lead.pk])


def _units(request: HttpRequest, lead: Lead, viewing: Viewing | None = None) -> QuerySet[Unit]:
    """Return what can be shown: what is not in use, and what was booked already."""
    showable = Q(state__in=SHOWABLE)
    if viewing is not None:
        showable |= Q(pk__in=viewing.units.values("pk"))
    return visible_units(request.user).filter(showable, zone_id=lead.zone_id)


def _event(request: HttpRequest, viewing: Viewing) -> list[str]:
    units = listed(viewing.units.all())
    if viewing.starts_at is None:
        when = [
            f"DTSTART;VALUE=DATE:{viewing.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{viewing.on + timedelta(days=1):%Y%m%d}",
        ]
    else:
        local = timezone.make_aware(datetime.combine(viewing.on, viewing.starts_at))
        when = [f"DTSTART:{_utc(local)}", f"DTEND:{_utc(local + LASTS)}"]
    return [
        "BEGIN:VEVENT",
        f"UID:viewing-{viewing.pk}@{request.get_host()}",
        f"DTSTAMP:{_utc(viewing.updated_at)}",
        f"SEQUENCE:{viewing.version}",
        *when,
        f"SUMMARY:{_escaped(_('踏勘：%(lead)s') % {'lead': viewing.lead})}",
        f"LOCATION:{_escaped(units)}",
        f"DESCRIPTION:{_escaped(viewing.note)}",
        f"URL:{request.build_absolute_uri(lead_url(viewing.lead))}",
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.get_fixed_timezone(0)):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Return a line in pieces of at most 75 bytes, never through a character; the later ones begin with a space."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > LONGEST_LINE:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
