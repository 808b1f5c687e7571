"""Pages of building works."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.units import show_percent
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..forms.works import PhaseEditForm, PhaseForm, ProgressCorrectForm, ProgressForm, WorksAddForm, WorksForm
from ..models import Site, Works, WorksPhase, WorksProgress
from ..selectors import works as works_selectors
from ..services import works as services
from .pages import form_response

EVIDENCE = "works-progress-evidence"
STATE_COLOURS = {
    Works.State.PLANNED: "azure",
    Works.State.UNDER_WAY: "orange",
    Works.State.SLIPPED: "red",
    Works.State.FINISHED: "green",
}


def works_url(works: Works) -> str:
    """Return where works are shown."""
    return reverse("works-detail", args=[works.pk])


def state_cell(works: Works) -> tuple[str, Any, str]:
    """Return the state of works that ``with_state`` has read, as a list shows it."""
    state = Works.State(works.state)  # type: ignore[attr-defined]
    return str(state), state.label, STATE_COLOURS[state]


def _on(request: HttpRequest) -> date:
    return zones.today(zone_of(request))


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.WORKS)  # type: ignore[attr-defined]


def _site_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request)).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


WORKS = ListPage(
    key="works",
    title=gettext_lazy("建设改造"),
    thing="works",
    columns=(
        Column(
            "name",
            gettext_lazy("项目名称"),
            lambda works: works.name,
            sort="name",
            link=works_url,
            on_phone=True,
        ),
        Column("site", gettext_lazy("载体"), lambda works: works.site, on_phone=True),
        Column("kind", gettext_lazy("建设类型"), lambda works: works.get_kind_display()),
        Column("state", gettext_lazy("状态"), state_cell, Kind.STATE, on_phone=True),
        Column("percent", gettext_lazy("形象进度（%）"), lambda works: works.percent, Kind.NUMBER),
        Column(
            "area",
            gettext_lazy("建筑面积"),
            lambda works: works.gross_area_m2,
            Kind.AREA,
            total="gross_area_m2",
        ),
        Column("land", gettext_lazy("占地面积"), lambda works: works.land_shown, hidden=True),
        Column(
            "budget",
            gettext_lazy("总投资预算"),
            lambda works: works.budget_cny,
            Kind.MONEY,
            total="budget_cny",
        ),
        Column(
            "start",
            gettext_lazy("计划开工"),
            lambda works: works.planned_start_on,
            Kind.DATE,
            sort="planned_start_on",
        ),
        Column(
            "end",
            gettext_lazy("计划竣工"),
            lambda works: works.planned_end_on,
            Kind.DATE,
            sort="planned_end_on",
        ),
        Column("started", gettext_lazy("实际开工"), lambda works: works.started_on, Kind.DATE),
        Column("finished", gettext_lazy("实际竣工"), lambda works: works.finished_on, Kind.DATE, hidden=True),
        Column(
            "occupancy",
            gettext_lazy("预计首批入驻"),
            lambda works: works.first_occupancy_on(zones.today(works.zone)),
            Kind.DATE,
        ),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), by_value("state"), choices=lambda request: Works.State.choices),
        Filter(
            "kind", gettext_lazy("建设类型"), by_value("kind"), choices=lambda request: Works.Kind.choices
        ),
        Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=_site_choices),
    ),
    search=lambda request, rows, text: (
        rows.filter(name__icontains=text) | rows.filter(site__name__icontains=text)
    ),
    search_hint=gettext_lazy("项目、载体"),
    default_sort="-planned_start_on",
    main_action=Action(gettext_lazy("新增建设项目"), "works-add", "add", "works", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有建设项目。导入建设项目台账，或新增第一个。"),
    empty_actions=(Action(gettext_lazy("新增建设项目"), "works-add", "add", "works", "tabler-plus"),),
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("已延期"), "state=slipped"),
        (gettext_lazy("施工中"), "state=under_way"),
    ),
)


@login_required
def works_list(request: HttpRequest) -> HttpResponseBase:
    """List the works of the zone as they stand today."""
    rows = works_selectors.visible_works(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, WORKS, works_selectors.with_state(rows, _on(request)))


@login_required
def works_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show works: plan, phases with their shares, progress, units, and when the first firm can move in."""
    works = works_selectors.get_works(request.user, pk)
    on = zones.today(works.zone)
    state = Works.State(works.state_on(on))
    phases = list(works.phases.select_related("works"))
    return render(
        request,
        "premises/works_detail.html",
        {
            "record": works,
            "works": works,
            "state": state,
            "colour": STATE_COLOURS[state],
            "slip": slip_of(works, on),
            "phases": phases,
            "left_cny": None if works.budget_cny is None else works.budget_cny - works.phased_cny,
            "headline": _headline(works, phases),
            "forecast_on": works.forecast_end_on(on),
            "occupancy_on": works.first_occupancy_on(on),
            "units": works.units.select_related("site", "building", "floor").order_by("name", "pk"),
            "facts": [
                (_("建设类型"), works.get_kind_display()),
                (_("楼栋"), works.building),
                (_("占地面积"), works.land_shown),
            ],
            "timeline": _timeline(request, works),
        },
    )


def slip_of(works: Works, on: date) -> str:
    """Return why works have slipped by a day, empty when they have not."""
    if works.state_on(on) != Works.State.SLIPPED:
        return ""
    if works.started_on is None:
        return _("计划 %(month)s 开工，至今未开工") % {"month": f"{works.planned_start_on:%Y-%m}"}
    return _("计划 %(day)s 竣工，至今未竣工") % {"day": works.planned_end_on.isoformat()}


def _headline(works: Works, phases: list[WorksPhase]) -> str:
    if works.budget_cny is None:
        return ""
    said = _("总投资预算 %(budget)s") % {"budget": money(works.budget_cny, works.zone)}
    if phases and phases[0].share is not None:
        said += _("，%(phase)s占 %(share)s") % {
            "phase": phases[0].name,
            "share": show_percent(phases[0].share, 0),
        }
    return said


def _timeline(request: HttpRequest, works: Works) -> list[Item]:
    may_change = request.may("change", "works")  # type: ignore[attr-defined]
    may_void = request.may("void", "works")  # type: ignore[attr-defined]
    entries = works_selectors.visible_progress(request.user).filter(works=works, is_void=False)
    return [
        entry_item(
            entry,
            what=entry.get_event_display(),
            detail=_said(entry, works.zone),
            here=works_url(works),
            evidence=EVIDENCE,
            correct_url=reverse("works-progress-correct", args=[entry.pk]) if may_change else "",
            void_url=reverse("works-progress-void", args=[entry.pk]) if may_void else "",
        )
        for entry in entries.order_by("-happened_on", "-pk")
    ]


def _said(entry: WorksProgress, zone: Zone) -> str:
    parts = [
        _("形象进度 %(percent)s%%") % {"percent": f"{entry.percent.normalize():f}"}
        if entry.percent is not None
        else "",
        _("累计完成投资 %(money)s") % {"money": money(entry.spent_cny, zone)}
        if entry.spent_cny is not None
        else "",
        _("预计 %(day)s 竣工") % {"day": entry.expected_on.isoformat()} if entry.expected_on else "",
        entry.detail,
    ]
    return " · ".join(part for part in parts if part)


@login_required
def works_add(request: HttpRequest) -> HttpResponse:
    """Enter works; ``?site=`` says on which site."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        works = services.add_works(actor=person_of(request), **values)
        messages.success(
            request, _("已新增建设项目“%(name)s”，请继续登记分期和涉及的房源。") % {"name": works}
        )
        return redirect("works-detail", pk=works.pk)

    sites = selectors.visible_sites(request.user).filter(zone=zone).order_by("name", "pk")
    initial = {"site": request.GET.get("site", ""), "land_unit": "亩", "months_to_occupancy": 0}
    form = WorksAddForm(request.POST or None, initial=initial, sites=sites, zone=zone)
    return form_response(request, form, act, title=_("新增建设项目"), cancel_url=reverse("works-list"))


@login_required
def works_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of works."""
    works = works_selectors.get_works(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_works(actor=person_of(request), works=works, version=seen_version(request), **values)
        return _done(request, works, _("已保存。"))

    initial = {
        name: getattr(works, name) for name in WorksForm.base_fields if name not in {"building", "units"}
    }
    initial |= {"building": works.building_id, "units": list(works.units.values_list("pk", flat=True))}
    form = WorksForm(request.POST or None, initial=initial, site=works.site, zone=works.zone)
    return _form(request, form, act, works, _("修改建设项目"), version=works.version)


@login_required
def phase_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a phase of works."""
    works = works_selectors.get_works(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        phase = services.add_phase(actor=person_of(request), works=works, **values)
        return _done(request, works, _("已登记%(name)s。") % {"name": phase})

    initial = {"number": works.phases.count() + 1}
    form = PhaseForm(request.POST or None, initial=initial, zone=works.zone)
    return _form(request, form, act, works, _("新增分期"))


@login_required
def phase_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a phase of works."""
    phase = works_selectors.get_phase(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_phase(actor=person_of(request), phase=phase, version=seen_version(request), **values)
        return _done(request, phase.works, _("已保存。"))

    initial = {"name": phase.name, "budget_cny": phase.budget_cny}
    form = PhaseEditForm(request.POST or None, initial=initial, zone=phase.works.zone)
    return _form(request, form, act, phase.works, _("修改分期"), version=phase.version)


@login_required
def progress_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what happened to works."""
    works = works_selectors.get_works(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, works.zone_id)
        entry = services.record_progress(actor=person_of(request), works=works, evidence=evidence, **values)
        return _done(request, works, _("已登记：%(event)s。") % {"event": entry.get_event_display()})

    event = WorksProgress.Event.STARTED if works.started_on is None else WorksProgress.Event.PROGRESS
    initial = {"on": zones.today(works.zone), "event": event}
    form = ProgressForm(request.POST or None, request.FILES or None, initial=initial, zone=works.zone)
    return _form(request, form, act, works, _("登记进度"))


@login_required
def progress_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry of works."""
    entry = works_selectors.get_progress(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_progress(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        return _done(request, entry.works, _("已更正，原条目保留在时间线中。"))

    form = ProgressCorrectForm(
        request.POST or None, initial=ProgressCorrectForm.of(entry), zone=entry.works.zone
    )
    return _form(request, form, act, entry.works, _("更正：%(event)s") % {"event": entry.get_event_display()})


@login_required
def progress_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry of works."""
    entry = works_selectors.get_progress(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_progress(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.works, _("已作废，原条目保留在台账中。"))

    title = _("作废：%(event)s") % {"event": entry.get_event_display()}
    return _form(request, VoidForm(request.POST or None), act, entry.works, title, dangerous=True)


@login_required
def progress_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an entry of works."""
    return evidence_response(works_selectors.get_progress(request.user, pk))


def site_works(request: HttpRequest, site: Site) -> list[Works]:
    """Return the works of a site as its page shows them, each with its state; soonest occupancy first."""
    rows = works_selectors.visible_works(request.user).filter(site=site)
    on = zones.today(site.zone)
    found = list(works_selectors.with_state(rows, on))
    for works in found:
        works.shown_state = state_cell(works)  # type: ignore[attr-defined]
        works.occupancy_on = works.first_occupancy_on(on)  # type: ignore[attr-defined]
    return sorted(found, key=lambda works: (works.first_occupancy_on(on), works.pk))


def _form(
    request: HttpRequest, form: Any, act: Any, works: Works, title: str, **context: Any
) -> HttpResponse:
    return form_response(
        request, form, act, title=title, cancel_url=works_url(works), site=works.site, **context
    )


def _done(request: HttpRequest, works: Works, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("works-detail", pk=works.pk)
