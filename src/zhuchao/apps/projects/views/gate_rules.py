"""What gates ask for, stage by stage with its history, and the windows of statistics: for those who administer them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Kind, ListPage, RowVerb, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.gates import SPARE_ROWS, GateRuleForm, StatWindowForm, StatYearForm
from ..models import SourceStatus, Stage
from .gates import stage_asked
from .saving import form_response

STATUS_COLOURS = {
    SourceStatus.CONFIRMED: "green",
    SourceStatus.UNVERIFIED: "yellow",
    SourceStatus.LOCAL: "azure",
}

WINDOWS = ListPage(
    key="stat-windows",
    title=gettext_lazy("列统窗口"),
    thing="gate",
    columns=(
        Column(
            "month", gettext_lazy("月份"), lambda window: f"{window.month:%Y-%m}", sort="month", on_phone=True
        ),
        Column("opens", gettext_lazy("开始日期"), lambda window: window.opens_on, Kind.DATE, on_phone=True),
        Column("closes", gettext_lazy("截止日期"), lambda window: window.closes_on, Kind.DATE, on_phone=True),
        Column("zone", gettext_lazy("辖区"), lambda window: window.zone.short_name),
        Column(
            "status",
            gettext_lazy("依据核实情况"),
            lambda window: (
                window.source_status,
                str(window.get_source_status_display()),
                STATUS_COLOURS[window.source_status],
            ),
            Kind.STATE,
        ),
        Column("note", gettext_lazy("说明"), lambda window: window.note),
    ),
    default_sort="-month",
    row_verbs=(
        RowVerb(
            "edit",
            gettext_lazy("修改"),
            lambda window: reverse("stat-window-edit", args=[window.pk]),
            icon="tabler-edit",
            verb="change",
            thing="gate",
        ),
        RowVerb(
            "remove",
            gettext_lazy("删除"),
            lambda window: reverse("stat-window-remove", args=[window.pk]),
            icon="tabler-x",
            verb="change",
            thing="gate",
        ),
    ),
    main_action=Action(gettext_lazy("新增窗口"), "stat-window-add", "change", "gate", "tabler-plus"),
    other_actions=(
        Action(gettext_lazy("设定全年"), "stat-window-year", "change", "gate", "tabler-calendar"),
        Action(gettext_lazy("未列统项目"), "project-unlisted", "view", "project", "tabler-flag"),
    ),
    empty_sentence=gettext_lazy("还没有窗口日期。按统计部门的通知设定，项目开工后就会按窗口提醒。"),
    empty_actions=(Action(gettext_lazy("设定全年"), "stat-window-year", "change", "gate"),),
)


@login_required
@require_GET
def gate_rule_list(request: HttpRequest) -> HttpResponse:
    """Show what each gate asks for today, where that comes from, and every version of it."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.GATE, zone)
    today, rules = zones.today(zone), selectors.GateRules(zone)
    own = list(selectors.visible_gate_rules(actor).filter(zone=zone).order_by("-happened_on", "-pk"))
    gates = [
        {
            "stage": stage,
            "rule": (rule := rules.on(stage, today)),
            "is_inherited": rule is not None and rule.zone_id != zone.pk,
            "versions": [each for each in own if each.stage == stage and not each.is_void],
        }
        for stage in Stage
    ]
    context = {
        "gates": gates,
        "zone": zone,
        "status_colours": STATUS_COLOURS,
        "may_change": zones.may(actor, Verb.CHANGE, Thing.GATE, zone),
        "may_void": zones.may(actor, Verb.VOID, Thing.GATE, zone),
        "may_adopt": not own and zones.may(actor, Verb.CHANGE, Thing.GATE, zone),
    }
    return render(request, "projects/gate_rules.html", context)


@login_required
def gate_rule_set(request: HttpRequest) -> HttpResponse:
    """Set what a gate asks for from a day on; it begins with what holds today."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    stage, today = stage_asked(request, Stage.SIGNED), zones.today(zone)
    rule = selectors.GateRules(zone).on(stage, today)
    rows = max(len(rule.items.all()) if rule else 0, _rows_sent(request)) + (
        0 if request.POST else SPARE_ROWS
    )
    form = GateRuleForm(
        request.POST or None, initial=GateRuleForm.of(rule) | {"since": today}, rows=rows, zone=zone
    )

    def act(values: dict[str, Any]) -> object:
        return services.set_gate_rule(
            actor=actor,
            zone=zone,
            stage=stage,
            since=values["since"],
            items=form.items(),
            guidance=values["guidance"],
            uses_checks=values["uses_checks"],
            basis=values["basis"],
            reason=values["reason"],
        )

    return form_response(
        request,
        form,
        act,
        title=_("设定“%(stage)s”的要求") % {"stage": stage.label},
        back=reverse("gate-rule-list"),
        done=_("已设定。以前的版本保留。"),
    )


def _rows_sent(request: HttpRequest) -> int:
    """Return how many rows of items a form that was sent has."""
    places = [key.removeprefix("name") for key in request.POST if key.startswith("name")]
    return max(
        (int(place) + 1 for place in places if place.isascii() and place.isdigit() and len(place) < 3),
        default=0,
    )


@login_required
def gate_rule_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a version, with the reason."""
    actor = person_of(request)
    rule = selectors.get_gate_rule(actor, pk)
    zones.require(actor, Verb.VOID, Thing.GATE, rule.zone)
    words = {"stage": rule.get_stage_display(), "day": rule.happened_on.isoformat()}
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_gate_rule(actor=actor, rule=rule, **values),
        title=_("作废“%(stage)s”自 %(day)s 起的要求") % words,
        back=reverse("gate-rule-list"),
        done=_("已作废。此前的版本或上级辖区的要求重新生效。"),
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
@require_POST
def gate_rule_adopt(request: HttpRequest) -> HttpResponse:
    """Give the zone the set that comes with the product."""
    services.adopt_gate_rules(actor=person_of(request), zone=zone_of(request))
    messages.success(request, _("已采用默认要求，可以逐项修改。"))
    return redirect("gate-rule-list")


@login_required
def stat_window_list(request: HttpRequest) -> HttpResponseBase:
    """List the windows of the zone and of those above it."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.GATE, zone)
    rows = selectors.visible_stat_windows(actor)
    return list_response(request, WINDOWS, rows.filter(zone_id__in=zones.lineage_ids(zone)))


@login_required
def stat_window_add(request: HttpRequest) -> HttpResponse:
    """Set the window of a month."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    return form_response(
        request,
        StatWindowForm(request.POST or None, zone=zone),
        lambda values: services.set_stat_window(actor=actor, zone=zone, **values),
        title=_("新增列统窗口"),
        back=reverse("stat-window-list"),
        done=_("已设定窗口。"),
    )


@login_required
def stat_window_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the window of a month."""
    actor = person_of(request)
    window = selectors.get_stat_window(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.GATE, window.zone)
    form = StatWindowForm(request.POST or None, initial=StatWindowForm.of(window), zone=window.zone)
    del form.fields["month"]
    return form_response(
        request,
        form,
        lambda values: services.set_stat_window(actor=actor, zone=window.zone, month=window.month, **values),
        title=_("修改 %(month)s 列统窗口") % {"month": window},
        back=reverse("stat-window-list"),
        done=_("已设定窗口。"),
    )


@login_required
def stat_window_year(request: HttpRequest) -> HttpResponse:
    """Set the windows of a year at once."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    form = StatYearForm(request.POST or None, initial={"year": zones.today(zone).year}, zone=zone)
    return form_response(
        request,
        form,
        lambda values: services.set_stat_windows_of_year(actor=actor, zone=zone, **values),
        title=_("设定全年列统窗口"),
        back=reverse("stat-window-list"),
        done=_("已设定。已有窗口的月份没有改动。"),
    )


@login_required
def stat_window_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the window of a month away, with the reason."""
    actor = person_of(request)
    window = selectors.get_stat_window(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.GATE, window.zone)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.remove_stat_window(actor=actor, window=window, **values),
        title=_("删除 %(month)s 列统窗口") % {"month": window},
        back=reverse("stat-window-list"),
        done=_("已删除窗口。"),
        dangerous=True,
        submit_label=_("删除"),
    )


@login_required
@require_GET
def unlisted(request: HttpRequest) -> HttpResponse:
    """Show the projects that have started and are in no statistics, those past a window first."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    stands = selectors.unlisted_projects(actor, zone, zones.today(zone))
    context = {
        "stands": stands,
        "missed": sum(bool(stand.missed) for stand in stands),
        "near": sum(stand.is_near and not stand.missed for stand in stands),
        "windows": selectors.windows_of(zone),
        "may_see_windows": zones.may(actor, Verb.VIEW, Thing.GATE, zone),
    }
    return render(request, "projects/unlisted.html", context)
