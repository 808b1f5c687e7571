"""What approvals refuse."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class NotInForce(DomainError):
    """A procedure, theme or matter cannot be asked for on a day."""

    code = "not_in_force"
    message = _("“{what}”在 {on} 不能办理：{why}")
    next_step = _("请选择可办理的事项，或先发布在这一天生效的版本。")


class ProcedureUnreadable(DomainError):
    """The text of a procedure cannot be read; ``why`` says what the engine said, with the line."""

    code = "procedure_unreadable"
    message = _("流程“{procedure}”读不出来：{why}")
    next_step = _("请在流程页改正后重新发布。")
    http_status = 422


class CaseClosed(DomainError):
    """A case is over."""

    code = "case_closed"
    message = _("办件 {number} {state}，不能再{step}。")


class MoveRefused(DomainError):
    """A case cannot go over to a version of a procedure."""

    code = "case_move_refused"
    message = _("办件 {number} 不能改用这一版流程：{why}")
    next_step = _("本件可以继续按原来的版本办理。")


class TaskOver(DomainError):
    """A task is over already: who ended it, how and when."""

    code = "task_over"
    message = _("“{task}”已由{who}于 {when} 登记“{what}”，不能再{step}。")
    next_step = _("请刷新页面查看最新状态；如登记有误，请作废该事件。")


class StepNotNow(DomainError):
    """Something may not happen to a task where it stands now."""

    code = "task_step_not_now"
    message = _("“{task}”当前为“{state}”，不能{step}。")
    next_step = _("现在可以：{possible}。")


class TaskWaits(DomainError):
    """A task waits for others that are not over."""

    code = "task_waits"
    message = _("“{task}”还不能{step}，要先办结：{waits}。")
    next_step = _("前置任务办结后自动转为待受理；可预审、可容缺的任务可以先行受理。")


class CosignAwaited(DomainError):
    """A co-signature is awaited, or is not awaited from there."""

    code = "task_cosign"
    message = _("“{task}”不能{step}：{why}")


class HandedOver(DomainError):
    """A task is with another region, or is not."""

    code = "task_handed_over"
    message = _("“{task}”不能{step}：{why}")


class NotBeforeStart(DomainError):
    """What was reviewed early is not issued before the clock of the case starts."""

    code = "task_not_before_start"
    message = _("“{task}”是提前预审，{starts}起算之前不能{step}。")
    next_step = _("如摘牌时间提前，请先修改办件的起算时间。")


class ModeRefused(DomainError):
    """A task does not allow a way of handling it."""

    code = "task_mode_refused"
    message = _("“{task}”不能采用{mode}：{why}")


class LaterEvents(DomainError):
    """An event cannot be voided or corrected because what came after it would no longer fit."""

    code = "event_has_followers"
    message = _("不能{verb}：“{task}”后面的“{later}”（{when}）以它为前提。")
    next_step = _("请从最后一个事件起依次作废。")


class MandateMissing(DomainError):
    """An agent acts for a firm without its word."""

    code = "mandate_missing"
    message = _("{who}没有办件 {number} 在 {on} 有效的代办委托，不能{step}。")
    next_step = _("请先在办件的“服务”页登记企业的委托书。")
    http_status = 403


class NotOfThisService(DomainError):
    """The way of helping with a case does not include what somebody wants to do."""

    code = "not_of_this_service"
    message = _("办件 {number} 的服务方式是{mode}，不能{action}。")
    next_step = _("{mode}可以：{possible}。")


class CodeTaken(DomainError):
    """The zone has something of this kind under this code already."""

    code = "catalogue_code_taken"
    message = _("编号“{taken}”已用于“{name}”。")
    next_step = _("请打开它修改，或换一个编号。")


class DraftStands(DomainError):
    """There is a draft already: a thing has one draft at a time."""

    code = "draft_stands"
    message = _("“{name}”已有草稿（第 {number} 版）。")
    next_step = _("请修改这份草稿，或先发布它。")


class VersionIsPublished(DomainError):
    """What is published is never edited."""

    code = "version_is_published"
    message = _("“{name}”第 {number} 版已发布，不能再改。")
    next_step = _("请起草新版本。")


class AnotherPersonPublishes(DomainError):
    """Who prepared a version may not publish it."""

    code = "another_person_publishes"
    message = _("“{name}”第 {number} 版由您起草，须由另一人复核后发布。")
    next_step = _("请通知有权发布的同事复核。")


class NotReadyToPublish(DomainError):
    """A version lacks what people must be able to rely on."""

    code = "not_ready_to_publish"
    message = _("“{name}”第 {number} 版还不能发布：{why}")
    next_step = _("请在草稿里补上。")
    http_status = 422


class PlanImpossible(DomainError):
    """Nothing can be planned under these limits; ``why`` says what clashes or what is missing."""

    code = "plan_impossible"
    message = _("排不出计划：{why}")
    http_status = 422


class DocumentSettled(DomainError):
    """A document of a case is there already, or is none that is handed in."""

    code = "case_document_settled"
    message = _("“{document}”已是“{state}”，不能{step}。")
    next_step = _("请刷新页面查看最新状态。")


class OtherDocument(DomainError):
    """A document of the vault is not of this firm, or not what is asked for."""

    code = "case_document_other"
    message = _("“{document}”不能用于“{asked}”：{why}")
    next_step = _("请选择同一企业、同一种类的有效材料，或重新收取。")


class MainDocumentMissing(DomainError):
    """A main document is missing: only secondary ones may come late."""

    code = "main_document_missing"
    message = _("“{task}”缺主要材料：{documents}，不能容缺受理。")
    next_step = _("请先收齐主要材料；只有标明可容缺的次要材料可以后补。")


class NothingLate(DomainError):
    """There is nothing to come late, or no time for it was set."""

    code = "nothing_late"
    message = _("“{task}”不能容缺受理：{why}")
    next_step = _("请按一般方式受理。")


class DocumentsMissing(DomainError):
    """A task is accepted or finished only with what it asks for, or with leave for what is missing."""

    code = "documents_missing"
    message = _("“{task}”还缺材料：{documents}，不能{step}。")
    next_step = _("请先收齐；只缺可容缺材料的，办理容缺受理；可以告知承诺的，先签承诺书。")


class LateDocumentsMissing(DomainError):
    """A task was accepted with documents to follow, and they have not come."""

    code = "late_documents_missing"
    message = _("“{task}”还有容缺材料没有补齐：{documents}，不能办结。")
    next_step = _("材料补齐后才能核发；逾期未补的自动终止。")


class BadCredit(DomainError):
    """A firm's credit bars it from what rests on its word."""

    code = "bad_credit"
    message = _("{firm}有未修复的信用事件，不能采用{way}：{why}")
    next_step = _("请按一般方式提交全部材料办理；改正后可在企业信用记录登记修复，修复后恢复适用。")


class PledgeRefused(DomainError):
    """No pledge may take the place of the review here."""

    code = "pledge_refused"
    message = _("“{task}”不能告知承诺：{why}")
    next_step = _("请按一般方式受理。")


class AlreadyChecked(DomainError):
    """The pledge was checked already."""

    code = "pledge_checked"
    message = _("{firm}的承诺已由{who}于 {on} 核查：{result}。")
    next_step = _("核查有误的，请作废对应的信用事件并说明原因。")


class AlreadyRepaired(DomainError):
    """A credit event was repaired already, or is none that can be."""

    code = "credit_repaired"
    message = _("{event}不能修复：{why}")
