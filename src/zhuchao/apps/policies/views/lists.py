"""政策索引: policies by level, department, industry, object and standing."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, Text, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Level, PolicyVersion
from ..selectors import Standing
from ..selectors.sources import by_source_seen, with_source_seen
from .sources import seen_state

COLOURS = {
    Standing.OPEN: "green",
    Standing.SOON: "blue",
    Standing.CLOSED: "yellow",
    Standing.EXPIRED: "secondary",
    Standing.DRAFT: "secondary",
}

SEEN = (("broken", _("打不开")), ("opened", _("能打开")), ("unknown", _("没有检查过")))

Choices = Iterable[tuple[str, Text]]


def standing_of(policy: Any) -> tuple[str, str, str]:
    """Return where a policy stands as a list shows it: value, label, colour."""
    standing = Standing(policy.standing)
    return standing.value, str(standing.label), COLOURS[standing]


def source_of(status: str | None) -> tuple[str, str, str]:
    """Return whether a source is confirmed as a list shows it: value, label, colour."""
    if status is None:
        return "", "", "secondary"
    if status == PolicyVersion.SourceStatus.CONFIRMED:
        return status, gettext("已核实"), "green"
    return status, gettext("未核实"), "yellow"


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.POLICY)
    return selectors.searched(rows, scopes, text)


def _departments(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.departments_in_use(person_of(request), zone_of(request))]


def _industries(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.industries_in_use(person_of(request), zone_of(request))]


def _audiences(request: HttpRequest) -> Choices:
    return [(each, each) for each in selectors.audiences_in_use(person_of(request), zone_of(request))]


def _all_or(words: list[str]) -> str:
    return listed(words) or gettext("不限")


POLICIES = ListPage(
    key="policies",
    title=_("政策索引"),
    thing="policy",
    columns=(
        Column(
            "title",
            _("政策名称"),
            lambda policy: policy.title,
            sort="title",
            link=lambda policy: reverse("policy-detail", args=[policy.pk]),
            on_phone=True,
        ),
        Column("standing", _("状态"), standing_of, Kind.STATE, on_phone=True),
        Column("closes_on", _("申报截止"), lambda policy: policy.closes_on, Kind.DATE, on_phone=True),
        Column("level", _("层级"), lambda policy: policy.get_level_display()),
        Column("department", _("主管部门"), lambda policy: policy.department),
        Column("industries", _("适用产业"), lambda policy: _all_or(policy.industries)),
        Column("audiences", _("适用对象"), lambda policy: _all_or(policy.audiences)),
        Column("source", _("来源核实"), lambda policy: source_of(policy.source_status), Kind.STATE),
        Column("seen", _("原文"), lambda policy: seen_state(policy.source_seen), Kind.STATE, hidden=True),
        Column("opens_on", _("申报开始"), lambda policy: policy.opens_on, Kind.DATE, hidden=True),
        Column("ends_on", _("失效日期"), lambda policy: policy.ends_on, Kind.DATE, hidden=True),
        Column("document_no", _("文号"), lambda policy: policy.document_no, hidden=True),
        Column("owner", _("责任人"), lambda policy: policy.owner or "", hidden=True),
        Column("review_on", _("复核日期"), lambda policy: policy.review_on, Kind.DATE, hidden=True),
        Column("key", _("政策编号"), lambda policy: policy.key, hidden=True),
    ),
    filters=(
        Filter("standing", _("状态"), by_value("standing"), lambda request: Standing.choices),
        Filter("level", _("层级"), by_value("level"), lambda request: Level.choices),
        Filter("department", _("主管部门"), by_value("department"), _departments),
        Filter(
            "industry",
            _("适用产业"),
            lambda rows, word: selectors.with_word(rows, "industries", word),
            _industries,
        ),
        Filter(
            "audience",
            _("适用对象"),
            lambda rows, word: selectors.with_word(rows, "audiences", word),
            _audiences,
        ),
        Filter(
            "source",
            _("来源核实"),
            by_value("source_status"),
            lambda request: PolicyVersion.SourceStatus.choices,
        ),
        Filter("seen", _("原文"), by_source_seen, lambda request: SEEN),
    ),
    search=_search,
    search_hint=_("政策名称、拼音首字母、文号、条款"),
    default_sort="title",
    tabs=(
        (_("全部"), ""),
        (_("可申报"), "standing=open"),
        (_("即将开始"), "standing=soon"),
        (_("已失效"), "standing=expired"),
    ),
    main_action=Action(_("新增政策"), "policy-add", "add", "policy", "tabler-plus"),
    other_actions=(
        Action(_("政策日历"), "policy-calendar", "view", "policy", "tabler-calendar-month"),
        Action(_("该补哪些数据"), "policy-questions", "view", "filing", "tabler-list-check"),
        Action(_("来源检查"), "policy-source-list", "view", "policy", "tabler-link"),
    ),
    empty_sentence=_("还没有政策。导入政策台账，或新增第一项政策。"),
    empty_actions=(Action(_("新增政策"), "policy-add", "add", "policy", "tabler-plus"),),
)


@login_required
def policy_list(request: HttpRequest) -> HttpResponseBase:
    """List the policies of the zone with where each stands today."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    rows = with_source_seen(selectors.listed_policies(actor, zone, zones.today(zone)))
    return list_response(request, POLICIES, rows)
