"""The leads of the demo: what the system does by itself leaves them with those who answer for them."""

from pathlib import Path

import pytest

from zhuchao.apps.premises.models import Hold
from zhuchao.apps.promotion.models import (
    Dispute,
    ForeignCapital,
    Lead,
    LeadNeeds,
    PoolMove,
    Referral,
    Viewing,
)
from zhuchao.apps.promotion.services import release_all_dormant_leads


@pytest.mark.django_db
def test_the_old_clocks_of_the_demo_empty_no_leads_into_the_pool(demo: Path) -> None:
    owned = Lead.objects.exclude(owner=None).count()
    assert owned > 100
    assert release_all_dormant_leads() == 0
    assert not PoolMove.objects.exists()
    assert Lead.objects.exclude(owner=None).count() == owned


@pytest.mark.django_db
def test_the_demo_shows_needs_viewings_a_dispute_foreign_capital_a_hold_and_a_referral(demo: Path) -> None:
    assert LeadNeeds.objects.filter(zone__code="pingjiang").count() > 20
    assert {row.outcome for row in Viewing.objects.filter(zone__code="pingjiang")} == {
        "",
        "liked",
        "comparing",
        "unsuitable",
    }
    assert Dispute.objects.get(zone__code="pingjiang").is_open
    assert {row.currency for row in ForeignCapital.objects.filter(zone__code="susu")} == {"JPY", "USD"}
    assert Hold.objects.get(zone__code="pingjiang").is_open
    assert Referral.objects.get(zone__code="susu").to_zone.code == "kunmu"
