"""In which stage every lead was on a day, as known at a moment: read from entries only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from zhuchao.apps.core.models import EntryQuerySet

from ..models import Lead, LeadStage

NEWEST_FIRST = (F("happened_on").desc(), Coalesce("first_recorded_at", "recorded_at").desc(), F("pk").desc())

IN_TALKS = (Lead.Stage.TALKING, Lead.Stage.AGREEING)
"""在谈: what a report means by projects being talked with."""

CLOSED = (Lead.Stage.SIGNED, Lead.Stage.LOST, Lead.Stage.MOVED)


@dataclass(frozen=True)
class StageCount:
    """How many leads stand in one stage."""

    stage: str
    label: str
    leads: int


@dataclass(frozen=True)
class SectorCount:
    """How many leads of one sector are in talks, and what they plan to invest together (yuan)."""

    sector_id: int | None
    name: str
    leads: int
    planned_investment_cny: Decimal


@dataclass(frozen=True)
class Pipeline:
    """The leads of some zones on a day as known at a moment."""

    on: date
    as_of: datetime
    by_stage: tuple[StageCount, ...]
    by_sector: tuple[SectorCount, ...]

    @property
    def in_talks(self) -> int:
        """How many leads are in talks; the sectors add up to it."""
        return sum(part.leads for part in self.by_stage if part.stage in IN_TALKS)


def in_order(entries: QuerySet[LeadStage]) -> QuerySet[LeadStage]:
    """Order stage entries newest first: by day, and within a day by when each was first recorded."""
    return entries.order_by(*NEWEST_FIRST)


def lead_stages_on(zone_ids: Sequence[int], on: date, as_of: datetime) -> EntryQuerySet:
    """Return the one entry that says in which stage each lead was on ``on``, as known at ``as_of``; one query."""
    entries = LeadStage.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__lte=on)
    place = Window(RowNumber(), partition_by=[F("lead_id")], order_by=NEWEST_FIRST)
    latest = entries.order_by().annotate(place=place).filter(place=1)
    return LeadStage.objects.filter(pk__in=latest.values("pk"))


def open_lead_stages(zone_ids: Sequence[int], on: date, as_of: datetime) -> EntryQuerySet:
    """Return the entries behind 在谈 on a day: the latest of each lead that was being talked with."""
    return lead_stages_on(zone_ids, on, as_of).filter(stage__in=IN_TALKS)


def pipeline(zone_ids: Sequence[int], on: date, as_of: datetime) -> Pipeline:
    """Return the pipeline of some zones on ``on`` as known at ``as_of``: by stage, and by sector for 在谈.

    Two queries. The sector is the one each lead had when it came into its stage, so that a later edit of the lead
    or of the zone's taxonomy does not change the answer.
    """
    stages = dict(
        lead_stages_on(zone_ids, on, as_of)
        .order_by()
        .values_list("stage")
        .annotate(leads=Count("pk"))
        .values_list("stage", "leads")
    )
    sectors = (
        open_lead_stages(zone_ids, on, as_of)
        .order_by()
        .values("sector_id", "sector__name")
        .annotate(leads=Count("pk"), planned=Sum("planned_investment_cny"))
    )
    found = [
        SectorCount(row["sector_id"], row["sector__name"] or "", row["leads"], Decimal(row["planned"] or 0))
        for row in sectors
    ]
    return Pipeline(
        on,
        as_of,
        tuple(
            StageCount(str(stage.value), str(stage.label), stages[stage])
            for stage in Lead.Stage
            if stage in stages
        ),
        tuple(sorted(found, key=lambda part: (part.sector_id is None, -part.leads, part.name))),
    )
