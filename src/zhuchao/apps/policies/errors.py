"""What policies refuse."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class PolicyKeyTaken(DomainError):
    """The zone has a policy with this key already."""

    code = "policy_key_taken"
    message = _("政策编号“{policy_key}”已用于“{title}”。")
    next_step = _("请打开该政策，在其中起草新版本。")


class DraftExists(DomainError):
    """The policy has a draft already."""

    code = "policy_draft_exists"
    message = _("{policy}已有草稿（第 {number} 版）。")
    next_step = _("请修改这份草稿，或先发布它。")


class VersionPublished(DomainError):
    """A published version is never edited."""

    code = "policy_version_published"
    message = _("{policy}第 {number} 版已发布，不能再改。")
    next_step = _("请起草新版本。")


class SecondPersonNeeded(DomainError):
    """Who prepared a version may not publish it."""

    code = "second_person_needed"
    message = _("{policy}第 {number} 版由您起草，须由另一人复核后发布。")
    next_step = _("请通知有权发布的同事复核。")


class VersionNotReady(DomainError):
    """A version lacks what a reader must be able to rely on."""

    code = "policy_version_not_ready"
    message = _("{policy}第 {number} 版还不能发布：{why}")
    http_status = 422


class RulesUnreadable(DomainError):
    """The rules of a version cannot be read; ``why`` says it with the line."""

    code = "policy_rules_unreadable"
    message = _("适用条件有误，不能匹配企业。{why}")
    next_step = _("请在草稿里改正。")
    http_status = 422


class ComparisonNeeded(DomainError):
    """Nobody knows yet what the draft does to firms, and they are too many to be asked about at once."""

    code = "policy_comparison_needed"
    message = _("{policy}第 {number} 版还没有与现行版本比较，或比较之后又改过。")
    next_step = _("请先在发布页点“比较”，完成后再发布。")


class LossesUnseen(DomainError):
    """Firms have less after the draft, and who publishes it has not said that they were seen."""

    code = "policy_losses_unseen"
    message = _("{policy}第 {number} 版发布后，有 {losing} 家企业不再符合或金额减少。")
    next_step = _("请打开名单看过，再勾选确认。")
    http_status = 422


class NothingToReview(DomainError):
    """Nothing of the policy is published, so there is no source to look at again."""

    code = "nothing_to_review"
    message = _("{policy}还没有发布的版本，不用复核来源。")
    next_step = _("请先起草并发布一个版本。")


class NothingToTell(DomainError):
    """The policy was not in force on the day that firms were told of it."""

    code = "nothing_to_tell"
    message = _("{policy}在 {on} 没有发布或已失效，不能登记宣传。")
    next_step = _("请核对日期，或先发布新版本。")


class AlreadyTold(DomainError):
    """Firms that have the same entry: same policy, day and way."""

    code = "already_told"
    message = _("{on} 已登记向这些企业宣传{policy}：{names}。")
    next_step = _("请去掉这些企业；补登回执的，更正原条目。")


class NotOpen(DomainError):
    """The version takes no applications on the day."""

    code = "policy_not_open"
    message = _("{policy}在 {on} 不能申报：{why}")
    next_step = _("请改选可申报的政策，或核对日期。")


class AppliedAlready(DomainError):
    """The firm, or its project, has an application for this version that is not closed."""

    code = "applied_already"
    message = _("{who}已申报{policy}（{number}，{state}），不能重复申报。")
    next_step = _("请打开该申报继续办理。")


class WrongApplicationState(DomainError):
    """A step that the application is not ready for."""

    code = "wrong_application_state"
    message = _("申报 {number} 为“{state}”，不能{step}。")
    next_step = _("请刷新页面，按当前状态办理。")


class DocumentsMissing(DomainError):
    """Documents that the version asks for, that the vault does not hold on the day."""

    code = "documents_missing"
    message = _("{firm}的材料库里没有有效的{missing}，不能提交。")
    next_step = _("请在企业的材料库补上；已有且有效的不用再交。")


class DeciderPrepared(DomainError):
    """Who prepared an application may not decide on it."""

    code = "decider_prepared"
    message = _("申报 {number} 由{who}经办，须由另一人决定。")
    next_step = _("请有权决定的另一位同事办理。")


class ReviewMissing(DomainError):
    """The version has no review of fair competition that lets it be promised or paid."""

    code = "competition_review_missing"
    message = _("{policy}第 {number} 版{why}，不能承诺或兑付。依据：{source}")
    next_step = _("请在政策页登记公平竞争审查。")


class TooLate(DomainError):
    """A step that had to be taken by a day that is past."""

    code = "application_too_late"
    message = _("申报 {number} 的{what}期限为 {due}，{on} 已过期，不能{step}。")
    next_step = _("可撤回后在申报期内重新申报。")


class NotPayable(DomainError):
    """An instalment that may not be paid yet, or not any more."""

    code = "not_payable"
    message = _("{instalment}还不能兑付：{why}")
    next_step = _("请先办好所缺的一步，再放入批次。")


class BudgetExceeded(DomainError):
    """A payment that the budget of the policy for the year does not hold."""

    code = "budget_exceeded"
    message = _("{policy} {year} 年预算只剩 {left} 元，这次要付 {needed} 元，超出预算。")
    next_step = _("请减少本批，或先追加预算。")


class BatchSent(DomainError):
    """A batch that was sent is not changed any more."""

    code = "payment_batch_sent"
    message = _("批次 {number} 已拨付，不能再改。")
    next_step = _("拨付有误的，在兑付台账作废或登记退回。")


class SenderPrepared(DomainError):
    """Who prepared a batch may not send it."""

    code = "sender_prepared"
    message = _("批次 {number} 由{who}经办，须由另一人复核拨付。")
    next_step = _("请通知有权拨付的同事复核。")


class MoneyUnderWay(DomainError):
    """Something that is refused because money is being paid, or was."""

    code = "money_under_way"
    message = _("申报 {number} 已有兑付或已放入批次，不能{step}。")
    next_step = _("请先把它移出批次，或作废拨付。")


class NotEligible(DomainError):
    """Firms that the version does not take for certain, so that they get nothing without an application."""

    code = "not_eligible"
    message = _("按现有资料不能确定符合{policy}的全部条件：{names}。")
    next_step = _("请去掉这些企业，或先补全资料。")


class OtherMode(DomainError):
    """A way of delivery that the terms of the version do not provide for."""

    code = "other_delivery_mode"
    message = _("{policy}的兑现方式是“{mode}”，不能按“{wanted}”办理。")
    next_step = _("请在政策页修改兑现办法。")


class PackFileWrong(DomainError):
    """A file of a pack cannot be read, or its own tests fail."""

    code = "policy_pack_file_wrong"
    message = _("{file}：{said}")
    next_step = _("请改正后重新上传；写法见“怎样写政策数据文件”。")
    http_status = 422


class NoRules(DomainError):
    """A policy whose conditions are not entered as data is no policy file."""

    code = "policy_without_rules"
    message = _("“{policy}”的适用条件没有录成数据，不能导出为政策数据文件。")
    next_step = _("请在新版本中录入适用条件。")
