"""The main job in a real browser: an office's ledger goes in, the figure opens to it, the report comes out as Word."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import call_command
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect

from tests.factories import make_user, make_zone
from zhuchao.apps.indicators.models import Indicator
from zhuchao.apps.indicators.services import load_builtin_indicators, set_target
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.zones.models import Role, User, Zone

YEAR = timezone.now().year - 1


@pytest.fixture
def zone(transactional_db: None) -> Zone:
    load_builtin_indicators()
    return make_zone(name="浏览器测试街道", short_name="测试街道")


@pytest.fixture
def analyst(zone: Zone) -> User:
    set_target(
        actor=None,
        zone=zone,
        indicator=Indicator.objects.get(zone__isnull=True, code="revitalised_area"),
        kind="plan",
        period_from=date(YEAR, 1, 1),
        period_to=date(YEAR, 12, 31),
        value=12144,
        unit="㎡",
    )
    return make_user(Role.ADMINISTRATOR, zone=zone, username="analyst")


def ledger(path: Path, *, second_area: object) -> Path:
    """Write a ledger as an office keeps it: a title above, dates as text, a total and a note below."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("盘活台账")
    sheet.merge_range("A1:F1", f"{YEAR}年盘活闲置载体台账")
    sheet.write_row("A2", ["序号", "盘活日期", "载体名称", "位置", "盘活面积（㎡）", "佐证材料"])
    sheet.write_row("A3", [1, f"{YEAR}.3.15", "老邮政大楼", "一层", 6500, "租赁合同1"])
    sheet.write_row("A4", [2, f"{YEAR}年5月29日", "中张家巷27号", "整体", second_area, "签约协议2"])
    sheet.write_row("A5", ["合计", "", "", "", 14816, ""])
    sheet.write("A6", "备注：面积以房产证为准。")
    book.close()
    return path


def sign_in_by_the_form(page: Page) -> None:
    page.goto("/")
    page.locator("input[name=login]").fill("analyst")
    page.locator("input[name=password]").fill("correct horse battery")
    page.locator("form[data-form] button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("今日")


def upload(page: Page, path: Path) -> None:
    page.goto("/imports/new/revitalisations/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#main form button[type=submit]").first.click()
    expect(page.locator("#main")).to_contain_text("盘活面积")
    page.locator("#main form button.btn-primary[type=submit]").last.click()


def test_a_ledger_goes_in_and_a_report_comes_out(page: Page, zone: Zone, analyst: User, tmp_path: Path):
    sign_in_by_the_form(page)

    upload(page, ledger(tmp_path / "wrong.xlsx", second_area=-8316))
    expect(page.locator("#main")).to_contain_text("第 4 行")
    assert not Revitalisation.objects.exists()

    upload(page, ledger(tmp_path / "right.xlsx", second_area=8316))
    expect(page.locator("#main")).to_contain_text("中张家巷27号")
    assert not Revitalisation.objects.exists()
    page.locator("#main form button.btn-primary[type=submit]").last.click()
    page.wait_for_load_state()
    call_command("work", "--until-idle", "--interval", "0.1")
    assert Revitalisation.objects.live().count() == 2

    page.goto(f"/figures/?month={YEAR}-05")
    expect(page.locator("#main")).to_contain_text("14,816")
    page.get_by_role("link", name="盘活载体面积").last.click()
    expect(page.locator("#main")).to_contain_text("老邮政大楼")
    expect(page.locator("#main")).to_contain_text("签约协议2")
    expect(page.locator("figure.z-chart svg")).to_be_visible()

    page.goto(f"/reports/add/?month={YEAR}-05")
    page.locator("#main form button[type=submit]").first.click()
    page.wait_for_load_state()
    call_command("work", "--until-idle", "--interval", "0.1")
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    saved = tmp_path / "report.docx"
    download.value.save_as(saved)
    words = "\n".join(paragraph.text for paragraph in Document(str(saved)).paragraphs)
    assert f"浏览器测试街道{YEAR}年1—5月经济运行月报" in words
    assert "盘活载体面积14,816㎡" in words


@pytest.mark.parametrize(
    "path", ["/today/", "/imports/new/", "/leads/", "/figures/", "/enterprises/", "/premises/"]
)
def test_a_page_fits_a_phone_and_reads_in_english(new_page, sign_in, zone: Zone, analyst: User, path: str):
    page = new_page(viewport={"width": 360, "height": 740}, locale="en-GB")
    sign_in(page, analyst)
    page.goto(path)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"{path} is {width} px wide"


def test_the_desk_reads_and_saves_without_scripts(new_page, sign_in, zone: Zone, analyst: User):
    page = new_page(java_script_enabled=False)
    sign_in(page, analyst)
    page.goto("/today/")
    expect(page.locator("h1")).to_contain_text("今日")
    page.goto("/search/?q=没有")
    expect(page.locator("#main")).to_contain_text("没有找到")
