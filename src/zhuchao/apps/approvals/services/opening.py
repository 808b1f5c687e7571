"""A case is opened: by a procedure, by a theme's one form, or for one matter alone, on the version of the day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import CalendarNotKnown, WrongInput
from zhuchao.apps.core.selectors.calendar import last_confirmed_day
from zhuchao.apps.core.services import index_rows, record_change
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.files import Template, read_template

from ..errors import NotInForce, ProcedureUnreadable
from ..models import (
    Case,
    CaseDocument,
    CaseState,
    CaseTask,
    Matter,
    MatterDocument,
    MatterVersion,
    Procedure,
    ProcedureVersion,
    ServiceMode,
    Theme,
    ThemeMatter,
)
from ..selectors.cases import THING
from ..selectors.clock import HOURS
from ..selectors.matters import matter_version_on
from ..selectors.procedures import procedure_version_on
from ..selectors.standing import play
from .plans import replan

_DAY_MINUTES = int(HOURS.length.total_seconds()) // 60


@dataclass
class Made:
    """What a case is made of before it has an id: its tasks, and what each asks for and issues."""

    tasks: list[CaseTask]
    asked: dict[str, list[MatterDocument | str]] = field(default_factory=dict)
    issued: dict[str, list[MatterDocument | str]] = field(default_factory=dict)


@transaction.atomic
def open_case(
    *,
    actor: User | None,
    zone: Zone,
    title: str,
    enterprise: Enterprise | None = None,
    project: Project | None = None,
    procedure: Procedure | None = None,
    theme: Theme | None = None,
    matter: Matter | None = None,
    answers: Mapping[str, Any] | None = None,
    starts_at: datetime | None = None,
    service: str = ServiceMode.NONE,
    agent: User | None = None,
    window: Department | None = None,
    contact: str = "",
    deadline_at: datetime | None = None,
    note: str = "",
    opened_at: datetime | None = None,
    leave_out: Collection[str] = (),
    request_key: str = "",
) -> Case:
    """Open a case by exactly one of a procedure, a theme and a matter, on the version that holds on the day.

    Args:
        answers: those to the questions of a theme.
        starts_at: when its clock begins (the land award); now, unless it is said.
        opened_at: when it was taken in; now, unless a case of the past is entered.
        leave_out: keys of tasks of the procedure that do not apply.
        request_key: of the form; sent twice, it opens one case.

    Raises:
        NotInForce, ProcedureUnreadable; CalendarNotKnown for a moment beyond the last confirmed year; WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.CASE, zone)
    # The zone's row is what two people who take the next number race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    if request_key:
        again = Case.objects.filter(zone=zone, request_key=request_key[:40]).first()
        if again is not None:
            return again
    now = zones.now(zone)
    opened = opened_at or now
    start = starts_at or opened
    refuse_moments(opened, start, deadline_at, now)
    if project is not None and enterprise is None:
        enterprise = project.enterprise
    firm = survivor_of(enterprise) if enterprise is not None else None
    _refuse_others(zone, firm, project, window)
    if service not in ServiceMode.values:
        raise WrongInput(field=_("服务方式"), why=_("请从列出的方式中选择。"))
    if service == ServiceMode.ACT and agent is None:
        raise WrongInput(field=_("代办员"), why=_("代办须指定代办员。"))
    way = [one for one in (procedure, theme, matter) if one is not None]
    if len(way) != 1:
        raise WrongInput(field=_("办理方式"), why=_("请在流程、一件事主题、单个事项中选择一种。"))
    if way[0].zone_id not in zones.lineage_ids(zone):
        raise WrongInput(field=_("办理方式"), why=_("不是本辖区可办理的事项。"))
    day = zones.day_of(opened)
    case = Case(
        zone=zone,
        number=_number(zone, day),
        title=_title(title),
        enterprise=firm,
        project=project,
        theme=theme,
        opened_at=opened,
        starts_at=start,
        deadline_at=deadline_at,
        service=service,
        agent=agent,
        window=window,
        opened_by=actor,
        contact=" ".join(contact.split())[:40],
        note=" ".join(note.split())[:500],
        request_key=request_key[:40],
        state=CaseState.OPEN if now >= start else CaseState.PREPARING,
    )
    if procedure is not None:
        made = _by_procedure(case, procedure, day, leave_out)
    elif theme is not None:
        case.answers = checked_answers(theme, answers or {})
        made = _by_theme(theme, case.answers, day)
    else:
        assert matter is not None, "one way was asked for"
        made = _by_matters([(matter, None)], day)
    case.save(force_insert=True)
    save_tasks(case, made)
    index_cases([case.pk])
    if procedure is not None and opened_at is None:
        # The forecast that the fact is held against later; nobody waits for it.
        cause = _("收件")
        transaction.on_commit(lambda: replan(case, cause=cause), robust=True)
    record_change(
        actor=actor,
        verb="open_case",
        rows=[case],
        scope=zone.pk,
        number=case.number,
        way=str(way[0]),
        left_out=sorted(leave_out),
    )
    return case


def checked_answers(theme: Theme, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to the questions of a theme as they are kept; raises WrongInput. Reads only."""
    kept: dict[str, Any] = {}
    for question in theme.questions:
        key, label = question["key"], question.get("label", question["key"])
        said = answers.get(key)
        said = " ".join(said.split()) if isinstance(said, str) else said
        if isinstance(said, date):
            said = said.isoformat()
        if said in (None, "", False) and question.get("required"):
            raise WrongInput(field=str(label), why=_("请填写。"))
        choices = [str(one) for one in question.get("choices", ())]
        if said not in (None, "") and choices and str(said) not in choices:
            raise WrongInput(field=str(label), why=_("请从列出的选项中选择。"))
        if said not in (None, ""):
            kept[key] = said if isinstance(said, bool) else str(said)
    unknown = answers.keys() - {question["key"] for question in theme.questions}
    if unknown:
        raise WrongInput(field=_("表单"), why=_("没有这一项：%(keys)s。") % {"keys": sorted(unknown)[0]})
    return kept


def template_of(version: ProcedureVersion) -> Template:
    """Return the network of a version of a procedure; raises ProcedureUnreadable."""
    try:
        return read_template(version.text)
    except EngineError as error:
        why = _("第 %(line)s 行：%(why)s") % {"line": error.data.get("line", "?"), "why": str(error)}
        raise ProcedureUnreadable(procedure=str(version.procedure), why=why) from error


def tasks_of_template(zone: Zone, template: Template, day: date, leave_out: Collection[str] = ()) -> Made:
    """Return the tasks of a procedure without those left out; where the zone keeps a matter of a task's name, by it.

    A document that only a left-out task gives is not waited for.
    """
    unknown = set(leave_out) - {task.key for task in template.tasks}
    if unknown:
        raise WrongInput(field=_("不适用的任务"), why=_("流程里没有 %(key)s。") % {"key": sorted(unknown)[0]})
    left = [task for task in template.tasks if task.key not in leave_out]
    if not left:
        raise WrongInput(field=_("不适用的任务"), why=_("至少保留一项任务。"))
    given = {name for task in left for name in task.gives}
    keys = {task.key for task in left}
    matters = _matters_by_name(zone, [task.name for task in left])
    departments = zones.departments_by_name(zone)
    made = Made([])
    for position, task in enumerate(left, start=1):
        version = matters.get(task.name) and matter_version_on(matters[task.name], day)
        made.tasks.append(
            CaseTask(
                zone=zone,
                key=task.key[:20],
                name=task.name[:80],
                stage=task.stage[:40],
                lane=task.lane[:30],
                position=position,
                department=departments.get(task.department),
                department_name=task.department[:60],
                matter_version=version or None,
                is_certificate=task.certificate,
                after=[key for key in task.after if key in keys],
                needs=[name for name in task.needs if name in given or name in template.held],
                late=sorted(name for name in task.late if name in given or name in template.held),
                gives=list(task.gives),
                pledge_allowed=task.pledge,
                early_allowed=task.early,
                credit=task.credit,
                review_minutes=task.review,
                issue_minutes=task.issue,
                notice_days=task.notice_calendar_days,
                promised_working_days=task.promise_days,
                legal_days=_whole_days(task.legal_days),
                legal_basis=task.legal_basis[:300],
            )
        )
        held = [name for name in task.needs if name in template.held]
        made.asked[task.key[:20]] = _asked_documents(version or None, given, held)
        made.issued[task.key[:20]] = list(task.gives)
    return made


def save_tasks(case: Case, made: Made) -> list[CaseTask]:
    """Save the tasks of a case with the documents they ask for and issue; tasks that wait for nothing are ready."""
    for task in made.tasks:
        task.case, task.zone = case, case.zone
    CaseTask.objects.bulk_create(made.tasks)
    standings = play(made.tasks, (), starts_at=case.starts_at, opened_at=case.opened_at)
    for task in made.tasks:
        standing = standings[task.pk]
        task.state, task.ready_at = standing.state, standing.ready_at
    CaseTask.objects.bulk_update(made.tasks, ["state", "ready_at"])
    documents: list[CaseDocument] = []
    for task in made.tasks:
        documents += documents_of(task, made)
    CaseDocument.objects.bulk_create(documents)
    return made.tasks


def documents_of(task: CaseTask, made: Made) -> list[CaseDocument]:
    """Return the documents that a task asks for and issues, each name once; not saved."""
    documents: dict[tuple[bool, str], CaseDocument] = {}
    for is_result, wanted in ((False, made.asked), (True, made.issued)):
        for one in wanted.get(task.key, ()):
            document = _document(task, one, is_result=is_result)
            documents.setdefault((is_result, document.name), document)
    return list(documents.values())


def index_cases(case_ids: Collection[int]) -> None:
    """Put cases into the index under number, title, firm and project."""
    rows = Case.objects.filter(pk__in=list(case_ids)).select_related("enterprise", "project")
    index_rows(
        THING,
        [
            Findable(
                row.pk,
                row.zone_id,
                row.title,
                detail=row.enterprise.name if row.enterprise else "",
                code=row.number,
                words=(
                    row.enterprise.name if row.enterprise else "",
                    row.project.name if row.project else "",
                ),
            )
            for row in rows
        ],
    )


SOURCE = Source(THING, Case.objects.all, index_cases)
"""The cases that can be found, so that the index can be made again from them."""


def _by_procedure(case: Case, procedure: Procedure, day: date, leave_out: Collection[str]) -> Made:
    version = procedure_version_on(procedure, day)
    if version is None or not procedure.is_open:
        why = _("没有在这一天生效的版本。") if procedure.is_open else _("已停用。")
        raise NotInForce(what=procedure.name, on=day.isoformat(), why=why)
    template = template_of(version)
    case.procedure_version = version
    case.baseline_working_days = template.baseline_working_days
    return tasks_of_template(case.zone, template, day, leave_out)


def _by_theme(theme: Theme, answers: Mapping[str, Any], day: date) -> Made:
    if not theme.is_open:
        raise NotInForce(what=theme.name, on=day.isoformat(), why=_("已停用。"))
    rows = list(ThemeMatter.objects.filter(theme=theme).select_related("matter__department", "after"))
    by_id = {row.pk: row for row in rows}
    fitting = {row.pk for row in rows if _fits(row, answers)}
    if not fitting:
        raise WrongInput(field=_("表单"), why=_("按所填内容没有要办的事项。"))

    def before(row: ThemeMatter) -> int | None:
        """Return the nearest matter in front that applies."""
        seen: set[int] = set()
        pk = row.after_id
        while pk is not None and pk not in fitting and pk not in seen:
            seen.add(pk)
            pk = by_id[pk].after_id if pk in by_id else None
        return pk if pk in fitting else None

    return _by_matters(
        [
            (row.matter, by_id[pk].matter if (pk := before(row)) is not None else None)
            for row in rows
            if row.pk in fitting
        ],
        day,
    )


def _fits(row: ThemeMatter, answers: Mapping[str, Any]) -> bool:
    if not row.when:
        return True
    said = answers.get(row.when["key"])
    wanted = row.when.get("is", [])
    return any(one == said or str(one) == str(said) for one in wanted)


def _by_matters(rows: Sequence[tuple[Matter, Matter | None]], day: date) -> Made:
    """Return a task for each matter; each may wait for another one."""
    keys = {matter.pk: f"M{number:02d}" for number, (matter, __) in enumerate(rows, start=1)}
    made = Made([])
    for position, (matter, after) in enumerate(rows, start=1):
        version = matter_version_on(matter, day)
        if version is None or not matter.is_open:
            why = _("没有在这一天生效的版本。") if matter.is_open else _("已停用。")
            raise NotInForce(what=matter.name, on=day.isoformat(), why=why)
        key = keys[matter.pk]
        made.tasks.append(
            _task_of_matter(matter, version, key, position, keys.get(after.pk) if after else None)
        )
        made.asked[key] = _asked_documents(version, set(), [])
        made.issued[key] = [one for one in version.documents.all() if one.direction == "out"]
    return made


def _task_of_matter(
    matter: Matter, version: MatterVersion, key: str, position: int, after: str | None
) -> CaseTask:
    promised = version.promised_working_days
    minutes = int(promised * _DAY_MINUTES) if promised else 0
    return CaseTask(
        zone=matter.zone,
        key=key,
        name=matter.name,
        position=position,
        department=matter.department,
        department_name=matter.department.name if matter.department else "",
        matter_version=version,
        after=[after] if after else [],
        pledge_allowed=version.pledge_allowed,
        early_allowed=version.early_allowed,
        review_minutes=minutes,
        promised_working_days=promised,
        legal_days=version.legal_days,
        legal_day_kind=version.legal_day_kind,
        legal_basis=version.legal_basis[:300],
    )


def _asked_documents(
    version: MatterVersion | None, given: Collection[str], held: Sequence[str]
) -> list[MatterDocument | str]:
    """Return what a firm is asked for: what its matter asks and no other task gives, else what the procedure holds."""
    if version is None:
        return list(held)
    return [one for one in version.documents.all() if one.direction == "in" and one.name not in given]


def _document(task: CaseTask, said: MatterDocument | str, *, is_result: bool) -> CaseDocument:
    facts: dict[str, Any] = (
        {"name": said} if isinstance(said, str) else {"name": said.name, "kind": said.kind}
    )
    if isinstance(said, MatterDocument) and not is_result:
        facts |= {"is_main": said.is_main, "may_be_late": said.may_be_late}
    facts["name"] = facts["name"][:80]
    return CaseDocument(zone=task.zone, case=task.case, task=task, is_result=is_result, **facts)


def _matters_by_name(zone: Zone, names: Collection[str]) -> dict[str, Matter]:
    rows = Matter.objects.filter(zone=zone, is_open=True, name__in=names).order_by("-pk")
    return {row.name: row for row in rows}


def _whole_days(days: Decimal | None) -> int | None:
    return None if days is None else int(days.to_integral_value(rounding="ROUND_CEILING"))


def _title(title: str) -> str:
    said = " ".join(title.split())
    if not said:
        raise WrongInput(field=_("办件名称"), why=_("请填写。"))
    if len(said) > 120:
        raise WrongInput(field=_("办件名称"), why=_("最多 120 个字。"))
    return said


def refuse_moments(opened: datetime, start: datetime, deadline: datetime | None, now: datetime) -> None:
    """Refuse moments that no calendar reaches, since nothing can be reckoned to them, and a past that is yet to come."""
    said = {_("收件时间"): opened, _("起算时间"): start, _("要求办结时间"): deadline}
    for label, moment in said.items():
        if moment is not None and timezone.is_naive(moment):
            raise WrongInput(field=label, why=_("须带时区。"))
    if opened > now:
        raise WrongInput(field=_("收件时间"), why=_("不能晚于现在。"))
    if deadline is not None and deadline <= start:
        raise WrongInput(field=_("要求办结时间"), why=_("须晚于起算时间。"))
    last = last_confirmed_day()
    for moment in (start, deadline):
        if last is not None and moment is not None and zones.day_of(moment) > last:
            raise CalendarNotKnown(last=last.isoformat(), day=zones.day_of(moment).isoformat())


def _refuse_others(
    zone: Zone, firm: Enterprise | None, project: Project | None, window: Department | None
) -> None:
    if firm is not None and firm.zone_id != zone.pk:
        raise WrongInput(field=_("企业"), why=_("请填写本辖区已登记的企业。"))
    if project is not None and project.zone_id != zone.pk:
        raise WrongInput(field=_("项目"), why=_("不是本辖区的项目。"))
    if window is not None and window.zone_id != zone.pk:
        raise WrongInput(field=_("受理窗口"), why=_("不是本辖区的窗口。"))


def _number(zone: Zone, day: date) -> str:
    """Return the next number of the year: BJ2026-0001."""
    head = f"BJ{day.year}-"
    taken = Case.objects.filter(zone=zone, number__startswith=head).values_list("number", flat=True)
    last = max((int(one.removeprefix(head)) for one in taken if one.removeprefix(head).isdigit()), default=0)
    return f"{head}{last + 1:04d}"
