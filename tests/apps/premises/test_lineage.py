"""Splits, merges, and the account of space: what came and went adds up to what is there."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_site, make_unit, make_user, make_zone
from zhuchao.apps.core.errors import DomainError, NotAllowed, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import (
    AreaNotConserved,
    LineageKept,
    NotMergeable,
    OutsideLife,
    UnitBound,
    UnitExists,
    UnitGone,
)
from zhuchao.apps.premises.models import Unit, UnitLineage, UnitState
from zhuchao.apps.premises.services import Part
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

JANUARY, MAY, JUNE = date(2026, 1, 1), date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="示例园")


@pytest.fixture
def building(site):
    return services.add_building(actor=None, site=site, name="1号楼")


@pytest.fixture
def unit(building, site):
    return add(site, building, "301", "1000.01")


def add(site, building, name, area, **values):
    values = {"on": MAY, "level": 3} | values
    return services.add_unit(
        actor=None, site=site, building=building, name=name, gross_area_m2=Decimal(area), **values
    )


def halves(first="400.01", second="600.00", **values):
    return [Part("301A", Decimal(first), **values), Part("301B", Decimal(second), **values)]


def movement(zone, start=JANUARY, end=JUNE):
    return selectors.stock_movement([zone.pk], start, end, zones.now(zone))


def test_a_split_withdraws_the_whole_and_keeps_every_square_metre(zone, steward, unit):
    parts = services.split_unit(actor=steward, unit=unit, on=JUNE, parts=halves())
    unit.refresh_from_db()
    assert unit.state == Unit.State.WITHDRAWN
    assert [(part.name, part.gross_area_m2, part.state) for part in parts] == [
        ("301A", Decimal("400.01"), "vacant"),
        ("301B", Decimal("600.00"), "vacant"),
    ]
    stock = selectors.area_by_state([zone.pk], JUNE, zones.now(zone))
    assert stock.stock_m2 == Decimal("1000.01")
    lineage = UnitLineage.objects.get()
    assert {(part.unit_id, part.is_child) for part in lineage.parts.all()} == {
        (unit.pk, False),
        (parts[0].pk, True),
        (parts[1].pk, True),
    }
    assert Change.objects.filter(verb="split", scope=zone.pk).count() == 1


@pytest.mark.document("0-11")
def test_a_split_is_neither_more_nor_less_space(zone, unit):
    services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves())
    found = movement(zone, start=JUNE, end=JUNE)
    assert (found.opening_m2, found.increase_m2, found.decrease_m2) == (Decimal("1000.01"), 0, 0)
    assert (found.closing_m2, found.rearranged_m2) == (Decimal("1000.01"), Decimal("1000.01"))


@pytest.mark.parametrize(("second", "difference"), [("599.99", "-0.01"), ("600.01", "0.01"), ("100", "-500")])
def test_a_split_that_does_not_add_up_is_refused_with_the_difference(unit, second, difference):
    with pytest.raises(AreaNotConserved) as refused:
        services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves(second=second))
    assert refused.value.data["difference"] == Decimal(difference)
    assert Unit.objects.count() == 1


def test_a_split_needs_who_may_change_units(zone, unit):
    with pytest.raises(NotAllowed):
        services.split_unit(actor=make_user(Role.LIAISON, zone=zone), unit=unit, on=JUNE, parts=halves())


def test_a_part_keeps_the_user_of_the_whole_and_may_be_vacant(unit):
    services.change_unit_state(
        actor=None, unit=unit, state="let", on=MAY, occupant="甲公司", idle_m2=Decimal(600)
    )
    with pytest.raises(WrongInput):
        services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves())
    used, empty = services.split_unit(
        actor=None,
        unit=unit,
        on=JUNE,
        parts=[Part("301A", Decimal("400.01")), Part("301B", Decimal("600"), state="vacant")],
    )
    assert (selectors.user_of(used), used.state, used.idle_m2) == ("甲公司", "let", None)
    assert (selectors.user_of(empty), empty.state) == ("", "vacant")


def test_names_and_facts_of_the_parts_are_checked(unit, site, building):
    add(site, building, "301B", "10")
    with pytest.raises(UnitExists):
        services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves())
    with pytest.raises(WrongInput):
        services.split_unit(actor=None, unit=unit, on=JUNE, parts=[Part("301A", Decimal("1000.01"))])
    with pytest.raises(WrongInput, match="空置"):
        services.split_unit(
            actor=None,
            unit=unit,
            on=JUNE,
            parts=[Part("a", Decimal("0.01"), "let"), Part("b", Decimal(1000))],
        )


def test_units_are_merged_with_what_they_agree_on(site, building):
    facts = {"clear_height_m": Decimal("4.5"), "allowed_uses": ["办公", "展示"], "has_gas": True}
    one = add(site, building, "301", "100.10", position=1, forbidden_uses=["明火"], **facts)
    two = add(
        site, building, "302", "200.20", position=2, clear_height_m=Decimal("4.5"), allowed_uses=["办公"]
    )
    whole = services.merge_units(actor=None, units=[one, two], on=JUNE, name="301-302")
    assert whole.gross_area_m2 == Decimal("300.30")
    assert (whole.clear_height_m, whole.has_gas, whole.position) == (Decimal("4.5"), None, 1)
    assert (whole.allowed_uses, whole.forbidden_uses) == (["办公"], ["明火"])
    assert set(Unit.objects.filter(state="withdrawn")) == {one, two}


def test_units_apart_are_not_merged(site, building):
    one = add(site, building, "301", "100", position=1)
    far = add(site, building, "303", "100", position=3)
    used = add(site, building, "302", "100", position=2, state="let", occupant="甲公司")
    elsewhere = make_unit(site)
    services.change_unit_state(actor=None, unit=elsewhere, state="vacant", on=MAY)
    for others in ([far], [used], [elsewhere]):
        with pytest.raises(NotMergeable):
            services.merge_units(actor=None, units=[one, *others], on=JUNE, name="合")


def test_what_was_split_takes_no_more_entries_and_its_parts_none_before(unit, steward):
    part = services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves())[0]
    with pytest.raises(OutsideLife):
        services.change_unit_state(actor=None, unit=unit, state="vacant", on=JUNE)
    with pytest.raises(OutsideLife):
        services.change_unit_state(actor=None, unit=part, state="let", on=MAY)
    with pytest.raises(UnitGone):
        services.split_unit(actor=None, unit=unit, on=JUNE, parts=halves())
    entry = UnitState.objects.get(unit=part)
    for values in ({"area_m2": Decimal(1)}, {"happened_on": MAY}, {"state": "withdrawn"}):
        with pytest.raises(LineageKept):
            services.correct_unit_state(actor=None, entry=entry, reason="错", **values)
    with pytest.raises(LineageKept):
        services.void_unit_state(actor=steward, entry=entry, reason="错")
    assert services.correct_unit_state(actor=None, entry=entry, reason="错", state="let", occupant="甲").pk


def test_a_unit_that_is_held_is_not_split(zone, unit):
    today = zones.today(zone)
    services.hold_units(actor=None, units=[unit], held_for="甲公司", until=today + timedelta(days=5))
    with pytest.raises(UnitBound):
        services.split_unit(actor=None, unit=unit, on=today, parts=halves())


def test_a_split_before_the_latest_entry_is_refused(unit):
    services.change_unit_state(actor=None, unit=unit, state="let", on=JUNE, occupant="甲")
    with pytest.raises(WrongInput):
        services.split_unit(actor=None, unit=unit, on=MAY, parts=halves())


@pytest.mark.document("0-11")
def test_on_any_date_stock_plus_increase_minus_decrease_is_the_total(zone, site, building):
    old = add(site, building, "101", "500", on=date(2025, 3, 1))
    add(site, building, "201", "300.50", on=MAY, cause="built")
    services.change_unit_state(actor=None, unit=old, state="withdrawn", on=date(2026, 5, 20), why="拆除")
    grown = add(site, building, "202", "100", on=date(2025, 6, 1))
    services.change_unit(actor=None, unit=grown, version=None, on=MAY, gross_area_m2=Decimal("110.25"))
    found = movement(zone)
    assert found.opening_m2 == Decimal("600")
    assert [(line.kind, line.area_m2) for line in found.increase] == [
        ("built", Decimal("300.50")),
        ("grew", Decimal("10.25")),
    ]
    assert [(line.kind, line.area_m2) for line in found.decrease] == [("demolished", Decimal("500"))]
    assert found.closing_m2 == Decimal("410.75")
    assert found.difference_m2 == 0


AREAS = st.decimals(min_value="0.01", max_value="999.99", places=2)
DAYS = st.integers(0, 300)
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "state", "area", "split", "merge", "correct", "void"]), DAYS, AREAS),
    min_size=1,
    max_size=14,
)


@pytest.mark.document("0-11")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, picks=st.randoms(use_true_random=False), ends=st.tuples(DAYS, DAYS))
def test_whatever_happens_the_account_of_space_closes_to_nought(db, steps, picks, ends):
    zone = make_zone()
    site = make_site(zone)
    building = services.add_building(actor=None, site=site, name="1号楼")
    for number, (verb, offset, area) in enumerate(steps):
        try:
            act(verb, JANUARY + timedelta(days=offset), area, number, site, building, picks)
        except DomainError:
            continue  # what is refused leaves nothing behind
    first, last = sorted(ends)
    found = movement(zone, JANUARY + timedelta(days=first), JANUARY + timedelta(days=last))
    assert found.difference_m2 == 0
    assert found.increase_m2 >= 0
    assert found.decrease_m2 >= 0
    now = zones.today(zone)
    present = sum(unit.gross_area_m2 for unit in Unit.objects.filter(site=site).exclude(state="withdrawn"))
    corrected = UnitState.objects.filter(unit__site=site).exclude(replaces=None).exists()
    if not corrected and not any(verb == "area" for verb, _day, _area in steps):
        assert selectors.area_by_state([zone.pk], now, zones.now(zone)).stock_m2 == present


def act(verb, on, area, number, site, building, picks):
    units = list(Unit.objects.filter(site=site).order_by("pk"))
    entries = list(UnitState.objects.live().filter(unit__site=site).order_by("pk"))
    if verb == "add" or not units:
        services.add_unit(
            actor=None, site=site, building=building, name=f"u{number}", gross_area_m2=area, on=on
        )
        return
    unit, entry = picks.choice(units), picks.choice(entries)
    if verb == "state":
        state = picks.choice([*Unit.State.values])
        services.change_unit_state(actor=None, unit=unit, state=state, on=on, occupant="甲")
    elif verb == "area":
        services.change_unit(actor=None, unit=unit, version=None, on=on, gross_area_m2=area)
    elif verb == "split":
        part = (unit.gross_area_m2 / 3).quantize(Decimal("0.01"))
        parts = [Part(f"s{number}", part), Part(f"t{number}", unit.gross_area_m2 - part)]
        services.split_unit(actor=None, unit=unit, on=on, parts=parts)
    elif verb == "merge":
        others = picks.sample(units, min(2, len(units)))
        services.merge_units(actor=None, units=others, on=on, name=f"m{number}")
    elif verb == "correct":
        services.correct_unit_state(actor=None, entry=entry, reason="核对", happened_on=on, area_m2=area)
    else:
        services.void_unit_state(actor=None, entry=entry, reason="录错")
