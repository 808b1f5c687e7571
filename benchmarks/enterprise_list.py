"""Time the list of firms over a million rows, and a naive list beside it, on SQLite and on PostgreSQL.

    python3 dev.py bench enterprise_list [--rows 1000000] [--database sqlite|postgres|both] [--requests 40]

Every request goes through the whole product by Django's test client: sign-in, permissions, queries, template. The
naive peer is only its queries: OFFSET, ``icontains`` and an exact count, over the same tables and indexes. Prints one
JSON line a case: median and 95th percentile in milliseconds, the share of the limit (50 ms) that the percentile
takes, and how many times slower the naive queries are.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from _measuring import database_of, percentile, say, visit

LIMIT_MS = 50
PAGE = 50
AT_ONCE = 20_000
BRANDS = (
    "苏鲲恒通瑞达华盛鼎新宏远嘉禾博雅天成永信金石东方智联云帆启明星辰海纳百川德润泽普康乐美佳优创科安平顺和"
)
TRADES = (
    *("科技", "电子科技", "智能装备", "贸易", "新材料", "信息技术", "自动化设备"),
    *("生物医药", "精密机械", "商务服务", "建筑工程", "物流", "餐饮管理"),
)
RARE = "麒麟"
STATES = (
    ["operating"] * 930 + ["preparing"] * 20 + ["suspended"] * 30 + ["deregistered"] * 17 + ["revoked"] * 3
)
CODES = ["C3962", "C3670", "C34", "F51", "F52", "I6510", "M7320", "L72", "E47", "G5930", "H62", "T97"]
WEIGHTS = [20, 15, 12, 15, 10, 12, 5, 5, 3, 2, 0.99, 0.01]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--requests", type=int, default=40)
    asked = parser.parse_args()
    if os.environ.get("ZHUCHAO_BENCH_DATABASE"):
        measure(os.environ["ZHUCHAO_BENCH_DATABASE"], asked.rows, asked.requests)
        return 0
    databases = ("sqlite", "postgres") if asked.database == "both" else (asked.database,)
    for database in databases:
        with database_of(database) as environment:
            arguments = [
                sys.executable,
                __file__,
                "--rows",
                str(asked.rows),
                "--requests",
                str(asked.requests),
            ]
            subprocess.run(arguments, env=environment, check=True)
    return 0


def measure(database: str, rows: int, requests: int) -> None:
    """Fill the database and time every case."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    zone, user = make_place()
    started = time.perf_counter()
    fill(zone, rows)
    say(database=database, case="fill", rows=rows, seconds=round(time.perf_counter() - started, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="zhuchao.apps.zones.services.sign_in.PasswordBackend")
    for name, addresses, naive in cases(zone, user, rows, requests):
        times = timed([lambda url=url: visit(client, url) for url in addresses])
        peer = timed(naive) if naive else []
        found = {
            "database": database,
            "rows": rows,
            "case": name,
            "p50_ms": percentile(times, 50),
            "p95_ms": percentile(times, 95),
            "limit_ms": LIMIT_MS,
            "ratio_to_limit": round(percentile(times, 95) / LIMIT_MS, 2),
        }
        if peer:
            found["naive_p95_ms"] = percentile(peer, 95)
            found["naive_times_slower"] = round(percentile(peer, 95) / percentile(times, 95), 1)
        say(**found)


def timed(works: Sequence[Callable[[], object]]) -> list[float]:
    """Return how long each work took, in milliseconds, after doing the first one unmeasured."""
    works[0]()
    times = []
    for work in works:
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return times


def make_place() -> tuple[Any, Any]:
    """Make a zone with sectors, and a person who may see its firms."""
    from zhuchao.apps.zones.models import Membership, Role, Sector, User, Zone

    zone = Zone.objects.create(
        code="bench", name="测量区", short_name="测量", kind=Zone.Kind.DEVELOPMENT_ZONE
    )
    for name in ("智能制造", "生物医药", "软件信息", "现代商贸", "新材料"):
        Sector.objects.create(zone=zone, name=name, since=date(2000, 1, 1))
    user = User.objects.create(username="bench", display_name="测量员")
    Membership.objects.create(user=user, zone=zone, role=Role.ANALYST, since=date(2000, 1, 1))
    return zone, user


def fill(zone: Any, rows: int) -> None:
    """Write the firms, their search index and their tags; the same every time."""
    from django.db import connection, transaction

    from zhuchao.apps.core.models import SearchDoc
    from zhuchao.apps.core.services import add_entries, index_rows
    from zhuchao.apps.core.services.search import Findable
    from zhuchao.apps.enterprises.models import Enterprise, EnterpriseTag
    from zhuchao.apps.enterprises.selectors.enterprises import THING
    from zhuchao.apps.enterprises.services.ledgers.writing import tell_planner
    from zhuchao.apps.zones import selectors as zones
    from zhuchao.apps.zones.models import Sector

    chance = random.Random(20260302)
    sectors = list(Sector.objects.filter(zone=zone).values_list("pk", flat=True))
    fields = [field for field in Enterprise._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {Enterprise._meta.db_table} ({names}) VALUES ({marks})"
    for start in range(0, rows, AT_ONCE):
        firms = [firm(zone, chance, sectors, n) for n in range(start, min(rows, start + AT_ONCE))]
        with transaction.atomic():
            values = [
                [field.get_db_prep_save(field.pre_save(one, add=True), connection) for field in fields]
                for one in firms
            ]
            with connection.cursor() as cursor:
                cursor.executemany(insert, values)
            newest = Enterprise.objects.order_by("-pk").values_list("pk", flat=True)[: len(firms)]
            for one, pk in zip(firms, sorted(newest), strict=True):
                one.pk = pk
            index_rows(THING, (Findable(one.pk, zone.pk, one.name, code=one.credit_code) for one in firms))
            tags = [
                EnterpriseTag(zone=zone, enterprise=one, tag=tag, source="测量", happened_on=date(2025, 1, 1))
                for one in firms
                for tag in ("龙头",) * (chance.random() < 0.001) + ("规上培育",) * (chance.random() < 0.02)
            ]
            add_entries(tags, actor=None, at=zones.now(zone))
    # What an import does at its end.
    tell_planner(Enterprise, EnterpriseTag, SearchDoc)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # what the server does by itself within a minute


def firm(zone: Any, chance: random.Random, sectors: Sequence[int], n: int) -> Any:
    """Return the n-th made-up firm."""
    from zhuchao.apps.enterprises.models import Enterprise
    from zhuchao.engines.identity import make_synthetic_code

    brand = "".join(chance.choices(BRANDS, k=chance.choice((2, 3, 3, 4))))
    if n % 50_000 == 77:
        brand = RARE + brand
    name = f"苏州{brand}{chance.choice(TRADES)}有限公司"
    return Enterprise(
        zone=zone,
        name=name,
        normal_name=name.removesuffix("有限公司"),
        credit_code=make_synthetic_code(n) if n % 20 else "",
        industry_code=chance.choices(CODES, WEIGHTS)[0],
        sector_id=chance.choice((*sectors, None)),
        state=chance.choice(STATES),
        is_above_scale=chance.choices((True, False, None), (3, 87, 10))[0],
        established_on=date(2000, 1, 1) + timedelta(days=chance.randrange(9400))
        if chance.random() < 0.95
        else None,
        registered_capital_cny=chance.randrange(1, 5000) * 10_000,
        address=f"人民路{chance.randrange(1, 3000)}号",
    )


def cases(
    zone: Any, user: Any, rows: int, requests: int
) -> Iterator[tuple[str, list[str], list[Callable[[], object]]]]:
    """Give each case: its name, the addresses to visit, and the naive queries to time beside them."""
    from zhuchao.apps.enterprises.models import Enterprise
    from zhuchao.apps.zones.models import Sector

    sector = Sector.objects.filter(zone=zone).first()
    everything = Enterprise.objects.filter(zone=zone, merged_into__isnull=True)

    def same(**query: object) -> list[str]:
        return [f"/enterprises/?{urlencode(query)}"] * requests

    def naive(order: str = "name", offset: int = 0, **where: object) -> list[Callable[[], object]]:
        def work() -> object:
            wanted = everything.filter(**where)
            return list(
                wanted.order_by(order, "pk").select_related("sector")[offset : offset + PAGE]
            ), wanted.count()

        return [work] * 5

    yield "first page", same(), naive()
    yield "filter: state, most rows", same(state="operating"), naive(state="operating")
    yield "filter: state, few rows", same(state="revoked"), naive(state="revoked")
    yield "filter: sector", same(sector=sector.pk), naive(sector=sector)
    yield "filter: above scale", same(above_scale="1"), naive(is_above_scale=True)
    yield "filter: industry section", same(industry="C"), naive(industry_code__startswith="C")
    yield "filter: industry section, few rows", same(industry="T"), naive(industry_code__startswith="T")
    yield "filter: tag", same(tag="规上培育"), naive(tags__tag="规上培育")
    yield "filter: tag, few rows", same(tag="龙头"), naive(tags__tag="龙头")
    year = {"established_on__gte": date(2015, 1, 1), "established_on__lte": date(2015, 12, 31)}
    day = {"established_on__gte": date(2015, 6, 15), "established_on__lte": date(2015, 6, 15)}
    yield "filter: established in a year", same(established="2015-01-01..2015-12-31"), naive(**year)
    yield "filter: established on a day", same(established="2015-06-15..2015-06-15"), naive(**day)
    yield (
        "filter: state and section, by age",
        same(state="suspended", industry="C", sort="-established"),
        naive("-established_on", state="suspended", industry_code__startswith="C"),
    )
    sorts = {
        "name": "name",
        "code": "credit_code",
        "industry": "industry_code",
        "established": "established_on",
    }
    for key, field in sorts.items():
        for sign in ("", "-"):
            yield f"sort: {sign}{key}", same(sort=sign + key), naive(sign + field)
    middle = everything.order_by("name", "pk")[rows // 2]
    beyond = everything.filter(name__gte=middle.name).order_by("name", "pk")[: requests * 7 : 7]
    deep = [f"/enterprises/?{urlencode({'after': position(one.name, one.pk)})}" for one in beyond]
    yield "a page in the middle", deep, naive(offset=rows // 2)
    words = {
        "two characters, common": "科技",
        "two characters, rare": RARE,
        "two characters, common in a filter": "贸易",
        "pinyin initials": "skkj",
        "code": "9199000000123",
    }
    for name, word in words.items():
        extra = {"state": "suspended"} if "filter" in name else {}
        field = "credit_code__startswith" if name == "code" else "name__icontains"
        peer = [] if name == "pinyin initials" else naive(**{field: word}, **extra)
        yield f"search: {name}", same(q=word, **extra), peer


def position(value: object, pk: int) -> str:
    """Return a place in a list as its address says it."""
    text = json.dumps([value, pk], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


if __name__ == "__main__":
    sys.exit(main())
