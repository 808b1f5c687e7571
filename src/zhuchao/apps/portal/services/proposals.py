"""What a firm says of itself through its own door: proposed, then accepted or refused by an officer."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.policies.wording import say
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import Field
from zhuchao.engines.rules.stating import read_fact

from ..errors import AlreadyDecided
from ..models import FactProposal, FirmLink
from ..selectors.proposals import shown_value

MOST_WAITING: Final = 30
"""How many facts of one firm may wait at a time."""
STATED: Final = "stated"


@transaction.atomic
def propose_fact(*, link: FirmLink, field: str, value: str, note: str = "") -> FactProposal:
    """Keep what a firm says a fact of it is; nothing that is known changes by it.

    A proposal on the same fact that still waits is replaced. Raises WrongInput for what cannot be a value.
    """
    asked = _field(field)
    value = " ".join(value.split())
    try:
        read_fact(value, asked)
    except EngineError as error:
        raise WrongInput(field=_("企业填报"), why=say(error, asked.label)) from error
    link = (
        FirmLink.objects.select_for_update(of=("self",), no_key=True)
        .select_related("zone", "enterprise__zone", "enterprise__sector")
        .get(pk=link.pk)
    )
    firm, at = link.enterprise, zones.now(link.zone)
    waiting = FactProposal.objects.select_for_update(no_key=True, of=("self",)).filter(
        enterprise=firm, state=FactProposal.State.WAITING
    )
    before = next((one for one in waiting if one.field == asked.name), None)
    if before is None and len(waiting) >= MOST_WAITING:
        raise WrongInput(
            field=_("企业填报"), why=_("待核对的已有 {most} 项，请等工作人员核对。").format(most=MOST_WAITING)
        )
    if before is not None:
        save_record(before, state=FactProposal.State.REPLACED, decided_at=at)
    known = facts_of([firm], day=zones.today(link.zone))[firm.pk]
    proposal = FactProposal(
        zone=link.zone,
        enterprise=firm,
        link=link,
        field=asked.name,
        value=value,
        before=shown_value(known, asked)[:400],
        note=" ".join(note.split()),
        made_at=at,
    )
    proposal.save(force_insert=True)
    record_change(
        actor=None, verb="propose_fact", rows=[proposal, firm], scope=link.zone_id, field=asked.name
    )
    return proposal


@transaction.atomic
def accept_proposal(*, actor: User | None, proposal: FactProposal, reason: str = "") -> FactProposal:
    """Accept what a firm says: it is stated as a fact of the firm, with the firm as its source.

    A fact that the register, a filing, a tag or a document says stays as it is there: accepting notes that it was put
    right in that place. Raises AlreadyDecided, and what ``state_fact`` raises.
    """
    zones.require(actor, Verb.ADD, Thing.FILING, proposal.zone_id)
    proposal = _locked(proposal)
    firm, today = proposal.enterprise, zones.today(proposal.zone)
    origin = facts_of([firm], day=today)[firm.pk].origins.get(proposal.field)
    if origin is None or origin.kind == STATED:
        state_fact(
            actor=actor,
            enterprise=firm,
            field=proposal.field,
            value=proposal.value,
            source="企业填报",
            on=today,
            evidence_note=proposal.note,
        )
    return _decided(actor, proposal, FactProposal.State.ACCEPTED, reason)


@transaction.atomic
def refuse_proposal(*, actor: User | None, proposal: FactProposal, reason: str) -> FactProposal:
    """Refuse what a firm says, with the reason that the firm reads. Raises AlreadyDecided and WrongInput."""
    zones.require(actor, Verb.ADD, Thing.FILING, proposal.zone_id)
    if not reason.strip():
        raise WrongInput(field=_("说明"), why=_("不能为空。"))
    return _decided(actor, _locked(proposal), FactProposal.State.REFUSED, reason)


def _locked(proposal: FactProposal) -> FactProposal:
    rows = FactProposal.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("zone", "enterprise__zone", "enterprise__sector").get(pk=proposal.pk)
    if not found.is_waiting:
        raise AlreadyDecided(state=found.get_state_display())
    return found


def _decided(actor: User | None, proposal: FactProposal, state: str, reason: str) -> FactProposal:
    at = zones.now(proposal.zone)
    save_record(proposal, state=state, decided_by=actor, decided_at=at, reason=" ".join(reason.split()))
    verb = "accept_proposal" if state == FactProposal.State.ACCEPTED else "refuse_proposal"
    record_change(
        actor=actor,
        verb=verb,
        rows=[proposal, proposal.enterprise],
        scope=proposal.zone_id,
        field=proposal.field,
    )
    return proposal


def _field(name: str) -> Field:
    if name not in vocabulary():
        raise NotFound(what=_("该事实"))
    return vocabulary()[name]
