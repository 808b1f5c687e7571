"""Pages of activities."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses, ranged
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.attachments import evidence_response, evidence_url, kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    by_date_range,
    by_text,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms import ActivityCorrectForm, ActivityForm
from ..models import Activity, ActivityParty
from .pages import form_response
from .wants_shown import wants_shown

EVIDENCE = "activity-evidence"


def activity_url(activity: Activity) -> str:
    """Return where an activity opens."""
    return reverse("activity-detail", args=[activity.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.ACTIVITY)


ACTIVITIES = ListPage(
    key="activities",
    title=gettext_lazy("活动"),
    thing="activity",
    columns=(
        Column("title", gettext_lazy("活动名称"), lambda row: row.title, link=activity_url, on_phone=True),
        Column(
            "on",
            gettext_lazy("活动日期"),
            lambda row: row.happened_on,
            Kind.DATE,
            sort="happened_on",
            on_phone=True,
        ),
        Column("ended_on", gettext_lazy("结束日期"), lambda row: row.ended_on, Kind.DATE, hidden=True),
        Column("direction", gettext_lazy("方向"), lambda row: row.get_direction_display(), on_phone=True),
        Column("kind", gettext_lazy("类型"), lambda row: row.get_kind_display()),
        Column("place", gettext_lazy("地点"), lambda row: row.place),
        Column("country", gettext_lazy("国家或地区"), lambda row: row.country, hidden=True),
        Column("partner", gettext_lazy("合作单位"), lambda row: row.partner),
        Column("department", gettext_lazy("责任单位"), lambda row: row.department),
        Column("firms", gettext_lazy("对接企业"), lambda row: row.firm_count, Kind.NUMBER),
        Column("agencies", gettext_lazy("对接机构"), lambda row: row.agency_count, Kind.NUMBER),
        Column("leads", gettext_lazy("线索"), lambda row: row.lead_count, Kind.NUMBER),
        Column("meeting_url", gettext_lazy("会议链接"), lambda row: row.meeting_link, hidden=True),
        Column("joint", gettext_lazy("联办编号"), lambda row: row.joint_code, hidden=True),
    ),
    filters=(
        Filter("on", gettext_lazy("活动日期"), by_date_range("happened_on"), kind="date_range"),
        Filter(
            "direction",
            gettext_lazy("方向"),
            by_value("direction"),
            choices=lambda request: Activity.Direction.choices,
        ),
        Filter("kind", gettext_lazy("类型"), by_value("kind"), choices=lambda request: Activity.Kind.choices),
        Filter("partner", gettext_lazy("合作单位"), by_text("partner"), kind="text"),
    ),
    search=lambda request, rows, text: selectors.search_activities(rows, _scopes(request), text),
    search_hint=gettext_lazy("活动、地点、合作单位、对接企业"),
    default_sort="-happened_on",
    main_action=Action(gettext_lazy("登记活动"), "activity-add", "add", "activity", "tabler-plus"),
    other_actions=(
        Action(gettext_lazy("对接名录"), "activity-met", "view", "activity", "tabler-address-book"),
        Action(gettext_lazy("速记"), "activity-quick", "add", "activity", "tabler-bolt"),
        Action(gettext_lazy("成效"), "activity-results", "view", "activity", "tabler-chart-bar"),
        Action(gettext_lazy("招商日历"), "promotion-month", "view", "activity", "tabler-calendar-month"),
    ),
    empty_sentence=gettext_lazy("还没有活动。导入活动台账，或登记第一场活动。"),
    empty_actions=(Action(gettext_lazy("登记活动"), "activity-add", "add", "activity", "tabler-plus"),),
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("请进来"), "direction=in"),
        (gettext_lazy("走出去"), "direction=out"),
        (gettext_lazy("线上"), "direction=online"),
    ),
)


@login_required
def activity_list(request: HttpRequest) -> HttpResponseBase:
    """List the activities of the zone, and say how many events, different firms and institutions they are."""
    ids = _scopes(request)
    rows = selectors.with_party_counts(
        selectors.visible_activities(request.user).live().filter(zone_id__in=ids)
    )
    return list_response(
        request,
        ACTIVITIES,
        rows,
        template="promotion/activity_list.html",
        headline=selectors.headline(ids, zones.now(zone_of(request))),
    )


@login_required
def activity_met(request: HttpRequest) -> HttpResponse:
    """List the different firms and institutions that were met, each once, with how often."""
    ids = _scopes(request)
    kind = ActivityParty.Kind.AGENCY if request.GET.get("kind") == "agency" else ActivityParty.Kind.ENTERPRISE
    met = selectors.distinct_parties(selectors.parties_in_force(kind, ids, zones.now(zone_of(request))))
    return render(
        request, "promotion/activity_met.html", {"met": met, "kind": kind, "kinds": ActivityParty.Kind}
    )


@login_required
def activity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an activity: with whom, whom it met, the leads it found and what became of them."""
    activity = selectors.get_activity(request.user, pk)
    days = ranged(activity.happened_on, activity.ended_on)
    return render(
        request,
        "promotion/activity_detail.html",
        {
            "record": activity,
            "activity": activity,
            "trip": selectors.trip_of(activity),
            "results": selectors.results_of([activity], zones.today(activity.zone))[activity.pk]
            if activity.is_live
            else (),
            "read": wants_shown(activity.minutes, activity.happened_on),
            "facts": [
                (_("日期"), days),
                (_("方向"), activity.get_direction_display()),
                (_("类型"), activity.get_kind_display()),
                (_("地点"), clauses((activity.country, activity.place))),
                (_("合作单位"), activity.partner),
                (_("责任单位"), activity.department),
            ],
            "evidence_url": evidence_url(activity, EVIDENCE),
            "timeline": _timeline(request, activity),
        },
    )


@login_required
def activity_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an activity."""
    return evidence_response(selectors.get_activity(request.user, pk))


def _timeline(request: HttpRequest, activity: Activity) -> list[Item]:
    may_correct = request.may("change", "activity")  # type: ignore[attr-defined]
    may_void = request.may("void", "activity")  # type: ignore[attr-defined]
    return [
        entry_item(
            version,
            what=version.title,
            detail=" · ".join(part for part in (str(version.get_direction_display()), version.place) if part),
            here=activity_url(version.replaced_by)
            if hasattr(version, "replaced_by")
            else activity_url(version),
            evidence=EVIDENCE,
            correct_url=reverse("activity-correct", args=[version.pk]) if may_correct else "",
            void_url=reverse("activity-void", args=[version.pk]) if may_void else "",
        )
        for version in selectors.versions_of(request.user, activity)
    ]


@login_required
def activity_add(request: HttpRequest) -> HttpResponse:
    """Enter an activity."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, zone.pk)
        values["new_leads"] = [services.NewLead(name) for name in values.pop("new_leads")]
        activity = services.add_activity(actor=person_of(request), zone=zone, evidence=evidence, **values)
        messages.success(request, _("已登记活动“%(title)s”。") % {"title": activity})
        return redirect("activity-detail", pk=activity.pk)

    form = ActivityForm(
        request.POST or None, request.FILES or None, zone=zone, initial={"on": zones.today(zone)}
    )
    return form_response(
        request, form, act, title=_("登记活动"), cancel_url=reverse("activity-list"), form_key="activity-add"
    )


@login_required
def activity_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an activity."""
    activity = selectors.get_activity(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, activity.zone_id)
        if evidence is not None:
            values["evidence"] = evidence
        on = values.pop("on")
        values |= {"happened_on": on, "ended_on": values.get("ended_on") or on}
        successor = services.correct_activity(actor=person_of(request), activity=activity, **values)
        messages.success(request, _("已更正，原条目保留在时间线中。"))
        return redirect("activity-detail", pk=successor.pk)

    form = ActivityCorrectForm(
        request.POST or None,
        request.FILES or None,
        zone=activity.zone,
        initial=ActivityCorrectForm.of(activity),
    )
    return form_response(request, form, act, title=_("更正活动"), cancel_url=activity_url(activity))


@login_required
def activity_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an activity."""
    activity = selectors.get_activity(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_activity(actor=person_of(request), activity=activity, **values)
        messages.success(request, _("已作废，原条目保留在台账中。"))
        return redirect("activity-detail", pk=pk)

    return form_response(
        request,
        VoidForm(request.POST or None),
        act,
        title=_("作废：%(title)s") % {"title": activity},
        cancel_url=activity_url(activity),
        dangerous=True,
    )
