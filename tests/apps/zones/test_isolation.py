"""Zone A reads nothing of zone B: through every page and API that names a row, list, search, export and file."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import path
from pytest_django import DjangoDbBlocker

from tests.apps.zones import isolation
from tests.apps.zones.isolation import (
    SECRET,
    SHARED,
    WAITING,
    WORD,
    Address,
    addresses,
    assert_isolated,
    text_of,
)
from tests.factories import make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable
from zhuchao.apps.zones.models import Role, User, Zone

NAMING = sorted(
    {one.route: one for one in addresses() if one.placeholders and one.name not in SHARED}.values(),
    key=lambda one: one.route,
)
PLAIN = sorted(
    {one.route: one for one in addresses() if not one.placeholders}.values(), key=lambda one: one.route
)
REAL = [one for one in NAMING if not one.is_api and one.name not in WAITING]
LISTS = [one for one in PLAIN if not one.is_api and not one.route.endswith(("add/", "setup/"))]
API_LISTS = [
    one for one in PLAIN if one.is_api and one.name not in ("openapi-json", "openapi-view", "api-root")
]


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[int, int, int]]:
    """Keep two zones for all tests of this file: one with an administrator, one with a row of every kind.

    Return the ids of both zones and of the administrator. What a test itself writes is rolled back behind it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        zone_a, zone_b = make_zone("zone-a"), make_zone("zone-b")
        administrator = make_user(Role.ADMINISTRATOR, zone=zone_a)
        isolation.fill(zone_b)
        yield zone_a.pk, zone_b.pk, administrator.pk
        transaction.set_rollback(True)


@pytest.fixture
def zones(kept: tuple[int, int, int]) -> tuple[Zone, Zone]:
    return Zone.objects.get(pk=kept[0]), Zone.objects.get(pk=kept[1])


@pytest.fixture
def browser(kept: tuple[int, int, int], client: Client) -> Client:
    """A browser in which the administrator of zone A is signed in."""
    return signed_in(client, User.objects.get(pk=kept[2]))


@pytest.mark.parametrize("address", NAMING, ids=lambda one: f"{one.route}")
def test_no_row_of_another_zone_is_reached_by_its_address_and_it_looks_like_a_missing_one(
    zones, browser, address
):
    hidden = isolation.calls_of(address, isolation.url_in(address, zones[1]))
    missing = isolation.calls_of(address, isolation.url_in(address, zones[1], missing=True))
    assert assert_isolated(browser, *hidden) == assert_isolated(browser, *missing)


@pytest.mark.sqlite
@pytest.mark.parametrize("address", REAL, ids=lambda one: f"{one.route}")
def test_the_address_is_a_real_one_for_the_administrator_of_that_zone(zones, client, address):
    """The crawl above would pass if every address were wrong: here somebody of the zone gets an answer."""
    browser = signed_in(client, make_user(Role.ADMINISTRATOR, zone=zones[1]))
    url = isolation.url_in(address, zones[1])
    assert {browser.get(url).status_code, browser.post(url).status_code} - {404, 405}


@pytest.mark.parametrize("address", LISTS, ids=lambda one: f"{one.route}")
def test_no_list_search_or_export_says_a_word_of_another_zone(browser, address):
    for query in ("", f"?q={WORD}", "?export=csv", "?export=xlsx", f"?q={WORD}&export=csv"):
        answer = browser.get(f"/{address.route}{query}")
        assert answer.status_code < 500
        assert SECRET not in text_of(answer)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "address", [one for one in LISTS if one.name != "set_language"], ids=lambda one: f"{one.route}"
)
def test_no_page_switches_to_a_zone_that_is_not_ones_own(zones, browser, address):
    assert browser.get(f"/{address.route}?zone=zone-b").status_code in (404, 405)
    assert browser.session.get("zone") != "zone-b"


@pytest.mark.parametrize("address", API_LISTS, ids=lambda one: f"{one.route}")
def test_no_api_list_says_a_word_of_another_zone(browser, address):
    for call in isolation.calls_of(address, f"/{address.route}"):
        if call.method != "get":
            continue
        bare = call.url.partition("?")[0]
        query = call.url.partition("?")[2].replace("zone=x", "zone={zone}")
        for zone, wanted in (("zone-a", {200, 403, 404, 422}), ("zone-b", {404})):
            asked = query.format(zone=zone) if "{zone}" in query else f"{query}&zone={zone}".lstrip("&")
            answer = browser.get(f"{bare}?{asked}")
            assert SECRET not in text_of(answer)
            if "zone" in query or zone == "zone-a":
                assert answer.status_code in wanted


def test_the_one_search_box_finds_nothing_of_another_zone(zones, browser):
    lead = make_lead(zones[1], name=f"{WORD}{SECRET}")
    own = make_lead(zones[0], name=f"{WORD}自己的")
    for row, zone in ((lead, zones[1]), (own, zones[0])):
        index_rows("promotion.lead", [Findable(row.pk, zone.pk, row.name)])
    text = text_of(browser.get(f"/search/?q={WORD}"))
    assert "自己的" in text
    assert SECRET not in text


def test_a_form_of_one_zone_takes_no_row_of_another(zones, browser):
    """Ids guessed into the fields of a form are refused as choices that do not exist."""
    department = isolation.row_in(zones[1], isolation.apps.get_model("zones.Department"))
    officer = isolation.row_in(zones[1], isolation.apps.get_model("zones.User"))
    for url, values in (
        ("/settings/departments/add/", {"name": "x", "kind": "squad", "parent": department.pk}),
        (
            "/people/add/",
            {"display_name": "x", "username": "x", "role": "approver", "department": department.pk},
        ),
        ("/duty/add/", {"day": "2026-03-02", "officer": officer.pk}),
        ("/duty/fill/", {"officers": [officer.pk], "since": "2026-03-02", "until": "2026-03-03"}),
    ):
        answer = browser.post(url, values)
        assert answer.status_code == 422
        assert SECRET not in text_of(answer)


def test_the_crawl_names_every_app_that_has_pages():
    found = {one.route.split("/")[0] for one in NAMING}
    assert {"people", "settings", "enterprises", "premises", "leads", "projects", "api"} <= found


@pytest.mark.parametrize(
    ("route", "word"),
    [
        ("things/<int:pk>/", "WORDS"),
        ("leads/<int:place>/", "PLACEHOLDERS"),
        ("leads/<slug:code>/", "of what"),
    ],
)
def test_an_address_the_crawl_cannot_make_out_fails_loudly(zones, route, word):
    address = Address(route, "x", (route.partition(":")[2].partition(">")[0],))
    with pytest.raises(AssertionError, match=word):
        isolation.url_in(address, zones[1])


def test_a_leaky_page_is_found(zones, browser, settings):
    leak = type("urls", (), {})
    from django.http import HttpResponse

    from zhuchao.config.urls import urlpatterns

    leak.urlpatterns = [
        path("leads/<int:pk>/leak/", lambda request, pk: HttpResponse("everything"), name="leak"),
        path("leads/<int:pk>/sound/", _missing, name="sound"),
        *urlpatterns,
    ]
    settings.ROOT_URLCONF = leak
    found = {one.name: one for one in addresses()}
    assert_isolated(browser, isolation.url_in(found["sound"], zones[1]))
    with pytest.raises(AssertionError, match="answers"):
        assert_isolated(browser, isolation.url_in(found["leak"], zones[1]))


def _missing(request, pk):
    raise Http404
