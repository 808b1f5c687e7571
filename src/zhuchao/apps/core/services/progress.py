"""How far a job is: said by the work, shown to people, without the work waiting for the database."""

import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from ..models import Job
from ..selectors.jobs import beat_path

BEATS_PER_SECOND = 4
_BEAT_SECONDS = 1 / BEATS_PER_SECOND
_HEART_SECONDS = 1.0
_LOCK_WAIT_MS = 200

# What the work said last: the step, how many are done, how many there are.
Said = tuple[str, int, int | None]

logger = logging.getLogger(__name__)
# Set when this process was asked to end: the work gives its job back at its next step.
stopping = threading.Event()


class Cancelled(Exception):
    """A person asked the job to stop."""


class Interrupted(Exception):
    """The worker was asked to end; the job goes back to the queue."""


class LeaseLost(Exception):
    """Another worker has taken the job over, because this one was silent for too long."""


class Progress:
    """What the work says while it goes. Call ``say`` often: it costs nothing and is where a cancel is heard."""

    def __init__(self, job: Job | None = None, heart: "Heart | None" = None) -> None:
        self.job = job
        self._heart = heart

    def say(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Say what is being done and how far it is.

        Raises Cancelled, Interrupted or LeaseLost, which the work must let through: its transaction is
        rolled back and nothing of it stays.
        """
        if self._heart is not None:
            self._heart.says = (step[:120], done, total)
        self.check()

    def goes_on(self, step: str = "", done: int = 0, total: int | None = None) -> bool:
        """Say how far the work is, where a step is named; return False once a person asked it to stop.

        For work that keeps what it has found so far. Raises Interrupted or LeaseLost, as ``say`` does.
        """
        if self._heart is None:
            return True
        if step:
            self._heart.says = (step[:120], done, total)
        self._check_lease()
        return not self._heart.cancel_asked

    def check(self) -> None:
        """Raise Cancelled, Interrupted or LeaseLost when the work must not go on."""
        self._check_lease()
        if self._heart is not None and self._heart.cancel_asked:
            raise Cancelled

    def _check_lease(self) -> None:
        if self._heart is None:
            return
        if self._heart.lease_lost:
            raise LeaseLost
        if stopping.is_set():
            raise Interrupted

    def seal(self, *, keeps_what_it_has: bool = False) -> None:
        """Make sure, as the last statement of the work's own transaction, that the lease still holds.

        Locks the job's row, so that no other worker can take the job over before the commit. Raises
        LeaseLost, and Cancelled when somebody asked for it in the meantime, unless the work then keeps what it has.
        """
        if self.job is None:
            return
        held = Job.objects.select_for_update(no_key=True).filter(
            pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts
        )
        row = held.first()
        if row is None:
            raise LeaseLost
        if row.cancel_asked and not keeps_what_it_has:
            raise Cancelled
        held.update(heartbeat_at=timezone.now())


class Heart(threading.Thread):
    """Write what the work says, at most four times a second, and listen for a cancel."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"job-{job.pk}", daemon=True)
        self.says: Said = ("", 0, None)
        self.cancel_asked = self.lease_lost = False
        self._job = job
        self._over = threading.Event()

    def stop(self) -> None:
        """Stop beating and wait until the last beat is written."""
        self._over.set()
        self.join()

    def run(self) -> None:
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute(f"PRAGMA busy_timeout = {_LOCK_WAIT_MS}")
            self._beat_until_over()
        finally:
            connection.close()

    def _beat_until_over(self) -> None:
        in_file: Said | None = None
        in_row: Said | None = None
        step, step_since, last = "", time.time(), 0.0
        while not self._over.wait(_BEAT_SECONDS):
            says = self.says
            if says[0] != step:
                step, step_since = says[0], time.time()
            if says != in_file:
                write_beat(self._job, says, step_since)
                in_file = says
            if says == in_row and time.monotonic() - last < _HEART_SECONDS:
                continue
            try:
                self._write(says)
                in_row, last = says, time.monotonic()
            except DatabaseError as error:  # the work's own transaction holds SQLite's one write lock
                logger.debug("job %s: no beat: %s", self._job.pk, error)

    def _write(self, says: Said) -> None:
        """Listen first: reading works even while the work's own transaction lets nobody else write."""
        held = Job.objects.filter(pk=self._job.pk, state=Job.State.RUNNING, attempts=self._job.attempts)
        asked = held.values_list("cancel_asked", flat=True).first()
        self.lease_lost = asked is None
        self.cancel_asked = bool(asked)
        step, done, total = says
        held.update(step=step, done=done, total=total, heartbeat_at=timezone.now())


def write_beat(job: Job, says: Said, step_since: float) -> None:
    """Leave the numbers in the small file that the page reads first; whole or not at all."""
    path = beat_path(job.pk)
    step, done, total = says
    content: dict[str, Any] = {"attempt": job.attempts, "step": step, "done": done, "total": total}
    content["step_since"] = step_since
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(content), encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        logger.debug("job %s: no beat file in %s: %s", job.pk, settings.DATA, error)


def forget_beat(job_id: int) -> None:
    """Remove the small file of a job that is over."""
    Path(beat_path(job_id)).unlink(missing_ok=True)
