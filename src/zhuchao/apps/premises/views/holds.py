"""Pages of holds."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.leases import HoldExtendForm, HoldForm, HoldLimitForm, WhyForm
from ..models import Hold
from .choices import asked_units, site_choices, units_to_choose
from .pages import form_response

COLOURS = {"": "yellow", "released": "secondary", "expired": "secondary", "signed": "green"}


def _url(hold: Hold) -> str:
    return reverse("hold-detail", args=[hold.pk])


def _state(hold: Hold) -> tuple[str, str, str]:
    return (hold.end, str(hold.get_end_display()) or _("预留中"), COLOURS[hold.end])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.HOLD)


HOLDS = ListPage(
    key="holds",
    title=gettext_lazy("房源预留"),
    thing="hold",
    columns=(
        Column("held_for", gettext_lazy("预留对象"), lambda hold: hold.held_for, link=_url, on_phone=True),
        Column("site", gettext_lazy("载体"), lambda hold: hold.site),
        Column(
            "units",
            gettext_lazy("房源"),
            lambda hold: "、".join(unit.name for unit in hold.units.all()),
            on_phone=True,
        ),
        Column(
            "area",
            gettext_lazy("建筑面积"),
            lambda hold: sum(unit.gross_area_m2 for unit in hold.units.all()),
            Kind.AREA,
        ),
        Column("state", gettext_lazy("状态"), _state, Kind.STATE),
        Column(
            "until", gettext_lazy("预留至"), lambda hold: hold.until, Kind.DATE, sort="until", on_phone=True
        ),
        Column("since", gettext_lazy("预留日期"), lambda hold: hold.held_on, Kind.DATE, hidden=True),
        Column("why", gettext_lazy("预留事由"), lambda hold: hold.why, hidden=True),
    ),
    filters=(
        Filter(
            "state",
            gettext_lazy("状态"),
            lambda rows, text: rows.filter(end="" if text == "open" else text),
            choices=lambda request: [("open", _("预留中")), *Hold.End.choices],
        ),
        Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=site_choices),
        Filter("until", gettext_lazy("预留至"), by_date_range("until"), kind="date_range"),
    ),
    search=lambda request, rows, text: rows.filter(held_for__icontains=text),
    search_hint=gettext_lazy("预留对象"),
    default_sort="until",
    main_action=Action(gettext_lazy("预留房源"), "hold-add", "add", "hold", "tabler-plus"),
    other_actions=(Action(gettext_lazy("最长预留期"), "hold-limit", "manage", "hold"),),
    empty_sentence=gettext_lazy("没有预留的房源。在空置房源的页面上可以预留。"),
    empty_actions=(Action(gettext_lazy("预留房源"), "hold-add", "add", "hold", "tabler-plus"),),
    tabs=((gettext_lazy("预留中"), "state=open"), (gettext_lazy("全部"), "")),
)


@login_required
def hold_list(request: HttpRequest) -> HttpResponseBase:
    """List the holds of the zone."""
    rows = selectors.visible_holds(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, HOLDS, rows.prefetch_related("units"))


@login_required
def hold_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a hold with its units."""
    hold = selectors.get_hold(request.user, pk)
    units = list(selectors.units_of_hold(hold))
    today = zones.today(hold.zone)
    return render(
        request,
        "premises/hold_detail.html",
        {
            "record": hold,
            "hold": hold,
            "units": units,
            "area_m2": sum(unit.gross_area_m2 for unit in units),
            "state": _state(hold),
            "days_left": hold.days_left(today),
            "facts": [
                (_("载体"), hold.site),
                (_("预留日期"), hold.held_on.isoformat()),
                (_("预留至"), hold.until.isoformat()),
                (_("预留事由"), hold.why),
                *([(_("结束日期"), hold.ended_on.isoformat())] if hold.ended_on else []),
                *([(_("结束原因"), hold.end_why)] if hold.end_why else []),
            ],
        },
    )


@login_required
def hold_add(request: HttpRequest) -> HttpResponse:
    """Hold units; ``?unit=`` says of which unit."""
    zone = zone_of(request)
    asked = asked_units(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        hold = services.hold_units(actor=person_of(request), **values)
        messages.success(request, _("已预留至 %(day)s。") % {"day": hold.until.isoformat()})
        return redirect("hold-detail", pk=hold.pk)

    form = HoldForm(
        posted(request),
        initial={"units": [unit.pk for unit in asked]},
        units=units_to_choose(request, asked, only_vacant=True),
    )
    days = selectors.longest_hold_days(zone, zones.today(zone))
    form.fields["until"].help_text = _("含当天，最长 %(days)d 天；次日自动释放") % {"days": days}
    cancel = reverse("unit-detail", args=[asked[0].pk]) if asked else reverse("hold-list")
    return form_response(request, form, act, title=_("预留房源"), cancel_url=cancel)


@login_required
def hold_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the units of a hold until another day."""
    hold = selectors.get_hold(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.extend_hold(actor=person_of(request), hold=hold, version=seen_version(request), **values)
        messages.success(request, _("已保存。"))
        return redirect("hold-detail", pk=pk)

    form = HoldExtendForm(posted(request), initial={"until": hold.until})
    return form_response(
        request,
        form,
        act,
        title=_("调整预留期：%(who)s") % {"who": hold.held_for},
        cancel_url=_url(hold),
        version=hold.version,
        site=hold.site,
    )


@login_required
def hold_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the units of a hold back."""
    hold = selectors.get_hold(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.release_hold(actor=person_of(request), hold=hold, **values)
        messages.success(request, _("已释放，房源恢复空置。"))
        return redirect("hold-detail", pk=pk)

    return form_response(
        request,
        WhyForm(posted(request)),
        act,
        title=_("释放预留：%(who)s") % {"who": hold.held_for},
        cancel_url=_url(hold),
        site=hold.site,
        dangerous=True,
    )


@login_required
def hold_limit(request: HttpRequest) -> HttpResponse:
    """Say how long a hold of the zone may last."""
    zone = zone_of(request)
    zones.require(person_of(request), zones.Verb.MANAGE, Thing.HOLD, zone)
    today = zones.today(zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.limit_holds(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已保存。"))
        return redirect("hold-list")

    form = HoldLimitForm(
        posted(request), initial={"days": selectors.longest_hold_days(zone, today), "since": today}
    )
    return form_response(request, form, act, title=_("最长预留期"), cancel_url=reverse("hold-list"))
