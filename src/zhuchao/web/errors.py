"""Refusals of the pages themselves: an address that cannot be followed, a bulk verb not confirmed."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError, WrongInput


class AddressWrong(WrongInput):
    """A part of the address is not one this page knows; ``back`` leads to the page without it."""

    code = "address_wrong"
    message = _("网址中的“{field}”不能使用：{why}")
    next_step = _("请返回列表，重新选择条件。")


class NothingTicked(DomainError):
    """A verb for many rows was asked for without choosing any."""

    code = "nothing_ticked"
    message = _("没有选择任何一行。")
    next_step = _("请先在列表中勾选，再执行“批量操作”。")
    http_status = 422


class TooManyRows(DomainError):
    """More rows were asked for at once than one request can carry."""

    code = "too_many_rows"
    message = _("共 {count} 行，一次最多 {limit} 行。")
    next_step = _("请先用筛选条件缩小范围。")
    http_status = 422


class CountNotConfirmed(DomainError):
    """A dangerous verb over many rows needs the count typed as it stands."""

    code = "count_not_confirmed"
    message = _("这个操作将涉及 {count} 行，需要输入行数确认。")
    next_step = _("请返回列表，重新选择，并在确认框中输入 {count}。")
    http_status = 422
