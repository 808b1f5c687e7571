"""Accounts, roles, the last administrator, and what one sees of another's phone."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import make_department, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import AccountOfSeveralZones, LastAdministrator, NameTaken
from zhuchao.apps.zones.models import Department, Membership, Role, User
from zhuchao.apps.zones.selectors import Thing, Verb

PHONE = "13812345678"


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_changed(page, zone, client):
    values = {
        "display_name": "李四",
        "username": "lisi",
        "role": Role.STEWARD,
        "phone": PHONE,
        "skills": "日语、集成电路",
    }
    shown = page.post("/people/add/", values)
    person = User.objects.get(username="lisi")
    password = shown.content.decode().split("<code>")[1].split("</code>")[0]
    assert shown["Cache-Control"].startswith("max-age=0")
    assert person.check_password(password)
    assert person.skills == ["日语", "集成电路"]
    assert password not in "".join(str(change.data) for change in Change.objects.all())
    assert password not in page.get(f"/people/{person.pk}/").content.decode()
    fresh = type(client)()
    fresh.post("/accounts/login/", {"login": "lisi", "password": password})
    assert fresh.get("/people/").headers["Location"] == "/accounts/password/change/"
    assert fresh.get("/api/v1/zones").json()["code"] == "password_must_be_changed"
    change = {"oldpassword": password, "password1": "une nouvelle phrase", "password2": "une nouvelle phrase"}
    fresh.post("/accounts/password/change/", change)
    assert fresh.get("/people/").status_code == 200


def test_a_one_time_password_runs_out(admin, zone, client):
    person, password = services.add_person(
        actor=admin, zone=zone, username="lisi", display_name="李四", role=Role.STEWARD
    )
    User.objects.filter(pk=person.pk).update(password_expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post("/accounts/login/", {"login": "lisi", "password": password}, follow=True)
    assert "初始密码已过有效期" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_sign_in_name_is_taken_once_whatever_its_case(admin, zone):
    make_user(username="Lisi")
    with pytest.raises(NameTaken):
        services.add_person(actor=admin, zone=zone, username="lisi", display_name="李四", role=Role.STEWARD)


def test_a_new_password_ends_the_sessions_of_the_old_one(admin, zone, client):
    person = make_user(Role.STEWARD, zone=zone)
    browser = signed_in(client, person)
    assert browser.get("/me/").status_code == 200
    password = services.reset_password(actor=admin, person=person)
    assert browser.get("/me/").headers["Location"].startswith("/accounts/login/")
    person.refresh_from_db()
    assert person.check_password(password)
    assert Change.objects.get(verb="reset_password").data == {}


def test_an_administrator_of_one_zone_cannot_take_over_an_account_of_another(admin, zone):
    other = make_zone()
    person = make_user(Role.STEWARD, zone=zone)
    services.add_membership(actor=None, zone=other, person=person, role=Role.ADMINISTRATOR)
    for verb in (services.reset_password, services.deactivate_person):
        with pytest.raises(AccountOfSeveralZones):
            verb(actor=admin, person=person)
    with pytest.raises(NotAllowed):
        services.reset_password(actor=admin, person=make_user(Role.STEWARD, zone=other))


def test_a_role_to_come_elsewhere_also_keeps_an_account_from_its_present_administrator(admin, zone):
    person = make_user(Role.STEWARD, zone=zone)
    Membership.objects.create(
        user=person, zone=make_zone(), role=Role.ADMINISTRATOR, since=timezone.localdate() + timedelta(days=9)
    )
    assert not selectors.people.manages(admin, person)


def test_a_closed_account_is_signed_out_and_its_keys_open_nothing(admin, zone, client):
    person = make_user(Role.STEWARD, zone=zone)
    _token, key = services.create_token(actor=person, name="大屏")
    browser = signed_in(client, person)
    services.deactivate_person(actor=admin, person=person)
    assert browser.get("/me/").status_code == 302
    assert services.use_token(key) is None
    services.reactivate_person(actor=admin, person=person)
    assert services.use_token(key) == person


def test_the_last_administrator_cannot_be_removed_by_any_way(zone, admin):
    membership = admin.memberships.get()
    with pytest.raises(LastAdministrator):
        services.end_membership(actor=admin, membership=membership)
    with pytest.raises(LastAdministrator):
        services.deactivate_person(actor=admin, person=admin)
    second = make_user(Role.ADMINISTRATOR, zone=zone)
    services.end_membership(actor=second, membership=membership)
    assert not selectors.may(User.objects.get(pk=admin.pk), Verb.MANAGE, Thing.PERSON, zone)
    with pytest.raises(LastAdministrator):
        services.deactivate_person(actor=second, person=second)


def test_an_administrator_whose_role_will_end_does_not_count_as_the_one_who_stays(zone, admin):
    second = make_user(Role.ADMINISTRATOR, zone=zone)
    Membership.objects.filter(user=second).update(until=timezone.localdate() + timedelta(days=3))
    with pytest.raises(LastAdministrator):
        services.end_membership(actor=admin, membership=admin.memberships.get())


def test_an_administrator_from_above_counts(zone):
    low = make_zone(parent=zone)
    make_user(Role.ADMINISTRATOR, zone=zone)
    alone = make_user(Role.ADMINISTRATOR, zone=low)
    services.end_membership(actor=alone, membership=alone.memberships.get())
    assert not selectors.may(alone, Verb.VIEW, Thing.ZONE, low)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_once_leave_one():
    zone = make_zone()
    people = [make_user(Role.ADMINISTRATOR, zone=zone) for _n in range(2)]
    refused: list[Exception] = []

    def remove(actor: User, other: User) -> None:
        try:
            services.end_membership(actor=actor, membership=other.memberships.get())
        except (LastAdministrator, NotAllowed, NotFound) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=remove, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert selectors.people.open_now().filter(role=Role.ADMINISTRATOR).count() == 1


def test_a_role_is_held_once_and_given_again_changes_nothing(admin, zone):
    person = make_user(Role.STEWARD, zone=zone)
    before = Change.objects.count()
    again = services.add_membership(actor=admin, zone=zone, person=person, role=Role.STEWARD)
    assert again == person.memberships.get()
    assert Change.objects.count() == before


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.APPROVER])
def test_an_operators_and_an_approvers_role_is_of_a_department(admin, zone, role):
    person = make_user(Role.LIAISON, zone=zone)
    with pytest.raises(WrongInput):
        services.add_membership(actor=admin, zone=zone, person=person, role=role)
    with pytest.raises(WrongInput):
        services.add_membership(
            actor=admin,
            zone=zone,
            person=person,
            role=role,
            department=make_department(kind=Department.Kind.DEVELOPER),
        )


def test_an_operators_department_is_a_developer(admin, zone):
    person, office = make_user(Role.LIAISON, zone=zone), make_department(zone)
    with pytest.raises(WrongInput):
        services.add_membership(actor=admin, zone=zone, person=person, role=Role.OPERATOR, department=office)


def test_a_role_ends_at_once_or_with_the_day_that_is_said(admin, zone):
    person = make_user(Role.STEWARD, zone=zone)
    membership = person.memberships.get()
    today = timezone.localdate()
    services.end_membership(actor=admin, membership=membership, on=today)
    assert selectors.may(User.objects.get(pk=person.pk), Verb.VIEW, Thing.SITE, zone)
    services.end_membership(actor=admin, membership=membership)
    assert not selectors.may(User.objects.get(pk=person.pk), Verb.VIEW, Thing.SITE, zone)


def test_a_role_of_today_that_ends_at_once_is_taken_back_and_the_log_says_so(admin, zone):
    person = make_user()
    membership = services.add_membership(actor=admin, zone=zone, person=person, role=Role.STEWARD)
    services.end_membership(actor=admin, membership=membership)
    assert not Membership.objects.filter(user=person).exists()
    assert Change.objects.filter(verb="take_back_role").count() == 1


def test_a_phone_is_masked_until_an_audited_click(zone, client):
    person = make_user(Role.LIAISON, zone=zone, phone=PHONE)
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    browser = signed_in(client, officer)
    text = browser.get(f"/people/{person.pk}/").content.decode()
    assert "138****5678" in text
    assert PHONE not in text
    assert not Change.objects.filter(verb="reveal").exists()
    assert browser.get(f"/people/{person.pk}/reveal/").status_code == 405
    shown = browser.post(f"/people/{person.pk}/reveal/", headers={"HX-Request": "true"})
    assert PHONE in shown.content.decode()
    assert "<html" not in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    change = Change.objects.get(verb="reveal")
    assert (change.actor_id, change.scope, change.rows) == (officer.pk, zone.pk, [person.pk])
    assert PHONE not in str(change.data)


def test_a_role_without_reveal_gets_no_button_and_is_refused(zone, client):
    person = make_user(Role.LIAISON, zone=zone, phone=PHONE)
    browser = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    assert "/reveal/" not in browser.get(f"/people/{person.pk}/").content.decode()
    assert browser.post(f"/people/{person.pk}/reveal/").status_code == 403
    assert not Change.objects.exists()


def test_a_changed_phone_stands_masked_in_the_log(admin, zone):
    person = make_user(Role.LIAISON, zone=zone, phone=PHONE)
    services.edit_person(actor=admin, person=person, seen_version=person.version, phone="13900001111")
    assert Change.objects.get(verb="edit").data == {"changes": {"phone": ["138****5678", "139****1111"]}}


def test_a_profile_form_never_shows_the_number_and_a_blank_leaves_it(page, zone):
    person = make_user(Role.LIAISON, zone=zone, phone=PHONE)
    path = f"/people/{person.pk}/edit/"
    assert PHONE not in page.get(path).content.decode()
    values = {
        "display_name": "王五",
        "title": "科长",
        "skills": "日语",
        "phone": "",
        "version": person.version,
    }
    assert page.post(path, values).status_code == 302
    person.refresh_from_db()
    assert (person.display_name, person.phone, person.skills) == ("王五", PHONE, ["日语"])
    page.post(path, values | {"forget_phone": "on", "version": person.version})
    person.refresh_from_db()
    assert person.phone == ""


def test_anybody_may_change_their_own_phone_but_not_their_name(zone, client):
    person = make_user(Role.AUDITOR, zone=zone, phone=PHONE)
    browser = signed_in(client, person)
    values = {
        "title": "科员",
        "phone": "13900001111",
        "skills": "",
        "version": person.version,
        "display_name": "别人",
    }
    assert browser.post("/me/edit/", values).status_code == 302
    name = person.display_name
    person.refresh_from_db()
    assert (person.phone, person.display_name) == ("13900001111", name)
    with pytest.raises(NotAllowed):
        services.edit_person(actor=person, person=person, seen_version=None, display_name="别人")
