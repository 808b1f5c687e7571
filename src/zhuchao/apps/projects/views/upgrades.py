"""Pages of technical upgrades: the ledger, the months of a year, and the forms."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, RowVerb, by_date_range, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.bonds import UpgradeForm
from ..selectors import bonds, get_project
from ..services import upgrades as verbs
from .saving import form_response, project_url

UPGRADES = ListPage(
    key="upgrades",
    title=_("技改台账"),
    thing="upgrade",
    columns=(
        Column(
            "day", _("日期"), lambda entry: entry.happened_on, Kind.DATE, sort="happened_on", on_phone=True
        ),
        Column(
            "project",
            _("项目名称"),
            lambda entry: entry.project.name,
            link=lambda entry: reverse("project-detail", args=[entry.project_id]),
            on_phone=True,
        ),
        Column("equipment", _("设备名称"), lambda entry: entry.equipment, on_phone=True),
        Column("units", _("台（套）数"), lambda entry: entry.units, Kind.NUMBER, total="units"),
        Column("robots", _("其中机器人（台）"), lambda entry: entry.robots, Kind.NUMBER, total="robots"),
        Column("amount", _("设备投资"), lambda entry: entry.amount_cny, Kind.MONEY),
        Column(
            "verified",
            _("核实"),
            lambda entry: (
                ("1", gettext("已核实"), "green") if entry.is_verified else ("0", gettext("未核实"), "yellow")
            ),
            Kind.STATE,
        ),
        Column("voucher_no", _("凭证号"), lambda entry: entry.voucher_no),
    ),
    filters=(Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),),
    search=lambda request, rows, text: (
        rows.filter(project__name__icontains=text) | rows.filter(equipment__icontains=text)
    ),
    search_hint=_("项目名称、设备名称"),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb(
            "void",
            _("作废"),
            lambda entry: reverse("upgrade-void", args=[entry.pk]),
            icon="tabler-ban",
            verb="void",
            thing="upgrade",
        ),
    ),
    other_actions=(Action(_("按月统计"), "upgrade-months", "view", "upgrade", "tabler-chart-bar"),),
    empty_sentence=_("还没有技改设备。打开类别为“技术改造”的项目，登记技改设备。"),
)


@login_required
def upgrade_list(request: HttpRequest) -> HttpResponseBase:
    """List the equipment that upgrade projects put in."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.UPGRADE, zone)
    return list_response(request, UPGRADES, bonds.listed_upgrades(actor, zone))


@login_required
@require_GET
def upgrade_months(request: HttpRequest) -> HttpResponse:
    """Show count and investment of a year's upgrades by month, each opening to its entries."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.UPGRADE, zone)
    said = request.GET.get("year", "")
    year = (
        int(said)
        if said.isascii() and said.isdigit() and 1990 <= int(said) < 2100
        else zones.today(zone).year
    )
    months = bonds.upgrade_months(bonds.listed_upgrades(actor, zone), year)
    rows = [
        (one, f"{reverse('upgrade-list')}?day={one.month}..{_last(one.month)}", len(one.projects))
        for one in months
    ]
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 8, "top": 30, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{one.month:%Y-%m}" for one in months]},
        "yAxis": [{"type": "value", "name": gettext("万元")}],
        "series": [
            {
                "type": "bar",
                "name": gettext("设备投资"),
                "data": [float((one.verified_cny + one.unverified_cny) / 10_000) for one in months],
            }
        ],
    }
    return render(request, "projects/upgrade_months.html", {"rows": rows, "year": year, "option": option})


def _last(month: date) -> date:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@login_required
def upgrade_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter equipment that an upgrade project put in."""
    actor = person_of(request)
    project = get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.UPGRADE, project.zone)
    return form_response(
        request,
        UpgradeForm(posted(request), request.FILES or None, zone=project.zone),
        lambda values: verbs.add_upgrade(actor=actor, project=project, **values),
        title=gettext("登记技改设备"),
        back=project_url(project, "money"),
        done=gettext("已登记技改设备。"),
        project=project,
        evidence_scope=project.zone_id,
    )


@login_required
def upgrade_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an upgrade entry, with the reason."""
    actor = person_of(request)
    entry: Any = bonds.get_upgrade(actor, pk)
    zones.require(actor, Verb.VOID, Thing.UPGRADE, entry.zone)
    return form_response(
        request,
        VoidForm(posted(request)),
        lambda values: verbs.void_upgrade(actor=actor, entry=entry, **values),
        title=gettext("作废技改设备"),
        back=reverse("upgrade-list"),
        done=gettext("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=gettext("作废"),
    )
