"""The lists: projects, the gates they passed, the money that went into them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.lists import (
    Action,
    BulkVerb,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    Text,
    by_date_range,
    by_flag,
    by_number_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Investment, Project, Stage

STAGE_COLOURS = {
    "": "secondary",
    Stage.SIGNED: "azure",
    Stage.READY: "cyan",
    Stage.STARTED: "orange",
    Stage.LISTED: "yellow",
    Stage.COMPLETED: "lime",
    Stage.SCALED: "teal",
    Stage.PRODUCING: "green",
    Stage.REVIEWED: "green",
    Stage.DELIVERED: "blue",
}

Choices = Iterable[tuple[str, Text]]


def state_of(project: Project) -> tuple[str, str, str]:
    """Return a project's stage as a list shows it: value, label, colour."""
    return project.stage, str(project.get_stage_display()) or gettext("未登记"), STAGE_COLOURS[project.stage]


def verified_of(entry: Investment, *, is_approved: bool = False) -> tuple[str, str, str]:
    """Return what stands behind money as a list shows it: value, label, colour."""
    if entry.is_verified:
        return (
            ("approved", gettext("已核定"), "green")
            if is_approved
            else ("verified", gettext("已核实"), "teal")
        )
    return "unverified", gettext("未核实"), "yellow"


def _officer(project: Project) -> Any:
    return str(project.officer) if project.officer else ("none", gettext("未指定"), "red")


def _sectors(request: HttpRequest) -> Choices:
    zone = zone_of(request)
    named = sectors_on(zone, zones.today(zone)).values_list("pk", "name")
    return [*((str(pk), name) for pk, name in named), ("-", _("未指定"))]


def _districts(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.districts_in_use(person_of(request), zone_of(request))]


def _regions(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.regions_in_use(person_of(request), zone_of(request))]


def _labels(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.labels_in_use(person_of(request), zone_of(request))]


def _batches(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.batches_in_use(person_of(request), zone_of(request))]


def _officers(request: HttpRequest) -> Choices:
    found = selectors.officers_in_use(person_of(request), zone_of(request))
    return [*((str(pk), name) for pk, name in found), ("-", _("未指定"))]


def _stages(request: HttpRequest) -> Choices:
    return [*Stage.choices, ("none", _("未登记"))]


def _families(request: HttpRequest) -> Choices:
    above = (
        selectors.possible_parents(person_of(request), zone_of(request))
        .filter(parts__isnull=False)
        .distinct()
    )
    named = (
        (str(pk), gettext("%(name)s及其分期") % {"name": name})
        for pk, name in above.values_list("pk", "name")
    )
    return [("whole", _("不含分期和子项目")), ("part", _("只看分期和子项目")), *named]


def _by_stage(rows: Any, text: str) -> Any:
    return rows.filter(stage="" if text == "none" else text)


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.PROJECT)
    return selectors.searched(rows, scopes, text)


def _project_url(project: Project) -> str:
    return reverse("project-detail", args=[project.pk])


INVESTED = (
    Column(
        "invested", _("累计完成投资"), lambda project: project.invested_cny, Kind.MONEY, total="invested_cny"
    ),
    Column(
        "unverified", _("未核实"), lambda project: project.unverified_cny, Kind.MONEY, total="unverified_cny"
    ),
)

PROJECTS = ListPage(
    key="projects",
    title=_("项目"),
    thing="project",
    columns=(
        Column(
            "name", _("项目名称"), lambda project: project.name, sort="name", link=_project_url, on_phone=True
        ),
        Column("company", _("项目单位"), lambda project: project.company),
        Column("stage", _("阶段"), state_of, Kind.STATE, on_phone=True),
        Column("stage_since", _("阶段日期"), lambda project: project.stage_since, Kind.DATE),
        Column(
            "total",
            _("总投资"),
            lambda project: project.total_investment_cny,
            Kind.MONEY,
            sort="total_investment_cny",
            total="counted_total_cny",
        ),
        Column("sector", _("产业领域"), lambda project: project.sector.name if project.sector else ""),
        Column("district", _("片区"), lambda project: project.district),
        Column("officer", _("金牌店小二"), _officer, Kind.STATE, on_phone=True),
        Column(
            "parent",
            _("上级项目"),
            lambda project: project.parent.name if project.parent else "",
            link=lambda project: _project_url(project.parent) if project.parent else None,
            hidden=True,
        ),
        Column("part", _("分期或子项目"), lambda project: project.part, hidden=True),
        Column("kind", _("类别"), lambda project: project.get_kind_display(), hidden=True),
        Column("source_region", _("来源地"), lambda project: project.source_region, hidden=True),
        Column("theme", _("专题"), lambda project: project.theme, hidden=True),
        Column("code", _("项目编号"), lambda project: project.code, hidden=True),
        Column("note", _("形象进度"), lambda project: project.note, hidden=True),
    ),
    filters=(
        Filter("stage", _("阶段"), _by_stage, _stages),
        Filter("kind", _("类别"), by_value("kind"), lambda request: Project.Kind.choices),
        Filter("parts", _("分期与子项目"), selectors.by_part, _families),
        Filter("sector", _("产业领域"), by_value("sector"), _sectors),
        Filter("district", _("片区"), by_value("district"), _districts),
        Filter("label", _("标签"), selectors.with_label, _labels),
        Filter("batch", _("批次"), selectors.in_batch, _batches),
        Filter("source_region", _("来源地"), by_value("source_region"), _regions),
        Filter("officer", _("金牌店小二"), by_value("officer"), _officers),
    ),
    search=_search,
    search_hint=_("项目名称、编号、单位、片区、责任人"),
    default_sort="name",
    row_verbs=(
        RowVerb(
            "stage",
            _("登记阶段"),
            lambda project: reverse("project-stage", args=[project.pk]),
            icon="tabler-flag",
            verb="change",
            thing="project",
        ),
    ),
    main_action=Action(_("新增项目"), "project-add", "add", "project", "tabler-plus"),
    other_actions=(
        Action(_("进度统计"), "project-progress", "view", "project", "tabler-chart-bar"),
        Action(_("阶段台账"), "project-stage-list", "view", "project", "tabler-flag"),
        Action(_("未列统项目"), "project-unlisted", "view", "project", "tabler-chart-bar"),
    ),
    empty_sentence=_("还没有项目。导入项目台账，或新增第一个项目。"),
    empty_actions=(Action(_("新增项目"), "project-add", "add", "project", "tabler-plus"),),
)

STAGE_ENTRIES = ListPage(
    key="stage-entries",
    title=_("阶段台账"),
    thing="project",
    columns=(
        Column(
            "project",
            _("项目名称"),
            lambda entry: entry.project.name,
            link=lambda entry: _project_url(entry.project),
            on_phone=True,
        ),
        Column(
            "stage",
            _("阶段"),
            lambda entry: (entry.stage, str(entry.get_stage_display()), STAGE_COLOURS[entry.stage]),
            Kind.STATE,
            on_phone=True,
        ),
        Column(
            "day", _("日期"), lambda entry: entry.happened_on, Kind.DATE, sort="happened_on", on_phone=True
        ),
        Column(
            "total",
            _("当时的总投资"),
            lambda entry: entry.total_investment_cny,
            Kind.MONEY,
            total="total_investment_cny",
        ),
        Column("sector", _("当时的产业领域"), lambda entry: entry.sector.name if entry.sector else ""),
        Column("source_region", _("来源地"), lambda entry: entry.source_region),
        Column("is_new", _("新引进"), lambda entry: entry.is_new, Kind.BOOL),
        Column("by", _("登记人"), lambda entry: entry.recorded_by or _("系统"), hidden=True),
        Column("at", _("登记时间"), lambda entry: entry.recorded_at, Kind.MOMENT),
    ),
    filters=(
        Filter("stage", _("阶段"), by_value("stage"), lambda request: Stage.choices),
        Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("new", _("新引进"), by_flag("is_new"), lambda request: (("1", _("是")), ("0", _("否")))),
        Filter("source_region", _("来源地"), by_value("source_region"), _regions),
    ),
    default_sort="-happened_on",
    other_actions=(
        Action(_("越阶与缺证登记"), "project-overrides", "view", "project", "tabler-flag"),
        Action(_("待补证据"), "project-lacking", "view", "project", "tabler-file-text"),
        Action(_("阶段要求"), "gate-rule-list", "view", "gate", "tabler-checklist"),
        Action(_("列统窗口"), "stat-window-list", "view", "gate", "tabler-calendar"),
    ),
    empty_sentence=_("还没有阶段条目。打开项目登记阶段，或导入项目台账。"),
)


BACKINGS = (
    ("verified", _("已核实")),
    ("waiting", _("待核定")),
    ("approved", _("已核定")),
    ("unverified", _("未核实")),
)


def _projects(request: HttpRequest) -> Choices:
    """Return the project that the address asks for: the list of all of them is too long to choose from."""
    said = request.GET.get("project", "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return []
    rows = selectors.visible_projects(person_of(request)).filter(pk=int(said))
    return [(str(project.pk), project.name) for project in rows]


INVESTMENTS = ListPage(
    key="investments",
    title=_("投资台账"),
    thing="investment",
    columns=(
        Column(
            "day",
            _("日期"),
            lambda entry: entry.happened_on,
            Kind.DATE,
            sort="happened_on",
            link=lambda entry: reverse("investment-detail", args=[entry.pk]),
            on_phone=True,
        ),
        Column(
            "project",
            _("项目名称"),
            lambda entry: entry.project.name,
            link=lambda entry: _project_url(entry.project),
            on_phone=True,
        ),
        Column("kind", _("资金类别"), lambda entry: entry.get_kind_display()),
        Column(
            "amount",
            _("金额"),
            lambda entry: entry.amount_cny,
            Kind.MONEY,
            sort="amount_cny",
            on_phone=True,
        ),
        Column(
            "counted",
            _("其中已核实"),
            lambda entry: entry.verified_cny or None,
            Kind.MONEY,
            total="verified_cny",
        ),
        Column(
            "bare",
            _("其中未核实"),
            lambda entry: entry.unverified_cny or None,
            Kind.MONEY,
            total="unverified_cny",
        ),
        Column(
            "verified",
            _("核实"),
            lambda entry: verified_of(entry, is_approved=entry.is_approved),
            Kind.STATE,
        ),
        Column("missing", _("还缺"), lambda entry: listed(selectors.missing_of(entry))),
        Column("voucher_no", _("凭证号"), lambda entry: entry.voucher_no),
        Column("document_kind", _("凭证种类"), lambda entry: entry.get_document_kind_display(), hidden=True),
        Column("over_plan", _("超计划说明"), lambda entry: entry.over_plan_reason, hidden=True),
        Column("payer", _("投入方"), lambda entry: entry.payer),
        Column("by", _("登记人"), lambda entry: entry.recorded_by or _("系统"), hidden=True),
        Column("at", _("登记时间"), lambda entry: entry.recorded_at, Kind.MOMENT, hidden=True),
    ),
    filters=(
        Filter("kind", _("资金类别"), by_value("kind"), lambda request: Investment.Kind.choices),
        Filter("project", _("项目"), by_value("project"), _projects),
        Filter(
            "verified",
            _("核实"),
            selectors.in_backing,
            lambda request: BACKINGS,
        ),
        Filter(
            "over",
            _("超计划"),
            lambda rows, text: (
                rows.filter(over_plan_reason="") if text == "0" else rows.exclude(over_plan_reason="")
            ),
            lambda request: (("1", _("是")), ("0", _("否"))),
        ),
        Filter(
            "document",
            _("凭证种类"),
            by_value("document_kind"),
            lambda request: Investment.Document.choices,
        ),
        Filter("label", _("项目标签"), selectors.invested_with_label, _labels),
        Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("amount", _("金额"), by_number_range("amount_cny", "万元"), kind="number_range", unit="万元"),
    ),
    search=lambda request, rows, text: rows.filter(
        project__in=_search(request, selectors.visible_projects(person_of(request)), text)
        .order_by()
        .values("pk")
    ),
    search_hint=_("项目名称、编号、单位"),
    default_sort="-happened_on",
    tabs=(
        (_("全部"), ""),
        (_("未核实"), "verified=unverified"),
        (_("待核定"), "verified=waiting"),
        (_("超计划"), "over=1"),
    ),
    bulk_verbs=(
        BulkVerb("attach", _("补充凭证"), "investment-attach", "change", "investment"),
        BulkVerb("approve", _("核定"), "investment-approve", "manage", "investment"),
    ),
    empty_sentence=_("还没有投资条目。打开项目登记投资，或导入投资台账。"),
)


@login_required
def project_list(request: HttpRequest) -> HttpResponseBase:
    """List the projects of the zone; with their money for those who may see money."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    rows = selectors.with_counted_total(selectors.listed_projects(actor, zone).select_related("parent"))
    page = PROJECTS
    if zones.may(actor, Verb.VIEW, Thing.INVESTMENT, zone):
        rows = selectors.with_unverified(selectors.with_invested(rows))
        page = replace(page, columns=(*page.columns[:5], *INVESTED, *page.columns[5:]))
    return list_response(request, page, rows)


@login_required
def stage_entry_list(request: HttpRequest) -> HttpResponseBase:
    """List the gates passed, in force: what every count of projects is made of."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    return list_response(request, STAGE_ENTRIES, selectors.listed_stage_entries(actor, zone))


@login_required
def investment_list(request: HttpRequest) -> HttpResponseBase:
    """List the money in force, with its total."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.INVESTMENT, zone)
    rows = selectors.with_backing(selectors.listed_investments(actor, zone))
    return list_response(request, INVESTMENTS, rows)
