"""The documents of a case: handed in once, taken from the vault with consent, issued into it."""

from datetime import date

import pytest

from tests.apps.approvals.conftest import TODAY
from tests.factories import make_enterprise, signed_in
from zhuchao.apps.approvals import errors
from zhuchao.apps.approvals.models import CaseDocument, EventKind
from zhuchao.apps.approvals.selectors.matter_versions import Paper
from zhuchao.apps.approvals.selectors.papers import papers_asked, spared, spared_by_month
from zhuchao.apps.approvals.services.events import record_event, void_event
from zhuchao.apps.approvals.services.papers import hand_in, reuse, reuse_all, take_back
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.enterprises.errors import ConsentMissing
from zhuchao.apps.enterprises.models import DocumentUse, FirmDocument
from zhuchao.apps.enterprises.services.document_uses import give_consent
from zhuchao.apps.enterprises.services.vault import add_document

LICENCE = Paper("营业执照", kind="licence")
PERMIT = Paper("示例许可证", "out", kind="permit")
State = CaseDocument.State


def document(case, name="营业执照"):
    return case.documents.get(name=name)


def agree(firm, matter):
    give_consent(
        actor=None, enterprise=firm, matter=matter, given_by="王示例", means="spoken", evidence_note="当面听取",
        on=TODAY, until=date(2026, 12, 31),
    )  # fmt: skip


def test_a_document_is_a_file_or_a_paper_that_was_seen_and_goes_into_the_vault(
    make_case, make_matter, window, firm
):
    case = make_case(matter=make_matter(documents=(LICENCE, PERMIT)))
    with pytest.raises(WrongInput):
        hand_in(actor=window, document=document(case))
    hand_in(
        actor=window, document=document(case), seen_on_paper=True, number="ZZ-1", valid_to=date(2030, 1, 1)
    )
    one = document(case)
    assert (one.state, one.number, one.document.valid_to) == (State.HANDED, "ZZ-1", date(2030, 1, 1))
    assert firm.documents.get() == one.document
    with pytest.raises(errors.DocumentSettled):
        hand_in(actor=window, document=one, seen_on_paper=True)
    with pytest.raises(errors.DocumentSettled):
        hand_in(actor=window, document=document(case, "示例许可证"), seen_on_paper=True)


def test_a_document_that_two_tasks_ask_for_is_handed_in_once(make_case, make_matter, make_theme, window):
    theme = make_theme(make_matter("A", documents=(LICENCE,)), make_matter("B", documents=(LICENCE,)))
    case = make_case(theme=theme)
    (line,) = papers_asked(window, case)
    assert len(line.tasks) == 2
    hand_in(actor=window, document=line.document, seen_on_paper=True)
    assert set(case.documents.values_list("state", flat=True)) == {State.HANDED}
    assert DocumentUse.objects.get().came_with


@pytest.mark.document("1-41")
def test_an_e_licence_spares_an_upload_and_the_counter_opens_to_its_entries(
    make_case, make_matter, window, zone, firm
):
    first = make_case(matter=make_matter("A", documents=(LICENCE, PERMIT)))
    hand_in(actor=window, document=document(first), seen_on_paper=True, number="ZZ-1")
    assert spared_by_month(window, zone) == []
    second = make_case(matter=make_matter("B", documents=(LICENCE, PERMIT)))
    (line,) = papers_asked(window, second)
    (proposed,) = line.proposals
    assert not proposed.has_consent
    with pytest.raises(ConsentMissing):
        reuse(actor=window, document=line.document, kept=proposed.document)
    agree(firm, "示例许可 B")
    assert reuse_all(actor=window, documents=[line.document]) == 1
    assert document(second).state == State.REUSED
    (month,) = spared_by_month(window, zone)
    assert (month.month, month.licences, month.others) == (date(2026, 9, 1), 1, 0)
    assert [one.subject for one in spared(window, zone)] == [f"{second.number} 营业执照"]
    take_back(actor=window, document=document(second), reason="点错了")
    assert document(second).state == State.MISSING
    assert spared_by_month(window, zone) == []


def test_the_vault_of_another_firm_and_another_kind_are_refused(make_case, make_matter, window, zone, firm):
    case = make_case(matter=make_matter(documents=(LICENCE,)))
    other = add_document(actor=None, enterprise=make_enterprise(zone), kind="licence")
    charter = add_document(actor=None, enterprise=firm, kind="charter")
    for kept in (other, charter):
        with pytest.raises(errors.OtherDocument):
            reuse(actor=window, document=document(case), kept=kept)
    assert document(case).state == State.MISSING


def test_an_approver_does_not_take_documents_in(make_case, make_matter, clerk):
    case = make_case(matter=make_matter(documents=(LICENCE,)))
    with pytest.raises(NotAllowed):
        hand_in(actor=clerk, document=document(case), seen_on_paper=True)


def test_what_a_task_issues_lies_in_the_vault_until_its_finish_is_voided(
    make_case, make_matter, clerk, firm, window
):
    case = make_case(matter=make_matter(documents=(PERMIT,)))
    task = case.tasks.get()
    for kind in (EventKind.START, EventKind.REVIEWED):
        record_event(actor=clerk, task=task, kind=kind)
    done = record_event(actor=clerk, task=task, kind=EventKind.FINISH, number="许字 7 号")
    kept = firm.documents.get()
    assert (kept.kind, kept.title, kept.number, kept.issuer) == (
        *("permit", "示例许可证", "许字 7 号"),
        "示例审批局",
    )
    void_event(actor=clerk, event=done, reason="登记到别的办件")
    kept.refresh_from_db()
    assert kept.state == FirmDocument.State.WITHDRAWN
    record_event(actor=clerk, task=task, kind=EventKind.FINISH, number="许字 8 号")
    current = firm.documents.get(state=FirmDocument.State.CURRENT)
    assert (current.number, document(case, "示例许可证").document) == ("许字 8 号", current)


def test_a_permit_that_one_matter_issued_is_not_asked_by_the_next(
    make_case, make_matter, clerk, window, firm
):
    case = make_case(matter=make_matter("A", documents=(PERMIT,)))
    task = case.tasks.get()
    for kind in (EventKind.START, EventKind.REVIEWED):
        record_event(actor=clerk, task=task, kind=kind)
    record_event(actor=clerk, task=task, kind=EventKind.FINISH, number="许字 7 号")
    asked = (Paper("示例许可证", kind="permit"), Paper("别的许可证", kind="permit"))
    following = make_case(matter=make_matter("B", documents=asked))
    agree(firm, "示例许可 B")
    proposed = {line.document.name: line.proposals for line in papers_asked(window, following)}
    assert [one.document.number for one in proposed["示例许可证"]] == ["许字 7 号"]
    assert proposed["别的许可证"] == ()


def test_the_window_takes_a_document_from_the_vault_with_the_firms_word(
    client, make_case, make_matter, window, firm
):
    add_document(actor=None, enterprise=firm, kind="licence", number="ZZ-1")
    signed_in(client, window)
    case = make_case(matter=make_matter(documents=(LICENCE,)))
    url = f"/approvals/documents/{document(case).pk}/reuse/"
    kept = {"kept": firm.documents.get().pk}
    assert client.post(url, kept).status_code == 422
    assert client.post(url, kept | {"given_by": "王示例", "given_note": "窗口当面同意"}).status_code == 302
    assert document(case).state == State.REUSED
    months = client.get("/approvals/spared/months/").content.decode()
    assert "day=2026-09-01..2026-09-30" in months
    assert case.number in client.get("/approvals/spared/?day=2026-09-01..2026-09-30").content.decode()
    back = f"/approvals/documents/{document(case).pk}/return/"
    assert client.post(back, {"reason": "点错了"}).status_code == 302
    assert client.post(f"/approvals/cases/{case.pk}/documents/reuse/").status_code == 302
    assert document(case).state == State.REUSED
