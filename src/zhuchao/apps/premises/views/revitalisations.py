"""Pages of the revitalisation ledger."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.attachments import evidence_response, evidence_url, kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms import RevitalisationCorrectForm, RevitalisationForm
from ..models import Revitalisation, Unit
from .pages import form_response

EVIDENCE = "revitalisation-evidence"


def _url(entry: Revitalisation) -> str:
    return reverse("revitalisation-detail", args=[entry.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.REVITALISATION)  # type: ignore[attr-defined]


def _site_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request)).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


REVITALISATIONS = ListPage(
    key="revitalisations",
    title=gettext_lazy("盘活台账"),
    thing="revitalisation",
    columns=(
        Column("place", gettext_lazy("盘活载体"), lambda entry: entry.place, link=_url, on_phone=True),
        Column(
            "on",
            gettext_lazy("盘活日期"),
            lambda entry: entry.happened_on,
            Kind.DATE,
            sort="happened_on",
            on_phone=True,
        ),
        Column(
            "area",
            gettext_lazy("盘活面积"),
            lambda entry: entry.area_m2,
            Kind.AREA,
            total="area_m2",
            on_phone=True,
        ),
        Column("way", gettext_lazy("盘活方式"), lambda entry: entry.way),
        Column("used_by", gettext_lazy("引进企业"), lambda entry: entry.used_by),
        Column("site", gettext_lazy("载体"), lambda entry: entry.site, hidden=True),
        Column(
            "evidence",
            gettext_lazy("佐证"),
            lambda entry: entry.evidence or entry.evidence_note,
            link=lambda entry: evidence_url(entry, EVIDENCE),
        ),
        Column("by", gettext_lazy("登记人"), lambda entry: entry.recorded_by, hidden=True),
        Column("at", gettext_lazy("登记时间"), lambda entry: entry.recorded_at, Kind.MOMENT, hidden=True),
    ),
    filters=(
        Filter("on", gettext_lazy("盘活日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=_site_choices),
    ),
    search=lambda request, rows, text: (
        rows.filter(place__icontains=text) | rows.filter(used_by__icontains=text)
    ),
    search_hint=gettext_lazy("载体、位置、引进企业"),
    default_sort="-happened_on",
    main_action=Action(
        gettext_lazy("登记盘活"), "revitalisation-add", "add", "revitalisation", "tabler-plus"
    ),
    empty_sentence=gettext_lazy("还没有盘活条目。导入盘活台账，或登记第一条。"),
    empty_actions=(
        Action(gettext_lazy("登记盘活"), "revitalisation-add", "add", "revitalisation", "tabler-plus"),
    ),
)


@login_required
def revitalisation_list(request: HttpRequest) -> HttpResponseBase:
    """List what counts as revitalised; the totals row is the sum over what is shown."""
    rows = selectors.visible_revitalisations(request.user).live().filter(zone_id__in=_scopes(request))
    return list_response(request, REVITALISATIONS, rows)


@login_required
def revitalisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an entry with its evidence and what it replaced or was replaced by."""
    entry = selectors.get_revitalisation(request.user, pk)
    return render(
        request,
        "premises/revitalisation_detail.html",
        {
            "record": entry,
            "entry": entry,
            "facts": [
                (_("盘活日期"), entry.happened_on.isoformat()),
                (_("载体"), entry.site),
                (_("房源"), entry.unit),
                (_("盘活方式"), entry.way),
                (_("引进企业"), entry.used_by),
            ],
            "evidence_url": evidence_url(entry, EVIDENCE),
            "timeline": _timeline(request, entry),
        },
    )


@login_required
def revitalisation_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an entry."""
    return evidence_response(selectors.get_revitalisation(request.user, pk))


def _timeline(request: HttpRequest, entry: Revitalisation) -> list[Item]:
    may_correct = request.may("change", "revitalisation")  # type: ignore[attr-defined]
    may_void = request.may("void", "revitalisation")  # type: ignore[attr-defined]
    return [
        entry_item(
            version,
            what=_("盘活 %(area)s ㎡") % {"area": f"{version.area_m2:,.2f}"},
            detail=" · ".join(part for part in (version.place, version.way, version.used_by) if part),
            here=_url(version.replaced_by) if hasattr(version, "replaced_by") else _url(version),
            evidence=EVIDENCE,
            correct_url=reverse("revitalisation-correct", args=[version.pk]) if may_correct else "",
            void_url=reverse("revitalisation-void", args=[version.pk]) if may_void else "",
        )
        for version in selectors.versions_of(request.user, entry)
    ]


@login_required
def revitalisation_add(request: HttpRequest) -> HttpResponse:
    """Enter a revitalisation; ``?unit=`` says of which unit."""
    zone = zone_of(request)
    unit = _unit(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, zone.pk)
        if unit is not None:
            values |= {"site": unit.site, "unit": unit}
        entry = services.record_revitalisation(
            actor=person_of(request), zone=unit.zone if unit else zone, evidence=evidence, **values
        )
        messages.success(request, _("已登记盘活 %(area)s ㎡。") % {"area": f"{entry.area_m2:,.2f}"})
        return redirect("revitalisation-detail", pk=entry.pk)

    initial: dict[str, Any] = {"on": zones.today(zone)}
    if unit is not None:
        initial |= {"site": unit.site_id, "area_m2": unit.gross_area_m2, "place": str(unit)}
    sites = selectors.visible_sites(request.user).filter(zone=zone).order_by("name", "pk")
    form = RevitalisationForm(request.POST or None, request.FILES or None, initial=initial, sites=sites)
    return form_response(
        request,
        form,
        act,
        title=_("登记盘活"),
        cancel_url=reverse("unit-detail", args=[unit.pk]) if unit else reverse("revitalisation-list"),
        site=unit.site if unit else None,
    )


def _unit(request: HttpRequest) -> Unit | None:
    text = request.GET.get("unit", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound(what=_("该房源"))
    return selectors.get_unit(request.user, int(text))


@login_required
def revitalisation_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry."""
    entry = selectors.get_revitalisation(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, entry.zone_id)
        if evidence is not None:
            values["evidence"] = evidence
        successor = services.correct_revitalisation(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        messages.success(request, _("已更正，原条目保留在时间线中。"))
        return redirect("revitalisation-detail", pk=successor.pk)

    form = RevitalisationCorrectForm(
        request.POST or None, request.FILES or None, initial=RevitalisationCorrectForm.of(entry)
    )
    return form_response(request, form, act, title=_("更正盘活条目"), cancel_url=_url(entry))


@login_required
def revitalisation_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry."""
    entry = selectors.get_revitalisation(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_revitalisation(actor=person_of(request), entry=entry, **values)
        messages.success(request, _("已作废，原条目保留在台账中。"))
        return redirect("revitalisation-detail", pk=pk)

    return form_response(
        request,
        VoidForm(request.POST or None),
        act,
        title=_("作废：%(place)s %(area)s ㎡") % {"place": entry.place, "area": f"{entry.area_m2:,.2f}"},
        cancel_url=_url(entry),
        dangerous=True,
    )
