"""The way from found to signed, and who brought whom."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from tests.factories import make_enterprise, make_ready, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Role

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
PERIOD = (date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def add(zone, officer):
    def run(name, **values):
        return services.add_lead(actor=officer, zone=zone, **({"name": name, "found_on": MAY} | values))

    return run


def sign(lead, officer, amount=1_000_000):
    lead = make_ready(lead)
    Lead.objects.filter(pk=lead.pk).update(signed_investment_cny=amount)
    services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE)


def rows_of(zone, officer):
    return selectors.found_between(selectors.leads_of(officer, zone), *PERIOD)


def test_a_lead_counts_in_every_step_it_passed_whatever_became_of_it(zone, officer, add):
    digital = make_sector(zone, "数字创意")
    add("甲", sector=digital, source="expo")
    add("乙", sector=digital, source="expo", stage="talking")
    lost = add("丙", source="own", stage="agreeing")
    services.set_lead_stage(actor=officer, lead=lost, stage="lost", on=JUNE, note="外地")
    sign(add("丁", sector=digital, source="own"), officer, 3_000_000)
    add("去年的", found_on=date(2025, 5, 1), stage="signed")
    rows = rows_of(zone, officer)
    whole = selectors.whole_way(rows)
    assert [count for _, count in whole.counts] == [4, 3, 2, 1]
    assert (whole.conversion, whole.signed_investment_cny) == (Decimal("0.25"), 3_000_000)
    assert {
        way.key: (way.found, way.talking, way.agreeing, way.signed) for way in selectors.ways_by_source(rows)
    } == {
        "expo": (2, 1, 0, 0),
        "own": (2, 2, 2, 1),
    }
    by_sector = {way.name: way.found for way in selectors.ways_by_sector(rows)}
    assert by_sector == {"数字创意": 3, "": 1}


def test_every_count_of_the_funnel_opens_to_as_many_leads(client, zone, officer, add):
    digital = make_sector(zone, "数字创意")
    for n in range(3):
        add(f"数字{n}", sector=digital, source="expo", stage="talking")
    add("未填", source="own")
    page = signed_in(client, officer)
    words = unescape(page.get("/leads/funnel/?first=2026-01-01&last=2026-06-30").content.decode())
    assert "获得线索 4 条" in words
    link = f"/leads/?sector={digital.pk}&reached=talking&found_from=2026-01-01&found_to=2026-06-30"
    assert link in words
    assert "共 3 条" in page.get(link).content.decode()
    assert (
        "共 1 条"
        in page.get(
            "/leads/?sector=-&reached=found&found_from=2026-01-01&found_to=2026-06-30"
        ).content.decode()
    )
    assert page.get("/leads/funnel/?first=2026-06-30&last=2026-01-01").status_code == 422


@pytest.mark.document("1-65")
def test_a_firm_that_refers_leads_is_credited_along_the_whole_chain(client, zone, officer, add):
    """苏州企业带来甲，甲的投资方带来乙，乙带来丙：企业记直接一条、辗转两条，签约的都算。"""
    firm = make_enterprise(zone, name="苏州领航科技有限公司")
    first = add("甲项目", source="referral", source_enterprise=firm)
    second = add("乙项目", source="referral", source_lead=first)
    third = add("丙项目", source="referral", source_lead=second)
    sign(third, officer, 8_000_000)
    assert selectors.source_chain(third) == [second, first]
    credit = {(one.kind, one.name): one for one in selectors.referrers(rows_of(zone, officer))}
    of_firm = credit["firm", firm.name]
    assert (of_firm.direct, of_firm.chained, of_firm.signed) == (1, 2, 1)
    assert of_firm.signed_investment_cny == 8_000_000
    assert (credit["lead", "甲项目"].direct, credit["lead", "甲项目"].chained) == (1, 1)
    page = signed_in(client, officer)
    words = page.get(f"/leads/{third.pk}/").content.decode()
    chain = words[words.index("来源链") :]
    assert chain.index("乙项目") < chain.index("甲项目") < chain.index(firm.name)
    words = page.get("/leads/funnel/?first=2026-01-01&last=2026-06-30").content.decode()
    assert firm.name in words[words.index("推荐人的功劳") :]


def test_a_source_that_came_from_the_lead_itself_is_refused(officer, add):
    first = add("甲项目")
    second = add("乙项目", source_lead=first)
    for wrong in (first, second):
        with pytest.raises(WrongInput):
            services.change_lead(actor=officer, lead=first, version=None, source_lead=wrong)
    assert selectors.source_chain(second) == [first]


def test_a_referrer_is_of_the_zone(add):
    with pytest.raises(WrongInput):
        add("甲项目", source_enterprise=make_enterprise(make_zone()))


def test_the_form_takes_the_referring_firm_and_lead_by_name(client, zone, officer, add):
    firm, first = make_enterprise(zone, name="苏州领航科技有限公司"), add("甲项目")
    page = signed_in(client, officer)
    form = {"name": "乙项目", "source": "referral", "found_on": "2026-05-01", "stage": "found"}
    unknown = page.post(
        "/leads/add/", form | {"source_enterprise": "没有的企业", "source_lead": "没有的线索"}
    )
    assert unknown.status_code == 422
    assert "没有的企业" in unknown.content.decode()
    said = {"source_enterprise": firm.name, "source_lead": "甲项目", "signed_investment_cny": "120.5"}
    assert page.post("/leads/add/", form | said).status_code == 302
    lead = Lead.objects.get(name="乙项目")
    assert (lead.source_enterprise, lead.source_lead, lead.signed_investment_cny) == (firm, first, 1_205_000)


def test_the_api_tells_the_funnel(client, zone, officer, add):
    add("甲项目", stage="talking")
    answer = signed_in(client, officer).get(
        f"/api/v1/leads/funnel?zone={zone.code}&first=2026-01-01&last=2026-06-30"
    )
    assert answer.json()["whole"]["talking"] == 1


def test_the_funnel_costs_the_same_for_one_lead_and_for_many(
    zone, officer, add, django_assert_max_num_queries
):
    add("甲项目", stage="talking")
    rows = rows_of(zone, officer)
    with django_assert_max_num_queries(5) as few:
        selectors.ways_by_source(rows), selectors.ways_by_sector(rows), selectors.referrers(rows)
    for n in range(10):
        add(f"项目{n}", stage="talking")
    with django_assert_max_num_queries(len(few)):
        selectors.ways_by_source(rows), selectors.ways_by_sector(rows), selectors.referrers(rows)
