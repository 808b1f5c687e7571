"""The columns of 约定台账: one row a promise; what is said of its agreement may stand in the first row alone."""

from collections.abc import Mapping
from typing import Any

from zhuchao.engines.reading import FieldSpec, Kind

from ..models import Agreement, CovenantFinding, CovenantKind

KINDS = {
    **{str(kind.label): kind.value for kind in CovenantKind},
    "年产值": "output",
    "工业产值": "output",
    "营收": "revenue",
    "年税收": "tax",
    "税收贡献": "tax",
    "就业": "jobs",
    "用工": "jobs",
    "固投": "investment",
    "完成投资": "investment",
    "开工": "start",
    "竣工": "finish",
    "投产": "produce",
    "供地": "land",
    "交地": "land",
    "道路": "road",
    "供电": "power",
    "奖补": "reward",
    "奖励": "reward",
}
AGREEMENT_KINDS = {str(kind.label): kind.value for kind in Agreement.Kind}
RESULTS = {
    **{str(result.label): result.value for result in CovenantFinding.Result},
    "已完成": "done",
    "未完成": "not_done",
    "免除": "waived",
}

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "number", "协议编号", Kind.CODE, ("协议号",), required=True, max_length=40, example="产业协议-001"
    ),
    FieldSpec(
        "name", "项目名称", aliases=("项目",), required=True, max_length=120, example="示例高纯氢制备项目"
    ),
    FieldSpec("code", "项目编号", Kind.CODE, ("项目代码",), max_length=40),
    FieldSpec("agreement_kind", "协议类别", Kind.CHOICE, ("协议类型",), choices=AGREEMENT_KINDS),
    FieldSpec("signed_on", "签订日期", Kind.DATE, ("协议签订日期",), example="2023-02-18"),
    FieldSpec("parties", "签约各方", aliases=("协议各方",), max_length=300),
    FieldSpec("area_m2", "用地面积", Kind.AREA, ("协议用地",), unit="亩"),
    FieldSpec("review_no", "公平竞争审查文号", Kind.CODE, ("审查文号",), max_length=80),
    FieldSpec("review_body", "审查单位", max_length=80),
    FieldSpec("review_on", "审查日期", Kind.DATE),
    FieldSpec(
        "kind", "约定事项", Kind.CHOICE, ("事项", "指标"), required=True, choices=KINDS, example="就业岗位"
    ),
    FieldSpec("due_on", "期限", Kind.DATE, ("到期日", "完成时限"), required=True, example="2024-12-31"),
    FieldSpec("year", "考核年度", Kind.CODE, ("年度",), max_length=8),
    FieldSpec("amount_cny", "约定金额", Kind.MONEY, ("承诺金额",), unit="万元"),
    FieldSpec("people", "约定人数", Kind.COUNT, ("承诺人数",), unit="人", example="200"),
    FieldSpec("clause", "条款", max_length=40),
    FieldSpec("said", "约定内容", aliases=("内容",), max_length=300),
    FieldSpec("department", "责任单位", aliases=("责任部门",), max_length=60),
    FieldSpec("rewards", "兑现条件", Kind.CHOICE, choices=KINDS),
    FieldSpec("grant_number", "申报编号", Kind.CODE, max_length=30),
    FieldSpec("result", "认定结果", Kind.CHOICE, choices=RESULTS),
    FieldSpec("found_on", "认定日期", Kind.DATE),
    FieldSpec("found_cny", "认定金额", Kind.MONEY, unit="万元"),
    FieldSpec("found_people", "认定人数", Kind.COUNT, unit="人"),
    FieldSpec("document_no", "佐证文号", Kind.CODE, ("佐证",), max_length=80),
    FieldSpec("evidence_note", "佐证说明", aliases=("备注",), max_length=200),
)

EXAMPLE: Mapping[str, Any] = {
    "number": "产业协议-001",
    "name": "示例高纯氢制备项目",
    "agreement_kind": "产业发展协议",
    "signed_on": "2023-02-18",
    "kind": "就业岗位",
    "due_on": "2024-12-31",
    "people": "200",
    "clause": "第五条",
}
