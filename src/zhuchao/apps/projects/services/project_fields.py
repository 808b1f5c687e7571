"""The columns of 项目台账."""

import re
from collections.abc import Mapping
from decimal import Decimal

from zhuchao.engines.reading import FieldSpec, Kind

from ..models import BatchPlace, Project, Stage

GATES: Mapping[str, Stage] = {
    "signed_on": Stage.SIGNED,
    "ready_on": Stage.READY,
    "started_on": Stage.STARTED,
    "listed_on": Stage.LISTED,
    "completed_on": Stage.COMPLETED,
    "scaled_on": Stage.SCALED,
    "producing_on": Stage.PRODUCING,
    "reviewed_on": Stage.REVIEWED,
    "delivered_on": Stage.DELIVERED,
}
PLANS: Mapping[str, Stage] = {
    "plan_started_on": Stage.STARTED,
    "plan_completed_on": Stage.COMPLETED,
    "plan_producing_on": Stage.PRODUCING,
}
FACTS = (
    *("code", "name", "company", "kind", "theme", "district", "address"),
    *("source_region", "total_investment_cny", "note", "part"),
)
KINDS = {
    **{str(kind.label): kind.value for kind in Project.Kind},
    "新建": "new",
    "新引进项目": "new",
    "扩建": "expansion",
    "增资": "expansion",
    "技改": "upgrade",
    "技改扩能": "upgrade",
    "城建": "public",
    "公共": "public",
    "政府投资": "public",
}
LISTS = {
    **{str(each.label): each.value for each in BatchPlace.List},
    "签约": "signing",
    "开工": "starting",
    "投产": "producing",
}
PLATFORMS = {
    **{str(each.label): each.value for each in BatchPlace.Platform},
    "省": "province",
    "省级": "province",
    "市": "city",
    "市级": "city",
}
_ALIASES = {
    "signed_on": ("签约时间",),
    "ready_on": ("达到开工条件日期", "达开工条件时间"),
    "started_on": ("开工时间", "实际开工日期"),
    "listed_on": ("列统时间", "入统日期"),
    "completed_on": ("竣工时间", "实际竣工日期"),
    "scaled_on": ("入规时间",),
    "producing_on": ("投产时间", "实际投产日期"),
    "reviewed_on": ("复核日期", "验收日期"),
    "delivered_on": ("达效时间",),
}
_SEPARATORS = re.compile(r"[、,，;；/|\s]+")
_YEAR = re.compile(r"(199\d|20\d\d)\s*(?:年度?)?")


def _day(name: str, label: str, *aliases: str, example: str = "2023-06-15") -> FieldSpec:
    return FieldSpec(name, label, Kind.DATE, aliases, month_allowed=True, example=example)


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("code", "项目编号", Kind.CODE, ("项目代码", "编号"), max_length=40, example="2023-001"),
    FieldSpec(
        "name", "项目名称", aliases=("项目", "名称"), required=True, max_length=120, example="高纯氢制备项目"
    ),
    FieldSpec(
        "parent", "上级项目", aliases=("总项目", "所属项目"), max_length=120, example="示例智慧产业园项目"
    ),
    FieldSpec("part", "分期或子项目", aliases=("分期", "子项目", "期次"), max_length=60, example="一期"),
    FieldSpec("company", "项目单位", aliases=("建设单位", "企业名称", "投资主体"), max_length=120),
    FieldSpec("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, ("信用代码",)),
    FieldSpec("kind", "类别", Kind.CHOICE, ("项目类别", "建设性质"), choices=KINDS, example="新引进"),
    FieldSpec("sector", "产业领域", aliases=("所属产业", "产业"), max_length=40),
    FieldSpec("theme", "专题", aliases=("项目专题",), max_length=60),
    FieldSpec("district", "片区", aliases=("所属片区",), max_length=40),
    FieldSpec("address", "地址", aliases=("建设地点", "项目地址"), max_length=200),
    FieldSpec("source_region", "来源地", aliases=("项目来源地",), max_length=60, example="苏州"),
    FieldSpec(
        "total_investment_cny",
        "总投资",
        Kind.MONEY,
        ("计划总投资", "投资总额"),
        unit="万元",
        minimum=Decimal("0.01"),
        maximum=Decimal(10) ** 16 - 1,
        example="12000",
    ),
    FieldSpec("officer", "责任人", aliases=("金牌店小二", "店小二", "项目负责人"), max_length=40),
    FieldSpec("department", "责任单位", aliases=("责任部门",), max_length=60),
    FieldSpec("labels", "标签", aliases=("项目标签", "重大项目级别"), max_length=120, example="列省、列市"),
    FieldSpec("label_year", "标签年度", Kind.CODE, max_length=10, example="2023"),
    *(_day(name, f"{stage.label}日期", *_ALIASES[name]) for name, stage in GATES.items()),
    *(_day(name, f"计划{stage.label}日期", f"计划{stage.label}时间") for name, stage in PLANS.items()),
    FieldSpec("plan_year", "年度", Kind.CODE, ("计划年度",), max_length=10, example="2023"),
    FieldSpec(
        "plan_amount_cny",
        "年度计划投资",
        Kind.MONEY,
        ("当年计划投资", "年度计划"),
        unit="万元",
        minimum=Decimal("0.01"),
        maximum=Decimal(10) ** 16 - 1,
        example="5000",
    ),
    FieldSpec("batch_name", "批次", aliases=("三个一批批次",), max_length=40, example="2024年第三期"),
    FieldSpec("batch_list", "批次清单", Kind.CHOICE, ("清单",), choices=LISTS, example="签约一批"),
    FieldSpec("batch_platform", "批次平台", Kind.CHOICE, ("平台",), choices=PLATFORMS, example="省平台"),
    _day("batch_on", "批次日期"),
    FieldSpec("note", "形象进度", aliases=("工程进度", "项目进展"), max_length=500),
)


def labels_in(text: str | None) -> list[str]:
    """Return the labels a cell names.

    >>> labels_in("列省、列市,市重大")
    ['列省', '列市', '市重大']
    """
    return list(dict.fromkeys(part for part in _SEPARATORS.split(text or "") if part))


def year_in(text: str | None) -> int | None:
    """Return the year a cell names, None when it names none.

    >>> year_in("2023年"), year_in("2023"), year_in("去年")
    (2023, 2023, None)
    """
    found = _YEAR.fullmatch((text or "").strip())
    return int(found[1]) if found else None
