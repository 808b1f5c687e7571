"""A zone with an open door: a published site with free, taken and kept-back units, and one that is not published."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_site, make_unit, make_user, make_zone
from zhuchao.apps.portal.models import Door, Listing, UnitListing
from zhuchao.apps.premises.models import Site, Unit, UnitState
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone

TENANT = "保密租户七三"


@dataclass(frozen=True)
class Open:
    """What the tests of the public pages look at."""

    zone: Zone
    door: Door
    site: Site
    free: Unit
    taken: Unit
    withheld: Unit
    hidden: Unit
    officer: User


def make_open_zone() -> Open:
    """Make the zone with everything in it."""
    zone = make_zone("river", name="临河街道", short_name="临河", brand_name="河畔", brand_slogan="近水")
    steward = make_user(Role.STEWARD, zone=zone, display_name="园长老邱", phone="13900007315")
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="招商老邓", phone="13900007316")
    site = make_site(zone, name="河畔产业园", address="河滨路8号", steward=steward)
    floor_facts = {"site": site, "building": None, "floor": None}
    free = make_unit(
        site,
        name="101",
        kind=Unit.Kind.WORKSHOP,
        gross_area_m2=Decimal("650.00"),
        asking_rent_cny_m2_day=Decimal("1.25"),
        rent_floor_cny_m2_day=Decimal("0.731"),
        tenure=Unit.Tenure.COLLECTIVE,
        has_gas=True,
        has_sewage=False,
        clear_height_m=Decimal("5.40"),
        allowed_uses=["装配", "展示"],
    )
    floor_facts |= {"building": free.building, "floor": free.floor}
    firm = make_enterprise(zone, name=f"{TENANT}有限公司")
    shared = {"zone": zone, "gross_area_m2": Decimal(300), **floor_facts}
    taken = Unit.objects.create(name="102", state=Unit.State.LET, occupant=firm, **shared)
    UnitState.objects.create(
        zone=zone,
        unit=taken,
        state=Unit.State.LET,
        area_m2=300,
        enterprise=firm,
        occupant_name=firm.name,
        happened_on=zones.today(zone),
        recorded_at=zones.now(zone),
    )
    withheld = Unit.objects.create(name="103", **shared)
    UnitListing.objects.create(zone=zone, unit=withheld, is_withheld=True)
    Listing.objects.create(zone=zone, site=site, is_published=True, headline="临水厂房")
    hidden = make_unit(make_site(zone, name="内部仓库"), name="201")
    door = Door.objects.create(
        zone=zone,
        slug="hepan",
        is_open=True,
        shows_screen=True,
        phone="0512-67201234",
        privacy="只用于联系您，答复后保留 180 天。",
        officer=officer,
    )
    return Open(zone, door, site, free, taken, withheld, hidden, officer)


@pytest.fixture
def opened() -> Open:
    """Return a zone whose door is open."""
    return make_open_zone()
