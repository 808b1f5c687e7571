"""A picker of several records in a browser: found by typing, chosen and taken away again, all by keyboard."""

import pytest

from tests.factories import make_lead, make_site, make_unit, make_user, make_zone
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.promotion.models import Viewing
from zhuchao.apps.zones.models import Role
from zhuchao.web import forms as web_forms


@pytest.fixture
def units(transactional_db, monkeypatch: pytest.MonkeyPatch) -> list[Unit]:
    # One unit is listed, so that the others must be searched for.
    monkeypatch.setattr(web_forms, "MOST_CHOICES", 1)
    zone = make_zone()
    site = make_site(zone, name="苏州健康园")
    return [make_unit(site, name=f"30{n}") for n in range(4)]


def test_units_are_searched_chosen_and_taken_away_by_keyboard(units, new_page, sign_in):
    zone = units[0].zone
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    lead = make_lead(zone, name="量子研发中心项目", owner=officer)
    page = new_page()
    sign_in(page, officer)
    page.goto(f"/leads/{lead.pk}/viewings/add/")
    box = page.locator("#id_units_text")
    for name in ("303", "302", "301"):
        box.fill(f"健康园 {name}")
        page.wait_for_selector(f".z-combo-list li:has-text('{name}')")
        box.press("ArrowDown")
        box.press("Enter")
    chosen = page.locator(".z-combo .z-chip")
    assert chosen.count() == 3
    box.press("Backspace")
    assert chosen.count() == 2
    page.get_by_role("button", name="303").click()
    page.click("form[data-form] button[type=submit]")
    page.wait_for_url(f"**/leads/{lead.pk}/")
    assert [unit.name for unit in Viewing.objects.get().units.all()] == ["302"]
