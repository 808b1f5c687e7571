"""A case is edited, its tasks are given to people, and how it is helped with is agreed and logged."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CaseClosed, MandateMissing, NotOfThisService
from ..models import (
    Benchmark,
    Case,
    CaseState,
    CaseTask,
    EventKind,
    ServiceAction,
    ServiceLog,
    ServiceMandate,
    ServiceMode,
)
from ..selectors.guidance import ACTIONS, FOR_THE_FIRM, mandate_of
from .events import locked_case, record_event, settle
from .opening import index_cases, refuse_moments

FACTS = frozenset(
    {"title", "contact", "deadline_at", "starts_at", "service", "agent", "window", "elsewhere", "note"}
)


@transaction.atomic
def change_case(*, actor: User | None, case: Case, version: int | None, **values: Any) -> Case:
    """Edit what a case says. When its clock starts moves the dues of what was reviewed early.

    Raises CaseClosed, Stale with both versions, LaterEvents where an issue would come before the start, WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    unknown = values.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a case: {sorted(unknown)}")
    case, tasks = locked_case(case.pk)
    if case.is_closed:
        raise CaseClosed(number=case.number, state=case.get_state_display(), step=_("修改"))
    check_version(case, version, yours=values)
    said: dict[str, Any] = {
        name: " ".join(one.split()) if isinstance(one, str) else one for name, one in values.items()
    }
    if "title" in said and not said["title"]:
        raise WrongInput(field=_("办件名称"), why=_("请填写。"))
    start = said.get("starts_at") or case.starts_at
    if said.keys() & {"starts_at", "deadline_at"}:
        deadline = said.get("deadline_at", case.deadline_at)
        refuse_moments(case.opened_at, start, deadline, zones.now(case.zone))
    mode, agent = said.get("service", case.service), said.get("agent", case.agent)
    if mode not in ServiceMode.values:
        raise WrongInput(field=_("服务方式"), why=_("请从列出的方式中选择。"))
    if mode == ServiceMode.ACT and agent is None:
        raise WrongInput(field=_("代办员"), why=_("代办须指定代办员。"))
    window = said.get("window")
    if window is not None and window.zone_id != case.zone_id:
        raise WrongInput(field=_("受理窗口"), why=_("不是本辖区的窗口。"))
    changed = save_record(case, **said)
    if not changed:
        return case
    if "starts_at" in changed:
        settle(case, tasks, _("修改起算时间"))
    if "title" in changed:
        index_cases([case.pk])
    record_change(actor=actor, verb="change", rows=[case], scope=case.zone_id, changed=changed)
    return case


@transaction.atomic
def assign_task(
    *,
    actor: User | None,
    task: CaseTask,
    officer: User | None = None,
    department: Department | None = None,
) -> CaseTask:
    """Give a task to a department, or to one of its people. A department is set by who may change the case.

    Raises TaskOver and as ``record_event``; WrongInput for somebody of another zone.
    """
    case, tasks = locked_case(task.case_id)
    task = next(one for one in tasks if one.pk == task.pk)
    values: dict[str, Any] = {}
    if department is not None and department.pk != task.department_id:
        zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
        if department.zone_id != case.zone_id:
            raise WrongInput(field=_("责任部门"), why=_("不是本辖区的部门。"))
        values["department"] = department
    if officer is not None and officer.pk != task.officer_id:
        if not zones.may(officer, Verb.CHANGE, Thing.TASK, case.zone):
            raise WrongInput(field=_("经办人"), why=_("请选择可以办理审批任务的人员。"))
        values["officer"] = officer
    if not values:
        return task
    said = listed(str(one) for one in values.values())
    record_event(actor=actor, task=task, kind=EventKind.ASSIGN, note=said)
    task = CaseTask.objects.select_related("case", "zone").get(pk=task.pk)
    save_record(task, **values)
    record_change(actor=actor, verb="assign_task", rows=[task, case], scope=case.zone_id, to=said)
    return task


@transaction.atomic
def give_mandate(
    *,
    actor: User | None,
    case: Case,
    agent: User,
    given_by: str,
    until: date,
    on: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> ServiceMandate:
    """Record the word of a firm that an agent may act for it in a case, with its document; the case is then 代办.

    Raises WrongInput without who gave it, without a document, or with an end before the beginning.
    """
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    case, __ = locked_case(case.pk)
    today = zones.today(case.zone)
    day = on or today
    if not given_by.strip():
        raise WrongInput(field=_("委托人"), why=_("请填写。"))
    if day > today:
        raise WrongInput(field=_("委托日期"), why=_("不能晚于今天。"))
    if until < day:
        raise WrongInput(field=_("委托至"), why=_("不能早于委托日期。"))
    if evidence is None and not evidence_note.strip():
        raise WrongInput(field=_("委托书"), why=_("请上传文件，或写明委托书存放处。"))
    mandate = ServiceMandate(
        zone=case.zone,
        case=case,
        agent=agent,
        given_by=given_by.strip()[:60],
        until=until,
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip()[:200],
    )
    add_entry(mandate, actor=actor, at=zones.now(case.zone))
    save_record(case, service=ServiceMode.ACT, agent=agent)
    record_change(
        actor=actor,
        verb="give_mandate",
        rows=[mandate, case],
        scope=case.zone_id,
        agent=agent.pk,
        until=until,
    )
    return mandate


@transaction.atomic
def void_mandate(*, actor: User | None, mandate: ServiceMandate, reason: str) -> ServiceMandate:
    """Take a mandate out of force with the reason: from now on the agent may not act for the firm."""
    zones.require(actor, Verb.CHANGE, Thing.CASE, mandate.zone)
    gone = void_entry(mandate, actor=actor, at=zones.now(mandate.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_mandate",
        rows=[gone, mandate.case],
        scope=mandate.zone_id,
        reason=reason.strip(),
    )
    return gone


@transaction.atomic
def log_service(
    *,
    actor: User | None,
    case: Case,
    action: str,
    note: str,
    at: datetime | None = None,
    by: User | None = None,
) -> ServiceLog:
    """Log what was done to help with a case, under its present way of helping.

    A guide advises; a helper reminds and fills in; an agent hands in and follows up for the firm under its mandate.

    Raises:
        NotOfThisService: the way of helping does not include it. MandateMissing: an agent without the firm's word.
        NotAllowed: neither the case's agent nor somebody who may change it. WrongInput.
    """
    person = by or actor
    if person is None:
        raise WrongInput(field=_("服务人员"), why=_("请填写。"))
    if actor is not None:
        zones.require(actor, Verb.VIEW, Thing.CASE, case.zone)
        if actor.pk != case.agent_id and not zones.may(actor, Verb.CHANGE, Thing.CASE, case.zone):
            raise NotAllowed(verb=_("登记服务"), thing=_("办件"))
    case, __ = locked_case(case.pk)
    if action not in ServiceAction.values:
        raise WrongInput(field=_("服务内容"), why=_("请从列出的内容中选择。"))
    mode, wanted = ServiceMode(case.service), ServiceAction(action)
    if wanted not in ACTIONS[mode]:
        possible = listed(one.label for one in ACTIONS[mode]) or _("没有服务")
        raise NotOfThisService(number=case.number, mode=mode.label, action=wanted.label, possible=possible)
    moment = at or zones.now(case.zone)
    if moment > zones.now(case.zone):
        raise WrongInput(field=_("发生时间"), why=_("不能晚于现在。"))
    day = zones.day_of(moment)
    if wanted in FOR_THE_FIRM and mandate_of(case, person, day) is None:
        raise MandateMissing(who=str(person), number=case.number, on=day.isoformat(), step=wanted.label)
    said = " ".join(note.split())
    if not said:
        raise WrongInput(field=_("说明"), why=_("请填写。"))
    entry = ServiceLog(
        zone=case.zone,
        case=case,
        mode=mode,
        action=wanted,
        person=person,
        happened_at=moment,
        happened_on=day,
        note=said[:300],
    )
    add_entry(entry, actor=actor, at=zones.now(case.zone))
    record_change(
        actor=actor, verb="log_service", rows=[entry, case], scope=case.zone_id, action=action, mode=str(mode)
    )
    return entry


@transaction.atomic
def void_service(*, actor: User | None, entry: ServiceLog, reason: str) -> ServiceLog:
    """Void an entry of the log of services with the reason."""
    zones.require(actor, Verb.CHANGE, Thing.CASE, entry.zone)
    gone = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor, verb="void_service", rows=[gone, entry.case], scope=entry.zone_id, reason=reason.strip()
    )
    return gone


@transaction.atomic
def add_benchmark(
    *, actor: User | None, zone: Zone, name: str, elapsed_minutes: int, source: str, **facts: Any
) -> Benchmark:
    """Keep a time that the cases of a zone are measured by, with its source.

    ``facts``: before (how long it took until then), achieved_on, procedure_key. Raises WrongInput.
    """
    zones.require(actor, Verb.MANAGE, Thing.PROCEDURE, zone)
    if elapsed_minutes <= 0:
        raise WrongInput(field=_("用时（分钟）"), why=_("必须大于 0。"))
    for label, text in ((_("标杆名称"), name), (_("来源"), source)):
        if not text.strip():
            raise WrongInput(field=label, why=_("请填写。"))
    if Benchmark.objects.filter(zone=zone, name=name.strip()).exists():
        raise WrongInput(field=_("标杆名称"), why=_("“%(name)s”已用过。") % {"name": name.strip()})
    benchmark = Benchmark(
        zone=zone, name=name.strip(), elapsed_minutes=elapsed_minutes, source=source.strip(), **facts
    )
    benchmark.save(force_insert=True)
    record_change(actor=actor, verb="add_benchmark", rows=[benchmark], scope=zone.pk, minutes=elapsed_minutes)
    return benchmark


@transaction.atomic
def begin_due(zone: Zone | None = None) -> int:
    """Let the cases whose clock has started meanwhile be under way; return how many. Safe to repeat."""
    begun = 0
    rows = Case.objects.filter(state=CaseState.PREPARING).select_related("zone").order_by("pk")
    for row in rows.filter(zone=zone) if zone is not None else rows:
        if zones.now(row.zone) < row.starts_at:
            continue
        case, tasks = locked_case(row.pk)
        settle(case, tasks, _("起算"))
        record_change(actor=None, verb="begin_case", rows=[case], scope=case.zone_id)
        begun += 1
    return begun
