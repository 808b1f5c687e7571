"""One box over everything a person may see."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tests.factories import make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.services.search import Findable, index_rows
from zhuchao.apps.desk.selectors import search_everything
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.selectors.bills import Step
from zhuchao.apps.premises.services import renewal as renewals
from zhuchao.apps.premises.services import sign_lease
from zhuchao.apps.premises.services import works as building
from zhuchao.apps.zones.models import Role, User, Zone


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


def enterprise(zone: Zone, name: str, code: str = "", words: tuple[str, ...] = ()) -> Enterprise:
    row = Enterprise.objects.create(zone=zone, name=name, normal_name=name, credit_code=code)
    index_rows("enterprises.enterprise", [Findable(row.pk, zone.pk, name, code=code, words=words)])
    return row


def titles(user: User, text: str) -> list[str]:
    return [hit.title for hit in search_everything(user, text)]


@pytest.mark.parametrize("text", ["苏鲲", "鲲科", "科技产业", "苏鲲科技产业园", "skkj", "SKKJ"])
def test_a_name_is_found_by_any_two_characters_and_by_initials(zone: Zone, officer: User, text: str):
    enterprise(zone, "苏鲲科技产业园")
    enterprise(zone, "恒澜光电")
    assert titles(officer, text) == ["苏鲲科技产业园"]


def test_characters_that_stand_apart_are_no_hit(zone: Zone, officer: User):
    enterprise(zone, "苏鲲科技产业园")
    assert titles(officer, "苏科") == []


def test_two_words_must_both_be_there_in_any_order(zone: Zone, officer: User):
    enterprise(zone, "苏鲲科技产业园")
    enterprise(zone, "苏鲲汽贸有限公司")
    assert titles(officer, "产业 苏鲲") == ["苏鲲科技产业园"]


def test_a_code_finds_its_firm_first(zone: Zone, officer: User):
    enterprise(zone, "甲公司", code="91320508MA1ABCDE2X")
    enterprise(zone, "乙公司")
    assert titles(officer, "91320508ma1abcde2x") == ["甲公司"]
    assert titles(officer, "9132050") == ["甲公司"]


def test_an_old_name_leads_to_the_record(zone: Zone, officer: User):
    enterprise(zone, "苏鲲科技产业园", words=("老邮政大楼",))
    assert titles(officer, "邮政") == ["苏鲲科技产业园"]


def test_another_zones_records_are_not_found(zone: Zone, officer: User):
    enterprise(make_zone(), "苏鲲科技产业园")
    assert titles(officer, "苏鲲") == []


def test_an_operator_finds_no_firms_and_only_their_own_sites(zone: Zone):
    from tests.factories import make_department

    mine = make_department(zone, kind="developer")
    operator = make_user(Role.OPERATOR, zone=zone, department=mine)
    enterprise(zone, "苏鲲科技")
    for name, owner in (("苏鲲一园", mine), ("苏鲲二园", None)):
        site = Site.objects.create(zone=zone, name=name, operator=owner)
        index_rows("premises.site", [Findable(site.pk, zone.pk, name)])
    assert titles(operator, "苏鲲") == ["苏鲲一园"]


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "*",
        "苏鲲 OR 1",
        "苏') --",
        "NEAR(",
        "a AND",
        "^",
        "-苏鲲",
        "苏鲲:*",
        "'; DROP TABLE",
        "\x00苏",
        "%",
    ],
)
def test_hostile_words_are_words(zone: Zone, officer: User, client: Client, text: str):
    enterprise(zone, "苏鲲科技")
    search_everything(officer, text)
    assert signed_in(client, officer).get("/search/", {"q": text}).status_code == 200


def test_the_page_says_what_to_try_when_nothing_is_found(zone: Zone, officer: User, client: Client):
    page = signed_in(client, officer).get("/search/", {"q": "没有的名字"}).content.decode()
    assert "没有找到" in page
    assert "请至少输入两个字" in client.get("/search/", {"q": "苏"}).content.decode()


def test_htmx_gets_only_the_hits(zone: Zone, officer: User, client: Client):
    enterprise(zone, "苏鲲科技")
    part = (
        signed_in(client, officer)
        .get("/search/", {"q": "苏鲲"}, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "苏鲲科技" in part
    assert "<html" not in part


def test_a_search_costs_a_handful_of_queries(zone: Zone, officer: User, django_assert_max_num_queries):
    for number in range(30):
        enterprise(zone, f"苏鲲{number}号公司")
    with django_assert_max_num_queries(12):
        assert len(search_everything(officer, "苏鲲")) == 20


def test_works_renewals_and_leases_are_found_from_the_one_box(zone: Zone, officer: User, client: Client):
    site = make_site(zone, name="示例老厂")
    works = building.add_works(
        actor=None, site=site, name="北楼改造工程", planned_start_on=date(2023, 6, 1), planned_months=7
    )
    renewal = renewals.add_renewal(actor=None, zone=zone, name="西片更新", site=site, programme="腾笼换鸟")
    lease = sign_lease(
        actor=None,
        number="租字 7 号",
        tenant="恒澜光电",
        units=[make_unit(site)],
        signed_on=date(2022, 6, 1),
        starts_on=date(2022, 7, 1),
        ends_on=date(2023, 6, 30),
        rent=[Step(date(2022, 7, 1), Decimal(30), "month")],
    )
    found = {
        text: [hit.url for hit in search_everything(officer, text)]
        for text in ("改造工程", "腾笼换鸟", "恒澜光电")
    }
    assert found["改造工程"] == [f"/premises/works/{works.pk}/"]
    assert found["腾笼换鸟"] == [f"/premises/renewals/{renewal.pk}/"]
    assert f"/premises/leases/{lease.pk}/" in found["恒澜光电"]
    building.change_works(actor=None, works=works, version=None, name="南楼加层工程")
    renewals.change_renewal(actor=None, renewal=renewal, version=None, name="东片更新")
    assert titles(officer, "加层工程") == ["南楼加层工程"]
    assert titles(officer, "东片更新") == ["东片更新"]
    assert titles(officer, "北楼改造") == []
    stranger = make_user(Role.PROMOTION_OFFICER, zone=make_zone())
    assert search_everything(stranger, "加层工程") == []
    page = signed_in(client, officer).get("/search/?q=加层工程").content.decode()
    assert f"/premises/works/{works.pk}/" in page
