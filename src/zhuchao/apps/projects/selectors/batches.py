"""Batch campaigns 三个一批: how many projects on which list and platform, and how far they have come since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q

from zhuchao.engines.figures import Share, share

from ..models import BatchPlace, Stage, StageEntry


@dataclass(frozen=True)
class BatchLine:
    """One list of one batch: its projects by platform, and how many of them have started and produce.

    A project that both platforms took counts once in ``projects``; ``joint`` says how many did. A project in parts has
    started as soon as one of its parts has.
    """

    batch_name: str
    list: BatchPlace.List
    projects: int
    province: int
    city: int
    started: int
    producing: int

    @property
    def joint(self) -> int:
        return self.province + self.city - self.projects

    @property
    def start_rate(self) -> Share:
        return share(_number(self.started), _number(self.projects))

    @property
    def production_rate(self) -> Share:
        return share(_number(self.producing), _number(self.projects))


def batch_lines(
    zone_ids: Sequence[int], *, on: date, as_of: datetime, batch_name: str | None = None
) -> "list[BatchLine]":
    """Return every list of every batch as known at ``as_of``, with the gates passed by ``on``; one query."""
    places = BatchPlace.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__lte=on)
    if batch_name is not None:
        places = places.filter(batch_name=batch_name)
    of_family = (
        Q(project=OuterRef("project"))
        | Q(project__parent=OuterRef("project"))
        | Q(project__parts=OuterRef("project"))
    )
    gates = StageEntry.objects.as_of(as_of).filter(of_family, happened_on__lte=on)
    rows = (
        places.order_by()
        .annotate(
            has_started=Exists(gates.filter(stage=Stage.STARTED)),
            has_produced=Exists(gates.filter(stage=Stage.PRODUCING)),
        )
        .values("batch_name", "list")
        .annotate(
            projects=_projects(),
            province=_projects(platform=BatchPlace.Platform.PROVINCE),
            city=_projects(platform=BatchPlace.Platform.CITY),
            started=_projects(has_started=True),
            producing=_projects(has_produced=True),
        )
    )
    order = list(BatchPlace.List)
    lines = [
        BatchLine(
            row["batch_name"],
            BatchPlace.List(row["list"]),
            *(row[name] for name in ("projects", "province", "city", "started", "producing")),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.batch_name, order.index(line.list)))


def _projects(**condition: object) -> Count:
    return Count("project_id", distinct=True, filter=Q(**condition) if condition else None)


def _number(count: int) -> Decimal:
    return Decimal(count)
