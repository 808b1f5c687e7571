"""The list of firms."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, RowVerb, Text, list_response
from zhuchao.web.requests import zone_of

from .. import selectors
from ..models import Enterprise
from ..models.industries import SECTIONS, section_name

STATE_COLOURS = {
    Enterprise.State.OPERATING: "green",
    Enterprise.State.PREPARING: "blue",
    Enterprise.State.SUSPENDED: "yellow",
    Enterprise.State.MOVED_OUT: "orange",
    Enterprise.State.DEREGISTERED: "secondary",
    Enterprise.State.REVOKED: "red",
}


def state_of(firm: Enterprise) -> tuple[str, str, str]:
    """Return a firm's state as the list shows it: value, label, colour."""
    return (
        firm.state,
        str(firm.get_state_display()),
        STATE_COLOURS.get(Enterprise.State(firm.state), "secondary"),
    )


def _url(firm: Enterprise) -> str:
    return reverse("enterprise-detail", args=[firm.pk])


def _by_state(rows: Any, text: str) -> Any:
    return selectors.narrowed(rows, Q(state=text))


def _by_sector(rows: Any, text: str) -> Any:
    return selectors.narrowed(rows, Q(sector__isnull=True) if text == "-" else Q(sector=int(text)))


def _by_scale(rows: Any, text: str) -> Any:
    return selectors.narrowed(
        rows, Q(is_above_scale__isnull=True) if text == "-" else Q(is_above_scale__in=[text == "1"])
    )


def _by_established(rows: Any, text: str) -> Any:
    low, high = (date.fromisoformat(end) if end else None for end in text.split(".."))
    return selectors.narrowed_by_age(rows, low, high)


def _by_tag(rows: Any, text: str) -> Any:
    return selectors.narrowed_by_tag(rows, text)


def _by_industry(rows: Any, text: str) -> Any:
    return selectors.narrowed_by_industry(rows, text)


def _sectors(request: HttpRequest) -> Iterable[tuple[str, Text]]:
    zone = zone_of(request)
    named = sectors_on(zone, zones.today(zone)).values_list("pk", "name")
    return [*((str(pk), name) for pk, name in named), ("-", _("未指定"))]


def _tags(request: HttpRequest) -> Iterable[tuple[str, Text]]:
    return [(tag, tag) for tag in selectors.tags_known(request.user, zone_of(request))]


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    return selectors.searched(rows, request.user, zone_of(request), text)


PAGE = ListPage(
    key="enterprises",
    title=_("企业"),
    thing="enterprise",
    keys_first=True,
    columns=(
        Column("name", _("企业名称"), lambda firm: firm.name, sort="name", link=_url, on_phone=True),
        Column("code", _("统一社会信用代码"), lambda firm: firm.credit_code, sort="credit_code"),
        Column("state", _("状态"), state_of, kind=Kind.STATE, on_phone=True),
        Column("sector", _("所属产业"), lambda firm: firm.sector.name if firm.sector else "", on_phone=True),
        Column("industry", _("行业"), lambda firm: firm.industry, sort="industry_code"),
        Column(
            "established",
            _("成立日期"),
            lambda firm: firm.established_on,
            kind=Kind.DATE,
            sort="established_on",
        ),
        Column("above_scale", _("规上"), lambda firm: firm.is_above_scale, kind=Kind.BOOL),
        Column("address", _("地址"), lambda firm: firm.address),
        Column(
            "capital", _("注册资本"), lambda firm: firm.registered_capital_cny, kind=Kind.MONEY, hidden=True
        ),
        Column("legal_person", _("法定代表人"), lambda firm: firm.legal_person, hidden=True),
        Column("legacy", _("原注册号"), lambda firm: firm.legacy_reg_no, hidden=True),
        Column("business", _("主营业务"), lambda firm: firm.business, hidden=True),
    ),
    filters=(
        Filter("state", _("状态"), _by_state, lambda request: Enterprise.State.choices),
        Filter("sector", _("所属产业"), _by_sector, _sectors),
        Filter(
            "above_scale",
            _("规上"),
            _by_scale,
            lambda request: (("1", _("是")), ("0", _("否")), ("-", _("未知"))),
        ),
        Filter("tag", _("标签"), _by_tag, _tags),
        Filter(
            "industry",
            _("行业门类"),
            _by_industry,
            lambda request: [(letter, f"{letter} {section_name(letter)}") for letter in SECTIONS],
        ),
        Filter("established", _("成立日期"), _by_established, kind="date_range"),
    ),
    search=_search,
    search_hint=_("企业名称、曾用名、拼音首字母或信用代码"),
    default_sort="name",
    row_verbs=(
        RowVerb(
            "edit",
            _("修改"),
            lambda firm: reverse("enterprise-edit", args=[firm.pk]),
            icon="tabler-edit",
            verb="change",
            thing="enterprise",
        ),
    ),
    main_action=Action(_("新增企业"), "enterprise-add", verb="add", thing="enterprise", icon="tabler-plus"),
    other_actions=(
        Action(_("疑似重复"), "enterprise-duplicates", verb="change", thing="enterprise", icon="tabler-copy"),
        Action(
            _("联系人"), "enterprise-contact-list", verb="view", thing="contact", icon="tabler-address-book"
        ),
    ),
    empty_sentence=_("还没有企业档案。"),
    empty_actions=(
        Action(_("新增企业"), "enterprise-add", verb="add", thing="enterprise", icon="tabler-plus"),
    ),
)


@login_required
def enterprise_list(request: HttpRequest) -> HttpResponseBase:
    """Show the firms of the zone and of the zones below it."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.ENTERPRISE, zone)
    return list_response(request, PAGE, selectors.listed_enterprises(request.user, zone))
