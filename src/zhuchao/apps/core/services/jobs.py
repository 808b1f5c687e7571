"""Long work: start it, run it once and only once, see it move, cancel it, pick it up after a kill.

A job is a row. Whoever runs it holds a lease: ``attempts`` is the number of the lease and ``heartbeat_at`` says
that its holder lives. A lease is taken, kept and given back by compare-and-set, so two workers never run one
job, and a worker that was thought dead and wakes up again finds that its lease is no longer the last.

Progress must be seen while the work's own transaction is open. A second thread with a connection of its own
writes it: on PostgreSQL that always works. SQLite has one writer, so while the work writes, the row cannot
move; the same thread therefore also leaves the numbers in a small file beside the data, which
``selectors.jobs`` reads first. A cancel asked for in that phase is heard at the next step after it.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from ..errors import DomainError, JobCannotBeCancelled
from ..models import Job
from .changes import plain, record_change
from .progress import Cancelled, Heart, Interrupted, LeaseLost, Progress, forget_beat, stopping

__all__ = ["Cancelled", "Progress", "cancel_job", "recover_jobs", "register", "run", "start_job"]

Work = Callable[[Job, Progress], Mapping[str, Any]]

SILENT_FOR = timedelta(seconds=30)
MOST_ATTEMPTS = 5
_KEEP_TASKS_FOR = timedelta(days=7)
_works: dict[str, Work] = {}
_hand_over: list[Callable[[int], object]] = []

logger = logging.getLogger(__name__)


def register(kind: str, work: Work) -> None:
    """Say which function does the jobs of ``kind``: ``(job, progress) -> result``, safe to run again."""
    _works[kind] = work


def hand_over_to(enqueue: Callable[[int], object]) -> None:
    """Say what puts the id of a job into the queue; the app says it once, when it is ready."""
    _hand_over[:] = [enqueue]


@transaction.atomic
def start_job(*, kind: str, title: str, scope: int, actor: models.Model | None, **arguments: Any) -> Job:
    """Make a job of a registered ``kind`` and put it into the queue; ``arguments`` are plain data."""
    if kind not in _works:
        raise LookupError(f"no work is registered for jobs of kind {kind!r}")
    job = Job.objects.create(
        kind=kind,
        title=title[:120],
        scope=scope,
        arguments=plain(arguments) | {"language": translation.get_language()},
        created_by_id=getattr(actor, "pk", None),
    )
    record_change(actor=actor, verb="start_job", rows=[job], scope=scope, kind=kind, title=job.title)
    _enqueue(job.pk)
    return job


@transaction.atomic
def cancel_job(*, actor: models.Model | None, job: Job) -> Job:
    """Cancel a queued job at once and ask a running one to stop; raises JobCannotBeCancelled when it is over.

    Asking twice is the same as asking once.
    """
    queued = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not queued.update(state=Job.State.CANCELLED, ended_at=timezone.now()):
        running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
        if not running.update(cancel_asked=True):
            job.refresh_from_db()
            if job.state == Job.State.CANCELLED:
                return job
            raise JobCannotBeCancelled(job=job.title, state=str(job.get_state_display()))
    job.refresh_from_db()
    record_change(actor=actor, verb="cancel_job", rows=[job], scope=job.scope, title=job.title)
    return job


def run(job_id: int) -> Job | None:
    """Run a queued job to its end; return it, or None when it is not to be run (any more).

    Safe to call twice for one job, from two processes: the lease is taken by one.
    """
    job = _take(job_id)
    if job is None:
        return None
    heart = None if connection.in_atomic_block else Heart(job)
    progress = Progress(job, heart)
    try:
        if heart is not None:
            heart.start()
        with translation.override(job.arguments.get("language") or settings.LANGUAGE_CODE):
            result = _works[job.kind](job, progress)
    except Cancelled:
        return _end(job, heart, state=Job.State.CANCELLED)
    except Interrupted:
        return _give_back(job, heart)
    except LeaseLost:
        logger.warning("job %s: somebody else has taken it over", job.pk)
        if heart is not None:
            heart.stop()
        return None
    except DomainError as error:
        return _end(job, heart, state=Job.State.FAILED, problem=error.as_dict())
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return _end(job, heart, state=Job.State.FAILED, problem=_unexpected())
    return _end(job, heart, state=Job.State.DONE, result=plain(dict(result)))


def recover_jobs(*, silent_for: timedelta = SILENT_FOR) -> list[int]:
    """Put jobs whose holder is silent back into the queue, and queued ones that the queue has lost.

    Returns their ids. Safe with any number of workers: each job is given back by one of them only, and a
    second queue entry for a job finds it taken.
    """
    recovered = []
    before = timezone.now() - silent_for
    for job in Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=before):
        seen = Job.objects.filter(
            pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts, heartbeat_at=job.heartbeat_at
        )
        if job.attempts >= MOST_ATTEMPTS:
            seen.update(
                state=Job.State.FAILED, ended_at=timezone.now(), problem=_gave_up(job.attempts), step=""
            )
        elif job.cancel_asked:
            seen.update(state=Job.State.CANCELLED, ended_at=timezone.now(), step="")
        else:
            with transaction.atomic():
                if seen.update(state=Job.State.QUEUED, step="", done=0, total=None):
                    _enqueue(job.pk)
                    recovered.append(job.pk)
    recovered.extend(_requeue_lost(before))
    return recovered


def forget_old_tasks() -> int:
    """Delete queue entries that ended more than a week ago, or whose worker died; return how many.

    The jobs themselves stay: they are the record.
    """
    now = timezone.now()
    old = DBTaskResult.objects.finished().filter(finished_at__lt=now - _KEEP_TASKS_FOR)
    dead = DBTaskResult.objects.running().filter(started_at__lt=now - timedelta(days=1))
    return old.delete()[0] + dead.delete()[0]


def _requeue_lost(before: Any) -> list[int]:
    """Enqueue queued jobs that no entry of the queue leads to: their worker died between the two claims."""
    waiting = list(
        Job.objects.filter(state=Job.State.QUEUED, created_at__lt=before).values_list("pk", flat=True)
    )
    if not waiting:
        return []
    alive = models.Q(status=TaskResultStatus.READY) | models.Q(
        status=TaskResultStatus.RUNNING, started_at__gte=before
    )
    coming: set[int] = set()
    for content in DBTaskResult.objects.filter(alive).values_list("args_kwargs", flat=True):
        coming.update(value for value in content["args"] if isinstance(value, int))
    lost = [pk for pk in waiting if pk not in coming]
    for pk in lost:
        _enqueue(pk)
    return lost


def _enqueue(job_id: int) -> None:
    for enqueue in _hand_over:
        enqueue(job_id)


def _take(job_id: int) -> Job | None:
    """Take the lease of a queued job, or return None when it is not queued."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        attempts=models.F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        step="",
        done=0,
        total=None,
    )
    return Job.objects.get(pk=job_id) if taken else None


def _held(job: Job) -> "models.QuerySet[Job]":
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _end(job: Job, heart: Heart | None, *, state: str, **values: Any) -> Job | None:
    if heart is not None:
        heart.stop()
    now = timezone.now()
    ended = _held(job).update(state=state, ended_at=now, heartbeat_at=now, step="", **values)
    forget_beat(job.pk)
    if not ended:
        return None
    job.refresh_from_db()
    return job


def _give_back(job: Job, heart: Heart | None) -> Job | None:
    """Put a job back whose worker was asked to stop; that is no failed attempt."""
    if heart is not None:
        heart.stop()
    with transaction.atomic():
        if _held(job).update(state=Job.State.QUEUED, attempts=models.F("attempts") - 1, step=""):
            _enqueue(job.pk)
    forget_beat(job.pk)
    return None


def _unexpected() -> dict[str, Any]:
    return {
        "code": "unexpected",
        "message": _("处理时发生了意外错误，没有写入任何内容。"),
        "next": _("请重试；如再次出现，请把时间和文件名告诉管理员，详情在服务日志中。"),
        "data": {},
    }


def _gave_up(attempts: int) -> dict[str, Any]:
    return {
        "code": "gave_up",
        "message": _("处理进程先后 {count} 次中断，已停止重试。").format(count=attempts),
        "next": _("请检查服务器内存与磁盘空间，再重新提交。"),
        "data": {"attempts": attempts},
    }


def stop_soon() -> None:
    """Ask the job that runs in this process to go back to the queue at its next step."""
    stopping.set()
