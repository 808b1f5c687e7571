"""Money in projects: entered with its voucher, corrected, voided, summed; and plans by year."""

import io
from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_project, make_user, make_zone, passing_moment
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import InvestmentExists
from zhuchao.apps.projects.models import AnnualPlan, Investment
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

JAN, MAR, MAY, JUNE = (date(2023, month, 10) for month in (1, 3, 5, 6))
WAN = Decimal(10_000)


@pytest.fixture
def pay(officer, project):
    def run(amount_wan, on=MAY, **values):
        values = {"kind": "fixed_assets", "voucher_no": f"记-{on:%m%d}-{amount_wan}"} | values
        return services.add_investment(
            actor=officer, project=project, on=on, amount_cny=Decimal(amount_wan) * WAN, **values
        )

    return run


def total(project, on=JUNE, **values):
    return selectors.cumulative_investment(project, on=on, **values) / WAN


def test_money_without_a_voucher_is_shown_and_in_no_total(zone, officer, project, pay):
    pay(300)
    bare = pay(200, voucher_no="")
    assert not bare.is_verified
    assert total(project) == 300
    assert set(selectors.listed_investments(officer, zone)) == set(Investment.objects.all())
    assert selectors.unverified(Investment.objects.all()).get() == bare
    series = selectors.series_of(project)
    assert (series.verified_cny / WAN, series.unverified_cny / WAN) == (300, 200)


def test_a_document_stands_for_a_voucher_but_not_one_of_another_zone(zone, officer, project, pay):
    def picture(scope):
        png = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
        return keep_file(content=io.BytesIO(png), name="发票.png", scope=scope, actor=None)

    assert pay(100, voucher_no="", evidence=picture(zone.pk)).is_verified
    assert total(project) == 100
    with pytest.raises(NotFound):
        pay(50, voucher_no="", evidence=picture(make_zone().pk))
    assert Investment.objects.count() == 1


def test_the_same_money_is_entered_once(project, pay):
    pay(300, voucher_no="记-1")
    with pytest.raises(InvestmentExists):
        pay(300, voucher_no="记-1")
    pay(300, voucher_no="记-2")
    assert total(project) == 600


def test_a_refund_is_negative_and_nothing_is_no_money(project, pay):
    pay(300)
    pay(-80, on=JUNE)
    with pytest.raises(WrongInput):
        pay(0)
    with pytest.raises(WrongInput):
        pay(1, kind="other")
    with pytest.raises(WrongInput):
        pay(1, on=date(2023, 6, 16))
    with pytest.raises(WrongInput):
        pay(Decimal(10) ** 13)
    assert (Investment.objects.count(), total(project)) == (2, 220)


def test_a_correction_keeps_the_past_and_a_void_takes_it_out(zone, officer, project, pay):
    entry = pay(300)
    moment = passing_moment(zone)
    better = services.correct_investment(
        actor=officer, entry=entry, reason="少写一个零", amount_cny=3000 * WAN
    )
    assert (total(project), total(project, as_of=moment)) == (3000, 300)
    with pytest.raises(WrongInput):
        services.correct_investment(actor=officer, entry=better, reason="x", amount_cny=Decimal(0))
    with pytest.raises(ReasonNeeded):
        services.void_investment(actor=officer, entry=better, reason="")
    services.void_investment(actor=officer, entry=better, reason="重复")
    assert total(project) == 0
    verbs = list(Change.objects.filter(scope=zone.pk).order_by("seq").values_list("verb", flat=True))
    assert verbs[-3:] == ["add_investment", "correct_investment", "void_investment"]


def test_a_correction_into_money_that_is_there_is_refused(officer, pay):
    pay(300, voucher_no="记-1")
    second = pay(200, voucher_no="记-1")
    with pytest.raises(InvestmentExists):
        services.correct_investment(actor=officer, entry=second, reason="改", amount_cny=300 * WAN)
    assert Investment.objects.count() == 2


def test_money_is_for_those_who_may(zone, project, pay):
    entry = pay(300)
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    with pytest.raises(NotFound):
        selectors.get_investment(clerk, entry.pk)
    with pytest.raises(NotAllowed):
        services.add_investment(
            actor=clerk, project=project, kind="fixed_assets", on=MAY, amount_cny=Decimal(1)
        )
    assert not selectors.visible_investments(make_user(Role.ADMINISTRATOR)).exists()


@pytest.mark.document("3-12")
def test_a_major_project_shows_what_it_has_invested_and_a_fall_of_the_sum_is_flagged(zone, officer):
    project = services.add_project(actor=officer, zone=zone, name="鸿翔电子", officer=officer)
    services.add_label(actor=officer, project=project, label="市重大", year=2023)
    for month, amount in ((1, "1500"), (2, "1230.5"), (4, "2622.5"), (5, "2500")):
        services.add_investment(
            actor=officer,
            project=project,
            kind="fixed_assets",
            on=date(2023, month, 20),
            amount_cny=Decimal(amount) * WAN,
            voucher_no=f"记-{month}",
        )
    assert selectors.cumulative_investment(project, on=date(2023, 5, 31)) == Decimal("78530000.00")
    series = selectors.series_of(project)
    assert [month.month.month for month in series.months] == [1, 2, 3, 4, 5]
    assert [month.cumulative_cny / WAN for month in series.months] == [
        1500,
        Decimal("2730.5"),
        Decimal("2730.5"),
        5353,
        7853,
    ]
    assert not series.fell
    services.add_investment(
        actor=officer, project=project, kind="fixed_assets", on=JUNE, amount_cny=-53 * WAN, voucher_no="退-1"
    )
    series = selectors.series_of(project)
    assert [month.month.month for month in series.months if month.fell] == [6]
    assert project in selectors.with_label(selectors.listed_projects(officer, zone), "市重大")


def test_a_plan_of_another_amount_is_a_new_version_with_a_reason(zone, officer, project, pay):
    first = services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    same = services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    assert same == first
    assert AnnualPlan.objects.count() == 1
    with pytest.raises(ReasonNeeded):
        services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=800 * WAN)
    # Not the clock: a demo zone's runs so slowly that what comes next may fall into the same microsecond.
    moment = first.recorded_at
    services.set_annual_plan(
        actor=officer, project=project, year=2023, amount_cny=800 * WAN, reason="中期调整"
    )
    assert selectors.plan_of(project, 2023).amount_cny == 800 * WAN
    assert selectors.plan_of(project, 2023, as_of=moment).amount_cny == 1000 * WAN
    pay(400)
    pay(100, voucher_no="")
    done = selectors.plan_completion(project, 2023, on=JUNE)
    assert (done.ratio, done.target) == (Decimal("0.5"), 800 * WAN)
    assert selectors.plan_completion(project, 2024, on=JUNE).ratio is None
    for wrong in ({"year": 23}, {"amount_cny": Decimal(0)}):
        with pytest.raises(WrongInput):
            services.set_annual_plan(
                actor=officer, project=project, **({"year": 2024, "amount_cny": WAN} | wrong)
            )


def test_money_of_last_year_and_of_another_kind_is_not_this_years(project, officer, pay):
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=100 * WAN)
    pay(70, on=date(2022, 12, 31))
    pay(60, kind="arrived_funds")
    pay(50)
    assert selectors.plan_completion(project, 2023, on=JUNE).value == 50 * WAN
    assert total(project) == 120


@pytest.mark.document("1-17")
def test_nine_major_projects_have_done_52_per_cent_of_their_plan(zone, officer):
    plans = [400, 350, 300, 300, 300, 250, 250, 200, 150]  # million yuan: 2.5 billion
    done = [220, 180, 160, 150, 150, 130, 130, 100, 80]  # 1.3 billion
    for number, (plan, money) in enumerate(zip(plans, done, strict=True)):
        project = services.add_project(actor=officer, zone=zone, name=f"重大产业项目{number}号")
        for label in ("列省", "列市") if number == 0 else ("列省",) if number < 4 else ("列市",):
            services.add_label(actor=officer, project=project, label=label, year=2023)
        services.set_annual_plan(
            actor=officer, project=project, year=2023, amount_cny=Decimal(plan * 1_000_000)
        )
        services.record_stage(
            actor=officer, project=project, stage="started", on=MAR, override_reason="补登历史项目"
        )
        services.add_investment(
            actor=officer,
            project=project,
            kind="fixed_assets",
            on=MAY,
            amount_cny=Decimal(money * 1_000_000),
            voucher_no=f"记-{number}",
        )
    as_of = passing_moment(zone)
    assert selectors.major_plan([zone.pk], 2023, as_of=as_of) == Decimal("2500000000.00")
    assert selectors.major_plan([zone.pk], 2022, as_of=as_of) == 0
    progress = selectors.major_progress([zone.pk], 2023, on=date(2023, 6, 15), as_of=as_of)
    assert (len(progress.rows), progress.started) == (9, 9)
    assert (progress.done.value, progress.done.ratio) == (Decimal("1300000000.00"), Decimal("0.52"))
    project = progress.rows[0].project
    services.set_annual_plan(
        actor=officer, project=project, year=2023, amount_cny=Decimal(900_000_000), reason="计划调增"
    )
    later = passing_moment(zone)
    assert selectors.major_plan([zone.pk], 2023, as_of=later) == Decimal("3000000000.00")
    assert selectors.major_plan([zone.pk], 2023, as_of=as_of) == Decimal("2500000000.00")


def test_the_sums_of_many_projects_cost_the_same_as_of_few(zone, officer, django_assert_num_queries):
    for _ in range(12):
        project = make_project(zone)
        services.add_label(actor=None, project=project, label="列省", year=2023)
        services.set_annual_plan(actor=None, project=project, year=2023, amount_cny=WAN)
    with django_assert_num_queries(6):
        found = selectors.major_progress([zone.pk], 2023, on=JUNE, as_of=zones.now(zone))
        assert [str(row.project.zone) for row in found.rows] == [zone.name] * 12
