"""The desks: what a department has to do, and what a window has before it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from ..models import CaseTask
from ..selectors import acting, queues
from ..selectors.cases import UNDER_WAY
from .cases import state_of, task_state_of


@login_required
@require_GET
def department_desk(request: HttpRequest) -> HttpResponse:
    """Show the queue of a department; ``?department=`` chooses one for who works for several."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    own = zones.own_department_ids(actor)
    may_all = zones.may(actor, Verb.CHANGE, Thing.TASK, zone)
    rows = Department.objects.filter(
        zone=zone, pk__in=CaseTask.objects.filter(zone=zone).values("department")
    )
    departments = list(rows.order_by("name")) if may_all else []
    said = request.GET.get("department", "")
    chosen = next((one for one in departments if str(one.pk) == said), None)
    queue = queues.queue_of(actor, zone, chosen)
    now = zones.now(zone)

    def shown(tasks: list[CaseTask]) -> list[dict[str, object]]:
        return [
            {
                "task": task,
                "state": task_state_of(task),
                "kinds": (kinds := acting.offered(actor, task)),
                "first": kinds[0] if kinds and kinds[0] in acting.ONE_PRESS else None,
                "form": next((kind for kind in kinds if kind == "finish"), None),
                "is_late": bool(task.due_at and task.due_at < now and task.state in UNDER_WAY),
            }
            for task in tasks
        ]

    context = {
        "queue": queue,
        "parts": (
            ("ready", shown(queue.ready)),
            ("working", shown(queue.working)),
            ("held", shown(queue.held)),
        ),
        "departments": [one for one in departments if one.pk in own or len(departments) > 1],
        "chosen": chosen,
        "here": request.get_full_path(),
    }
    return render(request, "approvals/department_desk.html", context)


@login_required
@require_GET
def window_desk(request: HttpRequest) -> HttpResponse:
    """Show the desk of a window; ``?q=`` looks up where a case stands."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    text = request.GET.get("q", "").strip()[:60]
    desk = queues.desk_of(actor, zone, text)
    return render(
        request,
        "approvals/window_desk.html",
        {
            "desk": desk,
            "text": text,
            "found": [(case, state_of(case)) for case in desk.found],
            "taken_in": [(case, state_of(case)) for case in desk.taken_in],
            "may_accept": zones.may(actor, Verb.ADD, Thing.TASK, zone),
            "here": request.get_full_path(),
        },
    )
