"""审批流程: the list of procedures, the page of one, and the forms that enter it, draft a version and publish it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Ask, Lever, plan
from zhuchao.web import editing
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_flag, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.procedures import ProcedureForm, ProcedureTextForm, ProcedureVersionForm, PublishProcedureForm
from ..models import ProcedureVersion
from ..selectors import procedures
from ..selectors.drawing import draw_gantt, draw_network
from ..selectors.networks import (
    instruments_of,
    report_of,
    shipped_procedures,
    sureness,
    template_of,
    without_notices,
)
from ..selectors.procedure_diff import compare_templates, facts_of_task
from ..services import procedures as services
from ..wording import mode_word, part_word, say, show_minutes

LEVERS = 8


def procedure_url(procedure_id: int) -> str:
    """Return the address of a procedure's page."""
    return reverse("procedure-detail", args=[procedure_id])


def _state(row: Any) -> tuple[str, str, str]:
    if not row.is_open:
        return "closed", _("停用"), "secondary"
    if row.held_number:
        return "held", _("第 {number} 版有效").format(number=row.held_number), "green"
    return "none", _("未发布"), "yellow"


def _counts(row: Any) -> str:
    if not row.held_text:
        return ""
    tasks, departments = template_of(row.held_text).network.counts
    return _("{tasks} 项任务、{departments} 个部门").format(tasks=tasks, departments=departments)


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.PROCEDURE)
    return procedures.searched_procedures(rows, scopes, text)


PROCEDURES = ListPage(
    key="procedures",
    title=gettext_lazy("审批流程"),
    thing=Thing.PROCEDURE,
    columns=(
        Column(
            "name",
            gettext_lazy("流程名称"),
            lambda row: row.name,
            sort="name",
            link=lambda row: procedure_url(row.pk),
            on_phone=True,
        ),
        Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
        Column("counts", gettext_lazy("规模"), _counts, on_phone=True),
        Column("held_from", gettext_lazy("生效日期"), lambda row: row.held_from, Kind.DATE),
        Column("key", gettext_lazy("流程编号"), lambda row: row.key, sort="key"),
        Column("zone", gettext_lazy("辖区"), lambda row: row.zone.short_name, hidden=True),
    ),
    filters=(
        Filter(
            "open",
            gettext_lazy("可使用"),
            by_flag("is_open"),
            lambda request: (("1", gettext_lazy("是")), ("0", gettext_lazy("否"))),
        ),
    ),
    search=_search,
    search_hint=gettext_lazy("流程名称、拼音首字母、任务、部门"),
    default_sort="name",
    main_action=Action(gettext_lazy("新增流程"), "procedure-add", "add", Thing.PROCEDURE, "tabler-plus"),
    other_actions=(
        Action(gettext_lazy("引入流程"), "procedure-shipped", "add", Thing.PROCEDURE, "tabler-download"),
    ),
    empty_sentence=gettext_lazy("还没有流程。引入随产品提供的“拿地即开工”，或新增自己的流程。"),
    empty_actions=(
        Action(gettext_lazy("引入流程"), "procedure-shipped", "add", Thing.PROCEDURE, "tabler-download"),
        Action(gettext_lazy("新增流程"), "procedure-add", "add", Thing.PROCEDURE, "tabler-plus"),
    ),
)


@login_required
def procedure_list(request: HttpRequest) -> HttpResponseBase:
    """List the procedures of the zone with the version that holds today."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROCEDURE, zone)
    return list_response(request, PROCEDURES, procedures.listed_procedures(actor, zone, zones.today(zone)))


@login_required
@require_GET
def procedure_shipped(request: HttpRequest) -> HttpResponse:
    """Offer the procedures that come with the product."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.PROCEDURE, zone)
    known = {row.key: row for row in procedures.visible_procedures(actor).filter(zone=zone)}
    rows = [(one, one.template.network.counts, known.get(one.key)) for one in shipped_procedures().values()]
    return render(
        request, "approvals/procedure_shipped.html", {"title": _("引入流程"), "rows": rows, "zone": zone}
    )


@login_required
@require_POST
def procedure_adopt(request: HttpRequest) -> HttpResponse:
    """Take a shipped procedure into the zone, as a draft."""
    actor, zone = person_of(request), zone_of(request)
    draft = services.adopt_procedure(actor=actor, zone=zone, key=request.POST.get("key", ""))
    messages.success(request, _("已引入为草稿，请核对后由另一人发布。"))
    return redirect(procedure_url(draft.procedure_id))


@login_required
@require_GET
def procedure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a procedure: report, network, bars and tasks of a version, and every version with what it changed."""
    actor = person_of(request)
    procedure = procedures.get_procedure(actor, pk)
    today = zones.today(procedure.zone)
    versions = list(procedures.versions_of_procedure(procedure))
    held = procedures.procedure_version_on(procedure, today)
    draft = next((one for one in versions if not one.is_published), None)
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), None)
    if asked and shown is None:
        raise NotFound(what=_("该流程版本"))
    shown = shown or held or draft or next(iter(versions), None)
    may_change = zones.may(actor, Verb.CHANGE, Thing.PROCEDURE, procedure.zone_id)
    context = {
        "record": procedure,
        "procedure": procedure,
        "shown": shown,
        "held": held,
        "draft": draft,
        "versions": versions,
        "may_change": may_change,
        "may_publish": zones.may(actor, Verb.MANAGE, Thing.PROCEDURE, procedure.zone_id),
        "is_own_draft": draft is not None and draft.prepared_by_id == actor.pk,
        "facts": [(_("流程编号"), procedure.key), (_("说明"), procedure.summary)],
        **(picture_of(shown.text, shown) if shown else {}),
        **_against(shown, versions),
    }
    return render(request, "approvals/procedure_detail.html", context)


def picture_of(text: str, version: ProcedureVersion) -> dict[str, Any]:
    """Return what a page shows of a text: report, network, bars and tasks, or what is wrong with it."""
    try:
        template = template_of(text)
    except EngineError as error:
        return {"problem": say(error)}
    report = report_of(template, version.zone)
    path = report.path
    known = template.by_key
    binding = plan(without_notices(template).network, Ask(modes=frozenset()))
    return {
        "whole": template,
        "report": report,
        "steps": [
            (known[step.task], part_word(step.part), show_minutes(step.finish - step.start), step.document)
            for step in path.steps
            if step.finish > step.start
        ],
        "length": show_minutes(path.minutes),
        "levers": [
            (_lever(known[lever.task].name, lever), show_minutes(lever.gain))
            for lever in path.levers
            if lever.gain
        ][:LEVERS],
        "network": draw_network(template, {step.task for step in path.steps}),
        "gantt": draw_gantt(template, binding),
        "tasks": [
            (
                task,
                show_minutes(task.review),
                show_minutes(task.issue),
                instruments_of(task),
                sureness(task),
                facts_of_task(task),
            )
            for task in template.tasks
        ],
    }


def _lever(task: str, lever: Lever) -> str:
    if lever.mode is not None:
        return _("“{task}”改为{mode}").format(task=task, mode=mode_word(lever.mode))
    assert lever.part is not None, "what is not another mode is a part done at once"
    return _("“{task}”的{part}当场办完").format(task=task, part=part_word(lever.part))


def _against(shown: ProcedureVersion | None, versions: list[ProcedureVersion]) -> dict[str, Any]:
    """Return what the version shown says otherwise than the one before it."""
    earlier = next((one for one in versions if shown is not None and one.number < shown.number), None)
    if shown is None or earlier is None:
        return {}
    try:
        found = compare_templates(template_of(earlier.text), template_of(shown.text))
    except EngineError:
        return {}
    return {"earlier": earlier, "differences": found}


@login_required
def procedure_add(request: HttpRequest) -> HttpResponse:
    """Enter a procedure; the next step is its first version."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.PROCEDURE, zone)

    def act(values: dict[str, Any]) -> str:
        procedure = services.add_procedure(actor=actor, zone=zone, **values)
        return reverse("procedure-draft", args=[procedure.pk])

    return _form_response(
        request,
        ProcedureForm(editing.posted(request), zone=zone),
        act,
        title=_("新增流程"),
        back=reverse("procedure-list"),
        done=_("已新增流程。请填写第一版。"),
    )


@login_required
def procedure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what a procedure is filed under; when somebody else did so meanwhile, show both versions."""
    actor = person_of(request)
    procedure = procedures.get_procedure(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, procedure.zone)
    return _form_response(
        request,
        ProcedureForm(editing.posted(request), initial=ProcedureForm.of(procedure), zone=procedure.zone),
        lambda values: services.change_procedure(
            actor=actor, procedure=procedure, version=editing.seen_version(request), **values
        ),
        title=_("修改流程"),
        back=procedure_url(pk),
        done=_("已保存。"),
        procedure=procedure,
        version=procedure.version,
    )


@login_required
def procedure_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next version of a procedure, beginning with what the last one says."""
    actor = person_of(request)
    procedure = procedures.get_procedure(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, procedure.zone)
    latest = procedures.versions_of_procedure(procedure).first()
    text = latest.text if latest else next(iter(shipped_procedures().values())).text
    initial = {"text": text, "effective_from": zones.today(procedure.zone)}
    initial |= {"source": latest.source} if latest else {}

    def act(values: dict[str, Any]) -> str:
        draft = services.draft_procedure(actor=actor, procedure=procedure, **values)
        return reverse("procedure-version-edit", args=[draft.pk])

    return _form_response(
        request,
        ProcedureTextForm(editing.posted(request), initial=initial, zone=procedure.zone),
        act,
        title=_("起草新版本"),
        back=procedure_url(pk),
        done=_("已保存草稿，请由另一人复核后发布。"),
        procedure=procedure,
    )


@login_required
def version_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit from when a draft counts and what it rests on."""
    actor = person_of(request)
    draft = procedures.get_procedure_version(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, draft.zone)
    return _form_response(
        request,
        ProcedureVersionForm(
            editing.posted(request), initial=ProcedureVersionForm.of(draft), zone=draft.zone
        ),
        lambda values: services.change_draft(
            actor=actor, draft=draft, version=editing.seen_version(request), **values
        ),
        title=_("日期与来源：%(version)s") % {"version": draft},
        back=procedure_url(draft.procedure_id),
        done=_("已保存。"),
        procedure=draft.procedure,
        version=draft.version,
    )


@login_required
def version_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft that somebody else prepared, having seen what it changes."""
    actor = person_of(request)
    draft = procedures.get_procedure_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROCEDURE, draft.zone)
    versions = list(procedures.versions_of_procedure(draft.procedure))
    try:
        problem = ""
        context = _against(draft, versions) | {"report": report_of(template_of(draft.text), draft.zone)}
    except EngineError as error:
        problem, context = say(error), {}
    return _form_response(
        request,
        PublishProcedureForm(editing.posted(request)),
        lambda values: services.publish_procedure(actor=actor, draft=draft),
        title=_("发布：%(version)s") % {"version": draft},
        back=procedure_url(draft.procedure_id),
        done=_("已发布。新收的办件按这一版办。"),
        procedure=draft.procedure,
        draft=draft,
        problem=problem,
        submit_label=_("发布"),
        **context,
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
        template="approvals/procedure_form.html",
        **context,
    )
