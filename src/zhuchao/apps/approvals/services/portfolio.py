"""Improve the plan of all open cases of a zone in a job that is seen to move and can be stopped."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import JobCannotBeCancelled, WrongInput
from zhuchao.apps.core.models import Job
from zhuchao.apps.core.services.jobs import cancel_job, register, start_job
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..selectors.kept_portfolios import KIND, as_result, newest_job, stamp_of
from ..selectors.portfolio import portfolio_of
from ..wording import show_minutes

SECONDS = range(5, 301)
_WINDOWS = 1_000_000  # more than there is time for
_WHOLE = 100


@transaction.atomic
def improve_portfolio(*, actor: User | None, zone: Zone, seconds: int = 30) -> Job:
    """Order a better plan of the open cases of a zone; where one is being made already, that one is returned.

    Raises WrongInput where ``seconds`` are not in ``SECONDS``.
    """
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    if seconds not in SECONDS:
        why = _("应在 {least} 到 {most} 之间。").format(least=SECONDS[0], most=SECONDS[-1])
        raise WrongInput(field=_("最长计算时间（秒）"), why=why)
    # two who ask at once wait for each other here
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    running = newest_job(zone)
    if running is not None and not running.is_over:
        return running
    title = _("在办统筹：{zone}").format(zone=zone.short_name)
    return start_job(kind=KIND, title=title, scope=zone.pk, actor=actor, seconds=seconds)


@transaction.atomic
def stop_portfolio(*, actor: User | None, zone: Zone) -> Job:
    """Ask the search to stop; what it has found so far is kept. Raises JobCannotBeCancelled."""
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    job = newest_job(zone)
    if job is None or actor is None or job.created_by_id != actor.pk:
        raise JobCannotBeCancelled(job=_("在办统筹"), state=_("不是您发起的"))
    return cancel_job(actor=actor, job=job)


def _run(job: Job, progress: Progress) -> dict[str, Any]:
    zone, seconds = Zone.objects.get(pk=job.scope), job.arguments["seconds"]
    actor = User.objects.filter(pk=job.created_by_id or 0).first()
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    progress.say(_("读取在办件"), 0, _WHOLE)
    stamp, stopped = stamp_of(actor, zone), False

    def heard(cost: int, bound: int, spent: float) -> bool:
        nonlocal stopped
        step = _("代价 {cost}，下界 {bound}").format(cost=show_minutes(cost), bound=show_minutes(bound))
        stopped = not progress.goes_on(step, min(_WHOLE - 1, int(spent / seconds * _WHOLE)), _WHOLE)
        return not stopped

    told = portfolio_of(actor, zone, zones.now(zone), windows=_WINDOWS, seconds=seconds, heard=heard)
    return as_result(told, stamp, stopped=stopped)


def register_jobs() -> None:
    """Make the worker know how to improve a plan."""
    register(KIND, _run)
