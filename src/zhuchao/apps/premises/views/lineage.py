"""Pages that split a unit and merge several into one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import MergeForm, SplitForm
from ..models import Unit
from .pages import form_response


@login_required
def unit_split(request: HttpRequest, pk: int) -> HttpResponse:
    """Split a unit into several that hold the same area together."""
    unit = selectors.get_unit(request.user, pk)
    selectors.require_at(person_of(request), Verb.CHANGE, Thing.UNIT, unit.site)

    def act(values: dict[str, Any]) -> HttpResponse:
        parts = services.split_unit(actor=person_of(request), unit=unit, **values)
        n = len(parts)
        sentence = ngettext("已拆分为 %(n)d 个房源：%(names)s。", "已拆分为 %(n)d 个房源：%(names)s。", n)
        messages.success(request, sentence % {"n": n, "names": listed(part.name for part in parts)})
        return redirect(_place_url(unit))

    form = SplitForm(request.POST or None, initial={"on": zones.today(unit.zone)}, unit=unit)
    title = _("拆分 %(unit)s（%(area)s ㎡）") % {"unit": unit, "area": f"{unit.gross_area_m2:,.2f}"}
    return form_response(
        request, form, act, title=title, cancel_url=reverse("unit-detail", args=[pk]), site=unit.site
    )


@login_required
def unit_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a unit with others of its building that are in the same state."""
    unit = selectors.get_unit(request.user, pk)
    selectors.require_at(person_of(request), Verb.CHANGE, Thing.UNIT, unit.site)
    others = (
        selectors.visible_units(request.user)
        .filter(site=unit.site, building=unit.building, state=unit.state, occupant=unit.occupant)
        .exclude(pk=pk)
        .order_by("floor__level", "position", "name")
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        units = [unit, *values.pop("units")]
        whole = services.merge_units(actor=person_of(request), units=units, **values)
        messages.success(
            request,
            _("已合并为“%(name)s”，%(area)s ㎡。") % {"name": whole, "area": f"{whole.gross_area_m2:,.2f}"},
        )
        return redirect("unit-detail", pk=whole.pk)

    form = MergeForm(request.POST or None, initial={"on": zones.today(unit.zone)}, others=others)
    title = _("合并 %(unit)s（%(area)s ㎡）") % {"unit": unit, "area": f"{unit.gross_area_m2:,.2f}"}
    return form_response(
        request, form, act, title=title, cancel_url=reverse("unit-detail", args=[pk]), site=unit.site
    )


def _place_url(unit: Unit) -> str:
    if unit.building_id is None:
        return reverse("site-detail", args=[unit.site_id])
    return reverse("building-detail", args=[unit.building_id])
