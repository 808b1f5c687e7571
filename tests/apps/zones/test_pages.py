"""The pages of zones: who may open them, what they say, and what they cost."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_department, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.zones import services
from zhuchao.apps.zones.models import Membership, Role, Zone

START = date(2026, 3, 2)
# Every list and detail page, and the most queries it may take: the frame of a page takes six of them (session,
# person, their roles, the tree, the zones they see, the language of the page takes none).
PAGES = {
    "/me/": 13,
    "/settings/zones/": 11,
    "/settings/zones/{zone}/": 12,
    "/settings/departments/": 14,
    "/settings/departments/{department}/": 18,
    "/people/": 16,
    "/people/{person}/": 18,
    "/people/load/": 17,
    "/duty/?month=2026-03": 20,
    "/settings/sectors/": 14,
    "/settings/sectors/{sector}/": 11,
    "/settings/catalogue/": 11,
    "/settings/alliances/": 12,
    "/settings/alliances/{alliance}/": 12,
    "/settings/tokens/": 14,
    "/settings/changes/": 14,
    "/settings/changes/{change}/": 11,
    "/settings/changes/verify/": 16,
}


def fill(zone: Zone, admin, n: int) -> dict[str, int]:
    """Put ``n`` more rows behind every page of a zone; return ids for the addresses."""
    people = []
    for m in range(n):
        department = make_department(zone)
        person = make_user(Role.PROMOTION_OFFICER, zone=zone, department=department, phone="13812345678")
        people.append(person)
        services.assign(
            actor=None, zone=zone, thing="promotion.lead", row_id=10 * n + m, label="线索", officer=people[0]
        )
        services.add_shift(actor=None, zone=zone, day=START + timedelta(days=m), officer=person)
        services.add_catalogue_item(actor=None, zone=zone, kind="talent", title=f"条目{n}-{m}")
        services.create_alliance(actor=None, code=f"ally-{n}-{m}", name="盟", lead_zone=zone)
        services.create_token(actor=admin, name="大屏")
        sector = make_sector(zone)
        below = make_zone(parent=zone)
        Membership.objects.create(user=people[0], zone=below, role=Role.ANALYST, since=START)
    alliance = services.create_alliance(actor=None, code=f"big-{n}", name="大盟", lead_zone=zone)
    for code in Zone.objects.filter(parent=zone).values_list("code", flat=True):
        services.add_member(actor=None, alliance=alliance, code=code)
    return {
        "zone": zone.pk,
        "department": people[0].memberships.filter(department__isnull=False).get().department_id,
        "person": people[0].pk,
        "sector": sector.pk,
        "alliance": alliance.pk,
        "change": Change.objects.filter(scope=zone.pk).latest("pk").pk,
    }


@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_the_same_for_many_rows_as_for_few(page, zone, admin, address):
    costs = []
    for n in (2, 7):
        url = address.format(**fill(zone, admin, n))
        page.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert page.get(url).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[1] <= PAGES[address]


@pytest.mark.parametrize("role", Role)
def test_every_tab_that_a_role_is_shown_opens_for_it(zone, client, role):
    browser = signed_in(client, make_user(role, zone=zone, department=make_department(zone)))
    answer = browser.get("/settings/", follow=True)
    if role in (Role.ENTERPRISE_MEMBER, Role.PUBLIC):
        assert answer.status_code in (200, 404)
        return
    assert answer.status_code == 200
    for _key, label, url, _here in answer.context["settings_tabs"]:
        shown = browser.get(url)
        assert shown.status_code == 200, label


def test_the_settings_stand_in_the_navigation_with_the_roster_below(page):
    text = page.get("/settings/zones/").content.decode()
    assert 'href="/settings/"' in text
    assert 'href="/duty/"' in text


def test_the_tree_shows_a_zone_below_the_one_it_hangs_from(page, zone, admin):
    low = services.add_zone(
        actor=admin, code="low", name="下级园区", short_name="下", kind="park", parent=zone
    )
    text = page.get("/settings/zones/").content.decode()
    assert text.index("平江街道</a>") < text.index("下级园区</a>")
    assert page.get(f"/settings/zones/{low.pk}/").status_code == 200


def test_a_zone_is_added_through_its_page(page, zone):
    values = {
        "code": "low",
        "name": "下级园区",
        "short_name": "下",
        "kind": "park",
        "parent": zone.pk,
        "money_unit": "万元",
    }
    assert page.post("/settings/zones/add/", values).status_code == 302
    assert Zone.objects.get(code="low").parent == zone
    again = page.post("/settings/zones/add/", values)
    assert again.status_code == 422
    assert 'value="下级园区"' in again.content.decode()


def test_an_administrator_of_a_low_zone_does_not_move_it_by_editing_its_name(client):
    top = make_zone()
    low = make_zone(parent=top)
    browser = signed_in(client, make_user(Role.ADMINISTRATOR, zone=low))
    values = {
        "name": "新名",
        "short_name": "新",
        "kind": "park",
        "money_unit": "万元",
        "version": low.version,
    }
    assert browser.post(f"/settings/zones/{low.pk}/edit/", values).status_code == 302
    low.refresh_from_db()
    assert (low.name, low.parent) == ("新名", top)


def test_the_account_page_leads_to_password_second_factor_sessions_and_language(page):
    text = page.get("/me/").content.decode()
    for url in ("/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/", "/settings/tokens/"):
        assert f'href="{url}"' in text
    assert page.post("/i18n/setlang/", {"language": "en", "next": "/me/"}).headers["Location"] == "/me/"
    assert "My account" in page.get("/me/").content.decode()


def test_the_person_menu_and_the_bottom_bar_lead_to_ones_own_page(page):
    text = page.get("/duty/").content.decode()
    menu, bottom = text[: text.index('<nav class="z-bottom"')], text[text.index('<nav class="z-bottom"') :]
    assert '<a href="/me/">' in menu
    assert '<a href="/me/">' in bottom
    for path in ("/me/", "/me/edit/", "/accounts/sessions/"):
        assert '<a href="/me/" aria-current="page">' in page.get(path).content.decode()


def test_a_person_who_works_nowhere_is_told_so_and_sees_nothing(client):
    browser = signed_in(client, make_user())
    assert browser.get("/me/").status_code == 200
    for path in ("/settings/zones/", "/people/", "/duty/"):
        assert browser.get(path).status_code in (200, 404)
    assert browser.get("/people/").status_code == 404


def test_the_people_list_is_searched_filtered_and_exported_with_masked_phones(page, zone):
    make_user(Role.STEWARD, zone=zone, display_name="欧阳明月", phone="13812345678", skills=["日语"])
    make_user(Role.LIAISON, zone=zone, display_name="司马青", username="simaqing")
    for query, found in (("q=明月", "欧阳明月"), ("q=simaq", "司马青"), ("role=steward", "欧阳明月")):
        text = page.get(f"/people/?{query}").content.decode()
        assert found in text
        assert ("司马青" in text) is (found == "司马青")
    export = page.get("/people/?export=csv&cols=name,phone")
    text = b"".join(export.streaming_content).decode("utf-8-sig")
    assert "138****5678" in text
    assert "13812345678" not in text


def test_a_zone_is_switched_by_its_address_and_kept(client):
    one, two = make_zone("one", name="第一街道"), make_zone("two", name="第二街道")
    person = make_user(Role.LEADER, zone=one)
    services.add_membership(actor=None, zone=two, person=person, role=Role.LEADER)
    browser = signed_in(client, person)
    assert browser.get("/duty/?zone=two").status_code == 200
    assert browser.session["zone"] == "two"
    assert 'data-zone="two"' in browser.get("/duty/").content.decode()
    answer = browser.get("/duty/?zone=nowhere")
    assert answer.status_code == 404
    assert "找不到辖区" in answer.content.decode()
    assert 'data-zone="two"' in browser.get("/duty/").content.decode()


def test_a_role_is_added_and_ended_through_the_pages(page, zone):
    person = make_user(Role.LIAISON, zone=zone)
    assert page.post(f"/people/{person.pk}/roles/add/", {"role": "steward"}).status_code == 302
    membership = person.memberships.get(role=Role.STEWARD)
    assert page.post(f"/people/roles/{membership.pk}/end/", {"on": "2999-12-31"}).status_code == 302
    membership.refresh_from_db()
    assert membership.until == date(2999, 12, 31)


def test_the_last_administrator_is_told_what_to_do_on_the_form_itself(page, admin):
    answer = page.post(f"/people/roles/{admin.memberships.get().pk}/end/", {})
    assert answer.status_code == 422
    assert "请先指定另一名管理员" in answer.content.decode()


def test_an_account_is_closed_opened_and_given_a_new_password_through_the_pages(page, zone):
    person = make_user(Role.LIAISON, zone=zone)
    assert "还有0项在办事项" in page.get(f"/people/{person.pk}/deactivate/").content.decode()
    page.post(f"/people/{person.pk}/deactivate/")
    person.refresh_from_db()
    assert not person.is_active
    page.post(f"/people/{person.pk}/reactivate/")
    shown = page.post(f"/people/{person.pk}/reset/").content.decode()
    person.refresh_from_db()
    assert person.check_password(shown.split("<code>")[1].split("</code>")[0])


@pytest.mark.parametrize(
    "path",
    [
        "zones/add",
        "zones/{zone}/edit",
        "zones/{zone}/brand",
        "departments/add",
        "sectors/add",
        "catalogue/add",
    ],
)
def test_a_form_is_shown_without_complaint_and_sent_empty_it_says_what_is_missing(page, zone, path):
    url = f"/settings/{path.format(zone=zone.pk)}/"
    shown = page.get(url)
    assert shown.status_code == 200
    assert "is-invalid" not in shown.content.decode()
    refused = page.post(url, {})
    assert refused.status_code == 422
    assert "is-invalid" in refused.content.decode()
