"""A worker that is killed in the middle of an import leaves nothing half there, and the next one finishes it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.apps.core.conftest import make_xlsx
from tests.apps.core.toy_ledger import STALL_FILE
from tests.factories import make_zone
from zhuchao.apps.core.models import Change, ImportBatch, Job
from zhuchao.apps.core.services.importing import confirm_import, try_import, upload_ledger
from zhuchao.apps.zones.models import Department

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROWS = 300
CHECKOUT = Path(__file__).resolve().parents[3]
NORMAL = ["--until-idle", "--silent-for", "1", "--interval", "0.1"]


def start_worker(*arguments: str, stall: Path | None = None, parent: bool = False) -> subprocess.Popen[str]:
    """Start a worker; with ``parent`` a process between, whose number it is told to watch."""
    environment = os.environ | {
        "ZHUCHAO_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "ZHUCHAO_DATA": str(settings.DATA),
        "PYTHONPATH": os.pathsep.join(
            [str(CHECKOUT), str(CHECKOUT / "src"), os.environ.get("PYTHONPATH", "")]
        ),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    if stall is not None:
        environment[STALL_FILE] = str(stall)
    command = [sys.executable, "-m", "tests.apps.core.worker", *arguments]
    if parent:
        code = f"import os, subprocess; subprocess.run({command!r} + ['--parent', str(os.getpid())])"
        command = [sys.executable, "-c", code]
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def wait_for(condition: Callable[[], bool], worker: subprocess.Popen[str]) -> None:
    """Wait until a worker has come so far; fails with its words when it ends before."""
    tick = threading.Event()
    for _ in range(1200):
        if condition():
            return
        if worker.poll() is not None:
            raise AssertionError(worker.communicate()[0])
        tick.wait(0.05)
    worker.kill()
    raise AssertionError("it never came so far")


def confirmed() -> tuple[ImportBatch, Job]:
    rows = [["名称", "类型"], *([f"科室{n}", "招商办"] for n in range(ROWS))]
    scope = make_zone().pk
    batch = upload_ledger(actor=None, scope=scope, kind="toy", file=make_xlsx(rows), name="科室.xlsx")
    try_import(batch)
    return batch, confirm_import(actor=None, batch=batch)


def finish() -> None:
    worker = start_worker(*NORMAL)
    words = worker.communicate(timeout=60)[0]
    assert worker.returncode == 0, words


def test_after_kill_9_in_the_middle_of_an_import_nothing_is_half_there_and_the_next_worker_finishes(tmp_path):
    batch, job = confirmed()
    changes = Change.objects.count()
    stall = tmp_path / "stalled"
    worker = start_worker(*NORMAL, stall=stall)
    wait_for(stall.exists, worker)
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=30)

    assert Department.objects.count() == 0
    assert Change.objects.count() == changes
    assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.CONFIRMED

    finish()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["counts"]["new"]) == (Job.State.DONE, 2, ROWS)
    assert Department.objects.count() == ROWS
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.DONE
    assert Change.objects.filter(verb="import").count() == 1


def test_a_worker_that_is_asked_to_end_undoes_what_it_was_writing_and_gives_the_job_back(tmp_path):
    _batch, job = confirmed()
    stall = tmp_path / "stalled"
    worker = start_worker(*NORMAL, stall=stall)
    wait_for(stall.exists, worker)
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=30)

    assert worker.returncode == 0
    assert Department.objects.count() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    finish()
    assert Department.objects.count() == ROWS


def test_two_workers_at_once_do_a_job_once():
    confirmed()
    first, second = start_worker(*NORMAL), start_worker(*NORMAL)
    for worker in (first, second):
        words = worker.communicate(timeout=60)[0]
        assert worker.returncode == 0, words
    assert Department.objects.count() == ROWS
    assert Change.objects.filter(verb="import").count() == 1


def test_a_worker_ends_when_the_process_that_started_it_was_killed(tmp_path):
    confirmed()
    stall = tmp_path / "stalled"
    between = start_worker("--interval", "0.1", stall=stall, parent=True)
    wait_for(stall.exists, between)
    between.send_signal(signal.SIGKILL)
    between.communicate(timeout=30)  # the worker shares the pipe: it closes when the worker has ended too
    assert Department.objects.count() == 0
    assert Job.objects.get().state == Job.State.QUEUED
