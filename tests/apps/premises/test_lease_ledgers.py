"""租赁台账 and 引进计划 come in as files: grouped, held against what is kept, and a second time without doubles."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import make_site, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Arrival, Lease, LeasePayment, Unit
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)
LEASE = {
    "合同编号": "租-1",
    "载体名称": "示例园",
    "楼栋": "1号楼",
    "楼层": "3F",
    "房号": "301",
    "承租方": "星野设计",
    "租赁面积(㎡)": "400",
    "签约日期": "2022-12-20",
    "起租日期": "2023-01-01",
    "到期日期": "2024-12-31",
    "免租起": "2023-01-01",
    "免租止": "2023-01-31",
    "租金单价(元)": "30",
    "计租方式": "元/㎡/月",
    "付款周期": "季付",
    "押金(元)": "36000",
    "已收租金(元)": "24000",
    "收款日期": "2023-03-01",
}
ARRIVAL = {
    "载体名称": "示例园",
    "楼栋": "1号楼",
    "引进对象": "宝马 i Space",
    "计划月份": "2023-06",
    "到位日期": "",
}


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=timezone.now())


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture(autouse=True)
def units(zone):
    site = services.add_site(actor=None, zone=zone, name="示例园", on=date(2020, 1, 1))
    building = services.add_building(actor=None, site=site, name="1号楼")
    return [
        services.add_unit(
            actor=None,
            site=site,
            building=building,
            level=3,
            name=name,
            gross_area_m2=Decimal(500),
            on=date(2020, 1, 1),
        )
        for name in ("301", "302")
    ]


@pytest.fixture
def take_in(tmp_path, zone, steward):
    """Import rows of one kind; each row is {column: text}."""

    def run(kind, *rows, actor=steward):
        path = tmp_path / f"{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return import_file(actor=actor, scope=zone.pk, kind=kind, path=path)

    return run


def test_the_rows_of_one_contract_are_one_lease_with_its_payment(take_in, units):
    done = take_in("leases", LEASE, LEASE | {"房号": "302", "租赁面积(㎡)": ""})
    assert done.counts["new"] == 2
    lease = Lease.objects.get()
    assert (lease.tenant_name, lease.area_m2, lease.deposit_cny) == ("星野设计", Decimal(900), Decimal(36000))
    assert {unit.state for unit in Unit.objects.all()} == {"let"}
    account = selectors.account_of(lease, TODAY)
    # 900 m² x 30: two months of the first quarter, three of the second
    assert (account.billed_cny, account.owed_cny) == (Decimal(135000), Decimal(111000))


def test_the_same_file_twice_changes_nothing_and_a_later_payment_is_added(take_in):
    take_in("leases", LEASE)
    again = take_in("leases", LEASE)
    assert again.counts["same"] == 1
    later = take_in("leases", LEASE | {"已收租金(元)": "36000", "收款日期": "2023-05-01"})
    assert later.counts["changed"] == 1
    assert (Lease.objects.count(), LeasePayment.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"房号": "999"}, "unit_unknown"),
        ({"载体名称": "没有园"}, "site_unknown"),
        ({"楼层": "", "房号": ""}, "unit_ambiguous"),
        ({"到期日期": "2022-12-31", "免租起": "", "免租止": ""}, "period_reversed"),
        ({"租赁面积(㎡)": "500.01"}, "area_beyond_unit"),
        ({"免租止": ""}, "free_outside"),
        ({"收款日期": ""}, "payment_incomplete"),
        ({"收款日期": "2023-06-16"}, "day_to_come"),
        ({"押金(元)": "-1"}, "money_negative"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_comes_in(take_in, values, code):
    done = take_in("leases", LEASE | values)
    assert done.counts["refused"] == 1
    assert code in str(done.first_problems)
    assert not Lease.objects.exists()


def test_leases_that_overlap_in_the_file_or_with_what_is_kept_are_refused(take_in):
    other = LEASE | {
        "合同编号": "租-2",
        "承租方": "乙公司",
        "起租日期": "2024-12-31",
        "到期日期": "2025-12-31",
    }
    other |= {"免租起": "", "免租止": "", "已收租金(元)": "", "收款日期": ""}
    done = take_in("leases", LEASE, other)
    assert "lease_overlaps" in str(done.first_problems)
    assert not Lease.objects.exists()
    take_in("leases", LEASE)
    done = take_in("leases", other)
    assert "星野设计" in str(done.first_problems)


def test_rows_of_one_contract_that_differ_and_a_known_one_that_changed_are_refused(take_in):
    done = take_in("leases", LEASE, LEASE | {"房号": "302", "到期日期": "2025-12-31"})
    assert "lease_said_twice" in str(done.first_problems)
    take_in("leases", LEASE)
    done = take_in("leases", LEASE | {"到期日期": "2025-12-31"})
    assert "lease_differs" in str(done.first_problems)


def test_arrivals_come_in_once_and_are_done_by_a_later_file(take_in):
    assert take_in("arrivals", ARRIVAL).counts["new"] == 1
    assert take_in("arrivals", ARRIVAL).counts["same"] == 1
    assert take_in("arrivals", ARRIVAL | {"到位日期": "2023-06-10"}).counts["changed"] == 1
    assert Arrival.objects.get().done_on == date(2023, 6, 10)
    done = take_in("arrivals", ARRIVAL | {"楼栋": "9号楼"})
    assert "building_unknown" in str(done.first_problems)


def test_who_may_not_import_leases_is_refused(take_in, zone):
    make_site(zone)
    with pytest.raises(NotAllowed):
        take_in("leases", LEASE, actor=make_user(Role.PROMOTION_OFFICER, zone=zone))
