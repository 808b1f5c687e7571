"""办件: the list of cases and one case: its progress on a chart, its documents, how it is helped with, how it compares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import clauses, listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_moment_range, by_value, list_response
from zhuchao.web.lists.page import Action
from zhuchao.web.printing import exact_moment
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..models import CLOSED, Case, CaseState, CaseTask, ServiceMode, StopCause, TaskEvent, TaskState
from ..selectors import acting, cases, gantt, guidance, measures
from ..selectors.case_plans import first_and_last_plan, planned_spans, pre_review_of, shown_plan
from ..selectors.clock import is_provisional
from ..selectors.standing import play
from ..services.moving import newer_version
from .papers import documents_context

COLOURS = {
    CaseState.PREPARING: "azure",
    CaseState.OPEN: "blue",
    CaseState.FINISHED: "green",
    CaseState.WITHDRAWN: "secondary",
    CaseState.ENDED: "red",
}
TASK_COLOURS = {
    TaskState.WAITING: "secondary",
    TaskState.READY: "azure",
    TaskState.REVIEWING: "blue",
    TaskState.REVIEWED: "blue",
    TaskState.ISSUING: "blue",
    TaskState.STOPPED: "yellow",
    TaskState.RETURNED: "orange",
    TaskState.DONE: "green",
    TaskState.REFUSED: "red",
    TaskState.WITHDRAWN: "secondary",
    TaskState.ENDED: "secondary",
}
TABS = (
    ("progress", _("进度")),
    ("documents", _("材料")),
    ("service", _("服务")),
    ("compare", _("比对")),
)
TEMPLATES = {"documents": "papers"}
FORECASTS = {
    "plan": _("按计划"),
    "half": _("一半把握（P50）"),
    "most": _("八成把握（P80）"),
}


def case_url(pk: int, tab: str = "") -> str:
    """Return the address of a case's page."""
    return reverse("case-detail", args=[pk]) + (f"?tab={tab}" if tab else "")


def state_of(case: Case) -> tuple[str, str, str]:
    """Return where a case stands as a list shows it: value, label, colour."""
    state = CaseState(case.state)
    return state.value, str(state.label), COLOURS[state]


def task_state_of(task: CaseTask) -> tuple[str, str, str]:
    """Return where a task stands as a list shows it."""
    state = TaskState(task.state)
    return state.value, str(state.label), TASK_COLOURS[state]


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.CASE)
    return cases.searched_cases(rows, scopes, text)


def _departments(request: HttpRequest) -> list[tuple[str, str]]:
    rows = cases.listed_cases(person_of(request), zone_of(request))
    tasks = CaseTask.objects.filter(case__in=rows.order_by().values("pk"), department__isnull=False)
    pairs = tasks.order_by("department__name").values_list("department_id", "department__name").distinct()
    return [(str(pk), name) for pk, name in pairs]


def _by_department(rows: Any, text: str) -> Any:
    """Keep the cases with a task of a department that is not over."""
    open_now = CaseTask.objects.filter(department_id=text).exclude(
        state__in=("done", "refused", "withdrawn", "ended")
    )
    return rows.filter(pk__in=open_now.values("case_id"))


def _by_lateness(rows: Any, text: str) -> Any:
    late = {"yes": {"tasks_late__gt": 0}, "no": {"tasks_late": 0}}
    return rows.filter(**late.get(text, {}))


def _late(case: Case) -> tuple[str, str, str]:
    count = getattr(case, "tasks_late", 0)
    if case.state in CLOSED or not count:
        return "no", str(_("无")), "secondary"
    return "yes", gettext("%(n)d 项超期") % {"n": count}, "red"


def _progress(case: Case) -> str:
    return f"{getattr(case, 'tasks_over', 0)}/{getattr(case, 'tasks_all', 0)}"


CASES = ListPage(
    key="cases",
    title=_("办件台账"),
    thing="case",
    columns=(
        Column("number", _("办件编号"), lambda c: c.number, link=lambda c: case_url(c.pk), sort="number"),
        Column("title", _("办件名称"), lambda c: c.title, link=lambda c: case_url(c.pk), on_phone=True),
        Column("firm", _("企业"), lambda c: c.enterprise.name if c.enterprise else "", on_phone=True),
        Column("state", _("状态"), state_of, Kind.STATE, on_phone=True),
        Column("progress", _("已完成任务"), _progress),
        Column("late", _("超期"), _late, Kind.STATE),
        Column("service", _("服务方式"), lambda c: c.get_service_display()),
        Column("agent", _("代办员"), lambda c: c.agent or ""),
        Column("opened", _("收件时间"), lambda c: c.opened_at, Kind.MOMENT, sort="opened_at"),
        Column("starts", _("起算时间"), lambda c: c.starts_at, Kind.MOMENT, hidden=True),
        Column("deadline", _("要求办结"), lambda c: c.deadline_at, Kind.MOMENT, hidden=True),
        Column("finished", _("办结时间"), lambda c: c.finished_at, Kind.MOMENT),
        Column("project", _("项目"), lambda c: c.project or "", hidden=True),
        Column("theme", _("一件事主题"), lambda c: c.theme or "", hidden=True),
        Column("window", _("受理窗口"), lambda c: c.window or "", hidden=True),
        Column("contact", _("联系人"), lambda c: c.contact, hidden=True),
    ),
    filters=(
        Filter("state", _("状态"), by_value("state"), lambda request: CaseState.choices),
        Filter("service", _("服务方式"), by_value("service"), lambda request: ServiceMode.choices),
        Filter("department", _("在办部门"), _by_department, _departments),
        Filter("late", _("超期"), _by_lateness, lambda request: [("yes", _("有")), ("no", _("无"))]),
        Filter("opened", _("收件时间"), by_moment_range("opened_at"), kind="date_range"),
    ),
    search=_search,
    search_hint=_("编号、名称、企业、项目"),
    default_sort="-opened_at",
    tabs=(
        (_("全部"), ""),
        (_("办理中"), "state=open"),
        (_("超期"), "late=yes"),
        (_("代办"), "service=act"),
        (_("已办结"), "state=finished"),
    ),
    main_action=Action(_("收件"), "case-add", "add", "case", "tabler-plus"),
    empty_sentence=_("还没有办件。点“收件”，选择流程、一件事主题或单个事项。"),
)


@login_required
def case_list(request: HttpRequest) -> HttpResponseBase:
    """List the cases of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    rows = cases.with_progress(cases.listed_cases(actor, zone), zones.now(zone))
    return list_response(request, CASES, rows)


@login_required
@require_GET
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a case: ``?tab=`` progress, documents, service or compare; ``?from=start`` leaves the pre-review out."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    tab = request.GET.get("tab", "progress")
    tab = tab if tab in dict(TABS) else "progress"
    tasks = list(
        CaseTask.objects.filter(case=case)
        .select_related("department", "officer", "zone", "matter_version__matter")
        .order_by("position")
    )
    for task in tasks:
        task.case = case
    events = list(selectors.visible_events(actor).filter(task__case=case).order_by("happened_at", "pk"))
    now = zones.now(case.zone)
    context: dict[str, Any] = {
        "record": case,
        "case": case,
        "state": state_of(case),
        "facts": _facts(case, now),
        "tabs": [(key, label, f"?tab={key}", key == tab) for key, label in TABS],
        "tab": tab,
        "verbs": _verbs(actor, case),
        "timeline": _timeline(actor, case, events),
        "unmatched": [task for task in tasks if task.department_id is None],
        "now": now,
    }
    context |= {
        "progress": _progress_tab,
        "documents": _documents_tab,
        "service": _service_tab,
        "compare": _compare_tab,
    }[tab](request, actor, case, tasks, events, now)
    return render(request, f"approvals/case_{TEMPLATES.get(tab, tab)}.html", context)


def _progress_tab(
    request: HttpRequest,
    actor: User,
    case: Case,
    tasks: Sequence[CaseTask],
    events: Sequence[TaskEvent],
    now: datetime,
) -> dict[str, Any]:
    from_start = request.GET.get("from") == "start"
    standings = play(tasks, events, starts_at=case.starts_at, opened_at=case.opened_at)
    rows = []
    for task in tasks:
        standing = standings[task.pk]
        kinds = [] if case.is_closed else acting.offered(actor, task, asked=standing.asked)
        rows.append(
            {
                "task": task,
                "state": task_state_of(task),
                "first": kinds[0] if kinds and kinds[0] in acting.ONE_PRESS else None,
                "others": kinds[1:] if kinds and kinds[0] in acting.ONE_PRESS else kinds,
                "is_late": task.due_at is not None and task.state in cases.UNDER_WAY and task.due_at < now,
                "is_provisional": is_provisional(task.due_at) or is_provisional(task.legal_due_at),
                "stopped": listed(
                    dict(StopCause.choices).get(pause.why, gettext("退回补正")) for pause in standing.pauses
                ),
            }
        )
    kept = shown_plan(case)
    return {
        "rows": rows,
        "plan": kept,
        "newer": newer_version(case),
        "chart": gantt.draw(
            case, tasks, events, now=now, planned=planned_spans(kept, tasks), from_start=from_start
        ),
        "from_start": from_start,
        "has_pre_review": any(one.happened_at < case.starts_at for one in events),
        "pre_review": pre_review_of(case, now),
        "measures": measures.measure(case, tasks, events, now=now),
        "may_assign": zones.may(actor, Verb.CHANGE, Thing.CASE, case.zone_id) and not case.is_closed,
    }


def _documents_tab(
    request: HttpRequest,
    actor: User,
    case: Case,
    tasks: Sequence[CaseTask],
    events: Sequence[TaskEvent],
    now: datetime,
) -> dict[str, Any]:
    return documents_context(actor, case)


def _service_tab(
    request: HttpRequest,
    actor: User,
    case: Case,
    tasks: Sequence[CaseTask],
    events: Sequence[TaskEvent],
    now: datetime,
) -> dict[str, Any]:
    may_change = zones.may(actor, Verb.CHANGE, Thing.CASE, case.zone_id)
    return {
        "mandates": list(guidance.visible_mandates(actor).filter(case=case).live()),
        "logs": list(
            guidance.visible_service_logs(actor).filter(case=case).live().order_by("-happened_at", "-pk")
        ),
        "actions": guidance.ACTIONS[ServiceMode(case.service)],
        "may_change": may_change,
        "may_log": may_change or actor.pk == case.agent_id,
    }


def _compare_tab(
    request: HttpRequest,
    actor: User,
    case: Case,
    tasks: Sequence[CaseTask],
    events: Sequence[TaskEvent],
    now: datetime,
) -> dict[str, Any]:
    documents = selectors.visible_case_documents(actor).filter(case=case, is_result=True)
    found = measures.measure(
        case,
        tasks,
        events,
        now=now,
        documents=documents,
        benchmarks=guidance.benchmarks_of(case.zone),
    )
    first, last = first_and_last_plan(case)
    fact = found.measured_at if found.is_over else None
    forecasts = measures.forecasts_of(first, last, fact)
    return {
        "measures": found,
        "forecasts": [(FORECASTS[one.kind], measures.said_worked(one.minutes), one) for one in forecasts],
        "first_plan": first,
        "elapsed": measures.said_duration(found.elapsed),
        "compared": [
            (
                one.benchmark,
                measures.said_duration(one.benchmark.elapsed),
                measures.said_delta(one.delta),
                one,
            )
            for one in found.compared
        ],
    }


def _facts(case: Case, now: datetime) -> list[tuple[str, Any]]:
    way = case.procedure_version or case.theme
    facts: list[tuple[str, Any]] = [
        (gettext("办件编号"), case.number),
        (gettext("办理方式"), way or gettext("单个事项")),
        (gettext("收件时间"), exact_moment(case.opened_at)),
        (gettext("起算时间"), exact_moment(case.starts_at)),
        (gettext("要求办结时间"), exact_moment(case.deadline_at)),
        (gettext("办结时间"), exact_moment(case.finished_at)),
        (gettext("服务方式"), clauses((case.get_service_display(), str(case.agent or "")))),
        (gettext("受理窗口"), case.window),
        (gettext("联系人"), case.contact),
    ]
    if case.baseline_working_days is not None:
        said = gettext("%(days)s 个工作日") % {"days": f"{case.baseline_working_days.normalize():f}"}
        facts.append((gettext("原流程"), said))
    if case.elsewhere:
        facts.append((gettext("通办地区"), case.elsewhere))
    if case.note:
        facts.append((gettext("说明"), case.note))
    return facts


def _verbs(actor: User, case: Case) -> list[tuple[str, str, str, bool]]:
    """Return (address, words, icon, is main) of what this person can do with the case as a whole."""
    found = []
    held = case.procedure_version
    if held is not None and zones.may(actor, Verb.VIEW, Thing.PROCEDURE, held.zone_id):
        address = f"{reverse('procedure-rehearse', args=[held.procedure_id])}?version={held.number}"
        found.append((address, gettext("推演"), "tabler-player-play", False))
    if case.is_closed or not zones.may(actor, Verb.CHANGE, Thing.CASE, case.zone_id):
        return found
    return [
        *found,
        (reverse("case-edit", args=[case.pk]), gettext("修改"), "tabler-edit", False),
        (reverse("case-withdraw", args=[case.pk]), gettext("撤回"), "tabler-arrow-back-up", False),
        (reverse("case-end", args=[case.pk]), gettext("终止办件"), "tabler-x", False),
    ]


def _timeline(actor: User, case: Case, events: Sequence[TaskEvent]) -> list[Item]:
    """Return the events of a case, the latest first, with the way to correct and to void those in force."""
    here, found = case_url(case.pk), []
    tasks = {event.task_id: event.task for event in events}
    for task in tasks.values():
        task.case, task.zone = case, case.zone
    may = {pk: acting.may_rewrite(actor, task) for pk, task in tasks.items()}
    for event in reversed(events):
        if event.is_void:
            continue
        is_mine = may[event.task_id] and event.is_live
        found.append(
            entry_item(
                event,
                what=f"{event.task.name} · {event.get_kind_display()}",
                detail=_detail(event),
                here=here,
                correct_url=reverse("case-event-correct", args=[event.pk]) if is_mine else "",
                void_url=reverse("case-event-void", args=[event.pk]) if is_mine else "",
            )
        )
    return found


def _detail(event: TaskEvent) -> str:
    return clauses(
        part
        for part in (
            exact_moment(event.happened_at),
            str(event.get_mode_display()) if event.mode and event.mode != "normal" else "",
            str(event.get_cause_display()) if event.cause else "",
            str(event.department or ""),
            event.number,
            event.note,
        )
        if part
    )
