"""今日: what is due for whom, why, and the way to it."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.factories import make_lead, make_project, make_site, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.desk import selectors, services
from zhuchao.apps.desk.models import Snooze
from zhuchao.apps.desk.selectors import Urgency
from zhuchao.apps.projects.models import Milestone
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


def cards(user: User, zone: Zone) -> list[selectors.Card]:
    return selectors.cards_for(user, zone)[0]


def test_leads_are_grouped_by_how_soon_their_next_step_is_due(zone: Zone, officer: User):
    on = zones.today(zone)
    for name, days in (("逾期", -2), ("当天", 0), ("本周", 3), ("以后", 30)):
        make_lead(zone, name=name, stage="talking", next_action_on=on + timedelta(days=days), owner=officer)
    make_lead(zone, name="已签", stage="signed", next_action_on=on, owner=officer)
    found = {card.title.split("：")[0]: card.urgency for card in cards(officer, zone)}
    assert found == {"逾期": Urgency.OVERDUE, "当天": Urgency.TODAY, "本周": Urgency.WEEK}


def test_the_most_overdue_comes_first_and_says_by_how_much(zone: Zone, officer: User):
    on = zones.today(zone)
    for days in (1, 9, 4):
        make_lead(
            zone, name=f"逾期{days}", stage="talking", next_action_on=on - timedelta(days=days), owner=officer
        )
    found = cards(officer, zone)
    assert [card.title.split("：")[0] for card in found] == ["逾期9", "逾期4", "逾期1"]
    assert "9" in found[0].why


def test_an_officer_sees_their_own_leads_and_a_leader_sees_all(zone: Zone, officer: User):
    on = zones.today(zone)
    make_lead(zone, name="我的", stage="talking", next_action_on=on, owner=officer)
    make_lead(
        zone,
        name="同事的",
        stage="talking",
        next_action_on=on,
        owner=make_user(Role.PROMOTION_OFFICER, zone=zone),
    )
    assert [card.title.split("：")[0] for card in cards(officer, zone)] == ["我的"]
    assert len(cards(make_user(Role.LEADER, zone=zone), zone)) == 2


def test_another_zones_leads_and_milestones_are_not_on_the_desk(zone: Zone, officer: User):
    other = make_zone()
    on = zones.today(other)
    make_lead(other, stage="talking", next_action_on=on)
    Milestone.objects.create(zone=other, project=make_project(other), name="开工", planned_on=on)
    assert cards(officer, zone) == []


def test_an_unmet_milestone_past_its_day_is_overdue_and_a_met_one_is_gone(zone: Zone, officer: User):
    on = zones.today(zone)
    project = make_project(zone, name="一期")
    late = Milestone.objects.create(
        zone=zone, project=project, name="开工", planned_on=on - timedelta(days=5)
    )
    Milestone.objects.create(
        zone=zone,
        project=project,
        name="签约",
        planned_on=on - timedelta(days=9),
        met_on=on - timedelta(days=9),
    )
    found = cards(officer, zone)
    assert [(card.key, card.urgency, card.light) for card in found] == [
        (f"milestone:{late.pk}", Urgency.OVERDUE, "red")
    ]


@pytest.mark.document("2-24")
def test_a_site_without_a_steward_is_an_error_on_the_desk_of_who_can_mend_it(zone: Zone):
    site = make_site(zone, name="无人园")
    make_site(zone, name="有人园", steward=make_user(Role.STEWARD, zone=zone))
    administrator = make_user(Role.ADMINISTRATOR, zone=zone)
    found = cards(administrator, zone)
    assert [card.key for card in found] == [f"steward:{site.pk}"]
    assert found[0].light == "red"
    assert cards(make_user(Role.APPROVER, zone=zone, department=_department(zone)), zone) == []


def _department(zone: Zone):  # type: ignore[no-untyped-def]
    from tests.factories import make_department

    return make_department(zone)


def test_a_card_put_off_comes_back_on_its_day(zone: Zone, officer: User):
    on = zones.today(zone)
    lead = make_lead(zone, stage="talking", next_action_on=on, owner=officer)
    key = f"lead:{lead.pk}"
    services.snooze_card(actor=officer, zone=zone, key=key, until=on + timedelta(days=1))
    assert cards(officer, zone) == []
    Snooze.objects.filter(user=officer, key=key).update(until=on)
    assert [card.key for card in cards(officer, zone)] == [key]


def test_what_one_person_puts_off_others_still_see(zone: Zone, officer: User):
    leader = make_user(Role.LEADER, zone=zone)
    lead = make_lead(zone, stage="talking", next_action_on=zones.today(zone), owner=officer)
    until = zones.today(zone) + timedelta(days=1)
    services.snooze_card(actor=officer, zone=zone, key=f"lead:{lead.pk}", until=until)
    assert len(cards(leader, zone)) == 1


@pytest.mark.parametrize("days", [0, -1, 32])
def test_a_card_is_not_put_off_to_the_past_nor_for_ever(zone: Zone, officer: User, days: int):
    with pytest.raises(WrongInput):
        services.snooze_card(
            actor=officer, zone=zone, key="lead:1", until=zones.today(zone) + timedelta(days=days)
        )


def test_a_demo_zone_lives_on_its_day(client: Client):
    from django.utils import timezone

    zone = make_zone(demo_day=date(2023, 6, 15), demo_started_at=timezone.now())
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    make_lead(zone, name="踏勘", stage="talking", next_action_on=date(2023, 6, 15), owner=officer)
    assert [card.urgency for card in cards(officer, zone)] == [Urgency.TODAY]
    page = signed_in(client, officer).get("/today/").content.decode()
    assert "2023-06-15" in page
    assert "示例数据" in page


def test_the_page_shows_cards_and_putting_off_works_without_scripts(
    client: Client, zone: Zone, officer: User
):
    lead = make_lead(zone, name="星野基地", stage="talking", next_action_on=zones.today(zone), owner=officer)
    signed_in(client, officer)
    assert "星野基地" in client.get("/today/").content.decode()
    assert client.post("/today/snooze/", {"key": f"lead:{lead.pk}", "days": "1"}).status_code == 302
    assert "星野基地" not in client.get("/today/").content.decode().replace("messages", "")


def test_an_empty_zone_offers_three_doors(client: Client, zone: Zone):
    page = signed_in(client, make_user(Role.ADMINISTRATOR, zone=zone)).get("/today/").content.decode()
    for address in ("/imports/", "/premises/add/", "/settings/"):
        assert f'href="{address}' in page, address


def test_the_desk_costs_the_same_for_many_leads(
    client: Client, zone: Zone, officer: User, django_assert_max_num_queries
):
    for number in range(40):
        make_lead(
            zone, name=f"线索{number}", stage="talking", next_action_on=zones.today(zone), owner=officer
        )
    signed_in(client, officer)
    client.get("/today/")
    with django_assert_max_num_queries(150):
        client.get("/today/")


def test_home_leads_to_sign_in_or_to_the_desk(client: Client, zone: Zone, officer: User):
    assert client.get("/")["Location"].startswith("/accounts/login")
    assert signed_in(client, officer).get("/")["Location"] == "/today/"


def test_home_of_an_empty_data_file_leads_to_the_first_administrator(client: Client):
    from django.core.cache import cache

    cache.clear()
    assert client.get("/")["Location"] == "/setup/"
