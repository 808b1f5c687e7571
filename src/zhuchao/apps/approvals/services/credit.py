"""What counts for a firm's credit in approvals: entered, repaired, voided. Entries all, so that nothing is edited away."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import AlreadyRepaired
from ..models import CreditEvent, LateNotice, Pledge
from ..selectors.credit import BARS

LONGEST = 300


@transaction.atomic
def add_credit_event(
    *,
    actor: User | None,
    enterprise: Enterprise,
    kind: str,
    note: str,
    on: date | None = None,
    pledge: Pledge | None = None,
    notice: LateNotice | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> CreditEvent:
    """Note something that counts for a firm's credit, with what happened and its evidence. Raises WrongInput.

    A firm of which it is heard elsewhere (a list, a false document) is entered here too; a repair by ``repair_credit``.
    """
    firm = survivor_of(enterprise)
    zones.require(actor, Verb.ADD, Thing.CREDIT, firm.zone)
    if kind not in CreditEvent.Kind.values or kind == CreditEvent.Kind.REPAIR:
        raise WrongInput(field=_("信用事件"), why=_("请从列出的种类中选择。"), name="kind")
    return _kept(
        actor,
        firm,
        kind,
        note,
        on,
        pledge=pledge,
        notice=notice,
        evidence=evidence,
        evidence_note=evidence_note,
    )


@transaction.atomic
def repair_credit(
    *,
    actor: User | None,
    event: CreditEvent,
    note: str,
    on: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> CreditEvent:
    """Note that a firm put right what barred it, by whose decision and on what evidence: from that day its word is
    taken again. Raises AlreadyRepaired for one that bars nothing or was repaired, and WrongInput."""
    zones.require(actor, Verb.MANAGE, Thing.CREDIT, event.zone)
    event = (
        CreditEvent.objects.select_related("zone", "enterprise__zone")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=event.pk)
    )
    if event.kind not in BARS:
        raise AlreadyRepaired(event=str(event), why=_("它不限制办理。"))
    if not CreditEvent.objects.live().filter(pk=event.pk).exists():
        raise AlreadyRepaired(event=str(event), why=_("它已作废。"))
    if CreditEvent.objects.live().filter(repairs=event).exists():
        raise AlreadyRepaired(event=str(event), why=_("它已修复。"))
    day = on or zones.today(event.zone)
    if day < event.happened_on:
        raise WrongInput(
            field=_("日期"), why=_("不能早于事件的 %(day)s。") % {"day": event.happened_on}, name="on"
        )
    if evidence is None and not evidence_note.strip():
        raise WrongInput(
            field=_("佐证说明"), why=_("请附上修复的材料，或写明凭什么认定。"), name="evidence_note"
        )
    return _kept(
        actor,
        event.enterprise,
        CreditEvent.Kind.REPAIR,
        note,
        day,
        repairs=event,
        evidence=evidence,
        evidence_note=evidence_note,
    )


@transaction.atomic
def void_credit_event(*, actor: User | None, event: CreditEvent, reason: str) -> CreditEvent:
    """Void a credit event that was entered by mistake, with the reason: it counts as if it had never been."""
    zones.require(actor, Verb.MANAGE, Thing.CREDIT, event.zone)
    gone = void_entry(event, actor=actor, at=zones.now(event.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void",
        rows=[event, gone],
        scope=event.zone_id,
        thing="credit",
        reason=reason.strip(),
    )
    return gone


def _kept(
    actor: User | None,
    firm: Enterprise,
    kind: str,
    note: str,
    on: date | None,
    *,
    pledge: Pledge | None = None,
    notice: LateNotice | None = None,
    repairs: CreditEvent | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> CreditEvent:
    note = " ".join(note.split())
    if not 0 < len(note) <= LONGEST:
        raise WrongInput(
            field=_("情况"), why=_("请写明情况，不超过 %(n)d 字。") % {"n": LONGEST}, name="note"
        )
    day = on or zones.today(firm.zone)
    if day > zones.today(firm.zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"), name="on")
    entry = CreditEvent(
        zone=firm.zone,
        enterprise=firm,
        kind=kind,
        note=note,
        pledge=pledge,
        notice=notice,
        repairs=repairs,
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip()[:200],
    )
    add_entry(entry, actor=actor, at=zones.now(firm.zone))
    record_change(
        actor=actor, verb="add", rows=[entry, firm], scope=firm.zone_id, thing="credit", kind=kind, note=note
    )
    return entry
