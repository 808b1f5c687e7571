"""Procedures are drafted by one person, checked, published by another, and never edited afterwards."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests.apps.approvals.procedures import DAY, SMALL, clerk_of, demo_zone, make_procedure
from tests.factories import make_department, make_user
from zhuchao.apps.approvals.errors import (
    AnotherPersonPublishes,
    CodeTaken,
    DraftStands,
    NotReadyToPublish,
    VersionIsPublished,
)
from zhuchao.apps.approvals.models import ProcedureVersion
from zhuchao.apps.approvals.selectors.networks import report_of, shipped_procedures, template_of
from zhuchao.apps.approvals.selectors.procedure_diff import compare_templates
from zhuchao.apps.approvals.selectors.procedures import procedure_version_on
from zhuchao.apps.approvals.services import procedures as services
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors.search import search_everything
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    return demo_zone()


@pytest.mark.document("2-31")
def test_the_shipped_procedure_has_19_tasks_of_11_departments_no_cycle_and_a_critical_path(zone):
    clerk, leader = clerk_of(zone), make_user(Role.LEADER, zone=zone)
    draft = services.adopt_procedure(actor=clerk, zone=zone, key="land-to-start")
    version = services.publish_procedure(actor=leader, draft=draft)
    report = report_of(template_of(version.text), zone)
    assert (report.tasks, report.departments) == (19, 11)
    assert [step.task for step in report.path.steps if step.finish > step.start] == [
        *("T02", "T13", "T13", "T16", "T16", "T18", "T18", "T19")
    ]
    # by head: conditions 14 h, design 35:15, drawings 70:15, permit 7:30, acceptance 3:30
    assert report.path.minutes == 14 * 60 + 35 * 60 + 15 + 70 * 60 + 15 + 450 + 210
    assert report.path.levers[0].gain > 0
    # it says of itself that it is a reconstruction, and of every task how sure it is
    assert "重建" in version.source
    assert all(task.status for task in template_of(version.text).tasks)
    # departments that the zone does not have are told
    assert len(report.strangers) == 11
    make_department(zone, name="税务局")
    assert "税务局" not in report_of(template_of(version.text), zone).strangers


def test_a_cycle_is_named_link_by_link_with_its_line(zone):
    text = SMALL.replace("needs: [营业执照]", "needs: [许可证]")
    with pytest.raises(WrongInput) as caught:
        make_procedure(zone, text)
    assert "互相等待" in str(caught.value)
    for link in ("A →（合同）→ B", "B →（产权证）→ C", "C →（许可证）→ A"):
        assert link in str(caught.value)
    assert "行：" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("needs: [产权证]", "needs: [产权]", ("“产权”", "没有任务产生它", "是不是：产权证")),
        ("审批局: 1", "审批局: 0", ("“审批局”", "没有人办")),
        ("department: 登记中心", "department: 登记中兴", ("“登记中兴”", "是不是：登记中心")),
        ("stage: 施工", "stage: 施功", ("“施功”", "是不是：施工")),
        ("review_hours: 2", "review_hours: 2.001", ("2.001", "整分钟")),
        ("key: C", "key: A", ("“A”", "两次")),
        ("pledge: true", "plege: true", ("plege", "是不是：pledge")),
    ],
)
def test_what_is_wrong_with_a_text_is_said_with_its_line(zone, old, new, said):
    with pytest.raises(WrongInput) as caught:
        make_procedure(zone, SMALL.replace(old, new, 1))
    for word in (*said, "第 "):
        assert word in str(caught.value)
    assert not ProcedureVersion.objects.exists()


def test_who_prepared_a_draft_does_not_publish_it(zone):
    both = make_user(Role.PROMOTION_OFFICER, Role.LEADER, zone=zone)
    procedure = services.add_procedure(actor=both, zone=zone, key="p", name="流程")
    draft = services.draft_procedure(
        actor=both, procedure=procedure, text=SMALL, effective_from=DAY, source="示例"
    )
    with pytest.raises(AnotherPersonPublishes):
        services.publish_procedure(actor=both, draft=draft)
    with pytest.raises(NotAllowed):
        services.publish_procedure(actor=clerk_of(zone), draft=draft)
    with pytest.raises(DraftStands):
        services.draft_procedure(actor=both, procedure=procedure, text=SMALL, effective_from=DAY)


def test_what_is_published_is_never_edited_not_even_in_the_database(zone):
    _procedure, version = make_procedure(zone)
    with pytest.raises(VersionIsPublished):
        services.change_draft(actor=clerk_of(zone), draft=version, version=None, source="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(text="x")


def test_a_later_version_holds_from_its_day_and_says_what_it_changes(zone):
    procedure, first = make_procedure(zone)
    text = SMALL.replace("review_hours: 2", "review_hours: 1").replace("审批局: 1", "审批局: 2")
    clerk, leader = clerk_of(zone), make_user(Role.LEADER, zone=zone)
    draft = services.draft_procedure(
        actor=clerk, procedure=procedure, text=text, effective_from=date(2022, 11, 20)
    )
    with pytest.raises(NotReadyToPublish, match="没有来源"):
        services.publish_procedure(actor=leader, draft=draft)
    draft = services.change_draft(actor=clerk, draft=draft, version=draft.version, source="示例二")
    second = services.publish_procedure(actor=leader, draft=draft)
    assert procedure_version_on(procedure, date(2022, 11, 19)) == first
    assert procedure_version_on(procedure, date(2022, 11, 20)) == second
    found = compare_templates(template_of(first.text), template_of(second.text))
    assert [(one.what, one.old, one.new) for one in found] == [
        ("", "资规局 1、登记中心 1、审批局 1", "资规局 1、登记中心 1、审批局 2"),
        ("B 发证", "2 小时", "1 小时"),
    ]


def test_two_who_edit_one_draft_see_each_other(zone):
    clerk = clerk_of(zone)
    procedure = services.add_procedure(actor=clerk, zone=zone, key="p", name="流程")
    draft = services.draft_procedure(actor=clerk, procedure=procedure, text=SMALL, effective_from=DAY)
    seen = draft.version
    services.change_draft(actor=clerk, draft=draft, version=seen, source="甲")
    with pytest.raises(Stale):
        services.change_draft(actor=clerk_of(zone), draft=draft, version=seen, source="乙")


def test_a_key_stands_once_in_a_zone_and_what_is_refused_leaves_no_trace(zone):
    make_procedure(zone)
    changes = Change.objects.count()
    with pytest.raises(CodeTaken):
        services.add_procedure(actor=clerk_of(zone), zone=zone, key="small", name="又一个")
    with pytest.raises(WrongInput, match="不能为空"):
        services.add_procedure(actor=clerk_of(zone), zone=zone, key=" ", name="又一个")
    with pytest.raises(WrongInput, match="没有随产品提供"):
        services.adopt_procedure(actor=clerk_of(zone), zone=zone, key="nothing")
    assert Change.objects.count() == changes


def test_a_procedure_is_found_by_its_tasks(zone):
    make_procedure(zone)
    hits = search_everything(clerk_of(zone), "发证")
    assert [(hit.kind, hit.title) for hit in hits] == [("审批流程", "小流程")]


def test_what_is_shipped_can_be_read():
    assert set(shipped_procedures()) == {"land-to-start"}
