"""Targets and observations: set, corrected, refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.indicators import services
from zhuchao.apps.indicators.errors import LowerStatus, PartAboveWhole, TargetExists, UnitDoesNotFit
from zhuchao.apps.indicators.models import Indicator, Observation, Target
from zhuchao.apps.zones.models import Role, User, Zone

MAY = date(2026, 5, 31)


def indicator(code: str) -> Indicator:
    return Indicator.objects.get(zone__isnull=True, code=code)


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def analyst(zone: Zone) -> User:
    return make_user(Role.ANALYST, zone=zone)


def set_target(actor: User | None, zone: Zone, value: str = "12144", unit: str = "㎡") -> Target:
    return services.set_target(
        actor=actor,
        zone=zone,
        indicator=indicator("revitalised_area"),
        kind=Target.Kind.PLAN,
        period_from=date(2026, 1, 1),
        period_to=date(2026, 12, 31),
        value=Decimal(value),
        unit=unit,
    )


def observe(
    actor: User | None, zone: Zone, code: str, value: str, status: str, unit: str = "亿元"
) -> Observation:
    return services.add_observation(
        actor=actor,
        zone=zone,
        indicator=indicator(code),
        period_to=MAY,
        value=Decimal(value),
        unit=unit,
        status=status,
    )


def test_a_target_in_mu_is_kept_in_square_metres(zone: Zone, analyst: User):
    assert set_target(analyst, zone, "100", "亩").value == Decimal("66666.67")


def test_a_target_in_a_unit_of_another_kind_is_refused_and_leaves_no_trace(zone: Zone, analyst: User):
    with pytest.raises(UnitDoesNotFit) as caught:
        set_target(analyst, zone, "100", "万元")
    assert caught.value.data["wanted"] == "㎡"
    assert not Target.objects.exists()
    assert not Change.objects.exists()


def test_dollars_are_never_taken_for_yuan(zone: Zone, analyst: User):
    with pytest.raises(UnitDoesNotFit):
        observe(analyst, zone, "foreign_trade", "7.1", "flash", unit="亿元")
    with pytest.raises(UnitDoesNotFit):
        observe(analyst, zone, "industrial_output", "7.1", "flash", unit="亿美元")


def test_the_same_target_is_not_set_twice(zone: Zone, analyst: User):
    set_target(analyst, zone)
    with pytest.raises(TargetExists):
        set_target(analyst, zone)


def test_a_corrected_target_keeps_the_old_one_readable(zone: Zone, analyst: User):
    old = set_target(analyst, zone)
    new = services.correct_target(
        actor=analyst, target=old, value=Decimal("15000"), unit="㎡", reason="任务追加"
    )
    assert list(Target.objects.live()) == [new]
    assert new.replaces == old
    with pytest.raises(AlreadyReplaced):
        services.correct_target(actor=analyst, target=old, value=Decimal("1"), unit="㎡", reason="再改")


def test_a_void_without_a_reason_is_refused(zone: Zone, analyst: User):
    target = set_target(analyst, zone)
    with pytest.raises(ReasonNeeded):
        services.void_target(actor=analyst, target=target, reason=" ")
    assert Target.objects.live().count() == 1


def test_the_database_refuses_to_edit_or_delete_a_target(zone: Zone, analyst: User):
    from django.db import DatabaseError, transaction

    target = set_target(analyst, zone)
    for attempt in (lambda: Target.objects.filter(pk=target.pk).update(value=1), target.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Target.objects.get(pk=target.pk).value == Decimal("12144")


@pytest.mark.document("2-12")
def test_a_forecast_never_overwrites_an_approved_figure(zone: Zone, analyst: User):
    observe(analyst, zone, "industrial_output", "168", "approved")
    before = Change.objects.count()
    with pytest.raises(LowerStatus) as caught:
        observe(analyst, zone, "industrial_output", "170", "forecast")
    assert "核定" in str(caught.value)
    assert "预计" in str(caught.value)
    assert Observation.objects.live().get().value == Decimal(168) * 100_000_000
    assert Change.objects.count() == before


def test_an_approved_figure_replaces_a_forecast_which_stays_readable(zone: Zone, analyst: User):
    old = observe(analyst, zone, "industrial_output", "170", "forecast")
    new = observe(analyst, zone, "industrial_output", "168", "approved")
    assert list(Observation.objects.live()) == [new]
    assert new.replaces_id == old.pk


@pytest.mark.document("2-13")
def test_a_part_is_refused_above_its_whole_whichever_comes_second(zone: Zone, analyst: User):
    observe(analyst, zone, "fixed_asset_investment", "40", "flash")
    with pytest.raises(PartAboveWhole) as caught:
        observe(analyst, zone, "industrial_investment", "40.01", "flash")
    assert "工业投资" in str(caught.value)
    observe(analyst, zone, "industrial_investment", "5.8", "flash")
    with pytest.raises(PartAboveWhole):
        observe(analyst, zone, "fixed_asset_investment", "5.7", "flash")


def test_a_counted_indicator_is_never_typed(zone: Zone, analyst: User):
    with pytest.raises(WrongInput):
        observe(analyst, zone, "revitalised_area", "100", "flash", unit="㎡")


def test_who_may_not_set_targets_is_told_so_and_a_stranger_finds_nothing(zone: Zone):
    with pytest.raises(NotAllowed):
        set_target(make_user(Role.LIAISON, zone=zone), zone)
    with pytest.raises(NotFound):
        set_target(make_user(Role.ANALYST), zone)
    assert not Target.objects.exists()


def test_an_observation_that_says_nothing_is_refused_by_the_database_too(zone: Zone):
    from django.utils import timezone

    with pytest.raises(IntegrityError):
        Observation.objects.create(
            zone=zone,
            indicator=indicator("industrial_output"),
            period_from=date(2026, 1, 1),
            happened_on=MAY,
            recorded_at=timezone.now(),
            status="flash",
        )
