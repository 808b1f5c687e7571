"""Pages of relocation."""

from datetime import date
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.units import show_area, show_percent
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_flag, by_value, list_response
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..forms.relocations import (
    RelocationEntryCorrectForm,
    RelocationEntryForm,
    RelocationPartyAddForm,
    RelocationPartyForm,
    RelocationSchemeForm,
)
from ..models import RelocationEntry, RelocationParty, RelocationScheme
from ..selectors import relocations
from ..services import relocations as services
from .pages import form_response

EVIDENCE = "relocation-entry-evidence"
LATE_SHOWN = 20


def _url(scheme: RelocationScheme) -> str:
    return reverse("relocation-detail", args=[scheme.pk])


def _party_url(party: RelocationParty) -> str:
    return reverse("relocation-party-detail", args=[party.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.RELOCATION)  # type: ignore[attr-defined]


def _ratio(part: Any, whole: Any) -> str:
    return show_percent(Fraction(part or 0) / Fraction(whole)) if whole else "—"


ADD = Action(gettext_lazy("新增征迁项目"), "relocation-add", "add", "relocation", "tabler-plus")
SCHEMES = ListPage(
    key="relocations",
    title=gettext_lazy("征地拆迁"),
    thing="relocation",
    columns=(
        Column("name", gettext_lazy("征迁项目"), lambda row: row.name, sort="name", link=_url, on_phone=True),
        Column("site", gettext_lazy("载体"), lambda row: row.site),
        Column("parties", gettext_lazy("征迁户数"), lambda row: row.party_count, Kind.NUMBER),
        Column("area", gettext_lazy("建筑面积"), lambda row: row.area_m2, Kind.AREA),
        Column("step", gettext_lazy("整体进度按"), lambda row: row.get_counted_step_display()),
        Column(
            "by_count",
            gettext_lazy("按户数"),
            lambda row: _ratio(row.done_count, row.party_count),
            on_phone=True,
        ),
        Column(
            "by_area", gettext_lazy("按面积"), lambda row: _ratio(row.done_m2, row.area_m2), on_phone=True
        ),
        Column("due", gettext_lazy("计划完成"), lambda row: row.due_on, Kind.DATE, sort="due_on"),
    ),
    search=lambda request, rows, text: relocations.search_schemes(rows, _scopes(request), text),
    search_hint=gettext_lazy("项目、企业"),
    default_sort="name",
    main_action=ADD,
    other_actions=(Action(gettext_lazy("征迁户"), "relocation-party-list", "view", "relocation"),),
    empty_sentence=gettext_lazy("还没有征迁项目。导入征迁台账，或新增第一个。"),
    empty_actions=(ADD,),
)


def _scheme_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = relocations.visible_schemes(request.user).filter(zone_id__in=_scopes(request))
    return [(str(pk), name) for pk, name in rows.order_by("name", "pk").values_list("pk", "name")]


PARTIES = ListPage(
    key="relocation-parties",
    title=gettext_lazy("征迁户"),
    thing="relocation",
    columns=(
        Column("number", gettext_lazy("户号"), lambda row: row.number, sort="number", link=_party_url),
        Column("name", gettext_lazy("户名"), lambda row: row.name, link=_party_url, on_phone=True),
        Column("kind", gettext_lazy("类别"), lambda row: row.get_kind_display()),
        Column("scheme", gettext_lazy("征迁项目"), lambda row: row.scheme, link=lambda row: _url(row.scheme)),
        Column("area", gettext_lazy("建筑面积"), lambda row: row.area_m2, Kind.AREA, total="area_m2"),
        Column("agreed_on", gettext_lazy("已签协议"), lambda row: row.agreed_on, Kind.DATE, on_phone=True),
        Column("moved_on", gettext_lazy("已搬离"), lambda row: row.moved_on, Kind.DATE),
        Column("handed_on", gettext_lazy("已腾空交付"), lambda row: row.handed_on, Kind.DATE, on_phone=True),
        Column("demolished_on", gettext_lazy("已拆除"), lambda row: row.demolished_on, Kind.DATE),
        Column(
            "agreed_cny", gettext_lazy("协议补偿"), lambda row: row.agreed_cny, Kind.MONEY, total="agreed_cny"
        ),
        Column("paid_cny", gettext_lazy("已付补偿"), lambda row: row.paid_cny, Kind.MONEY, total="paid_cny"),
        Column("due", gettext_lazy("约定期限"), lambda row: row.due_on or row.scheme.due_on, Kind.DATE),
    ),
    filters=(
        Filter("scheme", gettext_lazy("征迁项目"), by_value("scheme_id"), choices=_scheme_choices),
        Filter(
            "kind",
            gettext_lazy("类别"),
            by_value("kind"),
            choices=lambda request: RelocationParty.Kind.choices,
        ),
        Filter(
            "done",
            gettext_lazy("计入整体进度"),
            by_flag("is_done"),
            choices=lambda request: [("1", gettext_lazy("是")), ("0", gettext_lazy("否"))],
        ),
    ),
    search=lambda request, rows, text: (
        rows.filter(name__icontains=text) | rows.filter(number__icontains=text)
    ),
    search_hint=gettext_lazy("户号、户名"),
    default_sort="number",
    empty_sentence=gettext_lazy("还没有征迁户。打开征迁项目登记，或导入征迁台账。"),
)


@login_required
def scheme_list(request: HttpRequest) -> HttpResponseBase:
    """List the schemes of the zone with their progress by count and by area."""
    rows = relocations.visible_schemes(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, SCHEMES, relocations.with_progress(rows))


@login_required
def party_list(request: HttpRequest) -> HttpResponseBase:
    """List the households and firms of all schemes with their steps."""
    rows = relocations.visible_parties(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, PARTIES, relocations.with_steps(rows))


@login_required
def scheme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a scheme: overall progress by count and by area, every step, compensation, who is late; ``?on=`` a day."""
    scheme = relocations.get_scheme(request.user, pk)
    today = zones.today(scheme.zone)
    on = _day(request.GET.get("on", "")) or today
    progress = relocations.progress_of(scheme, on, zones.now(scheme.zone))
    late = relocations.late_parties(relocations.visible_parties(request.user).filter(scheme=scheme), today)
    return render(
        request,
        "premises/relocation_detail.html",
        {
            "record": scheme,
            "scheme": scheme,
            "on": on,
            "today": today,
            "progress": progress,
            "bars": [
                {
                    "done": done,
                    "count_percent": _width(done.by_count),
                    "area_percent": _width(done.by_area),
                    "counted": done.step == scheme.counted_step,
                }
                for done in progress.steps
            ],
            "paid_percent": _width(progress.paid_ratio),
            "late": late.order_by("last_on", "number")[:LATE_SHOWN],
            "late_count": late.count(),
            "facts": [
                (_("载体"), scheme.site),
                (_("启动日期"), scheme.started_on),
                (_("计划完成"), scheme.due_on),
                (_("备注"), scheme.note),
            ],
        },
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def _width(ratio: Fraction | None) -> int:
    return 0 if ratio is None else int(ratio * 100)


@login_required
def party_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a household or firm: its area, steps, compensation and every entry."""
    party = relocations.get_party(request.user, pk)
    shown = relocations.with_steps(RelocationParty.objects.filter(pk=pk)).first()
    may = request.may  # type: ignore[attr-defined]
    may_correct, may_void = may("change", "relocation"), may("void", "relocation")
    entries = relocations.visible_relocation_entries(request.user).filter(party=party, is_void=False)
    return render(
        request,
        "premises/relocation_party.html",
        {
            "record": party,
            "party": party,
            "steps": shown,
            "facts": [
                (_("类别"), party.get_kind_display()),
                (_("地址"), party.address),
                (_("约定期限"), party.due_on or party.scheme.due_on),
            ],
            "timeline": [
                _item(entry, party, may_correct=may_correct, may_void=may_void) for entry in entries
            ],
        },
    )


def _item(entry: RelocationEntry, party: RelocationParty, *, may_correct: bool, may_void: bool) -> Item:
    parts = [
        show_area(entry.area_m2) if entry.area_m2 else "",
        money(entry.amount_cny, party.zone) if entry.amount_cny is not None else "",
    ]
    return entry_item(
        entry,
        what=entry.get_kind_display(),
        detail=" · ".join(part for part in parts if part),
        here=_party_url(party),
        evidence=EVIDENCE,
        correct_url=reverse("relocation-entry-correct", args=[entry.pk]) if may_correct else "",
        void_url=reverse("relocation-entry-void", args=[entry.pk]) if may_void else "",
    )


@login_required
def scheme_add(request: HttpRequest) -> HttpResponse:
    """Enter a scheme."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        scheme = services.add_scheme(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已新增征迁项目，请登记征迁户。"))
        return redirect(_url(scheme))

    sites = selectors.visible_sites(request.user).filter(zone=zone).order_by("name", "pk")
    form = RelocationSchemeForm(request.POST or None, sites=sites, zone=zone)
    return form_response(request, form, act, title=_("新增征迁项目"), cancel_url=reverse("relocation-list"))


@login_required
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a scheme."""
    scheme = relocations.get_scheme(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_scheme(
            actor=person_of(request), scheme=scheme, version=seen_version(request), **values
        )
        return _done(request, _url(scheme), _("已保存。"))

    initial = {name: getattr(scheme, name) for name in RelocationSchemeForm.base_fields if name != "site"}
    sites = selectors.visible_sites(request.user).filter(zone_id=scheme.zone_id).order_by("name", "pk")
    form = RelocationSchemeForm(
        request.POST or None, initial=initial | {"site": scheme.site_id}, sites=sites, zone=scheme.zone
    )
    return form_response(
        request, form, act, title=_("修改征迁项目"), cancel_url=_url(scheme), version=scheme.version
    )


@login_required
def party_add(request: HttpRequest, pk: int) -> HttpResponse:
    """List a household or firm in a scheme."""
    scheme = relocations.get_scheme(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, scheme.zone_id)
        party = services.add_party(actor=person_of(request), scheme=scheme, evidence=evidence, **values)
        return _done(request, _party_url(party), _("已纳入征迁。"))

    initial = {"on": zones.today(scheme.zone)}
    form = RelocationPartyAddForm(
        request.POST or None, request.FILES or None, initial=initial, zone=scheme.zone
    )
    return form_response(request, form, act, title=_("新增征迁户"), cancel_url=_url(scheme))


@login_required
def party_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit who a household or firm is."""
    party = relocations.get_party(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_party(actor=person_of(request), party=party, version=seen_version(request), **values)
        return _done(request, _party_url(party), _("已保存。"))

    initial = {name: getattr(party, name) for name in RelocationPartyForm.base_fields}
    form = RelocationPartyForm(request.POST or None, initial=initial, zone=party.zone)
    return form_response(
        request, form, act, title=_("修改征迁户"), cancel_url=_party_url(party), version=party.version
    )


@login_required
def entry_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a step of a household or firm, or a payment."""
    party = relocations.get_party(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, party.zone_id)
        entry = services.record_step(actor=person_of(request), party=party, evidence=evidence, **values)
        return _done(
            request, _party_url(party), _("已登记：%(event)s。") % {"event": entry.get_kind_display()}
        )

    initial = {"on": zones.today(party.zone), "kind": _next_kind(party)}
    form = RelocationEntryForm(request.POST or None, request.FILES or None, initial=initial, zone=party.zone)
    return form_response(request, form, act, title=_("登记征迁进展"), cancel_url=_party_url(party))


def _next_kind(party: RelocationParty) -> str:
    """Return what most likely comes next for a party: the first of its steps that has no entry yet."""
    known = set(RelocationEntry.objects.live().filter(party=party).values_list("kind", flat=True))
    kinds = [str(kind.value) for kind in RelocationEntry.Kind]
    return next((kind for kind in kinds if kind not in known), kinds[-1])


@login_required
def entry_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry of a household or firm."""
    entry = relocations.get_relocation_entry(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        values["happened_on"] = values.pop("on")
        services.correct_relocation_entry(actor=person_of(request), entry=entry, **values)
        return _done(request, _party_url(entry.party), _("已更正，原条目保留在台账中。"))

    title = _("更正：%(event)s") % {"event": entry.get_kind_display()}
    form = RelocationEntryCorrectForm(request.POST or None, entry=entry)
    return form_response(request, form, act, title=title, cancel_url=_party_url(entry.party))


@login_required
def entry_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry of a household or firm."""
    entry = relocations.get_relocation_entry(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_relocation_entry(actor=person_of(request), entry=entry, **values)
        return _done(request, _party_url(entry.party), _("已作废，原条目保留在台账中。"))

    title = _("作废：%(event)s") % {"event": entry.get_kind_display()}
    form = VoidForm(request.POST or None)
    return form_response(request, form, act, title=title, cancel_url=_party_url(entry.party), dangerous=True)


@login_required
def entry_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an entry."""
    return evidence_response(relocations.get_relocation_entry(request.user, pk))


def _done(request: HttpRequest, url: str, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(url)
