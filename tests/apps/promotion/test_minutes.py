"""The minute of a talk: one short page, kept with the activity, its needs pulled into fields."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Activity, Lead
from zhuchao.apps.zones.models import Role

ON = date(2026, 3, 2)
SAID = "想租3000-5000平厂房，必须有10吨行车，荷载2吨/㎡，租金不超过1.2元/㎡/天，用电500千瓦，总投资1.2亿元"


@pytest.fixture
def zone():
    return make_zone(demo_day=ON, demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def take(zone, officer):
    def run(minutes=SAID, firm="南京蓝鲸量子科技有限公司", actor=officer, **values):
        given = {"title": f"对接{firm}", "direction": "out", "on": ON} | values
        return services.take_minute(actor=actor, zone=zone, firm=firm, minutes=minutes, **given)

    return run


@pytest.mark.document("0-18")
def test_a_minute_is_one_short_form_and_its_needs_become_fields(client, officer):
    page = signed_in(client, officer)
    assert page.get("/activities/quick/").status_code == 200
    form = {
        "firm": "南京蓝鲸量子科技有限公司",
        "minutes": SAID,
        "new_lead": "量子芯片中试项目",
        "next_action": "约企业来踏勘",
        "next_action_on": "2026-03-09",
        "place": "南京",
        "on": "2026-03-02",
        "direction": "out",
    }
    answer = page.post("/activities/quick/", form, follow=True)
    lead = Lead.objects.get()
    needs = selectors.needs_of(lead)
    assert (needs.area_min_m2, needs.area_max_m2, needs.kinds) == (3000, 5000, ["workshop"])
    assert (needs.hoist_t, needs.floor_load_kn_m2) == (10, Decimal("19.61"))
    assert needs.rent_max_cny_m2_day == Decimal("1.2")
    assert needs.is_hard == ["hoist_t"]
    assert needs.power_kva is None
    assert needs.source_text == SAID
    assert (lead.next_action, lead.next_action_on) == ("约企业来踏勘", date(2026, 3, 9))
    assert lead.planned_investment_cny == 120_000_000
    words = answer.content.decode()
    assert "“10吨行车”" in words
    assert "千瓦折算 kVA 需要功率因数" in words
    assert Activity.objects.get().minutes == SAID


def test_needs_said_before_stay_and_the_difference_is_told(take):
    lead = take(new_lead="甲项目").lead
    second = take("改要8000平，需要天然气", lead=lead, title="再次对接")
    needs = selectors.needs_of(lead)
    assert (needs.area_min_m2, needs.needs_gas) == (3000, True)
    assert (second.filled, second.differing) == (("needs_gas",), ("area_min_m2",))
    assert take("只聊了天气", lead=lead, title="三次对接").filled == ()


def test_needs_that_contradict_those_before_do_not_lose_the_minute(take):
    lead = take("想租8000平厂房", new_lead="甲项目").lead
    second = take("最多5000平，需要天然气", lead=lead, title="再次对接")
    assert second.refused is not None
    assert second.filled == ()
    assert selectors.needs_of(lead).area_max_m2 is None
    assert Activity.objects.filter(title="再次对接").exists()


def test_a_minute_without_a_lead_is_kept_and_only_read(take):
    minute = take()
    assert minute.lead is None
    assert minute.wants.values["hoist_t"] == 10
    assert not Lead.objects.exists()


def test_the_page_offers_the_lead_it_is_opened_from_and_tells_of_differences(client, officer, take):
    lead = take(new_lead="甲项目").lead
    page = signed_in(client, officer)
    assert f'value="{lead.pk}" selected' in page.get(f"/activities/quick/?lead={lead.pk}").content.decode()
    assert page.get("/activities/quick/?lead=x").status_code == 200
    form = {"firm": "蓝鲸", "minutes": "要8000平", "lead": lead.pk, "on": "2026-03-02", "direction": "in"}
    words = page.post("/activities/quick/", form, follow=True).content.decode()
    assert "与原来的需求不一致，没有改动：最小面积（㎡）" in words


def test_the_form_of_needs_is_filled_from_the_lead_s_own_words(client, zone, officer):
    lead = services.add_lead(
        actor=officer, zone=zone, name="乙项目", found_on=ON, needs="厂房5000平方米，荷载1吨/㎡，天然气"
    )
    words = signed_in(client, officer).get(f"/leads/{lead.pk}/needs/").content.decode()
    assert 'value="5000"' in words
    assert "提到了，没有说要不要" in words
    assert selectors.needs_of(lead) is None
