"""Consent to use a firm's documents, and the log of every use: both are entries, and nothing edits them away."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import ConsentMissing, DocumentNotInUse
from ..models import DocumentConsent, DocumentKind, DocumentUse, Enterprise, FirmDocument
from ..selectors import family_ids, survivor_of
from ..selectors.vault import consent_for
from .vault import locked_firm


@transaction.atomic
def give_consent(
    *,
    actor: User | None,
    enterprise: Enterprise,
    matter: str,
    given_by: str,
    means: str,
    until: date,
    kind: str = "",
    on: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> DocumentConsent:
    """Note that a firm lets its documents (of ``kind``, else of every kind) be used for a matter, to a day.

    A signed paper comes with its file, a word of mouth with a note of who heard it and how. Raises WrongInput.
    """
    firm = locked_firm(actor, enterprise, Verb.ADD)
    day = on or zones.today(firm.zone)
    said = {"matter": " ".join(matter.split()), "given_by": " ".join(given_by.split())}
    _refuse_empty_or_long(DocumentConsent, said)
    if kind and kind not in DocumentKind.values:
        raise WrongInput(field=_("材料种类"), why=_("请从列出的种类中选择。"), name="kind")
    if means not in DocumentConsent.Means.values:
        raise WrongInput(field=_("同意方式"), why=_("请从列出的方式中选择。"), name="means")
    if means == DocumentConsent.Means.PAPER and evidence is None:
        raise WrongInput(field=_("佐证材料"), why=_("书面同意请附上签字的文件。"), name="evidence")
    if means == DocumentConsent.Means.SPOKEN and not evidence_note.strip():
        raise WrongInput(
            field=_("佐证说明"), why=_("口头同意请记下何时、以何种方式、由谁听取。"), name="evidence_note"
        )
    if day > zones.today(firm.zone):
        raise WrongInput(field=_("同意日期"), why=_("不能晚于今天。"), name="on")
    if until < day:
        raise WrongInput(field=_("同意期限至"), why=_("不能早于同意日期。"), name="until")
    entry = DocumentConsent(
        zone=firm.zone,
        enterprise=firm,
        kind=kind,
        means=means,
        until=until,
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip()[:200],
        **said,
    )
    add_entry(entry, actor=actor, at=zones.now(firm.zone))
    record_change(
        actor=actor,
        verb="give_consent",
        rows=[entry],
        scope=firm.zone_id,
        enterprise=firm.pk,
        matter=entry.matter,
        means=means,
    )
    return entry


@transaction.atomic
def withdraw_consent(*, actor: User | None, consent: DocumentConsent, reason: str) -> DocumentConsent:
    """Take a consent back, with the reason: later uses need another; those already made stay."""
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, consent.zone_id)
    successor = void_entry(consent, actor=actor, at=zones.now(consent.zone), reason=reason)
    record_change(
        actor=actor,
        verb="withdraw_consent",
        rows=[consent, successor],
        scope=consent.zone_id,
        enterprise=consent.enterprise_id,
        reason=reason,
    )
    return successor


@transaction.atomic
def use_document(
    *,
    actor: User | None,
    document: FirmDocument,
    matter: str,
    subject: str,
    on: date | None = None,
    thing: str = "",
    row_id: int | None = None,
    came_with: bool = False,
) -> DocumentUse:
    """Log that a document was used for one thing; the same document for the same thing again logs nothing new.

    ``thing`` and ``row_id`` name the row it was used for (a case), ``subject`` the same in words. ``came_with``: the
    firm handed it in for this very thing, so that nothing was saved and no consent is needed.

    Raises DocumentNotInUse for a document that does not serve on the day, and ConsentMissing.
    """
    zones.require(actor, Verb.ADD, Thing.FIRM_DOCUMENT, document.zone_id)
    rows = FirmDocument.objects.select_related("zone", "enterprise")
    kept = rows.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)
    day = on or zones.today(kept.zone)
    said = {"matter": " ".join(matter.split()), "subject": " ".join(subject.split())}
    _refuse_empty_or_long(DocumentUse, said)
    if day > zones.today(kept.zone):
        raise WrongInput(field=_("使用日期"), why=_("不能晚于今天。"), name="on")
    same = {"thing": thing, "row_id": row_id} if row_id is not None else {"row_id": None, **said}
    logged: DocumentUse | None = DocumentUse.objects.live().filter(document=kept, **same).first()
    if logged is not None:
        return logged
    if not kept.serves_on(day):
        raise DocumentNotInUse(document=str(kept), state=str(kept.standing_on(day).label))
    consent = None
    if not came_with:
        consent = consent_for(family_ids(survivor_of(kept.enterprise)), kept.kind, said["matter"], day)
        if consent is None:
            raise ConsentMissing(name=kept.enterprise.name, matter=said["matter"])
    entry = DocumentUse(
        zone=kept.zone,
        enterprise=kept.enterprise,
        document=kept,
        consent=consent,
        kind=kept.kind,
        happened_on=day,
        thing=thing,
        row_id=row_id,
        came_with=came_with,
        **said,
    )
    add_entry(entry, actor=actor, at=zones.now(kept.zone))
    record_change(
        actor=actor,
        verb="use_document",
        rows=[kept, entry],
        scope=kept.zone_id,
        enterprise=kept.enterprise_id,
        **said,
    )
    return entry


@transaction.atomic
def void_use(*, actor: User | None, use: DocumentUse, reason: str) -> DocumentUse:
    """Take a use that was logged by mistake out of the count, with the reason."""
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, use.zone_id)
    successor = void_entry(use, actor=actor, at=zones.now(use.zone), reason=reason)
    record_change(
        actor=actor, verb="void_use", rows=[use.document, use, successor], scope=use.zone_id, reason=reason
    )
    return successor


def _refuse_empty_or_long(model: type[DocumentConsent] | type[DocumentUse], said: dict[str, Any]) -> None:
    for name, text in said.items():
        field = model._meta.get_field(name)
        label, most = str(getattr(field, "verbose_name", name)), getattr(field, "max_length", None) or 0
        if not text:
            raise WrongInput(field=label, why=_("请填写。"), name=name)
        if len(text) > most:
            raise WrongInput(field=label, why=_("最多 %(most)s 个字。") % {"most": most}, name=name)
