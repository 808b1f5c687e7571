"""Batch campaigns 三个一批: how many projects on which list and platform, and how far they have come since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Passage:
    """How many projects of one list went on to a later list, and into which batches of it."""

    list: BatchPlace.List
    projects: int
    of: int
    batches: tuple[tuple[str, int], ...]

    @property
    def rate(self) -> Share:
        return share(_number(self.projects), _number(self.of))


@dataclass(frozen=True)
class BatchFlow:
    """The projects of one list of a batch on one platform, and what became of them in later lists."""

    batch_name: str
    list: BatchPlace.List
    platform: BatchPlace.Platform
    projects: int
    passages: tuple[Passage, ...]


def batch_flows(zone_ids: Sequence[int], *, on: date, as_of: datetime) -> "list[BatchFlow]":
    """Return for each list of each batch and platform how many of its projects came onto later lists by ``on``.

    A project in parts has gone on as soon as one of its parts has, and a part where its parent has. One query.
    """
    order = list(BatchPlace.List)
    rows = BatchPlace.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__lte=on)
    stood: dict[tuple[str, str, str], dict[int, date]] = defaultdict(dict)
    went: dict[tuple[int, str], list[tuple[date, str]]] = defaultdict(list)
    family: dict[int, set[int]] = defaultdict(set)
    for pk, above, batch, list_, platform, day in rows.order_by("happened_on", "pk").values_list(
        "project_id", "project__parent_id", "batch_name", "list", "platform", "happened_on"
    ):
        stood[batch, list_, platform].setdefault(pk, day)
        went[pk, list_].append((day, batch))
        if above is not None:
            family[pk].add(above)
            family[above].add(pk)
    flows = []
    for (batch, list_, platform), projects in stood.items():
        later = order[order.index(BatchPlace.List(list_)) + 1 :]
        passages = tuple(_passage(list_to, projects, went, family) for list_to in later)
        flows.append(
            BatchFlow(batch, BatchPlace.List(list_), BatchPlace.Platform(platform), len(projects), passages)
        )
    platforms = list(BatchPlace.Platform)
    return sorted(
        (flow for flow in flows if flow.passages),
        key=lambda flow: (flow.batch_name, order.index(flow.list), platforms.index(flow.platform)),
    )


def _passage(
    list_to: BatchPlace.List,
    projects: Mapping[int, date],
    went: Mapping[tuple[int, str], Sequence[tuple[date, str]]],
    family: Mapping[int, set[int]],
) -> Passage:
    into: dict[str, int] = defaultdict(int)
    count = 0
    for pk, since in projects.items():
        found = sorted(
            (day, batch)
            for each in (pk, *family.get(pk, ()))
            for day, batch in went.get((each, list_to), ())
            if day >= since
        )
        if found:
            count += 1
            into[found[0][1]] += 1
    return Passage(list_to, count, len(projects), tuple(sorted(into.items())))


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
