"""The documents of a firm's vault: taken in, edited, replaced by a newer one, withdrawn. None is ever deleted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import check_version, index_rows, record_change, save_record, unindex_rows
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import DocumentNotInUse, DocumentStands, MergedAway
from ..models import DocumentKind, Enterprise, FirmDocument
from ..selectors import family_ids, survivor_of
from ..selectors.vault import THING

TEXTS = ("title", "number", "issuer", "note")
SAID = ("kind", *TEXTS, "valid_from", "valid_to")


@transaction.atomic
def add_document(
    *,
    actor: User | None,
    enterprise: Enterprise,
    kind: str,
    received_on: date | None = None,
    file: Attachment | None = None,
    replaces: FirmDocument | None = None,
    **values: Any,
) -> FirmDocument:
    """Take a document into a firm's vault; with ``replaces`` it takes the place of an older one of the same kind.

    ``values``: title, number, issuer, note, valid_from, valid_to (None: does not expire). Raises WrongInput,
    MergedAway, DocumentStands when a document of this kind and number is in use already, and DocumentNotInUse
    when the older one was replaced or withdrawn by somebody quicker.
    """
    firm = locked_firm(actor, enterprise, Verb.ADD)
    zone = firm.zone
    kept = checked_document(zone, {"kind": kind, **values})
    day = received_on or zones.today(zone)
    if day > zones.today(zone):
        raise WrongInput(field=_("收到日期"), why=_("不能晚于今天。"), name="received_on")
    if replaces is not None:
        zones.require(actor, Verb.CHANGE, Thing.FIRM_DOCUMENT, zone)
        replaces = _locked(replaces)
        _refuse_unless_replaceable(replaces, firm, kept["kind"], day)
        save_record(
            replaces,
            state=FirmDocument.State.REPLACED,
            ended_on=day,
            end_reason=_("换发新的：%(number)s")
            % {"number": kept["number"] or kept["title"] or day.isoformat()},
        )
    _refuse_standing(firm, kept)
    document = FirmDocument(zone=zone, enterprise=firm, received_on=day, file=file, replaces=replaces, **kept)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError as error:
        _refuse_standing(firm, kept)
        raise error
    index_documents([document])
    if replaces is not None:
        record_change(
            actor=actor, verb="replace_document", rows=[replaces, document], scope=zone.pk, enterprise=firm.pk
        )
    else:
        record_change(
            actor=actor, verb="add", rows=[document], scope=zone.pk, enterprise=firm.pk, values=kept
        )
    return document


@transaction.atomic
def edit_document(
    *,
    actor: User | None,
    document: FirmDocument,
    seen_version: int | None = None,
    file: Attachment | None = None,
    **values: Any,
) -> FirmDocument:
    """Put right what is said of a document in use; what is not given stays, its file unless another is given.

    Raises Stale, WrongInput, DocumentNotInUse and DocumentStands.
    """
    zones.require(actor, Verb.CHANGE, Thing.FIRM_DOCUMENT, document.zone_id)
    kept = _locked(document)
    _refuse_ended(kept)
    said = {name: getattr(kept, name) for name in SAID} | values
    wanted = checked_document(kept.zone, said)
    wanted = {name: wanted[name] for name in values}
    check_version(kept, seen_version, yours=wanted)
    _refuse_standing(kept.enterprise, said | wanted, but=kept)
    if file is not None:
        wanted["file"] = file
    changes = save_record(kept, **wanted)
    if changes:
        index_documents([kept])
        record_change(
            actor=actor, verb="edit", rows=[kept], scope=kept.zone_id, enterprise=kept.enterprise_id,
            changes=changes,
        )  # fmt: skip
    return kept


@transaction.atomic
def withdraw_document(
    *, actor: User | None, document: FirmDocument, reason: str, on: date | None = None
) -> FirmDocument:
    """Take a document out of use from a day on (today), with the reason; what used it stays as it was.

    Raises ReasonNeeded, WrongInput for a day to come, and DocumentNotInUse.
    """
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, document.zone_id)
    kept = _locked(document)
    _refuse_ended(kept)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "撤回材料"))
    today = zones.today(kept.zone)
    if not kept.received_on <= (on or today) <= today:
        raise WrongInput(field=_("撤回日期"), why=_("不能早于收到日期，也不能晚于今天。"), name="on")
    save_record(
        kept,
        state=FirmDocument.State.WITHDRAWN,
        ended_on=on or today,
        end_reason=reason.strip()[:200],
    )
    index_documents([kept])
    record_change(
        actor=actor,
        verb="withdraw_document",
        rows=[kept],
        scope=kept.zone_id,
        enterprise=kept.enterprise_id,
        reason=kept.end_reason,
    )
    return kept


def checked_document(zone: Zone, values: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a document in the form it is kept in; raises WrongInput."""
    kept: dict[str, Any] = {name: " ".join(str(values.get(name) or "").split()) for name in TEXTS}
    for name, text in kept.items():
        field = FirmDocument._meta.get_field(name)
        most = getattr(field, "max_length", None) or 0
        if len(text) > most:
            label = str(getattr(field, "verbose_name", name))
            raise WrongInput(field=label, why=_("最多 %(most)s 个字。") % {"most": most}, name=name)
    kept |= {name: values.get(name) for name in ("kind", "valid_from", "valid_to")}
    if kept["kind"] not in DocumentKind.values:
        raise WrongInput(field=_("材料种类"), why=_("请从列出的种类中选择。"), name="kind")
    if kept["kind"] == DocumentKind.OTHER and not kept["title"]:
        raise WrongInput(field=_("材料名称"), why=_("其他材料请写明名称。"), name="title")
    if kept["valid_from"] and kept["valid_to"] and kept["valid_to"] < kept["valid_from"]:
        raise WrongInput(field=_("有效期至"), why=_("不能早于有效期自。"), name="valid_to")
    return kept


def locked_firm(actor: User | None, enterprise: Enterprise, verb: Verb) -> Enterprise:
    """Return the firm under lock for a change of its vault; raises MergedAway, and refuses without the right."""
    zones.require(actor, verb, Thing.FIRM_DOCUMENT, enterprise.zone_id)
    rows = Enterprise.objects.select_related("zone").select_for_update(no_key=True, of=("self",))
    firm = rows.get(pk=enterprise.pk)
    if firm.is_merged:
        raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    return firm


def index_documents(documents: list[FirmDocument]) -> None:
    """Keep documents findable by number, name, issuer and firm; those out of use are not found."""
    current = [one for one in documents if one.state == FirmDocument.State.CURRENT]
    index_rows(
        THING,
        [
            Findable(
                one.pk,
                one.zone_id,
                str(one),
                detail=one.enterprise.name,
                code=one.number,
                words=(one.enterprise.name, one.issuer, str(one.get_kind_display()), one.title),
            )
            for one in current
        ],
    )
    ended = [one.pk for one in documents if one.state != FirmDocument.State.CURRENT]
    if ended:
        unindex_rows(THING, ended)


def _locked(document: FirmDocument) -> FirmDocument:
    rows = FirmDocument.objects.select_related("zone", "enterprise")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)


def _refuse_ended(document: FirmDocument) -> None:
    if document.state != FirmDocument.State.CURRENT:
        raise DocumentNotInUse(document=str(document), state=str(document.get_state_display()))


def _refuse_unless_replaceable(old: FirmDocument, firm: Enterprise, kind: str, day: date) -> None:
    _refuse_ended(old)
    if old.kind != kind or old.enterprise_id not in family_ids(firm):
        raise WrongInput(field=_("替换的旧材料"), why=_("须是同一企业的同一种材料。"), name="kind")
    if day < old.received_on:
        raise WrongInput(field=_("收到日期"), why=_("不能早于旧材料的收到日期。"), name="received_on")


def _refuse_standing(firm: Enterprise, said: dict[str, Any], but: FirmDocument | None = None) -> None:
    """Refuse a second document of one kind and number in use."""
    if not said["number"]:
        return
    same = FirmDocument.objects.filter(
        enterprise__in=family_ids(firm),
        kind=said["kind"],
        number=said["number"],
        state=FirmDocument.State.CURRENT,
    )
    if (same.exclude(pk=but.pk) if but is not None else same).exists():
        raise DocumentStands(
            name=firm.name, kind=str(DocumentKind(said["kind"]).label), number=said["number"]
        )


def _index_ids(ids: Sequence[int]) -> None:
    index_documents(list(FirmDocument.objects.filter(pk__in=ids).select_related("enterprise").order_by("pk")))


SOURCE = Source(THING, lambda: FirmDocument.objects.filter(state=FirmDocument.State.CURRENT), _index_ids)
"""The documents that can be found, so that the index can be made again from them."""
