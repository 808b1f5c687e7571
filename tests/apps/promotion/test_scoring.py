"""The score of a lead: every factor with its points or with what is not known, never a zero for the unknown."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_enterprise, make_lead, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.enterprises.services import add_tag, file_values
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.selectors.weights import SCORES, points_by_bands, total_of, word_in
from zhuchao.apps.zones.models import Role

FACTORS = SCORES[-1].factors


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


def points(lead, actor=None):
    return {one.factor.key: one.points for one in selectors.score_of(actor, lead).answers}


def make_known(zone, firm):
    """Make a lead of a firm with honours, two years of filings, needs and a next step."""
    day = date(2026, 3, 2)
    add_tag(actor=None, enterprise=firm, tag="高新技术企业", source="省科技厅公示", happened_on=day)
    add_tag(actor=None, enterprise=firm, tag="国家级专精特新小巨人", source="工信部名单", happened_on=day)
    add_tag(actor=None, enterprise=firm, tag="首店", source="走访核实", happened_on=day)
    for year, revenue, tax in ((2024, 100, 10), (2025, 120, 9)):
        file_values(
            actor=None,
            enterprise=firm,
            period="year",
            on=date(year, 12, 31),
            status="approved",
            values={"revenue": Decimal(revenue), "tax": Decimal(tax), "rnd": Decimal(revenue) * 6 / 100},
        )
    lead = make_lead(
        zone,
        name="机器人总部项目",
        enterprise=firm,
        sector=make_sector(zone, "智能机器人"),
        planned_investment_cny=Decimal("120000000.00"),
        next_action="商谈协议",
        next_action_on=date(2999, 1, 1),
    )
    services.set_lead_needs(actor=None, lead=lead, version=0, area_min_m2=Decimal(500), kinds=["office"])
    return lead


@pytest.mark.document("4-01")
def test_the_page_of_a_lead_shows_each_factor_how_it_was_reckoned_and_what_is_unknown(client, zone, leader):
    """科技含量、成长性各因素的得分、算法和依据都在线索页上；缺数据单列，不算零分。"""
    firm = make_enterprise(zone)
    lead = make_known(zone, firm)
    assert points(lead, leader) == {
        "honours": 30,  # 15 + 20, never more than 30
        "rnd": 7,
        "revenue": 15,
        "tax": 0,
        "investment": 12,
        "sector": 5,
        "needs": 2,
        "next": 4,
    }
    page = signed_in(client, leader)
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    panel = words[words.index('id="score"') : words.index('id="credit"')]
    assert "75 分，可知 100 分" in panel
    for shown in ("科技含量", "成长性", "省科技厅公示", "2025年同比 20.0%", "2025年研发费用占营业收入 6.0%"):
        assert shown in panel
    assert f"/enterprises/{firm.pk}/" in panel
    assert "/enterprises/filings/" in panel
    assert "缺数据</span>" not in panel
    bare = make_lead(zone)
    words = page.get(f"/leads/{bare.pk}/").content.decode()
    panel = words[words.index('id="score"') : words.index('id="credit"')]
    assert "0 分，可知 4 分" in panel
    assert panel.count("缺数据</span>") == 7
    assert "没有关联企业档案" in panel


def test_what_is_not_recorded_is_unknown_and_what_is_recorded_low_is_zero(zone):
    assert points(make_lead(zone)) == {factor.key: None for factor in FACTORS} | {"next": 0}
    ended = make_sector(zone, "旧产业", until=date(2001, 1, 1))
    late = make_lead(zone, sector=ended, next_action="回访", next_action_on=date(2020, 1, 1))
    assert (points(late)["sector"], points(late)["next"]) == (0, 0)
    silent = make_lead(zone, enterprise=make_enterprise(zone))
    answers = {one.factor.key: one for one in selectors.score_of(None, silent).answers}
    assert answers["honours"].points is answers["revenue"].points is answers["rnd"].points is None
    assert answers["honours"].fill_url == f"/enterprises/{silent.enterprise_id}/"


def test_the_api_gives_the_same_score_with_null_for_the_unknown(client, zone, leader):
    lead = make_lead(zone, planned_investment_cny=Decimal("10000000.00"))
    body = signed_in(client, leader).get(f"/api/v1/leads/{lead.pk}/score").json()
    assert (body["points"], body["known"], body["most"]) == (6, 19, 100)
    assert {one["key"]: one["points"] for one in body["answers"]} == points(lead)
    assert body["source"]
    stranger = make_user(Role.LEADER, zone=make_zone())
    assert signed_in(client, stranger).get(f"/api/v1/leads/{lead.pk}/score").status_code == 404


def test_the_weights_add_up_to_a_hundred_and_no_band_gives_more_than_its_factor():
    for rules in SCORES:
        assert sum(factor.most for factor in rules.factors) == 100
        for factor in rules.factors:
            least = [at_least for at_least, _points in factor.bands]
            assert least == sorted(least, reverse=True)
            assert max((p for _least, p in factor.bands), default=factor.most) == factor.most


def test_a_tag_counts_by_the_word_worth_most_and_an_unknown_word_not_at_all():
    words = {"专精特新": 12, "小巨人": 20}
    assert word_in(words, "专精特新小巨人") == "小巨人"
    assert word_in(words, "首店") is None


ANSWERS = st.lists(
    st.integers(0, 50).flatmap(lambda most: st.tuples(st.none() | st.integers(0, most), st.just(most)))
)


@given(ANSWERS, st.integers(1, 50))
def test_one_more_unknown_changes_neither_the_points_nor_what_is_known(answers, most):
    total, more = total_of(answers), total_of([*answers, (None, most)])
    assert 0 <= total.points <= total.known <= total.most
    assert (more.points, more.known, more.most) == (total.points, total.known, total.most + most)


@given(st.sampled_from(FACTORS), st.decimals(-10, 10**10, places=2), st.decimals(0, 10**10, places=2))
def test_more_never_gives_fewer_points(factor, value, more):
    low, high = points_by_bands(factor.bands, value), points_by_bands(factor.bands, value + more)
    assert 0 <= low <= high <= factor.most
