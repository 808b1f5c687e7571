"""Keys of programs: shown once, as able as their person, stopped at once."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import make_department, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.models import Change, Installation
from zhuchao.apps.zones import services
from zhuchao.apps.zones.models import ApiToken, Role, User


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, phone="13812345678")


def test_a_key_is_shown_once_and_only_its_digest_is_kept(zone, officer, client):
    browser = signed_in(client, officer)
    shown = browser.post("/settings/tokens/add/", {"name": "数据大屏"}).content.decode()
    key = shown.split("<code>")[1].split("</code>")[0]
    token = ApiToken.objects.get()
    assert key not in browser.get("/settings/tokens/").content.decode()
    assert "数据大屏" in browser.get("/settings/tokens/").content.decode()
    assert key not in token.digest
    assert key not in str([change.data for change in Change.objects.all()])


def test_a_key_may_what_its_person_may_and_notes_the_day_of_its_use(zone, officer, client):
    make_department(zone, name="招商办")
    make_department(make_zone(), name="别处")
    token, key = services.create_token(actor=officer, name="大屏")
    answer = client.get(f"/api/v1/departments?zone={zone.code}", headers=bearer(key))
    assert [row["name"] for row in answer.json()] == ["招商办"]
    token.refresh_from_db()
    assert token.last_used_on == timezone.localdate()
    body = {"zone": zone.code, "kind": "squad", "name": "小分队"}
    refused = client.post("/api/v1/departments", body, content_type="application/json", headers=bearer(key))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_the_day_of_use_is_written_once_a_day(officer, django_assert_num_queries):
    _token, key = services.create_token(actor=officer, name="大屏")
    services.use_token(key)
    with django_assert_num_queries(1):
        services.use_token(key)


@pytest.mark.parametrize("key", ["", "zc_", "wrong", "zc_" + "a" * 43])
def test_a_wrong_key_opens_nothing(zone, client, key):
    assert client.get("/api/v1/zones", headers=bearer(key)).status_code == 401
    assert client.get("/api/v1/zones").status_code == 401


def test_a_revoked_key_opens_nothing_from_then_on(zone, officer, client):
    token, key = services.create_token(actor=officer, name="大屏")
    browser = signed_in(client, officer)
    assert browser.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    assert type(client)().get("/api/v1/zones", headers=bearer(key)).status_code == 401
    token.refresh_from_db()
    assert token.is_revoked
    services.revoke_token(actor=officer, token=token)
    assert Change.objects.filter(verb="revoke").count() == 1


def test_a_key_of_a_demo_account_opens_nothing_in_a_real_data_file(zone, client):
    demo = make_user(Role.LEADER, zone=zone, is_demo=True)
    _token, key = services.create_token(actor=demo, name="大屏")
    assert client.get("/api/v1/zones", headers=bearer(key)).status_code == 401
    Installation.objects.create(mode=Installation.Mode.DEMO)
    assert client.get("/api/v1/zones", headers=bearer(key)).status_code == 200


def test_an_administrator_stops_the_key_of_their_people_and_of_nobody_else(zone, admin, officer):
    token, key = services.create_token(actor=officer, name="大屏")
    services.revoke_token(actor=admin, token=token)
    assert services.use_token(key) is None
    stranger, _key = services.create_token(actor=make_user(Role.STEWARD), name="别处")
    with pytest.raises(NotFound):
        services.revoke_token(actor=admin, token=stranger)
    with pytest.raises(NotFound):
        services.revoke_token(actor=officer, token=services.create_token(actor=admin, name="管理")[0])


def test_a_key_says_what_it_is_for(officer):
    with pytest.raises(WrongInput):
        services.create_token(actor=officer, name=" ")


def test_the_api_masks_a_phone_and_reveals_it_with_a_record(zone, officer, client):
    leader = make_user(Role.LEADER, zone=zone)
    _token, key = services.create_token(actor=leader, name="大屏")
    people = client.get(f"/api/v1/people?zone={zone.code}", headers=bearer(key)).json()
    assert {person["display_name"]: person["phone"] for person in people}[str(officer)] == "138****5678"
    one = client.get(f"/api/v1/people/{officer.pk}", headers=bearer(key)).json()
    assert one["phone"] == "138****5678"
    whole = client.post(f"/api/v1/people/{officer.pk}/reveal", headers=bearer(key)).json()
    assert whole == {"phone": "13812345678"}
    assert Change.objects.filter(verb="reveal", actor=leader).count() == 1


def test_the_api_lists_by_id_in_pages_of_at_most_200(zone, admin, client):
    for n in range(5):
        make_department(zone, name=f"科室-{n}")
    _token, key = services.create_token(actor=admin, name="大屏")
    first = client.get(f"/api/v1/departments?zone={zone.code}&limit=3", headers=bearer(key)).json()
    rest = client.get(
        f"/api/v1/departments?zone={zone.code}&limit=1000&after={first[-1]['id']}", headers=bearer(key)
    ).json()
    assert (len(first), len(rest)) == (3, 2)


def test_the_api_tells_the_roster_with_its_gaps_and_the_rest_of_the_settings(zone, admin, client):
    day = date(2026, 3, 2)
    services.add_shift(actor=None, zone=zone, day=day, officer=make_user(Role.STEWARD, zone=zone))
    services.add_sector(actor=None, zone=zone, name="数字创意", since=day)
    services.add_catalogue_item(actor=None, zone=zone, kind="finance", title="首贷贴息")
    services.create_alliance(actor=None, code="ally", name="盟", lead_zone=zone)
    _token, key = services.create_token(actor=admin, name="大屏")

    def get(path):
        answer = client.get(f"/api/v1/{path}", headers=bearer(key))
        assert answer.status_code == 200, answer.content
        return answer.json()

    roster = get(f"duty?zone={zone.code}&since=2026-03-01&until=2026-03-03")
    assert roster["gaps"] == ["2026-03-01", "2026-03-03"]
    assert get(f"duty/{roster['shifts'][0]['id']}")["day"] == "2026-03-02"
    assert [row["name"] for row in get(f"sectors?zone={zone.code}&on=2026-03-02")] == ["数字创意"]
    assert get(f"sectors?zone={zone.code}&on=2026-03-01") == []
    assert [row["title"] for row in get(f"catalogue?zone={zone.code}&kind=finance")] == ["首贷贴息"]
    assert get("alliances")[0]["members"] == [zone.code]
    assert get(f"zones/{zone.code}")["name"] == zone.name
    wrong = client.get(
        f"/api/v1/duty?zone={zone.code}&since=2026-03-01&until=2028-03-03", headers=bearer(key)
    )
    assert wrong.status_code == 422


def test_work_is_handed_over_through_the_api_by_the_same_rule(zone, officer, admin, client):
    other = make_user(Role.PROMOTION_OFFICER, zone=zone)
    held = services.assign(
        actor=None, zone=zone, thing="promotion.lead", row_id=5, label="线索", officer=officer
    )
    _token, key = services.create_token(actor=admin, name="大屏")
    body = {"officer_id": other.pk, "reason": "休假"}

    def post():
        return client.post(
            f"/api/v1/assignments/{held.pk}/hand-over",
            body,
            content_type="application/json",
            headers=bearer(key),
        )

    assert post().json()["officer_id"] == other.pk
    assert (post().status_code, post().json()["code"]) == (409, "handed_over_already")
    history = client.get(f"/api/v1/people/{officer.pk}/assignments", headers=bearer(key)).json()
    assert [row["until"] is None for row in history] == [False]


def test_a_key_dies_with_its_account(officer):
    _token, key = services.create_token(actor=officer, name="大屏")
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert services.use_token(key) is None
