"""Rows for tests, each as small as the database allows. Names are made up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import Building, Floor, Site, Unit
from zhuchao.apps.projects.models import Project
from zhuchao.apps.promotion.models import Activity, ActivityParty, Lead
from zhuchao.apps.zones.models import Department, Membership, Role, Sector, User, Zone
from zhuchao.apps.zones.selectors import now
from zhuchao.engines.identity import make_synthetic_code

DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_numbers: Iterator[int] = count(1)


def passing_moment(zone: Zone) -> datetime:
    """Return the zone's present moment once it is past: a demo zone's clock stands still for a millisecond."""
    moment = now(zone)
    while now(zone) == moment:
        pass
    return moment


def make_zone(code: str = "", **values: Any) -> Zone:
    """Make a zone."""
    n = next(_numbers)
    values = {"name": f"测试街道{n}", "short_name": f"测{n}", "kind": Zone.Kind.SUBDISTRICT} | values
    return Zone.objects.create(code=code or f"zone-{n}", **values)


def make_department(zone: Zone | None = None, **values: Any) -> Department:
    """Make a department of a zone."""
    values = {"name": f"科室{next(_numbers)}", "kind": Department.Kind.DEPARTMENT} | values
    return Department.objects.create(zone=zone or make_zone(), **values)


def make_user(
    *roles: Role | str, zone: Zone | None = None, department: Department | None = None, **values: Any
) -> User:
    """Make a person who holds ``roles`` in ``zone``; password ``correct horse battery``."""
    n = next(_numbers)
    values = {"username": f"user{n}", "display_name": f"张三{n}"} | values
    user = User(**values)
    user.set_password("correct horse battery")
    user.save()
    if roles:
        zone = zone or make_zone()
        for role in roles:
            Membership.objects.create(
                user=user, zone=zone, role=role, department=department, since=date(2000, 1, 1)
            )
    return user


def make_sector(zone: Zone | None = None, name: str = "", **values: Any) -> Sector:
    """Make a sector of a zone's taxonomy."""
    values = {"since": date(2000, 1, 1)} | values
    return Sector.objects.create(zone=zone or make_zone(), name=name or f"产业{next(_numbers)}", **values)


def make_enterprise(zone: Zone | None = None, **values: Any) -> Enterprise:
    """Make a firm, without the services' checks."""
    values = {"name": f"测试企业{next(_numbers)}有限公司"} | values
    values.setdefault("normal_name", values["name"].removesuffix("有限公司"))
    return Enterprise.objects.create(zone=zone or make_zone(), **values)


def make_site(zone: Zone | None = None, **values: Any) -> Site:
    """Make a site."""
    values = {"name": f"测试产业园{next(_numbers)}"} | values
    return Site.objects.create(zone=zone or make_zone(), **values)


def make_unit(site: Site | None = None, **values: Any) -> Unit:
    """Make a unit on the first floor of a new building of a site."""
    site = site or make_site()
    building = Building.objects.create(zone=site.zone, site=site, name=f"{next(_numbers)}号楼")
    floor = Floor.objects.create(zone=site.zone, building=building, level=1)
    values = {"name": "101", "gross_area_m2": Decimal("500.00")} | values
    return Unit.objects.create(zone=site.zone, site=site, building=building, floor=floor, **values)


def make_lead(zone: Zone | None = None, **values: Any) -> Lead:
    """Make a lead, without its stage entry."""
    values = {"name": f"测试线索{next(_numbers)}", "found_on": DAY} | values
    values.setdefault("normal_name", values["name"])
    return Lead.objects.create(zone=zone or make_zone(), **values)


def make_ready(lead: Lead) -> Lead:
    """Give a lead every fact that a stage may ask for: sector, owner, amounts, code and a meeting; return it."""
    sector = lead.sector or make_sector(lead.zone)
    owner = lead.owner or make_user(Role.PROMOTION_OFFICER, zone=lead.zone)
    Lead.objects.filter(pk=lead.pk).update(
        sector=sector,
        owner=owner,
        planned_investment_cny=lead.planned_investment_cny or Decimal("1000000.00"),
        signed_investment_cny=lead.signed_investment_cny or Decimal("1000000.00"),
        credit_code=lead.credit_code or make_synthetic_code(next(_numbers)),
    )
    visit = Activity.objects.create(
        zone=lead.zone,
        title=f"走访{next(_numbers)}",
        direction=Activity.Direction.OUT,
        kind=Activity.Kind.VISIT,
        happened_on=lead.found_on,
        ended_on=lead.found_on,
        recorded_at=MOMENT,
    )
    ActivityParty.objects.create(
        zone=lead.zone,
        activity=visit,
        kind=ActivityParty.Kind.LEAD,
        name=lead.name,
        normal_name=lead.normal_name,
        lead=lead,
    )
    return Lead.objects.get(pk=lead.pk)


def make_project(zone: Zone | None = None, **values: Any) -> Project:
    """Make a project, without stage entries."""
    values = {"name": f"测试项目{next(_numbers)}"} | values
    values.setdefault("normal_name", values["name"])
    return Project.objects.create(zone=zone or make_zone(), **values)


def signed_in(client: Client, user: User) -> Client:
    """Sign a person in without the form."""
    client.force_login(user, backend="zhuchao.apps.zones.services.sign_in.PasswordBackend")
    return client
