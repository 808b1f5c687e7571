"""Forms for gates and planned steps."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import (
    MilestoneEditForm,
    MilestoneForm,
    MilestoneMeetForm,
    MilestoneRemoveForm,
    StageCorrectForm,
)
from ..forms.gates import StageForm
from ..models import Stage
from .gates import day_of, given_of, stage_asked
from .saving import form_response, project_url


@login_required
def stage_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that a project passed a gate; the next one is offered."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    passed = selectors.stage_entries_of(project)
    last = Stage(project.stage).place if project.stage else -1
    following = next((gate for gate in Stage if gate.place > last and gate not in passed), Stage.SIGNED)
    stage = stage_asked(request, following)
    today = zones.today(project.zone)
    stand = selectors.gate_stand(project, stage, day_of(request, today))
    form = StageForm(
        request.POST or None, request.FILES or None, initial={"stage": stage, "on": today}, stand=stand
    )

    def act(values: dict[str, Any]) -> object:
        said = {name: values[name] for name in ("stage", "on", "override_reason")}
        said |= {name: values[name] for name in ("evidence", "evidence_note") if values.get(name)}
        return services.record_stage(
            actor=actor, project=project, items=given_of(request, form, project), **said
        )

    return form_response(
        request,
        form,
        act,
        title=_("登记阶段：%(stage)s") % {"stage": stage.label},
        back=project_url(project),
        done=_("已登记阶段。"),
        project=project,
        evidence_scope=project.zone_id,
        stand=stand,
        stages=[(gate, gate in passed) for gate in Stage],
        template="projects/stage_form.html",
    )


@login_required
def stage_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a stage entry, with the reason."""
    actor = person_of(request)
    entry = selectors.get_stage_entry(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone)
    form = StageCorrectForm(
        request.POST or None,
        request.FILES or None,
        initial=StageCorrectForm.of(entry),
        zone=entry.zone,
        kept_sector=entry.sector,
    )
    return form_response(
        request,
        form,
        lambda values: services.correct_stage(actor=actor, entry=entry, **values),
        title=_("更正阶段“%(stage)s”") % {"stage": entry.get_stage_display()},
        back=project_url(entry.project_id),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
        evidence_scope=entry.zone_id,
    )


@login_required
def stage_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a stage entry, with the reason."""
    actor = person_of(request)
    entry = selectors.get_stage_entry(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone)
    what = {"stage": entry.get_stage_display(), "on": entry.happened_on.isoformat()}
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_stage(actor=actor, entry=entry, **values),
        title=_("作废阶段“%(stage)s”（%(on)s）") % what,
        back=project_url(entry.project_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def stage_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document behind a stage entry."""
    return evidence_response(selectors.get_stage_entry(person_of(request), pk))


@login_required
def milestone_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a step of a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    return form_response(
        request,
        MilestoneForm(request.POST or None),
        lambda values: services.add_milestone(actor=actor, project=project, **values),
        title=_("新增计划节点"),
        back=project_url(project),
        done=_("已新增节点。到期前一周起会出现在今日。"),
        project=project,
    )


@login_required
def milestone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a step to another day, or give it another name."""
    actor = person_of(request)
    milestone = selectors.get_milestone(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, milestone.project.zone)
    form = MilestoneEditForm(request.POST or None, initial=MilestoneEditForm.of(milestone))
    return form_response(
        request,
        form,
        lambda values: services.change_milestone(
            actor=actor, milestone=milestone, version=seen_version(request), **values
        ),
        title=_("调整节点“%(name)s”") % {"name": milestone.name},
        back=project_url(milestone.project_id),
        done=_("已调整。原计划日期保留在变更记录中。"),
        project=milestone.project,
        version=milestone.version,
    )


@login_required
def milestone_meet(request: HttpRequest, pk: int) -> HttpResponse:
    """Say on which day a step was met."""
    actor = person_of(request)
    milestone = selectors.get_milestone(actor, pk)
    project = milestone.project
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    initial: dict[str, Any] = {"on": milestone.met_on or zones.today(project.zone)}
    return form_response(
        request,
        MilestoneMeetForm(request.POST or None, initial=initial),
        lambda values: services.meet_milestone(actor=actor, milestone=milestone, **values),
        title=_("节点“%(name)s”完成情况") % {"name": milestone.name},
        back=project_url(project),
        done=_("已登记。"),
        project=project,
    )


@login_required
def milestone_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a planned step away, with the reason."""
    actor = person_of(request)
    milestone = selectors.get_milestone(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, milestone.project.zone)
    return form_response(
        request,
        MilestoneRemoveForm(request.POST or None),
        lambda values: services.remove_milestone(actor=actor, milestone=milestone, **values),
        title=_("删除节点“%(name)s”") % {"name": milestone.name},
        back=project_url(milestone.project_id),
        done=_("已删除节点。"),
        project=milestone.project,
        dangerous=True,
        submit_label=_("删除"),
    )
