"""Say a problem in Chinese: what is wrong, and what would be right. Each sentence is a msgid for translation."""

from collections.abc import Callable
from typing import Final

from zhuchao.engines.reading.fields import Problem

SENTENCES: Final[dict[str, str]] = {
    # the sheet
    "no_header": "没有找到表头。至少应有“{expected}”这些列。",
    "no_data": "表头下面没有数据。",
    "two_columns_one_field": "“{columns}”两列都像是“{label}”。",
    "required_column_missing": "缺少“{label}”列。",
    "mixed_units": "“{label}”列里混用了{units}，已分别按各自的单位换算。",
    "approximate": "“{label}”列有 {count} 处写的是约数，已按所写数字读取。",
    "total_differs": "第 {row} 行“{label}”的合计为 {found}，各行相加为 {expected}，相差 {difference}。",
    # any cell
    "missing": "第 {row} 行没有填写{label}。",
    "formula_error": "第 {row} 行{label}是公式错误 {found}。",
    "formula_text": "第 {row} 行{label}是一段没有算出结果的公式。",
    "too_long": "第 {row} 行{label}有 {length} 个字，最多 {most} 个字。",
    "text_became_date": "第 {row} 行{label}被表格软件改成了日期 {found}。",
    "number_precision": "第 {row} 行{label}被表格软件存成了数字，末尾几位已经丢失。",
    "choice_unknown": "第 {row} 行{label}“{found}”不在可选范围内。",
    "bool_unknown": "第 {row} 行{label}“{found}”看不出是或否。",
    "phone_malformed": "第 {row} 行{label}不是电话号码（共 {digits} 位数字）。",
    # amounts
    "number_empty": "第 {row} 行没有填写{label}。",
    "number_malformed": "第 {row} 行{label}“{found}”不是数字。",
    "number_out_of_range": "第 {row} 行{label}“{found}”大得不合常理。",
    "unit_unknown": "第 {row} 行{label}“{found}”的单位不认识。",
    "unit_missing": "第 {row} 行{label}“{found}”没有单位。",
    "unit_conflict": "第 {row} 行{label}的单位是{found}，这一列应为{expected}。",
    "currency_conflict": "第 {row} 行{label}的币种是{found}，这一列应为{expected}。",
    "negative": "第 {row} 行{label}是负数 {found}。",
    "below_minimum": "第 {row} 行{label} {found} 小于下限 {expected}。",
    "above_maximum": "第 {row} 行{label} {found} 大于上限 {expected}。",
    "not_whole": "第 {row} 行{label} {found} 不是整数。",
    # days
    "day_missing": "第 {row} 行{label}“{found}”只写到月，没有日。",
    "month_missing": "第 {row} 行{label}“{found}”只写了年份。",
    "month_ambiguous": "第 {row} 行{label} {found} 可能是 1 月，也可能是 10 月。",
    "year_missing": "第 {row} 行{label}“{found}”没有年份。",
    "year_short": "第 {row} 行{label}“{found}”的年份只写了两位。",
    "date_impossible": "第 {row} 行{label}“{found}”这一天不存在。",
    "date_not_understood": "第 {row} 行{label}“{found}”不是日期。",
    "date_out_of_range": "第 {row} 行{label} {found} 超出合理范围（{expected}）。",
    # credit codes, as the caller's check tells them
    "credit_code_missing": "第 {row} 行没有填写{label}。",
    "credit_code_scientific": "第 {row} 行{label}被表格软件改成了 {found}，末尾几位已经丢失。",
    "credit_code_length": "第 {row} 行{label}有 {found} 位，应为 18 位。",
    "credit_code_character": "第 {row} 行{label}第 {position} 位不能是 {found}。",
    "credit_code_check": "第 {row} 行{label}校验位应为 {expected}，现为 {found}。",
    "id_number_length": "第 {row} 行{label}有 {found} 位，应为 18 位。",
    "id_number_character": "第 {row} 行{label}应为 17 位数字加一位数字或 X。",
    "id_number_birthday": "第 {row} 行{label}第 7 至 14 位不是出生日期。",
    "id_number_check": "第 {row} 行{label}最后一位应为 {expected}，现为 {found}。",
    "refused": "第 {row} 行{label}“{found}”有误。",
    "legacy_code_check": "第 {row} 行{label}（旧注册号）校验位应为 {expected}，现为 {found}。",
}
"""A sentence by code, with {row} (as the person counts), {label}, {found}, {expected} and the problem's data."""

FIXES: Final[dict[str, str]] = {
    "no_header": "请在数据上面加一行列名。",
    "no_data": "请检查是否选对了工作表。",
    "two_columns_one_field": "请选定其中一列。",
    "required_column_missing": "请补上这一列，或指定由哪一列对应。",
    "mixed_units": "请核对换算结果，最好统一单位。",
    "approximate": "请核对，最好填写准确数字。",
    "total_differs": "请核对合计或各行数字。",
    "missing": "请补填。",
    "formula_error": "请修正公式，或直接填写数值。",
    "formula_text": "请直接填写数值。",
    "too_long": "请缩短。",
    "text_became_date": "请把单元格格式设为“文本”后重新填写。",
    "number_precision": "请把单元格格式设为“文本”后重新填写。",
    "choice_unknown": "请填写其中之一：{expected}。",
    "bool_unknown": "请填写“是”或“否”。",
    "phone_malformed": "手机号为 11 位，座机请带区号，如 0512-65432109。",
    "number_empty": "请补填。",
    "number_malformed": "请只填写数字。",
    "number_out_of_range": "请核对数字和单位。",
    "unit_unknown": "请改用万元、亿元、平方米、亩等常用单位。",
    "unit_missing": "请写明单位。",
    "unit_conflict": "请换算成{expected}。",
    "currency_conflict": "请换算成{expected}。",
    "negative": "请核对，不应小于 0。",
    "below_minimum": "请核对，不应小于 {expected}。",
    "above_maximum": "请核对，不应大于 {expected}。",
    "not_whole": "请填写整数，如 {expected}。",
    "day_missing": "请写到日，如 {expected}。",
    "month_missing": "请写明年月日，如 {expected}。",
    "month_ambiguous": "请把单元格格式设为“文本”，写成 2023-01 或 2023-10。",
    "year_missing": "请写明年份，如 {expected}。",
    "year_short": "请写四位年份，如 {expected}。",
    "date_impossible": "请核对日期。",
    "date_not_understood": "请写成 {expected} 这样的日期。",
    "date_out_of_range": "请核对年份。",
    "credit_code_missing": "请补填。",
    "credit_code_scientific": "请把单元格格式设为“文本”，按营业执照重新填写。",
    "credit_code_length": "请核对营业执照。",
    "credit_code_character": "代码里没有字母 I、O、S、V、Z，第 3 至 8 位只能是数字。请核对营业执照。",
    "credit_code_check": "请核对营业执照。",
    "legacy_code_check": "请核对营业执照。",
    "id_number_length": "请核对身份证件。",
    "id_number_character": "请核对身份证件。",
    "id_number_birthday": "请核对身份证件。",
    "id_number_check": "请核对身份证件。",
    "refused": "请核对。",
}
"""What to do about it, by code."""


class _Known(dict[str, object]):
    """The values of a sentence; one that is not known stays empty rather than failing the whole report."""

    def __missing__(self, key: str) -> str:
        return ""


def sentence(
    problem: Problem, *, row: int | None = None, label: str = "", translate: Callable[[str], str] = str
) -> str:
    """Return what is wrong, in one sentence; a code of the caller's own gets a general one.

    Args:
        row: the row as the person counts, from 1.
        label: the column's label.
        translate: gettext, if the reader's language is not Chinese.

    >>> problem = Problem("credit_code_check", "8", "7")
    >>> sentence(problem, row=3, label="统一社会信用代码")
    '第 3 行统一社会信用代码校验位应为 7，现为 8。'
    """
    values = {
        "label": label,
        **problem.data,
        "row": row,
        "found": problem.found,
        "expected": problem.expected,
    }
    return translate(SENTENCES.get(problem.code, SENTENCES["refused"])).format_map(_Known(values))


def fix_hint(problem: Problem, *, translate: Callable[[str], str] = str) -> str:
    """Return what would be right, in one sentence."""
    values = {**problem.data, "found": problem.found, "expected": problem.expected}
    return translate(FIXES.get(problem.code, FIXES["refused"])).format_map(_Known(values))
