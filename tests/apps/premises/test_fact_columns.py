"""What a 载体台账 says of a unit's conditions and of a site's place among the others."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_user, make_zone
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.premises import services
from zhuchao.apps.premises.models import Site, Unit, UnitState
from zhuchao.apps.premises.services import Part
from zhuchao.apps.zones.models import Role

ROW = {
    "载体名称": "航空检测园",
    "上级载体": "航空航天产业园",
    "主题": "航空航天",
    "准入产业": "航空零部件、新材料",
    "规划禁止用途": "仓储",
    "规划依据": "控规2026-8号",
    "楼栋": "1号楼",
    "楼层": "1F",
    "房号": "101",
    "建筑面积": "650.25",
    "柱网": "8.4×8.4",
    "供水量": "30",
    "通燃气": "是",
    "通污水": "否",
    "起重(吨)": "10",
    "装卸口": "2",
    "火灾危险性类别": "丙",
    "允许用途": "生产，研发",
    "可用于危险品": "否",
    "产权性质": "国有",
    "底价": "0.85",
    "挂牌租金": "1.05",
    "配套": "货梯 食堂",
    "可用日期": "2023-09-01",
    "楼层内次序": "1",
    "状态": "在用",
    "状态日期": "2023-05-01",
    "使用企业": "甲航空（示例）有限公司",
    "部分空置(㎡)": "100",
}
PARENT = {
    "载体名称": "航空航天产业园",
    "建筑面积": "10",
    "房号": "门卫",
    "状态": "自用",
    "状态日期": "2023-05-01",
}


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def take_in(tmp_path, zone):
    def run(*rows):
        path = tmp_path / "premises.csv"
        header = list(dict.fromkeys(key for row in (ROW, *rows) for key in row))
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        actor = make_user(Role.STEWARD, zone=zone)
        return import_file(actor=actor, scope=zone.pk, kind="premises", path=path)

    return run


def codes(trial):
    return {problem["code"] for row in trial.preview["refused"] for problem in row["problems"]}


def test_every_condition_of_a_unit_comes_in_and_a_second_time_changes_nothing(take_in):
    take_in(ROW, PARENT)
    unit = Unit.objects.get(name="101")
    assert (unit.column_grid, unit.has_gas, unit.has_sewage, unit.hoist_t) == ("8.4×8.4", True, False, 10)
    assert (unit.fire_class, unit.allowed_uses, unit.amenities) == ("c", ["生产", "研发"], ["货梯", "食堂"])
    assert (unit.hazard_allowed, unit.food_allowed, unit.tenure) == (False, None, "state")
    assert (unit.rent_floor_cny_m2_day, unit.asking_rent_cny_m2_day) == (Decimal("0.85"), Decimal("1.05"))
    assert (unit.loading_docks, unit.position, unit.available_on) == (2, 1, date(2023, 9, 1))
    assert unit.idle_m2 == Decimal("100")
    assert take_in(ROW, PARENT).counts["same"] == 2


def test_a_site_stands_in_the_site_that_the_same_file_names(take_in):
    take_in(ROW, PARENT)
    inner = Site.objects.get(name="航空检测园")
    assert inner.parent == Site.objects.get(name="航空航天产业园")
    assert (inner.theme, inner.admission_scope) == ("航空航天", ["航空零部件", "新材料"])
    assert (inner.plan_constraints, inner.plan_source) == (["仓储"], "控规2026-8号")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((ROW,), "parent_unknown"),
        ((ROW, PARENT | {"上级载体": "航空检测园"}), "parent_circle"),
        ((ROW | {"部分空置(㎡)": "650.25"}, PARENT), "idle_not_a_part"),
        ((ROW | {"配套": "字" * 21}, PARENT), "fact_wrong"),
        ((ROW | {"禁止用途": "研发"}, PARENT), "use_both"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_is_written(take_in, rows, code):
    assert code in codes(take_in(*rows))
    assert not Unit.objects.exists()


def test_the_words_of_a_reason_become_its_code(take_in):
    take_in(PARENT | {"状态": "空置", "空置原因": "到期未续"})
    assert UnitState.objects.get().cause == UnitState.Cause.EXPIRED


def test_a_unit_that_was_split_takes_no_new_state_from_a_file(take_in):
    take_in(PARENT)
    unit = Unit.objects.get()
    services.split_unit(
        actor=None, unit=unit, on=date(2026, 6, 1), parts=[Part("a", Decimal(4)), Part("b", Decimal(6))]
    )
    assert codes(take_in(PARENT | {"状态": "空置", "状态日期": "2026-06-02"})) == {"unit_gone"}
    unit.refresh_from_db()
    assert unit.state == "withdrawn"
