"""Pages of units and the states they pass."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_number_range,
    by_value,
    list_response,
)
from zhuchao.web.printing import area, day
from zhuchao.web.requests import person_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms import UnitAddForm, UnitForm, UnitStateCorrectForm, UnitStateForm
from ..models import Unit, UnitState
from ..selectors.related import related_to
from .pages import form_response
from .pictures import gallery
from .stacks import STATE_COLOURS


def _unit_url(unit: Unit) -> str:
    return reverse("unit-detail", args=[unit.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.UNIT)  # type: ignore[attr-defined]


def _site_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request)).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _fact(name: str) -> Callable[[Unit], Any]:
    return lambda unit: getattr(unit, name)


UNITS = ListPage(
    key="units",
    title=gettext_lazy("房源"),
    thing="unit",
    columns=(
        Column("name", gettext_lazy("房源"), str, link=_unit_url, on_phone=True),
        Column("kind", gettext_lazy("类型"), lambda unit: unit.get_kind_display()),
        Column(
            "gross",
            gettext_lazy("建筑面积"),
            lambda unit: unit.gross_area_m2,
            Kind.AREA,
            sort="gross_area_m2",
            total="gross_area_m2",
            on_phone=True,
        ),
        Column("net", gettext_lazy("使用面积"), lambda unit: unit.net_area_m2, Kind.AREA, hidden=True),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda unit: (unit.state, unit.get_state_display(), STATE_COLOURS[unit.state]),
            Kind.STATE,
            sort="state",
            on_phone=True,
        ),
        Column("since", gettext_lazy("状态起"), lambda unit: unit.state_since, Kind.DATE),
        Column("occupant", gettext_lazy("使用企业"), lambda unit: unit.used_by),
        Column(
            "height",
            gettext_lazy("净高"),
            lambda unit: unit.clear_height_m,
            Kind.NUMBER,
            unit="m",
            hidden=True,
        ),
        Column(
            "load",
            gettext_lazy("荷载"),
            lambda unit: unit.floor_load_kn_m2,
            Kind.NUMBER,
            unit="kN/㎡",
            hidden=True,
        ),
        Column("power", gettext_lazy("用电容量"), _fact("power_kva"), Kind.NUMBER, unit="kVA", hidden=True),
        Column("grid", gettext_lazy("柱网"), _fact("column_grid"), hidden=True),
        Column("water", gettext_lazy("供水"), _fact("water_m3_day"), Kind.NUMBER, unit="m³/天", hidden=True),
        Column("gas", gettext_lazy("通燃气"), lambda unit: yes_no(unit.has_gas), hidden=True),
        Column("sewage", gettext_lazy("通污水"), lambda unit: yes_no(unit.has_sewage), hidden=True),
        Column("hoist", gettext_lazy("起重"), _fact("hoist_t"), Kind.NUMBER, unit="t", hidden=True),
        Column("docks", gettext_lazy("装卸口"), _fact("loading_docks"), Kind.NUMBER, hidden=True),
        Column(
            "fire", gettext_lazy("火灾危险性类别"), lambda unit: unit.get_fire_class_display(), hidden=True
        ),
        Column("allowed", gettext_lazy("允许用途"), lambda unit: listed(unit.allowed_uses), hidden=True),
        Column("forbidden", gettext_lazy("禁止用途"), lambda unit: listed(unit.forbidden_uses), hidden=True),
        Column("amenities", gettext_lazy("配套"), lambda unit: listed(unit.amenities), hidden=True),
        Column(
            "asking",
            gettext_lazy("挂牌租金"),
            _fact("asking_rent_cny_m2_day"),
            Kind.NUMBER,
            unit=gettext_lazy("元/㎡·天"),
            hidden=True,
        ),
        Column("available", gettext_lazy("可用日期"), _fact("available_on"), Kind.DATE, hidden=True),
        Column("idle", gettext_lazy("部分空置"), _fact("idle_m2"), Kind.AREA, hidden=True),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), by_value("state"), choices=lambda request: Unit.State.choices),
        Filter("kind", gettext_lazy("类型"), by_value("kind"), choices=lambda request: Unit.Kind.choices),
        Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=_site_choices),
        Filter(
            "area", gettext_lazy("建筑面积"), by_number_range("gross_area_m2"), kind="number_range", unit="㎡"
        ),
    ),
    search=lambda request, rows, text: selectors.search_units(rows, _scopes(request), text),
    search_hint=gettext_lazy("载体、房号、使用企业"),
    default_sort="-gross_area_m2",
    row_verbs=(
        RowVerb(
            "state",
            gettext_lazy("变更状态"),
            lambda unit: reverse("unit-state", args=[unit.pk]),
            "tabler-refresh",
            "change",
            "unit",
        ),
    ),
    empty_sentence=gettext_lazy("还没有房源。导入载体台账，或在载体页新增房源。"),
    empty_actions=(Action(gettext_lazy("查看载体"), "site-list", "view", "site", "tabler-building"),),
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("空置"), "state=vacant"),
        (gettext_lazy("预留"), "state=reserved"),
    ),
)


def _kept_back(request: HttpRequest) -> tuple[Column, ...]:
    """Return the columns that only those who may reveal units have, each cell for its very unit."""

    def shown(value: Callable[[Unit], Any]) -> Callable[[Unit], Any]:
        return lambda unit: value(unit) if selectors.may_reveal(request.user, unit) else None

    if not request.may("reveal", "unit"):  # type: ignore[attr-defined]
        return ()
    return (
        Column(
            "rent_floor",
            gettext_lazy("底价"),
            shown(_fact("rent_floor_cny_m2_day")),
            Kind.NUMBER,
            unit=gettext_lazy("元/㎡·天"),
            hidden=True,
        ),
        Column(
            "tenure",
            gettext_lazy("产权性质"),
            shown(lambda unit: unit.get_tenure_display()),
            hidden=True,
        ),
    )


@login_required
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """List the units of the zone."""
    ids = _scopes(request)
    page = replace(UNITS, columns=(*UNITS.columns, *_kept_back(request)))
    rows = selectors.with_user(selectors.visible_units(request.user))
    return list_response(
        request, page, rows.filter(zone_id=ids[0]) if len(ids) == 1 else rows.filter(zone_id__in=ids)
    )


@login_required
def unit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a unit, its state, and the states it has passed."""
    unit = selectors.get_unit(request.user, pk)
    return render(
        request,
        "premises/unit_detail.html",
        {
            "record": unit,
            "unit": unit,
            "colour": STATE_COLOURS[Unit.State(unit.state)],
            "facts": [
                (_("载体"), unit.site),
                (_("楼栋"), unit.building),
                (_("楼层"), unit.floor),
                (_("类型"), unit.get_kind_display()),
                (_("使用企业"), unit.occupant or selectors.user_of(unit)),
            ],
            **gallery(request, unit.site, selectors.pictures_of_unit(request.user, unit)),
            "pictures_query": f"?unit={unit.pk}",
            "groups": _groups(request, unit),
            "lineage": selectors.lineage_of(unit),
            "related": related_to(person_of(request), unit),
            "revitalised": selectors.visible_revitalisations(request.user).live().filter(unit=unit),
            "signings": selectors.visible_signings(request.user)
            .live()
            .filter(places__unit=unit, lease__isnull=True),
            "hold": selectors.open_hold_of(request.user, unit),
            "leases": selectors.visible_leases(request.user)
            .filter(places__unit=unit, is_void=False)
            .order_by("-starts_on", "-pk"),
            "timeline": _timeline(request, unit),
        },
    )


def _groups(request: HttpRequest, unit: Unit) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the facts of a unit in groups; an unknown one is there too, so that somebody finds it out."""
    renting: list[tuple[str, Any]] = [
        (_("挂牌租金"), _with_unit(unit.asking_rent_cny_m2_day, _("元/㎡·天"))),
        (_("可用日期"), day(unit.available_on)),
    ]
    if selectors.may_reveal(request.user, unit):
        renting += [
            (_("底价"), _with_unit(unit.rent_floor_cny_m2_day, _("元/㎡·天"))),
            (_("产权性质"), unit.get_tenure_display()),
        ]
    return [
        (
            _("面积与条件"),
            [
                (_("建筑面积"), area(unit.gross_area_m2)),
                (_("使用面积"), area(unit.net_area_m2)),
                (_("净高"), _with_unit(unit.clear_height_m, "m")),
                (_("楼面荷载"), _with_unit(unit.floor_load_kn_m2, "kN/㎡")),
                (_("柱网"), unit.column_grid),
                (_("用电容量"), _with_unit(unit.power_kva, "kVA")),
                (_("供水"), _with_unit(unit.water_m3_day, _("m³/天"))),
                (_("通燃气"), yes_no(unit.has_gas)),
                (_("通污水"), yes_no(unit.has_sewage)),
                (_("起重"), _with_unit(unit.hoist_t, "t")),
                (_("装卸口"), unit.loading_docks),
            ],
        ),
        (
            _("用途与消防"),
            [
                (_("允许用途"), listed(unit.allowed_uses)),
                (_("禁止用途"), listed(unit.forbidden_uses)),
                (_("火灾危险性类别"), unit.get_fire_class_display()),
                (_("可用于危险品"), yes_no(unit.hazard_allowed)),
                (_("可用于食品"), yes_no(unit.food_allowed)),
                (_("配套"), listed(unit.amenities)),
            ],
        ),
        (_("租赁"), renting),
    ]


def yes_no(value: bool | None) -> str:
    """Return a yes or no in words, empty for not known."""
    return "" if value is None else _("是") if value else _("否")


def _with_unit(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{value.normalize():f} {unit}"


def _timeline(request: HttpRequest, unit: Unit) -> list[Item]:
    may_correct = request.may("change", "unit")  # type: ignore[attr-defined]
    may_void = request.may("void", "unit")  # type: ignore[attr-defined]
    rows = selectors.visible_unit_states(request.user).filter(unit=unit, is_void=False)
    return [
        entry_item(
            entry,
            what=entry.get_state_display(),
            detail=" · ".join(
                part
                for part in (
                    entry.occupant_name,
                    entry.why or entry.get_cause_display(),
                    f"{entry.area_m2:,.2f} ㎡",
                    _("其中空置 %(area)s") % {"area": area(entry.idle_m2)} if entry.idle_m2 else "",
                    entry.lineage.get_way_display() if entry.lineage else "",
                )
                if part
            ),
            here=_unit_url(unit),
            evidence="unit-state-evidence",
            correct_url=reverse("unit-state-correct", args=[entry.pk]) if may_correct else "",
            void_url=reverse("unit-state-void", args=[entry.pk]) if may_void else "",
        )
        for entry in selectors.in_order(rows)
    ]


@login_required
def unit_state_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a state entry."""
    return evidence_response(selectors.get_unit_state(request.user, pk))


@login_required
def unit_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a unit of a site."""
    site = selectors.get_site(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        unit = services.add_unit(actor=person_of(request), site=site, **values)
        messages.success(request, _("已新增房源“%(name)s”。") % {"name": unit})
        return redirect("unit-detail", pk=unit.pk)

    may_reveal = request.may("reveal", "unit")  # type: ignore[attr-defined]
    form = UnitAddForm(request.POST or None, site=site, may_reveal=may_reveal)
    return form_response(
        request,
        form,
        act,
        title=_("新增房源"),
        cancel_url=reverse("site-detail", args=[pk]),
        site=site,
        form_key="unit-add",
    )


@login_required
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a unit."""
    unit = selectors.get_unit(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_unit(actor=person_of(request), unit=unit, version=seen_version(request), **values)
        return _done(request, unit, _("已保存。"))

    initial = {name: getattr(unit, name, None) for name in UnitForm.base_fields}
    may_reveal = selectors.may_reveal(request.user, unit)
    form = UnitForm(request.POST or None, initial=initial, may_reveal=may_reveal)
    return form_response(
        request,
        form,
        act,
        title=_("修改房源"),
        cancel_url=_unit_url(unit),
        version=unit.version,
        site=unit.site,
    )


@login_required
def unit_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the state a unit came into."""
    unit = selectors.get_unit(request.user, pk)
    latest = selectors.in_order(UnitState.objects.live().filter(unit=unit)).first()

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, unit.zone_id)
        services.change_unit_state(actor=person_of(request), unit=unit, evidence=evidence, **values)
        return _done(request, unit, _("已登记状态。"))

    initial = {"on": zones.today(unit.zone), "seen": latest.pk if latest else None}
    form = UnitStateForm(request.POST or None, request.FILES or None, initial=initial)
    return form_response(
        request,
        form,
        act,
        title=_("变更状态：%(unit)s") % {"unit": unit},
        cancel_url=_unit_url(unit),
        site=unit.site,
        standing=latest,
    )


@login_required
def unit_state_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a state entry."""
    entry = selectors.get_unit_state(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_unit_state(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        return _done(request, entry.unit, _("已更正，原条目保留在时间线中。"))

    form = UnitStateCorrectForm(request.POST or None, initial=UnitStateCorrectForm.of(entry))
    return form_response(
        request, form, act, title=_("更正状态"), cancel_url=_unit_url(entry.unit), site=entry.unit.site
    )


@login_required
def unit_state_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a state entry."""
    entry = selectors.get_unit_state(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_unit_state(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.unit, _("已作废，原条目保留在时间线中。"))

    return form_response(
        request,
        VoidForm(request.POST or None),
        act,
        title=_("作废状态：%(state)s（%(day)s）")
        % {"state": entry.get_state_display(), "day": entry.happened_on},
        cancel_url=_unit_url(entry.unit),
        site=entry.unit.site,
        dangerous=True,
    )


def _done(request: HttpRequest, unit: Unit, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("unit-detail", pk=unit.pk)
