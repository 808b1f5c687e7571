"""The tree of zones, the units of an organisation, and the 14312 system."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_department, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import NameTaken, StillInUse, WouldBeItsOwnParent
from zhuchao.apps.zones.models import Department, Role, Zone
from zhuchao.apps.zones.selectors.rollup import by_department

Kind = Department.Kind
SYSTEM_14312 = ((Kind.OFFICE, 1), (Kind.BRANCH, 4), (Kind.CENTRE, 3), (Kind.SQUAD, 12))


def make_14312(page) -> dict[str, Department]:
    """Make the 1 + 4 + 3 + 12 units through the page, as an administrator would; return them by name."""
    page.post("/settings/departments/add/", {"name": "招商办", "kind": Kind.OFFICE})
    office = Department.objects.get(name="招商办")
    for kind, count in SYSTEM_14312[1:]:
        for n in range(1, count + 1):
            values = {"name": f"{kind.label}{n}", "kind": kind, "parent": office.pk}
            assert page.post("/settings/departments/add/", values).status_code == 302
    return {department.name: department for department in Department.objects.all()}


@pytest.mark.document("1-03")
def test_the_14312_system_is_20_units_and_their_totals_are_the_whole_without_double_count(page, zone):
    units = make_14312(page)
    assert len(units) == 20
    assert {kind: sum(u.kind == kind for u in units.values()) for kind, _n in SYSTEM_14312} == dict(
        SYSTEM_14312
    )
    shown = page.get("/settings/departments/").content.decode()
    assert all(name in shown for name in units)

    branch, centre, squad = units["专业招商分局1"], units["区域招商中心2"], units["部门招商小分队12"]
    officers = {
        unit.pk: make_user(Role.PROMOTION_OFFICER, zone=zone, department=unit)
        for unit in (branch, centre, squad)
    }

    def part(unit: Department, share: str) -> services.Part:
        return services.Part(officers[unit.pk], unit, Decimal(share))

    amounts = {1: Decimal("100000000"), 2: Decimal("30000000.01"), 3: Decimal("5000000")}
    for row_id, parts in {
        1: [part(branch, "60"), part(centre, "40")],
        2: [part(branch, "33.33"), part(centre, "33.33"), part(squad, "33.34")],
        3: [part(squad, "100")],
    }.items():
        services.assign_jointly(
            actor=None, zone=zone, thing="projects.project", row_id=row_id, label=f"项目{row_id}", parts=parts
        )
    shares = selectors.duty.shares_of("projects.project", amounts)
    parents = {unit.pk: unit.parent_id for unit in units.values()}
    found = by_department(((pk, shares[pk], amount) for pk, amount in amounts.items()), parents)

    assert found.total.things == 3
    assert found.total.amount == sum(amounts.values())
    assert sum(unit.things for unit in found.departments.values()) == 6  # three units name two joint projects
    assert sum(unit.credit for unit in found.departments.values()) == 3
    assert sum(unit.amount for unit in found.departments.values()) == found.total.amount
    office = found.branches[units["招商办"].pk]
    assert (office.things, office.credit, office.amount) == (3, 3, found.total.amount)


def test_a_past_share_is_read_as_it_was(zone):
    unit, other = make_department(zone), make_department(zone)
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    first = services.assign(
        actor=None,
        zone=zone,
        thing="promotion.lead",
        row_id=9,
        label="线索",
        officer=officer,
        department=unit,
    )
    services.assign(
        actor=None,
        zone=zone,
        thing="promotion.lead",
        row_id=9,
        label="线索",
        officer=officer,
        department=other,
    )
    assert selectors.duty.shares_of("promotion.lead", [9]) == {9: [(other.pk, Decimal(100))]}
    assert selectors.duty.shares_of("promotion.lead", [9], first.since) == {9: [(unit.pk, Decimal(100))]}


def test_a_zone_is_added_below_another_and_its_parents_people_see_it_at_once(zone, admin):
    park = services.add_zone(
        actor=admin, code="park", name="产业园", short_name="园", kind=Zone.Kind.PARK, parent=zone
    )
    assert selectors.get_zone(admin, "park") == park
    change = Change.objects.get(scope=park.pk)
    assert (change.verb, change.actor_id) == ("add", admin.pk)


def test_nobody_but_the_system_adds_a_zone_at_the_top(admin):
    with pytest.raises(NotAllowed):
        services.add_zone(actor=admin, code="top", name="顶", short_name="顶", kind=Zone.Kind.CITY)


def test_a_code_names_one_zone_only(zone, admin):
    with pytest.raises(NameTaken):
        services.add_zone(
            actor=admin, code=zone.code, name="重", short_name="重", kind=Zone.Kind.PARK, parent=zone
        )


def test_a_zone_cannot_hang_below_itself():
    top = make_zone()
    middle = make_zone(parent=top)
    low = make_zone(parent=middle)
    for parent in (top, middle, low):
        with pytest.raises(WouldBeItsOwnParent):
            services.edit_zone(actor=None, zone=top, seen_version=None, parent=parent)
    assert not Change.objects.exists()


def test_a_zone_is_not_taken_out_of_its_tree_by_its_own_administrator():
    top, beside = make_zone(), make_zone()
    low = make_zone(parent=top)
    admin = make_user(Role.ADMINISTRATOR, zone=low)
    for parent in (None, beside):
        with pytest.raises((NotAllowed, NotFound)):
            services.edit_zone(actor=admin, zone=low, seen_version=None, parent=parent)


def test_the_clock_and_the_code_of_a_zone_are_not_editable(zone, admin):
    for values in ({"demo_day": date(2023, 6, 15)}, {"code": "other"}, {"brand_name": "x"}):
        with pytest.raises(WrongInput):
            services.edit_zone(actor=admin, zone=zone, seen_version=None, **values)


def test_no_page_offers_the_demo_clock(page, zone):
    for path in (
        f"/settings/zones/{zone.pk}/edit/",
        f"/settings/zones/{zone.pk}/brand/",
        "/settings/zones/add/",
    ):
        assert "demo" not in page.get(path).content.decode().split("<form", 1)[1].split("</form>")[0]
    before = zone.version
    values = {
        "name": "平江",
        "short_name": "平",
        "kind": "subdistrict",
        "money_unit": "亿元",
        "version": before,
    }
    page.post(f"/settings/zones/{zone.pk}/edit/", values | {"demo_day": "2023-06-15"})
    zone.refresh_from_db()
    assert (zone.short_name, zone.demo_day, zone.version) == ("平", None, before + 1)


def test_who_saves_second_sees_both_versions_and_can_then_choose(page, zone, admin):
    values = {
        "name": zone.name,
        "short_name": "平",
        "kind": zone.kind,
        "money_unit": "万元",
        "version": zone.version,
    }
    services.edit_zone(actor=None, zone=zone, seen_version=None, short_name="江")
    answer = page.post(f"/settings/zones/{zone.pk}/edit/", values)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "江" in text
    assert 'value="平"' in text
    again = page.post(f"/settings/zones/{zone.pk}/edit/", values | {"version": zone.version + 1})
    assert again.status_code == 302
    zone.refresh_from_db()
    assert zone.short_name == "平"


def test_an_edit_that_does_not_say_what_it_saw_is_refused(page, zone):
    values = {"name": zone.name, "short_name": "平", "kind": zone.kind, "money_unit": "万元"}
    assert page.post(f"/settings/zones/{zone.pk}/edit/", values).status_code == 409
    with pytest.raises(Stale):
        services.edit_zone(actor=None, zone=zone, seen_version=0, name="x")


def test_a_department_cannot_hang_below_itself_or_in_another_zone(zone, admin):
    office = make_department(zone)
    branch = make_department(zone, parent=office)
    for parent in (office, branch):
        with pytest.raises(WouldBeItsOwnParent):
            services.edit_department(actor=admin, department=office, seen_version=None, parent=parent)
    with pytest.raises(WrongInput):
        services.edit_department(actor=admin, department=office, seen_version=None, parent=make_department())
    with pytest.raises(IntegrityError, match="department_is_not_its_own_parent"), transaction.atomic():
        Department.objects.filter(pk=office.pk).update(parent=office)


def test_a_department_name_is_taken_once_a_zone_and_free_in_another(zone, admin):
    services.add_department(actor=admin, zone=zone, kind=Kind.OFFICE, name="招商办")
    with pytest.raises(NameTaken):
        services.add_department(actor=admin, zone=zone, kind=Kind.OFFICE, name="招商办")
    services.add_department(actor=None, zone=make_zone(), kind=Kind.OFFICE, name="招商办")


def test_a_department_with_people_or_open_work_is_not_closed(zone, admin):
    squad = make_department(zone)
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone, department=squad)
    with pytest.raises(StillInUse) as caught:
        services.edit_department(actor=admin, department=squad, seen_version=None, is_active=False)
    assert caught.value.data["people"] == 1
    services.end_membership(actor=admin, membership=officer.memberships.get())
    closed = services.edit_department(actor=admin, department=squad, seen_version=None, is_active=False)
    assert not closed.is_active
