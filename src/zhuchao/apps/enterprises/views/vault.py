"""Pages of the vault: a firm's documents, one document, and the list of a zone."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.core.services.records import changes_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.changes import verb_name
from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import DocumentEditForm, DocumentForm, DocumentReplaceForm, DocumentWithdrawForm
from ..models import DocumentKind, FirmDocument
from ..selectors import vault
from .pages import form_response
from .records import record_context

COLOURS = {
    FirmDocument.Standing.VALID: "green",
    FirmDocument.Standing.EXPIRING: "yellow",
    FirmDocument.Standing.EXPIRED: "red",
    FirmDocument.Standing.NOT_YET: "blue",
    FirmDocument.Standing.REPLACED: "secondary",
    FirmDocument.Standing.WITHDRAWN: "secondary",
}
USES_SHOWN = 50


def standing_of(document: FirmDocument) -> tuple[str, str, str]:
    """Return how a document stands today as the lists show it: value, label, colour."""
    standing = document.standing_on(zones.today(document.zone))
    return (standing.value, str(standing.label), COLOURS[standing])


def url_of(document: FirmDocument) -> str:
    """Return where a document is shown."""
    return reverse("firm-document-detail", args=[document.pk])


def _last_day(document: FirmDocument) -> Any:
    return document.valid_to.isoformat() if document.valid_to else _("长期")


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.FIRM_DOCUMENT)


def _document_list(zone: Zone) -> ListPage:
    on = zones.today(zone)
    return ListPage(
        key="firm-documents",
        title=gettext_lazy("材料库"),
        thing="firm_document",
        columns=(
            Column("title", gettext_lazy("材料"), str, link=url_of, on_phone=True),
            Column(
                "enterprise",
                gettext_lazy("企业"),
                lambda one: one.enterprise.name,
                link=lambda one: reverse("enterprise-documents", args=[one.enterprise_id]),
                on_phone=True,
            ),
            Column("kind", gettext_lazy("材料种类"), lambda one: one.get_kind_display()),
            Column("number", gettext_lazy("证号或文号"), lambda one: one.number),
            Column("issuer", gettext_lazy("发证或出具单位"), lambda one: one.issuer),
            Column("standing", gettext_lazy("状态"), standing_of, Kind.STATE, on_phone=True),
            Column("from", gettext_lazy("有效期自"), lambda one: one.valid_from, Kind.DATE, hidden=True),
            Column("to", gettext_lazy("有效期至"), _last_day, sort="valid_to"),
            Column("received", gettext_lazy("收到日期"), lambda one: one.received_on, Kind.DATE),
            Column("file", gettext_lazy("有文件"), lambda one: one.file_id is not None, Kind.BOOL),
        ),
        filters=(
            Filter("kind", gettext_lazy("材料种类"), by_value("kind"), lambda request: DocumentKind.choices),
            Filter(
                "standing",
                gettext_lazy("状态"),
                lambda rows, text: vault.in_standing(rows, text, on),
                lambda request: FirmDocument.Standing.choices,
            ),
            Filter("to", gettext_lazy("有效期至"), by_date_range("valid_to"), kind="date_range"),
        ),
        search=lambda request, rows, text: vault.searched_documents(rows, _scopes(request), text),
        search_hint=gettext_lazy("证号、名称、发证单位或企业"),
        default_sort="valid_to",
        row_verbs=(
            RowVerb(
                "replace",
                gettext_lazy("换新"),
                lambda one: reverse("firm-document-replace", args=[one.pk]),
                "tabler-refresh",
                "change",
                "firm_document",
            ),
        ),
        other_actions=(
            Action(
                gettext_lazy("免交材料"), "firm-document-saved", "view", "firm_document", "tabler-recycle"
            ),
        ),
        empty_sentence=gettext_lazy("材料库还是空的。打开一家企业的“材料库”登记，或导入证照台账。"),
        empty_actions=(
            Action(gettext_lazy("去选企业"), "enterprise-list", "view", "enterprise", "tabler-building"),
        ),
        tabs=(
            (gettext_lazy("有效"), "standing=valid"),
            (gettext_lazy("30 天内到期"), "standing=expiring"),
            (gettext_lazy("已过期"), "standing=expired"),
            (gettext_lazy("全部"), ""),
        ),
    )


@login_required
def document_list(request: HttpRequest) -> HttpResponseBase:
    """List the documents of the zone's firms."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.FIRM_DOCUMENT, zone)
    rows = vault.visible_documents(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, _document_list(zone), rows)


@login_required
def enterprise_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a firm's vault: its documents, what it consented to, and what its documents were used for."""
    firm = selectors.get_enterprise(request.user, pk)
    zones.require(request.user, Verb.VIEW, Thing.FIRM_DOCUMENT, firm.zone_id)
    ids = selectors.family_ids(firm)
    on = zones.today(firm.zone)
    documents = vault.visible_documents(request.user).filter(enterprise__in=ids).order_by("kind", "-pk")
    lines = [(document, standing_of(document)) for document in documents]
    consents = vault.visible_consents(request.user).filter(enterprise__in=ids, is_void=False)
    uses = vault.visible_uses(request.user).filter(enterprise__in=ids, is_void=False)
    return render(
        request,
        "enterprises/enterprise_documents.html",
        {
            **record_context(request, firm, "documents"),
            "current": [line for line in lines if line[0].state == FirmDocument.State.CURRENT],
            "ended": [line for line in lines if line[0].state != FirmDocument.State.CURRENT],
            "consents": consents,
            "uses": uses[:USES_SHOWN],
            "saved": vault.saved_of(request.user, ids),
            "on": on,
        },
    )


@login_required
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a document: what it says, its file, what it replaced, what it was used for, who changed it."""
    document = vault.get_document(request.user, pk)
    firm = selectors.get_enterprise(request.user, document.enterprise_id)
    return render(
        request,
        "enterprises/firm_document.html",
        {
            **record_context(request, firm, "documents"),
            "document": document,
            "standing": standing_of(document),
            "is_current": document.state == FirmDocument.State.CURRENT,
            "serves": document.serves_on(zones.today(document.zone)),
            "facts": [
                (_("材料种类"), document.get_kind_display()),
                (_("证号或文号"), document.number),
                (_("发证或出具单位"), document.issuer),
                (_("有效期自"), document.valid_from.isoformat() if document.valid_from else ""),
                (_("有效期至"), _last_day(document)),
                (_("收到日期"), document.received_on.isoformat()),
                (_("备注"), document.note),
            ],
            "newer": getattr(document, "replaced_by", None),
            "uses": vault.visible_uses(request.user).filter(document=document, is_void=False)[:USES_SHOWN],
            "changes": [
                (change.moment, change.actor_name, verb_name(change.verb))
                for change in changes_of(document)[:USES_SHOWN]
            ],
        },
    )


@login_required
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of a document."""
    document = vault.get_document(request.user, pk)
    if document.file is None:
        raise NotFound(what=_("这份材料的文件"))
    return attachment_response(document.file)


def _kept_file(request: HttpRequest, values: dict[str, Any], scope: int) -> Attachment | None:
    file = values.pop("file", None)
    if file is None:
        return None
    return keep_file(content=file, name=file.name, scope=scope, actor=person_of(request), purpose="document")


@login_required
def document_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document into a firm's vault."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FIRM_DOCUMENT, firm.zone_id)

    def act(values: dict[str, Any]) -> str:
        file = _kept_file(request, values, firm.zone_id)
        services.add_document(actor=actor, enterprise=firm, file=file, **values)
        return _("已存入材料库。")

    form = DocumentForm(
        posted(request),
        request.FILES or None,
        initial={"received_on": zones.today(firm.zone)},
        zone=firm.zone,
    )
    back = reverse("enterprise-documents", args=[firm.pk])
    return form_response(request, form, act, firm=firm, title=_("登记材料"), back=back)


@login_required
def document_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what is said of a document."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.FIRM_DOCUMENT, document.zone_id)

    def act(values: dict[str, Any]) -> str:
        file = _kept_file(request, values, document.zone_id)
        services.edit_document(
            actor=actor, document=document, seen_version=seen_version(request), file=file, **values
        )
        return _("已保存。")

    initial = {name: getattr(document, name) for name in ("kind", "title", "number", "issuer", "note")} | {
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "does_not_expire": document.valid_to is None,
    }
    form = DocumentEditForm(posted(request), request.FILES or None, initial=initial, zone=document.zone)
    return form_response(
        request,
        form,
        act,
        firm=document.enterprise,
        title=_("修改材料"),
        back=url_of(document),
        version=document.version,
    )


@login_required
def document_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a newer document in the place of this one."""
    actor = person_of(request)
    old = vault.get_document(actor, pk)
    firm = selectors.survivor_of(old.enterprise)
    zones.require(actor, Verb.CHANGE, Thing.FIRM_DOCUMENT, old.zone_id)

    def act(values: dict[str, Any]) -> str:
        file = _kept_file(request, values, old.zone_id)
        services.add_document(actor=actor, enterprise=firm, kind=old.kind, file=file, replaces=old, **values)
        return _("已换新，旧材料保留可查。")

    initial = {"title": old.title, "number": old.number, "issuer": old.issuer} | {
        "received_on": zones.today(old.zone)
    }
    form = DocumentReplaceForm(posted(request), request.FILES or None, initial=initial, zone=old.zone)
    back = reverse("enterprise-documents", args=[firm.pk])
    return form_response(
        request, form, act, firm=firm, title=_("换新：%(document)s") % {"document": old}, back=back
    )


@login_required
def document_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document out of use."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, document.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.withdraw_document(actor=actor, document=document, **values)
        return _("已撤回，原材料和使用记录保留可查。")

    form = DocumentWithdrawForm(
        posted(request), initial={"on": zones.today(document.zone)}, zone=document.zone
    )
    return form_response(
        request,
        form,
        act,
        firm=document.enterprise,
        title=_("撤回：%(document)s") % {"document": document},
        back=url_of(document),
        dangerous=True,
    )
