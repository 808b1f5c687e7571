"""该补哪些数据: the facts that answers wait for, each open to its firms and policies."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_flag, list_response
from zhuchao.web.requests import person_of, zone_of

from ..selectors.questions import waiting_for, wanted_facts
from ..selectors.rules import vocabulary

WAITING = ListPage(
    key="policy-waiting",
    title=_("等这项数据的企业"),
    thing="filing",
    columns=(
        Column(
            "firm",
            _("企业名称"),
            lambda row: row.enterprise.name,
            link=lambda row: reverse("firm-policies", args=[row.enterprise_id]),
            on_phone=True,
        ),
        Column(
            "policy",
            _("政策"),
            lambda row: row.version.policy.title,
            link=lambda row: reverse("policy-detail", args=[row.version.policy_id]),
            on_phone=True,
        ),
        Column(
            "missing_count",
            _("待补项数"),
            lambda row: row.missing_count,
            Kind.NUMBER,
            sort="missing_count",
            on_phone=True,
        ),
        Column("judged", _("须人工核对"), lambda row: row.needs_judgement, Kind.BOOL),
        Column("code", _("统一社会信用代码"), lambda row: row.enterprise.credit_code),
    ),
    filters=(
        Filter(
            "judged",
            _("须人工核对"),
            by_flag("needs_judgement"),
            lambda request: (("1", _("是")), ("0", _("否"))),
        ),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(version__policy__title__icontains=text)
    ),
    search_hint=_("企业名称、政策名称"),
    default_sort="missing_count",
    empty_sentence=_("没有结论在等这项数据。"),
)


@login_required
@require_GET
def question_list(request: HttpRequest) -> HttpResponse:
    """Show which facts to collect first."""
    actor, zone = _allowed(request)
    wanted = wanted_facts(actor, zone)
    most = max((one.answers for one in wanted), default=0)
    lines = [
        (one, reverse("policy-question", args=[one.field.name]), 100 * one.answers // most) for one in wanted
    ]
    return render(request, "policies/questions.html", {"lines": lines, "zone": zone})


@login_required
def question_detail(request: HttpRequest, field: str) -> HttpResponseBase:
    """List the firms and policies that wait for one fact."""
    actor, zone = _allowed(request)
    if field not in vocabulary():
        raise NotFound(what=gettext("该事实"))
    rows = waiting_for(actor, zone, field)
    return list_response(request, WAITING, rows, template="policies/question.html", field=vocabulary()[field])


def _allowed(request: HttpRequest) -> tuple[User, Zone]:
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    zones.require(actor, Verb.VIEW, Thing.FILING, zone)
    return actor, zone
