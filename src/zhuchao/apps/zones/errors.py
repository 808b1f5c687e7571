"""Refusals of zones and people."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class AlreadySetUp(DomainError):
    """The first administrator was made already, perhaps a moment ago by somebody else."""

    code = "already_set_up"
    message = _("系统已完成初始化，不能再创建首位管理员。")
    next_step = _("请用已有的管理员账号登录。")


class WouldBeItsOwnParent(DomainError):
    """A zone or department was put below itself."""

    code = "would_be_its_own_parent"
    message = _("不能把“{name}”放到它自己的下级“{parent}”之下。")
    next_step = _("请选择其他上级，或先调整“{parent}”的位置。")


class NameTaken(DomainError):
    """A name or code that must be the only one is in use."""

    code = "name_taken"
    message = _("{what}“{name}”已被使用。")
    next_step = _("请换一个，或打开已有的那一条。")


class StillInUse(DomainError):
    """Something cannot be closed while people or work still hang on it."""

    code = "still_in_use"
    message = _("“{what}”还有{people}名在岗人员、{things}项在办事项，不能停用。")
    next_step = _("请先调整人员并交接事项。")


class LastAdministrator(DomainError):
    """The last administrator of a zone would be lost, and with them the way to let anybody in."""

    code = "last_administrator"
    message = _("{person}是“{zone}”最后一名管理员，不能移除。")
    next_step = _("请先指定另一名管理员。")


class AccountOfSeveralZones(DomainError):
    """An account opens zones where the actor manages nobody."""

    code = "account_of_several_zones"
    message = _("{person}还在您不管理的辖区任职，不能在这里管理其账号。")
    next_step = _("请联系上级管理员；您仍可结束其在本辖区的角色。")
    http_status = 403


class NotWorkingHere(DomainError):
    """Work was given to somebody who does not work in the zone."""

    code = "not_working_here"
    message = _("{person}目前不在“{zone}”任职，不能安排工作。")
    next_step = _("请选择在岗人员，或先为其添加角色。")
    http_status = 422


class SharesNotWhole(DomainError):
    """The shares of those who work together do not make a whole."""

    code = "shares_not_whole"
    message = _("各责任单位占比合计为{total}%，应为100%。")
    next_step = _("请调整占比后再保存。")
    http_status = 422


class HandedOverAlready(DomainError):
    """An assignment that has ended was handed over again."""

    code = "handed_over_already"
    message = _("“{label}”的这项指派已经结束。")
    next_step = _("请打开当前责任人的那一项。")


class OnDutyAlready(DomainError):
    """Somebody was put on duty twice on one day."""

    code = "on_duty_already"
    message = _("{officer}在{day}已经值班。")
    next_step = _("请选择其他日期或其他人员。")


class SectorNotInForce(DomainError):
    """A sector that has ended was ended or replaced again."""

    code = "sector_not_in_force"
    message = _("产业“{name}”已于{until}停用。")
    next_step = _("请从现行产业中选择。")


class PasswordMustBeChanged(DomainError):
    """Somebody with a one-time password asked for something else than changing it."""

    code = "password_must_be_changed"
    message = _("初始密码须先修改。")
    next_step = _("请在页面登录并设置自己的密码。")
    http_status = 403
