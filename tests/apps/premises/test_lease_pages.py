"""The pages and the API of holds, leases and planned arrivals, and what they put on 今日."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import make_site, make_user, make_zone, signed_in
from zhuchao.apps.desk import selectors as desk
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Arrival, Hold, Lease, Unit
from zhuchao.apps.premises.selectors.bills import Step
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=timezone.now())


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def page(client, steward):
    return signed_in(client, steward)


@pytest.fixture
def building(zone):
    site = services.add_site(actor=None, zone=zone, name="云智慧产业园", on=date(2020, 1, 1))
    return services.add_building(actor=None, site=site, name="1号楼")


@pytest.fixture
def units(building):
    return [
        services.add_unit(
            actor=None,
            site=building.site,
            building=building,
            level=3,
            name=name,
            gross_area_m2=Decimal(500),
            on=date(2020, 1, 1),
        )
        for name in ("301", "302")
    ]


def lease_of(units, **values):
    given = {
        "actor": None,
        "number": "租-2022-07",
        "tenant": "星野设计",
        "units": units[:1],
        "signed_on": date(2022, 7, 1),
        "starts_on": date(2022, 7, 11),
        "ends_on": date(2023, 7, 10),
        "rent": [Step(date(2022, 7, 11), Decimal(30), "month")],
    }
    return services.sign_lease(**(given | values))


def text_of(answer):
    return answer.content.decode()


def titles(user, zone):
    return {card.title: card for card in desk.cards_for(user, zone)[0]}


def test_units_are_held_extended_and_released_on_their_pages(page, units):
    assert f"/premises/holds/add/?unit={units[0].pk}" in text_of(page.get(f"/premises/units/{units[0].pk}/"))
    form = page.get(f"/premises/holds/add/?unit={units[0].pk}")
    assert "最长 90 天" in text_of(form)
    body = {"units": [unit.pk for unit in units], "held_for": "蓝湾科技", "until": "2023-06-30"}
    refused = page.post("/premises/holds/add/", body | {"until": "2023-06-01"})
    assert refused.status_code == 422
    assert "蓝湾科技" in text_of(refused)
    answer = page.post("/premises/holds/add/", body)
    hold = Hold.objects.get()
    assert answer.url == f"/premises/holds/{hold.pk}/"
    words = text_of(page.get(answer.url))
    assert "还剩 15 天" in words
    assert "302" in words
    assert "蓝湾科技" in text_of(page.get("/premises/holds/?state=open"))
    page.post(f"{answer.url}extend/", {"until": "2023-07-05", "reason": "再谈", "version": "1"})
    hold.refresh_from_db()
    assert hold.until == date(2023, 7, 5)
    page.post(f"{answer.url}release/", {"why": "落户他处"})
    assert "已释放" in text_of(page.get(answer.url))
    assert {unit.state for unit in Unit.objects.all()} == {"vacant"}


def test_the_longest_hold_is_set_by_who_manages_holds_and_nobody_else(page, client, zone):
    assert page.get("/premises/holds/limit/").status_code == 403
    leader = signed_in(client, make_user(Role.LEADER, zone=zone))
    leader.post("/premises/holds/limit/", {"days": "20", "since": "2023-06-01", "reason": "会议纪要"})
    assert selectors.longest_hold_days(zone, TODAY) == 20


def test_a_lease_is_signed_from_a_hold_with_its_rent_in_steps_and_opened(page, units):
    hold = services.hold_units(actor=None, units=units, held_for="蓝湾科技", until=TODAY)
    form = text_of(page.get(f"/premises/leases/add/?hold={hold.pk}"))
    assert 'value="蓝湾科技"' in form
    body = {
        "number": "租-2023-01",
        "tenant": "蓝湾科技有限公司",
        "signed_on": "2023-06-15",
        "units": [units[0].pk],
        "area_m2": "400",
        "starts_on": "2023-07-01",
        "ends_on": "2025-06-30",
        "rent_free_from": "2023-07-01",
        "rent_free_to": "2023-07-31",
        "rent": "30\n2024-07-01 33.5",
        "per": "month",
        "payment_months": "3",
        "deposit_cny": "36000",
    }
    refused = page.post(f"/premises/leases/add/?hold={hold.pk}", body | {"rent": "三十元"})
    assert refused.status_code == 422
    assert "应写成“日期 单价”" in text_of(refused)
    answer = page.post(f"/premises/leases/add/?hold={hold.pk}", body)
    lease = Lease.objects.get()
    assert answer.url == f"/premises/leases/{lease.pk}/"
    assert [step.rate_cny for step in lease.steps.order_by("from_on")] == [Decimal(30), Decimal("33.5")]
    assert Hold.objects.get().end == "signed"
    words = text_of(page.get(answer.url))
    # July is free: two months of 400 m² at 30
    assert "24,000" in words
    assert "待起租" in words
    assert f"/premises/leases/{lease.pk}/" in text_of(page.get(f"/premises/units/{units[0].pk}/"))


def test_a_lease_shows_what_is_open_takes_money_and_keeps_both_in_its_history(page, units):
    lease = lease_of(units)
    url = f"/premises/leases/{lease.pk}/"
    assert "欠租 180,000 元" in text_of(page.get(url))
    page.post(f"{url}pay/", {"on": "2023-06-01", "kind": "rent", "amount_cny": "100000"})
    words = text_of(page.get(url))
    assert "欠租 80,000 元" in words
    assert "租金 100,000.00 元" in words
    entry = lease.payments.get()
    page.post(
        f"/premises/leases/payments/{entry.pk}/correct/",
        {"on": "2023-06-01", "kind": "rent", "amount_cny": "180000", "reason": "少录"},
    )
    assert "没有欠租" in text_of(page.get(url))
    assert page.get("/premises/leases/").status_code == 200
    listed = text_of(page.get("/premises/leases/?ending=30"))
    assert "星野设计" in listed
    assert "剩 25 天" in listed
    assert "星野设计" not in text_of(page.get("/premises/leases/?state=expired"))
    assert "星野设计" in text_of(page.get("/premises/leases/?q=星野"))
    exported = b"".join(page.get("/premises/leases/?export=csv").streaming_content).decode("utf-8-sig")
    assert "星野设计" in exported


def test_a_lease_is_changed_renewed_ended_and_voided_on_its_pages(page, units):
    lease = lease_of(units, ends_on=date(2024, 7, 10))
    url = f"/premises/leases/{lease.pk}/"
    form = page.get(f"{url}change/")
    assert "2022-07-11 30" in text_of(form)
    body = {
        "version": lease.version,
        "number": lease.number,
        "tenant": lease.tenant_name,
        "signed_on": "2022-07-01",
        "starts_on": "2022-07-11",
        "ends_on": "2024-07-10",
        "rent": "30\n2023-07-11 32",
        "per": "month",
        "payment_months": "6",
        "deposit_cny": "9000",
        "reason": "补充协议",
    }
    assert page.post(f"{url}change/", body).status_code == 302
    lease.refresh_from_db()
    assert (lease.payment_months, lease.steps.count()) == (6, 2)
    assert page.post(f"{url}change/", body).status_code == 409
    renewal = {
        "number": "租-续",
        "signed_on": "2023-06-15",
        "starts_on": "2024-07-11",
        "ends_on": "2025-07-10",
        "rent": "33",
        "per": "month",
        "payment_months": "3",
    }
    assert page.post(f"{url}renew/", renewal).status_code == 302
    successor = Lease.objects.get(renews=lease)
    assert page.post(f"/premises/leases/{successor.pk}/void/", {"reason": "未续成"}).status_code == 302
    assert page.post(f"{url}end/", {"on": "2023-06-14", "reason": "搬离"}).status_code == 302
    assert "提前终止" in text_of(page.get(url))
    assert Unit.objects.get(pk=units[0].pk).state == "vacant"


@pytest.mark.document("0-02")
def test_arrivals_of_a_building_are_planned_listed_by_month_and_flagged_when_late(
    page, building, zone, steward
):
    for who, month in (
        ("宝马 i Space 新能源系列", "2023-06"),
        ("比亚迪 F 品牌系列", "2023-06"),
        ("五月品牌", "2023-05"),
    ):
        answer = page.post("/premises/arrivals/add/", {"building": building.pk, "who": who, "month": month})
        assert answer.status_code == 302
    due = text_of(page.get("/premises/arrivals/?state=due"))
    assert "宝马 i Space" in due
    assert "比亚迪 F" in due
    assert "五月品牌" not in due
    assert "五月品牌" in text_of(page.get("/premises/arrivals/?state=overdue"))
    found = titles(steward, zone)
    assert found["五月品牌应已引进"].urgency == desk.Urgency.OVERDUE
    assert found["比亚迪 F 品牌系列本月引进"].urgency == desk.Urgency.WEEK
    late, other, third = Arrival.objects.order_by("expected_month", "pk")
    page.post(f"/premises/arrivals/{late.pk}/done/", {"on": "2023-06-10"})
    page.post(f"/premises/arrivals/{other.pk}/off/", {"why": "改落他区"})
    body = {"building": building.pk, "who": third.who, "month": "2023-07", "version": third.version}
    assert page.post(f"/premises/arrivals/{third.pk}/", body).status_code == 422
    page.post(f"/premises/arrivals/{third.pk}/", body | {"reason": "展厅改造"})
    assert "五月品牌应已引进" not in titles(steward, zone)
    assert not any("引进" in title for title in titles(steward, zone))
    page.post(f"/premises/arrivals/{late.pk}/reopen/", {"why": "未到"})
    assert "五月品牌应已引进" in titles(steward, zone)


def test_today_tells_of_holds_and_leases_that_end_and_each_reminder_is_put_off_by_itself(
    steward, units, zone, client
):
    lease = lease_of(units)
    services.hold_units(actor=None, units=units[1:], held_for="蓝湾科技", until=TODAY + timedelta(days=3))
    found = titles(steward, zone)
    assert found["蓝湾科技的预留即将到期"].day == TODAY + timedelta(days=3)
    card = found["星野设计的租约 30 天内到期"]
    assert card.key == f"lease:{lease.pk}:30"
    assert "2022-07" in card.why
    liaison = make_user(Role.LIAISON, zone=zone)
    assert not any("租约" in title for title in titles(liaison, zone))


def test_the_api_holds_signs_bills_and_takes_money_by_the_same_rules(page, units, zone):
    send = {"content_type": "application/json"}
    held = page.post(
        "/api/v1/holds", {"unit_ids": [units[0].pk], "held_for": "甲", "until": "2023-06-20"}, **send
    )
    assert held.status_code == 201
    again = page.post(
        "/api/v1/holds", {"unit_ids": [units[0].pk], "held_for": "乙", "until": "2023-06-20"}, **send
    )
    assert (again.status_code, again.json()["code"]) == (409, "unit_not_vacant")
    body = {
        "number": "A-1",
        "tenant": "甲",
        "places": [{"unit_id": units[0].pk}],
        "signed_on": "2023-06-15",
        "starts_on": "2023-06-15",
        "ends_on": "2024-06-14",
        "rent": [{"from_on": "2023-06-15", "rate_cny": "1.5", "per": "day"}],
        "hold_id": held.json()["id"],
    }
    signed = page.post("/api/v1/leases", body, **send)
    assert (signed.status_code, signed.json()["state"]) == (201, "running")
    twice = page.post("/api/v1/leases", body | {"number": "A-2", "hold_id": None}, **send)
    assert (twice.status_code, twice.json()["code"]) == (409, "lease_overlaps")
    url = f"/api/v1/leases/{signed.json()['id']}"
    page.post(f"{url}/payments", {"on": "2023-06-15", "amount_cny": "9000"}, **send)
    account = page.get(f"{url}/account?on=2023-06-15").json()
    assert Decimal(account["arrears_cny"]) == Decimal(500) * Decimal("1.5") * 92 - 9000
    assert [row["id"] for row in page.get(f"/api/v1/leases?zone={zone.code}").json()["items"]] == [
        signed.json()["id"]
    ]
    ended = page.post(f"{url}/end", {"on": "2023-06-15", "reason": "搬离"}, **send)
    assert ended.json()["last_on"] == "2023-06-15"


def test_the_api_plans_arrivals_and_says_how_each_stands(page, building, zone):
    send = {"content_type": "application/json"}
    url = f"/api/v1/sites/{building.site_id}/arrivals"
    made = page.post(
        url, {"who": "甲品牌", "expected_month": "2023-05-09", "building_id": building.pk}, **send
    )
    assert (made.status_code, made.json()["state"]) == (201, "overdue")
    done = page.post(f"/api/v1/arrivals/{made.json()['id']}/done", {"on": "2023-06-01"}, **send)
    assert done.json()["state"] == "done"
    assert len(page.get(f"/api/v1/arrivals?zone={zone.code}").json()["items"]) == 1
    elsewhere = make_site(zone)
    wrong = page.post(
        f"/api/v1/sites/{elsewhere.pk}/arrivals",
        {"who": "乙", "expected_month": "2023-06-01", "building_id": building.pk},
        **send,
    )
    assert wrong.json()["code"] == "place_mismatch"
