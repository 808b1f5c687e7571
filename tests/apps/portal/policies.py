"""A zone whose door shows its policies: open, to come, closed, all year, expired, drafted, kept back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests.factories import make_user, make_zone
from zhuchao.apps.policies import services as policy_services
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.portal.models import Door
from zhuchao.apps.portal.services import list_policy
from zhuchao.apps.zones.models import Role, User, Zone

TODAY = date(2023, 6, 15)
OWNER = "祝责任"


@dataclass(frozen=True)
class Policies:
    """What the tests of the public policy pages look at."""

    zone: Zone
    door: Door
    owner: User
    officer: User
    by_key: dict[str, Policy]

    def url(self, key: str, end: str = "") -> str:
        return f"/p/hepan/policies/{self.by_key[key].pk}/{end}"


def make_policies() -> Policies:
    """Make the zone with everything in it."""
    zone = make_zone(
        "river",
        name="临河街道",
        short_name="临河",
        brand_name="河畔",
        demo_day=TODAY,
        demo_started_at=datetime.now(UTC),
    )
    owner = make_user(Role.LIAISON, zone=zone, display_name=OWNER, phone="13900007316")
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="招商老邓")
    door = Door.objects.create(
        zone=zone,
        slug="hepan",
        is_open=True,
        shows_policies=True,
        phone="0512-67201234",
        privacy="只用于联系您，答复后保留 180 天。",
        officer=officer,
    )
    window = {"window_open": date(2023, 6, 1), "window_close": date(2023, 6, 30)}
    said: dict[str, dict[str, Any]] = {
        "open": {**window, "decides_on": date(2023, 7, 20), "pays_on": date(2023, 8, 31)},
        "soon": {"window_open": date(2023, 7, 1), "window_close": date(2023, 8, 1)},
        "closed": {"window_close": date(2023, 6, 1)},
        "year": {"source_status": "confirmed", "verified_on": date(2023, 5, 1)},
        "expired": {"effective_to": date(2023, 3, 31), "window_close": date(2023, 3, 1)},
        "draft": {},
        "withheld": window,
    }
    found = {
        key: publish_policy(zone, owner, key, is_draft=key == "draft", **facts) for key, facts in said.items()
    }
    list_policy(actor=None, policy=found["withheld"], is_withheld=True)
    return Policies(zone, door, owner, officer, found)


TITLES = {
    "open": "数字创意入驻补贴",
    "soon": "首店开业奖励",
    "closed": "技术改造奖励",
    "year": "专精特新培育奖励",
    "expired": "旧房租减免办法",
    "draft": "未定稿的上云补贴",
    "withheld": "内部掌握的扶持办法",
    "research": "研发投入补助",
    "small": "初创小微补贴",
    "titled": "专精特新评审奖励",
}
FILED: dict[str, dict[str, Any]] = {
    "open": {"industries": ["数字创意"], "audiences": ["小微企业"], "level": "subdistrict"},
    "soon": {"industries": ["文旅"], "level": "subdistrict"},
    "year": {"department": "市工信局", "level": "city"},
}


RESEARCH = """\
conditions:
- {id: kind, text: 制造业企业, article: 第一条, test: "industry like 'C%'"}
- {id: size, text: 上年营业收入 5000 万元以上, article: 第二条, test: revenue >= 5000万元}
- {id: rd, text: "研发费用占营业收入 3% 以上", article: 第二条, test: "rd / revenue >= 3%"}
- {id: honest, text: 未列入失信名单, article: 第二条, test: not dishonest}
benefit: {text: "研发费用的 10%，最高 20 万元", amount: "10% * rd", cap: 20万元, effort: 2}
tests:
- name: 符合
  as_of: 2023-06-01
  given: {industry: C3962, revenue: 5000万元, rd: 150万元, dishonest: false}
  expect: eligible
"""
SMALL = """\
conditions:
- {id: staff, text: 从业人员 20 人以下, article: 第一条, test: staff <= 20}
- {id: young, text: 注册三年以内, article: 第二条, test: established >= as_of - 3 years}
benefit: {text: 一次性 5 万元, amount: 5万元}
tests:
- name: 符合
  as_of: 2023-06-01
  given: {staff: 20, established: 2022-01-01}
  expect: eligible
"""
TITLED = """\
conditions:
- {id: honour, text: 专精特新中小企业, article: 第一条, test: "has(honours, '专精特新中小企业')"}
- {id: judged, text: 专家评审通过, article: 第二条, manual: true}
tests:
- name: 待评审
  as_of: 2023-06-01
  given: {honours: [专精特新中小企业]}
  expect: unknown
  manual: [judged]
"""


def publish_rules(shown: Policies) -> None:
    """Publish three more policies whose conditions are entered: on research, on small firms, on titled ones."""
    for key, rules in (("research", RESEARCH), ("small", SMALL), ("titled", TITLED)):
        shown.by_key[key] = publish_policy(shown.zone, shown.owner, key, rules=rules)


def publish_policy(
    zone: Zone, owner: User | None, key: str, *, is_draft: bool = False, **facts: Any
) -> Policy:
    """Enter a policy with one version, published by a second person unless ``is_draft``."""
    head = {"title": TITLES.get(key, key), "level": "district", "department": "经发局", "owner": owner}
    policy = policy_services.add_policy(actor=None, zone=zone, key=key, **(head | FILED.get(key, {})))
    given = {"effective_from": date(2023, 1, 1), "document_no": f"示例〔2023〕{key}号"} | facts
    clauses = [("第一条", f"对{TITLES.get(key, key)}的企业按租金补贴。"), ("第二条", "最高 20 万元。")]
    draft = policy_services.draft_version(actor=owner, policy=policy, clauses=clauses, **given)
    if not is_draft:
        policy_services.publish_version(actor=None, draft=draft)
    return policy
