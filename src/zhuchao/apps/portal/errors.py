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
