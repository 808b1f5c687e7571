"""``kill -9`` at the worst moments: nothing that was answered is lost, and nothing half done is there."""

import json
import signal
import threading
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Founding, House
from tests.faults.house import Place, Visitor, kill, lives, processes_below, until

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here"),
]

ADDED = "core_change WHERE verb = 'add' AND thing = 'enterprises.enterprise'"
INDEXED = "core_searchdoc WHERE thing = 'enterprises.enterprise'"
BEFORE = "SELECT 1 FROM core_change p WHERE p.scope = c.scope AND p.seq = c.seq - 1 AND p.digest = c.previous"
REPORTS = "zhuchao.apps.indicators.services.reports"
IMPORTING = "zhuchao.apps.core.services.importing.batches"
PLANS = "zhuchao.apps.promotion.services.plans"
ENDING = "zhuchao.apps.core.services.jobs:_end"

STEPS = {
    "report": [f"{REPORTS}:figures_of", f"{REPORTS}:keep_file", f"{REPORTS}:record_change", ENDING],
    "import": [
        f"{IMPORTING}:examine",
        "zhuchao.apps.enterprises.services.ledgers.writing:record_change",
        f"{IMPORTING}:record_change",
        ENDING,
    ],
    "plan": [
        "zhuchao.apps.promotion.selectors.plan_making:calculated",
        "zhuchao.apps.promotion.selectors.plan_making:said_of",
        f"{PLANS}:record_change",
        ENDING,
    ],
    "demo": ["zhuchao.apps.desk.services.demo.load:import_file#2", f"{IMPORTING}:_write#3"],
}


@dataclass(frozen=True)
class Wreck:
    """What was known when everything was killed while people wrote and a report was made, and started again."""

    house: House
    accepted: list[str]
    family: list[int]
    survivors: list[int]
    report: int
    job: int


# What becomes of processes is no matter of the database; what becomes of the rows is shown on both further below.
@pytest.fixture(scope="module")
def wreck(lasting_house: House) -> Wreck:
    """Kill the server and its processes under load, kill a restart just before it serves, and start again."""
    house = lasting_house.opened()
    accepted: list[str] = []
    numbers, enough = count(1), threading.Event()

    def write(token: str) -> None:
        visitor = Visitor(house.server.address)
        while True:
            name = f"途中企业{next(numbers)}有限公司"
            try:
                answer = visitor.call(
                    "POST", f"/api/v1/enterprises?zone={house.zone}", {"name": name}, token=token
                )
            except (urllib.error.URLError, HTTPException, OSError):
                return
            assert answer.status == 201, answer.text
            accepted.append(name)
            if len(accepted) >= 30:
                enough.set()

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(write, token) for token in house.tokens[:6]]
        until(lambda: enough.is_set() or any(writer.done() for writer in writers), "thirty accepted firms")
        report, job = kill_a_worker_that_makes_a_report(house)
        family = list(house.server.family)
        house.server.kill()
        for writer in writers:
            writer.result()
    survivors = [pid for pid in family if lives(pid)]
    assert state_of(house, job) == "running", "nobody has told the job that its worker is dead"
    assert house.place.count(made(report)) == 0
    kill_a_restart(house)
    # The job is taken up again once its holder has been silent for half a minute: say that it has.
    house.place.write(f"UPDATE core_job SET heartbeat_at = '2026-01-01 00:00:00' WHERE id = {job}")
    house.server.start()
    return Wreck(house, accepted, family, survivors, report, job)


def kill_a_worker_that_makes_a_report(house: House) -> tuple[int, int]:
    """Order a report and kill the worker that has taken it; return the report and its job."""
    for _ in range(8):
        worker = until(house.server.worker, "a worker")
        ordered = house.administrator.post("/reports/add/", month="2026-06", as_of="")
        report = int(ordered.path.strip("/").rpartition("/")[2])
        ((job,),) = house.place.ask(f"SELECT job_id FROM indicators_report WHERE id = {report}")
        until(lambda job=job: state_of(house, job) != "queued", "the start of the job", pause=0.001)
        kill(worker)
        until(lambda worker=worker: not lives(worker), "the end of the worker")
        if state_of(house, job) == "running":
            return report, job
        until(lambda worker=worker: house.server.worker() not in (0, worker), "another worker")
    raise AssertionError("the report was always quicker than the kill")


def kill_a_restart(house: House) -> None:
    """Start the server again and kill it just before it serves; nothing may come of it."""
    tables = ("core_change", "enterprises_enterprise", "django_session", "django_migrations")
    before = {table: house.place.count(table) for table in tables}
    server = house.server.begin()
    until(lambda: processes_below(server.pid), "the process that is to answer")
    server.kill()
    assert {table: house.place.count(table) for table in tables} == before


def state_of(house: House, job: int) -> str:
    ((state,),) = house.place.ask(f"SELECT state FROM core_job WHERE id = {job}")
    return str(state)


def made(report: int) -> str:
    return f"core_attachment a JOIN indicators_report r ON r.attachment_id = a.id WHERE r.id = {report}"


def assert_whole(place: Place) -> None:
    """Fail unless SQLite finds nothing wrong with its file; PostgreSQL looks after its own."""
    if not place.database_url:
        assert place.ask("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.sqlite
def test_nothing_that_a_killed_server_had_started_lives_on_and_its_port_is_free_again(wreck):
    assert len(wreck.family) >= 2, "the process that answers, and the one that works"
    assert wreck.survivors == []
    assert wreck.house.server.starts >= 3, "on one port"
    assert wreck.house.administrator.get("/enterprises/").path == "/enterprises/"


@pytest.mark.sqlite
def test_what_a_killed_server_had_answered_is_kept_and_nothing_half_done_is_there(wreck):
    place = wreck.house.place
    kept = {name for (name,) in place.ask("SELECT name FROM enterprises_enterprise")}
    assert len(wreck.accepted) >= 30
    assert set(wreck.accepted) <= kept
    firms = place.count("enterprises_enterprise")
    assert place.count("enterprises_enterprisename") == firms
    assert place.count(ADDED) == firms
    assert place.count(INDEXED) == firms
    assert place.count(f"core_change c WHERE seq > 1 AND NOT EXISTS ({BEFORE})") == 0
    assert_whole(place)


@pytest.mark.sqlite
def test_a_report_whose_worker_was_killed_is_made_once_after_the_restart(wreck):
    house = wreck.house
    until(lambda: state_of(house, wreck.job) == "done", "the end of the job")
    assert house.place.count(made(wreck.report)) == 1
    orphans = "core_attachment a WHERE purpose = 'report' AND NOT EXISTS"
    assert (
        house.place.count(f"{orphans} (SELECT 1 FROM indicators_report r WHERE r.attachment_id = a.id)") == 0
    )
    file = house.administrator.get(f"/reports/{wreck.report}/file/")
    assert (file.status, file.text[:2]) == (200, "PK")


@pytest.fixture(scope="module")
def killed(founding: Founding, folder: Path) -> tuple[Place, dict[str, Any]]:
    """Do each long work, killed at each of its steps; return where it was done and what was told of it."""
    place = founding.place.copied_to(folder / "killed")
    return place, place.tell("tests.faults.killed", json.dumps(STEPS))


def test_a_report_killed_at_each_of_its_steps_ends_as_one_file(killed):
    place, told = killed
    assert told["report"] == {"killed": STEPS["report"], "finished": True, "broken": []}
    assert place.ask("SELECT state, attempts FROM core_job WHERE kind = 'monthly_report'") == [("done", 5)]
    assert place.count("indicators_report WHERE attachment_id IS NOT NULL") == 1
    assert place.count("core_attachment WHERE purpose = 'report'") == 1
    assert place.count("core_change WHERE verb = 'make'") == 1
    assert_whole(place)


def test_an_import_killed_at_each_of_its_steps_writes_every_row_once(killed):
    place, told = killed
    assert told["import"] == {"killed": STEPS["import"], "finished": True, "broken": []}
    assert place.ask("SELECT state, attempts FROM core_job WHERE kind LIKE 'import%'") == [("done", 5)]
    batch = "(SELECT id FROM zones_zone WHERE code = 'trial')"
    assert place.ask(f"SELECT state FROM core_importbatch WHERE scope = {batch}") == [("done",)]
    ours = "enterprises_enterprise WHERE name LIKE '试验企业%'"
    assert place.count(ours) == 40
    assert place.count(f"enterprises_enterprisename WHERE enterprise_id IN (SELECT id FROM {ours})") == 40
    assert place.count(f"{INDEXED} AND row_id IN (SELECT id FROM {ours})") == 40
    assert place.count(f"core_change WHERE verb = 'import_file' AND scope = {batch}") == 1


def test_a_plan_killed_at_each_of_its_steps_is_made_once_from_what_was_asked(killed):
    place, told = killed
    assert told["plan"] == {"killed": STEPS["plan"], "finished": True, "broken": []}
    assert place.ask("SELECT state, attempts FROM core_job WHERE kind = 'place_all'") == [("done", 5)]
    assert place.count("promotion_placingplan WHERE made_at IS NOT NULL") == 1
    assert place.count("promotion_planrow") == 4
    assert place.count("core_change WHERE verb = 'make_plan'") == 1


def test_a_demo_that_was_broken_off_twice_goes_on_and_is_whole(killed):
    place, told = killed
    assert told["demo"] == {"killed": STEPS["demo"], "finished": True, "broken": []}
    assert place.count("enterprises_enterprise WHERE name LIKE '示例%'") == 6
    assert place.count("zones_user WHERE is_demo") == 1
    assert place.count("core_installation WHERE set_up_at IS NOT NULL") == 1
