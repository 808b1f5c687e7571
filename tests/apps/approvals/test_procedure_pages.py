"""Pages of procedures: the list, the record with its pictures, and the editor with form and text side by side."""

import pytest
from django.urls import reverse

from tests.apps.approvals.procedures import SMALL, clerk_of, demo_zone, make_procedure
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.models import Procedure, ProcedureVersion
from zhuchao.apps.approvals.services import procedures as services
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    return demo_zone()


@pytest.fixture
def page(client, zone):
    return signed_in(client, clerk_of(zone))


@pytest.fixture
def draft(zone):
    clerk = clerk_of(zone)
    procedure = services.add_procedure(actor=clerk, zone=zone, key="p", name="流程")
    return services.draft_procedure(
        actor=clerk, procedure=procedure, text=SMALL, effective_from=zone.demo_day, source="示例"
    )


def edited(page, draft, **said):
    sent = {"text": draft.text, "version": draft.version} | said
    return page.post(reverse("procedure-version-edit", args=[draft.pk]), sent)


def test_an_empty_list_offers_what_is_shipped_and_taking_it_makes_a_draft(page):
    assert reverse("procedure-shipped") in page.get(reverse("procedure-list")).content.decode()
    assert "拿地即开工" in page.get(reverse("procedure-shipped")).content.decode()
    answer = page.post(reverse("procedure-adopt"), {"key": "land-to-start"}, follow=True)
    text = answer.content.decode()
    assert "19" in text
    assert "草稿" in text
    assert text.count('class="n-node') == 19
    assert "本辖区没有这些部门" in text


def test_the_record_shows_network_bars_and_table_and_each_node_says_all_to_a_keyboard(page, zone):
    procedure, _version = make_procedure(zone)
    text = page.get(reverse("procedure-detail", args=[procedure.pk])).content.decode()
    assert text.count('class="n-node') == 3
    assert text.count('tabindex="0" role="listitem"') == 3
    assert "审查 2 小时，出件 30 分钟" in text
    # order alone: 1 h + 2 h 30 + 1 h 30
    assert "5 小时" in text
    assert "“发证”改为容缺受理，可省 1 小时" in text
    assert "任务一览表" in text


def test_the_editor_writes_a_task_into_the_text_and_saves_only_when_asked(page, draft):
    opened = edited(page, draft, do="open:B").content.decode()
    assert 'name="part-review"' in opened
    assert 'value="2"' in opened
    said = {
        "part-key": "B",
        "part-name": "发证",
        "part-stage": "用地",
        "part-department": "登记中心",
        "part-review": "1:30",
        "part-issue": "0.5",
        "part-needs": "合同",
        "part-gives": "产权证",
    }
    put = edited(page, draft, do="put:B", **said)
    assert put.status_code == 200
    assert "review_hours: '1:30'" in put.context["text"]
    draft.refresh_from_db()
    assert "review_hours: 2" in draft.text
    text = put.context["text"]
    assert edited(page, draft, do="save", text=text).status_code == 302
    draft.refresh_from_db()
    assert "review_hours: '1:30'" in draft.text


def test_the_editor_says_what_a_form_would_break_and_keeps_the_text(page, draft):
    removed = edited(page, draft, do="remove:A").content.decode()
    assert "没有任务产生它" in removed
    wrong = edited(page, draft, do="put:B", **{"part-review": "一天"})
    assert wrong.status_code == 422
    assert "不是整分钟的时长" in wrong.content.decode()
    places = edited(page, draft, do="put:departments", **{"part-departments": "资规局 1"})
    assert places.status_code == 422
    assert "没有部门办" in places.content.decode()


def test_a_broken_text_is_shown_with_its_line_and_cannot_be_saved(page, draft):
    broken = draft.text.replace("stage: 施工", "stage: 施功")
    answer = edited(page, draft, do="read", text=broken).content.decode()
    assert "“施功”不在 stages 里" in answer
    assert "stage: 施功" in answer
    assert edited(page, draft, do="save", text=broken).status_code == 422
    draft.refresh_from_db()
    assert "施功" not in draft.text


def test_a_second_person_publishes_on_the_page(client, zone, draft):
    leader = make_user(Role.LEADER, zone=zone)
    page = signed_in(client, leader)
    address = reverse("procedure-version-publish", args=[draft.pk])
    assert "3 项任务、3 个部门" in page.get(address).content.decode()
    assert page.post(address, {"checked": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
    assert edited(page, draft, do="read").status_code in (403, 409)


def test_a_procedure_is_entered_drafted_and_refused_on_its_forms(page, zone):
    answer = page.post(
        reverse("procedure-add"), {"key": "own", "name": "自己的流程", "summary": "", "is_open": "on"}
    )
    procedure = Procedure.objects.get(key="own")
    assert answer["Location"] == reverse("procedure-draft", args=[procedure.pk])
    said = {"effective_from": "2022-11-10", "source": "示例", "source_status": "unconfirmed"}
    bad = page.post(answer["Location"], said | {"text": SMALL.replace("key: C", "key: A")})
    assert bad.status_code == 422
    assert "两次" in bad.content.decode()
    assert page.post(answer["Location"], said | {"text": SMALL}).status_code == 302
    assert ProcedureVersion.objects.get(procedure=procedure).number == 1


def test_a_hidden_procedure_looks_as_one_that_is_not_there(page):
    other, _version = make_procedure(demo_zone())
    assert page.get(reverse("procedure-detail", args=[other.pk])).status_code == 404
    assert page.get(reverse("procedure-detail", args=[987654])).status_code == 404
