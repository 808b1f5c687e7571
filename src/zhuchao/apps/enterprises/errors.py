"""What the register of firms refuses, and why."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError, WrongInput


class CreditCodeWrong(WrongInput):
    """A credit code or an old registration number does not pass its check.

    ``why`` says what is wrong; ``expected`` and ``found`` are the check digits where that is the fault.
    """

    code = "credit_code_wrong"
    next_step = _("请核对营业执照。")


class IndustryCodeWrong(WrongInput):
    """An industry code is not one of GB/T 4754-2017; ``right`` is what it should probably be."""

    code = "industry_code_wrong"


class CreditCodeTaken(DomainError):
    """A firm with this code is in the zone already: the same code is never kept twice."""

    code = "credit_code_taken"
    message = _("统一社会信用代码{credit_code}已登记为“{name}”。")
    next_step = _("请打开已有档案继续办理；同一代码在一个辖区只能登记一次。")


class DuplicateFound(DomainError):
    """Firms that may be the same one; ``candidates`` lists them with their ids and why."""

    code = "duplicate_found"
    message = _("可能已有这家企业：{names}。")
    next_step = _("请先打开核对。确属不同企业时，填写“确认不是同一家”的理由后再保存。")


class MergedAway(DomainError):
    """The firm was merged into another one, where the work goes on."""

    code = "merged_away"
    message = _("“{name}”已并入“{survivor}”，不能再修改。")
    next_step = _("请打开“{survivor}”，或先撤销合并。")


class MergeRefused(DomainError):
    """Two firms cannot be merged; ``why`` says why."""

    code = "merge_refused"
    message = _("不能合并：{why}")


class NotMerged(DomainError):
    """There is no merge to undo."""

    code = "not_merged"
    message = _("“{name}”没有被合并，无需撤销。")


class FirmerValueStands(DomainError):
    """A value of a lower status would replace one of a higher status."""

    code = "firmer_value_stands"
    message = _("{period}{measure}已有“{standing}”数{value}，不能用“{given}”数替换。")
    next_step = _("只有同级或更高级的数据可以替换；如原数有误，请先在原数上填写原因并作废。")


class TagStands(DomainError):
    """The same tag from the same source stands already."""

    code = "tag_stands"
    message = _("“{name}”已有标签“{tag}”（来源：{source}）。")
    next_step = _("如来源或日期有误，请在原标签上更正。")


class DocumentStands(DomainError):
    """A document of the same kind and number is in use already."""

    code = "document_stands"
    message = _("“{name}”的{kind} {number} 已在材料库中。")
    next_step = _("如是换发的新证，请在原材料上点“换新”。")


class DocumentNotInUse(DomainError):
    """A document does not serve: it is replaced, withdrawn, expired or not yet valid."""

    code = "document_not_in_use"
    message = _("材料“{document}”{state}，不能这样办理。")
    next_step = _("请使用有效的材料，或请企业补交新的。")


class ConsentMissing(DomainError):
    """The firm has not said that its document may be used for this matter on this day."""

    code = "consent_missing"
    message = _("“{name}”还没有同意把这份材料用于“{matter}”，或同意已过期、已撤回。")
    next_step = _("请先登记企业的同意（事项名称须一致），再使用。")
