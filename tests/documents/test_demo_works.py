"""The engineering and spatial projects of the first document, beside its industrial ones."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from tests.factories import signed_in
from zhuchao.apps.projects import selectors
from zhuchao.apps.projects.models import Investment
from zhuchao.apps.projects.selectors.light_table import LightTable
from zhuchao.apps.zones.models import Membership, Role, Zone

YI = Decimal(100_000_000)


def listed(label: str) -> tuple[LightTable, str]:
    """Return the list of a label as its page shows it to the leader."""
    zone = Zone.objects.get(code="susu")
    leader = Membership.objects.filter(zone=zone, role=Role.LEADER).select_related("user").first()
    assert leader is not None
    answer = signed_in(Client(), leader.user).get("/projects/lights/", {"zone": "susu", "label": label})
    assert answer.status_code == 200
    return answer.context["table"], answer.content.decode()


@pytest.mark.document("1-56")
def test_22_engineering_projects_add_up_to_790_million_of_vouched_money(demo: Path):
    table, html = listed("中心城市重点工程")
    assert len(table.rows) == 22
    assert {row.project.kind for row in table.rows} == {"public"}
    assert table.invested_cny == Decimal("7.9") * YI
    entries = selectors.verified(Investment.objects.live()).filter(
        project__in=[row.project.pk for row in table.rows], kind=Investment.Kind.FIXED_ASSETS
    )
    assert sum(entry.amount_cny for entry in entries) == table.invested_cny
    assert "label=%E4%B8%AD%E5%BF%83%E5%9F%8E%E5%B8%82%E9%87%8D%E7%82%B9%E5%B7%A5%E7%A8%8B" in html
    zone = Zone.objects.get(code="susu")
    opened = selectors.invested_with_label(selectors.listed_investments(None, zone), "中心城市重点工程")
    assert sum(entry.amount_cny for entry in opened) == table.invested_cny


@pytest.mark.document("1-61")
def test_5_spatial_governance_projects_stand_with_their_lights(demo: Path):
    table, html = listed("列市空间治理")
    assert len(table.rows) == 5
    assert {row.light.colour for row in table.rows} >= {"red", "amber", "green"}
    for row in table.rows:
        assert f">{row.project.name}</a></th>" in html
        assert row.light.reasons[0] in html.replace("&quot;", '"')
