"""What projects refuse."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class DuplicateFound(DomainError):
    """Projects that may be the same one; ``candidates`` lists them with their ids and why."""

    code = "duplicate_found"
    message = _("可能已有这个项目：{names}。")
    next_step = _("请先打开核对。确属不同项目时，填写“确认不重复”的理由后再保存。")


class ProjectCodeTaken(DomainError):
    """The zone has a project with this code already."""

    code = "project_code_taken"
    message = _("项目编号“{project_code}”已用于“{name}”。")
    next_step = _("请打开该项目，或核对编号。")


class StageRecorded(DomainError):
    """The project has passed this gate already."""

    code = "stage_recorded"
    message = _("{project}已登记“{stage}”，日期 {on}。")
    next_step = _("如日期有误，请在时间线上更正原条目。")


class StageSkipsGates(DomainError):
    """A later gate was recorded before earlier ones; ``missing`` names those."""

    code = "stage_skips_gates"
    message = _("{project}还没有登记：{missing}，不能直接登记“{stage}”。")
    next_step = _("请先补登前面的阶段；确有特殊情况的，填写越阶理由，理由会永久保留。")


class StageNeedsEvidence(DomainError):
    """The gate asks for what the project has not; ``lacks`` names each item and what to do."""

    code = "stage_needs_evidence"
    message = _("{project}登记“{stage}”还缺：{missing}。")
    next_step = _("请先补齐；确有特殊情况的，填写越阶或缺证理由，理由会永久保留，并列入越阶与缺证登记。")
    http_status = 422


class GateRuleExists(DomainError):
    """The zone at the top of the tree has rules already."""

    code = "gate_rules_exist"
    message = _("{zone}已经设有阶段要求。")
    next_step = _("请直接修改要改的阶段。")


class PartNotPossible(DomainError):
    """A project cannot be a phase or sub-project of the one named."""

    code = "part_not_possible"
    message = _("“{parent}”不能作为“{project}”的上级项目：{why}。")
    next_step = _("请选择另一个上级项目；分期和子项目都直接挂在总项目下面。")
    http_status = 422


class CarriedByFamily(DomainError):
    """The parent or a part carries this already; it is written down once in a family, so that it is counted once."""

    code = "carried_by_family"
    message = _("“{what}”已登记在“{other}”上，“{project}”不能再登记一次，否则会重复统计。")
    next_step = _(
        "总项目与分期、子项目之间，同一阶段、名单、批次和年度计划只登记在一处。需要改到另一处的，先作废原条目。"
    )


class StageDatesClash(DomainError):
    """A gate would lie before an earlier one or after a later one."""

    code = "stage_dates_clash"
    message = _("{later}日期 {later_on} 早于{earlier}日期 {earlier_on}。")
    next_step = _("请核对这两个日期；已登记的日期有误时，先更正原条目。")
    http_status = 422


class MilestoneExists(DomainError):
    """The project has a milestone of this name already."""

    code = "milestone_exists"
    message = _("{project}已有节点“{name}”，计划 {planned_on}。")
    next_step = _("请修改原节点的计划日期。")


class MilestoneTied(DomainError):
    """A milestone that is tied to a gate is met by recording the gate."""

    code = "milestone_tied"
    message = _("节点“{name}”随“{stage}”阶段自动完成。")
    next_step = _("请登记或更正该阶段。")


class InvestmentExists(DomainError):
    """The same money was entered before: same project, kind, day, amount and voucher."""

    code = "investment_exists"
    message = _("{project} {on} 的{kind} {amount} 元已经登记（凭证号：{voucher_no}）。")
    next_step = _("如确属另一笔，请填写不同的凭证号。")


class InvestmentAbovePlan(DomainError):
    """The money would exceed what is planned for the year, or the whole investment, and nobody said why."""

    code = "investment_above_plan"
    message = _("{project}{of}为 {plan}，已登记 {there}，加上这一笔 {amount} 超出 {above}。")
    next_step = _("请核对金额和单位；确实超出的，填写“超计划说明”后再保存，说明会永久保留。")


class InvestmentNotVouched(DomainError):
    """Money without a voucher cannot be approved."""

    code = "investment_not_vouched"
    message = _("{project} {on} 的 {amount} 没有凭证号，也没有佐证材料，不能核定。")
    next_step = _("请先补上凭证。")


class ApprovedByRecorder(DomainError):
    """Who entered the money may not approve it."""

    code = "approved_by_recorder"
    message = _("{project} {on} 的 {amount} 由您本人登记，须由另一人核定。")
    next_step = _("请交给另一位有核定权限的人。")


class InvestmentApproved(DomainError):
    """The money is approved already."""

    code = "investment_approved"
    message = _("{project} {on} 的 {amount} 已由{who}核定。")


class InvestorExists(DomainError):
    """The project has this investor already."""

    code = "investor_exists"
    message = _("{project}已有投资方“{name}”。")
    next_step = _("请更正原来的条目。")


class GreenOpen(DomainError):
    """The project has a request for the green channel that waits or holds."""

    code = "green_open"
    message = _("{project}已在 {on} 申请绿色通道，有效期至 {until}。")
    next_step = _("请等待审批，或先撤回原来的申请。")


class GreenDecided(DomainError):
    """The request does not wait, or does not hold, any more."""

    code = "green_decided"
    message = _("{project}的绿色通道申请当前为“{state}”。")


class GreenDecidedByAsker(DomainError):
    """Who asked for the green channel does not decide on it."""

    code = "green_decided_by_asker"
    message = _("{project}的绿色通道由您本人申请，须由另一人审批。")


class BondExists(DomainError):
    """The project applied in this batch already."""

    code = "bond_exists"
    message = _("{project}已登记“{batch}”的专项债申报。")
    next_step = _("请打开原来的申报登记环节。")


class InspectionExists(DomainError):
    """The same person entered an inspection of the project at this minute already: a phone sent it twice."""

    code = "inspection_exists"
    message = _("您已登记过{project} {at} 的踏勘。")
    next_step = _("请打开已登记的踏勘；确实是另一次，请填写它的时间。")


class LabelExists(DomainError):
    """The project is on this list of the year already."""

    code = "label_exists"
    message = _("{project}已列入 {year} 年“{label}”。")


class BatchNotLater(DomainError):
    """A project goes on to a later list only, and not before it was on the first."""

    code = "batch_not_later"
    message = _("{first}（{first_on}）不能转为{list}（{on}）。")
    next_step = _("只能由签约一批转为开工一批、投产一批，由开工一批转为投产一批，日期不早于原批次。")
    http_status = 422


class BatchPlaceExists(DomainError):
    """The project is on this list of the batch already."""

    code = "batch_place_exists"
    message = _("{project}已在“{batch}”的{list}中（{platform}）。")
    next_step = _("如平台登记有误，请先作废原条目。")


class AgreementNumberTaken(DomainError):
    """The zone has an agreement with this number already."""

    code = "agreement_number_taken"
    message = _("协议编号“{number}”已用于{project}。")
    next_step = _("请打开该协议，或核对编号。")


class AgreementFixed(DomainError):
    """The text of a signed agreement does not change, except by an amendment."""

    code = "agreement_fixed"
    message = _("{agreement}为“{state}”，不能{what}。")
    next_step = _("已签订的协议只能通过补充协议变更，原协议保留。")


class AgreementNotSignable(DomainError):
    """The agreement may not be signed yet: no covenant, or a promise of reward without a review."""

    code = "agreement_not_signable"
    message = _("{agreement}还不能登记签订：{why}。")
    next_step = _("请先补齐。奖励扶持类约定的审查依据：{source}")


class WrongLetterState(DomainError):
    """A step that the letter is not ready for."""

    code = "wrong_letter_state"
    message = _("这份提醒函为“{state}”，不能{step}。")
    next_step = _("请刷新页面，按当前状态办理。")


class NothingToRemind(DomainError):
    """A letter about a covenant that is not broken, or about which one is under way."""

    code = "nothing_to_remind"
    message = _("“{covenant}”{why}，不用拟提醒函。")
    next_step = _("请刷新页面，查看该约定的最新情况。")


class WrongRecheckState(DomainError):
    """A step that a re-check is not ready for."""

    code = "wrong_recheck_state"
    message = _("{recheck}{why}，不能{step}。")
    next_step = _("请刷新页面，按当前状态办理。")


class LightRuleExists(DomainError):
    """The zone has a light rule from this day on already."""

    code = "light_rule_exists"
    message = _("{zone}从 {since} 起已有亮灯规则。")
    next_step = _("请换一个起始日期，或先作废原规则。")


class LightOverridden(DomainError):
    """A person has set this project's light already."""

    code = "light_overridden"
    message = _("{project}已人工定为{colour}，有效至 {until}。")
    next_step = _("请更正或作废原来的人工定灯。")


class BundleExists(DomainError):
    """The zone has a service bundle of this name already."""

    code = "bundle_exists"
    message = _("{zone}已有服务包“{name}”。")
    next_step = _("请修改原服务包，或换一个名称。")


class TaskDone(DomainError):
    """The task was done already."""

    code = "task_done"
    message = _("任务“{task}”已于 {on} 完成。")
    next_step = _("如果登记有误，请先恢复为未完成。")
