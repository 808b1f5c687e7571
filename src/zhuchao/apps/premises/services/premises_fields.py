"""The columns of the 载体台账."""

from decimal import Decimal
from typing import Final

from zhuchao.engines.reading import FieldSpec, Kind

from ..models import Site, Unit

FIELDS: Final[tuple[FieldSpec, ...]] = (
    FieldSpec(
        "site",
        "载体名称",
        required=True,
        max_length=80,
        aliases=("载体", "园区名称", "楼宇名称"),
        example="苏鲲科技产业园",
    ),
    FieldSpec("site_kind", "载体类型", Kind.CHOICE, choices={str(c.label): c.value for c in Site.Kind}),
    FieldSpec(
        "carrier_class",
        "载体类别",
        Kind.CHOICE,
        choices={str(c.label): c.value for c in Site.CarrierClass}
        | {"旗舰": "flagship", "功能": "functional"},
    ),
    FieldSpec("address", "地址", max_length=200, aliases=("载体地址", "门牌地址"), example="人民路1401号"),
    FieldSpec("district", "片区", max_length=40, aliases=("所属片区",)),
    FieldSpec("steward", "园长", max_length=40, aliases=("载体负责人",)),
    FieldSpec("operator", "运营主体", max_length=60, aliases=("开发运营主体", "运营单位", "开发主体")),
    FieldSpec("land_area_m2", "占地面积", Kind.AREA, unit="亩", aliases=("土地面积",), example="100"),
    FieldSpec("parent", "上级载体", max_length=80, aliases=("所属载体", "所在园区")),
    FieldSpec("theme", "主题", max_length=60, aliases=("载体主题", "主导产业")),
    FieldSpec("partner", "合作方", max_length=120, aliases=("合作单位",)),
    FieldSpec("admission_scope", "准入产业", max_length=400, aliases=("准入范围", "招商方向")),
    FieldSpec("plan_constraints", "规划禁止用途", max_length=400),
    FieldSpec("plan_source", "规划依据", max_length=200, aliases=("控规依据",)),
    FieldSpec("plan_on", "规划批复日期", Kind.DATE, month_allowed=True),
    FieldSpec("incubator", "孵化载体", Kind.BOOL, aliases=("是否孵化",)),
    FieldSpec("building", "楼栋", max_length=60, aliases=("楼号", "栋号", "幢号"), example="1号楼"),
    FieldSpec("level", "楼层", max_length=20, aliases=("层",), example="3F"),
    FieldSpec("unit", "房号", max_length=60, aliases=("房间号", "单元", "房源名称"), example="301"),
    FieldSpec(
        "unit_kind",
        "房源类型",
        Kind.CHOICE,
        choices={str(c.label): c.value for c in Unit.Kind}
        | {"厂房": "workshop", "商铺": "shop", "仓库": "storage"},
    ),
    FieldSpec(
        "gross_area_m2", "建筑面积", Kind.AREA, unit="㎡", required=True, aliases=("面积",), example="650"
    ),
    FieldSpec("net_area_m2", "使用面积", Kind.AREA, unit="㎡", aliases=("套内面积",)),
    FieldSpec(
        "clear_height_m",
        "净高",
        Kind.NUMBER,
        unit="米",
        places=2,
        minimum=Decimal(0),
        maximum=Decimal(100),
    ),
    FieldSpec(
        "floor_load_kn_m2",
        "荷载",
        Kind.NUMBER,
        unit="kN/㎡",
        places=2,
        minimum=Decimal(0),
        maximum=Decimal(1000),
        aliases=("楼面荷载", "承重"),
    ),
    FieldSpec("position", "楼层内次序", Kind.COUNT, aliases=("排列次序",)),
    FieldSpec("power_kva", "用电容量", Kind.NUMBER, unit="kVA", places=1, minimum=Decimal(0)),
    FieldSpec("column_grid", "柱网", max_length=20, aliases=("柱距",), example="8.4×8.4"),
    FieldSpec("water_m3_day", "供水量", Kind.NUMBER, places=1, minimum=Decimal(0), aliases=("供水",)),
    FieldSpec("has_gas", "通燃气", Kind.BOOL, aliases=("燃气",)),
    FieldSpec("has_sewage", "通污水", Kind.BOOL, aliases=("污水",)),
    FieldSpec("hoist_t", "起重", Kind.NUMBER, unit="吨", places=2, minimum=Decimal(0), aliases=("行车",)),
    FieldSpec("loading_docks", "装卸口", Kind.COUNT, aliases=("卸货口", "卸货平台")),
    FieldSpec(
        "fire_class",
        "火灾危险性类别",
        Kind.CHOICE,
        aliases=("火灾危险性", "消防类别"),
        choices={str(c.label): c.value for c in Unit.FireClass}
        | {str(c.label).removesuffix("类"): c.value for c in Unit.FireClass},
    ),
    FieldSpec("allowed_uses", "允许用途", max_length=400, aliases=("可用用途", "适用业态")),
    FieldSpec("forbidden_uses", "禁止用途", max_length=400, aliases=("禁止业态", "文保禁止")),
    FieldSpec("hazard_allowed", "可用于危险品", Kind.BOOL),
    FieldSpec("food_allowed", "可用于食品", Kind.BOOL),
    FieldSpec(
        "tenure",
        "产权性质",
        Kind.CHOICE,
        aliases=("产权",),
        choices={str(c.label): c.value for c in Unit.Tenure},
    ),
    FieldSpec(
        "rent_floor_cny_m2_day", "底价", Kind.NUMBER, places=3, minimum=Decimal(0), aliases=("租金底价",)
    ),
    FieldSpec(
        "asking_rent_cny_m2_day",
        "挂牌租金",
        Kind.NUMBER,
        places=3,
        minimum=Decimal(0),
        aliases=("租金", "挂牌价"),
    ),
    FieldSpec("amenities", "配套", max_length=400, aliases=("配套设施",)),
    FieldSpec("available_on", "可用日期", Kind.DATE, month_allowed=True, aliases=("可入驻日期",)),
    FieldSpec(
        "state",
        "状态",
        Kind.CHOICE,
        aliases=("房源状态", "使用状态"),
        choices={str(c.label): c.value for c in Unit.State}
        | {"已租": "let", "出租": "let", "闲置": "vacant", "装修中": "in_works"},
    ),
    FieldSpec(
        "on",
        "状态日期",
        Kind.DATE,
        month_allowed=True,
        aliases=("状态起", "变更日期"),
        example="2023-05-01",
    ),
    FieldSpec("occupant", "使用企业", max_length=120, aliases=("入驻企业", "承租企业", "企业名称")),
    FieldSpec("why", "空置原因", max_length=60),
    FieldSpec("idle_m2", "部分空置", Kind.AREA, unit="㎡", aliases=("部分空置面积", "其中空置")),
)
