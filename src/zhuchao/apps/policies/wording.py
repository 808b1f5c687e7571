"""Facts, limits and gaps as people read them: exact, in the unit that people use."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhuchao.apps.core.wording import listed
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import Field, Kind
from zhuchao.engines.rules.one import Kept
from zhuchao.engines.units import exact_decimal, show_count, show_money, show_number
from zhuchao.engines.units.printing import MoneyCustom

_WAN, _YI = 10_000, 100_000_000


def show_kept(value: Kept, field: Field) -> str:
    """Return a value as the engine keeps it in words: 5,000.00 万元, 5%, 30 人, 2026-01-31, 是."""
    if value is None:
        return gettext("不知道")
    if field.kind is Kind.FLAG:
        return gettext("是") if value else gettext("否")
    if isinstance(value, frozenset):
        return listed(sorted(value)) or gettext("没有")
    if isinstance(value, str):
        return value
    if field.kind is Kind.DATE:
        return date.fromordinal(value).isoformat()
    return show_size(Fraction(value, field.scale), field)


def show_size(value: Fraction, field: Field) -> str:
    """Return a number in the unit of a field, never rounded across a limit: what has no short form is written out."""
    if field.kind is Kind.MONEY:
        return show_yuan(value)
    exact = exact_decimal(value)
    if exact is None:
        return f"{show_number(Decimal(value.numerator) / value.denominator, 4)}{field.unit}"
    if field.kind is Kind.COUNT and field.unit:
        return show_count(exact, field.unit)
    places = max(0, -int(exact.normalize().as_tuple().exponent))
    return f"{show_number(exact, places)}{field.unit}"


def show_yuan(value: Fraction | Decimal) -> str:
    """Return an amount in 亿元 or 万元 where two decimals say it exactly, else in 元."""
    exact = Fraction(value)
    custom: MoneyCustom = "元"
    if abs(exact) >= _YI and (exact / _YI * 100).denominator == 1:
        custom = "亿元"
    elif abs(exact) >= _WAN and (exact / _WAN * 100).denominator == 1:
        custom = "万元"
    return show_money(exact, custom)


def show_ratio(value: Fraction) -> str:
    """Return a quotient as a percentage with as many decimals as it needs, at most four."""
    exact = exact_decimal(value * 100)
    if exact is None:
        return f"{show_number(Decimal(value.numerator) * 100 / value.denominator, 4)}%"
    places = max(0, -int(exact.normalize().as_tuple().exponent))
    return f"{show_number(exact, places)}%"


_SENTENCES = {
    "alias_refused": _("不能使用 YAML 的锚点与别名。"),
    "bands_malformed": _("分档要按一个字段（或几个字段之和）从小到大写，每档有上限 upto，最后一档没有。"),
    "character_refused": _("“{found}”不能出现在条件里。"),
    "comment_refused": _("条件里不能写注释。"),
    "condition_unused": _("条件 {found} 没有被 logic 用到。"),
    "construct_refused": _("条件里不能使用 {found}。"),
    "currency_conflict": _("“{found}”不是人民币单位。"),
    "date_malformed": _("没有 {found} 这一天。"),
    "date_out_of_range": _("算出的日期超出了日历。"),
    "dimension_mixed": _("单位不一致：比较的两边量的不是同一种东西。"),
    "division_by_zero": _("除数为 0。"),
    "expression_empty": _("条件是空的。"),
    "expression_malformed": _("条件写得不完整，请检查括号和比较符号。"),
    "expression_too_long": _("条件太长。"),
    "expression_too_deep": _("括号层数太多。"),
    "fact_malformed": _("“{found}”不能作为{label}的值。"),
    "field_unknown": _("没有“{field}”这个字段。{near}"),
    "file_malformed": _("YAML 格式有误，请检查缩进、冒号和引号。"),
    "file_too_deep": _("层级太深。"),
    "file_too_large": _("内容太长。"),
    "float_refused": _("“{found}”要加引号写成文本，才不会有误差。"),
    "function_refused": _("没有“{found}”这个函数，可用的是 has、least、greatest。"),
    "id_malformed": _("编号只能用小写字母、数字、- 和 _，并以字母开头。"),
    "id_twice": _("编号 {found} 重复。"),
    "key_missing": _("缺少“{key}”。"),
    "key_twice": _("“{found}”写了两次。"),
    "key_unknown": _("不认识“{found}”。{near}"),
    "not_linear": _("字段之间只能加减，乘除只能用数或一个分母。"),
    "nothing_compared": _("这里没有用任何字段作比较。"),
    "number_malformed": _("“{found}”不是数。"),
    "number_too_large": _("数太大。"),
    "param_malformed": _("参数 {name} 的值“{found}”不对。"),
    "pattern_refused": _("like 只能用来比较字段和以 % 结尾的开头，如 industry like 'C39%'。"),
    "status_unknown": _("核实状态只有 confirmed、unconfirmed 和 memory。"),
    "tag_refused": _("不能使用 YAML 标签。"),
    "type_mixed": _("类型不一致：文字、日期、是否与数不能这样比较。"),
    "type_wrong": _("这里的内容不是所要的形式。"),
    "unit_missing": _("请写明单位，如 5000万元、5%、30人。"),
    "unit_unknown": _("没有“{found}”这个单位。"),
    "word_malformed": _("文字要放在一对单引号之间。"),
    "word_unknown": _("没有“{found}”这个选项。{near}"),
}


def say(error: EngineError, label: str = "") -> str:
    """Return what an engine refuses as a sentence for people, with its line and the nearest names where there are any."""
    near, line = error.data.get("near") or (), error.data.get("line")
    said = {
        "found": error.data.get("found", ""),
        "field": error.data.get("field", ""),
        "key": error.data.get("key", ""),
        "name": error.data.get("name", ""),
        "label": label or error.data.get("field", ""),
        "near": gettext("是不是：{names}？").format(names=listed(near))
        if isinstance(near, Iterable) and near
        else "",
    }
    sentence = gettext(_SENTENCES[error.code]).format_map(said) if error.code in _SENTENCES else str(error)
    return gettext("第 {line} 行：{sentence}").format(line=line, sentence=sentence) if line else sentence
