"""The forms of cases: take one in, edit it, record what happens to a task, close it; who helps and on whose word."""

from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.projects.selectors import visible_projects
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..errors import MoveRefused, ProcedureUnreadable
from ..forms import cases as shapes
from ..models import CaseTask, EventKind, ServiceMode, TaskEvent, TaskMode
from ..selectors import acting, guidance
from ..services import cases as services
from ..services.events import close_case, correct_event, record_event, void_event
from ..services.moving import move_case, newer_version, preview_move, version_to_move_to
from ..services.opening import open_case
from .cases import case_url

FORM = "approvals/case_form.html"
MOVED = {
    "added": (gettext_lazy("新增"), "green"),
    "changed": (gettext_lazy("按新版修改"), "blue"),
    "removed": (gettext_lazy("撤掉"), "orange"),
    "kept": (gettext_lazy("已开始，按原版办"), "secondary"),
    "stays": (gettext_lazy("已开始，不能撤掉，按原版办完"), "yellow"),
}
ASKED_FOR = {
    "project": "project",
    "enterprise": "enterprise",
    "procedure": "way",
    "theme": "theme",
    "matter": "matter",
}


@login_required
def case_add(request: HttpRequest) -> HttpResponse:
    """Take in a case; ``?project=``, ``?enterprise=``, ``?procedure=``, ``?theme=``, ``?matter=`` fill in their fields."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.CASE, zone)
    rows = {
        "way": selectors.visible_procedures(actor).filter(zone=zone, is_open=True).order_by("name"),
        "theme": selectors.visible_themes(actor).filter(zone=zone, is_open=True).order_by("name"),
        "matter": selectors.visible_matters(actor).filter(zone=zone, is_open=True).order_by("name"),
        "enterprise": visible_enterprises(actor).filter(zone=zone, merged_into=None).order_by("name"),
        "project": visible_projects(actor).filter(zone=zone).order_by("name"),
    }
    initial: dict[str, Any] = {"request_key": token_urlsafe(16), "service": ServiceMode.NONE}
    for name, field in ASKED_FOR.items():
        if (said := request.GET.get(name, "")).isdigit():
            initial[field] = said
    form = shapes.CaseForm(editing.posted(request), initial=initial, zone=zone, rows=rows)

    def act(values: dict[str, Any]) -> HttpResponse:
        case = open_case(actor=actor, zone=zone, procedure=values.pop("way"), **values)
        messages.success(request, _("已收件，编号 %(number)s。") % {"number": case.number})
        return redirect(case_url(case.pk))

    return editing.form_response(
        request,
        form,
        act,
        title=_("收件"),
        cancel_url=reverse("case-list"),
        template=FORM,
        submit_label=_("收件"),
    )


@login_required
def case_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what a case says."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    form = shapes.CaseEditForm(editing.posted(request), initial=shapes.CaseEditForm.of(case), zone=case.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_case(actor=actor, case=case, version=editing.seen_version(request), **values)
        messages.success(request, _("已保存。"))
        return redirect(case_url(pk))

    return editing.form_response(
        request,
        form,
        act,
        title=_("修改办件"),
        cancel_url=case_url(pk),
        version=case.version,
        template=FORM,
        case=case,
    )


@login_required
def case_close(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Withdraw or end a case with the reason."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        close_case(actor=actor, case=case, kind=kind, **values)
        messages.success(request, _("已登记。"))
        return redirect(case_url(pk))

    return editing.form_response(
        request,
        shapes.CloseForm(editing.posted(request)),
        act,
        title=_("撤回办件") if kind == EventKind.WITHDRAW else _("终止办件"),
        cancel_url=case_url(pk),
        template=FORM,
        case=case,
        dangerous=True,
        submit_label=_("确定"),
    )


@login_required
def case_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a case go over to a newer version of its procedure, after what that changes was shown."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    said = request.POST.get("number", "")
    version = (
        version_to_move_to(case, int(said)) if said.isdecimal() and len(said) < 6 else newer_version(case)
    )
    if version is None:
        messages.info(request, _("本件所用的流程没有更新的版本。"))
        return redirect(case_url(pk))
    found = version

    def act(values: dict[str, Any]) -> HttpResponse:
        move_case(actor=actor, case=case, version=found, reason=values["reason"])
        messages.success(request, _("已改用第 %(number)d 版流程。") % {"number": found.number})
        return redirect(case_url(pk))

    move, why_not = None, None
    try:
        move = preview_move(case, version)
    except (MoveRefused, ProcedureUnreadable) as error:
        why_not = error
    return editing.form_response(
        request,
        shapes.MoveForm(editing.posted(request), initial={"number": version.number}),
        act,
        title=_("改用第 %(number)d 版流程") % {"number": version.number},
        cancel_url=case_url(pk),
        template="approvals/case_move.html",
        case=case,
        move=move,
        why_not=why_not,
        kinds=MOVED,
        submit_label=_("确定改用"),
    )


@login_required
def task_event(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Record what happened to a task: with one press where nothing is to be filled in, else by its form."""
    actor = person_of(request)
    task = selectors.get_task(actor, pk)
    if kind not in EventKind.values or kind in (EventKind.READY, EventKind.ASSIGN):
        raise NotFound(what=_("该页面"))
    step = EventKind(kind)
    back = _back(request, task)
    if request.method == "POST" and "quick" in request.POST:
        record_event(actor=actor, task=task, kind=step)
        messages.success(request, _("%(task)s：已登记“%(step)s”。") % {"task": task.name, "step": step.label})
        return redirect(back)
    if not acting.may_record(actor, task, step) and step != EventKind.COSIGNED:
        acting.refuse_stranger(actor, task, step)
    departments = Department.objects.filter(zone=task.zone, is_active=True).exclude(
        pk=task.department_id or 0
    )
    form = shapes.EventForm(
        editing.posted(request),
        initial={
            "mode": task.mode,
            "department": _own_department(actor) if step == EventKind.COSIGNED else None,
        },
        kind=step,
        modes=_modes(task),
        departments=departments.order_by("kind", "name"),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        record_event(actor=actor, task=task, kind=step, **values)
        messages.success(request, _("%(task)s：已登记“%(step)s”。") % {"task": task.name, "step": step.label})
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=f"{task.name} · {step.label}",
        cancel_url=back,
        template=FORM,
        case=task.case,
        task=task,
        dangerous=step in (EventKind.REFUSE, EventKind.END, EventKind.WITHDRAW),
        submit_label=_("确定"),
    )


def _back(request: HttpRequest, task: CaseTask) -> str:
    """Return where a person came from: the desk, or else the page of the case."""
    said = request.POST.get("back", "") or request.GET.get("back", "")
    if said and url_has_allowed_host_and_scheme(said, allowed_hosts=None):
        return said
    return case_url(task.case_id)


def _own_department(actor: User) -> int | None:
    return next(iter(zones.own_department_ids(actor)), None)


def _modes(task: CaseTask) -> list[str]:
    """Return the ways in which a task may be handled."""
    may_be_late = bool(task.late) or task.documents.filter(is_result=False, may_be_late=True).exists()
    allowed = {
        TaskMode.NORMAL: True,
        TaskMode.LATE: may_be_late,
        TaskMode.PLEDGE: task.pledge_allowed,
        TaskMode.EARLY: task.early_allowed,
    }
    return [mode.value for mode, is_allowed in allowed.items() if is_allowed]


@login_required
def task_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a task to a department or to one of its people."""
    actor = person_of(request)
    task = selectors.get_task(actor, pk)
    acting.refuse_stranger(actor, task, EventKind.ASSIGN)
    initial = {"department": task.department_id, "officer": task.officer_id}
    form = shapes.AssignForm(editing.posted(request), initial=initial, zone=task.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.assign_task(actor=actor, task=task, **values)
        messages.success(request, _("已保存。"))
        return redirect(case_url(task.case_id))

    return editing.form_response(
        request,
        form,
        act,
        title=_("指定办理：%(task)s") % {"task": task.name},
        cancel_url=case_url(task.case_id),
        template=FORM,
        case=task.case,
        task=task,
    )


@login_required
def event_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an event with the reason."""
    actor = person_of(request)
    event = _event(actor, pk)
    initial = {"happened_at": event.happened_at, "number": event.number, "note": event.note}
    form = shapes.EventCorrectionForm(editing.posted(request), initial=initial)

    def act(values: dict[str, Any]) -> HttpResponse:
        correct_event(actor=actor, event=event, **values)
        messages.success(request, _("已更正。"))
        return redirect(case_url(event.task.case_id))

    return _event_form(request, event, form, act, _("更正：%(event)s") % {"event": event}, dangerous=False)


@login_required
def event_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an event with the reason."""
    actor = person_of(request)
    event = _event(actor, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        void_event(actor=actor, event=event, reason=values["reason"])
        messages.success(request, _("已作废。"))
        return redirect(case_url(event.task.case_id))

    form = VoidForm(editing.posted(request))
    return _event_form(request, event, form, act, _("作废：%(event)s") % {"event": event}, dangerous=True)


def _event(actor: User, pk: int) -> TaskEvent:
    event = (
        selectors.visible_events(actor).select_related("task__case__zone", "task__zone").filter(pk=pk).first()
    )
    if event is None:
        raise NotFound(what=_("该事件"))
    acting.refuse_stranger(actor, event.task, EventKind(event.kind), event.department)
    return event


def _event_form(
    request: HttpRequest, event: TaskEvent, form: Any, act: Any, title: str, *, dangerous: bool
) -> HttpResponse:
    return editing.form_response(
        request,
        form,
        act,
        title=title,
        cancel_url=case_url(event.task.case_id),
        template=FORM,
        case=event.task.case,
        task=event.task,
        dangerous=dangerous,
        submit_label=_("确定"),
    )


@login_required
def mandate_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a firm's word that an agent may act for it in a case."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    today = zones.today(case.zone)
    initial = {"agent": case.agent_id, "on": today, "given_by": case.contact}
    form = shapes.MandateForm(editing.posted(request), request.FILES or None, initial=initial, zone=case.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, case.zone_id)
        services.give_mandate(actor=actor, case=case, evidence=evidence, **values)
        messages.success(request, _("已登记。"))
        return redirect(case_url(pk, "service"))

    return editing.form_response(
        request,
        form,
        act,
        title=_("登记代办委托"),
        cancel_url=case_url(pk, "service"),
        template=FORM,
        case=case,
    )


@login_required
def mandate_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mandate out of force."""
    actor = person_of(request)
    mandate = guidance.visible_mandates(actor).select_related("zone").filter(pk=pk).first()
    if mandate is None:
        raise NotFound(what=_("该委托"))
    zones.require(actor, Verb.CHANGE, Thing.CASE, mandate.zone)
    back = case_url(mandate.case_id, "service")

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_mandate(actor=actor, mandate=mandate, reason=values["reason"])
        messages.success(request, _("已作废。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=_("作废代办委托"),
        cancel_url=back,
        template=FORM,
        case=mandate.case,
        dangerous=True,
    )


@login_required
def service_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Log what was done to help with a case."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    actions = guidance.ACTIONS[ServiceMode(case.service)]
    form = shapes.ServiceForm(editing.posted(request), actions=actions)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.log_service(actor=actor, case=case, **values)
        messages.success(request, _("已登记。"))
        return redirect(case_url(pk, "service"))

    return editing.form_response(
        request,
        form,
        act,
        title=_("登记服务"),
        cancel_url=case_url(pk, "service"),
        template=FORM,
        case=case,
    )


@login_required
def service_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry of the log of services."""
    actor = person_of(request)
    entry = guidance.visible_service_logs(actor).select_related("zone").filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该服务记录"))
    zones.require(actor, Verb.CHANGE, Thing.CASE, entry.zone)
    back = case_url(entry.case_id, "service")

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_service(actor=actor, entry=entry, reason=values["reason"])
        messages.success(request, _("已作废。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=_("作废服务记录"),
        cancel_url=back,
        template=FORM,
        case=entry.case,
        dangerous=True,
    )
