"""One policy: its page, and the forms that add it, edit it, draft a version and publish it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import PolicyForm, ReviewForm, VersionForm
from ..models import DeliveryTerms, Policy, PolicyVersion
from ..selectors.calendar import told_of
from ..selectors.recommendations import projects_of_policy, reason_of
from ..selectors.related import may_match
from ..selectors.sources import last_check
from ..selectors.tellings import reach_of, tellings_of
from ..selectors.terms import REVIEW_SOURCE, reviews_of, terms_of, why_not_open, why_not_reviewed
from ..services.versions import read_clauses
from .lists import source_of, standing_of

SHOWN = 20
REVIEW_EVERY = timedelta(days=180)


def policy_url(policy_id: int) -> str:
    """Return the address of a policy's page."""
    return reverse("policy-detail", args=[policy_id])


@login_required
@require_GET
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a policy: the version that counts today with its clauses and source, the draft, and every version."""
    policy = selectors.get_policy(request.user, pk)
    today = zones.today(policy.zone)
    version = selectors.current_version(policy, today)
    may_change = zones.may(request.user, Verb.CHANGE, Thing.POLICY, policy.zone_id)
    versions = list(selectors.versions_of(policy))
    draft = selectors.draft_of(policy)
    context = {
        "record": policy,
        "policy": policy,
        "state": standing_of(policy),
        "source": source_of(version.source_status if version else None),
        "facts": _facts(policy),
        "shown": version,
        "days": days_of(version),
        "clauses": selectors.clauses_of(version) if version else [],
        "versions": versions,
        "has_rules": any(one.rules.strip() for one in versions if one.is_published),
        "seen": last_check(version) if version else None,
        "told": told_of(version) if version else None,
        "may_see_tellings": zones.may(request.user, Verb.VIEW, Thing.OUTREACH, policy.zone_id),
        "may_tell": zones.may(request.user, Verb.ADD, Thing.OUTREACH, policy.zone_id),
        "tellings": tellings_of(request.user, policy)[:SHOWN],
        "reach": reach_of(request.user, policy),
        "on_projects": [
            (row, reason_of(row.reason, row.missing))
            for row in projects_of_policy(request.user, policy)[:SHOWN]
        ],
        "draft": draft,
        "draft_clauses": selectors.clauses_of(draft) if draft else [],
        "is_own_draft": draft is not None and draft.prepared_by_id == request.user.pk,
        "may_change": may_change,
        "may_match": may_match(request.user, policy.zone_id),
        "may_publish": zones.may(request.user, Verb.MANAGE, Thing.POLICY, policy.zone_id),
        **(_delivery(person_of(request), version, today) if version else {}),
    }
    return render(request, "policies/policy_detail.html", context)


def _delivery(actor: User, version: PolicyVersion, today: date) -> dict[str, Any]:
    """Return how the version shown is delivered, its review, and whether one can apply for it today."""
    terms = terms_of(version)
    may_add = zones.may(actor, Verb.ADD, Thing.APPLICATION, version.zone_id)
    return {
        "terms": terms,
        "asked": [DocumentKind(kind).label for kind in terms.documents],
        "reviews": reviews_of(version),
        "unreviewed": why_not_reviewed(version),
        "review_source": REVIEW_SOURCE,
        "may_apply": may_add and terms.mode != DeliveryTerms.Mode.EXEMPT and not why_not_open(version, today),
        "may_see_reach": zones.may(actor, Verb.VIEW, Thing.PAYMENT, version.zone_id),
        "has_list": terms.mode == DeliveryTerms.Mode.EXEMPT
        and zones.may(actor, Verb.VIEW, Thing.APPLICATION, version.zone_id),
    }


def _facts(policy: Policy) -> list[tuple[str, Any]]:
    return [
        (_("政策编号"), policy.key),
        (_("层级"), policy.get_level_display()),
        (_("主管部门"), policy.department),
        (_("适用产业"), listed(policy.industries) or _("不限")),
        (_("适用对象"), listed(policy.audiences) or _("不限")),
        (_("责任人"), policy.owner),
        (_("复核日期"), policy.review_on),
        (_("摘要"), policy.summary),
    ]


def days_of(version: PolicyVersion | None) -> list[tuple[str, Any]]:
    if version is None:
        return []
    return [
        (_("生效日期"), version.effective_from),
        (_("失效日期"), version.effective_to or _("长期有效")),
        (_("申报开始"), version.window_open or _("常年受理")),
        (_("申报截止"), version.window_close),
        (_("公示日期"), version.decides_on),
        (_("拨付日期"), version.pays_on),
    ]


@login_required
def policy_add(request: HttpRequest) -> HttpResponse:
    """Enter a policy; the next step is its first version."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.POLICY, zone)
    form = PolicyForm(editing.posted(request), zone=zone)

    def act(values: dict[str, Any]) -> str:
        policy = services.add_policy(actor=actor, zone=zone, **values)
        return reverse("policy-version-draft", args=[policy.pk])

    return _form_response(
        request,
        form,
        act,
        title=_("新增政策"),
        back=reverse("policy-list"),
        done=_("已新增政策。请填写第一版。"),
    )


@login_required
def policy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what a policy is filed under; when somebody else did so meanwhile, show both versions."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    form = PolicyForm(editing.posted(request), initial=PolicyForm.of(policy), zone=policy.zone)
    return _form_response(
        request,
        form,
        lambda values: services.change_policy(
            actor=actor, policy=policy, version=editing.seen_version(request), **values
        ),
        title=_("修改政策"),
        back=policy_url(pk),
        done=_("已保存。"),
        policy=policy,
        version=policy.version,
    )


@login_required
def version_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next version of a policy, beginning with what the last one says."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    latest = selectors.versions_of(policy).first()
    initial = VersionForm.of(latest) if latest else {}
    form = VersionForm(editing.posted(request), initial=initial, zone=policy.zone)

    def act(values: dict[str, Any]) -> object:
        clauses = read_clauses(values.pop("clauses"))
        return services.draft_version(actor=actor, policy=policy, clauses=clauses, **values)

    return _form_response(
        request,
        form,
        act,
        title=_("起草新版本"),
        back=policy_url(pk),
        done=_("已保存草稿，请由另一人复核后发布。"),
        policy=policy,
    )


@login_required
def version_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a draft."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.POLICY, draft.zone)
    form = VersionForm(editing.posted(request), initial=VersionForm.of(draft), zone=draft.zone)

    def act(values: dict[str, Any]) -> object:
        clauses = read_clauses(values.pop("clauses"))
        seen = editing.seen_version(request)
        return services.change_version(actor=actor, draft=draft, version=seen, clauses=clauses, **values)

    return _form_response(
        request,
        form,
        act,
        title=_("修改草稿"),
        back=policy_url(draft.policy_id),
        done=_("已保存。"),
        policy=draft.policy,
        version=draft.version,
    )


@login_required
def policy_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the source was read again and still holds; what has changed becomes a new version instead."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    today = zones.today(policy.zone)
    current = selectors.current_version(policy, today)
    form = ReviewForm(
        editing.posted(request), initial={"next_review_on": today + REVIEW_EVERY}, zone=policy.zone
    )
    return _form_response(
        request,
        form,
        lambda values: services.review_policy(
            actor=actor,
            policy=policy,
            version=editing.seen_version(request),
            next_review_on=values["next_review_on"],
            note=values["note"],
        ),
        title=_("复核来源：%(policy)s") % {"policy": policy},
        back=policy_url(pk),
        done=_("已记下复核。"),
        policy=policy,
        version=policy.version,
        draft=current,
        draft_title=_("现在的内容"),
        days=days_of(current),
        clauses=selectors.clauses_of(current) if current else [],
    )


def _form_response(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    version: int | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks, say ``done`` and go ``back``, or to the address that ``act`` returns."""

    def run(values: dict[str, Any]) -> HttpResponse:
        goal = act(values)
        messages.success(request, done)
        return redirect(goal if isinstance(goal, str) else back)

    return editing.form_response(
        request,
        form,
        run,
        title=title,
        cancel_url=back,
        version=version,
        template="policies/form.html",
        **context,
    )
