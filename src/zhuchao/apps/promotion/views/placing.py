"""Pages on which a lead gets units: held for it, signed for it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import get_unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.placing import HoldForm, SignForm
from ..models import Lead
from .leads import done
from .matching import hold_until, ids_in
from .pages import form_response


@login_required
def lead_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold units for a lead; ``u`` names them, joined by hyphens."""
    lead, units, named = _wanted(request, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        del values["units"]
        hold = services.hold_for_lead(actor=person_of(request), lead=lead, units=units, **values)
        said = _("已预留%(units)s至 %(day)s。") % {"units": listed(units), "day": hold.until.isoformat()}
        return done(request, lead, said)

    return form_response(
        request,
        HoldForm(posted(request), initial={"units": named, "until": hold_until(lead)}),
        act,
        title=_("预留：%(units)s") % {"units": listed(units)},
        cancel_url=reverse("lead-match", args=[pk]),
        lead=lead,
    )


@login_required
def lead_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that a lead signed for units; ``u`` names them, joined by hyphens."""
    lead, units, named = _wanted(request, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        del values["units"]
        services.sign_lead_on_units(actor=person_of(request), lead=lead, units=units, **values)
        if values["awaits_lease"] and zones.may(request.user, Verb.ADD, Thing.LEASE, lead.zone_id):
            signing = selectors.signings_of_lead(request.user, lead)[0]
            messages.success(request, _("已签约%(units)s，请补全租约。") % {"units": listed(units)})
            return redirect(f"{reverse('lease-add')}?signing={signing.pk}")
        return done(request, lead, _("已签约%(units)s。") % {"units": listed(units)})

    return form_response(
        request,
        SignForm(
            posted(request), initial={"units": named, "on": zones.today(lead.zone), "awaits_lease": True}
        ),
        act,
        title=_("签约：%(units)s") % {"units": listed(units)},
        cancel_url=reverse("lead-match", args=[pk]),
        lead=lead,
    )


def _wanted(request: HttpRequest, pk: int) -> tuple[Lead, Sequence[Unit], str]:
    """Return a lead that may be changed, and the units that the address or the form names."""
    lead = selectors.get_lead_to_change(request.user, pk)
    named = request.POST.get("units") or request.GET.get("u", "")
    return lead, [get_unit(request.user, unit) for unit in ids_in(named)], named
