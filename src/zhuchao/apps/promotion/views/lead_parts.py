"""What the page of a lead shows beside the lead's own facts."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhuchao.apps.core.services.records import label_of, show_value
from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones

from .. import selectors
from ..models import CRITERIA, Lead, LeadNeeds


def lead_parts(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """Return the context of ``promotion/lead_parts.html``."""
    return {
        "needs": _needs(lead),
        "viewings": selectors.visible_viewings(request.user).filter(lead=lead).order_by("-on", "-pk"),
        "capital": (capital := list(selectors.capital_of(lead))),
        "capital_sums": selectors.capital_sums(selectors.capital_of(lead)) if capital else (),
        "signings": selectors.signings_of_lead(request.user, lead),
        "today": zones.today(lead.zone),
    }


def _needs(lead: Lead) -> list[tuple[str, str, bool]]:
    """Return what a lead asks of premises as (label, value, whether it must hold), only what was said; one query."""
    needs = selectors.needs_of(lead)
    if needs is None:
        return []
    rows = [(name, name in needs.is_hard) for name in CRITERIA if needs.said(name)]
    shown = [(label_of(needs, name), need_shown(needs, name), hard) for name, hard in rows]
    return [*shown, (label_of(needs, "use"), needs.use, False)] if needs.use else shown


def need_shown(needs: LeadNeeds, name: str) -> str:
    """Return one need as people read it."""
    value = getattr(needs, name)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "kinds":
        return listed(Unit.Kind(kind).label for kind in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return show_value(needs, name)
