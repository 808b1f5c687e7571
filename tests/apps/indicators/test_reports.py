"""The monthly report: a real Word file with the figures and a chart that Word can edit."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.selectors.files import open_attachment
from zhuchao.apps.core.services import add_entry, correct_entry
from zhuchao.apps.indicators import services
from zhuchao.apps.indicators.models import Indicator, Report
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.zones.models import Role, User, Zone

MAY = date(2026, 5, 31)


@pytest.fixture
def zone() -> Zone:
    return make_zone(name="测试经开区", short_name="测试")


@pytest.fixture
def analyst(zone: Zone) -> User:
    return make_user(Role.ANALYST, zone=zone)


@pytest.fixture
def entry(zone: Zone) -> Revitalisation:
    services.set_target(
        actor=None,
        zone=zone,
        indicator=Indicator.objects.get(code="revitalised_area"),
        kind="plan",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 12, 31),
        value=Decimal(12144),
        unit="㎡",
    )
    return add_entry(
        Revitalisation(
            zone=zone, happened_on=MAY, place="一号楼", area_m2=Decimal(14816), evidence_note="合同"
        ),
        actor=None,
        at=timezone.now(),
    )


def text_of(report: Report) -> str:
    document = Document(io.BytesIO(open_attachment(report.attachment).read()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def make(actor: User, zone: Zone, **options: object) -> Report:
    report = services.start_report(actor=actor, zone=zone, month=MAY, **options)  # type: ignore[arg-type]
    return services.make_report(actor=actor, report=report)


def test_the_report_says_the_figures_in_words_and_in_a_table(
    zone: Zone, analyst: User, entry: Revitalisation
):
    text = text_of(make(analyst, zone))
    assert "测试经开区2026年1—5月经济运行月报" in text
    assert "盘活载体面积14,816㎡，完成年度计划的122.0%。" in text
    assert {"14,816", "12,144", "122.0%", "41.7%"} <= set(text.split("\n"))


def test_the_chart_is_words_own_with_its_numbers_inside(zone: Zone, analyst: User, entry: Revitalisation):
    content = open_attachment(make(analyst, zone).attachment).read()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        chart = package.read("word/charts/chart1.xml").decode()
        numbers = package.read("word/embeddings/chart1.xlsx")
    assert "word/document.xml" in names
    assert "盘活载体面积" in chart
    assert "122" in chart
    assert "41.7" in chart
    assert zipfile.is_zipfile(io.BytesIO(numbers))


def test_a_past_report_is_made_again_as_it_stood(zone: Zone, analyst: User, entry: Revitalisation):
    moment = timezone.now()
    correct_entry(entry, actor=None, at=moment + timedelta(hours=1), reason="复核", area_m2=Decimal(10000))
    then = make(analyst, zone, as_of=moment)
    later = make(analyst, zone, as_of=moment + timedelta(hours=2))
    assert then.figures[0]["value"] == "14816"
    assert later.figures[0]["value"] == "10000"


def test_a_report_without_any_data_says_so(zone: Zone, analyst: User):
    text = text_of(make(analyst, zone))
    assert "尚未下达目标" in text


def test_a_demo_report_says_that_it_is_synthetic(analyst: User):
    zone = make_zone(demo_day=date(2026, 6, 15), demo_started_at=timezone.now())
    assert "示例数据" in text_of(make(make_user(Role.ANALYST, zone=zone), zone))


def test_the_page_orders_a_report_and_sends_the_file(
    client: Client, zone: Zone, analyst: User, entry: Revitalisation
):
    signed_in(client, analyst)
    ordered = client.post("/reports/add/", {"month": "2026-05"})
    report = Report.objects.get()
    assert ordered.status_code == 302
    assert ordered["Location"] == f"/reports/{report.pk}/"
    services.make_report(actor=analyst, report=report)
    sent = client.get(f"/reports/{report.pk}/file/")
    assert sent.status_code == 200
    assert "attachment" in sent["Content-Disposition"]
    assert b"".join(sent.streaming_content if sent.streaming else [sent.content]).startswith(b"PK")


def test_another_zones_report_looks_as_if_it_did_not_exist(client: Client, zone: Zone, analyst: User):
    report = make(analyst, zone)
    signed_in(client, make_user(Role.ADMINISTRATOR))
    assert client.get(f"/reports/{report.pk}/").status_code == 404
    assert client.get(f"/reports/{report.pk}/file/").status_code == 404


def test_a_wrong_month_is_refused_with_what_would_be_right(client: Client, zone: Zone, analyst: User):
    signed_in(client, analyst)
    response = client.post("/reports/add/", {"month": "2026年"})
    assert response.status_code == 422
    assert "2023-05" in response.content.decode()
