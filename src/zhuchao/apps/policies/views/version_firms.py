"""速配 of one policy: all firms of the zone with the answer of each, counted, narrowed, exported, reckoned anew."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import listed
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_date_range, by_flag, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Answer, FirmMatch, PolicyVersion, VersionMatch
from ..selectors.explaining import COLOURS
from ..selectors.matches import matches_of_version
from ..selectors.related import may_match
from ..selectors.rules import vocabulary
from ..services.matches import is_stale, order_match


def _answer(row: FirmMatch) -> tuple[str, str, str]:
    answer = Answer(row.answer)
    return answer.value, str(answer.label), COLOURS[answer]


def _missing(row: FirmMatch) -> str:
    return listed(vocabulary()[name].label for name in row.missing if name in vocabulary())


VERSION_FIRMS = ListPage(
    key="policy-firms",
    title=_("速配企业"),
    thing="filing",
    columns=(
        Column(
            "firm",
            _("企业名称"),
            lambda row: row.enterprise.name,
            link=lambda row: reverse("firm-policies", args=[row.enterprise_id]),
            on_phone=True,
        ),
        Column("answer", _("结论"), _answer, Kind.STATE, on_phone=True),
        Column("missing", _("待补事实"), _missing, on_phone=True),
        Column(
            "missing_count", _("待补项数"), lambda row: row.missing_count, Kind.NUMBER, sort="missing_count"
        ),
        Column("judged", _("须人工核对"), lambda row: row.needs_judgement, Kind.BOOL),
        Column("since", _("结论自"), lambda row: row.since, Kind.DATE, sort="since"),
        Column("code", _("统一社会信用代码"), lambda row: row.enterprise.credit_code),
        Column("zone", _("辖区"), lambda row: row.enterprise.zone.short_name, hidden=True),
    ),
    filters=(
        Filter("answer", _("结论"), by_value("answer"), lambda request: Answer.choices),
        Filter(
            "judged",
            _("须人工核对"),
            by_flag("needs_judgement"),
            lambda request: (("1", _("是")), ("0", _("否"))),
        ),
        Filter("since", _("结论自"), by_date_range("since"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(enterprise__credit_code__istartswith=text)
    ),
    search_hint=_("企业名称、信用代码"),
    default_sort="missing_count",
    tabs=(
        (_("全部"), ""),
        (_("符合"), "answer=eligible"),
        (_("待核实"), "answer=unknown"),
        (_("只差一项"), "answer=near"),
        (_("不符合"), "answer=ineligible"),
    ),
    empty_sentence=_("还没有匹配过。点“重新匹配”，系统逐户核对。"),
)


@login_required
def version_firms(request: HttpRequest, pk: int) -> HttpResponseBase:
    """List the firms of the zone with what a version says of each, as last reckoned."""
    version = _version(request, pk)
    match = VersionMatch.objects.filter(version=version).first()
    counts = (
        [(answer.label, COLOURS[answer], getattr(match, answer.value), answer.value) for answer in Answer]
        if match
        else []
    )
    context: dict[str, Any] = {
        "version": version,
        "policy": version.policy,
        "match": match,
        "counts": counts,
        "is_stale": is_stale(version.zone, [version]),
        "lists_all": match is None or matches_of_version(request.user, version).count() == match.firms,
    }
    rows = matches_of_version(request.user, version)
    return list_response(request, VERSION_FIRMS, rows, template="policies/version_firms.html", **context)


@login_required
@require_POST
def match_again(request: HttpRequest) -> HttpResponse:
    """Order that all policies in force are matched with the firms of the zone anew."""
    actor, zone = person_of(request), zone_of(request)
    job = order_match(actor=actor, zone=zone)
    return redirect("job-detail", pk=job.pk)


def _version(request: HttpRequest, pk: int) -> PolicyVersion:
    version = selectors.get_version(request.user, pk)
    if not may_match(request.user, version.zone_id):
        raise NotFound(what=gettext("该政策版本"))
    return version
