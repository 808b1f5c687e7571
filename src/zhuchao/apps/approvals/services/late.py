"""容缺受理: a task accepted without some secondary documents, the one-time notice, and its end by itself when late."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import CalendarNotKnown, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.selectors.calendar import last_confirmed_day, work_calendar
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.services.outbox import notify
from zhuchao.engines import workdays

from ..errors import BadCredit, MainDocumentMissing, NothingLate
from ..models import CaseDocument, CaseTask, CreditEvent, EventKind, LateNotice, TaskMode
from ..selectors.credit import credit_of, people_of_task
from ..selectors.papers import missing_of, names_of
from ..selectors.standing import OVER
from .credit import add_credit_event
from .events import locked_case, record_event

REMIND = 2
"""How many working days before the deadline people are reminded."""


@transaction.atomic
def accept_late(
    *,
    actor: User | None,
    task: CaseTask,
    promised_by: str,
    contact: str = "",
    evidence: Attachment | None = None,
) -> LateNotice:
    """Accept a task of which only documents that may be late are missing, on the firm's written promise to bring them.

    The notice tells once what is missing, how and by when it comes and what follows from being late; the deadline
    counts working days from today. ``contact`` says where the documents are brought.

    Raises MainDocumentMissing, NothingLate, BadCredit for a firm whose word is not taken, CalendarNotKnown for a
    deadline beyond the last confirmed year, WrongInput, and as ``record_event``.
    """
    case, tasks = locked_case(task.case_id)
    task = next(one for one in tasks if one.pk == task.pk)
    missing = missing_of(task)
    main = [one for one in missing if not one.may_be_late]
    if main:
        raise MainDocumentMissing(task=task.name, documents=listed(names_of(main)))
    if not missing:
        raise NothingLate(task=task.name, why=_("材料已经齐全。"))
    version = task.matter_version
    if version is None or not version.late_working_days:
        raise NothingLate(task=task.name, why=_("事项没有规定补正期限。"))
    promised_by = " ".join(promised_by.split())
    if not 0 < len(promised_by) <= 60:
        raise WrongInput(field=_("承诺人"), why=_("请填写，不超过 60 字。"), name="promised_by")
    now, today = zones.now(case.zone), zones.today(case.zone)
    firm = case.enterprise
    if firm is not None:
        credit = credit_of(firm, today)
        if not credit.is_ok:
            raise BadCredit(firm=firm.name, way=TaskMode.LATE.label, why=credit.why)
    due = deadline(today, version.late_working_days)
    notice = LateNotice(
        zone=case.zone,
        task=task,
        enterprise=firm,
        documents=names_of(missing),
        text=notice_text(task, names_of(missing), due, contact),
        promised_by=promised_by,
        told_at=now,
        due_on=due,
        evidence=evidence,
    )
    notice.save(force_insert=True)
    for one in missing:
        save_record(one, state=CaseDocument.State.LATE, due_on=due)
    record_event(actor=actor, task=task, kind=EventKind.START, mode=TaskMode.LATE)
    record_change(
        actor=actor,
        verb="accept_late",
        rows=[notice, task, case],
        scope=case.zone_id,
        documents=notice.documents,
        due=due.isoformat(),
    )
    return notice


def deadline(today: date, working_days: int) -> date:
    """Return the last day for what is due some working days after today; raises CalendarNotKnown beyond what is known."""
    try:
        return workdays.add_working_days(today, working_days, work_calendar()).day
    except workdays.CalendarNotKnown:
        last = last_confirmed_day()
        wanted = today + timedelta(days=working_days)
        raise CalendarNotKnown(last=last.isoformat() if last else "—", day=wanted.isoformat()) from None


def notice_text(task: CaseTask, documents: list[str], due: date, contact: str = "") -> str:
    """Return what the firm is told once: what is missing, how, by when, and what follows."""
    where = " ".join(contact.split())[:120] or _("受理窗口或网上补交")
    return "\n".join(
        (
            _("一、“%(task)s”主要材料齐全，同意容缺受理。还缺：%(documents)s。")
            % {"task": task.name, "documents": listed(documents)},
            _("二、请于 %(due)s（含当日）前补齐，补交方式：%(where)s。")
            % {"due": due.isoformat(), "where": where},
            _("三、审查照常进行；材料补齐后才核发结果文书。"),
            _(
                "四、逾期未补或者补交的材料不符合要求的，本次办理自动终止，由申请人承担由此产生的后果，并记入容缺记录。"
            ),
            _("五、您可以不采用容缺受理，待材料齐全后按一般方式申请。"),
        )
    )


def remind_late_due() -> int:
    """Remind of late documents that are due within two working days; return how many notices were new. Safe to repeat."""
    told = 0
    rows = LateNotice.objects.filter(state=LateNotice.State.OPEN).exclude(task__state__in=OVER)
    for notice in rows.select_related("zone", "task__case", "enterprise"):
        today = zones.today(notice.zone)
        try:
            begins = workdays.add_working_days(notice.due_on, -REMIND, work_calendar(provisional=True)).day
        except (workdays.CalendarNotKnown, CalendarNotKnown):
            begins = notice.due_on - timedelta(days=REMIND)
        if begins <= today <= notice.due_on:
            told += _tell(
                notice,
                "due",
                _("容缺材料 %(day)s 到期：%(task)s") % {"day": notice.due_on, "task": notice.task.name},
                _("还缺：%(documents)s。请提醒企业补交，逾期自动终止。")
                % {"documents": listed(_still_late(notice))},
            )
    return told


def end_late_due() -> int:
    """End the tasks of which the late documents did not come in time, and tell of it; return how many. Safe to repeat."""
    ended = 0
    rows = LateNotice.objects.filter(state=LateNotice.State.OPEN).exclude(task__state__in=OVER)
    for notice in rows.select_related("zone").order_by("due_on", "pk"):
        if notice.due_on < zones.today(notice.zone):
            ended += _end(notice.pk)
    return ended


@transaction.atomic
def _end(pk: int) -> bool:
    """End the task of one notice, unless somebody brought the documents meanwhile."""
    notice = LateNotice.objects.select_related("zone", "enterprise", "task__case").get(pk=pk)
    _case, tasks = locked_case(notice.task.case_id)
    task = next(one for one in tasks if one.pk == notice.task_id)
    notice.refresh_from_db(fields=["state"])
    if notice.state != LateNotice.State.OPEN or task.state in OVER:
        return False
    missing = listed(_still_late(notice))
    why = _("容缺材料逾期未补（期限 %(due)s）：%(documents)s") % {"due": notice.due_on, "documents": missing}
    record_event(actor=None, task=task, kind=EventKind.END, note=why[:300])
    save_record(notice, state=LateNotice.State.ENDED, settled_at=zones.now(notice.zone))
    if notice.enterprise is not None:
        add_credit_event(
            actor=None,
            enterprise=notice.enterprise,
            kind=CreditEvent.Kind.LATE,
            note=f"{task.case.number} {why}"[:300],
            notice=notice,
        )
    _tell(
        notice,
        "ended",
        _("容缺逾期，已自动终止：%(task)s") % {"task": task.name},
        _("%(why)s。请把终止告知书交给企业。") % {"why": why},
    )
    record_change(actor=None, verb="end_late", rows=[notice, task], scope=notice.zone_id, due=notice.due_on)
    return True


def _still_late(notice: LateNotice) -> list[str]:
    rows = CaseDocument.objects.filter(task=notice.task_id, state=CaseDocument.State.LATE)
    return list(rows.order_by("pk").values_list("name", flat=True))


def _tell(notice: LateNotice, what: str, title: str, body: str) -> int:
    return notify(
        zone=notice.zone,
        users=people_of_task(notice.task),
        key=f"approvals.late:{notice.pk}:{what}",
        kind="approvals",
        title=title,
        body=body,
        url=reverse("late-notice", args=[notice.pk]),
        is_urgent=True,
    )
