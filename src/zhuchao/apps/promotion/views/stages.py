"""Pages of the stages a lead passes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import StageCorrectForm, StageForm
from ..models import LeadStage
from .leads import done, lead_url
from .pages import form_response


@login_required
def lead_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the stage a lead came into; ``?to=`` chooses one beforehand."""
    lead = selectors.get_lead_to_change(request.user, pk)
    latest = selectors.in_order(LeadStage.objects.live().filter(lead=lead)).first()

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, lead.zone_id)
        entry = services.set_lead_stage(actor=person_of(request), lead=lead, evidence=evidence, **values)
        said = _("已转为“%(stage)s”。") % {"stage": entry.get_stage_display()}
        if request.GET.get("back") == "board":
            messages.success(request, labelled(lead.name, said))
            return redirect("lead-board")
        return done(request, lead, said)

    initial = {
        "on": zones.today(lead.zone),
        "seen": latest.pk if latest else None,
        "stage": request.GET.get("to", ""),
    }
    moves = services.ALLOWED_MOVES[lead.stage]
    wanted = [
        move for move in moves if move.value == (request.POST.get("stage") or request.GET.get("to"))
    ] or moves
    gates = [(move.label, selectors.missing_facts(lead, move)) for move in wanted]
    form = StageForm(
        request.POST or None,
        request.FILES or None,
        moves=moves,
        may_override=zones.may(request.user, Verb.MANAGE, Thing.LEAD, lead.zone_id),
        initial=initial,
    )
    return form_response(
        request,
        form,
        act,
        title=_("变更阶段：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        lead=lead,
        standing=latest,
        gates=[(label, missing) for label, missing in gates if missing],
    )


@login_required
def lead_stage_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a stage entry."""
    entry = selectors.get_lead_stage(request.user, pk)
    selectors.refuse_pool(request.user, entry.lead)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_lead_stage(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        return done(request, entry.lead, _("已更正，原条目保留在时间线中。"))

    form = StageCorrectForm(request.POST or None, zone=entry.lead.zone, initial=StageCorrectForm.of(entry))
    return form_response(
        request, form, act, title=_("更正阶段"), cancel_url=lead_url(entry.lead), lead=entry.lead
    )


@login_required
def lead_stage_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a stage entry."""
    entry = selectors.get_lead_stage(request.user, pk)
    selectors.refuse_pool(request.user, entry.lead)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_lead_stage(actor=person_of(request), entry=entry, **values)
        return done(request, entry.lead, _("已作废，原条目保留在时间线中。"))

    title = _("作废阶段：%(stage)s（%(day)s）") % {
        "stage": entry.get_stage_display(),
        "day": entry.happened_on,
    }
    return form_response(
        request,
        VoidForm(request.POST or None),
        act,
        title=title,
        cancel_url=lead_url(entry.lead),
        lead=entry.lead,
        dangerous=True,
    )


@login_required
def lead_stage_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a stage entry; a pool shares the lead and not its papers."""
    entry = selectors.get_lead_stage(request.user, pk)
    selectors.refuse_pool(request.user, entry.lead)
    return evidence_response(entry)
