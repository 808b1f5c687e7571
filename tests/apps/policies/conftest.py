"""A zone on a day of June 2023, two people who look after its policies, and a ledger as an office keeps it."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings

from tests.apps.policies.firms import write_facts
from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.models import CalendarYear
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.policies import services
from zhuchao.apps.policies.models import Answer
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)
CLAUSES = [("第一条", "对研发投入增长的企业给予奖励。"), ("第二条", "最高 20 万元。")]


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=datetime.now(UTC))


@pytest.fixture
def clerk(zone):
    return make_user(Role.LIAISON, zone=zone, display_name="祝起草")


@pytest.fixture
def second(zone):
    return make_user(Role.LEADER, zone=zone, display_name="沈复核")


@pytest.fixture
def page(client, clerk):
    return signed_in(client, clerk)


@pytest.fixture
def make_policy(zone, clerk, second):
    """Enter a policy with one version, published by a second person unless ``is_draft``."""

    def run(key="P-1", *, is_draft=False, clauses=CLAUSES, head=None, **facts):
        named = {"title": f"示例办法 {key}", "level": "district", "department": "经发局"} | (head or {})
        policy = services.add_policy(actor=clerk, zone=zone, key=key, **named)
        said = {"effective_from": date(2023, 1, 1), "document_no": "示例〔2023〕1号"} | facts
        draft = services.draft_version(actor=clerk, policy=policy, clauses=clauses, **said)
        if not is_draft:
            services.publish_version(actor=second, draft=draft)
        return policy

    return run


@pytest.fixture
def take_in(tmp_path, zone, clerk):
    """Import rows of 政策台账, or another ledger, from a real .xlsx; each row is {column: value}."""

    def run(*rows, actor=clerk, name="政策", kind="policies"):
        header = list(dict.fromkeys(column for row in rows for column in row))
        path = tmp_path / f"{name}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("政策台账")
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [row.get(title) for title in header])
        return import_file(actor=actor, scope=zone.pk, kind=kind, path=path)

    return run


@pytest.fixture
def calendar():
    """A working calendar without holidays for 2023 and 2024: weekends only."""
    for year in (2023, 2024):
        CalendarYear.objects.get_or_create(year=year, defaults={"source": "示例"})


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "facts.parquet"
    write_facts(path)
    return path


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    (folder / "cn").mkdir(parents=True)
    for name in ("fields.yaml", "cn/small-low-profit.yaml", "cn/size-sme.yaml"):
        shutil.copyfile(Path(settings.CHECKOUT) / "policies" / name, folder / name)
    return folder


@pytest.fixture
def file_firm(zone, clerk):
    """Enter a firm with what it reported for 2022; a value that is None was not reported."""

    def run(name, *, industry="C3962", in_zone=None, **values):
        firm = make_enterprise(in_zone or zone, name=f"{name}（示例）有限公司", industry_code=industry)
        said = {key: Decimal(value) for key, value in values.items() if value is not None}
        if said:
            firms.file_values(
                actor=None,
                enterprise=firm,
                period="year",
                on=date(2022, 12, 31),
                status="approved",
                values=said,
            )
        return firm

    return run


@pytest.fixture
def four(file_firm):
    """Return a firm for each answer: eligible, unknown, lacking one thing, lacking two."""
    return {
        Answer.ELIGIBLE: file_firm("甲", revenue=50_000_000, rnd=1_500_000),
        Answer.UNKNOWN: file_firm("乙", revenue=50_000_000),
        Answer.NEAR: file_firm("丙", revenue=50_000_000, rnd=1_000_000),
        Answer.INELIGIBLE: file_firm("丁", industry="F5211", revenue=50_000_000, rnd=1_000_000),
    }


RULES = """\
conditions:
- {id: kind, text: 制造业企业, article: 第一条, test: "industry like 'C%'"}
- {id: size, text: 上年营业收入 5000 万元以上, article: 第二条, test: revenue >= 5000万元}
- {id: rd, text: "研发费用占营业收入 3% 以上", article: 第二条, test: "rd / revenue >= 3%"}
benefit: {text: "研发费用的 10%，最高 20 万元", amount: "10% * rd", cap: 20万元, effort: 2}
tests:
- name: 符合
  as_of: 2023-06-01
  given: {industry: C3962, revenue: 5000万元, rd: 150万元}
  expect: eligible
  edges:
  - {vary: revenue, at: 5000万元, expect: [ineligible, eligible, ineligible]}
"""
"""Rules over CLAUSES; the last edge: one fen more of revenue, and the share of research falls below 3 %."""
