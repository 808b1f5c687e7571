"""告知承诺: a signed word in place of the review, checked afterwards; a broken one refuses the next."""

from datetime import date

import pytest

from tests.apps.approvals.conftest import TODAY
from tests.factories import make_department, make_user, signed_in
from zhuchao.apps.approvals import errors
from zhuchao.apps.approvals.models import CreditEvent, EventKind, Pledge, TaskState
from zhuchao.apps.approvals.selectors.credit import credit_of, pledges_to_check
from zhuchao.apps.approvals.selectors.matter_versions import Paper
from zhuchao.apps.approvals.services.credit import repair_credit
from zhuchao.apps.approvals.services.events import record_event
from zhuchao.apps.approvals.services.matter_versions import draft_matter_version
from zhuchao.apps.approvals.services.matters import change_matter
from zhuchao.apps.approvals.services.pledges import check_pledge, sign_pledge
from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.zones.models import Role

PLEDGED = {
    "pledge_allowed": True,
    "pledge_text": "告知：……。承诺：所填属实。后果：……。",
    "check_working_days": 5,
}
STACK = tuple(Paper(f"材料 {n}") for n in range(1, 9))


@pytest.fixture
def pledged(make_case, make_matter):
    """A task of a matter that takes a pledge in place of a stack of documents."""

    def run(code="SX-1", **facts):
        return make_case(matter=make_matter(code, documents=STACK, **(PLEDGED | facts))).tasks.get()

    return run


def test_one_pledge_replaces_a_stack_of_documents_and_the_review(pledged, window):
    task = pledged()
    pledge = sign_pledge(actor=window, task=task, signed_by="法定代表人 王示例", witness="钱窗口")
    task.refresh_from_db()
    assert (task.state, task.mode) == (TaskState.REVIEWED, "pledge")
    assert set(task.documents.filter(is_result=False).values_list("state", flat=True)) == {"waived"}
    assert pledge.text == PLEDGED["pledge_text"]
    assert pledge.check_due_on == date(2026, 10, 10)


@pytest.mark.document("2-36")
def test_a_broken_pledge_is_a_credit_event_and_the_next_pledge_is_refused(
    pledged, window, clerk, second, firm, zone
):
    pledge = sign_pledge(actor=window, task=pledged("A"), signed_by="王示例", witness="钱窗口")
    assert list(pledges_to_check(clerk, zone, pledge.check_due_on)) == [pledge]
    check_pledge(actor=clerk, pledge=pledge, result="broken", note="现场未按承诺建设（示例）")
    event = CreditEvent.objects.get()
    assert (event.kind, event.pledge) == (CreditEvent.Kind.PLEDGE_BROKEN, pledge)
    assert not credit_of(firm).is_ok
    following = pledged("B")
    with pytest.raises(errors.BadCredit) as caught:
        sign_pledge(actor=window, task=following, signed_by="王示例", witness="钱窗口")
    assert "现场未按承诺建设" in str(caught.value)
    assert Pledge.objects.count() == 1
    repair_credit(actor=second, event=event, note="已按承诺整改", evidence_note="复查照片（示例）")
    assert sign_pledge(actor=window, task=following, signed_by="王示例", witness="钱窗口").pk


def test_a_kept_pledge_leaves_the_credit_and_is_checked_once(pledged, window, clerk, firm, zone):
    pledge = sign_pledge(actor=window, task=pledged(), signed_by="王示例", witness="钱窗口")
    check_pledge(actor=clerk, pledge=pledge, result="kept", note="现场核对一致")
    with pytest.raises(errors.AlreadyChecked):
        check_pledge(actor=clerk, pledge=pledge, result="broken", note="再查")
    assert credit_of(firm).events == ()
    assert not pledges_to_check(clerk, zone, date(2027, 1, 1)).exists()


def test_a_pledge_needs_a_name_and_a_paper_or_a_witness(pledged, window):
    task = pledged()
    for said in ({"signed_by": " ", "witness": "钱窗口"}, {"signed_by": "王示例"}):
        with pytest.raises(WrongInput):
            sign_pledge(actor=window, task=task, **said)
    assert not Pledge.objects.exists()


def test_what_could_not_be_put_right_takes_no_pledge(pledged, make_case, make_matter, window, zone, office):
    task = pledged("A")
    change_matter(actor=None, matter=task.matter_version.matter, version=None, no_pledge="safety")
    task.refresh_from_db()
    with pytest.raises(errors.PledgeRefused, match="公共安全"):
        sign_pledge(actor=window, task=task, signed_by="王示例", witness="钱窗口")
    plain = make_case(matter=make_matter("B")).tasks.get()
    with pytest.raises(errors.PledgeRefused):
        sign_pledge(actor=window, task=plain, signed_by="王示例", witness="钱窗口")
    nobody = make_case(matter=make_matter("C", **PLEDGED), enterprise=None).tasks.get()
    with pytest.raises(errors.PledgeRefused, match="企业"):
        sign_pledge(actor=window, task=nobody, signed_by="王示例", witness="钱窗口")


def test_an_excluded_matter_cannot_declare_a_pledge(make_matter):
    matter = make_matter("A")
    change_matter(actor=None, matter=matter, version=None, no_pledge="ecology")
    with pytest.raises(WrongInput):
        draft_matter_version(actor=None, matter=matter, effective_from=TODAY, **PLEDGED)


def test_only_the_department_of_the_task_checks(pledged, window, zone):
    pledge = sign_pledge(actor=window, task=pledged(), signed_by="王示例", witness="钱窗口")
    stranger = make_user(Role.APPROVER, zone=zone, department=make_department(zone))
    with pytest.raises(NotFound):
        check_pledge(actor=stranger, pledge=pledge, result="kept", note="x")
    assert not pledges_to_check(stranger, zone, date(2027, 1, 1)).exists()


def test_a_pledge_is_signed_checked_and_listed_on_the_pages(client, pledged, window, clerk):
    signed_in(client, window)
    task = pledged()
    assert "告知：" in client.get(f"/approvals/tasks/{task.pk}/pledge/").content.decode()
    said = {"signed_by": "王示例", "witness": "钱窗口", "told": "on"}
    assert client.post(f"/approvals/tasks/{task.pk}/pledge/", said | {"told": ""}).status_code == 422
    goal = client.post(f"/approvals/tasks/{task.pk}/pledge/", said)["Location"]
    assert client.get(f"{goal}letter/").content[:2] == b"PK"
    assert f"{goal}check/" not in client.get(goal).content.decode()
    signed_in(client, clerk)
    assert f"{goal}check/" in client.get(goal).content.decode()
    found = {"result": "broken", "note": "现场不符（示例）", "on": "2026-09-28"}
    assert client.post(f"{goal}check/", found).status_code == 302
    assert "失信" in client.get("/approvals/pledges/?result=broken").content.decode()


@pytest.mark.parametrize("kind", [EventKind.START, EventKind.MODE])
def test_no_other_door_leads_past_the_signature_or_the_credit(pledged, window, clerk, kind):
    task = pledged("A")
    with pytest.raises(errors.PledgeRefused, match="还没有签署承诺书"):
        record_event(actor=clerk, task=task, kind=kind, mode="pledge")
    with pytest.raises(errors.DocumentsMissing, match="材料 1"):
        record_event(actor=window, task=task, kind=EventKind.START)
    broken = sign_pledge(actor=window, task=pledged("B"), signed_by="王示例", witness="钱窗口")
    check_pledge(actor=clerk, pledge=broken, result="broken", note="现场未按承诺建设（示例）")
    with pytest.raises(errors.BadCredit, match="现场未按承诺建设"):
        record_event(actor=clerk, task=task, kind=kind, mode="pledge")
    task.refresh_from_db()
    assert (task.state, task.events.count()) == (TaskState.READY, 0)
