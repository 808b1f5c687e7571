"""Alliances: six parks share a pool of leads and nothing else."""

import pytest

from tests.factories import make_enterprise, make_lead, make_project, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import NameTaken
from zhuchao.apps.zones.models import Alliance, Role
from zhuchao.apps.zones.selectors import Thing

PARKS = (
    "苏宿工业园区",
    "昆沭高新技术产业园",
    "吴江泗阳工业园",
    "常熟泗洪工业园",
    "张家港宿豫工业园",
    "吴中宿城工业园",
)


@pytest.fixture
def parks():
    return [make_zone(f"park-{n}", name=name, kind="park") for n, name in enumerate(PARKS)]


@pytest.fixture
def alliance(parks):
    lead, *others = parks
    return services.create_alliance(
        actor=make_user(Role.ADMINISTRATOR, zone=lead),
        code="one-plus-five",
        name="1+5",
        lead_zone=lead,
        member_codes=[zone.code for zone in others],
    )


def leads_seen(actor):
    own = selectors.in_zones(Lead.objects.all(), actor, Thing.LEAD)
    return set(own) | set(Lead.objects.filter(selectors.alliances.in_pool(actor)))


@pytest.mark.document("1-30")
def test_a_shared_lead_is_seen_by_all_six_parks_and_nothing_else_by_any_other(parks, alliance):
    shared = [make_lead(zone, alliance=alliance) for zone in parks]
    private = [make_lead(zone) for zone in parks]
    for zone, own in zip(parks, private, strict=True):
        officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
        assert leads_seen(officer) == {*shared, own}
        assert selectors.alliances.pool_zone_ids(officer) == {park.pk for park in parks}
    assert leads_seen(make_user(Role.ADMINISTRATOR)) == set()


@pytest.mark.document("1-30")
def test_one_park_reads_no_contract_project_or_firm_of_another(parks, alliance, client):
    one, other = parks[0], parks[3]
    project, firm = make_project(other, name="泗洪协议项目"), make_enterprise(other, name="泗洪企业有限公司")
    lead = make_lead(other, name="泗洪自留线索")
    shared = make_lead(other, name="泗洪共享线索", alliance=alliance)
    browser = signed_in(client, make_user(Role.ADMINISTRATOR, zone=one))
    for path in (f"/projects/{project.pk}/", f"/enterprises/{firm.pk}/", f"/leads/{lead.pk}/"):
        assert browser.get(path).status_code == 404
    for path in ("/projects/", "/enterprises/", "/investments/", "/search/?q=泗洪"):
        text = browser.get(path).content.decode()
        assert "泗洪协议项目" not in text
        assert "泗洪企业" not in text
        assert "泗洪自留线索" not in text
    assert browser.get(f"/leads/{shared.pk}/").status_code == 200


def test_who_leaves_takes_their_leads_out_of_the_pool_and_sees_it_no_more(parks, alliance):
    leaver, stays = parks[1], parks[2]
    mine, theirs = make_lead(leaver, alliance=alliance), make_lead(stays, alliance=alliance)
    services.remove_member(actor=make_user(Role.ADMINISTRATOR, zone=leaver), alliance=alliance, zone=leaver)
    assert leads_seen(make_user(Role.PROMOTION_OFFICER, zone=stays)) == {theirs}
    assert leads_seen(make_user(Role.PROMOTION_OFFICER, zone=leaver)) == {mine}


def test_a_lead_marked_with_an_alliance_its_zone_is_not_in_is_not_shared(parks, alliance):
    outsider = make_zone()
    lead = make_lead(outsider, alliance=alliance)
    assert lead not in leads_seen(make_user(Role.PROMOTION_OFFICER, zone=parks[0]))


def test_the_pool_is_for_those_who_may_see_leads(parks, alliance):
    make_lead(parks[1], alliance=alliance)
    assert leads_seen(make_user(Role.WINDOW_CLERK, zone=parks[0])) == set()


def test_only_the_leading_zone_lets_another_in_and_both_logs_say_so(parks, alliance):
    new = make_zone("new-park")
    with pytest.raises((NotAllowed, NotFound)):
        services.add_member(
            actor=make_user(Role.ADMINISTRATOR, zone=parks[1]), alliance=alliance, code="new-park"
        )
    with pytest.raises((NotAllowed, NotFound)):
        services.add_member(actor=make_user(Role.LEADER, zone=parks[0]), alliance=alliance, code="new-park")
    leading = make_user(Role.ADMINISTRATOR, zone=parks[0])
    services.add_member(actor=leading, alliance=alliance, code="new-park")
    services.add_member(actor=leading, alliance=alliance, code="new-park")
    assert alliance.members.count() == 7
    assert Change.objects.filter(verb="join", scope=new.pk).count() == 1
    assert Change.objects.filter(verb="join", scope=parks[0].pk).count() == 6


def test_nobody_removes_a_zone_that_is_neither_theirs_nor_led_by_them(parks, alliance):
    with pytest.raises((NotAllowed, NotFound)):
        services.remove_member(
            actor=make_user(Role.ADMINISTRATOR, zone=parks[1]), alliance=alliance, zone=parks[2]
        )
    with pytest.raises(WrongInput):
        services.remove_member(
            actor=make_user(Role.ADMINISTRATOR, zone=parks[0]), alliance=alliance, zone=parks[0]
        )
    with pytest.raises(NotFound):
        services.remove_member(actor=None, alliance=alliance, zone=make_zone())


def test_an_alliance_is_founded_through_the_page_and_seen_by_its_members_only(parks, client):
    browser = signed_in(client, make_user(Role.ADMINISTRATOR, zone=parks[0]))
    values = {"name": "1+5", "code": "one-plus-five", "members": "、".join(zone.code for zone in parks[1:])}
    assert browser.post("/settings/alliances/add/", values).status_code == 302
    alliance = Alliance.objects.get()
    text = browser.get(f"/settings/alliances/{alliance.pk}/").content.decode()
    assert all(name in text for name in PARKS)
    member = signed_in(type(client)(), make_user(Role.LIAISON, zone=parks[4]))
    assert "1+5" in member.get("/settings/alliances/").content.decode()
    stranger = signed_in(type(client)(), make_user(Role.ADMINISTRATOR))
    assert PARKS[0] not in stranger.get("/settings/alliances/").content.decode()
    assert stranger.get(f"/settings/alliances/{alliance.pk}/").status_code == 404


def test_a_code_names_one_alliance_and_an_unknown_member_is_refused_whole(parks, alliance):
    leading = make_user(Role.ADMINISTRATOR, zone=parks[0])
    with pytest.raises(NameTaken):
        services.create_alliance(actor=leading, code=alliance.code, name="x", lead_zone=parks[0])
    with pytest.raises(NotFound):
        services.create_alliance(
            actor=leading, code="second", name="x", lead_zone=parks[0], member_codes=["nowhere"]
        )
    assert Alliance.objects.count() == 1


def test_whose_pools_one_sees_costs_one_query_however_many_there_are(
    parks, alliance, django_assert_num_queries
):
    officer = make_user(Role.PROMOTION_OFFICER, zone=parks[0])
    selectors.zone_ids(officer, selectors.Verb.VIEW, Thing.LEAD)
    with django_assert_num_queries(1):
        selectors.alliances.pools(officer)
