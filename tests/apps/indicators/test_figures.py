"""Figures: value, target, growth, warnings, and as they stood at a past moment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import make_project, make_sector, make_user, make_zone
from zhuchao.apps.core.services import add_entry, correct_entry, void_entry
from zhuchao.apps.indicators import selectors, services
from zhuchao.apps.indicators.models import Indicator, Observation, Target
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.projects.models import Investment, Stage, StageEntry
from zhuchao.apps.promotion.models import Activity, ActivityParty, Lead, LeadStage
from zhuchao.apps.zones.models import Role, Zone

MAY = date(2026, 5, 31)
YI = Decimal(100_000_000)


def indicator(code: str) -> Indicator:
    return Indicator.objects.get(zone__isnull=True, code=code)


def figure(zone: Zone, code: str, month: date = MAY, **options: object) -> selectors.Figure:
    return selectors.figure_of(None, zone, indicator(code), month=month, **options)  # type: ignore[arg-type]


def revitalise(zone: Zone, day: date, area: str, place: str = "一号楼") -> Revitalisation:
    entry = Revitalisation(
        zone=zone, happened_on=day, place=place, area_m2=Decimal(area), evidence_note="合同", way="租赁"
    )
    return add_entry(entry, actor=None, at=timezone.now())


@pytest.fixture
def zone() -> Zone:
    return make_zone()


def test_a_figure_is_the_sum_of_this_years_entries_up_to_the_month(zone: Zone):
    revitalise(zone, date(2025, 12, 31), "1000")
    revitalise(zone, date(2026, 1, 1), "100.25")
    revitalise(zone, MAY, "200.50")
    revitalise(zone, date(2026, 6, 1), "1000")
    found = figure(zone, "revitalised_area")
    assert found.value == Decimal("300.75")
    assert found.entry_count == 2


def test_a_zone_sees_nothing_of_another_zones_entries(zone: Zone):
    revitalise(make_zone(), MAY, "500")
    assert figure(zone, "revitalised_area").value is None


def test_a_zone_above_counts_the_zones_below_it(zone: Zone):
    child = make_zone(parent=zone)
    revitalise(zone, MAY, "1")
    revitalise(child, MAY, "2")
    assert figure(zone, "revitalised_area").value == 3
    assert figure(child, "revitalised_area").value == 2


def test_nothing_kept_is_not_zero_but_a_kept_ledger_without_entries_this_year_is(zone: Zone):
    assert figure(zone, "revitalised_area").value is None
    revitalise(zone, date(2025, 3, 1), "10")
    assert figure(zone, "revitalised_area").value == 0


def test_a_correction_counts_from_the_moment_it_was_recorded(zone: Zone):
    entry = revitalise(zone, MAY, "100")
    moment = timezone.now()
    later = moment + timedelta(hours=1)
    correct_entry(entry, actor=None, at=later, reason="复核", area_m2=Decimal("90"))
    assert figure(zone, "revitalised_area", as_of=moment).value == 100
    assert figure(zone, "revitalised_area", as_of=later).value == 90


def test_a_void_takes_an_entry_out_of_the_figure_and_leaves_the_past(zone: Zone):
    entry = revitalise(zone, MAY, "100")
    revitalise(zone, MAY, "5", place="二号楼")
    moment = timezone.now()
    void_entry(entry, actor=None, at=moment + timedelta(hours=1), reason="重复登记")
    assert figure(zone, "revitalised_area", as_of=moment).value == 105
    assert figure(zone, "revitalised_area", as_of=moment + timedelta(hours=2)).value == 5


def test_completion_is_held_against_the_target_of_exactly_this_period_first(zone: Zone):
    for period_to, value in ((date(2026, 12, 31), "30000"), (MAY, "12144")):
        services.set_target(
            actor=None,
            zone=zone,
            indicator=indicator("revitalised_area"),
            kind=Target.Kind.STRETCH if period_to == MAY else Target.Kind.PLAN,
            period_from=date(2026, 1, 1),
            period_to=period_to,
            value=Decimal(value),
            unit="㎡",
        )
    revitalise(zone, MAY, "14816")
    found = figure(zone, "revitalised_area")
    assert [fact.target.value for fact in found.targets] == [12144, 30000]
    assert found.main_target is not None
    assert round(found.main_target.completion.ratio * 100, 1) == Decimal("122.0")  # type: ignore[operator]
    assert found.main_target.progress == 1
    assert found.targets[1].progress == Decimal(5) / 12 or round(found.targets[1].progress, 4) == Decimal(
        "0.4167"
    )


def test_a_second_quarters_target_is_held_against_that_quarter_only(zone: Zone):
    revitalise(zone, date(2026, 2, 1), "700")
    revitalise(zone, date(2026, 4, 20), "30")
    services.set_target(
        actor=None,
        zone=zone,
        indicator=indicator("revitalised_area"),
        kind=Target.Kind.PLAN,
        period_from=date(2026, 4, 1),
        period_to=date(2026, 6, 30),
        value=Decimal(60),
        unit="㎡",
    )
    # the window ends in May, the quarter began in April: 30 of 60
    fact = figure(zone, "revitalised_area").targets
    assert [item.completion.ratio for item in fact] == [Decimal("0.5")]


def test_growth_over_a_year_without_entries_is_not_known(zone: Zone):
    revitalise(zone, MAY, "10")
    found = figure(zone, "revitalised_area")
    assert found.growth.ratio is None
    assert found.growth.why is not None


def test_growth_compares_the_same_months_of_last_year(zone: Zone):
    revitalise(zone, date(2025, 5, 31), "100")
    revitalise(zone, date(2025, 6, 1), "900")
    revitalise(zone, MAY, "150")
    assert figure(zone, "revitalised_area").growth.ratio == Decimal("0.5")


def test_an_event_held_by_two_zones_counts_once_above_them(zone: Zone):
    parks = [make_zone(parent=zone), make_zone(parent=zone)]
    for park in parks:
        for code in ("LB-1", ""):
            add_entry(
                Activity(
                    zone=park,
                    happened_on=MAY,
                    ended_on=MAY,
                    title="推介会",
                    direction="out",
                    kind="roadshow",
                    joint_code=code,
                ),
                actor=None,
                at=timezone.now(),
            )
    assert figure(zone, "activities").value == 3
    assert figure(zone, "activities").entry_count == 4
    assert figure(parks[0], "activities").value == 2


def test_firms_met_twice_count_once_and_open_to_both_visits(zone: Zone):
    for day in (MAY, MAY - timedelta(days=3)):
        visit = add_entry(
            Activity(zone=zone, happened_on=day, ended_on=day, title="拜访", direction="out", kind="visit"),
            actor=None,
            at=timezone.now(),
        )
        ActivityParty.objects.create(
            zone=zone, activity=visit, kind="enterprise", name="甲公司", normal_name="甲"
        )
    found = figure(zone, "enterprises_visited")
    assert (found.value, found.entry_count) == (1, 2)


def test_open_leads_are_as_of_the_day_by_their_latest_stage(zone: Zone):
    sector = make_sector(zone, "数字创意")
    for number in range(3):
        lead = Lead.objects.create(
            zone=zone,
            name=f"线索{number}",
            normal_name=f"线索{number}",
            found_on=date(2026, 1, 1),
            sector=sector,
        )
        add_entry(
            LeadStage(zone=zone, lead=lead, stage="talking", sector=sector, happened_on=date(2026, 2, 1)),
            actor=None,
            at=timezone.now(),
        )
    add_entry(
        LeadStage(zone=zone, lead=lead, stage="lost", happened_on=date(2026, 5, 20)),
        actor=None,
        at=timezone.now(),
    )
    april = figure(zone, "leads_open", date(2026, 4, 30))
    assert (april.value, april.parts) == (3, (("数字创意", Decimal(3)),))
    assert figure(zone, "leads_open").value == 2


def test_money_without_a_voucher_is_left_out_and_said_so(zone: Zone):
    project = make_project(zone)
    for voucher, amount in (("PZ-1", "100"), ("", "40")):
        add_entry(
            Investment(
                zone=zone,
                project=project,
                happened_on=MAY,
                kind=Investment.Kind.FIXED_ASSETS,
                amount_cny=Decimal(amount),
                voucher_no=voucher,
            ),
            actor=None,
            at=timezone.now(),
        )
    found = figure(zone, "investment")
    assert found.value == 100
    assert [caution.code for caution in found.warnings] == ["unverified"]


def test_expansions_are_not_newly_brought_in(zone: Zone):
    for is_new in (True, False):
        add_entry(
            StageEntry(
                zone=zone, project=make_project(zone), stage=Stage.READY, happened_on=MAY, is_new=is_new
            ),
            actor=None,
            at=timezone.now(),
        )
    assert figure(zone, "projects_ready").value == 1


def observe(zone: Zone, code: str, value: str | None, status: str = "flash", **more: object) -> Observation:
    return services.add_observation(
        actor=None,
        zone=zone,
        indicator=indicator(code),
        period_to=MAY,
        value=None if value is None else Decimal(value),
        unit="亿元",
        status=status,
        **more,  # type: ignore[arg-type]
    )


def test_a_published_growth_implies_last_years_base(zone: Zone):
    observe(zone, "industrial_output", "44.5", growth=Decimal("0.0483"))
    found = figure(zone, "industrial_output")
    assert found.value == Decimal("44.5") * YI
    assert found.growth_is_published
    assert found.base_text == "42.45"


def test_the_growth_of_statistics_is_computed_from_last_year_when_none_is_published(zone: Zone):
    services.add_observation(
        actor=None,
        zone=zone,
        indicator=indicator("industrial_output"),
        period_to=date(2025, 5, 31),
        value=Decimal(40),
        unit="亿元",
        status="approved",
    )
    observe(zone, "industrial_output", "44")
    found = figure(zone, "industrial_output")
    assert (found.growth.ratio, found.growth_is_published) == (Decimal("0.1"), False)


def test_funds_far_above_all_fixed_investment_carry_a_warning_with_the_ratio(zone: Zone):
    observe(zone, "fixed_asset_investment", "3.4862")
    add_entry(
        Investment(
            zone=zone,
            project=make_project(zone),
            happened_on=MAY,
            kind=Investment.Kind.ARRIVED_FUNDS,
            amount_cny=Decimal("16.2") * YI,
            voucher_no="1",
        ),
        actor=None,
        at=timezone.now(),
    )
    found = {item.code: item for item in selectors.figures_of(None, zone, month=MAY)}
    assert [c.code for c in found["arrived_funds"].warnings] == ["definitions_differ"]
    assert "4.6 倍" in found["arrived_funds"].warnings[0].sentence


def test_a_page_of_figures_costs_the_same_for_many_entries(zone: Zone, django_assert_max_num_queries):
    user = make_user(Role.ANALYST, zone=zone)
    for day in range(1, 29):
        revitalise(zone, date(2026, 5, day), "10", place=f"{day}号")
    with django_assert_max_num_queries(140):
        selectors.figures_of(user, zone, month=MAY)
