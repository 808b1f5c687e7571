"""A dry run of a ledger says what every row would do after those before it, and reads only."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.zones.isolation import row_in
from tests.factories import make_sector, make_site, make_unit, make_zone
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Row, get_ledger
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.premises.services import change_unit_state
from zhuchao.apps.zones.models import Zone

ON, LATER, TO_COME = date(2023, 3, 1), date(2023, 6, 1), date(2999, 1, 1)
WRITING = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "REPLACE", "CREATE")
ENCLAVE = {
    "partner": "对口园区",
    "keeper_percent": Decimal("0.6"),
    "partner_percent": Decimal("0.4"),
    "on": ON,
    "evidence_note": "协议",
}
CLUSTER = {"sector": "数字金融", "goal": 100, "deadline": date(2998, 12, 31), "on": ON}
RENEWAL = {"name": "旧厂更新", "what": "vacated", "on": ON, "area_m2": Decimal(900), "evidence_note": "协议"}
FIGURE = {"name": "旧厂更新", "what": "before", "on": ON, "tax_cny": Decimal(50), "evidence_note": "报表"}
PARTY = {
    "scheme": "片区征迁",
    "number": "1",
    "name": "甲户",
    "area_m2": Decimal("120.004"),
    "listed_on": ON,
    "evidence_note": "公告",
}
WORKS = {
    "name": "改造工程",
    "kind": "conversion",
    "planned_start_on": ON,
    "planned_months": 7,
    "budget_cny": Decimal(8000),
    "phase_1_cny": Decimal(4000),
    "units": "201",
}
FILES = {
    "works": [
        (WORKS | {"phase_2_cny": Decimal(5000)}, "refused"),
        (WORKS | {"started_on": TO_COME}, "refused"),
        (WORKS, "new"),
        (WORKS, "same"),
        (WORKS | {"phase_2_cny": Decimal(5000)}, "refused"),
        (WORKS | {"phase_2_cny": Decimal("3000.004"), "started_on": ON}, "changed"),
        (WORKS | {"name": "又一工程", "started_on": LATER}, "new"),
        (WORKS | {"finished_on": date(2022, 1, 1)}, "refused"),
        (WORKS | {"finished_on": LATER}, "changed"),
        (WORKS | {"started_on": date(2023, 7, 1)}, "refused"),
        (WORKS | {"started_on": date(2023, 4, 1)}, "changed"),
        (WORKS | {"name": "用着的", "units": "202", "started_on": ON}, "refused"),
        (WORKS | {"name": "三期", "units": "201", "started_on": LATER, "finished_on": LATER}, "new"),
        (WORKS | {"budget_cny": Decimal(10)}, "refused"),
    ],
    "enclaves": [
        (ENCLAVE, "new"),
        (ENCLAVE, "same"),
        (ENCLAVE | {"keeper_percent": Decimal("0.5"), "partner_percent": Decimal("0.5")}, "refused"),
        (ENCLAVE | {"on": LATER}, "new"),
        (ENCLAVE | {"partner": "没有的园"}, "refused"),
    ],
    "clusters": [
        (CLUSTER | {"on": TO_COME}, "refused"),
        (CLUSTER, "new"),
        (CLUSTER, "same"),
        (CLUSTER | {"goal": 120}, "changed"),
        (CLUSTER, "same"),
        (CLUSTER | {"goal": 0}, "refused"),
    ],
    "renewals": [
        (RENEWAL | {"on": TO_COME}, "refused"),
        (RENEWAL, "new"),
        (RENEWAL, "same"),
        (RENEWAL | {"programme": "三改一拆"}, "changed"),
        (RENEWAL | {"plan_new_land_m2": Decimal(-1)}, "refused"),
        (FIGURE, "new"),
        (FIGURE | {"tax_cny": Decimal("60.001")}, "new"),
        (FIGURE | {"tax_cny": Decimal("60.001")}, "same"),
        (RENEWAL | {"what": "replaced", "area_m2": None}, "refused"),
    ],
    "relocations": [
        (PARTY, "new"),
        (PARTY, "same"),
        (PARTY | {"agreed_on": LATER, "agreed_cny": Decimal(500)}, "new"),
        (PARTY | {"moved_on": ON}, "refused"),
        (PARTY | {"paid_on": LATER, "paid_cny": Decimal(400)}, "new"),
        (PARTY | {"paid_on": LATER, "paid_cny": Decimal(200)}, "refused"),
        (PARTY | {"agreed_on": LATER, "agreed_cny": Decimal(700)}, "new"),
        (PARTY | {"paid_on": LATER, "paid_cny": Decimal(200)}, "new"),
        (PARTY | {"name": "甲户改名"}, "changed"),
        (PARTY | {"number": "2", "listed_on": TO_COME}, "refused"),
    ],
}


@pytest.fixture
def place() -> tuple[Zone, Site]:
    above = make_zone()
    zone = make_zone(parent=above)
    make_zone(parent=above, name="对口园区")
    make_sector(zone, "数字金融")
    site = make_site(zone)
    for name, state in (("201", Unit.State.VACANT), ("202", Unit.State.LET)):
        unit = make_unit(site, name=name, state=state)
        change_unit_state(actor=None, unit=unit, state=state, on=date(2020, 1, 1))
    return zone, site


def rows_of(kind: str, site: Site) -> list[Row]:
    return [
        Row(number, ({"site": site.name} if kind in {"enclaves", "clusters", "works"} else {}) | values)
        for number, (values, _state) in enumerate(FILES[kind], 2)
    ]


@pytest.mark.parametrize("kind", FILES)
def test_a_dry_run_follows_the_order_of_the_file_and_writes_nothing(kind, place):
    zone, site = place
    with CaptureQueriesContext(
        connection,
    ) as said:
        found = list(get_ledger(kind).compare(scope=zone.pk, rows=rows_of(kind, site)))
    assert [outcome.state for outcome in found] == [state for _values, state in FILES[kind]]
    assert not [each["sql"] for each in said if each["sql"].lstrip("( ").upper().startswith(WRITING)]
    assert all(outcome.row_id is None for outcome in found)


@pytest.mark.parametrize("kind", FILES)
def test_what_a_dry_run_says_is_what_the_import_then_does(kind, place):
    zone, site = place
    ledger, rows = get_ledger(kind), rows_of(kind, site)
    found = list(ledger.compare(scope=zone.pk, rows=rows))
    due = [outcome for outcome in found if outcome.state in {"new", "changed"}]
    ledger.apply(
        scope=zone.pk, actor=None, batch=row_in(zone, ImportBatch), outcomes=due, progress=Progress()
    )
    again = list(ledger.compare(scope=zone.pk, rows=[outcome.row for outcome in due]))
    assert [outcome.state for outcome in again if outcome.state == "new"] == []
    refused = [outcome.row for outcome in found if outcome.state == "refused"]
    assert len(refused) > 0


@pytest.mark.parametrize("kind", FILES)
def test_a_dry_run_of_many_rows_costs_no_more_than_one_of_few(kind, place):
    zone, site = place
    rows = rows_of(kind, site)
    with CaptureQueriesContext(connection) as few:
        list(get_ledger(kind).compare(scope=zone.pk, rows=rows[:2]))
    with CaptureQueriesContext(connection) as many:
        list(get_ledger(kind).compare(scope=zone.pk, rows=rows * 50))
    assert len(many) <= len(few) + 1
