"""Documents put behind money, and its approval by a second person: for one entry, and for those ticked in the list."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.errors import TooManyRows
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import ticked_rows
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.vouchers import ApproveForm, AttachForm
from ..models import Investment
from .lists import INVESTMENTS
from .saving import form_response, project_url

MOST_AT_ONCE = 200


@login_required
def investment_attach(request: HttpRequest) -> HttpResponse:
    """Put one document behind the entries that were ticked."""
    if _are_ticked(request):
        return _with_chosen(request, "investment-attach")
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.CHANGE, Thing.INVESTMENT, zone)
    entries = _chosen(request)
    form = AttachForm(posted(request), request.FILES or None)
    return form_response(
        request,
        form,
        lambda values: services.attach_evidence(actor=actor, entries=entries, **values),
        title=_("补充凭证"),
        back=reverse("investment-list") + "?verified=unverified",
        done=ngettext("已为 %(n)d 笔补充凭证。", "已为 %(n)d 笔补充凭证。", len(entries))
        % {"n": len(entries)},
        evidence_scope=entries[0].zone_id,
        template="projects/vouchers.html",
        **_shown(entries),
    )


@login_required
def investment_approve(request: HttpRequest) -> HttpResponse:
    """Approve the entries that were ticked, or the one that the address names, as a second person."""
    if _are_ticked(request):
        return _with_chosen(request, "investment-approve")
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.MANAGE, Thing.INVESTMENT, zone)
    entries = _chosen(request)
    back = (
        reverse("investment-detail", args=[entries[0].pk])
        if len(entries) == 1
        else reverse("investment-list") + "?verified=waiting"
    )
    return form_response(
        request,
        ApproveForm(posted(request)),
        lambda values: services.approve_investments(actor=actor, entries=entries, **values),
        title=_("核定投资"),
        back=back,
        done=ngettext("已核定 %(n)d 笔。", "已核定 %(n)d 笔。", len(entries)) % {"n": len(entries)},
        submit_label=_("核定"),
        template="projects/vouchers.html",
        **_shown(entries),
    )


@login_required
def investment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approval back, with the reason."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.INVESTMENT, entry.zone)
    return form_response(
        request,
        VoidForm(posted(request)),
        lambda values: services.withdraw_approval(actor=actor, entry=entry, **values),
        title=_("撤回核定 %(amount)s") % {"amount": money(entry.amount_cny, entry.zone)},
        back=reverse("investment-detail", args=[entry.pk]),
        done=_("已撤回核定。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("撤回核定"),
    )


def _are_ticked(request: HttpRequest) -> bool:
    return "rows" in request.POST or request.POST.get("all") == "1"


def _with_chosen(request: HttpRequest, url_name: str) -> HttpResponse:
    """Go to the form with the rows that the list posted in its address, so that nothing is written yet."""
    rows = selectors.with_backing(selectors.listed_investments(person_of(request), zone_of(request)))
    ids = list(ticked_rows(request, rows, page=INVESTMENTS).order_by("pk").values_list("pk", flat=True))
    if len(ids) > MOST_AT_ONCE:
        raise TooManyRows(count=len(ids), limit=MOST_AT_ONCE)
    return redirect(f"{reverse(url_name)}?entries={'.'.join(map(str, ids))}")


def _chosen(request: HttpRequest) -> list[Investment]:
    """Return the entries that the address names, all of one zone; raises NotFound when one of them is not there."""
    said = request.GET.get("entries", "").split(".")
    ids = {int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 19}
    rows = selectors.with_backing(selectors.listed_investments(person_of(request), zone_of(request)))
    entries: list[Investment] = list(rows.filter(pk__in=ids).order_by("happened_on", "pk")[:MOST_AT_ONCE])
    if not entries or len(entries) != len(ids) or len({one.zone_id for one in entries}) > 1:
        raise NotFound(what=_("这些投资条目"))
    return entries


def _shown(entries: list[Investment]) -> dict[str, Any]:
    return {
        "entries": [
            (entry, selectors.missing_of(entry), project_url(entry.project_id, "money")) for entry in entries
        ],
        "total": sum(entry.amount_cny for entry in entries),
        "project": entries[0].project if len({one.project_id for one in entries}) == 1 else None,
    }
