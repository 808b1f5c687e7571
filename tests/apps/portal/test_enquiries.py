"""An enquiry from the public page: it becomes a lead, a flood of them does not, and nobody's data is kept for ever."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.apps.portal.conftest import Open
from tests.factories import make_lead, make_user, signed_in
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import due
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.portal import selectors, services
from zhuchao.apps.portal.errors import TooManyEnquiries
from zhuchao.apps.portal.models import AttemptCount, Door, Enquiry
from zhuchao.apps.portal.services.enquiries import FROM_ALL, FROM_ONE_ADDRESS
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.promotion.selectors.related import related_to
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

ANSWERS = {
    "company": "青岚精密有限公司",
    "person": "周来访",
    "phone": "13800001234",
    "need": "组装车间，需要 200 kVA",
    "area_m2": "600",
    "consent": "on",
}
HOSTILE = '<script>alert("x")</script>{{ 7*7 }}=cmd|'


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def ask(client: Client, opened: Open, **values: str):  # type: ignore[no-untyped-def]
    return client.post(f"/p/hepan/units/{opened.free.pk}/enquiry/", ANSWERS | values)


def asked(opened: Open, **values: object) -> Enquiry:
    given = {"company": "青岚精密有限公司", "person": "周来访", "phone": "13800001234", "need": "车间"}
    return services.ask(door=opened.door, unit=opened.free, **(given | values))


@pytest.mark.document("0-30")
def test_an_enquiry_on_the_public_page_is_a_lead_at_once_and_the_page_hides_rent_floor_and_contact(
    client: Client, opened: Open
):
    page = client.get(f"/p/hepan/units/{opened.free.pk}/").content.decode()
    for secret in ("0.73", "老邱", "13900007315"):
        assert secret not in page
    answer = ask(client, opened)
    assert answer.status_code == 302
    lead = Lead.objects.get()
    enquiry = Enquiry.objects.get()
    assert (lead.investor, lead.source, lead.owner) == (
        "青岚精密有限公司",
        Lead.Source.INQUIRY,
        opened.officer,
    )
    assert str(opened.free) in lead.source_note
    assert enquiry.number in lead.source_note
    assert "600 ㎡" in lead.needs
    assert (lead.next_action_on, enquiry.lead) == (zones.today(opened.zone), lead)
    assert enquiry.number in client.get(answer["Location"]).content.decode()


def test_an_enquiry_stands_on_the_desk_of_the_office_until_somebody_answers(opened: Open):
    enquiry = asked(opened)
    colleague = make_user(Role.PROMOTION_OFFICER, zone=opened.zone)
    make_lead(opened.zone, owner=colleague, next_action_on=zones.today(opened.zone))
    key = f"enquiry:{enquiry.pk}"
    assert key in {card.key for card in cards_for(colleague, opened.zone)[0]}
    assert key not in {
        card.key for card in cards_for(make_user(Role.STEWARD, zone=opened.zone), opened.zone)[0]
    }
    services.answer_enquiry(actor=colleague, enquiry=enquiry, answer="已回电")
    assert key not in {card.key for card in cards_for(colleague, opened.zone)[0]}
    assert (
        services.answer_enquiry(actor=opened.officer, enquiry=enquiry, answer="已回电").answered_by
        == colleague
    )


def test_an_open_lead_gets_the_enquiry_and_no_second_lead_and_the_officer_is_told(
    client: Client, opened: Open
):
    first = asked(opened)
    second = asked(opened, company="青岚精密 有限公司")
    assert (second.lead, second.joined, Lead.objects.count()) == (first.lead, True, 1)
    assert first.lead.needs == Lead.objects.get().needs
    card = next(c for c in cards_for(opened.officer, opened.zone)[0] if c.key == f"enquiry:{second.pk}")
    assert "已有线索" in card.why
    page = signed_in(client, opened.officer).get(f"/portal/enquiries/{second.pk}/").content.decode()
    assert "没有合并" in page


def test_a_firm_whose_lead_was_lost_is_a_new_lead(opened: Open):
    first = asked(opened)
    Lead.objects.update(stage=Lead.Stage.LOST)
    again = asked(opened)
    assert (again.joined, Lead.objects.count()) == (False, 2)
    assert again.lead != first.lead


def test_a_flood_from_one_address_is_throttled_and_says_what_to_do(client: Client, opened: Open):
    answers = [ask(client, opened, company=f"第{n}家公司") for n in range(FROM_ONE_ADDRESS + 3)]
    assert [answer.status_code for answer in answers] == [302] * FROM_ONE_ADDRESS + [429] * 3
    assert Enquiry.objects.count() == Lead.objects.count() == FROM_ONE_ADDRESS
    assert "第7家公司" in answers[-1].content.decode()
    assert "0512-67201234" in answers[-1].content.decode()


def test_forms_that_are_refused_count_too(client: Client, opened: Open):
    answers = [ask(client, opened, phone="x").status_code for n in range(FROM_ONE_ADDRESS + 1)]
    assert answers == [422] * FROM_ONE_ADDRESS + [429]


def test_another_address_is_not_throttled_but_all_together_are(opened: Open):
    for n in range(FROM_ALL):
        services.count_attempt(zone=opened.zone, address=f"10.0.{n // 200}.{n % 200}")
    with pytest.raises(TooManyEnquiries):
        services.count_attempt(zone=opened.zone, address="10.9.9.9")


def test_the_count_knows_no_address_and_is_gone_after_its_hour(opened: Open):
    services.count_attempt(zone=opened.zone, address="10.1.2.3")
    kept = AttemptCount.objects.get(count=1, pk=AttemptCount.objects.order_by("pk").first().pk)
    assert "10.1.2.3" not in kept.key
    services.count_attempt(zone=opened.zone, address="10.1.2.3", at=kept.hour + timedelta(hours=2))
    assert not AttemptCount.objects.filter(pk=kept.pk).exists()


def test_a_program_that_fills_in_everything_is_thanked_and_nothing_is_kept(client: Client, opened: Open):
    answer = ask(client, opened, website="https://spam.example")
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert not Enquiry.objects.exists()
    assert not Lead.objects.exists()


def test_hostile_text_is_shown_as_text(client: Client, opened: Open):
    assert ask(client, opened, company=HOSTILE, need=HOSTILE, person=HOSTILE[:40]).status_code == 302
    enquiry = Enquiry.objects.get()
    signed_in(client, opened.officer)
    for url in (
        f"/portal/enquiries/{enquiry.pk}/",
        "/portal/enquiries/",
        f"/leads/{enquiry.lead_id}/",
        "/today/",
    ):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page, url
        assert "alert(" in page, url
    back = ask(client, opened, company=HOSTILE, phone="x").content.decode()
    assert "<script>alert" not in back


def test_a_form_of_another_page_is_not_taken(opened: Open):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/p/hepan/enquiry/", ANSWERS).status_code == 403
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "12345"),
        ("phone", "13800001234<b>"),
        ("phone", ""),
        ("company", "名" * 81),
        ("need", "字" * 401),
        ("area_m2", "-3"),
        ("area_m2", "1e40"),
        ("company", "a\x00b"),
        ("consent", ""),
    ],
)
def test_what_is_wrong_is_said_by_the_field_and_nothing_typed_is_lost(
    client: Client, opened: Open, name: str, value: str
):
    answer = ask(client, opened, **{name: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "d-error" in page
    assert "周来访" in page
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    "phone", ["13800001234", "0512-67201234", "+86 13800001234", "400-800-1234", "+49 30 123456"]
)
def test_the_usual_ways_to_write_a_number_are_taken(client: Client, opened: Open, phone: str):
    assert ask(client, opened, phone=phone).status_code == 302


def test_an_enquiry_without_a_unit_and_one_by_code_are_taken(client: Client, opened: Open):
    assert client.post("/p/hepan/enquiry/", ANSWERS | {"from_code": "True"}).status_code == 302
    enquiry = Enquiry.objects.get()
    assert (enquiry.unit, enquiry.by_code) == (None, True)


def test_the_number_is_masked_until_somebody_who_may_clicks_and_that_is_recorded(
    client: Client, opened: Open
):
    enquiry = asked(opened)
    signed_in(client, opened.officer)
    url = f"/portal/enquiries/{enquiry.pk}/"
    assert "13800001234" not in client.get(url).content.decode()
    assert "138****1234" in client.get(url).content.decode()
    assert "13800001234" in client.post(f"{url}reveal/").content.decode()
    assert Change.objects.filter(scope=opened.zone.pk, verb="reveal").count() == 1
    with pytest.raises(NotAllowed):
        services.reveal_enquiry(actor=make_user(Role.STEWARD, zone=opened.zone), enquiry=enquiry)


def test_no_change_and_no_lead_keeps_the_telephone(opened: Open):
    enquiry = asked(opened)
    services.answer_enquiry(actor=opened.officer, enquiry=enquiry, answer="已回电")
    said = " ".join(str(change.data) for change in Change.objects.filter(scope=opened.zone.pk))
    lead = Lead.objects.get()
    assert "13800001234" not in f"{said}{lead.needs}{lead.source_note}"


def test_names_and_numbers_are_forgotten_when_they_are_no_longer_needed(opened: Open):
    old, new = asked(opened), asked(opened, company="另一家公司")
    for enquiry, days in ((old, 181), (new, 179)):
        services.answer_enquiry(actor=None, enquiry=enquiry, answer="已回电")
        Enquiry.objects.filter(pk=enquiry.pk).update(
            answered_at=zones.now(opened.zone) - timedelta(days=days)
        )
    assert services.forget_contacts(zone=opened.zone) == 1
    assert services.forget_contacts(zone=opened.zone) == 0
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.person, old.phone, bool(old.forgotten_at)) == ("", "", True)
    assert new.phone == "13800001234"


def test_an_officer_who_left_gets_no_lead(opened: Open):
    Door.objects.update(officer=make_user())
    opened.door.refresh_from_db()
    assert asked(opened).lead.owner is None


def test_another_zone_does_not_read_an_enquiry(opened: Open):
    asked(opened)
    assert not selectors.visible_enquiries(make_user(Role.ADMINISTRATOR)).exists()


def test_what_comes_due_by_itself_forgets_the_contacts_of_every_zone(opened: Open):
    enquiry = asked(opened)
    services.answer_enquiry(actor=None, enquiry=enquiry, answer="已回电")
    Enquiry.objects.update(answered_at=zones.now(opened.zone) - timedelta(days=181))
    kind = next(one for one in due.kinds() if one.key == "portal.contacts")
    assert (kind.run(), kind.run()) == (1, 0)


def test_the_lead_shows_what_was_asked_when_and_from_which_page(client: Client, opened: Open):
    enquiry = asked(opened, by_code=True, need="组装车间，需要行车")
    general = services.ask(
        door=opened.door, unit=None, company="青岚精密有限公司", person="周", phone="1", need="还要仓库"
    )
    assert general.lead == enquiry.lead
    page = signed_in(client, opened.officer).get(f"/leads/{enquiry.lead_id}/").content.decode()
    for shown in ("组装车间，需要行车", "还要仓库", enquiry.number, "扫码进入", str(opened.free), "待答复"):
        assert shown in page
    assert f'href="/p/hepan/units/{opened.free.pk}/"' in page
    assert 'href="/p/hepan/"' in page
    assert "13800001234" not in page
    Door.objects.update(is_open=False)
    assert "/p/hepan/" not in client.get(f"/leads/{enquiry.lead_id}/").content.decode()


def test_who_may_not_read_enquiries_sees_none_on_the_lead(opened: Open):
    enquiry = asked(opened)
    assert enquiry.lead is not None
    assert related_to(make_user(Role.LEADER), enquiry.lead) == []
    assert [group.key for group in related_to(opened.officer, enquiry.lead)] == ["enquiries"]


def test_enquiries_are_listed_and_answered_over_the_api_without_names_and_telephones(
    client: Client, opened: Open
):
    enquiry = asked(opened, by_code=True)
    api = signed_in(client, opened.officer)
    path = f"/api/v1/enquiries?zone={opened.zone.code}&waiting=true&lead_id={enquiry.lead_id}"
    body = api.get(path).content.decode()
    assert enquiry.number in body
    assert "周来访" not in body
    assert "13800001234" not in body
    here = f"/api/v1/enquiries/{enquiry.pk}"
    assert api.get(here).json()["by_code"] is True
    assert api.post(f"{here}/answer", {"answer": ""}, content_type="application/json").status_code == 422
    answered = api.post(f"{here}/answer", {"answer": "已回电"}, content_type="application/json").json()
    assert (answered["answer"], answered["answered_by"]) == ("已回电", str(opened.officer))
    assert api.get(path).json()["items"] == []
    stranger = signed_in(client, make_user(Role.LEADER))
    assert stranger.get(here).status_code == 404
