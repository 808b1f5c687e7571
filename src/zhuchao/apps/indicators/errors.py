"""What the indicators app refuses."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class LowerStatus(DomainError):
    """A value would replace one that is firmer: a forecast never overwrites an approved figure."""

    code = "lower_status"
    message = _("{indicator}{period}已有“{old}”数，不能用“{new}”数覆盖。")
    next_step = _("如核定数确有错误，请由统计人员用同级或更高级的数据更正，并写明原因。")


class PartAboveWhole(DomainError):
    """An 其中 value would be larger than what it is part of."""

    code = "part_above_whole"
    message = _("“其中”{part}为 {part_value}，大于{whole}的 {whole_value}（单位：{unit}）。")
    next_step = _("请核对两个数的口径和单位。")
    http_status = 422


class UnitDoesNotFit(DomainError):
    """A value came in a unit of another kind than the indicator's."""

    code = "unit_does_not_fit"
    message = _("“{unit}”不能用于{indicator}，应为{wanted}一类的单位。")
    http_status = 422


class TargetExists(DomainError):
    """The same target is set already: it is to be corrected, not set twice."""

    code = "target_exists"
    message = _("{indicator}{period}的{kind}已经下达。")
    next_step = _("如任务有调整，请在原目标上更正并写明原因，旧目标会保留。")
