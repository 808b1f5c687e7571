"""The forms of applications: begin, edit, and each step; how a version is delivered, and its review."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.selectors.vault import consent_for
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.projects.models import Project
from zhuchao.apps.projects.selectors import visible_projects
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors
from ..forms import applications as shapes
from ..models import Application, DeliveryTerms, PolicyVersion
from ..selectors import applications
from ..selectors.terms import get_review, terms_of
from ..services import application_steps as steps
from ..services import applications as services
from ..services import terms as terms_services
from ..services.entitlements import apply_quickly
from .applications import application_url

FORM = "policies/application_form.html"
Act = Callable[[User, Application, dict[str, Any]], Application]


def _decide(actor: User, application: Application, values: dict[str, Any]) -> Application:
    decision, amount = values.pop("decision"), values.pop("amount_cny")
    if decision == "reject":
        return steps.reject_application(actor=actor, application=application, **values)
    if amount is None:
        raise WrongInput(field=_("核定金额"), why=_("请填写。"))
    return steps.approve_application(actor=actor, application=application, amount_cny=amount, **values)


STEPS: dict[str, tuple[Promise | str, type[forms.Form], Verb, Act]] = {
    "submit": (
        gettext_lazy("提交申报"),
        shapes.SubmitForm,
        Verb.ADD,
        lambda actor, a, said: steps.submit_application(actor=actor, application=a, **said),
    ),
    "accept": (
        gettext_lazy("受理申报"),
        shapes.StepForm,
        Verb.CHANGE,
        lambda actor, a, said: steps.accept_application(actor=actor, application=a, **said),
    ),
    "return": (
        gettext_lazy("退回补正"),
        shapes.ReasonStepForm,
        Verb.CHANGE,
        lambda actor, a, said: steps.return_application(actor=actor, application=a, **said),
    ),
    "decide": (gettext_lazy("作出决定"), shapes.DecisionForm, Verb.MANAGE, _decide),
    "object": (
        gettext_lazy("登记异议"),
        shapes.ReasonStepForm,
        Verb.ADD,
        lambda actor, a, said: steps.object_to_decision(actor=actor, application=a, **said),
    ),
    "answer": (
        gettext_lazy("答复异议"),
        shapes.AnswerForm,
        Verb.MANAGE,
        lambda actor, a, said: steps.answer_objection(actor=actor, application=a, **said),
    ),
    "withdraw": (
        gettext_lazy("撤回申报"),
        shapes.ReasonStepForm,
        Verb.ADD,
        lambda actor, a, said: steps.withdraw_application(actor=actor, application=a, **said),
    ),
    "take-back": (
        gettext_lazy("退回上一步"),
        shapes.TakeBackForm,
        Verb.VOID,
        lambda actor, a, said: steps.take_back_step(actor=actor, application=a, **said),
    ),
}


@login_required
def application_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an application for a version; ``?firm=`` fills in the firm."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    zones.require(actor, Verb.ADD, Thing.APPLICATION, version.zone)
    if terms_of(version).mode == DeliveryTerms.Mode.QUICK:
        return _apply_quickly(request, actor, version)
    initial = {
        "on": zones.today(version.zone),
        "firm": request.GET.get("firm", "")[:120],
        "requested_cny": terms_of(version).amount_cny,
    }
    form = shapes.ApplicationForm(editing.posted(request), initial=initial, zone=version.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        firm, named = _firm_named(version, values.pop("firm")), values.pop("project")
        project = _project_named(actor, version.zone_id, firm.pk, named) if named else None
        made = services.draft_application(
            actor=actor, version=version, enterprise=firm, project=project, **values
        )
        messages.success(request, _("已起草，请核对材料后提交。"))
        return redirect(application_url(made.pk))

    return editing.form_response(
        request,
        form,
        act,
        title=_("代企业申报：%(policy)s") % {"policy": version.policy.title},
        cancel_url=reverse("policy-detail", args=[version.policy_id]),
        template=FORM,
        policy=version.policy,
    )


def _apply_quickly(request: HttpRequest, actor: User, version: PolicyVersion) -> HttpResponse:
    """Apply on one page: the firm is named, everything else is filled in and handed in at once."""
    initial = {"on": zones.today(version.zone), "firm": request.GET.get("firm", "")[:120]}
    form = shapes.QuickForm(editing.posted(request), initial=initial, zone=version.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        firm = _firm_named(version, values.pop("firm"))
        made = apply_quickly(actor=actor, version=version, enterprise=firm, **values)
        messages.success(request, _("已提交，信息和材料均已带出。"))
        return redirect(application_url(made.pk))

    return editing.form_response(
        request,
        form,
        act,
        title=_("快申快享：%(policy)s") % {"policy": version.policy.title},
        cancel_url=reverse("policy-detail", args=[version.policy_id]),
        template=FORM,
        policy=version.policy,
        submit_label=_("提交"),
    )


def _firm_named(version: PolicyVersion, name: str) -> Enterprise:
    firm = firms_named(version.zone_id, [name]).get(name)
    if firm is None:
        raise WrongInput(field=_("企业"), why=_("没有登记“%(name)s”。") % {"name": name})
    return firm


def _project_named(actor: User, zone_id: int, firm_id: int, text: str) -> Project:
    rows = visible_projects(actor).filter(zone_id=zone_id, enterprise_id=firm_id)
    found = rows.filter(code=text).first() or rows.filter(name=text).first()
    if found is None:
        raise WrongInput(field=_("项目"), why=_("这家企业没有“%(name)s”这个项目。") % {"name": text})
    return found


@login_required
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an application that is a draft or was returned."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.APPLICATION, application.zone)
    form = shapes.ApplicationEditForm(
        editing.posted(request),
        initial=shapes.ApplicationEditForm.of(application),
        zone=application.zone,
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_application(
            actor=actor, application=application, version=editing.seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect(application_url(pk))

    return editing.form_response(
        request,
        form,
        act,
        title=_("修改申报"),
        cancel_url=application_url(pk),
        version=application.version,
        template=FORM,
        application=application,
    )


@login_required
def application_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step of an application."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    title, shape, verb, take = STEPS[step]
    zones.require(actor, verb, Thing.APPLICATION, application.zone)
    today = zones.today(application.zone)
    initial = {"on": today, "amount_cny": application.granted_cny or application.requested_cny}
    form = shape(editing.posted(request), initial=initial, zone=application.zone)  # type: ignore[call-arg]
    if step == "submit" and not _needs_consent(actor, application):
        del form.fields["consent_by"], form.fields["consent_note"]

    def act(values: dict[str, Any]) -> HttpResponse:
        done = take(actor, application, values)
        messages.success(request, _("已办理，现为“%(state)s”。") % {"state": done.get_state_display()})
        return redirect(application_url(pk))

    return editing.form_response(
        request,
        form,
        act,
        title=title,
        cancel_url=application_url(pk),
        template=FORM,
        application=application,
        submit_label=_("确定"),
    )


def _needs_consent(actor: User, application: Application) -> bool:
    today = zones.today(application.zone)
    ids = family_ids(application.enterprise)
    return any(
        one.is_reused and consent_for(ids, one.kind, application.policy.title, today) is None
        for one in applications.materials_of(actor, application, today)
    )


@login_required
def terms_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a version is delivered."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.POLICY, version.zone)
    terms = terms_of(version)
    form = shapes.TermsForm(editing.posted(request), initial=shapes.TermsForm.of(terms), zone=version.zone)
    back = reverse("policy-detail", args=[version.policy_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        seen = editing.seen_version(request) if terms.pk else None
        terms_services.set_terms(actor=actor, of=version, version=seen, **values)
        messages.success(request, _("已保存。"))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=_("兑现办法：%(version)s") % {"version": version},
        cancel_url=back,
        version=terms.version,
        template=FORM,
        policy=version.policy,
    )


@login_required
def review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that a version was reviewed for fair competition."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.POLICY, version.zone)
    back = reverse("policy-detail", args=[version.policy_id])
    form = shapes.ReviewForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(version.zone)},
        zone=version.zone,
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, version.zone_id)
        terms_services.add_review(actor=actor, version=version, evidence=evidence, **values)
        messages.success(request, _("已登记。"))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=_("登记公平竞争审查：%(version)s") % {"version": version},
        cancel_url=back,
        template=FORM,
        policy=version.policy,
    )


@login_required
def review_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a review out of force."""
    actor = person_of(request)
    review = get_review(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.POLICY, review.zone)
    back = reverse("policy-detail", args=[review.version.policy_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        terms_services.void_review(actor=actor, review=review, reason=values["reason"])
        messages.success(request, _("已作废。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=_("作废公平竞争审查"),
        cancel_url=back,
        template=FORM,
        policy=review.version.policy,
        dangerous=True,
    )
