"""What a task issued goes into the firm's vault, with its number, so that the next matter need not ask for it."""

from datetime import date

from zhuchao.apps.enterprises.models import DocumentKind, FirmDocument
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.services.vault import add_document, withdraw_document
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import CaseDocument, CaseTask

ISSUED = CaseDocument.State.ISSUED


def keep_results(actor: User | None, task: CaseTask, valid_to: date | None = None) -> list[FirmDocument]:
    """Put what a task issued into the vault of the case's firm; return what is new there. Safe to repeat.

    Nothing is kept for a case without a firm, or by who may not write to the vault.
    """
    firm = task.case.enterprise
    if firm is None or not zones.may(actor, Verb.ADD, Thing.FIRM_DOCUMENT, firm.zone_id):
        return []
    made = []
    issued = CaseDocument.objects.filter(task=task, is_result=True, state=ISSUED, document=None)
    for one in issued.order_by("pk"):
        known = FirmDocument.objects.filter(
            enterprise__in=family_ids(firm),
            kind=one.kind,
            number=one.number,
            state=FirmDocument.State.CURRENT,
        )
        document = known.first() if one.number else None
        if document is None:
            document = add_document(
                actor=actor,
                enterprise=firm,
                kind=one.kind or DocumentKind.OTHER,
                title=one.name,
                number=one.number,
                issuer=task.department_name[:80],
                valid_from=zones.day_of(one.received_at) if one.received_at else None,
                valid_to=valid_to,
                file=one.file,
            )
            made.append(document)
        one.document = document
        one.save(update_fields=["document"])
    return made


def take_back_results(task: CaseTask, reason: str) -> None:
    """Withdraw from the vault what a task is no longer said to have issued: its finish was voided."""
    rows = CaseDocument.objects.filter(task=task, is_result=True, document__isnull=False).exclude(
        state=ISSUED
    )
    for one in rows.select_related("document"):
        document = one.document
        one.document = None
        one.save(update_fields=["document"])
        if document is not None and document.state == FirmDocument.State.CURRENT:
            withdraw_document(actor=None, document=document, reason=reason)
