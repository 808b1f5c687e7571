"""Time the page that ranks one lead over 5,000 units, and the stacking plan of a site among 100,000 units.

    python3 dev.py bench match_page [--vacant 5000] [--units 100000] [--requests 40] [--database sqlite|postgres|both]

Every request goes through the whole product by Django's test client: sign-in, permissions, queries, template. The match
is asked for another lead each time, so that nothing of a page is remembered but the units themselves, as in an office;
`match, units read anew` is the first page after somebody changed a unit. Each site is another one too. Prints one JSON
line a case: median and 95th percentile in milliseconds, and the share of the limit (100 ms) that the percentile takes;
beside them the processor time of the same requests, which others who work on the machine lengthen less. Ends with 1
where a limit was passed.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from _measuring import database_of, percentile, say, visit

LIMIT_MS = 100
BUILDINGS, FLOORS, ALONG = 5, 5, 10
UNITS_OF_SITE = BUILDINGS * FLOORS * ALONG
AT_ONCE = 5_000
DAY = date(2026, 3, 2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vacant", type=int, default=5_000)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="sqlite")
    asked = parser.parse_args()
    if os.environ.get("ZHUCHAO_BENCH_DATABASE"):
        return measure(os.environ["ZHUCHAO_BENCH_DATABASE"], asked.vacant, asked.units, asked.requests)
    slow = 0
    for database in ("sqlite", "postgres") if asked.database == "both" else (asked.database,):
        with database_of(database) as environment:
            arguments = [sys.executable, __file__, "--vacant", str(asked.vacant), "--units", str(asked.units)]
            arguments += ["--requests", str(asked.requests)]
            slow |= subprocess.run(arguments, env=environment, check=False).returncode
    return slow


def measure(database: str, vacant: int, units: int, requests: int) -> int:
    """Fill the database, time every page, and return 1 where a limit was passed."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    user, matched, large = make_places()
    started = time.perf_counter()
    fill(matched, vacant, vacant)
    sites = fill(large, units, units // 20)
    leads = make_leads(matched, requests)
    say(database=database, case="fill", units=units, seconds=round(time.perf_counter() - started, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="zhuchao.apps.zones.services.sign_in.PasswordBackend")
    pages = [f"/leads/{lead}/match/" for lead in leads]
    chance = random.Random(5)
    stacks = [f"/premises/{chance.choice(sites)}/" for _ in range(requests)]
    cases: list[tuple[str, dict[str, int], list[str], Callable[[], object]]] = [
        ("match", {"vacant": vacant}, pages, lambda: None),
        ("site", {"units": units, "units_of_site": UNITS_OF_SITE}, stacks, lambda: None),
    ]
    slow = 0
    for name, size, addresses, before in cases:
        times, worked = timed(client, addresses, before)
        high = percentile(times, 95)
        slow |= high > LIMIT_MS
        say(
            database=database,
            case=name,
            **size,
            requests=requests,
            p50_ms=percentile(times, 50),
            p95_ms=high,
            cpu_p50_ms=percentile(worked, 50),
            cpu_p95_ms=percentile(worked, 95),
            limit_ms=LIMIT_MS,
            ratio_to_limit=round(high / LIMIT_MS, 3),
        )
    anew, worked = timed(client, pages[:5], lambda: touch(matched))
    say(
        database=database,
        case="match, units read anew",
        vacant=vacant,
        p50_ms=percentile(anew, 50),
        cpu_p50_ms=percentile(worked, 50),
    )
    return int(slow)


def timed(
    client: Any, addresses: Sequence[str], before: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """Return how long each page took and worked, in milliseconds, after visiting the first one unmeasured."""
    visit(client, addresses[0])
    times, worked = [], []
    for address in addresses:
        before()
        started, used = time.perf_counter(), time.process_time()
        visit(client, address)
        times.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - used) * 1000)
    return times, worked


def touch(zone: Any) -> None:
    """Record a change in a zone, after which its units are read again."""
    from zhuchao.apps.core.services import record_change

    record_change(actor=None, verb="edit", rows=[zone], scope=zone.pk)


def make_places() -> tuple[Any, Any, Any]:
    """Make a person of two zones: one to match in, and a large one."""
    from zhuchao.apps.zones.models import Membership, Role, User, Zone

    user = User.objects.create(username="bench", display_name="测量员")
    zones = []
    for code in ("matched", "large"):
        zone = Zone.objects.create(
            code=code, name=f"测量区{code}", short_name=code, kind=Zone.Kind.DEVELOPMENT_ZONE
        )
        Membership.objects.create(user=user, zone=zone, role=Role.PROMOTION_OFFICER, since=date(2000, 1, 1))
        zones.append(zone)
    return user, zones[0], zones[1]


def fill(zone: Any, count: int, vacant: int) -> list[int]:
    """Write sites of 250 units each with the state entry of every unit; return the ids of the sites."""
    from django.db import connection, transaction

    from zhuchao.apps.core.services import add_entries
    from zhuchao.apps.premises.models import Building, Floor, Site, Unit, UnitState
    from zhuchao.apps.zones import selectors as zones

    chance = random.Random(20260302)
    sites = Site.objects.bulk_create(
        Site(zone=zone, name=f"{zone.code}产业园{n}") for n in range(-(-count // UNITS_OF_SITE))
    )
    buildings = Building.objects.bulk_create(
        Building(zone=zone, site=site, name=f"{n + 1}号楼") for site in sites for n in range(BUILDINGS)
    )
    floors = Floor.objects.bulk_create(
        Floor(zone=zone, building=building, level=level + 1)
        for building in buildings
        for level in range(FLOORS)
    )
    spots = [(floor, along) for floor in floors for along in range(ALONG)][:count]
    empty = set(chance.sample(range(len(spots)), vacant))
    for start in range(0, len(spots), AT_ONCE):
        part = spots[start : start + AT_ONCE]
        with transaction.atomic():
            units = Unit.objects.bulk_create(
                unit_of(chance, floor, along, start + n in empty) for n, (floor, along) in enumerate(part)
            )
            states = [
                UnitState(
                    zone=zone,
                    unit=unit,
                    state=unit.state,
                    area_m2=unit.gross_area_m2,
                    happened_on=DAY,
                    occupant_name="" if unit.is_vacant else f"测量企业{unit.pk}有限公司",
                )
                for unit in units
            ]
            add_entries(states, actor=None, at=zones.now(zone))
    touch(zone)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return [site.pk for site in sites]


def unit_of(chance: random.Random, floor: Any, along: int, is_vacant: bool) -> Any:
    """Return a made-up unit, one fact in ten not known."""
    from zhuchao.apps.premises.models import Unit

    def known(value: object) -> Any:
        return value if chance.random() > 0.1 else None

    return Unit(
        zone_id=floor.zone_id,
        site_id=floor.building.site_id,
        building_id=floor.building_id,
        floor=floor,
        name=f"{floor.level}{along + 1:02d}",
        position=along + 1,
        kind=chance.choice(("workshop", "workshop", "office", "rnd")),
        gross_area_m2=Decimal(chance.randrange(8_000, 90_000)) / 100,
        clear_height_m=known(Decimal(chance.choice(("3.6", "4.5", "6", "8")))),
        floor_load_kn_m2=known(Decimal(chance.choice((3, 5, 8, 12)))),
        power_kva=known(Decimal(chance.choice((50, 100, 200)))),
        asking_rent_cny_m2_day=known(Decimal(chance.randrange(500, 1500)) / 1000),
        has_sewage=known(True),
        allowed_uses=["生产", "研发", "办公"],
        state=Unit.State.VACANT if is_vacant else Unit.State.LET,
        state_since=DAY,
    )


def make_leads(zone: Any, count: int) -> list[int]:
    """Make leads that ask for eight things each; return their ids."""
    from zhuchao.apps.promotion.models import Lead, LeadNeeds

    chance = random.Random(3)
    leads = Lead.objects.bulk_create(
        Lead(zone=zone, name=f"测量项目{n}", normal_name=f"测量项目{n}", found_on=DAY) for n in range(count)
    )
    LeadNeeds.objects.bulk_create(
        LeadNeeds(
            zone=zone,
            lead=lead,
            area_min_m2=(least := chance.choice((300, 500, 800, 1500))),
            area_max_m2=least * Decimal("1.4"),
            kinds=[chance.choice(("workshop", "rnd", "office"))],
            clear_height_m=Decimal(chance.choice(("3.6", "4.5", "6"))),
            floor_load_kn_m2=chance.choice((3, 5, 8)),
            power_kva=100,
            rent_max_cny_m2_day=Decimal(chance.randrange(700, 1300)) / 1000,
            needs_sewage=True,
            use="生产",
            is_hard=["area_min_m2", "kinds", "clear_height_m", "floor_load_kn_m2"],
        )
        for lead in leads
    )
    return [lead.pk for lead in leads]


if __name__ == "__main__":
    sys.exit(main())
