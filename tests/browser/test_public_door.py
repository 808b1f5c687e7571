"""The public door in a browser: the wall that asks once a minute and outlives its feed, the form without scripts."""

import pytest

from tests.apps.portal.conftest import make_open_zone
from zhuchao.apps.portal.models import Enquiry
from zhuchao.apps.promotion.models import Lead

WALL = "/p/hepan/screen/"


@pytest.mark.document("0-03")
def test_the_wall_asks_once_a_minute_and_says_since_when_its_numbers_stand(transactional_db, page):
    make_open_zone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(".json") else None)
    page.clock.install()
    page.goto(WALL)
    page.clock.fast_forward(59_000)
    assert asked == []

    with page.expect_response("**/screen.json"):
        page.clock.fast_forward(1_000)
    assert len(asked) == 1
    assert page.locator("#stale").is_hidden()
    stood = page.inner_text("#as-of")

    page.route("**/screen.json", lambda route: route.abort())
    page.clock.fast_forward(60_000)
    page.wait_for_selector("#stale", state="visible")
    assert page.inner_text("#as-of") == stood

    page.unroute("**/screen.json")
    page.clock.fast_forward(60_000)
    page.wait_for_selector("#stale", state="hidden")


@pytest.mark.document("0-30")
def test_an_enquiry_is_sent_from_a_phone_without_scripts(transactional_db, new_page):
    opened = make_open_zone()
    phone = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    phone.goto("/p/hepan/")
    phone.click(f"a[href='/p/hepan/units/{opened.free.pk}/']")
    phone.click("a[href$='/enquiry/']")
    for name, text in (
        ("company", "青岚精密有限公司"),
        ("person", "周来访"),
        ("phone", "123"),
        ("need", "车间"),
    ):
        phone.fill(f"[name={name}]", text)
    phone.check("[name=consent]")
    phone.click("main button")
    assert "0512-67201234" in phone.inner_text(".d-error")
    phone.fill("[name=phone]", "13800001234")
    phone.click("main button")
    assert Enquiry.objects.get().number in phone.inner_text("main")
    assert Lead.objects.get().investor == "青岚精密有限公司"
