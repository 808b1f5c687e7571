"""Personal data is masked for everybody, shown on a recorded click, and written nowhere else."""

import json

import pytest
from django.urls import reverse

from tests.factories import make_department, make_user, signed_in
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.models import Contact
from zhuchao.apps.enterprises.selectors.people import mask_email
from zhuchao.apps.zones.models import Role

PHONE, MASKED, MAIL = "13812341234", "138****1234", "zhang.san@example.com"


@pytest.fixture
def contact(add, officer):
    return services.add_contact(
        actor=officer, enterprise=add(), name="张三", post="经理", phone=PHONE, email=MAIL, is_main=True
    )


@pytest.mark.parametrize(
    "role", [Role.LEADER, Role.LIAISON, Role.AUDITOR, Role.WINDOW_CLERK, Role.ADMINISTRATOR]
)
def test_a_telephone_number_is_masked_for_every_role_that_sees_contacts(contact, zone, client, role):
    page = signed_in(client, make_user(role, zone=zone)).get(
        reverse("enterprise-contacts", args=[contact.enterprise_id])
    )
    text = page.content.decode()
    assert MASKED in text
    assert PHONE not in text
    assert MAIL not in text
    reveal = reverse("enterprise-contact-reveal", args=[contact.pk])
    assert (reveal in text) == (role not in {Role.AUDITOR, Role.WINDOW_CLERK})


@pytest.mark.parametrize("role", [Role.ANALYST, Role.APPROVER])
def test_a_role_without_contacts_sees_no_tab_and_no_page(contact, zone, client, role):
    browser = signed_in(client, make_user(role, zone=zone, department=make_department(zone)))
    detail = browser.get(reverse("enterprise-detail", args=[contact.enterprise_id])).content.decode()
    assert reverse("enterprise-contacts", args=[contact.enterprise_id]) not in detail
    assert browser.get(reverse("enterprise-contacts", args=[contact.enterprise_id])).status_code == 403


def test_a_reveal_shows_the_number_and_records_who_looked(contact, browser, officer, zone):
    page = browser.post(reverse("enterprise-contact-reveal", args=[contact.pk]))
    assert PHONE in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    change = Change.objects.filter(scope=zone.pk).order_by("seq").last()
    assert (change.verb, change.actor, change.rows) == ("reveal", officer, [contact.pk])


def test_a_reveal_by_htmx_swaps_the_one_row(contact, browser):
    page = browser.post(
        reverse("enterprise-contact-reveal", args=[contact.pk]), headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert PHONE in text
    assert "<html" not in text
    assert f'id="contact-{contact.pk}"' in text


def test_a_reveal_is_a_post_and_is_not_for_everybody(contact, browser, client, zone):
    url = reverse("enterprise-contact-reveal", args=[contact.pk])
    assert browser.get(url).status_code == 405
    before = Change.objects.count()
    assert signed_in(client, make_user(Role.AUDITOR, zone=zone)).post(url).status_code == 403
    assert signed_in(client, make_user(Role.ADMINISTRATOR)).post(url).status_code == 404
    assert Change.objects.count() == before


def test_numbers_stand_in_no_change_and_in_no_search_index(contact, officer):
    services.edit_contact(actor=officer, contact=contact, phone="13900001111", email="li@example.com")
    services.reveal_contact(actor=officer, contact=contact)
    services.remove_contact(actor=officer, contact=contact)
    written = json.dumps(list(Change.objects.values_list("data", flat=True)), ensure_ascii=False)
    written += json.dumps(list(SearchDoc.objects.values("title", "detail", "text")), ensure_ascii=False)
    for private in (PHONE, "13900001111", MAIL, "li@example.com"):
        assert private not in written
    assert not Contact.objects.exists()


def test_a_stale_edit_shows_no_number(contact, officer, admin):
    services.edit_contact(actor=admin, contact=contact, phone="13900001111", post="总经理")
    with pytest.raises(Stale) as caught:
        services.edit_contact(
            actor=officer, contact=contact, seen_version=1, phone="13700000000", post="秘书"
        )
    assert set(caught.value.data["theirs"]) == {"post"}
    assert "139" not in str(caught.value.as_dict())


def test_an_empty_number_keeps_the_one_there_is_and_a_ticked_box_deletes_it(contact, browser):
    url = reverse("enterprise-contact-edit", args=[contact.pk])
    page = browser.get(url).content.decode()
    assert PHONE not in page
    assert MASKED in page
    browser.post(url, {"name": "张三丰", "post": "经理", "phone": "", "version": "1"})
    contact.refresh_from_db()
    assert (contact.name, contact.phone) == ("张三丰", PHONE)
    browser.post(url, {"name": "张三丰", "clear_phone": "on", "version": str(contact.version)})
    contact.refresh_from_db()
    assert (contact.phone, contact.email) == ("", MAIL)


def test_there_is_one_main_contact(contact, officer):
    second = services.add_contact(actor=officer, enterprise=contact.enterprise, name="李四", is_main=True)
    assert list(Contact.objects.filter(is_main=True)) == [second]
    services.edit_contact(actor=officer, contact=contact, is_main=True)
    assert list(Contact.objects.filter(is_main=True)) == [contact]


def test_a_contact_needs_a_name_that_fits(contact, officer):
    with pytest.raises(WrongInput):
        services.edit_contact(actor=officer, contact=contact, name=" ")
    with pytest.raises(WrongInput) as caught:
        services.edit_contact(actor=officer, contact=contact, phone="1" * 31)
    assert "1111" not in str(caught.value.as_dict())


def test_contacts_leave_in_full_only_with_the_right_and_on_record(contact, client, browser, zone, admin):
    url = reverse("enterprise-contact-list")
    assert MASKED in browser.get(url).content.decode()
    assert browser.get(url, {"export": "csv"}).status_code == 403

    answer = signed_in(client, admin).get(url, {"export": "csv"})
    assert PHONE in b"".join(answer.streaming_content).decode("utf-8-sig")
    change = Change.objects.filter(scope=zone.pk).order_by("seq").last()
    assert (change.verb, change.actor, change.thing) == ("export", admin, "enterprises.contact")
    assert (change.data["row_count"], "phone" in change.data["columns"]) == (1, True)


def test_a_person_who_may_not_reveal_is_refused_by_the_service_too(contact, zone):
    with pytest.raises(NotAllowed):
        services.reveal_contact(actor=make_user(Role.AUDITOR, zone=zone), contact=contact)


def test_nobody_of_another_zone_sees_a_contact(contact):
    stranger = make_user(Role.ADMINISTRATOR)
    assert selectors.contact_lines(stranger, [contact.enterprise_id]) == []


@pytest.mark.parametrize(
    ("mail", "masked"), [("wang.xm@example.com", "w***@example.com"), ("", ""), ("nonsense", "***")]
)
def test_a_mail_address_keeps_its_first_character_and_its_host(mail, masked):
    assert mask_email(mail) == masked
