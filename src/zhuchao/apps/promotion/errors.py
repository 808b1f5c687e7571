"""What promotion refuses."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class LeadDuplicateFound(DomainError):
    """Leads or firms that may be the same one; ``candidates`` lists them with their ids and why."""

    code = "lead_duplicate_found"
    message = _("可能重复：{names}。")
    next_step = _("请先打开核对。确属不同项目时，填写“确认不重复”的理由后再保存。")


class StageMoveRefused(DomainError):
    """A lead does not go from this stage to that one; ``allowed`` names where it can go."""

    code = "stage_move_refused"
    message = _("{lead}当前为“{stage}”，不能转为“{wanted}”。")
    next_step = _("可以转为：{allowed}。如原阶段登记有误，请在时间线上更正或作废原条目。")


class StageFactsMissing(DomainError):
    """A stage asks for facts that the lead does not have; ``missing`` lists them with where to fill them in."""

    code = "stage_facts_missing"
    message = _("{lead}转为“{wanted}”还缺：{names}。")
    next_step = _("请先补齐；情况特殊的，由领导填写“越过关口的理由”后办理。")
    http_status = 422


class StageMoved(DomainError):
    """Somebody else moved the lead after this person opened it."""

    code = "stage_moved"
    message = _("{lead}在您填写期间已由{by}转为“{stage}”（{since}）。")
    next_step = _("请核对最新阶段，仍需变更的请再次登记。")


class LastLeadStage(DomainError):
    """The only stage of a lead cannot be voided."""

    code = "last_lead_stage"
    message = _("这是{lead}唯一的阶段，不能作废。")
    next_step = _("请更正这条阶段。")


class PoolLeadReadOnly(DomainError):
    """A lead of another zone in a shared pool may be read and not changed."""

    code = "pool_lead_read_only"
    message = _("{lead}是{zone}共享的线索，只能查看。")
    next_step = _("请联系{zone}的责任人办理。")
    http_status = 403


class ActivityExists(DomainError):
    """The activity is entered already: same day, name, direction and joint code."""

    code = "activity_exists"
    message = _("{on} 的“{title}”已经登记。")
    next_step = _("请打开原条目，在其上更正或补充对接企业。")


class LeadNotInPool(DomainError):
    """The lead is somebody's by now, or no longer open."""

    code = "lead_not_in_pool"
    message = _("{lead}已不在公海（{owner}）。")
    next_step = _("请刷新公海列表，另选一条。")


class LeadNotOwned(DomainError):
    """A lead that nobody answers for, or that is signed or lost, cannot go into the public pool."""

    code = "lead_not_owned"
    message = _("{lead}没有责任人或已结束，不用退回公海。")


class ClaimLimitReached(DomainError):
    """The person holds as many leads from the public pool as one may."""

    code = "claim_limit_reached"
    message = _("您手上从公海领取、尚未结束的线索已有 {held} 条，上限 {most} 条。")
    next_step = _("请先推进或退回手上的线索。")


class CoolingOff(DomainError):
    """The person gave the lead up or let it lapse a short while ago."""

    code = "cooling_off"
    message = _("{lead}于 {given_up} 从您手上退回公海，{free} 起您才能再领取。")
    next_step = _("其他同事现在就可以领取。")


class NeedsContradict(DomainError):
    """Two things a lead asks for cannot both hold; ``fields`` names the two."""

    code = "needs_contradict"
    message = _("“{first}”与“{second}”互相矛盾：{why}")
    next_step = _("请与项目方核实后修改其中一项。")


class FirstContactExists(DomainError):
    """First contact is entered once and never edited."""

    code = "first_contact_exists"
    message = _("{lead}的首招人已登记为{person}（{on}）。")
    next_step = _("有不同意见的，请提出首招争议，由领导裁定。")


class FirstContactMissing(DomainError):
    """There is no first contact to dispute."""

    code = "first_contact_missing"
    message = _("{lead}还没有登记首招。")
    next_step = _("请直接登记首招。")


class DisputeOpen(DomainError):
    """One dispute a lead at a time."""

    code = "dispute_open"
    message = _("{lead}的首招争议正在等待裁定。")
    next_step = _("请在该争议下补充陈述。")


class DisputeDecided(DomainError):
    """What is decided is not argued or decided again."""

    code = "dispute_decided"
    message = _("{lead}的首招争议已于 {on} 裁定：{outcome}。")


class PartyDecides(DomainError):
    """A party to a dispute wants to decide it."""

    code = "party_decides"
    message = _("您是{lead}首招争议的一方，不能裁定。")
    next_step = _("请由其他领导裁定。")
    http_status = 403


class CreditNotWhole(DomainError):
    """Shares of credit do not make exactly 100 per cent; ``difference`` says by how much."""

    code = "credit_not_whole"
    message = _("各方功劳合计 {total}%，与 100% 相差 {difference} 个百分点。")
    next_step = _("请调整到正好 100%，每一方都大于 0。")
    http_status = 422


class ReferralOpen(DomainError):
    """The lead is offered to another park already."""

    code = "referral_open"
    message = _("{lead}已转给{to}，等待答复（期限 {due}）。")
    next_step = _("请等待答复，或先撤回。")


class ReferralAnswered(DomainError):
    """The offer was answered or taken back."""

    code = "referral_answered"
    message = _("{lead}的转介{state}（{on}）。")


class TooManyChecks(DomainError):
    """One person asked other parks too often in a day."""

    code = "too_many_checks"
    message = _("今天的查询已达上限 {most} 次。")
    next_step = _("请明天再查，或联系联盟牵头单位。")
    http_status = 429


class EscortBusy(DomainError):
    """The escort shows somebody else premises at that very time."""

    code = "escort_busy"
    message = _("{escort}在 {on} {at} 已陪同{lead}踏勘。")
    next_step = _("请换一个时间，或另选陪同人。")


class NeedsNotSaid(DomainError):
    """Premises cannot be matched with a lead of which nobody knows what it needs."""

    code = "needs_not_said"
    message = _("{lead}还没有填写载体需求，无法匹配。")
    next_step = _("请先填写面积、净高、荷载或用途等需求。")
    http_status = 422


class UseForbidden(DomainError):
    """A heritage constraint, the plan or the unit itself forbids what the lead does."""

    code = "use_forbidden"
    message = _("{unit}不能用于{lead}：{clause}。")
    next_step = _("请另选载体；规定有变的，先更新载体的规划或房源的用途。")


class OutOfScope(DomainError):
    """The park does not take the lead's industry; a reason passes, and is logged."""

    code = "out_of_scope"
    message = _("{lead}不在准入范围内：{scope}。")
    next_step = _("确需准入的，填写准入理由，理由会留在变更记录里。")
    http_status = 422


class NothingToPlace(DomainError):
    """No lead, or no vacant unit, is there to make a plan of."""

    code = "nothing_to_place"
    message = _("没有可以安排的{what}。")
    next_step = _(
        "参加匹配的是填了载体需求、尚未结束、也没有预留房源的线索，和空置的房源；请放宽范围或先补充台账。"
    )
    http_status = 422


class PlanNotMade(DomainError):
    """A plan that is not made yet has nothing to hold."""

    code = "plan_not_made"
    message = _("{plan}还没有算出结果。")
    next_step = _("请等计算完成，或重新发起。")


class PlanRowHeld(DomainError):
    """The units of this row are kept for its lead already, by way of this plan."""

    code = "plan_row_held"
    message = _("{lead}已按这份方案预留，至 {until}。")


class LeadClosed(DomainError):
    """A lead that is signed, lost or another park's gets no units."""

    code = "lead_closed"
    message = _("{lead}当前为“{stage}”，不再安排房源。")


class NeighbourApart(DomainError):
    """Hazard and food never stand in one building."""

    code = "neighbour_apart"
    message = _("{building}里已有不能与{lead}同楼的企业：危险品与食品不能同楼。")
    next_step = _("请重新计算，或另选楼栋。")
