"""事项目录: the matters that departments handle, as a list."""

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
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, Text, by_flag, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from ..models import Matter, MatterVersion
from ..selectors.matter_versions import days_said
from ..selectors.matters import departments_in_use, listed_matters, searched_matters

YES_NO = (("1", _("是")), ("0", _("否")))


def standing_of(matter: Any) -> tuple[str, str, str]:
    """Return where a matter stands as a list shows it: value, label, colour."""
    if not matter.is_open:
        return "closed", gettext("暂停办理"), "secondary"
    if matter.held_id is None:
        return "none", gettext("没有生效的版本"), "yellow"
    return "open", gettext("可办理"), "green"


def source_of(status: str | None) -> tuple[str, str, str]:
    """Return whether what a version says was confirmed, as a list shows it: value, label, colour."""
    if status is None:
        return "", "", "secondary"
    is_confirmed = status == MatterVersion.SourceStatus.CONFIRMED
    return (status, gettext("已核实"), "green") if is_confirmed else (status, gettext("未核实"), "yellow")


def _instruments(matter: Any) -> str:
    declared = (
        (matter.held_pledge_allowed, gettext("告知承诺")),
        (matter.takes_late and matter.held_id, gettext("容缺受理")),
        (matter.held_early_allowed, gettext("提前预审")),
        (matter.held_hands_over, gettext("跨省通办")),
    )
    return listed(word for is_declared, word in declared if is_declared)


def _legal(matter: Any) -> str:
    return days_said(matter.held_legal_days, matter.held_legal_day_kind or "") if matter.held_id else ""


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    return searched_matters(rows, zones.zones_under(person_of(request), zone_of(request), Thing.MATTER), text)


def _departments(request: HttpRequest) -> Iterable[tuple[str, Text]]:
    return departments_in_use(person_of(request), zone_of(request))


MATTERS = ListPage(
    key="matters",
    title=_("事项目录"),
    thing="matter",
    columns=(
        Column(
            "name",
            _("事项名称"),
            lambda matter: matter.name,
            sort="name",
            link=lambda matter: reverse("matter-detail", args=[matter.pk]),
            on_phone=True,
        ),
        Column("standing", _("状态"), standing_of, Kind.STATE, on_phone=True),
        Column("department", _("办理部门"), lambda matter: matter.department or "", on_phone=True),
        Column("kind", _("事项类型"), lambda matter: matter.get_kind_display()),
        Column("promised", _("承诺时限"), lambda matter: days_said(matter.held_promised_working_days)),
        Column("legal", _("法定时限"), _legal),
        Column("instruments", _("便利措施"), _instruments),
        Column("source", _("来源核实"), lambda matter: source_of(matter.held_source_status), Kind.STATE),
        Column("code", _("事项编码"), lambda matter: matter.code, sort="code"),
        Column("number", _("版本号"), lambda matter: matter.held_number, Kind.NUMBER, hidden=True),
        Column("since", _("生效日期"), lambda matter: matter.held_effective_from, Kind.DATE, hidden=True),
        Column("draft", _("有草稿"), lambda matter: matter.has_draft, Kind.BOOL, hidden=True),
        Column("summary", _("说明"), lambda matter: matter.summary, hidden=True),
    ),
    filters=(
        Filter("department", _("办理部门"), by_value("department_id"), _departments),
        Filter("kind", _("事项类型"), by_value("kind"), lambda request: Matter.Kind.choices),
        Filter("open", _("可办理"), by_flag("is_open"), lambda request: YES_NO),
        Filter("pledge", _("告知承诺"), by_flag("held_pledge_allowed"), lambda request: YES_NO),
        Filter("late", _("容缺受理"), by_flag("takes_late"), lambda request: YES_NO),
        Filter("over", _("跨省通办"), by_flag("held_hands_over"), lambda request: YES_NO),
        Filter(
            "source",
            _("来源核实"),
            by_value("held_source_status"),
            lambda request: MatterVersion.SourceStatus.choices,
        ),
        Filter("draft", _("有草稿"), by_flag("has_draft"), lambda request: YES_NO),
    ),
    search=_search,
    search_hint=_("事项名称、拼音首字母、编码、部门、材料"),
    default_sort="name",
    tabs=(
        (_("全部"), ""),
        (_("可告知承诺"), "pledge=1"),
        (_("可容缺"), "late=1"),
        (_("草稿待发布"), "draft=1"),
    ),
    main_action=Action(_("新增事项"), "matter-add", "add", "matter", "tabler-plus"),
    other_actions=(Action(_("引入通用事项"), "matter-pack", "manage", "matter", "tabler-books"),),
    empty_sentence=_("还没有事项。可以引入随系统提供的通用事项，或新增第一项。"),
    empty_actions=(
        Action(_("引入通用事项"), "matter-pack", "manage", "matter", "tabler-books"),
        Action(_("新增事项"), "matter-add", "add", "matter", "tabler-plus"),
    ),
)


@login_required
def matter_list(request: HttpRequest) -> HttpResponseBase:
    """List the matters of the zone with what the version in force says."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.MATTER, zone)
    return list_response(request, MATTERS, listed_matters(actor, zone, zones.today(zone)))
