"""Money in projects: one entry's page, and the forms that add, correct and void."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.forms import VoidForm
from zhuchao.web.printing import day, money
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import AnnualPlanForm, InvestmentCorrectForm, InvestmentForm
from .lists import verified_of
from .saving import form_response, project_url
from .timeline import version_items


@login_required
@require_GET
def investment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one piece of money: what it says, what stands behind it, and its versions."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    successor = getattr(entry, "replaced_by", None)
    in_force = successor is None and not entry.is_void
    approval = selectors.approval_of(entry)
    context: dict[str, Any] = {
        "record": entry,
        "entry": entry,
        "project": entry.project,
        "state": verified_of(entry, is_approved=approval is not None),
        "approval": approval,
        "lacks": selectors.missing_of(entry),
        "may_approve": in_force
        and approval is None
        and entry.is_verified
        and entry.recorded_by_id != actor.pk
        and zones.may(actor, Verb.MANAGE, Thing.INVESTMENT, entry.zone_id),
        "may_withdraw": approval is not None
        and in_force
        and zones.may(actor, Verb.MANAGE, Thing.INVESTMENT, entry.zone_id),
        "in_force": in_force,
        "successor": successor,
        "facts": [
            (_("项目名称"), entry.project.name),
            (_("资金类别"), entry.get_kind_display()),
            (_("日期"), day(entry.happened_on)),
            (_("金额"), money(entry.amount_cny, entry.zone)),
            (_("投入方"), entry.payer),
            (_("凭证种类"), entry.get_document_kind_display()),
            (_("凭证号"), entry.voucher_no),
            (_("超计划说明"), entry.over_plan_reason),
            (_("备注"), entry.evidence_note),
        ],
        "timeline": version_items(request, entry),
        "may_change": in_force and zones.may(actor, Verb.CHANGE, Thing.INVESTMENT, entry.zone_id),
        "may_void": in_force and zones.may(actor, Verb.VOID, Thing.INVESTMENT, entry.zone_id),
    }
    return render(request, "projects/investment_detail.html", context)


@login_required
@require_GET
def investment_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document behind an investment entry."""
    return evidence_response(selectors.get_investment(person_of(request), pk))


@login_required
def investment_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter money that went into a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    form = InvestmentForm(
        request.POST or None, request.FILES or None, initial={"happened_on": zones.today(project.zone)}
    )

    def act(values: dict[str, Any]) -> None:
        services.add_investment(actor=actor, project=project, on=values.pop("happened_on"), **values)

    return form_response(
        request,
        form,
        act,
        title=_("登记投资"),
        back=project_url(project, "money"),
        done=_("已登记投资。"),
        project=project,
        evidence_scope=project.zone_id,
    )


@login_required
def investment_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an investment entry, with the reason."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.INVESTMENT, entry.zone)
    form = InvestmentCorrectForm(
        request.POST or None, request.FILES or None, initial=InvestmentCorrectForm.of(entry)
    )

    def act(values: dict[str, Any]) -> str:
        corrected = services.correct_investment(actor=actor, entry=entry, **values)
        return reverse("investment-detail", args=[corrected.pk])

    return form_response(
        request,
        form,
        act,
        title=_("更正投资"),
        back=reverse("investment-detail", args=[entry.pk]),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
        evidence_scope=entry.zone_id,
    )


@login_required
def investment_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an investment entry, with the reason."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    zones.require(actor, Verb.VOID, Thing.INVESTMENT, entry.zone)
    what = {"amount": money(entry.amount_cny, entry.zone), "on": entry.happened_on.isoformat()}
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_investment(actor=actor, entry=entry, **values),
        title=_("作废投资 %(amount)s（%(on)s）") % what,
        back=project_url(entry.project_id, "money"),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def annual_plan_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what a project is to invest in a year; another amount is a new version."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    form = AnnualPlanForm(request.POST or None, initial={"year": zones.today(project.zone).year})
    return form_response(
        request,
        form,
        lambda values: services.set_annual_plan(actor=actor, project=project, **values),
        title=_("年度计划投资"),
        back=project_url(project, "money"),
        done=_("已保存年度计划。"),
        project=project,
    )
