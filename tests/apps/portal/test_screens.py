"""The public screen: numbers only, fresh, alive; and the register of screens."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.portal.conftest import TENANT, Open
from tests.config.reading import Page
from tests.factories import make_department, make_lead, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.portal import selectors, services
from zhuchao.apps.portal.models import Door, Screen
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.errors import NameTaken
from zhuchao.apps.zones.models import Role, User

FEED = "/p/hepan/screen.json"


def names_in(value: Any) -> set[str]:
    """Return every name at any depth of something read from JSON."""
    if isinstance(value, dict):
        return set(value) | set().union(*(names_in(one) for one in value.values()))
    return set().union(*(names_in(one) for one in value)) if isinstance(value, list) else set()


@pytest.mark.document("0-03")
def test_the_screen_needs_no_sign_in_is_a_minute_old_at_most_and_has_no_private_field(
    client: Client, opened: Open
):
    sector = make_sector(opened.zone, "光学")
    for number in range(3):
        make_lead(opened.zone, name=f"机密项目{number}", investor="机密投资方", sector=sector)
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=60"
    feed = json.loads(answer.content)
    assert names_in(feed) <= selectors.FEED_FIELDS
    text = answer.content.decode()
    for secret in (TENANT, "机密", "0.73", "老邱", "老邓", "1390000", "青岚"):
        assert secret not in text
    page = client.get("/p/hepan/screen/").content.decode()
    assert 'data-seconds="60"' in page
    assert 'http-equiv="refresh" content="60"' in page
    assert TENANT not in page


def test_the_numbers_are_those_of_the_books(opened: Open):
    Revitalisation.objects.create(
        zone=opened.zone,
        place="旧厂",
        area_m2=Decimal(1200),
        happened_on=zones.today(opened.zone),
        recorded_at=zones.now(opened.zone),
        evidence_note="合同",
    )
    feed = selectors.screen_feed(opened.zone)
    assert feed["revitalised_m2"] == 1200
    assert feed["units_to_let"] == 1
    assert [(part["state"], part["area_m2"]) for part in feed["area_by_state"]] == [("let", 300)]


def test_a_sector_with_one_or_two_leads_is_not_named(opened: Open):
    for name, count in (("光学", 3), ("机器人", 2)):
        sector = make_sector(opened.zone, name)
        for number in range(count):
            make_lead(opened.zone, name=f"{name}{number}", sector=sector)
    make_lead(opened.zone, name="已签", stage="signed")
    feed = selectors.screen_feed(opened.zone)
    assert feed["leads_by_sector"] == [{"sector": "光学", "leads": 3}, {"sector": "其他", "leads": 2}]
    assert feed["open_leads"] == 5


def test_what_has_not_changed_is_not_sent_again(client: Client, opened: Open):
    opened.zone.demo_day, opened.zone.demo_started_at = zones.today(opened.zone), zones.now(opened.zone)
    opened.zone.save()
    etag = client.get(FEED)["ETag"]
    again = client.get(FEED, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    make_lead(opened.zone)
    assert client.get(FEED, headers={"if-none-match": etag}).status_code == 200


def test_a_zone_that_shows_no_screen_has_none(client: Client, opened: Open):
    Door.objects.update(shows_screen=False)
    for url in (FEED, "/p/hepan/screen/"):
        assert client.get(url).status_code == 404
    assert client.post(FEED).status_code == 405


def test_the_wall_is_one_whole_page_in_both_languages(client: Client, opened: Open):
    for language in ("zh-hans", "en"):
        page = Page.read(
            client.get("/p/hepan/screen/", headers={"accept-language": language}).content.decode()
        )
        assert (page.headings, page.language) == (1, language)


def test_a_registered_screen_is_heard_of_by_its_secret_only(client: Client, opened: Open):
    screen = services.add_screen(actor=None, zone=opened.zone, name="东广场", place="东广场")
    url = f"/p/hepan/screens/{screen.key}/heartbeat/"
    assert f'data-beat="{url}"' in client.get(f"/p/hepan/screen/?key={screen.key}").content.decode()
    assert client.post("/p/hepan/screens/guessed/heartbeat/").status_code == 404
    assert Client(enforce_csrf_checks=True).post(url).status_code == 204
    first = Screen.objects.get().heard_at
    assert first is not None
    services.hear_screen(zone=opened.zone, key=screen.key)
    assert Screen.objects.get().heard_at == first
    with pytest.raises(NotFound):
        services.hear_screen(zone=make_zone(), key=screen.key)


@pytest.mark.parametrize("key", ["../../x", "a/b", "%00", '"><script>', "好"])
def test_a_key_that_is_none_makes_no_address(client: Client, opened: Open, key: str):
    page = client.get("/p/hepan/screen/", {"key": key}).content.decode()
    assert "data-beat" not in page


def test_the_register_is_kept_by_those_who_may(opened: Open):
    screen = services.add_screen(
        actor=opened.officer,
        zone=opened.zone,
        name="东广场",
        place="东广场",
        width_m=Decimal(30),
        height_m=Decimal("16.5"),
        owner=make_department(opened.zone, name="运营公司"),
    )
    assert (screen.area_m2, screen.owned_by) == (Decimal("495.00"), "运营公司")
    with pytest.raises(NameTaken):
        services.add_screen(actor=None, zone=opened.zone, name="东广场", place="另一处")
    for wrong in ({"width_m": Decimal(0)}, {"place": " "}, {"owner": make_department()}):
        with pytest.raises(WrongInput):
            services.change_screen(actor=None, screen=screen, version=None, **wrong)
    with pytest.raises(NotAllowed):
        services.remove_screen(actor=make_user(Role.ANALYST, zone=opened.zone), screen=screen)
    services.remove_screen(actor=opened.officer, screen=screen)
    assert not Screen.objects.exists()


def test_the_pages_of_the_register_work(client: Client, opened: Open):
    signed_in(client, opened.officer)
    values = {"name": "东广场", "place": "东广场", "shows": "feed", "width_m": "30", "height_m": "16"}
    answer = client.post("/portal/screens/add/", values)
    screen = Screen.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert f"?key={screen.key}" in page
    assert "未接入" in client.get("/portal/screens/").content.decode()
    changed = values | {"place": "西广场", "version": str(screen.version)}
    assert client.post(f"/portal/screens/{screen.pk}/edit/", changed).status_code == 302
    assert Screen.objects.get().place == "西广场"
    signed_in(client, make_user(Role.ANALYST, zone=opened.zone))
    assert screen.key not in client.get(f"/portal/screens/{screen.pk}/").content.decode()
    assert client.post(f"/portal/screens/{screen.pk}/remove/").status_code == 403


def test_a_screen_that_fell_silent_stands_on_the_desk_of_who_sees_to_the_pages_until_it_is_heard_again(
    opened: Open,
):
    administrator = make_user(Role.ADMINISTRATOR, zone=opened.zone)
    screen = services.add_screen(actor=None, zone=opened.zone, name="门口屏", place="一号门")
    services.add_screen(actor=None, zone=opened.zone, name="从未接入", place="二号门")

    analyst = make_user(Role.ANALYST, zone=opened.zone)

    def shown(person: User = administrator) -> list[str]:
        cards, _snoozed = cards_for(person, opened.zone)
        return [card.title for card in cards if card.key.startswith("screen:")]

    assert shown() == []
    Screen.objects.filter(pk=screen.pk).update(heard_at=timezone.now() - timedelta(minutes=11))
    assert shown() == ["大屏“门口屏”失联"]
    assert shown(analyst) == []
    services.hear_screen(zone=opened.zone, key=screen.key)
    assert shown() == []
