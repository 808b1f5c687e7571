"""A project's light with its reasons, lights set by hand, the rule of the zone, and how far the works have come."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Kind, ListPage, RowVerb, list_response
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms.lights import (
    LightOverrideCorrectForm,
    LightOverrideForm,
    LightRuleForm,
    ProgressCorrectForm,
    ProgressForm,
)
from ..models import LightOverride, ProgressEntry, Project
from ..selectors import lights
from .progress import day_asked
from .saving import form_response, project_url

RULES = ListPage(
    key="light-rules",
    title=gettext_lazy("亮灯规则"),
    thing="project",
    columns=(
        Column(
            "since",
            gettext_lazy("起始日期"),
            lambda entry: entry.happened_on,
            Kind.DATE,
            sort="happened_on",
            on_phone=True,
        ),
        Column("zone", gettext_lazy("辖区"), lambda entry: entry.zone.short_name, on_phone=True),
        Column(
            "late",
            gettext_lazy("迟延不超过（工作日）"),
            lambda entry: entry.late_days,
            Kind.NUMBER,
            on_phone=True,
        ),
        Column("near", gettext_lazy("临期（工作日）"), lambda entry: entry.near_days, Kind.NUMBER),
        Column("ready", gettext_lazy("竣工就绪（%）"), lambda entry: entry.ready_percent, Kind.NUMBER),
        Column("note", gettext_lazy("依据"), lambda entry: entry.evidence_note),
        Column("by", gettext_lazy("登记人"), lambda entry: entry.recorded_by or gettext_lazy("系统")),
    ),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb(
            "void",
            gettext_lazy("作废"),
            lambda entry: reverse("light-rule-void", args=[entry.pk]),
            icon="tabler-x",
            verb="manage",
            thing="project",
        ),
    ),
    main_action=Action(gettext_lazy("设定亮灯规则"), "light-rule-add", "manage", "project", "tabler-plus"),
    empty_sentence=gettext_lazy(
        "还没有设定规则，按系统默认规则评灯：逾期 10 个工作日以内或 5 个工作日内到期而未就绪为黄灯，逾期更久为红灯。"
    ),
)


def lights_tab(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Return what the tab of lights shows: the light on a day with its reasons, the forecast, the works so far."""
    actor = person_of(request)
    today = zones.today(project.zone)
    on = min(day_asked(request, "on", today), today)
    lit = selectors.lights_of([project], on)[project.pk]
    entries = list(lights.visible_progress(actor).filter(project=project))
    live = [entry for entry in entries if entry.is_live and entry.happened_on <= on]
    expected = next((entry for entry in live if entry.expected_on is not None), None)
    return {
        "on": on,
        "lit": lit,
        "latest": live[0] if live else None,
        "share": f"{live[0].percent.normalize():f}" if live and live[0].percent is not None else "",
        "expected": expected,
        "finish_gap": _gap(lit, expected),
        "may_manage": zones.may(actor, Verb.MANAGE, Thing.PROJECT, project.zone_id),
        "timeline": [*override_items(request, project), *progress_items(request, project)],
    }


def _gap(lit: selectors.Light, expected: ProgressEntry | None) -> str:
    """Return how far the finish, or the one that people expect, lies from the planned day."""
    day = lit.finished_on or (expected.expected_on if expected else None)
    if day is None or lit.finish_planned_on is None:
        return ""
    late = (day - lit.finish_planned_on).days
    words = {
        (True, True): _("实际比计划晚 %(days)d 天"),
        (True, False): _("实际比计划早 %(days)d 天"),
        (False, True): _("预计比计划晚 %(days)d 天"),
        (False, False): _("预计比计划早 %(days)d 天"),
    }
    if late == 0:
        return _("与计划相同")
    return words[lit.finished_on is not None, late > 0] % {"days": abs(late)}


def progress_items(request: HttpRequest, project: Project) -> list[Item]:
    """Return how far the works came as items of a timeline."""
    actor = person_of(request)
    may_change = zones.may(actor, Verb.CHANGE, Thing.PROJECT, project.zone_id)
    may_void = zones.may(actor, Verb.VOID, Thing.PROJECT, project.zone_id)
    return [
        entry_item(
            entry,
            what=_("形象进度"),
            detail=said_of_progress(entry),
            here=project_url(project, "lights"),
            evidence="project-progress-evidence",
            correct_url=reverse("project-progress-correct", args=[entry.pk]) if may_change else "",
            void_url=reverse("project-progress-void", args=[entry.pk]) if may_void else "",
        )
        for entry in lights.visible_progress(actor).filter(project=project)
        if not entry.is_void
    ]


def override_items(request: HttpRequest, project: Project) -> list[Item]:
    """Return the lights that people set as items of a timeline."""
    actor = person_of(request)
    may_manage = zones.may(actor, Verb.MANAGE, Thing.PROJECT, project.zone_id)
    return [
        entry_item(
            entry,
            what=_("人工定为%(colour)s") % {"colour": entry.get_colour_display()},
            detail=clauses((_("有效至 %(day)s") % {"day": entry.until.isoformat()}, entry.why)),
            here=project_url(project, "lights"),
            evidence="light-override-evidence",
            correct_url=reverse("light-override-correct", args=[entry.pk]) if may_manage else "",
            void_url=reverse("light-override-void", args=[entry.pk]) if may_manage else "",
        )
        for entry in lights.visible_light_overrides(actor).filter(project=project)
        if not entry.is_void
    ]


def said_of_progress(entry: ProgressEntry) -> str:
    """Return what an entry of progress says in one line."""
    parts = [f"{entry.percent.normalize():f}%" if entry.percent is not None else "", entry.text]
    if entry.problem:
        parts.append(_("存在问题：%(said)s") % {"said": entry.problem})
    if entry.next_step:
        parts.append(_("下一步：%(said)s") % {"said": entry.next_step})
    if entry.expected_on is not None:
        parts.append(_("预计 %(day)s 竣工") % {"day": entry.expected_on.isoformat()})
    return clauses(part for part in parts if part)


@login_required
def light_rule_list(request: HttpRequest) -> HttpResponseBase:
    """List the limits by which the projects of the zone are lit, in force from which day."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    return list_response(request, RULES, lights.visible_light_rules(actor).live().filter(zone_id__in=scopes))


@login_required
def light_rule_add(request: HttpRequest) -> HttpResponse:
    """Set the limits of the zone from a day on; those in force are filled in."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, zone)
    today = zones.today(zone)
    rule = lights.rules_in_force([zone.pk], today)[zone.pk]
    initial: dict[str, Any] = {
        "since": today,
        "late_days": rule.late_days,
        "near_days": rule.near_days,
        "ready_percent": rule.ready_percent,
    }
    return form_response(
        request,
        LightRuleForm(request.POST or None, initial=initial),
        lambda values: services.set_light_rule(actor=actor, zone=zone, **values),
        title=_("设定亮灯规则"),
        back=reverse("light-rule-list"),
        done=_("已设定亮灯规则。"),
    )


@login_required
def light_rule_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a light rule away, with the reason."""
    actor = person_of(request)
    entry = lights.get_light_rule(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_light_rule(actor=actor, entry=entry, **values),
        title=_("作废 %(day)s 起的亮灯规则") % {"day": entry.happened_on.isoformat()},
        back=reverse("light-rule-list"),
        done=_("已作废，恢复此前的规则。"),
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def light_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a project's light by hand, with the reason and the day it ends."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, project.zone)
    form = LightOverrideForm(request.POST or None, request.FILES or None)
    return form_response(
        request,
        form,
        lambda values: services.override_light(actor=actor, project=project, **values),
        title=_("人工定灯"),
        back=project_url(project, "lights"),
        done=_("已人工定灯，按规则的灯色一并显示。"),
        project=project,
        evidence_scope=project.zone_id,
    )


@login_required
def light_override_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a light set by hand, with the reason."""
    actor = person_of(request)
    entry = lights.get_light_override(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        LightOverrideCorrectForm(request.POST or None, initial=LightOverrideCorrectForm.of(entry)),
        lambda values: services.correct_light_override(actor=actor, entry=entry, **values),
        title=_("更正人工定灯"),
        back=project_url(entry.project_id, "lights"),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
    )


@login_required
def light_override_void(request: HttpRequest, pk: int) -> HttpResponse:
    """End a light set by hand, with the reason."""
    actor = person_of(request)
    entry = lights.get_light_override(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_light_override(actor=actor, entry=entry, **values),
        title=_("撤销人工定灯"),
        back=project_url(entry.project_id, "lights"),
        done=_("已撤销，恢复按规则评灯。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def light_override_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document behind a light set by hand."""
    entry: LightOverride = lights.get_light_override(person_of(request), pk)
    return evidence_response(entry)


@login_required
def progress_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter how far the works of a project have come; what is still open is filled in."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    today: date = zones.today(project.zone)
    last = lights.latest_progress([project.pk], today).get(project.pk)
    initial: dict[str, Any] = {"on": today}
    if last is not None:
        initial |= {name: getattr(last, name) for name in ("problem", "next_step", "expected_on")}
    return form_response(
        request,
        ProgressForm(request.POST or None, request.FILES or None, initial=initial),
        lambda values: services.add_progress(actor=actor, project=project, **values),
        title=_("登记形象进度"),
        back=project_url(project, "lights"),
        done=_("已登记形象进度。"),
        project=project,
        evidence_scope=project.zone_id,
    )


@login_required
def progress_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry of progress, with the reason."""
    actor = person_of(request)
    entry = lights.get_progress(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        ProgressCorrectForm(
            request.POST or None, request.FILES or None, initial=ProgressCorrectForm.of(entry)
        ),
        lambda values: services.correct_progress(actor=actor, entry=entry, **values),
        title=_("更正形象进度"),
        back=project_url(entry.project_id, "lights"),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
        evidence_scope=entry.zone_id,
    )


@login_required
def progress_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry of progress, with the reason."""
    actor = person_of(request)
    entry = lights.get_progress(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_progress(actor=actor, entry=entry, **values),
        title=_("作废 %(day)s 的形象进度") % {"day": entry.happened_on.isoformat()},
        back=project_url(entry.project_id, "lights"),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def progress_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the photo or document behind an entry of progress."""
    return evidence_response(lights.get_progress(person_of(request), pk))
