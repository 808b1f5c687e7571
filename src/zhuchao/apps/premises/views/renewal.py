"""Pages of urban renewal."""

from fractions import Fraction
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.units import show_area, show_number, show_percent, show_points
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..forms.renewal import (
    RenewalEventCorrectForm,
    RenewalEventForm,
    RenewalFigureCorrectForm,
    RenewalFigureForm,
    RenewalForm,
)
from ..models import Renewal, RenewalEvent, RenewalFigure
from ..selectors import renewal as renewals
from ..services import renewal as services
from .pages import form_response

EVIDENCE = "renewal-event-evidence"
E = TypeVar("E", RenewalEvent, RenewalFigure)


def _url(renewal: Renewal) -> str:
    return reverse("renewal-detail", args=[renewal.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.RENEWAL)  # type: ignore[attr-defined]


ADD = Action(gettext_lazy("新增更新项目"), "renewal-add", "add", "renewal", "tabler-plus")
RENEWALS = ListPage(
    key="renewals",
    title=gettext_lazy("城市更新"),
    thing="renewal",
    columns=(
        Column("name", gettext_lazy("更新项目"), lambda row: row.name, sort="name", link=_url, on_phone=True),
        Column("site", gettext_lazy("载体"), lambda row: row.site),
        Column("programme", gettext_lazy("专项行动"), lambda row: row.programme),
        Column("land", gettext_lazy("占地面积"), lambda row: row.land_shown),
        Column("new_land", gettext_lazy("新增用地"), lambda row: row.new_land_m2, Kind.AREA, hidden=True),
        Column("vacated", gettext_lazy("腾退"), lambda row: row.vacated_m2, Kind.AREA, on_phone=True),
        Column("added", gettext_lazy("新增载体"), lambda row: row.added_m2, Kind.AREA, on_phone=True),
        Column("upgraded", gettext_lazy("改造完成"), lambda row: row.upgraded_m2, Kind.AREA),
    ),
    search=lambda request, rows, text: (
        rows.filter(name__icontains=text) | rows.filter(programme__icontains=text)
    ),
    search_hint=gettext_lazy("项目、专项行动"),
    default_sort="name",
    main_action=ADD,
    other_actions=(Action(gettext_lazy("更新条目"), "renewal-event-list", "view", "renewal"),),
    empty_sentence=gettext_lazy("还没有更新项目。导入更新改造台账，或新增第一个。"),
    empty_actions=(ADD,),
)
EVENTS = ListPage(
    key="renewal-events",
    title=gettext_lazy("更新条目"),
    thing="renewal",
    columns=(
        Column(
            "renewal",
            gettext_lazy("更新项目"),
            lambda entry: entry.renewal,
            link=lambda entry: _url(entry.renewal),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("事项"), lambda entry: entry.get_kind_display(), on_phone=True),
        Column("on", gettext_lazy("日期"), lambda entry: entry.happened_on, Kind.DATE, sort="happened_on"),
        Column(
            "area",
            gettext_lazy("建筑面积"),
            lambda entry: entry.area_m2,
            Kind.AREA,
            total="area_m2",
            on_phone=True,
        ),
        Column("firms", gettext_lazy("企业数"), lambda entry: entry.firms, Kind.NUMBER),
        Column("old", gettext_lazy("原企业"), lambda entry: entry.old_name),
        Column("new", gettext_lazy("新企业"), lambda entry: entry.new_name),
        Column("note", gettext_lazy("佐证"), lambda entry: entry.evidence or entry.evidence_note),
    ),
    filters=(
        Filter(
            "kind", gettext_lazy("事项"), by_value("kind"), choices=lambda request: RenewalEvent.Kind.choices
        ),
        Filter("on", gettext_lazy("日期"), by_date_range("happened_on"), kind="date_range"),
    ),
    default_sort="-happened_on",
    empty_sentence=gettext_lazy("还没有更新条目。"),
)


@login_required
def renewal_list(request: HttpRequest) -> HttpResponseBase:
    """List the renewals of the zone with what each vacated and brought."""
    rows = renewals.visible_renewals(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, RENEWALS, renewals.with_areas(rows))


@login_required
def event_list(request: HttpRequest) -> HttpResponseBase:
    """List the events of all renewals; the totals row is the sum over what is shown."""
    rows = renewals.visible_events(request.user).live().filter(zone_id__in=_scopes(request))
    return list_response(request, EVENTS, rows)


@login_required
def renewal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a renewal: vacated against added, before against after, tenants replaced."""
    renewal = renewals.get_renewal(request.user, pk)
    sums = renewals.with_areas(Renewal.objects.filter(pk=pk)).get()
    events = renewals.visible_events(request.user).filter(renewal=renewal, is_void=False)
    live = events.live()
    return render(
        request,
        "premises/renewal_detail.html",
        {
            "record": renewal,
            "renewal": renewal,
            "sums": sums,
            "no_new_land": renewal.new_land_m2 == 0,
            "comparison": [_shown(row) for row in renewals.compare(renewal)],
            "replaced": [
                {
                    "entry": entry,
                    "old": _per_mu(entry.old_per_mu),
                    "new": _per_mu(entry.new_per_mu),
                    "delta": _per_mu(entry.delta_per_mu, signed=True),
                }
                for entry in live.filter(kind=RenewalEvent.Kind.REPLACED)
            ],
            "facts": [
                (_("载体"), renewal.site),
                (_("专项行动"), renewal.programme),
                (_("占地面积"), renewal.land_shown),
            ],
            "timeline": _timeline(request, renewal),
        },
    )


def _per_mu(value: Fraction | None, *, signed: bool = False) -> str:
    if value is None:
        return "—"
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{show_number(value / 10000, 2)} " + _("万元/亩")


def _shown(row: renewals.Comparison) -> dict[str, Any]:
    """Return one line of the before and after picture in people's words."""
    label = {
        "output": _("亩均产值"),
        "tax": _("亩均税收"),
        "far": _("容积率"),
        "coverage": _("建筑密度"),
    }[row.key]
    if row.key in {"output", "tax"}:
        texts = [_per_mu(row.before), _per_mu(row.after), _per_mu(row.delta, signed=True)]
    elif row.key == "far":
        plus = "+" if row.delta is not None and row.delta > 0 else ""
        texts = [show_number(row.before, 2), show_number(row.after, 2), plus + show_number(row.delta, 2)]
    else:
        points = None if row.delta is None else row.delta * 100
        texts = [show_percent(row.before), show_percent(row.after), show_points(points)]
    grows = row.delta is not None and row.delta > 0
    falls = row.delta is not None and row.delta < 0
    return {
        "label": label,
        "before": texts[0],
        "after": texts[1],
        "delta": texts[2],
        "arrow": "↑" if grows else "↓" if falls else "",
        "colour": "green" if grows else "red" if falls else "secondary",
    }


def _timeline(request: HttpRequest, renewal: Renewal) -> list[Item]:
    may_void = request.may("void", "renewal")  # type: ignore[attr-defined]
    may_correct = request.may("change", "renewal")  # type: ignore[attr-defined]
    items = []
    for entry in renewals.visible_events(request.user).filter(renewal=renewal, is_void=False):
        parts = [show_area(entry.area_m2) if entry.area_m2 else ""]
        if entry.kind == RenewalEvent.Kind.REPLACED:
            parts.append(f"{entry.old_name} → {entry.new_name}")
        items.append(
            entry_item(
                entry,
                what=entry.get_kind_display(),
                detail=" · ".join(part for part in parts if part),
                here=_url(renewal),
                evidence=EVIDENCE,
                correct_url=reverse("renewal-event-correct", args=[entry.pk]) if may_correct else "",
                void_url=reverse("renewal-event-void", args=[entry.pk]) if may_void else "",
            )
        )
    for figure in renewals.visible_figures(request.user).filter(renewal=renewal, is_void=False):
        value = money(figure.value, renewal.zone) if figure.is_money else show_area(figure.value)
        items.append(
            entry_item(
                figure,
                what=f"{figure.get_side_display()} · {figure.get_measure_display()}",
                detail=f"{figure.year} · {value}",
                here=_url(renewal),
                correct_url=reverse("renewal-figure-correct", args=[figure.pk]) if may_correct else "",
                void_url=reverse("renewal-figure-void", args=[figure.pk]) if may_void else "",
            )
        )
    return sorted(items, key=lambda item: (item.happened_on, item.moment), reverse=True)


@login_required
def renewal_add(request: HttpRequest) -> HttpResponse:
    """Enter a renewal."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        renewal = services.add_renewal(actor=person_of(request), zone=zone, **values)
        return _done(request, renewal, _("已新增更新项目，请登记腾退、新增和更新前后数据。"))

    sites = selectors.visible_sites(request.user).filter(zone=zone).order_by("name", "pk")
    form = RenewalForm(request.POST or None, initial={"land_unit": "亩"}, sites=sites, zone=zone)
    return form_response(request, form, act, title=_("新增更新项目"), cancel_url=reverse("renewal-list"))


@login_required
def renewal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a renewal."""
    renewal = renewals.get_renewal(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_renewal(
            actor=person_of(request), renewal=renewal, version=seen_version(request), **values
        )
        return _done(request, renewal, _("已保存。"))

    initial = {name: getattr(renewal, name) for name in RenewalForm.base_fields if name != "site"}
    sites = selectors.visible_sites(request.user).filter(zone_id=renewal.zone_id).order_by("name", "pk")
    form = RenewalForm(
        request.POST or None, initial=initial | {"site": renewal.site_id}, sites=sites, zone=renewal.zone
    )
    return _form(request, form, act, renewal, _("修改更新项目"), version=renewal.version)


@login_required
def event_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an event of a renewal."""
    renewal = renewals.get_renewal(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, renewal.zone_id)
        services.record_event(actor=person_of(request), renewal=renewal, evidence=evidence, **values)
        return _done(request, renewal, _("已登记。"))

    initial = {"on": zones.today(renewal.zone)}
    form = RenewalEventForm(request.POST or None, request.FILES or None, initial=initial, zone=renewal.zone)
    return _form(request, form, act, renewal, _("登记更新条目"))


@login_required
def figure_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a figure of a place before or after its renewal."""
    renewal = renewals.get_renewal(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.record_figure(actor=person_of(request), renewal=renewal, **values)
        return _done(request, renewal, _("已登记。"))

    initial = {"year": zones.today(renewal.zone).year - 1}
    form = RenewalFigureForm(request.POST or None, initial=initial, zone=renewal.zone)
    return _form(request, form, act, renewal, _("登记更新前后数据"))


@login_required
def event_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an event of a renewal."""
    entry = renewals.get_event(request.user, pk)
    form = RenewalEventCorrectForm(
        request.POST or None, initial=RenewalEventCorrectForm.of(entry), zone=entry.zone
    )
    return _correct(request, entry, form)


@login_required
def figure_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a figure of a renewal."""
    entry = renewals.get_figure(request.user, pk)
    form = RenewalFigureCorrectForm(
        request.POST or None, initial=RenewalFigureCorrectForm.of(entry), zone=entry.zone
    )
    return _correct(request, entry, form)


@login_required
def event_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an event of a renewal."""
    return _void(request, renewals.get_event(request.user, pk))


@login_required
def figure_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a figure of a renewal."""
    return _void(request, renewals.get_figure(request.user, pk))


@login_required
def event_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an event of a renewal."""
    return evidence_response(renewals.get_event(request.user, pk))


def _correct(request: HttpRequest, entry: E, form: RenewalEventForm | RenewalFigureForm) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        if "on" in values:
            values["happened_on"] = values.pop("on")
        services.correct_renewal_entry(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.renewal, _("已更正，原条目保留在台账中。"))

    return _form(request, form, act, entry.renewal, _("更正更新条目"))


def _void(request: HttpRequest, entry: E) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_renewal_entry(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.renewal, _("已作废，原条目保留在台账中。"))

    form = VoidForm(request.POST or None)
    return _form(request, form, act, entry.renewal, _("作废更新条目"), dangerous=True)


def _form(
    request: HttpRequest, form: Any, act: Any, renewal: Renewal, title: str, **context: Any
) -> HttpResponse:
    return form_response(request, form, act, title=title, cancel_url=_url(renewal), **context)


def _done(request: HttpRequest, renewal: Renewal, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("renewal-detail", pk=renewal.pk)
