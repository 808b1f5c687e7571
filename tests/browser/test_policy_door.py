"""The policy doors in a browser: the questions by keyboard on a telephone without scripts, and a firm's own link."""

import re

from playwright.sync_api import Page

from tests.apps.portal.policies import TITLES, make_policies, publish_rules
from tests.factories import make_enterprise
from zhuchao.apps.portal.models import Enquiry, FactProposal
from zhuchao.apps.portal.services import make_link

PHONE = {"width": 360, "height": 740}
ANSWERS = {
    "列入经营异常名录或严重违法失信名单": "否",
    "国民经济行业代码": "C3962",
    "上年营业收入": "5000万元",
    "上年研发费用": "120万元",
}


def wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def asked(page: Page) -> str:
    label = page.locator(".d-ask legend, .d-ask .d-field label")
    return label.inner_text() if label.count() else ""


def test_a_firm_finds_out_what_it_may_have_by_keyboard_alone_on_a_telephone(transactional_db, new_page):
    publish_rules(make_policies())
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/p/hepan/policies/")
    page.click(".d-nav a[href$='/fit/']")
    settled = []
    for _turn in range(20):
        label = asked(page)
        if not label:
            break
        assert page.evaluate("document.activeElement.name") == "answer", label
        assert not wide(page)
        settled.append(int(page.locator("progress").get_attribute("value") or 0))
        answer = ANSWERS.get(label)
        if answer in ("是", "否"):
            page.keyboard.press("Space")
            if answer == "否":
                page.keyboard.press("ArrowDown")
        elif answer:
            page.keyboard.type(answer)
        else:
            while page.evaluate("document.activeElement.value") != "unknown":
                page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert settled == sorted(settled)
    assert settled[0] == 0
    assert not wide(page)
    near = page.locator(".d-match", has_text=TITLES["research"])
    assert "只差一项" in near.inner_text()
    assert "上年研发费用增加 30.00 万元，达到 150.00 万元" in near.inner_text()
    assert "第二条 研发费用占营业收入 3% 以上" in near.inner_text()
    near.locator("summary").press("Enter")
    for words in ("“最高 20 万元。”", "≥ 3%"):
        assert words in near.locator("details").inner_text()
    assert page.url.endswith("/p/hepan/policies/fit/")
    assert not Enquiry.objects.exists()
    for name, text in (("company", "青岚精密有限公司"), ("person", "周来访"), ("phone", "13800001234")):
        page.fill(f"[name={name}]", text)
    page.check("[name=consent]")
    page.press("[name=phone]", "Enter")
    page.wait_for_url("**/done/")
    assert Enquiry.objects.get().answers["rd"] == "1200000"


def test_a_firm_opens_its_link_on_a_telephone_and_corrects_a_fact(transactional_db, new_page):
    shown = make_policies()
    publish_rules(shown)
    firm = make_enterprise(shown.zone, name="青岚精密有限公司", industry_code="C3962")
    _link, token = make_link(actor=None, enterprise=firm, person="王经理")
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"/firm/enter/{token}/")
    page.click("main button")
    page.wait_for_url("**/firm/")
    assert "青岚精密有限公司" in page.inner_text("main")
    assert not wide(page)
    page.click(".d-nav a[href='/firm/facts/']")
    assert not wide(page)
    page.click("a[href='/firm/facts/rd/']")
    page.fill("[name=value]", "200万元")
    page.press("[name=value]", "Enter")
    page.wait_for_url(re.compile(r"/firm/facts/$"))
    assert "待核对" in page.inner_text("main")
    assert FactProposal.objects.get().enterprise == firm
