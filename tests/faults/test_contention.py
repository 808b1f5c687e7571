"""Two who write the same rows crosswise: one is let through, the other is told so, and nothing is half there."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from tests.apps.core.conftest import HEADER, make_xlsx
from tests.apps.core.toy_ledger import ToyLedger, register_toy
from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import Contended
from zhuchao.apps.core.models import ChainHead, Change, ImportBatch
from zhuchao.apps.core.services import record_change, verify_changes
from zhuchao.apps.core.services.changes import ChainBroken
from zhuchao.apps.core.services.importing import registry, run_import, try_import, upload_ledger
from zhuchao.apps.zones.models import Department, Zone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zone() -> Any:
    kept = dict(registry._ledgers)
    register_toy()
    yield make_zone()
    registry._ledgers.clear()
    registry._ledgers.update(kept)


def tried_batch(zone: Zone) -> ImportBatch:
    Department.objects.create(zone=zone, name="招商一科", kind="department")
    file = make_xlsx([HEADER, ["招商一科", "招商办", "", "", "", "", ""], ["规划科", "职能部门"]])
    batch = upload_ledger(actor=None, scope=zone.pk, kind="toy", file=file, name="科室.xlsx")
    assert try_import(batch).counts["changed"] == 1
    return batch


def kinds(zone: Zone) -> dict[str, str]:
    return dict(Department.objects.filter(zone=zone).values_list("name", "kind"))


def is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_an_edit_and_an_import_that_meet_crosswise_both_leave_a_whole_book(zone):
    """The edit holds the row and wants the zone's chain; the import holds the chain and wants the row."""
    batch, person = tried_batch(zone), make_user()
    row = Department.objects.get(zone=zone)
    ChainHead.objects.get_or_create(scope=zone.pk)
    locked, tick = threading.Event(), threading.Event()

    def edit() -> str:
        try:
            with transaction.atomic():
                mine = Department.objects.select_for_update().get(pk=row.pk)
                mine.name = "招商二科"
                mine.save()
                locked.set()
                # On SQLite the import cannot begin before this ends; on PostgreSQL it comes up to the row.
                for _ in range(200 if connection.vendor == "postgresql" else 0):
                    if is_waiting():
                        break
                    tick.wait(0.05)
                record_change(actor=person, verb="edit", rows=[mine], scope=zone.pk)
            return "saved"
        except Contended:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        editing = pool.submit(edit)
        assert locked.wait(30)
        trial = run_import(batch, actor=None)
        answer = editing.result()
    assert trial.batch.state == ImportBatch.State.DONE
    assert Change.objects.filter(verb="edit").count() == (answer == "saved")
    renamed = {"招商二科": "department", "招商一科": "office", "规划科": "department"}
    untouched = {"招商一科": "office", "规划科": "department"}
    assert kinds(zone) == (renamed if answer == "saved" else untouched)
    assert [one for one in verify_changes() if isinstance(one, ChainBroken)] == []


def test_an_import_that_was_pushed_aside_compares_and_writes_again(zone, monkeypatch):
    batch, write, pushes = tried_batch(zone), ToyLedger.apply, [1, 2]

    def apply(self: ToyLedger, **said: Any) -> None:
        write(self, **said)
        if pushes:
            pushes.pop()
            raise Contended()

    monkeypatch.setattr(ToyLedger, "apply", apply)
    run_import(batch, actor=None)
    assert pushes == []
    assert kinds(zone) == {"招商一科": "office", "规划科": "department"}
    assert Change.objects.filter(verb="import").count() == 1


def test_an_import_that_is_pushed_aside_again_and_again_says_so_and_writes_nothing(zone, monkeypatch):
    batch = tried_batch(zone)

    def apply(self: ToyLedger, **said: Any) -> None:
        Department.objects.create(zone=zone, name="半途科", kind="department")
        raise Contended()

    monkeypatch.setattr(ToyLedger, "apply", apply)
    with pytest.raises(Contended):
        run_import(batch, actor=None)
    assert kinds(zone) == {"招商一科": "department"}
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.TRIED


def test_a_lock_that_is_not_given_is_said_in_words_on_both_databases(zone):
    """SQLite has one writer; PostgreSQL is asked not to wait for the row."""
    row = Department.objects.create(zone=zone, name="招商一科", kind="department")
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Department.objects.select_for_update().get(pk=row.pk)
                held.set()
                over.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(30)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 50")
        try:
            with pytest.raises(Contended) as refused, transaction.atomic():
                Department.objects.select_for_update(
                    nowait=connection.features.has_select_for_update_nowait
                ).get(pk=row.pk)
        finally:
            over.set()
            connection.close()
        holding.result()
    assert "没有保存任何内容" in str(refused.value)
