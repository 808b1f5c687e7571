"""A procedure small enough to reckon by head, as a text, and one that is published in a zone."""

from datetime import UTC, date, datetime

from tests.factories import make_user, make_zone
from zhuchao.apps.approvals.models import Procedure, ProcedureVersion
from zhuchao.apps.approvals.services import procedures as services
from zhuchao.apps.zones.models import Role, User, Zone

DAY = date(2022, 11, 10)

# Contract 1 h; title 2 h + 30 min, waits for the contract, which may come late; permit 1 h + 30 min, waits for the title.
SMALL = """name: 小流程
stages: [用地, 施工]
departments: {资规局: 1, 登记中心: 1, 审批局: 1}
held: [营业执照]
tasks:
- {key: A, name: 签约, stage: 用地, department: 资规局, review_hours: 0, issue_hours: 1, needs: [营业执照], gives: [合同], lane: 用地线}
- key: B
  name: 发证
  stage: 用地
  department: 登记中心
  review_hours: 2
  issue_hours: 0.5
  needs: [合同]
  late: [合同]
  gives: [产权证]
  early: true
  certificate: true
  lane: 用地线
- key: C
  name: 许可
  stage: 施工
  department: 审批局
  review_hours: 1
  issue_hours: 0:30
  needs: [产权证]
  gives: [许可证]
  pledge: true
  certificate: true
  lane: 建设线
"""


def demo_zone(day: date = DAY) -> Zone:
    """Make a zone whose clock stands on a day."""
    return make_zone(demo_day=day, demo_started_at=datetime.now(UTC))


def make_procedure(
    zone: Zone, text: str = SMALL, *, key: str = "small", effective_from: date = date(2022, 1, 1)
) -> tuple[Procedure, ProcedureVersion]:
    """Enter a procedure with one version that is published."""
    clerk = make_user(Role.PROMOTION_OFFICER, zone=zone)
    leader = make_user(Role.LEADER, zone=zone)
    procedure = services.add_procedure(actor=clerk, zone=zone, key=key, name="小流程")
    draft = services.draft_procedure(
        actor=clerk, procedure=procedure, text=text, effective_from=effective_from, source="示例"
    )
    return procedure, services.publish_procedure(actor=leader, draft=draft)


def clerk_of(zone: Zone) -> User:
    """Make a person who may draft procedures."""
    return make_user(Role.PROMOTION_OFFICER, zone=zone)
