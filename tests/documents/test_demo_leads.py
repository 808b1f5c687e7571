"""The leads of the demo: what the system does by itself leaves them with those who answer for them."""

from pathlib import Path

import pytest

from zhuchao.apps.promotion.models import Lead, PoolMove
from zhuchao.apps.promotion.services import release_all_dormant_leads


@pytest.mark.django_db
def test_the_old_clocks_of_the_demo_empty_no_leads_into_the_pool(demo: Path) -> None:
    owned = Lead.objects.exclude(owner=None).count()
    assert owned > 100
    assert release_all_dormant_leads() == 0
    assert not PoolMove.objects.exists()
    assert Lead.objects.exclude(owner=None).count() == owned
