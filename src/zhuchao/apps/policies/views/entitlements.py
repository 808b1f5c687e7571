"""免申即享: the list of a version, proposed by one person and confirmed by another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.lists import ticked_rows
from zhuchao.web.requests import person_of

from .. import selectors
from ..forms.applications import ConfirmForm
from ..selectors.applications import preparers_of
from ..selectors.entitlements import entitlements_of
from ..selectors.terms import REVIEW_SOURCE, terms_of, why_not_open, why_not_reviewed
from ..services import entitlements as services


@login_required
def exempt_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the firms that a version takes for certain; a post proposes the ticked ones."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.APPLICATION, version.zone)
    if request.method == "POST":
        firms = ticked_rows(request, visible_enterprises(actor).filter(zone=version.zone))
        made = services.propose_exempt(
            actor=actor,
            version=version,
            enterprises=list(firms.select_related("zone", "merged_into", "sector")),
        )
        messages.success(request, _("已列入 %(n)d 家，请由另一人确认。") % {"n": len(made)})
        return redirect("policy-exempt", pk)
    day = zones.today(version.zone)
    found = entitlements_of(actor, version, day)
    may_decide = zones.may(actor, Verb.MANAGE, Thing.APPLICATION, version.zone_id)
    prepared = may_decide and any(actor.pk in preparers_of(one) for one in found.proposed)
    context = {
        "version": version,
        "policy": version.policy,
        "terms": terms_of(version),
        "list": found,
        "closed": why_not_open(version, day),
        "unreviewed": why_not_reviewed(version),
        "review_source": REVIEW_SOURCE,
        "may_propose": zones.may(actor, Verb.ADD, Thing.APPLICATION, version.zone_id),
        "may_confirm": may_decide and bool(found.proposed) and not prepared,
        "is_own": may_decide and prepared,
    }
    return render(request, "policies/exempt.html", context)


@login_required
def exempt_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what was proposed, as a second person: it can be paid at once."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.APPLICATION, version.zone)
    proposed = entitlements_of(actor, version, zones.today(version.zone)).proposed
    back = reverse("policy-exempt", args=[pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        done = services.confirm_exempt(
            actor=actor, version=version, applications=proposed, reason=values["reason"]
        )
        messages.success(request, _("已确认 %(n)d 家，可以编制批次兑付。") % {"n": len(done)})
        return redirect(back)

    return editing.form_response(
        request,
        ConfirmForm(editing.posted(request), zone=version.zone),
        act,
        title=_("确认免申即享名单（%(n)d 家）") % {"n": len(proposed)},
        cancel_url=back,
        template="policies/application_form.html",
        policy=version.policy,
        submit_label=_("确认"),
    )
