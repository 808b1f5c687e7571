"""政策台账 through the importer: drafts come in, a changed row becomes a new draft, the same file changes nothing."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.services.importing import Row, import_file
from zhuchao.apps.desk.services.demo import read_sheet_text, write_workbook
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.models import Policy, PolicyVersion
from zhuchao.apps.policies.services.demo import publish_demo
from zhuchao.apps.policies.services.ledger import POLICIES
from zhuchao.apps.zones.models import Role

DEMO = Path(__file__).resolve().parents[3] / "demo"

ROW = {
    "政策编号": "XC-1",
    "政策名称": "示例研发奖励",
    "层级": "区级",
    "主管部门": "经发局",
    "适用产业": "智能制造、生物医药",
    "生效日期": "2023-01-01",
    "申报截止": "2023-06-30",
    "文号": "示例〔2023〕1号",
    "条款": "第一条 给予奖励。｜第二条 最高 20 万元。",
}


def counts(trial):
    return {name: number for name, number in trial.counts.items() if number and name != "rows"}


def test_a_row_becomes_a_policy_with_a_draft(take_in, clerk):
    assert counts(take_in(ROW)) == {"new": 1}
    policy = Policy.objects.get()
    draft = selectors.draft_of(policy)
    assert (policy.level, policy.industries) == ("district", ["智能制造", "生物医药"])
    assert (draft.window_close, draft.source_status, draft.prepared_by) == (
        date(2023, 6, 30),
        "unconfirmed",
        clerk,
    )
    assert [one.number for one in selectors.clauses_of(draft)] == ["第一条", "第二条"]


def test_the_same_file_again_changes_nothing(take_in, second):
    take_in(ROW)
    assert counts(take_in(ROW)) == {"same": 1}
    services.publish_version(actor=second, draft=PolicyVersion.objects.get())
    assert counts(take_in(ROW)) == {"same": 1}


def test_a_changed_row_of_a_published_policy_becomes_a_draft_of_the_next_version(take_in, second):
    take_in(ROW)
    services.publish_version(actor=second, draft=PolicyVersion.objects.get())
    changed = ROW | {"生效日期": "2023-07-01", "条款": "第一条 不再奖励。"}
    assert counts(take_in(changed)) == {"changed": 1}
    published, draft = PolicyVersion.objects.order_by("number")
    assert (published.clauses.count(), draft.clauses.get().text, draft.number) == (2, "不再奖励。", 2)
    assert counts(take_in(changed | {"文号": "示例〔2023〕2号"})) == {"changed": 1}
    assert PolicyVersion.objects.get(number=2).document_no == "示例〔2023〕2号"


@pytest.mark.parametrize(
    "cells",
    [{"申报开始": "2023-07-01"}, {"条款": "没有条款号"}, {"来源核实": "已核实"}, {"层级": "村"}],
)
def test_a_wrong_row_is_refused_and_nothing_is_written(take_in, cells):
    assert counts(take_in(ROW | cells)) == {"refused": 1}
    assert not Policy.objects.exists()


def test_who_may_not_import_policies_is_refused(take_in, second):
    with pytest.raises(NotAllowed):
        take_in(ROW, actor=second)


@pytest.mark.parametrize(("code", "published", "waiting"), [("pingjiang", 5, 1), ("xiangcheng", 5, 0)])
def test_the_demo_keeps_policies_of_every_standing(code, published, waiting, tmp_path):
    (path,) = (DEMO / code).glob("*政策台账.csv")
    described = tomllib.loads((DEMO / code / "zone.toml").read_text(encoding="utf-8"))
    zone = make_zone(demo_day=described["zone"]["demo_day"], demo_started_at=datetime.now(UTC))
    make_user(Role.LEADER, zone=zone, username=described["policies"]["publisher"])
    make_user(Role.ADMINISTRATOR, zone=zone, username=described["policies"]["clerk"])
    write_workbook(read_sheet_text(path), tmp_path / "政策.xlsx")
    actor = make_user(Role.ADMINISTRATOR, zone=zone)
    done = import_file(actor=actor, scope=zone.pk, kind="policies", path=tmp_path / "政策.xlsx")
    assert counts(done) == {"new": published + waiting}
    for _ in range(2):
        publish_demo(zone, described["policies"] | {"folder": DEMO / code})
    rows = selectors.listed_policies(None, zone, described["zone"]["demo_day"])
    packed = rows.filter(versions__adoption__isnull=False)
    assert packed.count() == 8 + len(described["policies"]["national"])
    assert not packed.filter(standing="draft").exists()
    assert not PolicyVersion.objects.filter(adoption__isnull=False, published_by=F("prepared_by")).exists()
    rows = rows.filter(versions__adoption__isnull=True)
    found = [row.standing for row in rows]
    assert (len(found) - found.count("draft"), found.count("draft")) == (published, waiting)
    assert {"open", "soon", "expired"} <= set(found)


KEPT = {
    "key": "XC-1",
    "title": "示例研发奖励",
    "level": "district",
    "department": "经发局",
    "effective_from": date(2023, 1, 1),
    "document_no": "示例〔2023〕1号",
    "clauses": "第一条 给予奖励。",
}
FILE = [
    (KEPT | {"window_open": date(2023, 3, 1), "window_close": date(2023, 2, 1)}, "refused"),
    (KEPT | {"clauses": "给予奖励。"}, "refused"),
    (KEPT | {"clauses": "第一条 甲。｜第一条 乙。"}, "refused"),
    (KEPT, "new"),
    (KEPT, "same"),
    (KEPT | {"clauses": "没有条款号"}, "refused"),
    (KEPT | {"title": "示例研发补助"}, "changed"),
    (KEPT | {"title": "示例研发补助", "address": "ftp://x"}, "refused"),
    (KEPT | {"title": "示例研发补助", "clauses": "第一条 不再奖励。"}, "changed"),
    (KEPT | {"title": "示例研发补助", "clauses": "第一条 不再奖励。"}, "same"),
    (KEPT | {"key": "XC-2", "industries": "一" * 31}, "refused"),
]
WRITING = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "REPLACE", "CREATE")


def test_a_dry_run_follows_the_order_of_the_file_and_writes_nothing(zone):
    rows = [Row(number, values) for number, (values, _state) in enumerate(FILE, 2)]
    with CaptureQueriesContext(connection) as said:
        found = list(POLICIES.compare(scope=zone.pk, rows=rows))
    assert [outcome.state for outcome in found] == [state for _values, state in FILE]
    assert not [each["sql"] for each in said if each["sql"].lstrip("( ").upper().startswith(WRITING)]
    with CaptureQueriesContext(connection) as many:
        list(POLICIES.compare(scope=zone.pk, rows=rows * 50))
    assert len(many) <= len(said)
