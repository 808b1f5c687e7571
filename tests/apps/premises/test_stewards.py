"""One accountable steward 园长 for each site: sixteen scorecards, and an error for a site that nobody heads."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import make_site, make_user, make_zone, signed_in
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.mark.document("2-24")
def test_sixteen_stewards_have_a_scorecard_each_and_a_site_without_one_is_an_error(client, zone):
    today = zones.today(zone)
    stewards = [make_user(Role.STEWARD, zone=zone, display_name=f"园长{n:02d}") for n in range(16)]
    for n, steward in enumerate(stewards):
        site = make_site(zone, name=f"产业园{n:02d}", steward=steward)
        services.add_unit(
            actor=None,
            site=site,
            name="1",
            gross_area_m2=Decimal(100),
            on=today - timedelta(days=200),
            state="let",
            occupant="甲",
        )
        services.add_unit(
            actor=None,
            site=site,
            name="2",
            gross_area_m2=Decimal(100 * n + 1),
            on=today - timedelta(days=190),
        )
    make_site(zone, name="无人园")
    cards = selectors.scorecards(stewards[0], zone, today, zones.now(zone))
    assert [card.steward for card in cards if card.steward] == stewards
    assert cards[-1].steward is None
    assert [site.name for site in cards[-1].sites] == ["无人园"]
    first = cards[0]
    assert first.occupancy.ratio == Decimal(100) / Decimal(101)
    assert (first.longest_days, first.mean_days, first.overdue) == (190, 190, 1)
    page = signed_in(client, make_user(Role.LEADER, zone=zone))
    words = page.get("/premises/stewards/").content.decode()
    assert all(steward.display_name in words for steward in stewards)
    assert "16 位园长" in words
    assert "没有园长" in words
    assert "无人园没有园长" in page.get("/today/").content.decode()


def test_revitalised_area_of_this_year_stands_on_the_card(zone):
    steward = make_user(Role.STEWARD, zone=zone)
    site = make_site(zone, steward=steward)
    today = zones.today(zone)
    for on, place in ((today, "甲"), (today.replace(year=today.year - 1), "乙")):
        services.record_revitalisation(
            actor=None, zone=zone, on=on, area_m2=Decimal(120), site=site, place=place, evidence_note=place
        )
    card = selectors.scorecards(steward, zone, today, zones.now(zone))[0]
    assert card.revitalised_m2 == Decimal(120)


def test_scorecards_cost_the_same_for_many_sites(zone, django_assert_max_num_queries):
    boss = make_user(Role.LEADER, zone=zone)
    for _n in range(12):
        make_site(zone, steward=make_user(Role.STEWARD, zone=zone))
    zones.zones_under(boss, zone, zones.Thing.SITE)
    with django_assert_max_num_queries(5):
        selectors.scorecards(boss, zone, zones.today(zone), zones.now(zone))
