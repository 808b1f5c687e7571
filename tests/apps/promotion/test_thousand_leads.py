"""A thousand leads with a hundred of them twice: found as people write them, and merged by nobody."""

import csv
from datetime import date
from itertools import product
from random import Random

import pytest

from tests.factories import make_lead, make_user, make_zone
from zhuchao.apps.core.services.importing import Row, import_file
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.promotion.services.ledgers import LEADS
from zhuchao.apps.zones.models import Role
from zhuchao.engines.identity import make_synthetic_code

HEADER = ["项目名称", "投资方", "统一社会信用代码", "阶段", "获得日期"]
FIRST, SECOND = "瀚曜璟澜翊铂霖骁麓岚昕煜珩钰泓", "渊晟峤楷恺弈禾砚矽锦祺翎鹭璋"
TRADES = ("新能源", "半导体", "医疗器械", "供应链", "自动化", "文化传媒")


def written_again(name, code, rng):
    """Return a firm's name and code as another colleague may have typed them."""
    core = name.removesuffix("有限公司")
    return rng.choice(
        [
            (f"{core}有限责任公司", ""),
            (f"{core} 有限公司", ""),
            (f"江苏省{name}", ""),
            (f"{core}（江苏）有限公司", ""),
            (f"{core}股份有限公司", ""),
            (f"{name}（筹）", ""),
            (f"{core}有限公词", ""),
            (core[:-1] + core[-1] + "有限公司", code),
            (f"{core}集团", code),
            (core, code.lower()),
        ]
    )


def _row(number, said):
    values = dict.fromkeys(field.name for field in LEADS.fields)
    known = {
        "name": said["项目名称"],
        "investor": said["投资方"],
        "stage": "found",
        "found_on": date(2023, 5, 1),
    }
    return Row(number, values | known | {"credit_code": said["统一社会信用代码"].upper() or None})


@pytest.mark.document("0-21")
def test_of_a_thousand_imported_leads_every_duplicate_is_told_of_and_none_is_merged(tmp_path):
    """导入 1000 条，其中 100 条重复：至少找出 99 条，没有一条被悄悄合并。"""
    zone, rng = make_zone(), Random(20230809)
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    brands = ["".join(pair) for pair in product(FIRST, SECOND)]
    firms = [f"{brand}{trade}有限公司" for trade in TRADES for brand in brands][:900]
    assert len(firms) == 900
    rows = [
        {"项目名称": f"{n}号项目", "投资方": firm, "统一社会信用代码": make_synthetic_code(n)}
        for n, firm in enumerate(firms)
    ]
    doubled = {}
    for n, original in enumerate(rng.sample(rows, 100)):
        name, code = written_again(original["投资方"], original["统一社会信用代码"], rng)
        again = {"项目名称": f"再报{n}号项目", "投资方": name, "统一社会信用代码": code}
        doubled[again["项目名称"]] = original["项目名称"]
        rows.append(again)
    path = tmp_path / "leads.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(row | {"阶段": "线索", "获得日期": "2023-05-01"} for row in rows)
    told = {}
    for outcome in LEADS.compare(scope=zone.pk, rows=[_row(n, row) for n, row in enumerate(rows, 2)]):
        told |= {problem.found: problem.expected for problem in outcome.problems}
    trial = import_file(actor=officer, scope=zone.pk, kind="leads", path=path)
    assert dict(trial.counts) == {"rows": 1000, "new": 1000, "changed": 0, "same": 0, "refused": 0}
    found = [again for again, original in doubled.items() if told.get(again) == original]
    assert len(found) >= 99
    assert Lead.objects.filter(zone=zone).count() == 1000


def test_a_row_of_the_same_project_but_another_firm_is_entered_beside_it_and_told_of(tmp_path):
    zone = make_zone()
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    kept = make_lead(zone, name="总部项目", investor="瀚渊新能源有限公司", normal_name="瀚渊新能源")
    path = tmp_path / "leads.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerow(
            {"项目名称": "总部项目", "投资方": "曜晟半导体有限公司", "阶段": "线索", "获得日期": "2023-05-01"}
        )
    trial = import_file(actor=officer, scope=zone.pk, kind="leads", path=path)
    assert trial.counts["new"] == 1
    assert [problem["code"] for row in trial.preview["new"] for problem in row["problems"]] == ["lead_alike"]
    kept.refresh_from_db()
    assert (kept.investor, Lead.objects.filter(zone=zone).count()) == ("瀚渊新能源有限公司", 2)
