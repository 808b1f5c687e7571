"""综合窗口收件: any window takes any theme or matter with one form; which task goes where is shown before and after."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.requests import person_of, zone_of

from ..forms.themes import HandBackForm, HandOverForm, IntakeForm, title_of
from ..models import Matter, Theme, ThemeMatter
from ..selectors.cases import get_task
from ..selectors.matters import (
    get_matter,
    get_theme,
    own_or_above,
    rows_of_theme,
    visible_themes,
    with_version,
)
from ..services.intake import hand_back, hand_over, take_in, window_of
from .papers import documents_url
from .saving import form_response
from .themes import routing_context


@login_required
@require_GET
def intake(request: HttpRequest) -> HttpResponse:
    """Show everything that can be taken in here: the themes and every matter of every department."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.CASE, zone)
    asked = request.GET.get("q", "").strip()[:60]
    above = zones.lineage_ids(zone)
    themes = visible_themes(actor).filter(zone_id__in=above, is_open=True)
    matters = with_version(own_or_above(actor, zone), zones.today(zone)).filter(held_id__isnull=False)
    if asked:
        themes = themes.filter(name__icontains=asked)
        matters = matters.filter(name__icontains=asked) | matters.filter(department__name__icontains=asked)
    context = {
        "q": asked,
        "themes": themes.order_by("name"),
        "matters": matters.order_by("department__name", "name"),
        "window": window_of(actor, zone),
    }
    return render(request, "approvals/intake.html", context)


@login_required
def intake_theme(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a case by the one form of a theme: its tasks open at once over the departments."""
    theme = get_theme(request.user, pk)
    rows = rows_of_theme(theme)
    return _intake(request, theme, rows, theme=theme)


@login_required
def intake_matter(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a case of one matter, whatever department it is of."""
    matter = get_matter(request.user, pk)
    row = ThemeMatter(matter=matter, position=1, when={})
    return _intake(request, matter, [row], matter=matter)


def _intake(request: HttpRequest, way: Theme | Matter, rows: list[ThemeMatter], **ways: Any) -> HttpResponse:
    actor, zone = person_of(request), _zone(request, way)
    zones.require(actor, Verb.ADD, Thing.CASE, zone)
    firm_id = request.GET.get("enterprise", "")
    firms = visible_enterprises(actor)
    firm = firms.filter(pk=int(firm_id)).first() if firm_id.isdecimal() and len(firm_id) < 18 else None
    context = routing_context(rows, zone, getattr(way, "questions", ()))
    form = IntakeForm(
        editing.posted(request),
        initial={"title": title_of(way, firm), "enterprise": firm.pk if firm else None},
        actor=actor,
        theme=ways.get("theme"),
        takes_over=any(one["version"] is not None and one["version"].hands_over for one in context["routes"]),
        zone=zone,
    )

    def act(values: dict[str, Any]) -> str:
        case = take_in(actor=actor, zone=zone, **ways, **values)
        return documents_url(case.pk)

    return form_response(
        request,
        form,
        act,
        title=_("收件：%(name)s") % {"name": way.name},
        back=reverse("intake"),
        done=_("已收件，任务已分到各部门。请接着收取或复用材料。"),
        template="approvals/intake_form.html",
        crumbs=((_("综合窗口收件"), reverse("intake")),),
        submit_label=_("收件"),
        **context,
    )


def _zone(request: HttpRequest, way: Theme | Matter) -> Zone:
    """Return the zone in which a case is taken in: where the person stands, as long as the matter counts there."""
    here = zone_of(request)
    if way.zone_id in zones.lineage_ids(here):
        return here
    if way.zone_id not in zones.ids_under(here):
        raise NotFound(what=_("该事项"))
    return way.zone


@login_required
def task_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a task to the window of another region; its clock goes on."""
    actor = person_of(request)
    task = get_task(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.TASK, task.zone, own=task.department_id)
    return form_response(
        request,
        HandOverForm(editing.posted(request)),
        lambda values: hand_over(actor=actor, task=task, **values),
        title=_("转出通办：%(task)s") % {"task": task.name},
        back=documents_url(task.case_id),
        done=_("已转出，时钟继续。"),
        crumbs=((task.case.number, documents_url(task.case_id)),),
        submit_label=_("转出"),
    )


@login_required
def task_hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a task came back from another region."""
    actor = person_of(request)
    task = get_task(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.TASK, task.zone, own=task.department_id)
    return form_response(
        request,
        HandBackForm(editing.posted(request)),
        lambda values: hand_back(actor=actor, task=task, **values),
        title=_("通办回转：%(task)s") % {"task": task.name},
        back=documents_url(task.case_id),
        done=_("已登记回转。"),
        crumbs=((task.case.number, documents_url(task.case_id)),),
        submit_label=_("登记回转"),
    )
