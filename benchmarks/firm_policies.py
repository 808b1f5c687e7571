"""Time the page that asks every policy about one firm, and the matching of all firms of a zone with every policy.

    python3 dev.py bench firm_policies [--clauses 1000] [--firms 5000] [--requests 40] [--database sqlite|postgres|both]

Five clauses make a policy. Every request of the page goes through the whole product by Django's test client for another
firm, with every condition explained, its clause cited, and what would make the firm eligible worked out and verified.
Prints one JSON line a case: median and 95th percentile in milliseconds with the processor time beside them, and the share
of the limit (1,000 ms for 1,000 clauses) that the percentile takes; of the zone the seconds for all answers of all firms.
Ends with 1 where the limit was passed.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from typing import Any

from _measuring import database_of, percentile, say, visit

LIMIT_MS = 1_000
CLAUSES_OF_POLICY = 5
DAY = date(2026, 3, 2)
RULES = """\
conditions:
- {{id: kind, text: 行业, article: 第一条, test: "industry like '{kind}%'"}}
- {{id: size, text: 营业收入, article: 第二条, test: revenue >= {revenue}万元}}
- {{id: rd, text: 研发费用占比, article: 第三条, test: "rd / revenue >= {share}%"}}
- {{id: staff, text: 从业人员, article: 第四条, test: staff >= {staff}}}
- {{id: growth, text: 增长, article: 第五条, test: revenue > revenue_prior}}
benefit: {{text: 按研发费用的 10% 奖励, amount: 10% * rd, cap: {cap}万元, effort: 2}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clauses", type=int, default=1_000)
    parser.add_argument("--firms", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="sqlite")
    asked = parser.parse_args()
    if os.environ.get("ZHUCHAO_BENCH_DATABASE"):
        return measure(os.environ["ZHUCHAO_BENCH_DATABASE"], asked.clauses, asked.firms, asked.requests)
    slow = 0
    for database in ("sqlite", "postgres") if asked.database == "both" else (asked.database,):
        with database_of(database) as environment:
            arguments = [
                sys.executable,
                __file__,
                "--clauses",
                str(asked.clauses),
                "--firms",
                str(asked.firms),
            ]
            arguments += ["--requests", str(asked.requests)]
            slow |= subprocess.run(arguments, env=environment, check=False).returncode
    return slow


def measure(database: str, clauses: int, firms: int, requests: int) -> int:
    """Fill the database, time the pages and the zone, and return 1 where the limit was passed."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    user, zone = make_place()
    ids = make_firms(zone, firms)
    policies = make_policies(zone, clauses // CLAUSES_OF_POLICY)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="zhuchao.apps.zones.services.sign_in.PasswordBackend")
    chance = random.Random(7)
    pages = [f"/policies/firms/{chance.choice(ids)}/" for _ in range(requests)]
    visit(client, pages[0])
    times, worked = [], []
    for page in pages:
        started, used = time.perf_counter(), time.process_time()
        visit(client, page)
        times.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - used) * 1000)
    high = percentile(times, 95)
    say(
        database=database,
        case="firm",
        clauses=clauses,
        policies=policies,
        requests=requests,
        p50_ms=percentile(times, 50),
        p95_ms=high,
        cpu_p50_ms=percentile(worked, 50),
        cpu_p95_ms=percentile(worked, 95),
        limit_ms=LIMIT_MS,
        ratio_to_limit=round(high / LIMIT_MS, 3),
    )
    from zhuchao.apps.policies.services.matches import refresh_zone

    for case in ("zone, first", "zone, nothing new"):
        started, used = time.perf_counter(), time.process_time()
        refresh_zone(zone)
        say(
            database=database,
            case=case,
            firms=firms,
            policies=policies,
            answers=firms * policies,
            seconds=round(time.perf_counter() - started, 2),
            cpu_seconds=round(time.process_time() - used, 2),
        )
    return int(high > LIMIT_MS)


def make_place() -> tuple[Any, Any]:
    """Make a zone on a day that stands still, and a person of it."""
    from datetime import UTC, datetime

    from zhuchao.apps.zones.models import Membership, Role, User, Zone

    user = User.objects.create(username="bench", display_name="测量员")
    zone = Zone.objects.create(
        code="bench",
        name="测量区",
        short_name="测量区",
        kind=Zone.Kind.DEVELOPMENT_ZONE,
        demo_day=DAY,
        demo_started_at=datetime.now(UTC),
    )
    Membership.objects.create(user=user, zone=zone, role=Role.LIAISON, since=date(2000, 1, 1))
    return user, zone


def make_firms(zone: Any, count: int) -> list[int]:
    """Make synthetic firms, most of which have filed revenue, research and staff; return their ids."""
    from zhuchao.apps.enterprises.models import Enterprise, Filing

    chance = random.Random(3)
    firms = Enterprise.objects.bulk_create(
        Enterprise(
            zone=zone,
            name=f"合成企业{number}（示例）有限公司",
            normal_name=f"合成企业{number}",
            industry_code=chance.choice(["C3962", "C2710", "I6510", "F5211"]),
        )
        for number in range(count)
    )
    from django.utils import timezone

    now, rows = timezone.now(), []
    for firm in firms:
        said = {"revenue": chance.randrange(100, 40_000), "rnd": chance.randrange(1, 2_000), "employees": 0}
        for year in (DAY.year - 1, DAY.year - 2):
            for measure, wan in said.items():
                if chance.random() < 0.8:
                    value = chance.randrange(5, 600) if measure == "employees" else wan * 10_000
                    rows.append(
                        Filing(
                            zone=zone,
                            enterprise=firm,
                            period="year",
                            measure=measure,
                            value=Decimal(value),
                            status="approved",
                            happened_on=date(year, 12, 31),
                            recorded_at=now,
                        )
                    )
    Filing.objects.bulk_create(rows, batch_size=2_000)
    return [firm.pk for firm in firms]


def make_policies(zone: Any, count: int) -> int:
    """Make published synthetic policies, each with conditions of its own."""
    from django.utils import timezone

    from zhuchao.apps.policies.models import Policy, PolicyVersion

    chance = random.Random(11)
    for number in range(count):
        policy = Policy.objects.create(
            zone=zone, key=f"B-{number}", title=f"合成政策{number}", level="district", department="测量局"
        )
        PolicyVersion.objects.create(
            zone=zone,
            policy=policy,
            number=1,
            state="published",
            published_at=timezone.now(),
            effective_from=date(2026, 1, 1),
            document_no="合成",
            rules=RULES.format(
                kind=chance.choice("CIF"),
                revenue=chance.randrange(100, 30_000),
                share=chance.randrange(1, 9),
                staff=chance.randrange(5, 400),
                cap=chance.randrange(5, 200),
            ),
        )
    return count


if __name__ == "__main__":
    sys.exit(main())
