"""What a firm reports: filed, opened to its entries, corrected, voided."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..errors import FirmerValueStands
from ..forms import WAN, FilingCorrectionForm, FilingForm, ReasonForm, unit_of
from ..models import Filing, Measure
from ..selectors.filings import MONEY
from ..services.filings import last_day
from .records import record_context
from .requests import actor_of


@login_required
def filing_add(request: HttpRequest, pk: int) -> HttpResponse:
    """File what a firm reports for a month, a quarter or a year."""
    actor = actor_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FILING, firm.zone_id)
    before = zones.today(firm.zone).replace(day=1) - timedelta(days=1)
    initial = {"year": before.year, "period": f"month-{before.month}", "status": Filing.Status.FLASH}
    form = FilingForm(request.POST or None, initial=initial)
    if form.is_valid():
        period, number = form.cleaned_data["period"].split("-")
        done = _done(
            form,
            lambda: services.file_values(
                actor=actor,
                enterprise=firm,
                period=period,
                on=last_day(period, form.cleaned_data["year"], int(number)),
                status=form.cleaned_data["status"],
                values=form.figures,
                evidence_note=form.cleaned_data["evidence_note"],
            ),
        )
        if done is not None:
            written = _("已登记 %(n)s 项数据。") if done else _("与已登记的数据相同，没有变化。")
            messages.success(request, written % {"n": len(done)} if done else written)
            return redirect("enterprise-filings", pk=firm.pk)
    context = {
        "form": form,
        "firm": firm,
        "heading": _("登记报表"),
        "cancel_url": reverse("enterprise-filings", args=[firm.pk]),
    }
    return render(request, "enterprises/small_form.html", context, status=422 if form.is_bound else 200)


@login_required
def filing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a value to every entry that was made for it."""
    actor = actor_of(request)
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
def filing_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a filed value, with the reason."""
    actor = actor_of(request)
    filing = selectors.get_filing(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.FILING, filing.zone_id)
    measure = Measure(filing.measure)
    shown = filing.value / WAN if measure in MONEY else filing.value
    initial = {"value": f"{shown.normalize():f}", "status": filing.status}
    form = FilingCorrectionForm(request.POST or None, initial=initial, measure=measure)
    if form.is_valid():
        entry = _done(
            form,
            lambda: services.correct_filing(
                actor=actor,
                filing=filing,
                value=form.figure,
                status=form.cleaned_data["status"],
                reason=form.cleaned_data["reason"],
            ),
        )
        if entry is not None:
            messages.success(request, _("已更正。原数保留在记录中。"))
            return redirect("enterprise-filing-detail", pk=entry.pk)
    return _entry_form(request, form, filing, _("更正"))


@login_required
def filing_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a filed value out of every count, with the reason."""
    actor = actor_of(request)
    filing = selectors.get_filing(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FILING, filing.zone_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.void_filing(actor=actor, filing=filing, reason=form.cleaned_data["reason"])
        messages.success(request, _("已作废。原数保留在记录中。"))
        return redirect("enterprise-filing-detail", pk=filing.pk)
    return _entry_form(request, form, filing, _("作废"))


def _done(form: Any, verb: Any) -> Any:
    """Return what the verb wrote, None when it refused the input, which then stands on the form."""
    try:
        return verb()
    except (WrongInput, FirmerValueStands) as error:
        refuse(form, error)
        return None


def _entry_form(request: HttpRequest, form: Any, filing: Filing, verb: str) -> HttpResponse:
    context = {
        "form": form,
        "firm": filing.enterprise,
        "heading": labelled(verb, f"{selectors.period_label(filing)} {filing.get_measure_display()}"),
        "cancel_url": reverse("enterprise-filing-detail", args=[filing.pk]),
    }
    return render(request, "enterprises/small_form.html", context, status=422 if form.is_bound else 200)
