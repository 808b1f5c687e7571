"""载体台账 and 盘活台账 through the importer: what comes in, what is refused, what a second time changes."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_department, make_enterprise, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.services.importing import Row, import_file
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Building, Floor, Revitalisation, Site, SiteName, Unit, UnitState
from zhuchao.apps.premises.services.ledgers import PREMISES
from zhuchao.apps.premises.services.premises_rows import read_level
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role
from zhuchao.engines.figures import completion
from zhuchao.engines.units import show_percent

HEADER = [
    "载体名称",
    "载体类型",
    "地址",
    "园长",
    "运营主体",
    "占地面积(亩)",
    "楼栋",
    "楼层",
    "房号",
    "房源类型",
]
HEADER += [
    "建筑面积(㎡)",
    "使用面积(㎡)",
    "净高(m)",
    "荷载(kN/㎡)",
    "状态",
    "状态日期",
    "使用企业",
    "空置原因",
]
TO_COME = (timezone.localdate() + timedelta(days=40)).isoformat()
EVENTS = ["盘活日期", "载体名称", "位置", "盘活面积(㎡)", "盘活方式", "引进企业", "佐证材料"]


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone, display_name="王园长")


@pytest.fixture
def take_in(tmp_path, zone, steward):
    """Import rows of one kind; each row is {column: text}."""

    def run(kind, *rows, header=HEADER, actor=steward, **options):
        path = tmp_path / f"{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return import_file(actor=actor, scope=zone.pk, kind=kind, path=path, **options)

    return run


UNIT = {
    "载体名称": "苏鲲科技产业园",
    "载体类型": "产业园",
    "地址": "人民路1401号",
    "园长": "王园长",
    "占地面积(亩)": "100",
    "楼栋": "1号楼",
    "楼层": "3F",
    "房号": "301",
    "房源类型": "办公",
    "建筑面积(㎡)": "650.5",
    "净高(m)": "4.2",
    "荷载(kN/㎡)": "5",
    "状态": "空置",
    "状态日期": "2023.5.1",
}
OTHER = {"载体名称": "苏鲲科技产业园", "楼栋": "1号楼", "楼层": "1", "房号": "101", "建筑面积(㎡)": "1200"}
EVENT = {
    "盘活日期": "2023年5月12日",
    "载体名称": "苏鲲科技产业园",
    "位置": "1号楼 301",
    "盘活面积(㎡)": "600",
    "盘活方式": "招租",
    "引进企业": "京东电器",
    "佐证材料": "租赁合同 2023-018",
}


def problems(trial):
    return {problem["code"] for row in trial.preview["refused"] for problem in row["problems"]}


def test_the_tree_is_made_from_the_rows_and_every_unit_enters_its_state(take_in, zone, steward):
    firm = make_enterprise(zone, name="苏州比亚迪销售有限公司", normal_name="比亚迪销售")
    trial = take_in(
        "premises", UNIT, OTHER | {"状态": "在用", "状态日期": "2023-04-01", "使用企业": firm.name}
    )
    assert dict(trial.counts) == {"rows": 2, "new": 2, "changed": 0, "same": 0, "refused": 0}
    site = Site.objects.get()
    assert (site.steward, site.land_area_m2, site.address) == (steward, Decimal("66666.67"), "人民路1401号")
    assert steward.assignments.get().row_id == site.pk
    assert SiteName.objects.get().happened_on == date(2023, 4, 1)
    assert (Building.objects.count(), sorted(Floor.objects.values_list("level", flat=True))) == (1, [1, 3])
    vacant, let = Unit.objects.order_by("gross_area_m2")
    assert (vacant.state, vacant.state_since, vacant.clear_height_m) == (
        "vacant",
        date(2023, 5, 1),
        Decimal("4.2"),
    )
    assert (let.state, let.occupant) == ("let", firm)
    entry = UnitState.objects.get(unit=let)
    assert (entry.area_m2, entry.occupant_name, entry.batch_row) == (Decimal(1200), firm.name, 3)
    found = selectors.area_by_state([zone.pk], date(2023, 5, 2), zones.now(zone))
    assert found.total_m2 == Decimal("1850.5")


def test_the_same_file_again_changes_nothing(take_in, zone):
    rows = (UNIT, OTHER)
    take_in("premises", *rows)
    before = (UnitState.objects.count(), Unit.objects.order_by("pk").values_list("version", flat=True)[0])
    trial = take_in("premises", *rows)
    assert trial.counts["same"] == 2
    assert (
        UnitState.objects.count(),
        Unit.objects.order_by("pk").values_list("version", flat=True)[0],
    ) == before


def test_a_later_file_enters_the_new_state_and_leaves_what_it_does_not_say(take_in, zone):
    take_in("premises", UNIT, OTHER)
    later = {
        "载体名称": "苏鲲科技产业园",
        "楼栋": "1号楼",
        "楼层": "3F",
        "房号": "301",
        "建筑面积(㎡)": "650.5",
    }
    trial = take_in("premises", later | {"状态": "在用", "状态日期": "2023-06-10", "使用企业": "京东电器"})
    assert trial.counts["changed"] == 1
    unit = Unit.objects.get(name="301")
    assert (unit.state, unit.state_since, unit.kind) == ("let", date(2023, 6, 10), "office")
    assert [s.state for s in selectors.in_order(UnitState.objects.filter(unit=unit))] == ["let", "vacant"]
    assert Site.objects.get().address == "人民路1401号"


def test_an_old_file_imported_after_a_new_one_leaves_the_present_state(take_in):
    take_in("premises", UNIT | {"状态": "在用", "状态日期": "2023-06-10"})
    take_in("premises", UNIT | {"状态": "改造中", "状态日期": "2023-03-01"})
    unit = Unit.objects.get()
    assert (unit.state, unit.states.count()) == ("let", 2)


def test_another_area_in_the_ledger_is_an_entry_and_the_sum_stays_whole(take_in, zone):
    take_in("premises", UNIT)
    trial = take_in("premises", UNIT | {"建筑面积(㎡)": "700"})
    assert trial.counts["changed"] == 1
    today = zones.today(zone)
    found = selectors.area_by_state([zone.pk], today, zones.now(zone))
    assert found.total_m2 == Unit.objects.get().gross_area_m2 == Decimal(700)
    before = selectors.area_by_state([zone.pk], date(2023, 5, 2), zones.now(zone))
    assert before.total_m2 == Decimal("650.5")


def test_what_was_voided_by_hand_stays_so_when_the_file_comes_again(take_in, steward):
    take_in("premises", UNIT)
    take_in("premises", UNIT | {"状态": "在用", "状态日期": "2023-06-10"})
    entry = UnitState.objects.get(state="let")
    services.void_unit_state(actor=steward, entry=entry, reason="未签约")
    trial = take_in("premises", UNIT | {"状态": "在用", "状态日期": "2023-06-10"})
    assert trial.counts["same"] == 1
    assert Unit.objects.get().state == "vacant"


def test_a_site_is_found_by_a_name_it_had(take_in, zone, steward):
    site = services.add_site(actor=steward, zone=zone, name="老邮政大楼", on=date(2019, 1, 1))
    services.name_site(actor=steward, site=site, name="苏鲲科技产业园", on=date(2022, 7, 1))
    take_in("premises", UNIT | {"载体名称": "老邮政大楼"})
    assert Site.objects.get().units.count() == 1


def test_rows_without_room_floor_or_building_stand_for_the_whole(take_in):
    take_in(
        "premises",
        {"载体名称": "甲园", "建筑面积(㎡)": "3000"},
        {"载体名称": "甲园", "楼栋": "1号楼", "建筑面积(㎡)": "2000"},
        {"载体名称": "甲园", "楼栋": "1号楼", "楼层": "2", "建筑面积(㎡)": "500"},
    )
    assert set(Unit.objects.values_list("name", flat=True)) == {"整体", "整栋", "整层"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"园长": "李四"}, "person_unknown"),
        ({"运营主体": "没有这家"}, "department_unknown"),
        ({"楼层": "1-3层"}, "floor_unreadable"),
        ({"楼栋": "", "楼层": "3"}, "floor_needs_building"),
        ({"建筑面积(㎡)": "0"}, "area_not_positive"),
        ({"建筑面积(㎡)": "-5"}, "negative"),
        ({"使用面积(㎡)": "900"}, "net_above_gross"),
        ({"状态日期": TO_COME}, "day_to_come"),
        ({"状态": "塌了"}, "choice_unknown"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_comes_in(take_in, changed, code):
    trial = take_in("premises", OTHER, UNIT | changed)
    assert trial.counts["refused"] == 1
    assert code in problems(trial)
    assert not Site.objects.exists()


def test_one_place_said_twice_and_a_site_said_two_ways_are_refused(take_in):
    assert problems(take_in("premises", UNIT, UNIT | {"状态": "在用"})) == {"row_twice"}
    other = OTHER | {"地址": "中张家巷27号"}
    assert problems(take_in("premises", UNIT, other)) == {"site_said_twice"}


def test_two_people_of_one_name_are_not_guessed_between(take_in, zone):
    make_user(Role.STEWARD, zone=zone, display_name="王园长")
    assert problems(take_in("premises", UNIT)) == {"person_ambiguous"}


def test_an_operator_department_is_matched_by_name(take_in, zone):
    developer = make_department(zone, name="新建元控股集团", kind="developer")
    take_in("premises", UNIT | {"运营主体": "新建元控股集团"})
    assert Site.objects.get().operator == developer


def test_who_may_not_import_is_refused(take_in, zone):
    with pytest.raises(NotAllowed):
        take_in("premises", UNIT, actor=make_user(Role.AUDITOR, zone=zone))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        *(("3", 3), ("3F", 3), ("三层", 3), ("12楼", 12), ("十二层", 12), ("二十层", 20)),
        *(("B1", -1), ("-1", -1), ("地下二层", -2), ("负一楼", -1)),
        *(("1-3层", None), ("0", None), ("夹层", None), ("", None)),
    ],
)
def test_a_storey_is_read_as_people_write_it(text, level):
    assert read_level(text) == level


def test_comparing_costs_the_same_for_many_rows(zone):
    def cost(count):
        rows = [
            Row(
                n,
                {
                    "site": "甲园",
                    "building": "1号楼",
                    "level": "1",
                    "unit": str(n),
                    "gross_area_m2": Decimal(10),
                },
            )
            for n in range(2, count + 2)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert all(outcome.state == "new" for outcome in PREMISES.compare(scope=zone.pk, rows=rows))
        return len(queries)

    assert cost(300) == cost(3) <= 14


def test_writing_many_units_takes_few_statements(take_in):
    rows = [OTHER | {"房号": str(n)} for n in range(400)]
    with CaptureQueriesContext(connection) as queries:
        take_in("premises", *rows)
    assert Unit.objects.count() == 400
    assert len(queries) < 120


def test_revitalisations_come_in_once_and_find_their_unit(take_in, zone):
    take_in("premises", UNIT)
    trial = take_in("revitalisations", EVENT, header=EVENTS)
    assert trial.counts["new"] == 1
    entry = Revitalisation.objects.get()
    assert (entry.unit, entry.area_m2, entry.evidence_note) == (
        Unit.objects.get(),
        Decimal(600),
        "租赁合同 2023-018",
    )
    assert take_in("revitalisations", EVENT, header=EVENTS).counts["same"] == 1
    assert Revitalisation.objects.count() == 1


def test_a_corrected_row_replaces_its_entry_and_a_blank_wipes_nothing(take_in, zone):
    take_in("premises", UNIT)
    take_in("revitalisations", EVENT, header=EVENTS)
    trial = take_in("revitalisations", EVENT | {"盘活面积(㎡)": "580", "引进企业": ""}, header=EVENTS)
    assert trial.counts["changed"] == 1
    live = Revitalisation.objects.live().get()
    assert (live.area_m2, live.used_by, live.replaces.area_m2) == (Decimal(580), "京东电器", Decimal(600))
    assert take_in("revitalisations", EVENT, header=EVENTS).counts["same"] == 1


def test_the_same_space_on_another_day_is_refused_unless_it_stood_vacant(take_in, steward):
    take_in("premises", UNIT)
    take_in("revitalisations", EVENT, header=EVENTS)
    again = EVENT | {"盘活日期": "2024-03-01", "佐证材料": "租赁合同 2024-001"}
    assert problems(take_in("revitalisations", again, header=EVENTS)) == {"counted_already"}
    unit = Unit.objects.get()
    services.change_unit_state(actor=steward, unit=unit, state="let", on=date(2023, 5, 12))
    services.change_unit_state(actor=steward, unit=unit, state="vacant", on=date(2024, 1, 1))
    assert take_in("revitalisations", again, header=EVENTS).counts["new"] == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"佐证材料": ""}, "missing"),
        ({"盘活面积(㎡)": "9999"}, "area_above_unit"),
        ({"盘活面积(㎡)": "0"}, "area_not_positive"),
        ({"盘活日期": TO_COME}, "day_to_come"),
    ],
)
def test_a_revitalisation_that_cannot_count_is_refused(take_in, changed, code):
    take_in("premises", UNIT)
    trial = take_in("revitalisations", EVENT | changed, header=EVENTS)
    assert problems(trial) == {code}
    assert not Revitalisation.objects.exists()


@pytest.mark.document("0-10")
def test_imported_revitalisations_add_up_to_the_month_to_the_square_metre(take_in, zone):
    areas = ("6500", "3216.5", "1099.5", "4000")
    rows = [
        EVENT | {"位置": f"{n}号", "盘活面积(㎡)": area, "佐证材料": f"合同{n}"}
        for n, area in enumerate(areas)
    ]
    take_in("revitalisations", *rows, header=EVENTS)
    entries = selectors.revitalisations_between(
        [zone.pk], date(2023, 1, 1), date(2023, 5, 31), zones.now(zone)
    )
    total = sum(entry.area_m2 for entry in entries)
    assert total == Decimal(14816)
    assert show_percent(completion(total, Decimal(12144)).ratio) == "122.0%"


def test_a_file_without_days_says_nothing_new_the_second_time_and_a_new_one_does(take_in, steward):
    vacant = {key: text for key, text in UNIT.items() if key != "状态日期"}
    take_in("premises", vacant)
    unit = Unit.objects.get()
    services.change_unit_state(actor=steward, unit=unit, state="let", on=zones.today(unit.zone))
    assert take_in("premises", vacant).counts["same"] == 1
    assert take_in("premises", vacant | {"状态": "自用"}).counts["changed"] == 1
    assert take_in("premises", vacant).counts["changed"] == 1
    unit.refresh_from_db()
    assert unit.state == "vacant"
