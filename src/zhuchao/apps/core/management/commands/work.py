"""``zhuchao work``: do the queued work, and pick up what a killed worker left."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from ...errors import Contended
from ...models import Job
from ...services import due, jobs
from .. import command

logger = logging.getLogger(__name__)
DUE_SECONDS = 300.0


class Command(command.Command):
    help = "Do the queued work. Ends on SIGTERM: a running job goes back to the queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="end when nothing is queued or running")
        parser.add_argument("--parent", type=int, metavar="PID", help="end when this process has gone")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks at the queue")
        parser.add_argument(
            "--silent-for",
            type=float,
            default=jobs.SILENT_FOR.total_seconds(),
            metavar="SECONDS",
            help="take over jobs whose worker was silent this long",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._over = threading.Event()
        self._worker: Worker | None = None
        before = self._listen()
        if options["parent"]:
            threading.Thread(target=self._watch, args=[options["parent"]], daemon=True).start()
        try:
            self._work(options)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _work(self, options: dict[str, Any]) -> None:
        jobs.forget_old_tasks()
        looked = float("-inf")
        while not self._over.is_set():
            close_old_connections()
            try:
                jobs.recover_jobs(silent_for=timedelta(seconds=options["silent_for"]))
                if time.monotonic() - looked >= DUE_SECONDS:
                    looked = time.monotonic()
                    for done in due.run_due():
                        if done.rows:
                            logger.info("due: %s, %s row(s)", done.due.key, done.rows)
                if DBTaskResult.objects.ready().exists():
                    self._run_ready(options["interval"])
                elif options["until_idle"] and not _is_busy():
                    return
            except Contended as error:  # somebody's long write holds SQLite: come back later
                logger.warning("the database is busy: %s", error)
            self._over.wait(options["interval"])

    def _run_ready(self, interval: float) -> None:
        self._worker = Worker(
            queue_names=["*"],
            interval=min(interval, 0.5),
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if not self._over.is_set():
            self._worker.run()

    def _listen(self) -> dict[int, Any]:
        """Listen for a request to end; return the handlers that stood there."""
        if threading.current_thread() is not threading.main_thread():
            return {}
        return {
            number: signal.signal(number, lambda *ignored: self._end())
            for number in (signal.SIGTERM, signal.SIGINT)
        }

    def _watch(self, parent: int) -> None:
        direct = os.getppid() == parent
        while os.getppid() == parent if direct else _lives(parent):
            if self._over.wait(1):
                return
        self._end()

    def _end(self) -> None:
        self._over.set()
        jobs.stop_soon()
        if self._worker is not None:
            self._worker.running = False


def _is_busy() -> bool:
    return Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists()


def _lives(pid: int) -> bool:
    """Return whether a process that is not our parent is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
