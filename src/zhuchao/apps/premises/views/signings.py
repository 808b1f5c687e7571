"""Pages of signings: which units were signed for, and which of them still wait for their lease."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..models import Signing, SigningUnit
from .choices import site_choices
from .pages import form_response


def _lease_state(signing: Signing) -> tuple[str, str, str] | None:
    lease = getattr(signing, "lease", None)
    if lease is not None:
        return ("done", lease.number, "green")
    return ("waiting", _("待登记租约"), "orange") if signing.awaits_lease else None


def _unit_url(place: SigningUnit) -> str:
    return reverse("unit-detail", args=[place.unit_id])


def _next_url(signing: Signing) -> str:
    lease = getattr(signing, "lease", None)
    if lease is not None:
        return reverse("lease-detail", args=[lease.pk])
    return f"{reverse('lease-add')}?signing={signing.pk}"


SIGNINGS = ListPage(
    key="signings",
    title=gettext_lazy("签约房源"),
    thing="hold",
    columns=(
        Column(
            "who",
            pgettext_lazy("签约", "签约方"),
            lambda signing: signing.signed_for,
            link=lambda signing: next(map(_unit_url, signing.places.all()), None),
            on_phone=True,
        ),
        Column("site", gettext_lazy("载体"), lambda signing: signing.site),
        Column(
            "units",
            gettext_lazy("房源"),
            lambda signing: listed(place.unit.name for place in signing.places.all()),
            on_phone=True,
        ),
        Column(
            "area",
            gettext_lazy("建筑面积"),
            lambda signing: sum(place.area_m2 for place in signing.places.all()),
            Kind.AREA,
        ),
        Column(
            "on",
            gettext_lazy("签约日期"),
            lambda signing: signing.happened_on,
            Kind.DATE,
            sort="happened_on",
            on_phone=True,
        ),
        Column("lease", gettext_lazy("租约"), _lease_state, Kind.STATE),
        Column("project", gettext_lazy("说明"), lambda signing: signing.evidence_note, hidden=True),
    ),
    filters=(
        Filter(
            "lease",
            gettext_lazy("租约"),
            lambda rows, text: (
                selectors.without_lease(rows) if text == "waiting" else rows.filter(lease__isnull=False)
            ),
            choices=lambda request: [("waiting", _("待登记租约")), ("done", _("已登记租约"))],
        ),
        Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=site_choices),
        Filter("on", gettext_lazy("签约日期"), by_date_range("happened_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: rows.filter(signed_for__icontains=text),
    search_hint=pgettext_lazy("签约", "签约方"),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb("lease", gettext_lazy("租约"), _next_url, "tabler-file-text", "add", "lease"),
        RowVerb(
            "void",
            gettext_lazy("撤销签约"),
            lambda signing: reverse("signing-void", args=[signing.pk]),
            "tabler-x",
            "void",
            "hold",
        ),
    ),
    empty_sentence=gettext_lazy("还没有签约的房源。在线索的匹配页上可以为项目签约。"),
    empty_actions=(Action(gettext_lazy("查看房源"), "unit-list", "view", "unit", "tabler-door"),),
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("待登记租约"), "lease=waiting")),
)


@login_required
def signing_list(request: HttpRequest) -> HttpResponseBase:
    """List the signings of the zone that are in force."""
    ids = zones.zones_under(request.user, zone_of(request), Thing.HOLD)
    rows = selectors.visible_signings(request.user).live().filter(zone_id__in=ids)
    return list_response(request, SIGNINGS, rows.prefetch_related("places__unit"))


@login_required
def signing_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a signing back."""
    signing = selectors.get_signing(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_signing(actor=person_of(request), signing=signing, **values)
        messages.success(request, _("已撤销签约，房源恢复原状。"))
        return redirect("signing-list")

    units = listed(selectors.units_of_signing(signing))
    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("撤销签约：%(who)s，%(units)s") % {"who": signing.signed_for, "units": units},
        cancel_url=reverse("signing-list"),
        site=signing.site,
        dangerous=True,
    )
