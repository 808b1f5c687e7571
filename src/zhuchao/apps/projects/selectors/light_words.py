"""The sentences that explain a light, a rule and a forecast."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses
from zhuchao.engines.figures import Finish, FinishBasis, FinishWhy, StepLight, StepReason

if TYPE_CHECKING:
    from ..models import LightOverride


@dataclass(frozen=True)
class Hold:
    """What keeps a milestone from being ready: an earlier one, the share of the works, or that nothing is known."""

    kind: str
    said: str = ""
    limit: str = ""

    def __str__(self) -> str:
        if self.kind == "earlier":
            return _("前序节点“%(name)s”未完成") % {"name": self.said}
        if self.kind == "share":
            return _("形象进度 %(percent)s%%，未到 %(limit)s%%") % {"percent": self.said, "limit": self.limit}
        if self.kind == "no_share":
            return _("没有登记形象进度")
        return _("没有前序节点或阶段可判断是否就绪")


def colour(value: str) -> str:
    """Return the word of a colour."""
    return {"red": _("红灯"), "amber": _("黄灯"), "green": _("绿灯")}.get(value, _("无计划"))


def rule(late: int, near: int, ready: int) -> str:
    """Return the rule as a sentence."""
    return _(
        "规则：按期或提前为绿灯；逾期不超过 %(late)d 个工作日，或 %(near)d 个工作日内到期而未就绪（前序节点未完成，"
        "竣工节点的形象进度未到 %(ready)d%%）为黄灯；逾期更久为红灯；没有计划为灰灯。项目的灯取最差的未完成节点。"
    ) % {"late": late, "near": near, "ready": ready}


def origin(since: date | None) -> str:
    """Return where a rule comes from."""
    return _("系统默认规则") if since is None else _("本辖区 %(day)s 起执行") % {"day": since.isoformat()}


def short(light: StepLight) -> str:
    """Return how a milestone stands, in few words."""
    days = light.working_days
    if days is None:
        return _("已逾期") if light.reason is StepReason.FAR_LATE else _("未到期")
    if light.reason is StepReason.MET_IN_TIME:
        return _("按期完成")
    if light.reason is StepReason.MET_LATE:
        return ngettext("迟 %(n)d 个工作日完成", "迟 %(n)d 个工作日完成", days) % {"n": days}
    if days > 0:
        return ngettext("逾期 %(n)d 个工作日", "逾期 %(n)d 个工作日", days) % {"n": days}
    if days == 0:
        return _("今天到期")
    return ngettext("还有 %(n)d 个工作日", "还有 %(n)d 个工作日", -days) % {"n": -days}


def sentence(name: str, light: StepLight, hold: Hold | None) -> str:
    """Return plan, fact, lateness and limit of a milestone as one sentence."""
    planned = light.step.planned
    parts = [_("“%(name)s”计划 %(day)s") % {"name": name, "day": planned.isoformat() if planned else "—"}]
    if not light.is_open and light.step.met is not None:
        parts.append(_("%(day)s 完成") % {"day": light.step.met.isoformat()})
    parts.append(short(light))
    if light.reason is StepReason.FAR_LATE:
        parts.append(_limit(light.rule.late_days, over=True))
    elif light.reason is StepReason.LATE:
        parts.append(_limit(light.rule.late_days, over=False))
    elif light.reason is StepReason.NEAR_AND_NOT_READY and hold is not None:
        parts.append(str(hold))
    if light.provisional and light.working_days is not None:
        parts.append(_("含未公布放假安排的日期，为暂估"))
    return clauses(parts)


def why(decided: str, has_steps: bool) -> str:
    """Return why the rule gives a project its colour."""
    if decided:
        return decided
    return _("计划节点已全部完成") if has_steps else _("没有计划节点，不能评灯")


def overridden(entry: "LightOverride", computed: str) -> str:
    """Return who set another light, until when and why, with the colour by the rule."""
    return _("人工定为%(colour)s，有效至 %(day)s，理由：%(why)s（按规则为%(computed)s）") % {
        "colour": entry.get_colour_display(),
        "day": entry.until.isoformat(),
        "why": entry.why,
        "computed": computed,
    }


def finish(found: Finish) -> str:
    """Return when a project will be finished and how that was reckoned, or why it cannot be told."""
    if found.earliest is None:
        return {
            FinishWhy.FINISHED: _("已完成"),
            FinishWhy.NO_PROGRESS: _("数据不足：形象进度没有增加"),
            FinishWhy.OUT_OF_RANGE: _("数据不足：推算的日期超出范围"),
        }.get(
            found.why or FinishWhy.TOO_FEW,
            _("数据不足：至少要有相隔 28 天的两次形象进度，或一个已完成、已逾期的节点"),
        )
    day = found.earliest.isoformat()
    if found.latest is None:
        span = _("最早 %(day)s，近期进度停滞，最晚不能推算") % {"day": day}
    elif found.latest == found.earliest:
        span = _("约 %(day)s") % {"day": day}
    else:
        span = _("%(first)s 至 %(last)s") % {"first": day, "last": found.latest.isoformat()}
    return clauses((span, _how(found)))


def _how(found: Finish) -> str:
    fast, slow = found.fast, found.slow
    if found.basis is FinishBasis.PACE:
        return _("按形象进度每月 %(slow)s 至 %(fast)s 个百分点推算") % {
            "slow": f"{float((slow or 0) * 30):.1f}",
            "fast": f"{float((fast or 0) * 30):.1f}",
        }
    return _("按已有节点迟延 %(fast)d 至 %(slow)d 个工作日推算") % {
        "fast": int(fast or 0),
        "slow": int(slow or 0),
    }


def _limit(days: int, *, over: bool) -> str:
    said = _("超过黄灯上限 %(n)d 个工作日") if over else _("未超过黄灯上限 %(n)d 个工作日")
    return said % {"n": days}
