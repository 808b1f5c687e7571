"""What a firm reports: filed, opened to its entries, corrected, voided."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import WAN, FilingCorrectionForm, FilingForm, ReasonForm, unit_of
from ..models import Filing, Measure
from ..selectors.filings import MONEY
from ..services.filings import last_day
from .pages import form_response
from .records import record_context


@login_required
def filing_add(request: HttpRequest, pk: int) -> HttpResponse:
    """File what a firm reports for a month, a quarter or a year."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FILING, firm.zone_id)
    before = zones.today(firm.zone).replace(day=1) - timedelta(days=1)
    initial = {"year": before.year, "period": f"month-{before.month}", "status": Filing.Status.FLASH}
    form = FilingForm(posted(request), request.FILES or None, initial=initial)

    def act(values: dict[str, Any]) -> str:
        evidence = kept_evidence(request, values, firm.zone_id)
        period, number = values["period"].split("-")
        done = services.file_values(
            actor=actor,
            enterprise=firm,
            period=period,
            on=last_day(period, values["year"], int(number)),
            status=values["status"],
            values=form.figures,
            evidence=evidence,
            evidence_note=values["evidence_note"],
        )
        return _("已登记 %(n)s 项数据。") % {"n": len(done)} if done else _("与已登记的数据相同，没有变化。")

    back = reverse("enterprise-filings", args=[firm.pk])
    return form_response(request, form, act, firm=firm, title=_("登记报表"), back=back)


@login_required
def filing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a value to every entry that was made for it."""
    actor = person_of(request)
    filing = selectors.get_filing(actor, pk)
    firm = selectors.survivor_of(selectors.get_enterprise(actor, filing.enterprise_id))
    entries = selectors.history_of(actor, filing, selectors.family_ids(firm))
    live = [entry for entry in entries if entry.is_live]
    context = {
        **record_context(request, firm, "filings"),
        "filing": filing,
        "label": selectors.period_label(filing),
        "entries": entries,
        "standing": next(iter(selectors.standing_filings(live).values()), None),
        "unit": unit_of(filing.measure),
        "is_money": filing.measure in MONEY,
    }
    return render(request, "enterprises/filing_detail.html", context)


@login_required
def filing_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a filed value."""
    return evidence_response(selectors.get_filing(person_of(request), pk))


@login_required
def filing_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a filed value, with the reason."""
    actor = person_of(request)
    filing = selectors.get_filing(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.FILING, filing.zone_id)
    measure = Measure(filing.measure)
    shown = filing.value / WAN if measure in MONEY else filing.value
    initial = {"value": f"{shown.normalize():f}", "status": filing.status}
    form = FilingCorrectionForm(posted(request), request.FILES or None, initial=initial, measure=measure)

    def act(values: dict[str, Any]) -> str:
        services.correct_filing(
            actor=actor,
            filing=filing,
            value=form.figure,
            status=values["status"],
            reason=values["reason"],
            evidence=kept_evidence(request, values, filing.zone_id),
        )
        return _("已更正。原数保留在记录中。")

    return _entry_form(request, form, act, filing, _("更正"))


@login_required
def filing_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a filed value out of every count, with the reason."""
    actor = person_of(request)
    filing = selectors.get_filing(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FILING, filing.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.void_filing(actor=actor, filing=filing, reason=values["reason"])
        return _("已作废。原数保留在记录中。")

    return _entry_form(request, ReasonForm(posted(request)), act, filing, _("作废"), dangerous=True)


def _entry_form(
    request: HttpRequest, form: Any, act: Any, filing: Filing, verb: str, **context: Any
) -> HttpResponse:
    """Show a form about one value; its page shows what became of it, whichever of its entries is asked for."""
    what = f"{selectors.period_label(filing)} {filing.get_measure_display()}"
    back = reverse("enterprise-filing-detail", args=[filing.pk])
    title = labelled(verb, what)
    return form_response(request, form, act, firm=filing.enterprise, title=title, back=back, **context)
