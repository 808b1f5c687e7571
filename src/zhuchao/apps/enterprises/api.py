"""The API of enterprises: the same services and selectors as the pages."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_by_name
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from . import selectors, services
from .models import DocumentConsent, DocumentKind, DocumentUse, Enterprise, Filing, FirmDocument
from .schemas import (
    ContactOut,
    DocumentConsentIn,
    DocumentConsentOut,
    DocumentUseIn,
    DocumentUseOut,
    DocumentUsePage,
    EnterpriseDetail,
    EnterpriseEdit,
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePage,
    FilingIn,
    FilingOut,
    FirmDocumentEdit,
    FirmDocumentIn,
    FirmDocumentOut,
    FirmDocumentPage,
    HoldingOut,
    SavedMonthOut,
)
from .selectors import vault

router = Router(tags=["enterprises"])


def _sector(zone: Zone, name: str) -> Sector:
    named = sectors_by_name(zone, zones.today(zone))
    if name not in named:
        raise WrongInput(
            field=_("所属产业"),
            why=_("本辖区的产业有：%(names)s。") % {"names": listed(named) or "—"},
            name="sector",
        )
    return named[name]


@router.get("/enterprises", response=EnterprisePage)
def list_enterprises(
    request: HttpRequest,
    zone: str,
    q: str = "",
    state: str = "",
    tag: str = "",
    industry: str = "",
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the firms of a zone and the zones below it, by id; at most 200 at a time."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.ENTERPRISE, at)
    rows = selectors.listed_enterprises(actor, at).select_related("zone")
    if state:
        rows = selectors.narrowed(rows, Q(state=state))
    if tag:
        rows = selectors.narrowed_by_tag(rows, tag)
    if industry:
        rows = selectors.narrowed_by_industry(rows, industry)
    if len(q.strip()) > 1:
        rows = selectors.searched(rows, actor, at, q)
    return page_of(rows, after, limit)


@router.post("/enterprises", response={201: EnterpriseOut})
def add_enterprise(request: HttpRequest, zone: str, body: EnterpriseIn) -> Status[Enterprise]:
    """Put a firm on a zone's register."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    said = body.dict()
    said["sector"] = _sector(at, body.sector) if body.sector else None
    return Status(201, services.add_enterprise(actor=actor, zone=at, **said))


@router.get("/enterprises/{pk}", response=EnterpriseDetail)
def get_enterprise(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return a firm with its names and tags."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    ids = selectors.family_ids(firm)
    names = selectors.names_of(firm, ids).values("name", "happened_on")
    tags = selectors.tags_of(actor, ids).values("id", "tag", "source", "happened_on")
    return {"enterprise": firm, "names": list(names), "tags": list(tags), "family": ids}


@router.patch("/enterprises/{pk}", response=EnterpriseOut)
def edit_enterprise(request: HttpRequest, pk: int, body: EnterpriseEdit) -> Enterprise:
    """Change what is said of a firm; a stale version is refused with both."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    said = body.dict(exclude_unset=True)
    seen = said.pop("version")
    if "sector" in said:
        said["sector"] = _sector(firm.zone, said["sector"]) if said["sector"] else None
    return services.edit_enterprise(actor=actor, enterprise=firm, seen_version=seen, **said)


@router.get("/enterprises/{pk}/contacts", response=list[ContactOut])
def list_contacts(request: HttpRequest, pk: int) -> list[selectors.ContactLine]:
    """List the people to call at a firm, masked."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.CONTACT, firm.zone_id)
    return selectors.contact_lines(actor, selectors.family_ids(firm))


@router.get("/enterprises/{pk}/filings", response=list[FilingOut])
def list_filings(request: HttpRequest, pk: int, measure: str = "", period: str = "") -> list[Filing]:
    """List the values that stand for a firm, the oldest period first."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.FILING, firm.zone_id)
    series = selectors.series_of(actor, selectors.family_ids(firm))
    return [
        value.filing
        for one in series
        if measure in ("", one.measure) and period in ("", one.period)
        for value in one.values
    ]


@router.post("/enterprises/{pk}/filings", response={201: list[FilingOut]})
def file_values(request: HttpRequest, pk: int, body: FilingIn) -> Status[list[Filing]]:
    """File what a firm reports for a period; what stands already with the same status writes nothing."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    return Status(201, services.file_values(actor=actor, enterprise=firm, **body.dict()))


@router.get("/firm-documents", response=FirmDocumentPage)
def list_firm_documents(
    request: HttpRequest,
    zone: str,
    q: str = "",
    kind: str = "",
    standing: str = "",
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the documents of a zone's firms and of the zones below it, by id; at most 200 at a time."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, at)
    scopes = zones.zones_under(actor, at, Thing.FIRM_DOCUMENT)
    rows = vault.visible_documents(actor).filter(zone_id__in=scopes)
    if kind:
        rows = rows.filter(kind=kind)
    if standing:
        if standing not in FirmDocument.Standing.values:
            raise WrongInput(field="standing", why=_("请从列出的状态中选择。"), name="standing")
        rows = vault.in_standing(rows, standing, zones.today(at))
    if len(q.strip()) > 1:
        rows = vault.searched_documents(rows, scopes, q)
    return page_of(rows, after, limit)


@router.get("/firm-documents/{int:pk}", response=FirmDocumentOut)
def get_firm_document(request: HttpRequest, pk: int) -> FirmDocument:
    """Return a document of a firm's vault."""
    return vault.get_document(person_of(request), pk)


@router.patch("/firm-documents/{int:pk}", response=FirmDocumentOut)
def edit_firm_document(request: HttpRequest, pk: int, body: FirmDocumentEdit) -> FirmDocument:
    """Put right what is said of a document; a stale version is refused with both."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    said = body.dict(exclude_unset=True)
    seen = said.pop("version")
    return services.edit_document(actor=actor, document=document, seen_version=seen, **said)


@router.post("/firm-documents/{int:pk}/withdraw", response=FirmDocumentOut)
def withdraw_firm_document(request: HttpRequest, pk: int, body: ReasonIn) -> FirmDocument:
    """Take a document out of use, with the reason."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    return services.withdraw_document(actor=actor, document=document, reason=body.reason)


@router.post("/firm-documents/{int:pk}/use", response={201: DocumentUseOut})
def use_firm_document(request: HttpRequest, pk: int, body: DocumentUseIn) -> Status[DocumentUse]:
    """Log that a document is used for one thing; the same again logs nothing new."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    return Status(201, services.use_document(actor=actor, document=document, **body.dict()))


@router.get("/enterprises/{int:pk}/documents", response=HoldingOut)
def documents_for(request: HttpRequest, pk: int, kinds: str = "", on: date | None = None) -> vault.Holding:
    """Return what a firm need not give again of some kinds (comma-separated, all without), and what is missing."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, firm.zone_id)
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()] or DocumentKind.values
    if set(wanted) - set(DocumentKind.values):
        raise WrongInput(field=_("材料种类"), why=_("请从列出的种类中选择。"), name="kinds")
    return vault.documents_for(actor, firm, wanted, on)


@router.post("/enterprises/{int:pk}/documents", response={201: FirmDocumentOut})
def add_firm_document(request: HttpRequest, pk: int, body: FirmDocumentIn) -> Status[FirmDocument]:
    """Take a document into a firm's vault, in the place of an older one if it names it."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    said = body.dict()
    old = said.pop("replaces_id")
    replaces = vault.get_document(actor, old) if old else None
    return Status(201, services.add_document(actor=actor, enterprise=firm, replaces=replaces, **said))


@router.post("/enterprises/{int:pk}/document-consents", response={201: DocumentConsentOut})
def give_document_consent(request: HttpRequest, pk: int, body: DocumentConsentIn) -> Status[DocumentConsent]:
    """Note a consent given by word of mouth."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    means = DocumentConsent.Means.SPOKEN.value
    return Status(201, services.give_consent(actor=actor, enterprise=firm, means=means, **body.dict()))


@router.post("/document-consents/{int:pk}/withdraw", response=DocumentConsentOut)
def withdraw_document_consent(request: HttpRequest, pk: int, body: ReasonIn) -> DocumentConsent:
    """Take a consent back, with the reason."""
    actor = person_of(request)
    return services.withdraw_consent(actor=actor, consent=vault.get_consent(actor, pk), reason=body.reason)


@router.get("/document-uses", response=DocumentUsePage)
def list_document_uses(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the uses by which a document was not asked again, by id."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, at)
    return page_of(vault.saved_uses(actor, at), after, limit)


@router.get("/document-uses/months", response=list[SavedMonthOut])
def saved_documents(request: HttpRequest, zone: str) -> list[dict[str, Any]]:
    """Return how many documents were not asked again, month by month, the latest first."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, at)
    return [{"month": month, "count": n} for month, n in vault.saved_by_month(actor, at)]


@router.post("/document-uses/{int:pk}/void", response=DocumentUseOut)
def void_document_use(request: HttpRequest, pk: int, body: ReasonIn) -> DocumentUse:
    """Take a use logged by mistake out of the count, with the reason."""
    actor = person_of(request)
    return services.void_use(actor=actor, use=vault.get_use(actor, pk), reason=body.reason)
