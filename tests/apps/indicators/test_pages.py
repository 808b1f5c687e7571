"""The pages, the API and the command show the same figures."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.services import add_entry
from zhuchao.apps.indicators import services
from zhuchao.apps.indicators.models import Indicator, Observation, Target
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.zones.models import Role, User, Zone

MAY = date(2026, 5, 31)


@pytest.fixture
def zone() -> Zone:
    zone = make_zone(code="pj")
    services.set_target(
        actor=None,
        zone=zone,
        indicator=Indicator.objects.get(code="revitalised_area"),
        kind="plan",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 12, 31),
        value=Decimal(30000),
        unit="㎡",
    )
    add_entry(
        Revitalisation(
            zone=zone, happened_on=MAY, place="老邮政大楼", area_m2=Decimal(14816), evidence_note="合同"
        ),
        actor=None,
        at=timezone.now(),
    )
    return zone


@pytest.fixture
def analyst(zone: Zone) -> User:
    return make_user(Role.ANALYST, zone=zone)


def test_the_list_shows_value_target_completion_and_light(client: Client, zone: Zone, analyst: User):
    page = signed_in(client, analyst).get("/figures/?month=2026-05").content.decode()
    for words in ("盘活载体面积", "14,816", "30,000", "49.4%", "41.7%", "绿"):
        assert words in page, words


def test_a_figure_opens_to_its_entries(client: Client, zone: Zone, analyst: User):
    page = signed_in(client, analyst).get("/figures/revitalised_area/?month=2026-05").content.decode()
    assert "老邮政大楼" in page
    assert "合同" in page
    assert "由 1 条台账组成" in page


def test_page_api_and_command_print_the_same_numbers(
    client: Client, zone: Zone, analyst: User, capsys: pytest.CaptureFixture[str]
):
    call_command("figures", "--zone", "pj", "--month", "2026-05", "--json")
    printed = json.loads(capsys.readouterr().out)
    answered = signed_in(client, analyst).get("/api/v1/figures?zone=pj&month=2026-05").json()
    for found in (printed, answered):
        found.pop("as_of")
        for item in found["figures"]:
            item.pop("as_of")
    assert printed == answered
    first = printed["figures"][0]
    assert (first["code"], first["value"], first["target"], first["entries"]) == (
        "revitalised_area",
        "14816",
        "30000",
        1,
    )
    assert Decimal(first["completion"]).quantize(Decimal("0.001")) == Decimal("0.494")


def test_the_command_takes_a_past_moment(zone: Zone, capsys: pytest.CaptureFixture[str]):
    call_command("figures", "--zone", "pj", "--month", "2026-05", "--as-of", "2020-01-01", "--json")
    assert [item["value"] for item in json.loads(capsys.readouterr().out)["figures"]] == []


def test_an_unknown_zone_is_a_sentence(zone: Zone):
    with pytest.raises(CommandError, match="找不到辖区"):
        call_command("figures", "--zone", "nowhere", "--month", "2026-05")


@pytest.mark.parametrize(
    "address", ["/figures/?month=05", "/figures/?month=2026-13", "/figures/?as_of=yesterday"]
)
def test_a_wrong_month_or_moment_is_refused_kindly(client: Client, zone: Zone, analyst: User, address: str):
    response = signed_in(client, analyst).get(address)
    assert response.status_code == 422
    assert "2023-0" in response.content.decode()


def test_a_person_without_the_zone_sees_nothing_of_it(client: Client, zone: Zone):
    signed_in(client, make_user(Role.ANALYST))
    assert client.get("/figures/?zone=pj").status_code == 404
    assert client.get("/api/v1/figures?zone=pj&month=2026-05").status_code == 404
    target = Target.objects.get()
    assert client.get(f"/targets/{target.pk}/correct/").status_code == 404
    assert client.post(f"/targets/{target.pk}/void/", {"reason": "x"}).status_code == 404


def test_a_target_is_set_and_corrected_in_the_pages(client: Client, zone: Zone, analyst: User):
    signed_in(client, analyst)
    data = {
        "indicator": "projects_signed",
        "kind": "plan",
        "period_from": "2026-01-01",
        "period_to": "2026-12-31",
        "value": "20",
        "unit": "个",
    }
    assert client.post("/targets/add/", data).status_code == 302
    again = client.post("/targets/add/", data)
    assert again.status_code == 422
    assert "已经下达" in again.content.decode()
    assert "2026-12-31" in again.content.decode()
    target = Target.objects.live().get(indicator__code="projects_signed")
    assert (
        client.post(
            f"/targets/{target.pk}/correct/", {"value": "25", "unit": "个", "reason": "追加"}
        ).status_code
        == 302
    )
    assert "25" in client.get("/targets/").content.decode()


def test_an_observation_is_entered_with_its_growth_in_percent(client: Client, zone: Zone, analyst: User):
    signed_in(client, analyst)
    data = {
        "indicator": "industrial_output",
        "month": "2026-05",
        "value": "44.5",
        "unit": "亿元",
        "growth_percent": "4.83",
        "status": "flash",
    }
    assert client.post("/observations/add/", data).status_code == 302
    kept = Observation.objects.get()
    assert (kept.value, kept.growth) == (Decimal("4450000000"), Decimal("0.0483"))
    assert "44.5" in client.get("/observations/").content.decode()


def test_only_the_figure_page_that_draws_loads_the_chart_library(client: Client, zone: Zone, analyst: User):
    signed_in(client, analyst)
    assert "echarts" not in client.get("/figures/?month=2026-05").content.decode()
    assert "echarts" in client.get("/figures/revitalised_area/?month=2026-05").content.decode()


@pytest.mark.parametrize("address", ["/targets/", "/observations/", "/reports/"])
def test_a_list_costs_the_same_for_one_row_and_for_thirty(
    client: Client, zone: Zone, analyst: User, address: str, django_assert_max_num_queries
):
    for number, indicator in enumerate(Indicator.objects.filter(kind="observed")[:15]):
        services.add_observation(
            actor=None,
            zone=zone,
            indicator=indicator,
            period_to=MAY,
            value=Decimal(1 if indicator.part_of_id else 9),
            status="flash",
        )
        if indicator.dimension == "money":
            services.set_target(
                actor=None,
                zone=zone,
                indicator=indicator,
                kind="plan",
                period_from=date(2026, 1, 1),
                period_to=date(2026, 12, 31),
                value=Decimal(number + 1),
            )
    signed_in(client, analyst)
    client.get(address)
    with django_assert_max_num_queries(22):
        assert client.get(address).status_code == 200
