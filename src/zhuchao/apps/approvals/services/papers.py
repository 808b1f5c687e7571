"""The documents of a case: handed in, or taken from the firm's vault with its consent so that nothing is asked twice."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.enterprises.models import Enterprise, FirmDocument
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.services.document_uses import use_document, void_use
from zhuchao.apps.enterprises.services.vault import add_document
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CaseClosed, DocumentSettled, OtherDocument
from ..models import CaseDocument, LateNotice
from ..selectors.papers import THING, asked_together, consented_matter, is_what_is_asked, proposals_for
from .events import locked_case

WANTED = (CaseDocument.State.MISSING, CaseDocument.State.LATE, CaseDocument.State.WAIVED)


@transaction.atomic
def hand_in(
    *,
    actor: User | None,
    document: CaseDocument,
    file: Attachment | None = None,
    number: str = "",
    valid_to: date | None = None,
    seen_on_paper: bool = False,
) -> CaseDocument:
    """Take in a document of a case as a file, or as a paper that was seen; all tasks of the case that ask for the same
    have it with it. It goes into the firm's vault too, so that no later case asks for it.

    Raises DocumentSettled for one that is there already, CaseClosed, and WrongInput for neither file nor paper.
    """
    document, same = _locked(actor, document, pgettext("办件", "收取"))
    if file is None and not seen_on_paper:
        raise WrongInput(field=_("文件"), why=_("请上传文件，或勾选已查验纸质原件。"), name="file")
    number = " ".join(number.split())
    if len(number) > 60:
        raise WrongInput(field=_("证号或文号"), why=_("最多 %(most)s 个字。") % {"most": 60}, name="number")
    today = zones.today(document.zone)
    if valid_to is not None and valid_to < today:
        raise WrongInput(field=_("有效期至"), why=_("已过期的材料不能用，请换发后再交。"), name="valid_to")
    firm = document.case.enterprise
    kept = _into_vault(actor, firm, document, file=file, number=number, valid_to=valid_to) if firm else None
    use = None
    if kept is not None and firm is not None:
        use = use_document(
            actor=actor,
            document=kept,
            matter=document.task.name,
            subject=_subject(document),
            thing=THING,
            row_id=document.pk,
            came_with=True,
        )
    for one in same:
        save_record(
            one,
            state=CaseDocument.State.HANDED,
            received_at=zones.now(one.zone),
            number=number,
            file=file,
            document=kept,
            use=use,
            due_on=None,
        )
    _settle_notices(same)
    record_change(
        actor=actor,
        verb="hand_in",
        rows=[*same, document.case],
        scope=document.zone_id,
        name=document.name,
        on_paper=file is None,
    )
    return document


@transaction.atomic
def reuse(*, actor: User | None, document: CaseDocument, kept: FirmDocument) -> CaseDocument:
    """Take a document of a case from the firm's vault, under the firm's consent: it is not asked for again.

    Raises DocumentSettled, OtherDocument, and as the vault does: ConsentMissing and DocumentNotInUse.
    """
    document, same = _locked(actor, document, pgettext("办件", "复用"))
    firm = document.case.enterprise
    if firm is None or kept.enterprise_id not in family_ids(firm):
        raise OtherDocument(document=str(kept), asked=document.name, why=_("不是这家企业的材料。"))
    if not is_what_is_asked(kept, document):
        raise OtherDocument(document=str(kept), asked=document.name, why=_("种类或名称不同。"))
    use = use_document(
        actor=actor,
        document=kept,
        matter=consented_matter(firm, document, zones.today(document.zone)),
        subject=_subject(document),
        thing=THING,
        row_id=document.pk,
    )
    for one in same:
        save_record(
            one,
            state=CaseDocument.State.REUSED,
            received_at=zones.now(one.zone),
            number=kept.number,
            document=kept,
            use=use,
            file=kept.file,
            due_on=None,
        )
    _settle_notices(same)
    record_change(
        actor=actor,
        verb="reuse",
        rows=[*same, document.case],
        scope=document.zone_id,
        name=document.name,
        document=kept.pk,
    )
    return document


@transaction.atomic
def reuse_all(*, actor: User | None, documents: Sequence[CaseDocument]) -> int:
    """Take every document that is missing and lies in the firm's vault under a consent; return how many were taken."""
    taken = 0
    for document in documents:
        document.refresh_from_db()
        if document.state not in WANTED or document.is_result:
            continue
        found = proposals_for(actor, document)
        if found and found[0].has_consent:
            reuse(actor=actor, document=document, kept=found[0].document)
            taken += 1
    return taken


@transaction.atomic
def take_back(*, actor: User | None, document: CaseDocument, reason: str) -> CaseDocument:
    """Put a document of a case back to missing: it was taken in by mistake. What the vault holds stays there."""
    zones.require(actor, Verb.CHANGE, Thing.CASE, document.zone_id)
    case, _tasks = locked_case(document.case_id)
    document = _row(document.pk)
    if case.is_closed:
        raise CaseClosed(number=case.number, state=case.get_state_display(), step=pgettext("办件", "退还"))
    if document.state not in (CaseDocument.State.HANDED, CaseDocument.State.REUSED):
        raise DocumentSettled(
            document=document.name, state=document.get_state_display(), step=pgettext("办件", "退还")
        )
    if not reason.strip():
        raise WrongInput(field=_("原因"), why=_("请填写。"), name="reason")
    same = [
        one
        for one in asked_together(document)
        if one.use_id == document.use_id and one.state == document.state
    ]
    use = document.use
    for one in same:
        save_record(
            one,
            state=CaseDocument.State.MISSING,
            received_at=None,
            number="",
            document=None,
            use=None,
            file=None,
        )
    if use is not None and zones.may(actor, Verb.VOID, Thing.FIRM_DOCUMENT, use.zone_id):
        void_use(actor=actor, use=use, reason=reason)
    elif use is not None:
        # Who took it in by mistake at the window may say so; the count must not keep what was not spared.
        void_use(actor=None, use=use, reason=reason)
    record_change(
        actor=actor, verb="take_back", rows=[*same, case], scope=document.zone_id, reason=reason.strip()
    )
    return document


def _into_vault(
    actor: User | None,
    firm: Enterprise,
    document: CaseDocument,
    *,
    file: Attachment | None,
    number: str,
    valid_to: date | None,
) -> FirmDocument | None:
    """Return the document of the vault that was handed in: the one in use under its number, else a new one."""
    if not zones.may(actor, Verb.ADD, Thing.FIRM_DOCUMENT, firm.zone_id):
        return None
    if number:
        current = FirmDocument.objects.filter(
            enterprise__in=family_ids(firm),
            kind=document.kind,
            number=number,
            state=FirmDocument.State.CURRENT,
        ).first()
        if current is not None and current.serves_on(zones.today(firm.zone)):
            return current
    return add_document(
        actor=actor,
        enterprise=firm,
        kind=document.kind,
        title=document.name,
        number=number,
        valid_to=valid_to,
        file=file,
    )


def _settle_notices(documents: Sequence[CaseDocument]) -> None:
    """Let the notices be kept of which no document is missing any more."""
    for task in {one.task for one in documents}:
        late = CaseDocument.objects.filter(task=task, state=CaseDocument.State.LATE)
        if late.exists():
            continue
        for notice in LateNotice.objects.filter(task=task, state=LateNotice.State.OPEN):
            save_record(notice, state=LateNotice.State.KEPT, settled_at=zones.now(notice.zone))


def _locked(actor: User | None, document: CaseDocument, step: str) -> tuple[CaseDocument, list[CaseDocument]]:
    """Return a document that is still wanted under the lock of its case, with those of other tasks that are the same."""
    zones.require(actor, Verb.CHANGE, Thing.CASE, document.zone_id)
    case, _tasks = locked_case(document.case_id)
    document = _row(document.pk)
    if case.is_closed:
        raise CaseClosed(number=case.number, state=case.get_state_display(), step=step)
    if document.is_result or document.state not in WANTED:
        raise DocumentSettled(document=document.name, state=document.get_state_display(), step=step)
    return document, [one for one in asked_together(document) if one.state in WANTED]


def _row(pk: int) -> CaseDocument:
    rows = CaseDocument.objects.select_related("zone", "case__enterprise__zone", "case__theme", "task", "use")
    return rows.get(pk=pk)


def _subject(document: CaseDocument) -> str:
    return f"{document.case.number} {document.name}"[:120]
