"""Cluster targets: who counts, what is expected at the deadline, what may close the gap."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.apps.zones.isolation import row_in
from tests.factories import (
    make_enterprise,
    make_lead,
    make_sector,
    make_site,
    make_unit,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.enterprises.models import EnterpriseTag
from zhuchao.apps.premises.errors import ClusterExists, PlaceMismatch
from zhuchao.apps.premises.models import ClusterTarget, Unit, UnitState
from zhuchao.apps.premises.selectors import clusters as reading
from zhuchao.apps.premises.services import clusters as services
from zhuchao.apps.premises.services.ledgers import CLUSTERS
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def today(zone):
    return zones.today(zone)


@pytest.fixture
def analyst(zone):
    return make_user(Role.ANALYST, zone=zone)


@pytest.fixture
def sector(zone):
    return make_sector(zone, "数字金融", industry_codes=["J66"])


@pytest.fixture
def site(zone):
    return make_site(zone, name="数字金融产业园")


@pytest.fixture
def target(analyst, zone, site, sector, today):
    return services.set_cluster(
        actor=analyst,
        zone=zone,
        site=site,
        sector=sector,
        goal=20,
        deadline=today + timedelta(days=365),
        on=today,
    )


@pytest.fixture
def moves_in(zone, site):
    def move(on, firm=None, *, name="", state="let", at=None, **facts):
        firm = firm or (None if name else make_enterprise(zone, **({"industry_code": "J6631"} | facts)))
        unit = make_unit(at or site)
        UnitState.objects.create(
            zone=unit.zone,
            unit=unit,
            state=state,
            area_m2=unit.gross_area_m2,
            enterprise=firm,
            occupant_name=name or str(firm),
            happened_on=on,
            recorded_at=zones.now(zone),
        )
        Unit.objects.filter(pk=unit.pk).update(state=state, occupant=firm)
        return firm

    return move


def standing(target, on=None):
    return reading.standing_of(target, on or zones.today(target.zone), zones.now(target.zone))


@pytest.mark.document("2-16")
def test_the_page_forecasts_to_the_deadline_and_lists_what_may_close_the_gap(
    client, analyst, zone, site, sector, target, today, moves_in
):
    for _firm in range(2):
        moves_in(today - timedelta(days=500))
    for _firm in range(6):
        moves_in(today - timedelta(days=200))
    free = make_unit(site, gross_area_m2=Decimal(640))
    make_unit(make_site(zone), gross_area_m2=Decimal(999))
    make_lead(zone, name="远的线索", sector=sector, stage="talking")
    make_lead(zone, name="近的线索", sector=sector, stage="agreeing")
    make_lead(zone, name="别的产业", sector=make_sector(zone), stage="agreeing")
    forecast = standing(target).forecast
    assert (forecast.now, forecast.before, forecast.expected, forecast.gap) == (8, 2, 14, 6)
    page = signed_in(client, analyst).get(reverse("cluster-detail", args=[target.pk])).content.decode()
    assert "已集聚 8 家，目标 20 家" in page
    assert f"预计到 {target.deadline} 达 14 家，缺 6 家" in page
    assert "平均每月 0.50 家" in page
    assert "计入的企业（8 家）" in page
    assert page.index("近的线索") < page.index("远的线索")
    assert "别的产业" not in page
    assert str(free) in page
    assert "999" not in page
    listed = client.get(reverse("cluster-list")).content.decode()
    assert "预计 14 家" in listed
    assert "缺 6 家" in listed


@pytest.mark.document("2-16")
def test_a_firm_counts_once_as_the_register_says_and_one_it_says_nothing_of_is_unknown(
    zone, site, sector, target, today, moves_in
):
    day = today - timedelta(days=10)
    twice = moves_in(day)
    moves_in(day, twice)
    moves_in(day, sector=sector, industry_code="")
    tagged = moves_in(day, industry_code="C3962")
    moves_in(day, industry_code="C3962")
    moves_in(day, industry_code="")
    moves_in(day, name="没有建档的公司")
    moves_in(day, state="signed")
    moves_in(day, at=make_site(zone))
    moves_in(day, at=make_site(zone, parent=site), state="self_used")
    assert (standing(target).now, len(standing(target).unknown)) == (3, 2)
    EnterpriseTag.objects.create(
        zone=zone,
        enterprise=tagged,
        tag="数字金融",
        source="示例",
        happened_on=today - timedelta(days=5),
        recorded_at=zones.now(zone),
    )
    assert standing(target).now == 4
    assert standing(target, today - timedelta(days=6)).now == 3
    assert standing(target, today - timedelta(days=11)).now == 0


def test_too_short_a_record_gives_no_forecast_and_an_ended_target_counts_what_is_there(
    client, analyst, zone, target, today, moves_in
):
    moves_in(today - timedelta(days=89))
    assert (standing(target).forecast.expected, standing(target).forecast.gap) == (None, 19)
    page = signed_in(client, analyst).get(reverse("cluster-detail", args=[target.pk])).content.decode()
    assert "不足 90 天" in page
    ended = services.correct_cluster(actor=analyst, target=target, reason="提前", deadline=today)
    assert standing(ended).forecast.gap == 19
    assert "不再预计" in client.get(reverse("cluster-detail", args=[ended.pk])).content.decode()
    assert "已更正或作废" in client.get(reverse("cluster-detail", args=[target.pk])).content.decode()


def test_a_target_that_will_be_missed_is_on_the_desk_of_those_who_set_it(
    zone, analyst, target, today, moves_in
):
    keys = {card.key for card in cards_for(analyst, zone)[0]}
    assert f"cluster:{target.pk}:{today:%Y%m}" in keys
    assert not any(
        card.key.startswith("cluster:") for card in cards_for(make_user(Role.STEWARD, zone=zone), zone)[0]
    )
    for _firm in range(20):
        moves_in(today - timedelta(days=1))
    assert reading.short_clusters(analyst, zone, today) == []


def test_what_a_target_says_is_checked(analyst, zone, site, sector, target, today):
    said = {"actor": analyst, "zone": zone, "goal": 1, "deadline": today}
    with pytest.raises(ClusterExists):
        services.set_cluster(**said, site=site, sector=sector)
    with pytest.raises(PlaceMismatch):
        services.set_cluster(**said, site=make_site(), tag="龙头")
    with pytest.raises(WrongInput, match="至少填一项"):
        services.set_cluster(**said, tag=" ")
    with pytest.raises(WrongInput, match="截止日期"):
        services.set_cluster(**said | {"deadline": date(2000, 1, 1)}, tag="龙头")
    with pytest.raises(WrongInput, match="目标家数"):
        services.set_cluster(**said | {"goal": 0}, tag="龙头")
    with pytest.raises(NotAllowed):
        services.set_cluster(**said | {"actor": make_user(Role.STEWARD, zone=zone)}, tag="龙头")
    with pytest.raises(NotFound):
        reading.get_cluster(make_user(Role.ANALYST), target.pk)
    assert services.set_cluster(**said, tag="龙头").site is None


def test_a_target_of_the_whole_zone_takes_free_space_where_the_industry_is_admitted(
    analyst, zone, sector, today
):
    target = services.set_cluster(actor=analyst, zone=zone, sector=sector, goal=1, deadline=today)
    admitted = make_unit(make_site(zone, admission_scope=["数字金融"]))
    make_unit(make_site(zone, admission_scope=["航空"]))
    assert [unit.pk for unit in reading.free_units(analyst, target)] == [admitted.pk]


def test_the_forms_and_the_api_do_what_the_services_do(client, analyst, zone, site, sector, today):
    signed_in(client, analyst)
    sent = {"site": site.pk, "sector": sector.pk, "goal": "100", "deadline": "2999-12-31"}
    assert client.post(reverse("cluster-add"), sent | {"goal": "0"}).status_code == 422
    assert client.post(reverse("cluster-add"), sent).status_code == 302
    first = ClusterTarget.objects.get()
    correct = reverse("cluster-correct", args=[first.pk])
    said = {"goal": "120", "deadline": "2999-12-31", "reason": "调整"}
    assert client.post(correct, said).status_code == 302
    second = ClusterTarget.objects.live().get()
    send = {"content_type": "application/json"}
    url = f"/api/v1/clusters/{second.pk}"
    assert client.get(f"{url}/standing").json()["gap"] == 120
    assert client.get(url).json()["goal"] == 120
    third = client.post(f"{url}/correct", {"goal": 90, "reason": "调整"}, **send).json()
    assert third["goal"] == 90
    assert len(client.get(f"/api/v1/clusters?zone={zone.code}").json()["items"]) == 1
    client.post(reverse("cluster-void", args=[third["id"]]), {"reason": "取消"})
    assert not ClusterTarget.objects.live().exists()
    made = client.post(
        f"/api/v1/clusters?zone={zone.code}",
        {"goal": 5, "deadline": "2999-01-01", "sector_id": sector.pk, "site_id": site.pk},
        **send,
    ).json()
    void = f"/api/v1/clusters/{made['id']}/void"
    assert client.post(void, {"reason": "取消"}, **send).json()["is_void"] is True
    assert "还没有集聚目标" in client.get(reverse("cluster-list")).content.decode()


def test_the_ledger_sets_corrects_and_brings_nothing_back(analyst, zone, site, sector, today):
    base = {"site": site.name, "sector": "数字金融", "goal": 100, "deadline": date(2999, 12, 31), "on": today}
    rows = [Row(2, base), Row(3, base | {"sector": "没有的"}), Row(4, base | {"site": "没有的园"})]
    outcomes = list(CLUSTERS.compare(scope=zone.pk, rows=rows))
    assert [outcome.state for outcome in outcomes] == ["new", "refused", "refused"]
    _apply(zone, outcomes[:1])
    changed = list(CLUSTERS.compare(scope=zone.pk, rows=[Row(2, base | {"goal": 120})]))
    assert changed[0].changes == {"goal": [100, 120]}
    _apply(zone, changed)
    live = ClusterTarget.objects.live().get()
    assert (live.goal, live.reason) == (120, "台账更正（第 2 行）")
    services.void_cluster(actor=analyst, target=live, reason="取消")
    assert next(iter(CLUSTERS.compare(scope=zone.pk, rows=rows[:1]))).state == "same"


def _apply(zone, outcomes):
    CLUSTERS.apply(
        scope=zone.pk, actor=None, batch=row_in(zone, ImportBatch), outcomes=outcomes, progress=Progress()
    )
