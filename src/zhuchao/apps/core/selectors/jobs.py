"""Read jobs: who may see one, and how far it is."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from ..errors import NotFound
from ..models import Job


@dataclass(frozen=True)
class Moving:
    """How far a job is: the step, how many are done of how many, and seconds left when that can be said."""

    step: str
    done: int
    total: int | None
    percent: int | None
    seconds_left: int | None


def visible_jobs(actor: Model | AnonymousUser | None) -> QuerySet[Job]:
    """Return the jobs a person started. What a job did is seen where its rows are seen."""
    pk = getattr(actor, "pk", None)
    return Job.objects.filter(created_by_id=pk) if pk is not None else Job.objects.none()


def get_job(actor: Model | AnonymousUser | None, pk: int) -> Job:
    """Return a job this person started; raises NotFound."""
    job = visible_jobs(actor).filter(pk=pk).first()
    if job is None:
        raise NotFound(what=_("这项工作"))
    return job


def how_far(job: Job) -> Moving:
    """Return how far a job is, from the small file its worker leaves, else from its row."""
    step, done, total = job.step, job.done, job.total
    since = job.started_at.timestamp() if job.started_at else None
    beat = _beat(job)
    if beat is not None:
        step, done, total, since = beat
    percent = min(100, done * 100 // total) if total else None
    left = None
    if since and total and 0 < done < total:
        left = max(1, round((time.time() - since) * (total - done) / done))
    return Moving(step, done, total, percent, left)


def beat_path(job_id: int) -> Path:
    """Return where the worker of a job leaves its numbers."""
    return Path(settings.DATA) / "jobs" / f"{job_id}.json"


def _beat(job: Job) -> tuple[str, int, int | None, float] | None:
    """Return the numbers in the file, or None when it is not of the attempt that runs."""
    if job.state != Job.State.RUNNING:
        return None
    try:
        content = json.loads(beat_path(job.pk).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if content.get("attempt") != job.attempts:
        return None
    return content["step"], content["done"], content["total"], content["step_since"]
