"""The gates of a project: what each asks for and what is there, the evidence given, the pack for the statistics."""

import io
import zipfile
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.selectors.files import open_attachment
from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_xlsx
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.forms import VoidForm, read_day
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.gates import EvidenceCorrectForm, EvidenceForm
from ..models import Project, Stage
from ..selectors import GateStand
from .saving import form_response


def stage_asked(request: HttpRequest, usual: Stage) -> Stage:
    """Return the gate that a request is about: posted, in the address, or ``usual``."""
    said = request.POST.get("stage") or request.GET.get("stage", "")
    return Stage(said) if said in Stage.values else usual


def day_of(request: HttpRequest, usual: date) -> date:
    """Return the day that a form was sent with, as the rule of that day decides what the form asks for."""
    return read_day(request.POST.get("on", ""), usual.year) or usual


def gates_url(pk: int) -> str:
    """Return the address of what a project's gates ask for."""
    return reverse("project-gates", args=[pk])


def given_of(request: HttpRequest, form: EvidenceForm, project: Project) -> list[services.Given]:
    """Keep the files that came with a form and return what was given for each item."""
    found = []
    for item, number, note, file in form.given():
        kept = None
        if file is not None:
            kept = keep_file(content=file, name=file.name, scope=project.zone_id, actor=person_of(request))
        found.append(services.Given(item, number, note, kept))
    return found


@login_required
@require_GET
def gate_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every gate of a project with what it asks for, what is there, and what is missing."""
    project = selectors.get_project(person_of(request), pk)
    today = zones.today(project.zone)
    family = selectors.family_gates(project)
    passed = family.days
    # What its family carries is proved where it is entered, and listed there when the proof is missing.
    stands = [
        {
            "stand": stand,
            "passed_on": passed.get(stand.stage),
            "is_owed": stand.stage in family.own and bool(stand.lacks),
            "is_next": False,
        }
        for stand in selectors.gate_stands(project, today)
    ]
    coming = next((each for each in stands if each["passed_on"] is None), None)
    if coming is not None:
        coming["is_next"] = True
    context = {
        "project": project,
        "stands": stands,
        "listing": selectors.listing_stand(project, today),
        "may_change": zones.may(request.user, Verb.CHANGE, Thing.PROJECT, project.zone_id),
        "may_void": zones.may(request.user, Verb.VOID, Thing.PROJECT, project.zone_id),
        "may_export": zones.may(request.user, Verb.EXPORT, Thing.PROJECT, project.zone_id),
    }
    return render(request, "projects/gate_list.html", context)


@login_required
def gate_evidence_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a project has for the items of a gate, before the gate is passed or after."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    stage = stage_asked(request, Stage.SIGNED)
    passed = selectors.family_days(project).get(stage)
    stand = selectors.gate_stand(project, stage, passed or zones.today(project.zone))
    form = EvidenceForm(request.POST or None, request.FILES or None, stand=stand, zone=project.zone)

    def act(values: dict[str, Any]) -> object:
        given = given_of(request, form, project)
        if not given:
            raise WrongInput(field=_("编号"), why=_("文件、编号、说明至少要有一项。"))
        return services.give_gate_evidence(
            actor=actor, project=project, stage=stage, given=given, on=values["on"]
        )

    return form_response(
        request,
        form,
        act,
        title=_("登记“%(stage)s”的材料") % {"stage": stage.label},
        back=gates_url(project.pk),
        done=_("已登记材料。"),
        project=project,
    )


@login_required
def gate_evidence_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was given for an item, with the reason."""
    actor = person_of(request)
    entry = selectors.get_gate_evidence(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone)
    initial = {name: getattr(entry, name) for name in ("happened_on", "number", "evidence_note")}
    return form_response(
        request,
        EvidenceCorrectForm(request.POST or None, request.FILES or None, initial=initial, zone=entry.zone),
        lambda values: services.correct_gate_evidence(actor=actor, entry=entry, **values),
        title=_("更正材料“%(item)s”") % {"item": entry.item},
        back=gates_url(entry.project_id),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
        evidence_scope=entry.zone_id,
    )


@login_required
def gate_evidence_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was given for an item, with the reason."""
    actor = person_of(request)
    entry = selectors.get_gate_evidence(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_gate_evidence(actor=actor, entry=entry, **values),
        title=_("作废材料“%(item)s”") % {"item": entry.item},
        back=gates_url(entry.project_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def gate_evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the file that was given for an item."""
    return evidence_response(selectors.get_gate_evidence(person_of(request), pk))


@login_required
@require_GET
def listing_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the pack for the bureau of statistics: the checklist as a sheet, and every file that is there."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.EXPORT, Thing.PROJECT, project.zone)
    today = zones.today(project.zone)
    stand = selectors.gate_stand(
        project, Stage.LISTED, selectors.family_days(project).get(Stage.LISTED, today)
    )
    data = _pack(project, stand)
    record_export(
        actor=actor,
        scope=project.zone_id,
        thing="project",
        list_key="listing-pack",
        kind="zip",
        count=len(stand.items),
        columns=["item", "number", "file"],
        query={"project": str(project.pk)},
    )
    answer = HttpResponse(data, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="listing-{project.pk}.zip"'
    return answer


def _pack(project: Project, stand: GateStand) -> bytes:
    columns = [
        ExportColumn(label, kind)
        for label, kind in (
            (_("序号"), "number"),
            (_("材料名称"), "text"),
            (_("必备"), "text"),
            (_("情况"), "text"),
            (_("编号"), "text"),
            (_("说明"), "text"),
            (_("日期"), "date"),
            (_("文件"), "text"),
        )
    ]
    rows, sheet, packed = [], io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(stand.items, 1):
            given = one.given
            file = ""
            if given is not None and given.evidence is not None:
                file = f"{number:02d}-{given.evidence.name}"
                with open_attachment(given.evidence) as content:
                    archive.writestr(file, content.read())
            rows.append(
                (
                    number,
                    one.item.name,
                    _("必备") if one.item.is_required else _("可选"),
                    _("已有") if one.is_met else _("缺"),
                    given.number if given else "",
                    given.evidence_note if given else "",
                    given.happened_on if given else None,
                    file,
                )
            )
        write_xlsx(
            sheet,
            sheet=_("列统材料"),
            columns=columns,
            rows=rows,
            notes=[project.name, stand.rule.guidance if stand.rule else ""],
        )
        archive.writestr("00-checklist.xlsx", sheet.getvalue())
    return packed.getvalue()
