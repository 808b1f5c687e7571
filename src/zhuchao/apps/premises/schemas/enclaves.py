"""What the API of enclaves takes and gives."""

from datetime import date
from decimal import Decimal

from ninja import Schema

from zhuchao.web.api import EntryOut

from ..models import Enclave


class EnclaveOut(Schema):
    """An enclave: ``zone`` keeps its books, ``partner`` has a share."""

    id: int
    zone: str
    partner: str
    site_id: int
    site: str
    agreed_on: date | None
    note: str
    version: int

    @staticmethod
    def resolve_zone(enclave: Enclave) -> str:
        return enclave.zone.code

    @staticmethod
    def resolve_partner(enclave: Enclave) -> str:
        return enclave.partner.code

    @staticmethod
    def resolve_site(enclave: Enclave) -> str:
        return enclave.site.name


class EnclavePage(Schema):
    """Enclaves, and the id to go on ``after``."""

    items: list[EnclaveOut]
    after: int | None


class EnclaveIn(Schema):
    """A new enclave; ``partner`` is the code of the other park."""

    site_id: int
    partner: str
    agreed_on: date | None = None
    note: str = ""


class EnclaveShareIn(Schema):
    """What part the partner has from a day on, percent."""

    partner_percent: Decimal
    on: date
    evidence_note: str


class EnclaveShareOut(EntryOut):
    """A share."""

    enclave_id: int
    partner_percent: Decimal
    keeper_percent: Decimal


class EnclaveTenantOut(Schema):
    """A firm at an enclave with all the area it uses there, m²."""

    name: str
    area_m2: Decimal


class ParkAccountOut(Schema):
    """What a park counts: firms by its share in them, area m²."""

    zone: str
    own_firms: int
    enclave_firms: int
    credit: float
    area_m2: Decimal


class RegionAccountOut(Schema):
    """The parks of a region, and the region itself: every firm and every square metre once."""

    on: date
    firms: int
    area_m2: Decimal
    parks: list[ParkAccountOut]
