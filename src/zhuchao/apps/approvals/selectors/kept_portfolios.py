"""The plan of all open cases that a job has improved, as its result keeps it. Moments in ISO, spans in working minutes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from zhuchao.apps.core.models import Job
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.scheduling import Part

from ..models import Case, TaskEvent
from .matters import Actor
from .plans import line_from
from .portfolio import Costs, DepartmentWork, PortfolioRow, ZonePortfolio, open_cases_of

KIND: Final = "plan_portfolio"


def newest_job(zone: Zone) -> Job | None:
    """Return the job that improves or last improved the plan of a zone; whoever sees its cases sees how far it is."""
    return Job.objects.filter(kind=KIND, scope=zone.pk).order_by("-pk").first()


def as_result(told: ZonePortfolio, stamp: str, *, stopped: bool) -> dict[str, Any]:
    """Return a plan as plain data."""
    found = told.found
    return {
        "at": told.at.isoformat(),
        "stamp": stamp,
        "stopped": stopped,
        "costs": [found.cost, found.first, found.first_come, found.bound],
        "reviewers": dict(told.reviewers),
        "rows": [
            [row.case.pk, row.finish_at.isoformat(), row.due_at.isoformat(), row.late, row.left]
            for row in told.rows
        ],
        "works": {
            name: [
                [
                    work.case.pk,
                    work.task,
                    work.part.value,
                    work.begins_at.isoformat(),
                    work.ends_at.isoformat(),
                    work.start,
                    work.finish,
                ]
                for work in some
            ]
            for name, some in told.by_department.items()
        },
        "unplanned": [[case.pk, why] for case, why in told.unplanned],
    }


def kept_portfolio(actor: Actor, zone: Zone) -> tuple[ZonePortfolio, Mapping[str, Any]] | None:
    """Return the last improved plan of a zone and the plain data it was kept as, None where there is none.

    Cases that this person may not see are left out. Raises CalendarNotKnown.
    """
    done = Job.objects.filter(kind=KIND, scope=zone.pk, state=Job.State.DONE)
    job = done.order_by("-pk").first()
    if job is None:
        return None
    kept = job.result
    known = open_cases_of(actor, zone).in_bulk()
    at = datetime.fromisoformat(kept["at"])
    rows = tuple(
        PortfolioRow(known[pk], datetime.fromisoformat(finish), datetime.fromisoformat(due), late, left)
        for pk, finish, due, late, left in kept["rows"]
        if pk in known
    )
    works = {name: tuple(_works(some, known)) for name, some in kept["works"].items()}
    told = ZonePortfolio(
        at,
        line_from(at),
        Costs(*kept["costs"]),
        rows,
        {name: some for name, some in works.items() if some},
        kept["reviewers"],
        tuple((known[pk], why) for pk, why in kept["unplanned"] if pk in known),
    )
    return told, kept


def _works(some: list[list[Any]], known: Mapping[int, Case]) -> list[DepartmentWork]:
    return [
        DepartmentWork(
            known[pk],
            task,
            Part(part),
            datetime.fromisoformat(begins),
            datetime.fromisoformat(ends),
            start,
            finish,
        )
        for pk, task, part, begins, ends, start, finish in some
        if pk in known
    ]


def stamp_of(actor: Actor, zone: Zone) -> str:
    """Return what changes as soon as a case comes, ends or is edited, or something happens to a task."""
    cases = open_cases_of(actor, zone)
    versions = list(cases.order_by("pk").values_list("pk", "version"))
    events = TaskEvent.objects.filter(task__case__in=[pk for pk, _version in versions])
    last = events.order_by("-pk").values_list("pk", flat=True).first()
    return f"{versions!r} {last}"
