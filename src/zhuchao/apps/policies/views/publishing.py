"""What a draft does to firms before it is published, and the second person who publishes it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.rules.truth import Truth
from zhuchao.web import editing
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_flag, by_value, list_response
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import PublishForm
from ..models import Answer, FirmShift, PolicyVersion
from ..selectors.explaining import COLOURS
from ..selectors.shifts import (
    beside,
    clauses_text,
    counts_of,
    kept_diff,
    matrix_of,
    moves_of,
    shifts_of,
)
from ..services import comparisons
from .records import days_of, policy_url

_SAID = {
    Truth.TRUE: _("符合"),
    Truth.UNKNOWN: _("待核实"),
    Truth.FALSE: _("不符合"),
}


def answer_state(answer: str) -> tuple[str, str, str]:
    """Return an answer as lists show it: value, label, colour."""
    kind = Answer(answer)
    return kind.value, str(kind.label), COLOURS[kind]


def _conditions(shift: FirmShift) -> str:
    """Return the conditions that moved a firm, each with its clause and both answers."""
    said = []
    for article, text, before, after in shift.conditions:
        was, now = (gettext("不要求") if one is None else str(_SAID[Truth(one)]) for one in (before, after))
        said.append(gettext("%(clause)s %(text)s：%(was)s → %(now)s") % {
            "clause": article, "text": text, "was": was, "now": now,
        })  # fmt: skip
    if not said and shift.before != shift.after:
        return gettext("条件的组合方式（logic）改变")
    return listed(said) or gettext("支持金额改变")


SHIFTS = ListPage(
    key="policy-shifts",
    title=_("结论或金额改变的企业"),
    thing="filing",
    columns=(
        Column(
            "firm",
            _("企业"),
            lambda e: e.enterprise.name,
            link=lambda e: reverse("enterprise-detail", args=[e.enterprise_id]),
            sort="enterprise__name",
            on_phone=True,
        ),
        Column("before", _("原结论"), lambda e: answer_state(e.before), Kind.STATE, on_phone=True),
        Column("after", _("新结论"), lambda e: answer_state(e.after), Kind.STATE, on_phone=True),
        Column(
            "least",
            _("金额变化（至少）"),
            lambda e: e.least_cny,
            Kind.MONEY,
            sort="least_cny",
            total="least_cny",
        ),
        Column(
            "most", _("金额变化（至多）"), lambda e: e.most_cny, Kind.MONEY, sort="most_cny", total="most_cny"
        ),
        Column("why", _("变动的条件"), _conditions),
        Column("code", _("统一社会信用代码"), lambda e: e.enterprise.credit_code, hidden=True),
    ),
    filters=(
        Filter("was", _("原结论"), by_value("before"), lambda request: Answer.choices),
        Filter("now", _("新结论"), by_value("after"), lambda request: Answer.choices),
        Filter("loses", _("受损"), by_flag("loses"), lambda request: [("1", _("是")), ("0", _("否"))]),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(enterprise__credit_code__icontains=text)
    ),
    search_hint=_("企业名称、信用代码"),
    default_sort="enterprise__name",
    empty_sentence=_("没有企业的结论或金额改变。"),
)


@login_required
def shift_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """List the firms that a draft answers otherwise, as it was reckoned last."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    rows = shifts_of(actor, draft)
    return list_response(
        request,
        SHIFTS,
        rows,
        template="policies/shifts.html",
        draft=draft,
        policy=draft.policy,
        diff=kept_diff(draft),
    )


@login_required
@require_POST
def version_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare a draft with the version in force anew; where firms are many a job does it."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    if comparisons.is_small(draft.zone):
        comparisons.compare_draft(actor=actor, draft=draft)
        return redirect(reverse("policy-version-publish", args=[pk]) + "#effect")
    job = comparisons.order_comparison(actor=actor, draft=draft)
    return redirect("job-detail", job.pk)


@login_required
def version_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft that somebody else prepared, having seen what it does to firms and what it says otherwise."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.POLICY, draft.zone)
    effect = {} if draft.is_published else effect_of(request, draft)
    diff = effect.get("diff")
    losing = diff.losing if diff is not None and effect["is_current"] else 0
    form = PublishForm(editing.posted(request), zone=draft.zone, losing=losing)

    def run(values: dict[str, Any]) -> HttpResponse:
        told = request.POST.get("losses", "")
        seen = int(told) if values.get("losses") and told.isdecimal() and len(told) < 10 else None
        services.publish_version(actor=actor, draft=draft, losses_seen=seen)
        messages.success(request, gettext("已发布。"))
        return redirect(policy_url(draft.policy_id))

    return editing.form_response(
        request,
        form,
        run,
        title=gettext("发布：%(version)s") % {"version": draft},
        cancel_url=policy_url(draft.policy_id),
        template="policies/publish.html",
        policy=draft.policy,
        draft=draft,
        draft_title=gettext("将要发布的内容"),
        days=days_of(draft),
        clauses=selectors.clauses_of(draft),
        submit_label=gettext("发布"),
        **effect,
    )


def effect_of(request: HttpRequest, draft: PolicyVersion) -> dict[str, Any]:
    """Return what a draft does to firms and what it says otherwise than the version in force, for a page."""
    actor = person_of(request)
    unreadable = comparisons.why_unreadable(draft)
    fresh = None if unreadable else comparisons.fresh_diff(actor=actor, draft=draft)
    diff = fresh or kept_diff(draft)
    against = selectors.current_version(draft.policy, zones.today(draft.zone))
    return {
        "diff": diff,
        "unreadable": unreadable,
        "is_current": fresh is not None,
        "against": against,
        "may_see_firms": zones.may(actor, Verb.VIEW, Thing.FILING, draft.zone_id),
        "counts": [(answer, COLOURS[answer], firms) for answer, firms in counts_of(diff.counts)]
        if diff
        else [],
        "matrix": matrix_of(diff.moves) if diff and diff.against_id else [],
        "moves": moves_of(diff.moves) if diff else [],
        "answers": Answer.choices,
        "rules_beside": beside(against.rules if against else "", draft.rules) if against else [],
        "clauses_beside": beside(clauses_text(against), clauses_text(draft)) if against else [],
    }
