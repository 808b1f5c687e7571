"""Cases for tests: a small procedure over three departments, and its days in June and September 2022."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.factories import make_department, make_enterprise, make_zone
from zhuchao.apps.approvals.models import (
    Case,
    CaseTask,
    Matter,
    MatterDocument,
    MatterVersion,
    Procedure,
    ProcedureVersion,
)
from zhuchao.apps.approvals.services.events import record_event
from zhuchao.apps.approvals.services.opening import open_case
from zhuchao.apps.zones.models import Department

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 10, 20)
TEMPLATE = """
name: 示例流程
baseline_working_days: 22
stages: [用地, 开工]
departments: {自然资源局: 2, 税务局: 1, 行政审批局: 1}
held: [营业执照]
tasks:
  - key: T1
    name: 用地规划许可
    stage: 用地
    department: 自然资源局
    review_hours: 2
    issue_hours: 1
    needs: [营业执照]
    gives: [建设用地规划许可证]
    certificate: true
    lane: 用地线
    promise_days: 1
    legal_days: 20
    legal_basis: 城乡规划法第三十八条
  - key: T2
    name: 契税缴纳
    stage: 用地
    department: 税务局
    review_hours: 0
    issue_hours: 0:30
    gives: [完税证明]
    lane: 税务线
    promise_days: 0
  - key: T3
    name: 施工许可
    stage: 开工
    department: 行政审批局
    review_hours: 1
    issue_hours: 0:30
    needs: [建设用地规划许可证, 完税证明]
    late: [完税证明]
    gives: [施工许可证]
    early: true
    pledge: true
    certificate: true
    lane: 施工线
    promise_days: 0.5
"""


def at(text: str) -> datetime:
    """Return a moment in Shanghai, ``2022-09-30 16:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def make_room(**values):
    """Make a demo zone on the day with the departments of the procedure, all but the last one."""
    zone = make_zone(demo_day=DAY, demo_started_at=datetime.now(UTC), **values)
    for name in ("自然资源局", "税务局"):
        make_department(zone, name=name, kind=Department.Kind.APPROVER)
    return zone


def make_procedure(zone, text=TEMPLATE, key="P-1", since=date(2020, 1, 1), number=1) -> Procedure:
    """Make a procedure with a published version, or a further version of it."""
    procedure, _ = Procedure.objects.get_or_create(zone=zone, key=key, defaults={"name": "示例流程"})
    ProcedureVersion.objects.create(
        zone=zone,
        procedure=procedure,
        number=number,
        state="published",
        effective_from=since,
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
        text=text,
    )
    return procedure


def make_matter(zone, name="示例事项", code="", department=None, documents=(), **facts) -> Matter:
    """Make a matter with a published version; ``documents``: (name, is main, may be late)."""
    matter = Matter.objects.create(
        zone=zone, code=code or name, name=name, kind=Matter.Kind.PERMIT, department=department
    )
    version = MatterVersion.objects.create(
        zone=zone,
        matter=matter,
        number=1,
        effective_from=date(2020, 1, 1),
        **({"promised_working_days": Decimal("0.5")} | facts),
    )
    for position, (title, is_main, may_be_late) in enumerate(documents):
        MatterDocument.objects.create(
            zone=zone,
            version=version,
            position=position,
            name=title,
            is_main=is_main,
            may_be_late=may_be_late,
        )
    MatterDocument.objects.create(zone=zone, version=version, direction="out", position=0, name=f"{name}结果")
    MatterVersion.objects.filter(pk=version.pk).update(
        state="published", published_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    return matter


def make_case(zone, opened="2022-10-10 09:00", **facts) -> Case:
    """Open a case of the procedure on a day."""
    way = {} if facts.keys() & {"matter", "theme", "procedure"} else {"procedure": make_procedure(zone)}
    facts = {"title": "示例厂房", "enterprise": make_enterprise(zone)} | facts
    return open_case(actor=None, zone=zone, opened_at=at(opened), **facts, **way)


def task_of(case: Case, key: str) -> CaseTask:
    """Return a task of a case as it stands in the database."""
    return CaseTask.objects.get(case=case, key=key)


def happen(case: Case, key: str, *steps: str, actor=None, **facts):
    """Record events of a task: ``start 2022-10-10 09:00`` each."""
    event = None
    for step in steps:
        kind, _, moment = step.partition(" ")
        event = record_event(
            actor=actor, task=task_of(case, key), kind=kind, at=at(moment) if moment else None, **facts
        )
    return event
