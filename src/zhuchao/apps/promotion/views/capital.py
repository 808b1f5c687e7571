"""Pages of the foreign capital of a lead."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.chains import CapitalCorrectForm, CapitalForm
from .leads import done, lead_url
from .pages import form_response


@login_required
def capital_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter foreign capital of a lead."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, lead.zone_id)
        services.add_capital(actor=person_of(request), lead=lead, evidence=evidence, **values)
        return done(request, lead, _("已登记外资。"))

    today = zones.today(lead.zone)
    form = CapitalForm(posted(request), request.FILES or None, initial={"on": today, "rate_on": today})
    title = _("登记外资：%(lead)s") % {"lead": lead}
    return form_response(request, form, act, title=title, cancel_url=lead_url(lead), lead=lead)


@login_required
def capital_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry of foreign capital."""
    entry = selectors.get_capital(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, entry.zone_id)
        if evidence is not None:
            values["evidence"] = evidence
        services.correct_capital(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        return done(request, entry.lead, _("已更正，原条目保留在时间线中。"))

    form = CapitalCorrectForm(posted(request), request.FILES or None, initial=CapitalCorrectForm.of(entry))
    return form_response(
        request, form, act, title=_("更正外资"), cancel_url=lead_url(entry.lead), lead=entry.lead
    )


@login_required
def capital_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an entry of foreign capital."""
    entry = selectors.get_capital(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_capital(actor=person_of(request), entry=entry, **values)
        return done(request, entry.lead, _("已作废，原条目保留在时间线中。"))

    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("作废：%(title)s") % {"title": entry},
        cancel_url=lead_url(entry.lead),
        lead=entry.lead,
        dangerous=True,
    )


@login_required
def capital_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an entry of foreign capital."""
    return evidence_response(selectors.get_capital(request.user, pk))
