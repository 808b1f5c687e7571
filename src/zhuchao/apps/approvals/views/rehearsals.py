"""推演: one drags reviewers, days of pre-review and pledges, and sees when everything will be over, and how surely."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.wording import listed, sentences
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.scheduling import Mode, Rehearsal
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.rehearsals import KeepForm, ScenarioForm
from ..models import ProcedureVersion
from ..models import Rehearsal as Kept
from ..selectors import procedures
from ..selectors.drawing import draw_gantt, draw_histogram
from ..selectors.networks import template_of
from ..selectors.plans import (
    BARS,
    TAIL,
    Planned,
    bars_of,
    bottleneck_of,
    chain_words,
    chance_of_the_day,
    gain_words,
    gains_of,
    line_from,
    plan_of,
    rehearsed,
    works_of,
)
from ..selectors.rehearsals import get_rehearsal, listed_rehearsals, usual_start, version_asked
from ..services.plans import keep_rehearsal
from ..wording import mode_word, show_minutes
from .procedures import procedure_url


def may_keep(actor: User, zone_id: int) -> bool:
    """Return whether a person may keep a rehearsal for a meeting."""
    return any(zones.may(actor, verb, Thing.PROCEDURE, zone_id) for verb in (Verb.ADD, Verb.MANAGE))


def _form(version: ProcedureVersion, data: Any) -> ScenarioForm:
    zone = version.zone
    start = usual_start(zone)
    sent = data if data is not None and "start" in data else None
    form = ScenarioForm(sent, template=template_of(version.text), start=start, zone=zone)
    if sent is None:
        # what is shown first is what would be sent
        form = ScenarioForm(
            QueryDict(form.as_query()), template=template_of(version.text), start=start, zone=zone
        )
    return form


@login_required
@require_GET
def procedure_rehearse(request: HttpRequest, pk: int) -> HttpResponse:
    """Rehearse a procedure under what the address says; the same address has the same answer."""
    actor = person_of(request)
    procedure = procedures.get_procedure(actor, pk)
    version = version_asked(procedure, request.GET.get("version", ""))
    form = _form(version, request.GET)
    context: dict[str, Any] = {
        "title": _("推演：%(procedure)s") % {"procedure": procedure.name},
        "procedure": procedure,
        "version": version,
        "form": form,
        "keep": KeepForm(
            initial={"title": f"{procedure.name} {zones.today(procedure.zone)}"[:120]}, auto_id="id_keep_%s"
        ),
        "may_keep": may_keep(actor, procedure.zone_id),
    }
    context |= _answered(version, form, request.GET)
    htmx: Any = getattr(request, "htmx", None)
    template = "approvals/parts/rehearsal_result.html" if htmx else "approvals/rehearse.html"
    return render(request, template, context, status=422 if context.get("problem") else 200)


def _answered(version: ProcedureVersion, form: ScenarioForm, asked: QueryDict) -> dict[str, Any]:
    """Return what comes of a scenario, beside the one it is compared with; or what is wrong with it."""
    query = form.as_query()
    before = asked.get("before", "")
    shown: dict[str, Any] = {"query": query, "before": before or query}
    if not form.is_valid():
        return shown | {"problem": listed(error for errors in form.errors.values() for error in errors)}
    try:
        planned = plan_of(template_of(version.text), form.scenario)
        runs = rehearsed(planned)
    except DomainError as error:
        return shown | {"problem": sentences((error, error.next_sentence))}
    other = _compared(version, before) if before and before != query else None
    shown |= _result(planned, runs, other)
    if asked.get("gains"):
        gains = gains_of(planned)
        shown["gains"] = [
            (gain_words(gain, planned.template), show_minutes(gain.minutes)) for gain in gains if gain.minutes
        ]
        shown["idle_means"] = [gain_words(gain, planned.template) for gain in gains if gain.minutes == 0]
    return shown


def _compared(version: ProcedureVersion, before: str) -> tuple[Planned, Rehearsal] | None:
    """Return what the scenario before comes to, None where it cannot be planned."""
    form = _form(version, QueryDict(before))
    if not form.is_valid():
        return None
    try:
        planned = plan_of(template_of(version.text), form.scenario)
        return planned, rehearsed(planned)
    except DomainError:
        return None


def _result(planned: Planned, runs: Rehearsal, other: tuple[Planned, Rehearsal] | None) -> dict[str, Any]:
    narrow = bottleneck_of(planned, runs)
    day_end = planned.line.left_in_day(0)
    chance = chance_of_the_day(planned, runs)
    marks = [
        (float(planned.plan.finish), "plan", _("计划")),
        (runs.p50, "p50", "P50"),
        (runs.p80, "p80", "P80"),
    ]
    if day_end <= runs.by_chance(1 - TAIL):
        marks.append((float(day_end), "day", _("下班")))
    known = planned.template.by_key
    told: dict[str, Any] = {
        "planned": planned,
        "finish_at": planned.finish_at,
        "finish": show_minutes(planned.plan.finish),
        "p50_at": planned.at(runs.p50),
        "p80_at": planned.at(runs.p80),
        "chance": chance,
        "kept_chance": runs.chance_by(planned.plan.finish),
        "narrow": narrow,
        "narrow_minutes": show_minutes(narrow.minutes),
        "starts_later": planned.starts_later,
        "chain": chain_words(planned),
        "criticality": [
            (known[key], share, round(share * 100))
            for key, share in sorted(runs.criticality.items(), key=lambda one: -one[1])
            if share >= 0.01
        ],
        "histogram": draw_histogram(bars_of(runs), marks, planned.line, bars_of(other[1]) if other else ()),
        "bars": [(planned.at(low), planned.at(high), count) for low, high, count in bars_of(runs, BARS // 2)],
        "gantt": draw_gantt(planned.template, planned.plan, planned.line),
        "works": works_of(planned),
        "how": [
            (mode_word(mode), listed(names))
            for mode in (Mode.EARLY, Mode.LATE, Mode.PLEDGE)
            if (names := [known[w.task].name for w in planned.plan.works if w.mode is mode])
        ],
    }
    if other:
        told["changes"] = _changes(planned, runs, *other)
    return told


def _changes(
    planned: Planned, runs: Rehearsal, was: Planned, was_runs: Rehearsal
) -> list[tuple[str, str, str, str]]:
    """Return how this scenario differs from the one before: what, before, now, the difference."""
    found = []
    for label, old, new in (
        (_("计划办结"), float(was.plan.finish), float(planned.plan.finish)),
        (_("一半把握（P50）"), was_runs.p50, runs.p50),
        (_("八成把握（P80）"), was_runs.p80, runs.p80),
    ):
        gap = round(new) - round(old)
        word = f"{'+' if gap > 0 else ''}{show_minutes(gap)}" if gap else "—"
        found.append((label, show_minutes(old), show_minutes(new), word))
    before, now = chance_of_the_day(was, was_runs), chance_of_the_day(planned, runs)
    found.append((_("当天办结的把握"), f"{before:.0%}", f"{now:.0%}", f"{(now - before) * 100:+.0f}"))
    return found


@login_required
@require_POST
def rehearsal_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a rehearsal for a meeting: what was set, what came of it, who was there, what was concluded."""
    actor = person_of(request)
    procedure = procedures.get_procedure(actor, pk)
    query = QueryDict(request.POST.get("query", ""))
    version = version_asked(procedure, request.POST.get("version", ""))
    form, keep = _form(version, query), KeepForm(request.POST, auto_id="id_keep_%s")
    if not (form.is_valid() and keep.is_valid()):
        context = {
            "title": _("推演：%(procedure)s") % {"procedure": procedure.name},
            "procedure": procedure,
            "version": version,
            "form": form,
            "keep": keep,
            "may_keep": True,
        }
        context |= _answered(version, form, query)
        return render(request, "approvals/rehearse.html", context, status=422)
    kept = keep_rehearsal(actor=actor, version=version, scenario=form.scenario, **keep.cleaned_data)
    messages.success(request, _("已保存这次推演。"))
    return redirect("rehearsal-detail", pk=kept.pk)


REHEARSALS = ListPage(
    key="rehearsals",
    title=gettext_lazy("推演记录"),
    thing=Thing.PROCEDURE,
    columns=(
        Column(
            "title",
            gettext_lazy("名称"),
            lambda row: row.title,
            link=lambda row: reverse("rehearsal-detail", args=[row.pk]),
            on_phone=True,
        ),
        Column("meeting", gettext_lazy("会议类型"), lambda row: row.get_meeting_display(), on_phone=True),
        Column("starts", gettext_lazy("起点"), lambda row: row.starts_at, Kind.MOMENT),
        Column(
            "finish",
            gettext_lazy("计划用时"),
            lambda row: show_minutes(row.results.get("finish", 0)),
            on_phone=True,
        ),
        Column("p80", gettext_lazy("八成把握"), lambda row: show_minutes(row.results.get("p80", 0))),
        Column("chance", gettext_lazy("当天办结的把握"), lambda row: row.results.get("chance"), Kind.PERCENT),
        Column("narrow", gettext_lazy("瓶颈"), lambda row: row.results.get("bottleneck", {}).get("name", "")),
        Column("made_at", gettext_lazy("推演时间"), lambda row: row.made_at, Kind.MOMENT, sort="made_at"),
        Column("made_by", gettext_lazy("记录人"), lambda row: row.made_by or "", hidden=True),
    ),
    filters=(
        Filter(
            "meeting", gettext_lazy("会议类型"), by_value("meeting"), lambda request: Kept.Meeting.choices
        ),
    ),
    default_sort="-made_at",
    empty_sentence=gettext_lazy("还没有推演记录。在审批流程里点“推演”，调到合适后保存。"),
)


@login_required
def rehearsal_list(request: HttpRequest) -> HttpResponseBase:
    """List the rehearsals that were kept."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROCEDURE, zone)
    return list_response(request, REHEARSALS, listed_rehearsals(actor, zone))


@login_required
@require_GET
def rehearsal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a kept rehearsal as the meeting saw it."""
    kept = get_rehearsal(request.user, pk)
    results, inputs = kept.results, kept.inputs
    template = template_of(kept.procedure_version.text)
    bars = [(float(low), float(high), int(runs)) for low, high, runs in results.get("bars", ())]
    marks = [
        (float(results["finish"]), "plan", _("计划")),
        (float(results["p50"]), "p50", "P50"),
        (float(results["p80"]), "p80", "P80"),
    ]
    known = template.by_key
    context = {
        "record": kept,
        "kept": kept,
        "procedure": kept.procedure_version.procedure,
        "finish": show_minutes(results["finish"]),
        "finish_at": parse_datetime(results["finish_at"]),
        "p50_at": parse_datetime(results["p50_at"]),
        "p80_at": parse_datetime(results["p80_at"]),
        "chance": results["chance"],
        "narrow": results["bottleneck"],
        "narrow_minutes": show_minutes(results["bottleneck"]["minutes"]),
        "histogram": draw_histogram(bars, marks, line_from(kept.starts_at)) if bars else None,
        "criticality": [
            (known[key], share, round(share * 100))
            for key, share in sorted(results.get("criticality", {}).items(), key=lambda one: -one[1])
            if share >= 0.01 and key in known
        ],
        "facts": [
            (_("会议类型"), kept.get_meeting_display()),
            (_("参加人"), kept.attendees),
            (_("预审天数"), inputs.get("pre_review_days")),
            (_("信用额度"), inputs.get("credit")),
            (_("办理方式"), listed(mode_word(Mode(word)) for word in inputs.get("modes", ()))),
            (
                _("调整的审查员"),
                listed(f"{name} {count}" for name, count in inputs.get("reviewers", {}).items()),
            ),
            (_("共同快慢"), inputs.get("shared")),
            (_("记录人"), kept.made_by),
        ],
        "back": procedure_url(kept.procedure_version.procedure_id),
    }
    return render(request, "approvals/rehearsal_detail.html", context)
