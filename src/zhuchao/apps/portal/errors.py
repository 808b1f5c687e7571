"""Refusals at the public door."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class TooManyEnquiries(DomainError):
    """An address, or everybody together, sent the form more often than people do."""

    code = "too_many_enquiries"
    message = _("一小时内提交次数过多，这次没有收下。")
    next_step = _("请稍后再试，或直接拨打页面上的电话。")
    http_status = 429


class DoorNotReady(DomainError):
    """A door is opened before it says what the law asks it to say."""

    code = "door_not_ready"
    message = _("还不能开放：{missing}。")
    next_step = _("请先在“门户设置”中补齐。")


class LinkNotValid(DomainError):
    """A link for one firm that nobody made, or that is used up, taken back or past."""

    code = "firm_link_not_valid"
    message = _("{why}")
    next_step = _("请联系企业服务人员，重新要一个链接。")
    http_status = 404


class NothingToForget(DomainError):
    """No enquiry has this number and this telephone."""

    code = "nothing_to_forget"
    message = _("没有这个编号和电话对应的记录，或已经删除。")
    next_step = _("请核对咨询编号和当时留的电话，或拨打页面上的电话。")
    http_status = 422


class AlreadyDecided(DomainError):
    """Somebody decided on it meanwhile."""

    code = "proposal_already_decided"
    message = _("这项填报{state}，不能再次处理。")
    next_step = _("请刷新页面查看结果。")
