"""What firms say of themselves: what waits for an officer, and what became of it."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.policies.models import Application, ApplicationState
from zhuchao.apps.policies.selectors.facts import Known
from zhuchao.apps.policies.wording import show_kept
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.rules.fields import Field
from zhuchao.engines.rules.one import keep_facts

from ..models import FactProposal, FirmLink
from .doors import Actor


def visible_proposals(actor: Actor) -> QuerySet[FactProposal]:
    """Return the proposals this person may see: those of firms whose filings they may see."""
    rows = FactProposal.objects.select_related("zone", "enterprise__zone", "link", "decided_by")
    return zones.in_zones(rows, actor, Thing.FILING)


def get_proposal(actor: Actor, pk: int) -> FactProposal:
    """Return one proposal; raises NotFound when it is hidden or missing."""
    proposal = visible_proposals(actor).filter(pk=pk).first()
    if proposal is None:
        raise NotFound(what=_("该填报"))
    return proposal


def waiting_proposals(actor: Actor, zone_ids: Sequence[int]) -> QuerySet[FactProposal]:
    """Return the proposals of some zones that nobody has decided, oldest first."""
    rows = visible_proposals(actor).filter(zone_id__in=zone_ids, state=FactProposal.State.WAITING)
    return rows.order_by("made_at", "pk")


def proposals_of(link: FirmLink) -> QuerySet[FactProposal]:
    """Return what the firm of a link proposed, the latest first; what was replaced is left out."""
    rows = FactProposal.objects.filter(enterprise=link.enterprise_id)
    return rows.exclude(state=FactProposal.State.REPLACED).order_by("-made_at", "-pk")


def applications_of(link: FirmLink) -> QuerySet[Application]:
    """Return the applications of the firm of a link, the latest first; drafts are the office's own."""
    rows = Application.objects.filter(enterprise=link.enterprise_id).exclude(state=ApplicationState.DRAFT)
    return rows.select_related("policy").order_by("-state_since", "-pk")


def shown_value(known: Known, field: Field) -> str:
    """Return what is known of a fact of a firm in words, empty where nothing is."""
    if field.name not in known.values:
        return ""
    return show_kept(keep_facts({field.name: known.values[field.name]}, [field])[field.name], field)
