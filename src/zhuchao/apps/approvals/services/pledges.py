"""告知承诺: a firm's signed word in place of the review, the check afterwards, and what a broken word does to its credit."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import AlreadyChecked, BadCredit, PledgeRefused
from ..models import CaseDocument, CaseTask, CreditEvent, EventKind, Pledge, TaskMode
from ..selectors.credit import credit_of
from ..selectors.papers import missing_of
from .credit import add_credit_event
from .events import locked_case, record_event
from .late import deadline


@transaction.atomic
def sign_pledge(
    *,
    actor: User | None,
    task: CaseTask,
    signed_by: str,
    witness: str = "",
    evidence: Attachment | None = None,
) -> Pledge:
    """Accept a task on the firm's signed word: it is not reviewed, what is missing is not asked for, a check is due later.

    Signed on paper (``evidence``), or with the name and the moment before a ``witness``.

    Raises PledgeRefused where the matter does not allow it or is excluded from it, BadCredit for a firm that broke its
    word, CalendarNotKnown, WrongInput, and as ``record_event``.
    """
    case, tasks = locked_case(task.case_id)
    task = next(one for one in tasks if one.pk == task.pk)
    why = why_no_pledge(task)
    if why:
        raise PledgeRefused(task=task.name, why=why)
    firm, version = case.enterprise, task.matter_version
    assert firm is not None, "a case without a firm has no pledge"
    assert version is not None, "a task without a matter has no pledge"
    credit = credit_of(firm, zones.today(case.zone))
    if not credit.is_ok:
        raise BadCredit(firm=firm.name, way=TaskMode.PLEDGE.label, why=credit.why)
    said = {"signed_by": " ".join(signed_by.split()), "witness": " ".join(witness.split())}
    if not 0 < len(said["signed_by"]) <= 60:
        raise WrongInput(field=_("签署人"), why=_("请填写，不超过 60 字。"), name="signed_by")
    if evidence is None and not said["witness"]:
        raise WrongInput(
            field=_("见证人"), why=_("没有签署的承诺书文件时，请写明当面见证签署的人。"), name="witness"
        )
    if len(said["witness"]) > 60:
        raise WrongInput(field=_("见证人"), why=_("最多 %(most)s 个字。") % {"most": 60}, name="witness")
    pledge = Pledge(
        zone=case.zone,
        task=task,
        enterprise=firm,
        text=version.pledge_text,
        signed_at=zones.now(case.zone),
        evidence=evidence,
        check_due_on=deadline(zones.today(case.zone), version.check_working_days or 1),
        **said,
    )
    pledge.save(force_insert=True)
    for one in missing_of(task):
        save_record(one, state=CaseDocument.State.WAIVED)
    # The word takes the place of the review: with this mode the task is ready to be issued at once.
    record_event(actor=actor, task=task, kind=EventKind.START, mode=TaskMode.PLEDGE)
    record_change(
        actor=actor,
        verb="sign_pledge",
        rows=[pledge, task, case],
        scope=case.zone_id,
        signed_by=pledge.signed_by,
        check=pledge.check_due_on.isoformat(),
    )
    return pledge


def why_no_pledge(task: CaseTask) -> str:
    """Return why no pledge may take the place of a task's review, empty where one may."""
    version = task.matter_version
    if version is None or not task.pledge_allowed or not version.pledge_text:
        return _("该事项没有列入告知承诺。")
    if version.matter.no_pledge:
        return _("该事项%(why)s，不适用告知承诺。") % {"why": version.matter.get_no_pledge_display()}
    if task.case.enterprise_id is None:
        return _("办件没有对应的企业，无法追究不实承诺。")
    if hasattr(task, "pledge"):
        return _("已经签过承诺。")
    return ""


@transaction.atomic
def check_pledge(
    *,
    actor: User | None,
    pledge: Pledge,
    result: str,
    note: str,
    on: date | None = None,
    evidence: Attachment | None = None,
) -> Pledge:
    """Say what the check of a pledge found: kept, or broken, which bars the firm until it has put it right.

    Raises AlreadyChecked, and WrongInput without what was found or for a day out of order.
    """
    zones.require(actor, Verb.CHANGE, Thing.TASK, pledge.zone, own=pledge.task.department_id)
    rows = Pledge.objects.select_related("zone", "enterprise__zone", "task__case", "checked_by")
    pledge = rows.select_for_update(of=("self",), no_key=True).get(pk=pledge.pk)
    if pledge.result:
        raise AlreadyChecked(
            firm=pledge.enterprise.name,
            who=str(pledge.checked_by or _("系统")),
            on=str(pledge.checked_on),
            result=pledge.get_result_display(),
        )
    if result not in Pledge.Result.values:
        raise WrongInput(field=_("核查结果"), why=_("请选择履行或失信。"), name="result")
    note = " ".join(note.split())
    if not 0 < len(note) <= 300:
        raise WrongInput(field=_("核查情况"), why=_("请写明怎样核查、发现什么，不超过 300 字。"), name="note")
    day = on or zones.today(pledge.zone)
    if not zones.day_of(pledge.signed_at) <= day <= zones.today(pledge.zone):
        raise WrongInput(field=_("核查日期"), why=_("不能早于签署，也不能晚于今天。"), name="on")
    save_record(pledge, result=result, checked_on=day, checked_by=actor, check_note=note)
    if result == Pledge.Result.BROKEN:
        add_credit_event(
            actor=None,
            enterprise=pledge.enterprise,
            kind=CreditEvent.Kind.PLEDGE_BROKEN,
            note=f"{pledge.task.case.number} {pledge.task.name}：{note}"[:300],
            on=day,
            pledge=pledge,
            evidence=evidence,
        )
    record_change(
        actor=actor,
        verb="check_pledge",
        rows=[pledge, pledge.task],
        scope=pledge.zone_id,
        result=result,
        note=note,
    )
    return pledge
