"""Pages of planned arrivals."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

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
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.leases import ArrivalChangeForm, ArrivalDoneForm, ArrivalForm, WhyForm
from ..models import Arrival
from .choices import buildings_to_choose, site_choices
from .pages import form_response

STATES = (
    (selectors.OVERDUE, pgettext_lazy("引进", "逾期"), "red"),
    (selectors.DUE, pgettext_lazy("引进", "本月到位"), "yellow"),
    (selectors.LATER, pgettext_lazy("引进", "以后月份"), "azure"),
    (selectors.DONE, pgettext_lazy("引进", "已到位"), "green"),
    (selectors.CALLED_OFF, pgettext_lazy("引进", "已取消"), "secondary"),
)


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.ARRIVAL)


def _url(arrival: Arrival) -> str:
    return reverse("arrival-change", args=[arrival.pk])


def _state(arrival: Arrival) -> tuple[str, str, str]:
    key = selectors.state_of_arrival(arrival, zones.today(arrival.zone))
    return next((code, str(label), colour) for code, label, colour in STATES if code == key)


def _arrival_list(on: date) -> ListPage:
    return ListPage(
        key="arrivals",
        title=gettext_lazy("引进计划"),
        thing="arrival",
        columns=(
            Column("who", gettext_lazy("引进对象"), lambda row: row.who, link=_url, on_phone=True),
            Column("site", gettext_lazy("载体"), lambda row: row.site, hidden=True),
            Column("place", gettext_lazy("楼栋"), lambda row: row.place, on_phone=True),
            Column(
                "month",
                gettext_lazy("计划月份"),
                lambda row: f"{row.expected_month:%Y-%m}",
                sort="expected_month",
                on_phone=True,
            ),
            Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
            Column("done", gettext_lazy("到位日期"), lambda row: row.done_on, Kind.DATE),
            Column("note", gettext_lazy("备注"), lambda row: row.called_off_why or row.note),
        ),
        filters=(
            Filter(
                "state",
                gettext_lazy("状态"),
                lambda rows, text: selectors.arrivals_in(rows, text, on),
                choices=lambda request: [(key, label) for key, label, _colour in STATES],
            ),
            Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=site_choices),
            Filter("month", gettext_lazy("计划月份"), by_date_range("expected_month"), kind="date_range"),
        ),
        search=lambda request, rows, text: rows.filter(who__icontains=text),
        search_hint=gettext_lazy("引进对象"),
        default_sort="expected_month",
        row_verbs=(
            RowVerb(
                "done",
                gettext_lazy("登记到位"),
                lambda row: reverse("arrival-done", args=[row.pk]),
                "tabler-check",
                "change",
                "arrival",
            ),
            RowVerb(
                "off",
                pgettext_lazy("引进", "取消计划"),
                lambda row: reverse("arrival-off", args=[row.pk]),
                "tabler-x",
                "void",
                "arrival",
            ),
            RowVerb(
                "reopen",
                gettext_lazy("恢复计划"),
                lambda row: reverse("arrival-reopen", args=[row.pk]),
                "tabler-refresh",
                "change",
                "arrival",
            ),
        ),
        main_action=Action(gettext_lazy("登记引进计划"), "arrival-add", "add", "arrival", "tabler-plus"),
        empty_sentence=gettext_lazy("还没有引进计划。登记某楼栋某月要引进的品牌或企业。"),
        empty_actions=(Action(gettext_lazy("登记引进计划"), "arrival-add", "add", "arrival", "tabler-plus"),),
        tabs=(
            (pgettext_lazy("引进", "本月到位"), "state=due"),
            (pgettext_lazy("引进", "逾期"), "state=overdue"),
            (gettext_lazy("全部"), ""),
        ),
    )


@login_required
def arrival_list(request: HttpRequest) -> HttpResponseBase:
    """List the planned arrivals of the zone."""
    rows = selectors.visible_arrivals(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, _arrival_list(zones.today(zone_of(request))), rows)


@login_required
def arrival_add(request: HttpRequest) -> HttpResponse:
    """Plan an arrival."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        building = values.pop("building")
        services.plan_arrival(
            actor=person_of(request),
            site=building.site,
            building=building,
            expected_month=values.pop("month"),
            **values,
        )
        return _done(request, _("已登记引进计划。"))

    form = ArrivalForm(
        posted(request),
        initial={"month": f"{zones.today(zone):%Y-%m}"},
        buildings=buildings_to_choose(request),
    )
    return form_response(request, form, act, title=_("登记引进计划"), cancel_url=reverse("arrival-list"))


@login_required
def arrival_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a planned arrival."""
    arrival = selectors.get_arrival(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_arrival(
            actor=person_of(request),
            arrival=arrival,
            version=seen_version(request),
            expected_month=values.pop("month"),
            **values,
        )
        return _done(request, _("已保存。"))

    form = ArrivalChangeForm(
        posted(request), initial=ArrivalChangeForm.of(arrival), buildings=buildings_to_choose(request)
    )
    return form_response(
        request,
        form,
        act,
        title=_("引进计划：%(who)s") % {"who": arrival.who},
        cancel_url=reverse("arrival-list"),
        version=arrival.version,
        site=arrival.site,
    )


@login_required
def arrival_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that somebody arrived."""
    arrival = selectors.get_arrival(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.finish_arrival(actor=person_of(request), arrival=arrival, **values)
        return _done(request, _("已登记到位。"))

    form = ArrivalDoneForm(posted(request), initial={"on": zones.today(arrival.zone)})
    return _small(request, arrival, form, act, _("登记到位：%(who)s") % {"who": arrival.who})


@login_required
def arrival_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a planned arrival off."""
    arrival = selectors.get_arrival(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.call_off_arrival(actor=person_of(request), arrival=arrival, reason=values["why"])
        return _done(request, pgettext("引进", "已取消计划。"))

    form = WhyForm(posted(request))
    return _small(
        request,
        arrival,
        form,
        act,
        pgettext("引进", "取消计划：%(who)s") % {"who": arrival.who},
        dangerous=True,
    )


@login_required
def arrival_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a plan was done or called off."""
    arrival = selectors.get_arrival(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.reopen_arrival(actor=person_of(request), arrival=arrival, reason=values["why"])
        return _done(request, _("已恢复计划。"))

    return _small(
        request, arrival, WhyForm(posted(request)), act, _("恢复计划：%(who)s") % {"who": arrival.who}
    )


def _small(
    request: HttpRequest, arrival: Arrival, form: Any, act: Any, title: str, **context: Any
) -> HttpResponse:
    return form_response(
        request, form, act, title=title, cancel_url=reverse("arrival-list"), site=arrival.site, **context
    )


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("arrival-list")
