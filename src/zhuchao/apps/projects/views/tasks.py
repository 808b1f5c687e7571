"""Service bundles, what they bring to a project, and the tasks of projects."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import ZForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..forms.tasks import (
    ApplyForm,
    BundleEditForm,
    BundleForm,
    FinishForm,
    ReassignForm,
    ReopenForm,
    TaskForm,
    said_of_task,
)
from ..models import Project, ProjectTask, TaskBundle
from ..selectors import bundles
from ..services import bundles as services
from .progress import day_asked
from .saving import form_response, project_url


def state_of_task(task: ProjectTask, today: date) -> tuple[str, str, str]:
    """Return how a task stands as a list shows it: value, label, colour."""
    if task.done_on is not None:
        return "done", _("已完成"), "green"
    if task.is_overdue(today):
        return "overdue", _("已逾期"), "red"
    return "open", _("进行中"), "blue"


def _state(task: ProjectTask) -> tuple[str, str, str]:
    return state_of_task(task, zones.today(task.project.zone))


def _by_state(today: date, rows: QuerySet[ProjectTask], said: str) -> QuerySet[ProjectTask]:
    if said == "done":
        return rows.filter(done_on__isnull=False)
    rows = rows.filter(done_on=None)
    return rows.filter(due_on__lt=today) if said == "overdue" else rows


def _owners(request: HttpRequest) -> list[tuple[str, str]]:
    rows = bundles.listed_tasks(person_of(request), zone_of(request))
    pairs = rows.order_by("owner__display_name", "owner_id").values_list("owner_id", "owner__display_name")
    return [(str(pk), name) for pk, name in pairs.distinct()]


def _bundles(request: HttpRequest) -> list[tuple[str, str]]:
    rows = bundles.visible_bundles(person_of(request)).filter(zone_id__in=_scopes(request))
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _scopes(request: HttpRequest) -> list[int]:
    return list(zones.zones_under(person_of(request), zone_of(request), Thing.PROJECT))


def tasks_page(today: date) -> ListPage:
    """Return the list of tasks as it is on a day."""
    return ListPage(
        key="project-tasks",
        title=gettext_lazy("项目任务"),
        thing="project",
        columns=(
            Column(
                "name",
                gettext_lazy("任务"),
                lambda task: task.name,
                link=lambda task: reverse("project-task-list", args=[task.project_id]),
                on_phone=True,
            ),
            Column(
                "project",
                gettext_lazy("项目名称"),
                lambda task: task.project.name,
                link=lambda task: project_url(task.project_id),
                on_phone=True,
            ),
            Column("state", gettext_lazy("情况"), _state, Kind.STATE, on_phone=True),
            Column("due", gettext_lazy("截止日期"), lambda task: task.due_on, Kind.DATE, sort="due_on"),
            Column("owner", gettext_lazy("责任人"), lambda task: str(task.owner)),
            Column("department", gettext_lazy("责任单位"), lambda task: str(task.department or "")),
            Column("bundle", gettext_lazy("服务包"), lambda task: str(task.bundle or "")),
            Column("done", gettext_lazy("完成日期"), lambda task: task.done_on, Kind.DATE),
            Column("done_note", gettext_lazy("完成情况"), lambda task: task.done_note, hidden=True),
        ),
        filters=(
            Filter(
                "state",
                gettext_lazy("情况"),
                lambda rows, said: _by_state(today, rows, said),
                lambda request: (
                    ("open", gettext_lazy("未完成")),
                    ("overdue", gettext_lazy("已逾期")),
                    ("done", gettext_lazy("已完成")),
                ),
            ),
            Filter("owner", gettext_lazy("责任人"), by_value("owner"), _owners),
            Filter("bundle", gettext_lazy("服务包"), by_value("bundle"), _bundles),
            Filter("due", gettext_lazy("截止日期"), by_date_range("due_on"), kind="date_range"),
        ),
        default_sort="due_on",
        tabs=(
            (gettext_lazy("全部"), ""),
            (gettext_lazy("未完成"), "state=open"),
            (gettext_lazy("已逾期"), "state=overdue"),
        ),
        row_verbs=(
            RowVerb(
                "finish",
                gettext_lazy("完成"),
                lambda task: reverse("project-task-finish", args=[task.pk]),
                icon="tabler-check",
                verb="change",
                thing="project",
            ),
        ),
        other_actions=(
            Action(gettext_lazy("服务包"), "task-bundle-list", "view", "project", "tabler-package"),
        ),
        empty_sentence=gettext_lazy("还没有任务。打开项目，一键套用服务包就有任务。"),
    )


BUNDLES = ListPage(
    key="task-bundles",
    title=gettext_lazy("服务包"),
    thing="project",
    columns=(
        Column(
            "name",
            gettext_lazy("服务包"),
            lambda bundle: bundle.name,
            sort="name",
            link=lambda bundle: reverse("task-bundle-edit", args=[bundle.pk]),
            on_phone=True,
        ),
        Column("stage", gettext_lazy("适用阶段"), lambda bundle: bundle.get_stage_display(), on_phone=True),
        Column("active", gettext_lazy("在用"), lambda bundle: bundle.is_active, Kind.BOOL),
        Column("example", gettext_lazy("示例"), lambda bundle: bundle.is_example, Kind.BOOL),
        Column("zone", gettext_lazy("辖区"), lambda bundle: bundle.zone.short_name),
    ),
    default_sort="name",
    main_action=Action(gettext_lazy("新增服务包"), "task-bundle-add", "manage", "project", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有服务包。可以引入随系统提供的示例，再改成自己的。"),
    empty_actions=(
        Action(gettext_lazy("引入示例服务包"), "task-bundle-example", "manage", "project", "tabler-download"),
    ),
)


@login_required
def all_tasks(request: HttpRequest) -> HttpResponseBase:
    """List the tasks of the zone's projects."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    return list_response(request, tasks_page(zones.today(zone)), bundles.listed_tasks(actor, zone))


@login_required
def bundle_list(request: HttpRequest) -> HttpResponseBase:
    """List the zone's service bundles."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    rows = bundles.visible_bundles(actor).filter(zone_id__in=_scopes(request))
    return list_response(request, BUNDLES, rows)


@login_required
def bundle_add(request: HttpRequest) -> HttpResponse:
    """Enter a service bundle with its tasks."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, zone)
    return form_response(
        request,
        BundleForm(request.POST or None, zone=zone),
        lambda values: services.add_bundle(actor=actor, zone=zone, **values),
        title=_("新增服务包"),
        back=reverse("task-bundle-list"),
        done=_("已新增服务包。打开项目即可套用。"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def bundle_example(request: HttpRequest) -> HttpResponse:
    """Take the example that comes with the product, after showing that it is one."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, zone)
    return form_response(
        request,
        ZForm(request.POST if request.method == "POST" else None),
        lambda values: services.adopt_example(actor=actor, zone=zone),
        title=_("引入示例服务包"),
        back=reverse("task-bundle-list"),
        done=_("已引入示例服务包，请按本地分工修改。"),
        submit_label=_("引入"),
    )


@login_required
def bundle_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a service bundle; other tasks make a new version."""
    actor = person_of(request)
    bundle = bundles.get_bundle(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, bundle.zone)
    newest = bundles.newest_version(bundle)
    initial = {
        "name": bundle.name,
        "stage": bundle.stage,
        "is_active": bundle.is_active,
        "tasks": "\n".join(said_of_task(task) for task in bundles.tasks_in(newest)),
    }
    return form_response(
        request,
        BundleEditForm(request.POST or None, initial=initial, zone=bundle.zone),
        lambda values: services.change_bundle(
            actor=actor, bundle=bundle, version=seen_version(request), **values
        ),
        title=_("修改%(bundle)s（第 %(number)d 版）") % {"bundle": bundle.name, "number": newest.number},
        back=reverse("task-bundle-list"),
        done=_("已保存。已套用的项目保留原来的任务。"),
        version=bundle.version,
    )


@login_required
def task_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project's tasks, and what each bundle would bring to it from a day on."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    today = zones.today(project.zone)
    start = day_asked(request, "start", today)
    may_change = zones.may(actor, Verb.CHANGE, Thing.PROJECT, project.zone_id)
    offers = []
    if may_change:
        for bundle in _usable(project):
            planned = bundles.planned_tasks(bundle, project, start, actor)
            offers.append(
                {"bundle": bundle, "planned": planned, "new": sum(not one.is_there for one in planned)}
            )
    tasks = list(bundles.visible_tasks(actor).filter(project=project))
    context = {
        "project": project,
        "tasks": [(task, state_of_task(task, today)) for task in tasks],
        "open": sum(task.done_on is None for task in tasks),
        "overdue": sum(task.is_overdue(today) for task in tasks),
        "offers": offers,
        "start": start,
        "may_change": may_change,
        "may_manage": zones.may(actor, Verb.MANAGE, Thing.PROJECT, project.zone_id),
    }
    return render(request, "projects/task_list.html", context)


def _usable(project: Project) -> QuerySet[TaskBundle]:
    """Return the bundles in use of the project's zone and the zones above it, those for its stage first."""
    ids, here = [], project.zone
    while True:
        ids.append(here.pk)
        if here.parent is None:
            break
        here = here.parent
    return TaskBundle.objects.filter(zone_id__in=ids, is_active=True).order_by("name")


@login_required
@require_POST
def bundle_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a project the tasks of a bundle, in one click."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    form = ApplyForm(request.POST, bundles=_usable(project))
    if not form.is_valid():
        raise WrongInput(field=_("服务包"), why=_("请选择服务包，并填写起算日期。"))
    made = services.apply_bundle(actor=actor, project=project, **form.cleaned_data)
    said = ngettext("已生成 %(n)d 项任务。", "已生成 %(n)d 项任务。", len(made)) % {"n": len(made)}
    messages.success(request, said if made else _("这些任务都已经有了，没有重复生成。"))
    return redirect("project-task-list", pk=project.pk)


@login_required
def task_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a project one task of its own."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    initial: dict[str, Any] = {"start": zones.today(project.zone), "owner": project.officer_id}
    return form_response(
        request,
        TaskForm(request.POST or None, initial=initial, zone=project.zone),
        lambda values: services.add_task(actor=actor, project=project, **values),
        title=_("新增任务"),
        back=reverse("project-task-list", args=[project.pk]),
        done=_("已新增任务。"),
        project=project,
    )


@login_required
def task_reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a task to somebody else, or another day."""
    actor = person_of(request)
    task = bundles.get_task(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, task.zone_id)
    return form_response(
        request,
        ReassignForm(request.POST or None, initial=ReassignForm.of(task), zone=_zone(task)),
        lambda values: services.reassign_task(
            actor=actor, task=task, version=seen_version(request), **values
        ),
        title=_("改派“%(task)s”") % {"task": task.name},
        back=reverse("project-task-list", args=[task.project_id]),
        done=_("已改派。"),
        project=task.project,
        version=task.version,
    )


@login_required
def task_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task was done, with what came of it."""
    actor = person_of(request)
    task = bundles.get_task(actor, pk)
    if task.owner_id != actor.pk:
        zones.require(actor, Verb.CHANGE, Thing.PROJECT, task.zone_id)
    return form_response(
        request,
        FinishForm(request.POST or None, request.FILES or None, initial={"on": zones.today(_zone(task))}),
        lambda values: services.finish_task(actor=actor, task=task, **values),
        title=_("完成“%(task)s”") % {"task": task.name},
        back=reverse("project-task-list", args=[task.project_id]),
        done=_("已登记完成。"),
        project=task.project,
        evidence_scope=task.zone_id,
    )


@login_required
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task was not done after all."""
    actor = person_of(request)
    task = bundles.get_task(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, task.zone_id)
    return form_response(
        request,
        ReopenForm(request.POST or None),
        lambda values: services.reopen_task(actor=actor, task=task, **values),
        title=_("恢复“%(task)s”为未完成") % {"task": task.name},
        back=reverse("project-task-list", args=[task.project_id]),
        done=_("已恢复为未完成。"),
        project=task.project,
    )


@login_required
def task_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the file behind a task that was done."""
    task = bundles.get_task(person_of(request), pk)
    if task.evidence is None:
        raise NotFound(what=_("这份佐证材料"))
    return attachment_response(task.evidence)


def _zone(task: ProjectTask) -> Zone:
    return task.project.zone
