"""Letters of reminder: drafted on a breach of either side, approved by a person, sent, answered, sent again."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from docx import Document

from tests.factories import make_department, make_user, signed_in
from zhuchao.apps.core.errors import ReasonNeeded, Stale, WrongInput
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import NothingToRemind, WrongLetterState
from zhuchao.apps.projects.models import Covenant, CovenantLetter
from zhuchao.apps.zones.models import Role

FEB, MAY, TODAY = date(2023, 2, 18), date(2023, 5, 10), date(2023, 6, 15)


@pytest.fixture
def house(zone):
    return make_department(zone, name="建设局")


@pytest.fixture
def start(officer, project, house):
    """A firm that promised to start by May 10 and did not, and a road that the zone promised by then."""
    agreement = services.add_agreement(actor=officer, project=project, number="协议-9")
    made = services.add_covenant(
        actor=officer, agreement=agreement, kind="start", due_on=MAY, clause="第三条"
    )
    services.add_covenant(actor=officer, agreement=agreement, kind="road", due_on=MAY, department=house)
    services.sign_agreement(actor=officer, agreement=agreement, on=FEB)
    services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
    return made


def later(zone, days):
    zone.demo_day = TODAY + timedelta(days=days)
    zone.save()


def goes_out(officer, letter, on=TODAY):
    services.approve_letter(actor=officer, letter=letter)
    return services.send_letter(actor=officer, letter=letter, on=on, means="专人送达")


@pytest.mark.document("0-13")
def test_a_miss_is_red_on_the_desk_and_a_letter_is_drafted_with_what_is_missing(zone, officer, start):
    assert selectors.standings_of([selectors.get_covenant(None, start.pk)])[start.pk].is_red
    with override("en"):
        assert services.draft_letters_due() == 1  # nobody knows yet what became of the road
    letter = CovenantLetter.objects.get()
    assert letter.recipient == "示例氢能科技有限公司"
    for part in ("产业发展协议 协议-9第三条", "高纯氢制备项目", "开工时间", "2023-05-10 前", "逾期 36 天"):
        assert part in letter.body
    assert (letter.state, letter.days) == ("draft", 36)
    assert services.draft_letters_due() == 0
    found = {card.title: card for card in cards_for(officer, zone)[0]}
    assert found["高纯氢制备项目：开工时间"].light == "red"
    assert "致示例氢能科技有限公司的提醒函待审核" in found
    assert "1 条约定到期未知" in found


def test_what_the_zone_promised_and_did_not_do_is_a_letter_to_the_department(zone, officer, house, start):
    road = Covenant.objects.get(kind="road")
    services.record_finding(
        actor=officer, covenant=road, result="not_done", on=TODAY, document_no="核查单 1 号"
    )
    assert services.draft_letters_due() == 2
    assert CovenantLetter.objects.get(covenant=road).recipient == "建设局"
    builder = make_user(Role.STEWARD, zone=zone, department=house)
    titles = [card.title for card in cards_for(builder, zone)[0]]
    assert "高纯氢制备项目：通路" in titles
    assert "高纯氢制备项目：开工时间" not in titles


def test_a_letter_waits_for_a_person_and_takes_its_steps_in_order(officer, start):
    letter = services.draft_letter(actor=officer, covenant=start)
    with pytest.raises(WrongLetterState):
        services.send_letter(actor=officer, letter=letter, on=TODAY)
    services.approve_letter(actor=officer, letter=letter)
    with pytest.raises(Stale):
        services.change_letter(actor=officer, letter=letter, version=99, recipient="甲", body="乙")
    services.change_letter(actor=officer, letter=letter, version=None, recipient="甲公司", body="正文")
    letter.refresh_from_db()
    assert (letter.state, letter.approved_by) == ("draft", None)
    services.approve_letter(actor=officer, letter=letter)
    for values in ({"on": TODAY + timedelta(days=1)}, {"on": MAY}, {"on": TODAY, "answer_due_on": MAY}):
        with pytest.raises(WrongInput):
            services.send_letter(actor=officer, letter=letter, **values)
    sent = services.send_letter(actor=officer, letter=letter, on=TODAY)
    assert sent.answer_due_on == TODAY + timedelta(days=15)
    with pytest.raises(WrongInput):
        services.answer_letter(actor=officer, letter=letter, on=TODAY, answer=" ")
    services.answer_letter(actor=officer, letter=letter, on=TODAY, answer="六月底开工")
    with pytest.raises(WrongLetterState):
        services.drop_letter(actor=officer, letter=letter, reason="不用")


def test_a_second_letter_follows_when_no_answer_came_or_none_helped(zone, officer, start):
    first = services.draft_letter(actor=officer, covenant=start)
    with pytest.raises(NothingToRemind, match="已有一份待寄送"):
        services.draft_letter(actor=officer, covenant=start)
    goes_out(officer, first)
    assert services.draft_letters_due() == 0
    later(zone, 16)
    assert any("没有答复提醒函" in card.title for card in cards_for(officer, zone)[0])
    assert services.draft_letters_due() == 1
    second = CovenantLetter.objects.get(round=2)
    assert "现再次提醒" in second.body
    goes_out(officer, second, on=second.drafted_on)
    services.answer_letter(actor=officer, letter=second, on=second.drafted_on, answer="正在办")
    later(zone, 16 + 30)
    assert services.draft_letters_due() == 0
    later(zone, 16 + 31)
    assert services.draft_letters_due() == 1


def test_a_letter_that_is_dropped_is_not_drafted_again_by_itself(officer, start):
    letter = services.draft_letter(actor=officer, covenant=start)
    with pytest.raises(ReasonNeeded):
        services.drop_letter(actor=officer, letter=letter, reason="")
    services.drop_letter(actor=officer, letter=letter, reason="已电话约谈")
    assert services.draft_letters_due() == 0
    assert services.draft_letter(actor=officer, covenant=start).round == 2


def test_nothing_is_written_about_a_covenant_that_is_not_broken(officer, start):
    with pytest.raises(NothingToRemind, match="到期未知"):
        services.draft_letter(actor=officer, covenant=Covenant.objects.get(kind="road"))


def test_the_letter_is_a_word_document_and_its_pages_take_the_steps(page, officer, start):
    page.post(f"/covenants/{start.pk}/letter/")
    letter = CovenantLetter.objects.get()
    url = f"/covenants/letters/{letter.pk}/"
    file = page.get(f"{url}paper/")
    words = "\n".join(
        [paragraph.text for paragraph in Document(io.BytesIO(file.content)).paragraphs]
        + [cell.text for table in Document(io.BytesIO(file.content)).tables for cell in table._cells]
    )
    for part in ("履约提醒函", "示例氢能科技有限公司：", "第三条", "逾期 36 天"):
        assert part in words
    body = letter.body + "\n补充一行"
    page.post(f"{url}edit/", {"recipient": "甲公司", "body": body, "version": letter.version})
    page.post(f"{url}approve/")
    page.post(f"{url}send/", {"on": "2023-06-15", "means": "专人送达", "number": "履约函 1 号"})
    page.post(f"{url}answer/", {"on": "2023-06-15", "answer": "六月底开工"})
    letter.refresh_from_db()
    assert (letter.state, letter.number) == ("answered", "履约函 1 号")
    assert "六月底开工" in page.get(url).content.decode()
    assert "甲公司" in page.get("/covenants/letters/?q=甲公司").content.decode()
    assert "第 1 次" in page.get(f"/covenants/{start.pk}/").content.decode()


def test_a_reader_sees_letters_and_changes_none(client, zone, officer, start):
    letter = services.draft_letter(actor=officer, covenant=start)
    reader = signed_in(client, make_user(Role.STEWARD, zone=zone))
    assert reader.get(f"/covenants/letters/{letter.pk}/").status_code == 200
    assert reader.post(f"/covenants/letters/{letter.pk}/approve/").status_code == 403
    assert reader.post(f"/covenants/letters/{letter.pk}/drop/", {"reason": "x"}).status_code == 403
    assert Decimal(letter.days) == 36


def test_agreements_letters_and_their_end_stand_on_the_timeline_of_the_project(zone, officer, project, start):
    letter = services.draft_letter(actor=officer, covenant=start)
    goes_out(officer, letter)
    services.end_agreement(actor=officer, agreement=start.agreement, on=TODAY, reason="项目退出")
    said = [one.what for one in selectors.happenings_of(officer, project)]
    for part in ("签订产业发展协议 协议-9", "终止产业发展协议 协议-9", "向示例氢能科技有限公司寄送提醒函"):
        assert part in said
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    assert not [one for one in selectors.happenings_of(clerk, project) if "协议" in one.what]
