"""A clerk writes a condition by form and keyboard, sees the count change and saves; a second person publishes it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_user, make_zone
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.policies import services
from zhuchao.apps.policies.models import PolicyVersion
from zhuchao.apps.zones.models import Role

CLAUSES = [("第一条", "制造业企业可以申请。"), ("第二条", "营业收入 5000 万元以上。")]
RULES = """\
conditions:
- {id: kind, text: 制造业企业, article: 第一条, test: "industry like 'C%'"}
benefit: {text: 一次性奖励, amount: 10万元}
"""


@pytest.fixture
def zone(transactional_db):
    zone = make_zone()
    for name, revenue in (("大河机械", 60_000_000), ("小溪机械", 10_000_000)):
        firm = make_enterprise(zone, name=f"{name}（示例）有限公司", industry_code="C3962")
        firms.file_values(
            actor=None,
            enterprise=firm,
            period="year",
            on=date(zone_year() - 1, 12, 31),
            status="approved",
            values={"revenue": Decimal(revenue)},
        )
    return zone


def zone_year() -> int:
    from django.utils import timezone

    return timezone.localdate().year


@pytest.mark.parametrize("width", [1440, 360])
def test_a_condition_is_written_by_keyboard_counted_saved_and_published_by_another(
    zone, new_page, sign_in, width
):
    clerk, second = make_user(Role.LIAISON, zone=zone), make_user(Role.LEADER, zone=zone)
    policy = services.add_policy(
        actor=clerk, zone=zone, key="P-1", title="示例办法", level="district", department="经发局"
    )
    said = {"clauses": CLAUSES, "document_no": "示例〔2023〕1号", "rules": RULES}
    first = services.draft_version(actor=clerk, policy=policy, effective_from=date(2023, 1, 1), **said)
    services.publish_version(actor=second, draft=first)
    draft = services.draft_version(actor=clerk, policy=policy, effective_from=date(2023, 6, 1), **said)

    page = new_page(viewport={"width": width, "height": 900})
    sign_in(page, clerk)
    page.goto(f"/policies/versions/{draft.pk}/conditions/")
    page.wait_for_selector("#count .z-counts li:first-child strong:has-text('2')")
    add = page.get_by_role("button", name="添加条件")
    add.focus()
    add.press("Enter")
    page.wait_for_selector("#id_part-text")
    page.select_option("#id_part-article", "第二条")
    page.fill("#id_part-text", "上年营业收入 5000 万元以上")
    field = page.locator("#id_part-field_0_text")
    field.fill("上年营业收入")
    page.wait_for_selector(".z-combo-list [role=option]")
    field.press("ArrowDown")
    field.press("Enter")
    page.select_option("#id_part-operator_0", "at_least")
    page.fill("#id_part-value_0", "5000万元")
    page.press("#id_part-value_0", "Enter")
    page.wait_for_selector("#count .z-counts li:first-child strong:has-text('1')")
    assert "revenue >= 5000万元" in page.input_value("#id_rules")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    save = page.get_by_role("button", name="保存", exact=True)
    save.focus()
    save.press("Enter")
    page.wait_for_selector("[data-toast], .z-toast, .alert-success")
    assert "revenue >= 5000万元" in PolicyVersion.objects.get(pk=draft.pk).rules

    other = new_page(viewport={"width": width, "height": 900})
    sign_in(other, second)
    other.goto(f"/policies/versions/{draft.pk}/publish/")
    assert "家由“符合”变为“只差一项”" in other.inner_text("main")
    other.check("#id_checked")
    other.check("#id_losses")
    other.get_by_role("button", name="发布", exact=True).press("Enter")
    other.wait_for_url(f"**/policies/{policy.pk}/")
    assert PolicyVersion.objects.get(pk=draft.pk).published_by == second
