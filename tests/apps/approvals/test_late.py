"""容缺受理: only secondary documents may be late, told once, ended by itself, refused to whom broke their word."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from docx import Document as open_document

from tests.factories import make_department, make_user, signed_in
from zhuchao.apps.approvals import errors
from zhuchao.apps.approvals.models import CreditEvent, EventKind, LateNotice, TaskState
from zhuchao.apps.approvals.selectors.credit import credit_of
from zhuchao.apps.approvals.selectors.matter_versions import Paper
from zhuchao.apps.approvals.services.credit import add_credit_event, repair_credit, void_credit_event
from zhuchao.apps.approvals.services.events import record_event
from zhuchao.apps.approvals.services.late import accept_late, end_late_due, remind_late_due
from zhuchao.apps.approvals.services.papers import hand_in
from zhuchao.apps.core.errors import CalendarNotKnown, NotAllowed, WrongInput
from zhuchao.apps.zones.models import Notice, Role

MAIN = Paper("申请表")
LATE = Paper("监理合同", is_main=False, may_be_late=True)
FIRM = Paper("社保证明", is_main=False)


@pytest.fixture
def accepted(make_case, make_matter, window):
    """A task accepted with one document to follow within five working days."""
    case = make_case(matter=make_matter(documents=(MAIN, LATE)))
    hand_in(actor=window, document=case.documents.get(name="申请表"), seen_on_paper=True)
    return accept_late(actor=window, task=case.tasks.get(), promised_by="王示例")


def move(zone, day):
    zone.demo_day, zone.demo_started_at = day, datetime.now(UTC)
    zone.save()


@pytest.mark.document("1-42")
def test_only_secondary_documents_may_be_missing(make_case, make_matter, window):
    case = make_case(matter=make_matter("A", documents=(MAIN, LATE)))
    with pytest.raises(errors.MainDocumentMissing) as caught:
        accept_late(actor=window, task=case.tasks.get(), promised_by="王示例")
    assert "申请表" in str(caught.value)
    other = make_case(matter=make_matter("B", documents=(LATE, FIRM)))
    with pytest.raises(errors.MainDocumentMissing) as caught:
        accept_late(actor=window, task=other.tasks.get(), promised_by="王示例")
    assert "社保证明" in str(caught.value)
    assert not LateNotice.objects.exists()


@pytest.mark.document("1-42")
def test_the_notice_tells_once_what_how_by_when_and_what_follows(accepted):
    # Five working days from Monday the 28th: two before the holidays, then from Thursday the 8th, the Saturday is worked.
    assert accepted.due_on == date(2026, 10, 10)
    for words in ("监理合同", "2026-10-10", "补交方式", "自动终止", "不采用容缺受理"):
        assert words in accepted.text
    task = accepted.task
    task.refresh_from_db()
    assert (task.state, task.mode) == (TaskState.REVIEWING, "late")
    late = task.documents.get(name="监理合同")
    assert (late.state, late.due_on) == ("late", accepted.due_on)


@pytest.mark.document("1-42")
def test_a_late_document_ends_the_task_by_itself_once_and_tells(accepted, zone, clerk, window, firm):
    move(zone, date(2026, 10, 10))
    assert end_late_due() == 0
    move(zone, date(2026, 10, 11))
    assert (end_late_due(), end_late_due()) == (1, 0)
    accepted.refresh_from_db()
    accepted.task.refresh_from_db()
    assert (accepted.state, accepted.task.state) == (LateNotice.State.ENDED, TaskState.ENDED)
    told = Notice.objects.filter(key=f"approvals.late:{accepted.pk}:ended")
    assert {one.user for one in told} == {clerk, window}
    event = CreditEvent.objects.get()
    assert event.kind == CreditEvent.Kind.LATE
    assert credit_of(firm).is_ok


def test_people_are_reminded_before_the_deadline_and_once(accepted, zone, clerk):
    assert remind_late_due() == 0
    move(zone, date(2026, 10, 8))
    assert (remind_late_due(), remind_late_due()) == (2, 0)


def test_a_document_that_comes_in_time_settles_the_notice_and_lets_the_task_finish(
    accepted, zone, clerk, window
):
    record_event(actor=clerk, task=accepted.task, kind=EventKind.REVIEWED)
    with pytest.raises(errors.LateDocumentsMissing):
        record_event(actor=clerk, task=accepted.task, kind=EventKind.FINISH)
    hand_in(actor=window, document=accepted.task.documents.get(name="监理合同"), seen_on_paper=True)
    accepted.refresh_from_db()
    assert accepted.state == LateNotice.State.KEPT
    record_event(actor=clerk, task=accepted.task, kind=EventKind.FINISH)
    move(zone, date(2026, 12, 1))
    assert end_late_due() == 0


@pytest.mark.document("1-42")
def test_a_firm_of_bad_credit_is_refused_with_the_reason_until_it_is_repaired(
    make_case, make_matter, window, clerk, second, firm
):
    event = add_credit_event(actor=clerk, enterprise=firm, kind="false", note="提交的合同系伪造（示例）")
    task = make_case(matter=make_matter(documents=(LATE,))).tasks.get()
    with pytest.raises(errors.BadCredit) as caught:
        accept_late(actor=window, task=task, promised_by="王示例")
    assert "提交的合同系伪造" in str(caught.value)
    assert "修复" in caught.value.next_sentence
    with pytest.raises(NotAllowed):
        repair_credit(actor=clerk, event=event, note="已改正", evidence_note="复查")
    with pytest.raises(WrongInput):
        repair_credit(actor=second, event=event, note="已改正")
    repair_credit(actor=second, event=event, note="已改正", evidence_note="复查属实")
    with pytest.raises(errors.AlreadyRepaired):
        repair_credit(actor=second, event=event, note="已改正", evidence_note="复查属实")
    assert accept_late(actor=window, task=task, promised_by="王示例").pk


def test_a_void_event_does_not_bar_and_a_late_one_never_does(second, firm, zone):
    event = add_credit_event(actor=None, enterprise=firm, kind="listed", note="列入名单（示例）")
    assert not credit_of(firm).is_ok
    void_credit_event(actor=second, event=event, reason="查错了企业")
    assert credit_of(firm).is_ok
    late = add_credit_event(actor=None, enterprise=firm, kind="late", note="逾期（示例）")
    with pytest.raises(errors.AlreadyRepaired):
        repair_credit(actor=second, event=late, note="x", evidence_note="x")


def test_credit_is_that_of_the_day(firm):
    add_credit_event(actor=None, enterprise=firm, kind="listed", note="列入名单（示例）", on=date(2026, 6, 1))
    assert credit_of(firm, date(2026, 5, 31)).is_ok
    assert not credit_of(firm, date(2026, 6, 1)).is_ok


def test_a_deadline_beyond_the_known_calendar_is_refused_and_nothing_is_kept(make_case, make_matter, window):
    task = make_case(matter=make_matter(documents=(LATE,), late_working_days=200)).tasks.get()
    with pytest.raises(CalendarNotKnown):
        accept_late(actor=window, task=task, promised_by="王示例")
    assert not LateNotice.objects.exists()
    assert task.documents.get().state == "missing"


def test_nothing_to_come_late_is_no_reason(make_case, make_matter, window):
    task = make_case(matter=make_matter(documents=(MAIN,))).tasks.get()
    hand_in(actor=window, document=task.documents.get(), seen_on_paper=True)
    with pytest.raises(errors.NothingLate):
        accept_late(actor=window, task=task, promised_by="王示例")


def test_another_department_is_not_told(accepted, zone):
    stranger = make_user(Role.APPROVER, zone=zone, department=make_department(zone))
    move(zone, date(2026, 10, 11))
    end_late_due()
    assert not Notice.objects.filter(user=stranger).exists()


def test_late_documents_are_accepted_on_the_page_with_letters(client, make_case, make_matter, window, firm):
    signed_in(client, window)
    case = make_case(matter=make_matter(documents=(MAIN, LATE)))
    task = case.tasks.get()
    page = f"/approvals/cases/{case.pk}/documents/"
    assert f"/approvals/tasks/{task.pk}/late/" not in client.get(page).content.decode()
    main = case.documents.get(name="申请表")
    assert client.post(f"/approvals/documents/{main.pk}/hand-in/", {}).status_code == 422
    assert client.post(f"/approvals/documents/{main.pk}/hand-in/", {"seen_on_paper": "on"}).status_code == 302
    assert f"/approvals/tasks/{task.pk}/late/" in client.get(page).content.decode()
    answer = client.post(f"/approvals/tasks/{task.pk}/late/", {"promised_by": "王示例"})
    assert "待补 1 份" in client.get(page).content.decode()
    notice = LateNotice.objects.get()
    assert answer["Location"] == f"/approvals/late-notices/{notice.pk}/"
    assert "自动终止" in client.get(answer["Location"]).content.decode()
    letter = client.get(f"{answer['Location']}letter/").content
    text = "".join(one.text for one in open_document(BytesIO(letter)).paragraphs)
    assert "一次性告知书" in text
    assert firm.name in text
    assert case.number in client.get("/approvals/late-notices/?state=open").content.decode()


def test_credit_is_entered_repaired_and_shown_on_the_pages(client, clerk, second, firm):
    signed_in(client, clerk)
    said = {"enterprise": firm.pk, "kind": "listed", "note": "列入名单（示例）", "on": "2026-09-01"}
    assert client.post("/approvals/credit/add/", said).status_code == 302
    event = CreditEvent.objects.get()
    assert "不适用告知承诺" in client.get("/approvals/credit/").content.decode()
    assert client.get(f"/approvals/credit/{event.pk}/repair/").status_code == 403
    signed_in(client, second)
    repair = {"note": "已移出名单", "on": "2026-09-20", "evidence_note": "查询截图（示例）"}
    assert client.post(f"/approvals/credit/{event.pk}/repair/", repair).status_code == 302
    assert "已修复（2026-09-20）" in client.get("/approvals/credit/").content.decode()
    assert "信用修复" in client.get(f"/enterprises/{firm.pk}/related/").content.decode()
