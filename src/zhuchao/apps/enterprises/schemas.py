"""What the API takes and gives for firms. Telephone numbers and mail addresses are always masked."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Schema

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import EntryOut

from .models import Enterprise, Filing, FirmDocument
from .selectors import period_label


class EnterpriseOut(Schema):
    """A firm as lists give it."""

    id: int
    zone: str
    name: str
    credit_code: str
    legacy_reg_no: str
    state: str
    industry_code: str
    sector: str | None
    is_above_scale: bool | None
    established_on: date | None
    registered_capital_cny: Decimal | None
    legal_person: str
    address: str
    business: str
    merged_into: int | None
    version: int

    @staticmethod
    def resolve_zone(firm: Enterprise) -> str:
        return firm.zone.code

    @staticmethod
    def resolve_sector(firm: Enterprise) -> str | None:
        return firm.sector.name if firm.sector else None

    @staticmethod
    def resolve_merged_into(firm: Enterprise) -> int | None:
        return firm.merged_into_id


class EnterprisePage(Schema):
    """A page of firms; ``after`` is the id to go on from, None at the end."""

    items: list[EnterpriseOut]
    after: int | None


class NameOut(Schema):
    """A name a firm has had since a day."""

    name: str
    happened_on: date


class TagOut(Schema):
    """What is said of a firm, by whom and since when."""

    id: int
    tag: str
    source: str
    happened_on: date


class ContactOut(Schema):
    """A person to call, masked."""

    id: int
    name: str
    post: str
    phone: str
    email: str
    is_main: bool


class EnterpriseDetail(Schema):
    """A firm with its names, tags and the ids of its family: itself and the records merged into it."""

    enterprise: EnterpriseOut
    names: list[NameOut]
    tags: list[TagOut]
    family: list[int]


class EnterpriseIn(Schema):
    """What is said of a new firm. Money in yuan."""

    name: str
    name_since: date | None = None
    credit_code: str = ""
    legacy_reg_no: str = ""
    industry_code: str = ""
    sector: str | None = None
    state: str = Enterprise.State.OPERATING.value
    is_above_scale: bool | None = None
    established_on: date | None = None
    registered_capital_cny: Decimal | None = None
    legal_person: str = ""
    address: str = ""
    business: str = ""
    confirmed_distinct_reason: str = ""


class EnterpriseEdit(Schema):
    """What is changed of a firm; what is not given stays. ``version`` is the one that was read."""

    version: int
    name: str | None = None
    name_since: date | None = None
    credit_code: str | None = None
    legacy_reg_no: str | None = None
    industry_code: str | None = None
    sector: str | None = None
    state: str | None = None
    is_above_scale: bool | None = None
    established_on: date | None = None
    registered_capital_cny: Decimal | None = None
    legal_person: str | None = None
    address: str | None = None
    business: str | None = None
    confirmed_distinct_reason: str = ""


class FilingOut(Schema):
    """A value that a firm reported. Money in yuan, people in persons, energy in tonnes of standard coal."""

    id: int
    enterprise_id: int
    measure: str
    period: str
    on: date
    label: str
    value: Decimal
    status: str
    recorded_at: datetime
    replaces_id: int | None

    @staticmethod
    def resolve_on(filing: Filing) -> date:
        return filing.happened_on

    @staticmethod
    def resolve_label(filing: Filing) -> str:
        return period_label(filing)


class FilingIn(Schema):
    """What a firm reports for the period that ends on ``on``; a month's values are cumulative from January."""

    period: str
    on: date
    status: str
    values: dict[str, Decimal]
    evidence_note: str = ""


class FirmDocumentOut(Schema):
    """A document of a firm's vault; ``standing`` is how it stands today, ``sha256`` the hash of its file."""

    id: int
    enterprise_id: int
    kind: str
    title: str
    number: str
    issuer: str
    valid_from: date | None
    valid_to: date | None
    received_on: date
    standing: str
    state: str
    ended_on: date | None
    end_reason: str
    replaces_id: int | None
    file_name: str | None
    sha256: str | None
    note: str
    version: int

    @staticmethod
    def resolve_standing(document: FirmDocument) -> str:
        return document.standing_on(zones.today(document.zone)).value

    @staticmethod
    def resolve_file_name(document: FirmDocument) -> str | None:
        return document.file.name if document.file else None

    @staticmethod
    def resolve_sha256(document: FirmDocument) -> str | None:
        return document.file.file_id if document.file else None


class FirmDocumentPage(Schema):
    """A page of documents; ``after`` is the id to go on from, None at the end."""

    items: list[FirmDocumentOut]
    after: int | None


class FirmDocumentIn(Schema):
    """A new document, without its file; ``valid_to`` null does not expire. ``replaces_id`` names the older one."""

    kind: str
    title: str = ""
    number: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None
    received_on: date | None = None
    note: str = ""
    replaces_id: int | None = None


class FirmDocumentEdit(Schema):
    """What is put right in a document; what is not given stays. ``version`` is the one that was read."""

    version: int
    kind: str | None = None
    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


class MissingDocumentOut(Schema):
    """A kind of document that has to be asked for, and the one that no longer serves."""

    kind: str
    last: FirmDocumentOut | None


class HoldingOut(Schema):
    """What a firm need not give again on a day, what of it expires within 30 days, and what is missing."""

    on: date
    valid: list[FirmDocumentOut]
    expiring: list[FirmDocumentOut]
    missing: list[MissingDocumentOut]


class DocumentConsentOut(EntryOut):
    """A consent to use a firm's documents for a matter; ``kind`` empty is every kind."""

    enterprise_id: int
    kind: str
    matter: str
    given_by: str
    means: str
    until: date


class DocumentConsentIn(Schema):
    """A consent given by word of mouth; a signed paper comes with its file, through the page."""

    kind: str = ""
    matter: str
    given_by: str
    until: date
    on: date | None = None
    evidence_note: str


class DocumentUseOut(EntryOut):
    """A use of a document; ``came_with`` marks one handed in for this very thing."""

    enterprise_id: int
    document_id: int
    consent_id: int | None
    kind: str
    matter: str
    subject: str
    came_with: bool


class DocumentUsePage(Schema):
    """A page of uses; ``after`` is the id to go on from, None at the end."""

    items: list[DocumentUseOut]
    after: int | None


class DocumentUseIn(Schema):
    """For which thing a document is used."""

    matter: str
    subject: str
    on: date | None = None
    came_with: bool = False


class SavedMonthOut(Schema):
    """How many documents were not asked again in a month, by its first day."""

    month: date
    count: int
