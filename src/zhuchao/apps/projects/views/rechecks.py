"""复核验收 and 达效评审: opened for a project, read, signed, printed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.printing import day
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.letters import DropForm, OpinionsForm, RecheckForm, SignatureForm
from ..models import CovenantState, Recheck
from ..selectors.standings import LIGHTS
from .covenant_words import recheck_state
from .letters import word_response
from .saving import form_response, project_url


def recheck_url(recheck: Recheck) -> str:
    """Return the address of a re-check's page."""
    return reverse("recheck-detail", args=[recheck.pk])


@login_required
@require_GET
def recheck_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a re-check: every covenant with its opinion, and who has signed."""
    actor = person_of(request)
    recheck = selectors.get_recheck(actor, pk)
    signers = list(recheck.signers.select_related("person"))
    is_open = recheck.state == Recheck.State.OPEN
    lines = [
        (line, CovenantState(line.result), LIGHTS[CovenantState(line.result)])
        for line in recheck.lines.select_related("covenant")
    ]
    context: dict[str, Any] = {
        "record": recheck,
        "recheck": recheck,
        "project": recheck.project,
        "state": recheck_state(recheck),
        "facts": [
            (_("项目名称"), recheck.project.name),
            (_("复核日期"), day(recheck.held_on)),
            (_("综合意见"), recheck.note),
            (_("撤销原因"), recheck.drop_reason),
        ],
        "lines": lines,
        "signers": signers,
        "may_sign": is_open and any(one.person_id == actor.pk and one.signed_at is None for one in signers),
        "may_write": is_open and zones.may(actor, Verb.CHANGE, Thing.COVENANT, recheck.zone_id),
        "may_drop": is_open and zones.may(actor, Verb.VOID, Thing.COVENANT, recheck.zone_id),
    }
    return render(request, "projects/recheck_detail.html", context)


@login_required
@require_GET
def recheck_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a re-check as a Word document."""
    recheck = selectors.get_recheck(person_of(request), pk)
    name = _("%(kind)s-%(project)s") % {"kind": recheck, "project": recheck.project.name}
    return word_response(services.recheck_paper(recheck), name)


@login_required
def recheck_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a re-check of a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.COVENANT, project.zone)
    initial = {"on": zones.today(project.zone), "kind": request.GET.get("kind", "")}
    form = RecheckForm(request.POST or None, initial=initial, zone=project.zone)
    return form_response(
        request,
        form,
        lambda values: recheck_url(services.open_recheck(actor=actor, project=project, **values)),
        title=_("建立复核表"),
        back=project_url(project, "covenants"),
        done=_("已按各条约定的情况填好，请填写意见后签字。"),
        project=project,
    )


@login_required
def recheck_opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the opinions of a re-check."""
    actor = person_of(request)
    recheck = selectors.get_recheck(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, recheck.zone)
    form = OpinionsForm(request.POST or None, recheck=recheck)
    return form_response(
        request,
        form,
        lambda values: services.write_opinions(
            actor=actor, recheck=recheck, note=values["note"], opinions=form.opinions()
        ),
        title=_("填写复核意见"),
        back=recheck_url(recheck),
        done=_("已保存。改动之前的签字须重新签。"),
        project=recheck.project,
    )


@login_required
def recheck_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a re-check as one of its reviewers."""
    actor = person_of(request)
    recheck = selectors.get_recheck(actor, pk)
    return form_response(
        request,
        SignatureForm(request.POST or None),
        lambda values: services.sign_recheck(actor=actor, recheck=recheck, **values),
        title=_("签字：%(recheck)s") % {"recheck": recheck},
        back=recheck_url(recheck),
        done=_("已签字。"),
        project=recheck.project,
        submit_label=_("签字"),
    )


@login_required
def recheck_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a re-check, with the reason."""
    actor = person_of(request)
    recheck = selectors.get_recheck(actor, pk)
    zones.require(actor, Verb.VOID, Thing.COVENANT, recheck.zone)
    return form_response(
        request,
        DropForm(request.POST or None),
        lambda values: services.drop_recheck(actor=actor, recheck=recheck, **values),
        title=_("撤销复核表"),
        back=recheck_url(recheck),
        done=_("已撤销。"),
        project=recheck.project,
        dangerous=True,
        submit_label=_("撤销"),
    )
