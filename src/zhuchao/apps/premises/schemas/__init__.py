"""What the API takes and gives for premises. Areas are m²."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.urls import reverse
from ninja import Field, Schema

from zhuchao.web.api import EntryOut

from .. import selectors
from ..models import Picture, Revitalisation, Site, Unit

PictureKind = Literal["photo", "plan"]
SiteKind = Literal["park", "building", "block", "factory", "heritage", "plot"]
CarrierClass = Literal["", "flagship", "functional"]
UnitKind = Literal["workshop", "office", "rnd", "shop", "storage", "heritage", "plot", "other"]
FireClass = Literal["", "a", "b", "c", "d", "e"]
Tenure = Literal["", "state", "collective", "own", "entrusted", "other"]
Cause = Literal[
    "",
    "expired",
    "left",
    "dispute",
    "condition",
    "price",
    "repair",
    "new",
    "plan",
    "other",
    "built",
    "enrolled",
    "demolished",
    "sold",
    "converted",
]
State = Literal["vacant", "reserved", "signed", "let", "self_used", "in_works", "withdrawn"]


Count = Annotated[int, Field(ge=0, le=999)]


def _may_reveal(context: Any, unit: Unit) -> bool:
    return selectors.may_reveal(context["request"].user, unit)


class PictureIn(Schema):
    """What is said of a photo or plan that is sent: of the site, or of one floor or unit of it."""

    kind: PictureKind = "photo"
    caption: Annotated[str, Field(max_length=60)] = ""
    floor_id: int | None = None
    unit_id: int | None = None
    is_public: bool = False


class PictureOut(Schema):
    """A photo or plan of a site, or of one of its floors or units; ``url`` is where its file opens."""

    id: int
    kind: str
    caption: str
    floor_id: int | None
    unit_id: int | None
    is_public: bool
    media_type: str
    url: str

    @staticmethod
    def resolve_media_type(picture: Picture) -> str:
        return picture.file.file.media_type

    @staticmethod
    def resolve_url(picture: Picture) -> str:
        return reverse("site-picture", args=[picture.pk])


class SiteOut(Schema):
    """A site."""

    id: int
    zone: str
    name: str
    kind: str
    carrier_class: str
    address: str
    district: str
    steward_id: int | None
    steward: str | None
    operator_id: int | None
    operator: str | None
    land_area_m2: Decimal | None
    parent_id: int | None
    theme: str
    partner: str
    admission_scope: list[str]
    plan_constraints: list[str]
    plan_source: str
    plan_on: date | None
    incubator: bool
    version: int

    @staticmethod
    def resolve_zone(site: Site) -> str:
        return site.zone.code

    @staticmethod
    def resolve_steward(site: Site) -> str | None:
        return str(site.steward) if site.steward else None

    @staticmethod
    def resolve_operator(site: Site) -> str | None:
        return str(site.operator) if site.operator else None


class SitePage(Schema):
    """Sites, and the id to go on ``after``."""

    items: list[SiteOut]
    after: int | None


class StateAreaOut(Schema):
    """How much space stands in one state."""

    state: str
    label: str
    units: int
    area_m2: Decimal


class StockOut(Schema):
    """All space on a day as known at a moment; the states add up to ``total_m2``."""

    on: date
    as_of: datetime
    by_state: list[StateAreaOut]
    units: int
    total_m2: Decimal
    stock_m2: Decimal


class SiteIn(Schema):
    """A new site; ``on`` is since when it has its name."""

    name: str
    on: date | None = None
    kind: SiteKind = "park"
    carrier_class: CarrierClass = ""
    address: str = ""
    district: str = ""
    steward_id: int | None = None
    operator_id: int | None = None
    land_area_m2: Decimal | None = None
    parent_id: int | None = None
    theme: str = ""
    partner: str = ""
    admission_scope: list[str] = []
    plan_constraints: list[str] = []
    plan_source: str = ""
    plan_on: date | None = None
    incubator: bool = False


class SiteEdit(Schema):
    """Facts of a site to change; what is not given stays. ``version`` is the one that was read."""

    version: int
    kind: SiteKind = "park"
    carrier_class: CarrierClass = ""
    address: str = ""
    district: str = ""
    operator_id: int | None = None
    land_area_m2: Decimal | None = None
    parent_id: int | None = None
    theme: str = ""
    partner: str = ""
    admission_scope: list[str] = []
    plan_constraints: list[str] = []
    plan_source: str = ""
    plan_on: date | None = None
    incubator: bool = False


class SiteNameIn(Schema):
    """A name the site has or had since a day."""

    name: str
    on: date
    evidence_note: str = ""


class StewardIn(Schema):
    """Who answers for a site from now on."""

    steward_id: int
    reason: str = ""


class BuildingIn(Schema):
    """A new building."""

    name: str
    address: str = ""


class BuildingOut(Schema):
    """A building of a site."""

    id: int
    site_id: int
    name: str
    address: str


class UnitOut(Schema):
    """A unit with its present state; ``tenure`` and ``rent_floor_cny_m2_day`` are null for who may not see them."""

    id: int
    zone: str
    site_id: int
    site: str
    building_id: int | None
    building: str | None
    level: int | None
    name: str
    kind: str
    gross_area_m2: Decimal
    net_area_m2: Decimal | None
    clear_height_m: Decimal | None
    floor_load_kn_m2: Decimal | None
    power_kva: Decimal | None
    column_grid: str
    water_m3_day: Decimal | None
    has_gas: bool | None
    has_sewage: bool | None
    hoist_t: Decimal | None
    loading_docks: int | None
    fire_class: str
    allowed_uses: list[str]
    forbidden_uses: list[str]
    hazard_allowed: bool | None
    food_allowed: bool | None
    asking_rent_cny_m2_day: Decimal | None
    amenities: list[str]
    available_on: date | None
    position: int | None
    tenure: str | None
    rent_floor_cny_m2_day: Decimal | None
    state: str
    state_since: date | None
    idle_m2: Decimal | None
    occupant_id: int | None
    version: int

    @staticmethod
    def resolve_zone(unit: Unit) -> str:
        return unit.zone.code

    @staticmethod
    def resolve_site(unit: Unit) -> str:
        return unit.site.name

    @staticmethod
    def resolve_building(unit: Unit) -> str | None:
        return unit.building.name if unit.building else None

    @staticmethod
    def resolve_tenure(unit: Unit, context: Any) -> str | None:
        return unit.tenure if _may_reveal(context, unit) else None

    @staticmethod
    def resolve_rent_floor_cny_m2_day(unit: Unit, context: Any) -> Decimal | None:
        return unit.rent_floor_cny_m2_day if _may_reveal(context, unit) else None

    @staticmethod
    def resolve_level(unit: Unit) -> int | None:
        return unit.floor.level if unit.floor else None


class UnitPage(Schema):
    """Units, and the id to go on ``after``."""

    items: list[UnitOut]
    after: int | None


class UnitIn(Schema):
    """A new unit with the state it is in since ``on``."""

    name: str
    gross_area_m2: Decimal
    building_id: int | None = None
    level: int | None = None
    kind: UnitKind = "other"
    net_area_m2: Decimal | None = None
    clear_height_m: Decimal | None = None
    floor_load_kn_m2: Decimal | None = None
    power_kva: Decimal | None = None
    column_grid: Annotated[str, Field(max_length=20)] = ""
    water_m3_day: Decimal | None = None
    has_gas: bool | None = None
    has_sewage: bool | None = None
    hoist_t: Decimal | None = None
    loading_docks: Count | None = None
    fire_class: FireClass = ""
    allowed_uses: list[str] = []
    forbidden_uses: list[str] = []
    hazard_allowed: bool | None = None
    food_allowed: bool | None = None
    tenure: Tenure = ""
    rent_floor_cny_m2_day: Decimal | None = None
    asking_rent_cny_m2_day: Decimal | None = None
    amenities: list[str] = []
    available_on: date | None = None
    position: Count | None = None
    state: State = "vacant"
    on: date | None = None
    occupant: str = ""
    cause: Cause = ""
    why: str = ""


class PartIn(Schema):
    """A unit that a split makes; without ``state`` it keeps that of the whole."""

    name: str
    gross_area_m2: Decimal
    state: Literal["vacant"] | None = None
    position: Annotated[int, Field(ge=1, le=999)] | None = None


class SplitIn(Schema):
    """What a unit is split into since ``on``; the areas add up to that of the unit to the cent."""

    on: date
    parts: list[PartIn]
    evidence_note: str = ""


class MergeIn(Schema):
    """With which units a unit is merged since ``on``, and what the whole is called."""

    on: date
    unit_ids: Annotated[list[int], Field(min_length=1, max_length=50)]
    name: str
    evidence_note: str = ""


class TenantOut(Schema):
    """A unit that somebody uses."""

    id: int
    firm: str
    enterprise_id: int | None
    tags: list[str]
    industry: str
    site_id: int
    site: str
    address: str
    building_id: int | None
    building: str | None
    level: int | None
    name: str
    gross_area_m2: Decimal
    state: str
    state_since: date | None

    @staticmethod
    def resolve_firm(unit: Any) -> str:
        return str(unit.used_by)

    @staticmethod
    def resolve_enterprise_id(unit: Unit) -> int | None:
        return unit.occupant_id

    @staticmethod
    def resolve_tags(unit: Unit) -> list[str]:
        return selectors.tags_of_tenant(unit)

    @staticmethod
    def resolve_industry(unit: Unit) -> str:
        return unit.occupant.industry if unit.occupant else ""

    @staticmethod
    def resolve_site(unit: Unit) -> str:
        return unit.site.name

    @staticmethod
    def resolve_address(unit: Unit) -> str:
        return (unit.building.address if unit.building else "") or unit.site.address

    @staticmethod
    def resolve_building(unit: Unit) -> str | None:
        return unit.building.name if unit.building else None

    @staticmethod
    def resolve_level(unit: Unit) -> int | None:
        return unit.floor.level if unit.floor else None


class TenantPage(Schema):
    """Who is where, and the id to go on ``after``."""

    items: list[TenantOut]
    after: int | None


class LineOut(Schema):
    """Space that came into the stock, or left it, for one reason."""

    kind: str
    label: str
    area_m2: Decimal
    unit_ids: list[int]


class MovementOut(Schema):
    """The stock over a period: opening + increase − decrease = closing, to the cent."""

    start: date
    end: date
    as_of: datetime
    opening_m2: Decimal
    increase_m2: Decimal
    increase: list[LineOut]
    decrease_m2: Decimal
    decrease: list[LineOut]
    rearranged_m2: Decimal
    closing_m2: Decimal
    difference_m2: Decimal


class UnitEdit(Schema):
    """Facts of a unit to change; what is not given stays. Another gross area holds since ``on``."""

    version: int
    on: date | None = None
    name: str = ""
    kind: UnitKind = "other"
    gross_area_m2: Decimal = Decimal(0)
    net_area_m2: Decimal | None = None
    clear_height_m: Decimal | None = None
    floor_load_kn_m2: Decimal | None = None
    power_kva: Decimal | None = None
    column_grid: Annotated[str, Field(max_length=20)] = ""
    water_m3_day: Decimal | None = None
    has_gas: bool | None = None
    has_sewage: bool | None = None
    hoist_t: Decimal | None = None
    loading_docks: Count | None = None
    fire_class: FireClass = ""
    allowed_uses: list[str] = []
    forbidden_uses: list[str] = []
    hazard_allowed: bool | None = None
    food_allowed: bool | None = None
    tenure: Tenure = ""
    rent_floor_cny_m2_day: Decimal | None = None
    asking_rent_cny_m2_day: Decimal | None = None
    amenities: list[str] = []
    available_on: date | None = None
    position: Count | None = None


class UnitStateIn(Schema):
    """The state a unit came into; ``seen`` is the entry that stood there when it was read."""

    state: State
    on: date
    idle_m2: Decimal | None = None
    occupant: str = ""
    cause: Cause = ""
    why: str = ""
    evidence_note: str = ""
    seen: int | None = None


class UnitStateEdit(Schema):
    """What a state entry should have said; what is not given stays."""

    reason: str
    state: State = "vacant"
    happened_on: date = date.min
    area_m2: Decimal = Decimal(0)
    idle_m2: Decimal | None = None
    occupant: str = ""
    cause: Cause = ""
    why: str = ""
    evidence_note: str = ""


class UnitStateOut(EntryOut):
    """A state a unit came into."""

    unit_id: int
    state: str
    area_m2: Decimal
    idle_m2: Decimal | None
    enterprise_id: int | None
    occupant_name: str
    cause: str
    why: str
    lineage_id: int | None


class RevitalisationOut(EntryOut):
    """Idle space brought back to use."""

    zone: str
    site_id: int | None
    unit_id: int | None
    place: str
    area_m2: Decimal
    way: str
    used_by: str

    @staticmethod
    def resolve_zone(entry: Revitalisation) -> str:
        return entry.zone.code


class RevitalisationPage(Schema):
    """Revitalisations with the sum of all that fit, and the id to go on ``after``."""

    items: list[RevitalisationOut]
    total_m2: Decimal
    after: int | None


class RevitalisationIn(Schema):
    """A revitalisation; say the unit, or the site and the place in it, or the place alone."""

    on: date
    area_m2: Decimal
    site_id: int | None = None
    unit_id: int | None = None
    place: str = ""
    way: str = ""
    used_by: str = ""
    evidence_note: str


class RevitalisationEdit(Schema):
    """What an entry should have said; what is not given stays."""

    reason: str
    happened_on: date = date.min
    area_m2: Decimal = Decimal(0)
    place: str = ""
    way: str = ""
    used_by: str = ""
    evidence_note: str = ""
