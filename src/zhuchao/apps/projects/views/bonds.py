"""Pages of special bonds: the applications with their sums, one of them, and the forms."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import entry_item

from ..forms.bonds import BondForm, BondStepForm
from ..models import Bond, BondStage, BondStep
from ..selectors import bonds, get_project
from ..services import bonds as verbs
from .saving import form_response, project_url


def _stage(bond: Any) -> tuple[str, str, str]:
    if not bond.stage:
        return "", gettext("未登记"), "secondary"
    outcome = BondStep.Outcome(bond.outcome)
    colour = {"passed": "green", "returned": "red"}.get(outcome.value, "orange")
    return bond.stage, f"{BondStage(bond.stage).label} · {outcome.label}", colour


BONDS = ListPage(
    key="bonds",
    title=_("专项债"),
    thing="bond",
    columns=(
        Column(
            "project",
            _("项目名称"),
            lambda bond: bond.project.name,
            link=lambda bond: reverse("bond-detail", args=[bond.pk]),
            on_phone=True,
        ),
        Column("year", _("年度"), lambda bond: str(bond.year), sort="year"),
        Column("batch", _("申报批次"), lambda bond: bond.batch_name, on_phone=True),
        Column("amount", _("申请金额"), lambda bond: bond.amount_cny, Kind.MONEY, total="amount_cny"),
        Column("stage", _("审核环节"), _stage, Kind.STATE, on_phone=True),
        Column("stage_on", _("环节日期"), lambda bond: bond.stage_on, Kind.DATE),
        Column("purpose", _("资金用途"), lambda bond: bond.purpose, hidden=True),
    ),
    filters=(
        Filter("stage", _("审核环节"), by_value("stage"), lambda request: BondStage.choices),
        Filter(
            "year", _("年度"), lambda rows, text: rows.filter(year=int(text)), lambda request: _years(request)
        ),
        Filter("batch", _("申报批次"), by_value("batch_name"), lambda request: _batches(request)),
    ),
    search=lambda request, rows, text: rows.filter(project__name__icontains=text),
    search_hint=_("项目名称"),
    default_sort="-year",
    other_actions=(Action(_("按批次和环节合计"), "bond-sums", "view", "bond", "tabler-chart-bar"),),
    empty_sentence=_("还没有专项债申报。打开项目的资金页，登记专项债申报。"),
)


def _rows(request: HttpRequest) -> Any:
    return bonds.listed_bonds(person_of(request), zone_of(request))


def _years(request: HttpRequest) -> list[tuple[str, str]]:
    found = sorted(set(_rows(request).order_by().values_list("year", flat=True)))
    return [(str(one), str(one)) for one in found]


def _batches(request: HttpRequest) -> list[tuple[str, str]]:
    found = sorted(set(_rows(request).order_by().values_list("batch_name", flat=True)))
    return [(one, one) for one in found]


@login_required
def bond_list(request: HttpRequest) -> HttpResponseBase:
    """List the applications for special bonds."""
    zones.require(person_of(request), Verb.VIEW, Thing.BOND, zone_of(request))
    return list_response(request, BONDS, _rows(request))


@login_required
@require_GET
def bond_sums(request: HttpRequest) -> HttpResponse:
    """Show what was applied for by batch and stage reached, each opening to its applications."""
    zones.require(person_of(request), Verb.VIEW, Thing.BOND, zone_of(request))
    rows = [
        (year, batch, stage, count, total, _url(year, batch, stage))
        for year, batch, stage, count, total in bonds.bond_sums(_rows(request))
    ]
    return render(request, "projects/bond_sums.html", {"rows": rows})


def _url(year: int, batch: str, stage: BondStage | None) -> str:
    said = {"year": year, "batch": batch} | ({"stage": stage.value} if stage else {})
    return f"{reverse('bond-list')}?{urlencode(said)}"


@login_required
@require_GET
def bond_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application with every stage it came to."""
    actor = person_of(request)
    bond: Any = bonds.get_bond(actor, pk)
    may_void = zones.may(actor, Verb.VOID, Thing.BOND, bond.zone_id)
    steps = bonds.visible_steps(actor).filter(bond=bond, is_void=False).order_by("-happened_on", "-pk")
    context = {
        "record": bond,
        "bond": bond,
        "state": _stage(bond),
        "facts": [
            (_("项目名称"), bond.project.name),
            (_("年度"), str(bond.year)),
            (_("申报批次"), bond.batch_name),
            (_("申请金额"), money(bond.amount_cny, bond.zone)),
            (_("资金用途"), bond.purpose),
        ],
        "timeline": [
            entry_item(
                step,
                what=f"{step.get_stage_display()} · {step.get_outcome_display()}",
                detail=" · ".join(
                    part
                    for part in (
                        step.reviewer,
                        step.opinion,
                        money(step.amount_cny, bond.zone) if step.amount_cny else "",
                    )
                    if part
                ),
                here=reverse("bond-detail", args=[bond.pk]),
                evidence="bond-step-evidence",
                void_url=reverse("bond-step-void", args=[step.pk]) if may_void else "",
            )
            for step in steps
        ],
        "may_change": zones.may(actor, Verb.CHANGE, Thing.BOND, bond.zone_id),
    }
    return render(request, "projects/bond_detail.html", context)


@login_required
@require_GET
def bond_step_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document behind a stage."""
    return evidence_response(bonds.get_step(person_of(request), pk))


@login_required
def bond_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an application of a project for a special bond."""
    actor = person_of(request)
    project = get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.BOND, project.zone)

    def act(values: dict[str, Any]) -> str:
        return reverse("bond-detail", args=[verbs.add_bond(actor=actor, project=project, **values).pk])

    return form_response(
        request,
        BondForm(posted(request), initial={"year": zones.today(project.zone).year}, zone=project.zone),
        act,
        title=gettext("登记专项债申报"),
        back=project_url(project, "money"),
        done=gettext("已登记专项债申报。"),
        project=project,
    )


@login_required
def bond_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a stage that an application came to."""
    actor = person_of(request)
    bond: Bond = bonds.get_bond(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.BOND, bond.zone)
    return form_response(
        request,
        BondStepForm(posted(request), request.FILES or None, zone=bond.zone),
        lambda values: verbs.add_bond_step(actor=actor, bond=bond, **values),
        title=gettext("登记专项债环节"),
        back=reverse("bond-detail", args=[bond.pk]),
        done=gettext("已登记环节。"),
        project=bond.project,
        evidence_scope=bond.zone_id,
    )


@login_required
def bond_step_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a stage, with the reason."""
    actor = person_of(request)
    step = bonds.get_step(actor, pk)
    zones.require(actor, Verb.VOID, Thing.BOND, step.zone)
    return form_response(
        request,
        VoidForm(posted(request)),
        lambda values: verbs.void_bond_step(actor=actor, entry=step, **values),
        title=gettext("作废专项债环节"),
        back=reverse("bond-detail", args=[step.bond_id]),
        done=gettext("已作废。原条目保留在时间线中。"),
        project=step.bond.project,
        dangerous=True,
        submit_label=gettext("作废"),
    )
