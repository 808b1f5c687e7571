"""政策推荐: which firms fit which policies, how soon those who look after them were told, and the notice for the firm."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from zhuchao.apps.core.wording import remarks
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    by_date_range,
    by_flag,
    by_value,
    list_response,
)
from zhuchao.web.qr import qr_svg
from zhuchao.web.requests import person_of, zone_of

from ..models import PolicyVersion, Reason, Recommendation
from ..selectors import recommendations as selectors
from ..selectors.mail_consents import letters_of, mail_consents_of
from ..selectors.recommendations import Standing
from ..selectors.rules import vocabulary
from ..services.recommending import HOURS, open_recommendation

COLOURS = {
    Standing.WAITING: "yellow",
    Standing.TOLD: "blue",
    Standing.OPENED: "azure",
    Standing.APPLIED: "green",
    Standing.WITHDRAWN: "secondary",
}


def progress_of(row: Any) -> tuple[str, str, str]:
    """Return how far a recommendation has come as a list shows it: value, label, colour."""
    standing = Standing(row.progress)
    return standing.value, str(standing.label), COLOURS[standing]


def _policies(request: HttpRequest) -> list[tuple[str, str]]:
    rows = selectors.listed_recommendations(person_of(request), zone_of(request))
    found = rows.order_by("version__policy__title").values_list(
        "version__policy_id", "version__policy__title"
    )
    return [(str(pk), title) for pk, title in found.distinct()]


RECOMMENDATIONS = ListPage(
    key="policy-recommendations",
    title=_("政策推荐"),
    thing="outreach",
    columns=(
        Column(
            "firm",
            _("企业"),
            lambda row: row.enterprise.name,
            link=lambda row: reverse("policy-recommendation-detail", args=[row.pk]),
            on_phone=True,
        ),
        Column(
            "policy",
            _("政策"),
            lambda row: row.version.policy.title,
            link=lambda row: reverse("policy-detail", args=[row.version.policy_id]),
            on_phone=True,
        ),
        Column("progress", _("进展"), progress_of, Kind.STATE, on_phone=True),
        Column("reason", _("理由"), lambda row: selectors.reason_of(row.reason, row.missing), on_phone=True),
        Column("found", _("发现日期"), lambda row: row.found_on, Kind.DATE, sort="found_on"),
        Column("from", _("起算时间"), lambda row: row.counted_from, Kind.MOMENT),
        Column("told", _("通知时间"), lambda row: row.told_at, Kind.MOMENT),
        Column("days", _("用时"), lambda row: row.working_days, Kind.NUMBER, unit=_("工作日")),
        Column(
            "minutes", _("用时"), lambda row: hours_of(row.working_minutes), Kind.NUMBER, unit=_("工作小时")
        ),
        Column("late", _("超时"), lambda row: row.is_late, Kind.BOOL),
        Column("opened", _("打开时间"), lambda row: row.opened_at, Kind.MOMENT, hidden=True),
        Column("version", _("版本号"), lambda row: row.version.number, Kind.NUMBER, hidden=True),
        Column("withdrawn", _("撤回时间"), lambda row: row.withdrawn_at, Kind.MOMENT, hidden=True),
    ),
    filters=(
        Filter("state", _("进展"), by_value("progress"), lambda request: Standing.choices),
        Filter("policy", _("政策"), by_value("version__policy_id"), _policies),
        Filter("reason", _("理由"), by_value("reason"), lambda request: Reason.choices),
        Filter("late", _("超时"), by_flag("is_late"), lambda request: (("1", _("是")), ("0", _("否")))),
        Filter("found", _("发现日期"), by_date_range("found_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(version__policy__title__icontains=text)
    ),
    search_hint=_("企业名称、政策名称"),
    default_sort="-found_on",
    tabs=(
        (_("全部"), ""),
        (_("待通知"), "state=waiting"),
        (_("已通知"), "state=told"),
        (_("已打开"), "state=opened"),
        (_("已申报"), "state=applied"),
    ),
    other_actions=(Action(_("通知用时"), "policy-recommendation-speed", "view", "outreach", "tabler-clock"),),
    empty_sentence=_("还没有推荐。政策写成条件并发布后，系统按企业资料找出符合的企业，通知联络他们的人。"),
)


def hours_of(minutes: float | None) -> float | None:
    """Return working minutes as working hours with one place."""
    return None if minutes is None else round(minutes / 60, 1)


@login_required
def recommendation_list(request: HttpRequest) -> HttpResponseBase:
    """List which firms fit which policies, and what became of it."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.OUTREACH, zone)
    return list_response(request, RECOMMENDATIONS, selectors.listed_recommendations(actor, zone))


@login_required
@require_safe
def recommendation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one recommendation with the notice for the firm, to be copied or printed; that it was opened is kept."""
    actor = person_of(request)
    row = open_recommendation(actor=actor, row=selectors.get_recommendation(actor, pk))
    row = selectors.with_progress(
        selectors.visible_recommendations(actor).filter(pk=row.pk), zones.today(row.zone)
    ).get()
    version = row.version
    path = selectors.public_page_of(version.policy)
    address = _whole(request, path) if path else ""
    context = {
        "row": row,
        "policy": version.policy,
        "version": version,
        "state": progress_of(row),
        "reason": selectors.reason_of(row.reason, row.missing),
        "hours": hours_of(row.working_minutes),
        "address": address,
        "code": qr_svg(f"{address}?from=code") if address else "",
        "notice": _notice(row, version, address),
        "may_see_firm": zones.may(actor, Verb.VIEW, Thing.ENTERPRISE, row.enterprise.zone_id),
        "consents": mail_consents_of(actor, row.enterprise),
        "letters": letters_of(actor, row.enterprise),
        "may_write": zones.may(actor, Verb.ADD, Thing.OUTREACH, row.enterprise.zone_id),
        "may_tell": zones.may(actor, Verb.ADD, Thing.OUTREACH, version.zone_id),
    }
    return render(request, "policies/recommendation.html", context)


@login_required
@require_safe
def recommendation_speed(request: HttpRequest) -> HttpResponse:
    """Show of each policy how soon the firms that it fits were told, with those over the limit."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.OUTREACH, zone)
    found = selectors.speeds(actor, zone)
    context = {
        "rows": [(one, hours_of(one.median_minutes), hours_of(one.most_minutes)) for one in found],
        "found": sum(one.found for one in found),
        "told": sum(one.told for one in found),
        "late": sum(one.late for one in found),
        "limit": selectors.LIMIT,
        "day_hours": HOURS.length.seconds // 3600,
    }
    return render(request, "policies/recommendation_speed.html", context)


def _whole(request: HttpRequest, path: str) -> str:
    known: str = settings.PUBLIC_ADDRESS
    return f"{known}{path}" if known else request.build_absolute_uri(path)


def _notice(row: Recommendation, version: PolicyVersion, address: str) -> str:
    """Return the words for the firm: what it may apply for, until when, what is still asked, where it is written."""
    policy = version.policy
    said = {"firm": row.enterprise.name, "policy": policy.title, "department": policy.department}
    if row.reason == Reason.ELIGIBLE:
        first = gettext("%(firm)s：按现有资料，贵单位符合《%(policy)s》（%(department)s）的条件。") % said
    else:
        said["fact"] = vocabulary()[row.missing].label if row.missing in vocabulary() else row.missing
        first = (
            gettext(
                "%(firm)s：贵单位可能符合《%(policy)s》（%(department)s）的条件，请补充%(fact)s以便确认。"
            )
            % said
        )
    window = gettext("常年受理")
    if version.window_close:
        window = gettext("%(first)s 至 %(last)s") % {
            "first": (version.window_open or version.effective_from).isoformat(),
            "last": version.window_close.isoformat(),
        }
    lines = [
        first,
        policy.summary,
        gettext("申报时间：%(window)s") % {"window": window},
        remarks((version.document_no, "" if version.is_confirmed else gettext("来源未核实，以原文为准"))),
        gettext("详情：%(address)s") % {"address": address} if address else "",
    ]
    return "\n".join(line for line in lines if line)
