"""What is known of a firm: out of the books, as of a day, each value with where it comes from."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_enterprise, make_user
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.enterprises.models import FirmDocument
from zhuchao.apps.policies.models import FirmFact
from zhuchao.apps.policies.selectors.facts import facts_of, facts_table
from zhuchao.apps.policies.services.facts import state_fact, void_fact
from zhuchao.apps.zones.models import Role

from .conftest import TODAY


@pytest.fixture
def firm(zone):
    return make_enterprise(
        zone,
        name="示例甲（示例）有限公司",
        industry_code="C3962",
        established_on=date(2015, 5, 1),
        is_above_scale=True,
    )


@pytest.fixture
def file_year(clerk):
    def run(firm, year, status="approved", period="year", month=12, **values):
        day = date(year, month, 31 if month == 12 else 30)
        firms.file_values(
            actor=clerk,
            enterprise=firm,
            period=period,
            on=day,
            status=status,
            values={name: Decimal(value) for name, value in values.items()},
        )

    return run


def known(firm, day=TODAY):
    return facts_of([firm], day=day)[firm.pk]


def test_the_register_says_what_it_knows_and_nothing_more(firm):
    found = known(firm)
    assert found.values == {"industry": "C3962", "established": date(2015, 5, 1), "above_scale": True}
    assert found.origins["industry"].said == "企业档案"


def test_a_yearly_figure_is_that_of_the_year_before_the_day_asked_for(firm, file_year):
    for year, revenue in ((2020, 1), (2021, 20), (2022, 300)):
        file_year(firm, year, revenue=revenue)
    found = known(firm)
    assert (found.values["revenue"], found.values["revenue_prior"]) == (Decimal(300), Decimal(20))
    assert found.values["revenue_3y"] == Decimal(321)
    assert found.origins["revenue"].said == "2022年报表（核定）"
    before = known(firm, date(2022, 6, 1))
    assert (before.values["revenue"], before.values["revenue_prior"]) == (Decimal(20), Decimal(1))
    assert "revenue_3y" not in before.values


def test_the_figure_to_december_stands_for_a_year_that_was_not_filed_and_a_forecast_for_nothing(
    firm, file_year
):
    file_year(firm, 2022, period="month", revenue=70)
    file_year(firm, 2021, status="forecast", revenue=999)
    assert known(firm).values["revenue"] == Decimal(70)
    assert "revenue_prior" not in known(firm).values
    file_year(firm, 2022, revenue=71)
    assert known(firm).values["revenue"] == Decimal(71)


def test_the_last_quarter_stands_for_no_year(firm, file_year):
    file_year(firm, 2022, period="quarter", revenue=40)
    assert "revenue" not in known(firm).values
    file_year(firm, 2022, period="month", revenue=100)
    assert known(firm).values["revenue"] == Decimal(100)


def test_staff_is_the_last_number_reported(firm, file_year):
    file_year(firm, 2022, employees=90)
    file_year(firm, 2023, period="month", month=4, employees=101)
    assert known(firm).values["staff"] == 101
    assert known(firm, date(2023, 2, 1)).values["staff"] == 90


def test_what_a_merged_firm_reported_counts_for_its_survivor(zone, clerk, firm, file_year):
    other = make_enterprise(zone, name="示例乙（示例）有限公司")
    file_year(other, 2022, rnd=5)
    admin = make_user(Role.ADMINISTRATOR, zone=zone)
    firms.merge_enterprises(actor=admin, merged=other, survivor=firm, reason="同一企业")
    assert known(firm).values["rd"] == Decimal(5)


def test_a_stated_fact_fills_what_no_ledger_keeps_and_never_stands_against_one(zone, clerk, firm, file_year):
    state_fact(actor=clerk, enterprise=firm, field="taxable_income", value="280万元", source="企业申报")
    state_fact(actor=clerk, enterprise=firm, field="上年营业收入", value="9亿元", source="企业申报")
    assert known(firm).values["revenue"] == Decimal(900_000_000)
    file_year(firm, 2022, revenue=5)
    found = known(firm)
    assert found.values["revenue"] == Decimal(5)
    assert found.values["taxable_income"] == Decimal(2_800_000)
    assert found.origins["taxable_income"].said == "企业申报"


def test_a_stated_amount_holds_to_the_end_of_its_year_and_a_plain_answer_on(clerk, firm):
    state_fact(
        actor=clerk,
        enterprise=firm,
        field="rd_deductible",
        value="1万元",
        source="申报表",
        on=date(2022, 7, 1),
    )
    state_fact(
        actor=clerk, enterprise=firm, field="resident", value="是", source="申报表", on=date(2022, 7, 1)
    )
    assert known(firm, date(2022, 12, 31)).values.keys() >= {"rd_deductible", "resident"}
    assert "rd_deductible" not in known(firm).values
    assert known(firm).values["resident"] is True
    assert "resident" not in known(firm, date(2022, 6, 30)).values


def test_the_same_said_again_writes_nothing_and_another_value_of_the_day_replaces_it(clerk, firm):
    said = {"actor": clerk, "enterprise": firm, "field": "staff", "source": "企业申报"}
    first = state_fact(value="30人", **said)
    assert state_fact(value="30", **said).pk == first.pk
    second = state_fact(value="31", **said)
    assert second.replaces_id == first.pk
    assert (FirmFact.objects.live().get().value, known(firm).values["staff"]) == ("31", 31)
    void_fact(actor=clerk, entry=second, reason="填错企业")
    assert "staff" not in known(firm).values


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("taxable_income", "280", "写明单位"),
        ("taxable_income", "28人", "单位不一致"),
        ("没有的字段", "1", "没有“没有的字段”这个字段"),
        ("industry", "C39", "企业档案"),
        ("size", "巨型", "是不是：大型、中型、小型、微型"),
        ("resident", "<script>", "不能作为"),
    ],
)
def test_what_is_no_fact_is_refused_in_words(clerk, firm, field, value, why):
    with pytest.raises(WrongInput, match=why):
        state_fact(actor=clerk, enterprise=firm, field=field, value=value, source="企业申报")
    assert not FirmFact.objects.exists()


def test_a_fact_of_tomorrow_without_a_source_or_by_who_may_not_is_refused(zone, clerk, firm):
    said = {"enterprise": firm, "field": "staff", "value": "3"}
    with pytest.raises(WrongInput, match="不能晚于今天"):
        state_fact(actor=clerk, source="企业申报", on=date(2023, 6, 16), **said)
    with pytest.raises(WrongInput, match="来源"):
        state_fact(actor=clerk, source=" ", **said)
    with pytest.raises(NotAllowed):
        state_fact(actor=make_user(Role.LEADER, zone=zone), source="企业申报", **said)


def test_honours_come_from_tags_and_certificates_while_they_are_valid(zone, clerk, firm):
    assert "honours" not in known(firm).values
    firms.add_tag(actor=clerk, enterprise=firm, tag="高企", source="科技局", happened_on=date(2022, 1, 1))
    FirmDocument.objects.create(
        zone=zone,
        enterprise=firm,
        kind="qualification",
        title="专精特新中小企业证书",
        valid_from=date(2021, 1, 1),
        valid_to=date(2023, 6, 15),
        received_on=date(2021, 2, 1),
    )
    assert known(firm).values["honours"] == {"高新技术企业", "专精特新中小企业"}
    assert known(firm, date(2023, 6, 16)).values["honours"] == {"高新技术企业"}
    state_fact(actor=clerk, enterprise=firm, field="honours", value="国家科技奖", source="企业申报")
    assert known(firm).values["honours"] == {"高新技术企业", "专精特新中小企业", "国家科技奖"}
    assert known(firm).origins["honours"].said == "企业标签、材料库、企业申报"


def test_a_certificate_that_has_run_out_says_that_there_is_none(zone, firm):
    FirmDocument.objects.create(
        zone=zone,
        enterprise=firm,
        kind="qualification",
        title="高新技术企业证书",
        valid_to=date(2023, 6, 14),
        received_on=date(2020, 2, 1),
    )
    assert known(firm).values["honours"] == frozenset()


def test_many_firms_are_read_in_as_many_queries_as_one(zone, clerk, firm, file_year):
    others = [make_enterprise(zone, name=f"示例{number}（示例）有限公司") for number in range(5)]
    for other in others:
        file_year(other, 2022, revenue=5, employees=3)
    with CaptureQueriesContext(connection) as one:
        facts_of([firm], day=TODAY)
    with CaptureQueriesContext(connection) as many:
        table = facts_table([firm, *others], day=TODAY, names=["revenue", "staff", "industry"])
    assert len(many) == len(one)
    assert table.column("revenue").to_pylist() == [None, *[Decimal("5.00")] * 5]
