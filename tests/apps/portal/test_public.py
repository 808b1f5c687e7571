"""The public pages: what they show, what they never show, and to whom they do not exist."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client

from tests.apps.portal.conftest import TENANT, Open
from tests.config.reading import Page
from tests.factories import make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound
from zhuchao.apps.portal import selectors, services
from zhuchao.apps.portal.errors import DoorNotReady
from zhuchao.apps.portal.models import Door, Listing
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.services import add_picture, change_picture
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.errors import NameTaken
from zhuchao.apps.zones.models import Role

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_anybody_sees_the_free_units_of_published_sites_and_no_others(client: Client, opened: Open):
    page = text(client, "/p/hepan/")
    assert f"/p/hepan/units/{opened.free.pk}/" in page
    for unit in (opened.taken, opened.withheld, opened.hidden):
        assert f"/p/hepan/units/{unit.pk}/" not in page
    assert "内部仓库" not in page


def test_the_code_of_the_zone_leads_to_its_door_too(client: Client, opened: Open):
    assert "河畔产业园" in text(client, "/p/river/")


def test_guessing_the_id_of_another_unit_gives_what_a_missing_one_gives(client: Client, opened: Open):
    elsewhere = make_unit(make_site(make_zone(), name="别处"))
    Listing.objects.create(zone=elsewhere.zone, site=elsewhere.site, is_published=True)
    guesses = [opened.taken.pk, opened.withheld.pk, opened.hidden.pk, elsewhere.pk, 987654321]
    for end in ("", "poster/", "enquiry/", "qr.svg"):
        answers = [client.get(f"/p/hepan/units/{pk}/{end}") for pk in guesses]
        assert {answer.status_code for answer in answers} == {404}
        said = {tuple(Page.read(answer.content.decode()).words) for answer in answers}
        assert len(said) == 1


def test_a_closed_door_does_not_exist_for_anybody(client: Client, opened: Open):
    Door.objects.update(is_open=False)
    for end in ("", f"units/{opened.free.pk}/", "enquiry/"):
        assert client.get(f"/p/hepan/{end}").status_code == 404
    signed_in(client, make_user(Role.ADMINISTRATOR, zone=opened.zone))
    assert client.get("/p/hepan/").status_code == 404


def test_the_unit_page_shows_public_facts_and_the_plan_without_tenants(client: Client, opened: Open):
    page = text(client, f"/p/hepan/units/{opened.free.pk}/")
    for word in ("650 ㎡", "1.25 元/㎡·天", "5.4 m", "装配", "临水厂房", "102", "不可租", "河畔"):
        assert word in page, word
    assert TENANT not in page


def test_rent_floor_tenure_tenants_and_people_stand_nowhere_on_a_public_page(client: Client, opened: Open):
    for url in (
        "/p/",
        "/p/hepan/",
        f"/p/hepan/units/{opened.free.pk}/",
        f"/p/hepan/units/{opened.free.pk}/poster/",
    ):
        page = text(client, url)
        for secret in ("0.73", "集体", TENANT, "老邱", "老邓", "13900007315", "13900007316"):
            assert secret not in page, (url, secret)


def test_who_uses_the_space_is_not_found_by_searching_for_it(client: Client, opened: Open):
    assert not list(selectors.find_units(Unit.objects.all(), {"q": TENANT}))
    assert "没有符合条件的房源" in text(client, f"/p/hepan/?q={TENANT}")


def test_filters_narrow_by_kind_area_rent_site_day_and_word(opened: Open):
    on = zones.today(opened.zone)
    later = make_unit(
        opened.site,
        name="二期",
        kind=Unit.Kind.OFFICE,
        gross_area_m2=Decimal(80),
        state=Unit.State.LET,
        available_on=on + timedelta(days=30),
    )
    rows = selectors.public_units(opened.zone, on)
    asked = {
        ("kind", "office"): [later],
        ("area_from", Decimal(100)): [opened.free],
        ("area_to", Decimal(100)): [later],
        ("rent_to", Decimal(2)): [opened.free],
        ("site", opened.site): [later, opened.free],
        ("on", on): [opened.free],
        ("q", "河滨路"): [later, opened.free],
        ("q", "二期"): [later],
        ("sort", "-area"): [opened.free, later],
    }
    for (name, value), wanted in asked.items():
        assert list(selectors.find_units(rows, {name: value})) == wanted, name


def test_space_that_will_be_free_is_shown_half_a_year_before_and_says_from_when(client: Client, opened: Open):
    on = zones.today(opened.zone)
    for name, days in (("早", 180), ("晚", 181)):
        make_unit(opened.site, name=name, state=Unit.State.RESERVED, available_on=on + timedelta(days=days))
    make_unit(opened.site, name="签", state=Unit.State.SIGNED, available_on=on + timedelta(days=9))
    names = {unit.name for unit in selectors.public_units(opened.zone, on)}
    assert names == {"101", "早"}
    assert f"{on + timedelta(days=180)} 起可用" in text(client, "/p/hepan/")


@pytest.mark.parametrize(
    "query",
    ["area_from=x", "kind=nothing", "site=-1", "on=9999-99-99", "page=x&sort=y", "q=%00", "area_to=1e400"],
)
def test_what_cannot_be_read_of_a_question_does_not_break_the_page(client: Client, opened: Open, query: str):
    assert "河畔产业园" in text(client, f"/p/hepan/?{query}")


def test_every_unit_has_a_code_that_leads_to_it_and_a_poster_that_bears_it(client: Client, opened: Open):
    url = f"/p/hepan/units/{opened.free.pk}/"
    answer = client.get(f"{url}qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")
    poster = text(client, f"{url}poster/")
    assert "<svg" in poster
    assert "0512-67201234" in poster


def test_pages_are_small_whole_and_without_scripts_in_both_languages(client: Client, opened: Open):
    for number in range(30):
        make_unit(opened.site, name=f"厂房{number}")
    for language in ("zh-hans", "en"):
        for url in (
            "/p/",
            "/p/hepan/",
            f"/p/hepan/units/{opened.free.pk}/",
            "/p/hepan/enquiry/",
            f"/p/hepan/units/{opened.free.pk}/poster/",
        ):
            answer = client.get(url, headers={"accept-language": language})
            page = Page.read(answer.content.decode())
            assert (page.headings, page.language) == (1, language), url
            assert len(answer.content) < 50_000, url
            assert b"<script" not in answer.content


def test_programs_may_keep_published_pages_and_no_others(client: Client, opened: Open):
    assert "noindex" not in text(client, "/p/hepan/")
    for url in ("/p/hepan/?q=101", "/p/hepan/enquiry/", f"/p/hepan/units/{opened.free.pk}/poster/"):
        assert "noindex" in text(client, url)
    robots = text(client, "/robots.txt")
    assert "Disallow: /\n" in robots
    assert "Allow: /p/" in robots


def test_a_list_costs_the_same_for_many_units(client: Client, opened: Open, django_assert_max_num_queries):
    for number in range(30):
        make_unit(opened.site, name=f"厂房{number}")
    with django_assert_max_num_queries(8):
        client.get("/p/hepan/")


def test_a_door_opens_only_with_a_telephone_and_a_word_on_privacy_and_only_by_an_administrator():
    zone = make_zone()
    officer, admin = (make_user(role, zone=zone) for role in (Role.PROMOTION_OFFICER, Role.ADMINISTRATOR))
    door = services.set_door(actor=officer, zone=zone, version=None, slug="new")
    with pytest.raises(DoorNotReady):
        services.open_door(actor=admin, door=door)
    door = services.set_door(actor=officer, zone=zone, version=door.version, phone="0512-1", privacy="说明")
    with pytest.raises(NotAllowed):
        services.open_door(actor=officer, door=door)
    assert services.open_door(actor=admin, door=door).is_open
    assert not services.close_door(actor=admin, door=door).is_open


def test_the_address_of_another_zone_is_not_taken(opened: Open):
    zone = make_zone()
    for slug in ("hepan", "river"):
        with pytest.raises(NameTaken):
            services.set_door(actor=None, zone=zone, version=None, slug=slug)


def test_withdrawing_a_site_takes_its_units_and_pictures_from_the_pages(client: Client, opened: Open):
    picture = add_picture(
        actor=None, site=opened.site, kind="photo", name="a.png", content=BytesIO(PNG), is_public=True
    )
    url = f"/p/hepan/pictures/{picture.pk}/"
    assert client.get(url)["Content-Type"] == "image/png"
    services.list_site(actor=None, site=opened.site, is_published=False)
    assert client.get(url).status_code == 404
    assert client.get(f"/p/hepan/units/{opened.free.pk}/").status_code == 404


def test_the_picture_of_a_unit_that_is_not_public_is_not_either(client: Client, opened: Open):
    picture = add_picture(
        actor=None,
        site=opened.site,
        unit=opened.taken,
        kind="plan",
        name="a.png",
        content=BytesIO(PNG),
        is_public=True,
    )
    assert client.get(f"/p/hepan/pictures/{picture.pk}/").status_code == 404


def test_the_public_sees_only_the_pictures_that_are_marked_so(client: Client, opened: Open):
    said = {"actor": None, "site": opened.site, "name": "a.png"}
    kept = add_picture(**said, kind="photo", content=BytesIO(PNG), caption="内部照片")
    shown = add_picture(**said, kind="plan", content=BytesIO(PNG), caption="总平面", is_public=True)
    page = text(client, f"/p/hepan/units/{opened.free.pk}/")
    assert f"/p/hepan/pictures/{shown.pk}/" in page
    assert f"/p/hepan/pictures/{kept.pk}/" not in page
    assert client.get(f"/p/hepan/pictures/{kept.pk}/").status_code == 404
    change_picture(actor=None, picture=kept, version=None, is_public=True)
    assert client.get(f"/p/hepan/pictures/{kept.pk}/").status_code == 200
    assert 'alt="内部照片"' in text(client, f"/p/hepan/units/{opened.free.pk}/")


def test_a_brand_is_only_a_setting(client: Client, opened: Open):
    assert "<b>河畔</b>" in text(client, "/p/hepan/")
    opened.zone.service_brands = {"premises": "河e空间"}
    opened.zone.save()
    assert "<b>河e空间</b>" in text(client, "/p/hepan/")


def test_officers_publish_and_keep_back_through_the_pages(client: Client, opened: Open):
    signed_in(client, make_user(Role.ADMINISTRATOR, zone=opened.zone))
    assert (
        client.post(f"/portal/sites/{opened.hidden.site_id}/edit/", {"is_published": "on"}).status_code == 302
    )
    assert opened.hidden in selectors.public_units(opened.zone, zones.today(opened.zone))
    assert client.post(f"/portal/units/{opened.hidden.pk}/", {"is_withheld": "on"}).status_code == 302
    assert opened.hidden not in selectors.public_units(opened.zone, zones.today(opened.zone))
    for url in (
        "/portal/",
        "/portal/sites/",
        f"/portal/sites/{opened.site.pk}/",
        "/portal/edit/",
        "/portal/close/",
    ):
        assert client.get(url).status_code == 200, url


def test_what_is_not_open_is_not_found():
    with pytest.raises(NotFound):
        selectors.open_door("nowhere")
