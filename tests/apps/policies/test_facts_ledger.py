"""企业事实台账 through the importer: what firms are comes in with its day and source, and is put right by the same row."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_enterprise, make_user
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.policies.models import FirmFact
from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.services.facts_ledger import FACTS
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db
DAY = date(2023, 6, 15)
ROW = {
    "企业名称": "平江示例科技有限公司",
    "事实": "实缴资本",
    "数值": "1000万元",
    "日期": "2023-06-01",
    "来源": "企业申报",
}


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="平江示例科技有限公司", normal_name="平江示例科技")


@pytest.fixture
def state(take_in):
    """Import rows of 企业事实台账; each differs from ROW."""

    def run(*rows, **options):
        return take_in(*[ROW | row for row in rows], kind="firm_facts", name="事实", **options)

    return run


def counts(trial):
    return {name: number for name, number in trial.counts.items() if number and name != "rows"}


def said(trial):
    return " ".join(map(str, trial.first_problems))


def test_a_row_states_a_fact_that_policies_then_know(state, firm, clerk):
    assert counts(state({})) == {"new": 1}
    entry = FirmFact.objects.live().get()
    assert (entry.field, entry.value, entry.source, entry.recorded_by) == (
        "paid_in_capital",
        "10000000",
        "企业申报",
        clerk,
    )
    assert (entry.happened_on, entry.holds_until) == (date(2023, 6, 1), date(2023, 12, 31))
    known = facts_of([firm], day=DAY)[firm.pk]
    assert known.values["paid_in_capital"] == Decimal(10_000_000)
    assert known.origins["paid_in_capital"].said == "企业申报"


def test_the_same_file_again_changes_nothing_and_another_value_replaces_the_entry(state, firm):
    state({})
    before = FirmFact.objects.count()
    assert counts(state({})) == {"same": 1}
    assert FirmFact.objects.count() == before
    assert counts(state({"数值": "1200万元"})) == {"changed": 1}
    assert FirmFact.objects.live().get().value == "12000000"
    assert FirmFact.objects.count() == before + 1


def test_every_kind_of_fact_is_read_as_people_write_it(state, firm):
    rows = [
        ("列入经营异常名录或严重违法失信名单", "否", "dishonest", False),
        ("承租面积", "120㎡", "leased_area", Decimal(120)),
        ("从业人员", "35人", "staff", 35),
        ("资产负债率", "45.5%", "debt_ratio", Decimal("45.5")),
        ("入驻本辖区日期", "2022-03-01", "settled", date(2022, 3, 1)),
        ("有效的资质与称号", "高新技术企业、首店", "honours", frozenset({"高新技术企业", "首店"})),
        ("亩均效益评价等级", "A", "mu_grade", "A"),
        ("rd", "100万元", "rd", Decimal(1_000_000)),
    ]
    assert counts(state(*({"事实": label, "数值": value} for label, value, _name, _kept in rows))) == {
        "new": len(rows)
    }
    known = facts_of([firm], day=DAY)[firm.pk].values
    assert {name: known[name] for _label, _value, name, _kept in rows} == {
        name: kept for _label, _value, name, kept in rows
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"企业名称": "没有的公司"}, "enterprise_unknown"),
        ({"事实": "鞋码"}, "没有“鞋码”这个字段"),
        ({"事实": "所属产业代码"}, "没有"),
        ({"事实": "注册日期", "数值": "2020-01-01"}, "企业档案"),
        ({"数值": "很多"}, "实缴资本："),
        ({"数值": "1000"}, "单位"),
        ({"日期": "2023-06-30"}, "不能晚于今天"),
        ({"适用至": "2023-05-01"}, "不能早于日期"),
    ],
)
def test_a_row_that_says_it_wrongly_is_refused_with_its_reason(state, firm, row, words):
    trial = state(row)
    assert counts(trial) == {"refused": 1}
    assert words in said(trial)
    assert not FirmFact.objects.exists()


def test_the_same_fact_of_one_day_stands_once_in_a_file(state, firm):
    trial = state({}, {"数值": "2000万元"})
    assert trial.counts["refused"] == 1
    assert not FirmFact.objects.exists()


def test_only_who_may_import_reports_may_state_facts_by_a_file(state, firm, zone):
    with pytest.raises(NotAllowed):
        state({}, actor=make_user(Role.AUDITOR, zone=zone))
    assert not Change.objects.filter(verb="file").exists()


def test_a_trial_costs_the_same_for_many_rows(zone):
    firms = [make_enterprise(zone) for _ in range(20)]

    def cost(some):
        rows = [
            Row(
                number,
                {
                    "name": firm.name,
                    "field": "实缴资本",
                    "value": "1000万元",
                    "on": date(2023, 6, 1),
                    "source": "申报",
                },
            )
            for number, firm in enumerate(some, 2)
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = list(FACTS.compare(scope=zone.pk, rows=rows))
        assert {one.state for one in found} == {"new"}
        return len(queries)

    assert cost(firms) == cost(firms[:2])
