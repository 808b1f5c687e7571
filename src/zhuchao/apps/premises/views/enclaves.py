"""Pages of enclaves."""

from datetime import date
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
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Kind, ListPage, list_response
from zhuchao.web.printing import plain_number
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..forms.enclaves import EnclaveEditForm, EnclaveForm, EnclaveShareForm
from ..models import Enclave, EnclaveShare
from ..selectors import enclaves
from ..services import enclaves as services
from .pages import form_response

EVIDENCE = "enclave-share-evidence"


def _url(enclave: Enclave) -> str:
    return reverse("enclave-detail", args=[enclave.pk])


def _said(share: EnclaveShare, enclave: Enclave) -> str:
    """Return a share in words: both parks with their percentages."""
    return (
        f"{enclave.zone.short_name} {plain_number(share.keeper_percent)}% · "
        f"{enclave.partner.short_name} {plain_number(share.partner_percent)}%"
    )


ADD = Action(gettext_lazy("新增飞地"), "enclave-add", "add", "enclave", "tabler-plus")
ENCLAVES = ListPage(
    key="enclaves",
    title=gettext_lazy("飞地"),
    thing="enclave",
    columns=(
        Column("site", gettext_lazy("飞地"), lambda row: row.site, link=_url, on_phone=True),
        Column("zone", gettext_lazy("管理园区"), lambda row: row.zone, on_phone=True),
        Column("partner", gettext_lazy("合作园区"), lambda row: row.partner, on_phone=True),
        Column("address", gettext_lazy("地址"), lambda row: row.site.address),
        Column("percent", gettext_lazy("合作园区比例（%）"), lambda row: row.partner_percent, Kind.NUMBER),
        Column("area", gettext_lazy("建筑面积"), lambda row: row.gross_m2, Kind.AREA),
        Column("agreed", gettext_lazy("协议日期"), lambda row: row.agreed_on, Kind.DATE),
    ),
    search=lambda request, rows, text: (
        rows.filter(site__name__icontains=text) | rows.filter(partner__name__icontains=text)
    ),
    search_hint=gettext_lazy("载体、合作园区"),
    default_sort="pk",
    main_action=ADD,
    other_actions=(Action(gettext_lazy("飞地归属账"), "enclave-account", "view", "enclave"),),
    empty_sentence=gettext_lazy("还没有飞地。导入飞地台账，或新增第一个。"),
    empty_actions=(ADD,),
)


@login_required
def enclave_list(request: HttpRequest) -> HttpResponseBase:
    """List the enclaves that the zone keeps or has a share in."""
    scopes = zones.zones_under(request.user, request.zone, Thing.ENCLAVE)  # type: ignore[attr-defined]
    return list_response(request, ENCLAVES, enclaves.with_shares(enclaves.enclaves_of(request.user, scopes)))


@login_required
def enclave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an enclave to people of either park: its shares, its firms, its free space."""
    enclave = enclaves.get_enclave(request.user, pk)
    actor = person_of(request)
    on, as_of = zones.today(enclave.zone), zones.now(enclave.zone)
    tenants = enclaves.tenants_of(enclave, on, as_of)
    share = enclaves.shares_on([enclave], on, as_of).get(enclave.pk)
    return render(
        request,
        "premises/enclave_detail.html",
        {
            "record": enclave,
            "enclave": enclave,
            "share": share,
            "share_said": _said(share, enclave) if share else "",
            "tenants": list(tenants.values()),
            "may_open": selectors.visible_sites(actor).filter(pk=enclave.site_id).exists(),
            "may_change": zones.may(actor, Verb.CHANGE, Thing.ENCLAVE, enclave.zone_id),
            "may_add": zones.may(actor, Verb.ADD, Thing.ENCLAVE, enclave.zone_id),
            "facts": [
                (_("管理园区"), enclave.zone),
                (_("合作园区"), enclave.partner),
                (_("地址"), enclave.site.address),
                (_("协议日期"), enclave.agreed_on),
                (_("备注"), enclave.note),
            ],
            "timeline": _timeline(request, enclave),
        },
    )


def _timeline(request: HttpRequest, enclave: Enclave) -> list[Item]:
    may_void = zones.may(person_of(request), Verb.VOID, Thing.ENCLAVE, enclave.zone_id)
    return [
        entry_item(
            share,
            what=_("归属比例"),
            detail=_said(share, enclave),
            here=_url(enclave),
            evidence=EVIDENCE,
            void_url=reverse("enclave-share-void", args=[share.pk]) if may_void else "",
        )
        for share in enclaves.visible_shares(request.user).filter(enclave=enclave, is_void=False)
    ]


@login_required
def enclave_account(request: HttpRequest) -> HttpResponse:
    """Show what each park counts and the region once; ``?park=`` opens a figure to what it is made of."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.ENCLAVE, zone)
    today = zones.today(zone)
    on = _day(request.GET.get("on", "")) or today
    found = enclaves.account_of_region(actor, zone, on, zones.now(zone))
    opened = next((one for one in found.parks if one.park.code == request.GET.get("park")), None)
    return render(
        request,
        "premises/enclave_account.html",
        {"account": found, "zone_here": zone, "on": on, "today": today, "opened": opened},
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


@login_required
def enclave_add(request: HttpRequest) -> HttpResponse:
    """Make a site an enclave."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        enclave = services.add_enclave(actor=person_of(request), **values)
        return _done(request, enclave, _("已新增飞地，请登记归属比例。"))

    sites = selectors.visible_sites(request.user).filter(zone=zone, parent=None).order_by("name", "pk")
    form = EnclaveForm(request.POST or None, sites=sites, partners=enclaves.partners_of(zone), zone=zone)
    return form_response(request, form, act, title=_("新增飞地"), cancel_url=reverse("enclave-list"))


@login_required
def enclave_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the day of the agreement and the note of an enclave."""
    enclave = enclaves.get_enclave(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.ENCLAVE, enclave.zone_id)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_enclave(
            actor=person_of(request), enclave=enclave, version=seen_version(request), **values
        )
        return _done(request, enclave, _("已保存。"))

    initial = {"agreed_on": enclave.agreed_on, "note": enclave.note}
    form = EnclaveEditForm(request.POST or None, initial=initial, zone=enclave.zone)
    return form_response(
        request, form, act, title=_("修改飞地"), cancel_url=_url(enclave), version=enclave.version
    )


@login_required
def share_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an agreed share of an enclave."""
    enclave = enclaves.get_enclave(request.user, pk)
    zones.require(person_of(request), Verb.ADD, Thing.ENCLAVE, enclave.zone_id)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, enclave.zone_id)
        services.agree_share(actor=person_of(request), enclave=enclave, evidence=evidence, **values)
        return _done(request, enclave, _("已登记。"))

    initial = {"on": zones.today(enclave.zone)}
    form = EnclaveShareForm(request.POST or None, request.FILES or None, initial=initial, zone=enclave.zone)
    return form_response(request, form, act, title=_("登记归属比例"), cancel_url=_url(enclave))


@login_required
def share_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an agreed share."""
    share = enclaves.get_share(request.user, pk)
    zones.require(person_of(request), Verb.VOID, Thing.ENCLAVE, share.zone_id)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_share(actor=person_of(request), share=share, **values)
        return _done(request, share.enclave, _("已作废，原条目保留在台账中。"))

    form = VoidForm(request.POST or None)
    return form_response(
        request, form, act, title=_("作废归属比例"), cancel_url=_url(share.enclave), dangerous=True
    )


@login_required
def share_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a share, for people of either park."""
    return evidence_response(enclaves.get_share(request.user, pk))


def _done(request: HttpRequest, enclave: Enclave, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(_url(enclave))
