"""The green channel: asked for, decided by a second person, ended, and how it is used."""

from datetime import date

import pytest

from tests.factories import make_project, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.projects import services as projects
from zhuchao.apps.projects.errors import GreenDecided, GreenDecidedByAsker, GreenOpen
from zhuchao.apps.projects.models import GreenDecision, GreenRequest
from zhuchao.apps.projects.selectors import green as selectors
from zhuchao.apps.projects.selectors.green import GreenState
from zhuchao.apps.projects.services import green as services
from zhuchao.apps.zones.models import Role, Zone

UNTIL = date(2023, 7, 31)


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone, display_name="沈领导")


@pytest.fixture
def ask(officer, project):
    def run(of=None, **values):
        said = {"expedited": "施工许可", "why": "赶六月开工", "until": UNTIL} | values
        return services.ask_green(actor=officer, project=of or project, **said)

    return run


@pytest.mark.document("4-11")
def test_a_project_is_expedited_only_once_a_second_person_has_granted_it(
    client, zone, officer, leader, project
):
    page = signed_in(client, officer)
    form = {"expedited": "施工许可", "why": "赶六月开工", "until": "2023-07-31"}
    asked = page.post(f"/projects/{project.pk}/green/ask/", form)
    entry = GreenRequest.objects.get()
    assert asked.url == f"/green/{entry.pk}/"
    assert "绿色通道待审批" in page.get(f"/projects/{project.pk}/").content.decode()
    assert page.post(f"/green/{entry.pk}/decide/", {"granted": "1"}).status_code == 403
    assert [card.key for card in cards_for(leader, zone)[0]].count(f"green:{entry.pk}") == 1
    page = signed_in(client, leader)
    assert page.post(f"/green/{entry.pk}/decide/", {"granted": "0"}).status_code == 422, "a refusal says why"
    assert page.post(f"/green/{entry.pk}/decide/", {"granted": "1", "opinion": "同意"}).status_code == 302
    assert "绿色通道至 2023-07-31" in page.get(f"/projects/{project.pk}/").content.decode()
    assert "沈领导于 2023-06-15 同意" in page.get(f"/green/{entry.pk}/").content.decode()
    assert "同意绿色通道" in page.get(f"/projects/{project.pk}/?tab=history").content.decode()


@pytest.mark.document("4-11")
def test_the_report_tells_who_asks_how_often_and_where_nothing_moved(
    page, zone, officer, leader, project, ask
):
    still, moved, refused = ask(), ask(make_project(zone)), ask(make_project(zone))
    services.decide_green(actor=leader, entry=still, granted=True)
    services.decide_green(actor=leader, entry=moved, granted=True)
    services.decide_green(actor=leader, entry=refused, granted=False, opinion="理由不足")
    Zone.objects.filter(pk=zone.pk).update(demo_day=date(2023, 8, 10))
    later = Zone.objects.get(pk=zone.pk)
    projects.record_stage(actor=officer, project=moved.project, stage="signed", on=date(2023, 7, 1))
    (use,) = selectors.use_of(officer, later, date(2023, 1, 1), date(2023, 8, 10), date(2023, 8, 10))
    assert use.person == officer
    counts = [len(rows) for rows in (use.asked, use.granted, use.refused, use.expired, use.unmoved)]
    assert counts == [3, 2, 1, 2, 1]
    assert use.unmoved == [still]
    shown = page.get("/green/use/").content.decode()
    assert "申请 3 次，同意 2 次，不同意 1 次；同意后项目没有进展的 1 次" in shown
    assert f"/green/{still.pk}/" in shown
    opened = page.get(f"/green/?by={officer.pk}&state=refused").content.decode()
    assert f"/green/{refused.pk}/" in opened
    assert f"/green/{still.pk}/" not in opened


def test_who_asked_does_not_decide_even_where_they_may(zone, project):
    admin = make_user(Role.ADMINISTRATOR, zone=zone)
    entry = services.ask_green(actor=admin, project=project, expedited="用电", why="急", until=UNTIL)
    with pytest.raises(GreenDecidedByAsker):
        services.decide_green(actor=admin, entry=entry, granted=True)
    assert not GreenDecision.objects.exists()


def test_one_request_at_a_time_and_a_decided_one_is_not_decided_again(leader, project, ask):
    entry = ask()
    with pytest.raises(GreenOpen):
        ask()
    services.decide_green(actor=leader, entry=entry, granted=False, opinion="理由不足")
    with pytest.raises(GreenDecided):
        services.decide_green(actor=leader, entry=entry, granted=True)
    assert ask().pk != entry.pk, "after a refusal one may ask anew"


def test_a_request_is_withdrawn_and_a_grant_taken_back_with_the_reason(officer, leader, project, ask):
    services.end_green(actor=officer, entry=ask(), reason="不需要了")
    assert selectors.open_request(project, UNTIL) is None
    granted = ask()
    services.decide_green(actor=leader, entry=granted, granted=True)
    with pytest.raises(NotAllowed):
        services.end_green(actor=officer, entry=granted, reason="不需要了")
    services.end_green(actor=leader, entry=granted, reason="材料不实")
    assert selectors.state_of(granted, selectors.decision_of(granted), UNTIL) is GreenState.TAKEN_BACK
    with pytest.raises(GreenDecided):
        services.end_green(actor=leader, entry=granted, reason="再收回")


@pytest.mark.parametrize("until", [date(2023, 6, 14), date(2024, 6, 30)])
def test_a_green_channel_neither_begins_in_the_past_nor_lasts_above_a_year(ask, until):
    with pytest.raises(WrongInput):
        ask(until=until)


def test_the_states_of_the_list_are_those_of_the_rows(officer, leader, zone, ask):
    rows = [ask(make_project(zone)) for _ in range(4)]
    services.decide_green(actor=leader, entry=rows[1], granted=True)
    services.decide_green(actor=leader, entry=rows[2], granted=False, opinion="不")
    services.decide_green(actor=leader, entry=rows[3], granted=True)
    services.end_green(actor=leader, entry=rows[3], reason="收回")
    for on in (date(2023, 6, 15), date(2023, 8, 1)):
        listed = list(selectors.listed_requests(officer, zone))
        for row in listed:
            state = selectors.listed_state(row, on)
            assert state is selectors.state_of(row, selectors.decision_of(row), on)
            assert row in selectors.in_state(selectors.listed_requests(officer, zone), state, on)


def test_the_api_asks_decides_and_lists(client, zone, officer, leader, project):
    body = {"expedited": "施工许可", "why": "赶工", "until": "2023-07-31"}
    caller = signed_in(client, officer)
    made = caller.post(f"/api/v1/projects/{project.pk}/green", body, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    caller = signed_in(client, leader)
    url = f"/api/v1/green/{made.json()['id']}/decide"
    assert caller.post(url, {"granted": True}, content_type="application/json").json()["state"] == "granted"
    assert [one["state"] for one in caller.get(f"/api/v1/green?zone={zone.code}").json()] == ["granted"]
    stranger = signed_in(client, make_user(Role.LEADER, zone=make_zone()))
    assert stranger.get(f"/green/{made.json()['id']}/").status_code == 404
