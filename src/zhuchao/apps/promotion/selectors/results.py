"""What came of trips, expos and roadshows 30, 90 and 180 days after they ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from zhuchao.engines.figures import Share, share

from ..models import Activity, ActivityParty, Lead, LeadStage

HORIZONS = (30, 90, 180)
TALKED = (Lead.Stage.TALKING, Lead.Stage.AGREEING, Lead.Stage.SIGNED)


@dataclass(frozen=True)
class Result:
    """What had come of an activity by a day: leads found, come to talks, signed, and for how much (yuan).

    ``is_due`` is false while the day is to come; the figures are then those so far.
    """

    days: int
    on: date
    is_due: bool
    leads: int
    talking: int
    signed: int
    signed_cny: Decimal

    @property
    def conversion(self) -> Share:
        """Which part of the leads had signed."""
        return share(Decimal(self.signed), Decimal(self.leads))


def results_of(activities: Sequence[Activity], today: date) -> dict[int, tuple[Result, ...]]:
    """Return {activity id: its results at 30, 90 and 180 days}; two queries for any number of activities.

    A lead counts by the days of its stage entries in force, so what happened after a horizon does not change it. The
    amount is the one signed, and else the planned one that the entry carries.
    """
    parties = ActivityParty.objects.filter(
        activity__in=[activity.pk for activity in activities],
        kind=ActivityParty.Kind.LEAD,
        lead__isnull=False,
    ).select_related("lead")
    leads: dict[int, list[Lead]] = {}
    for party in parties.order_by("pk"):
        assert party.lead is not None
        leads.setdefault(party.activity_id, []).append(party.lead)
    ids = {lead.pk for found in leads.values() for lead in found}
    entries: dict[int, list[LeadStage]] = {}
    for entry in (
        LeadStage.objects.live().filter(lead_id__in=ids, stage__in=TALKED).order_by("happened_on", "pk")
    ):
        entries.setdefault(entry.lead_id, []).append(entry)
    return {
        activity.pk: tuple(
            _result(activity, days, today, leads.get(activity.pk, ()), entries) for days in HORIZONS
        )
        for activity in activities
    }


def _result(
    activity: Activity, days: int, today: date, leads: Iterable[Lead], entries: dict[int, list[LeadStage]]
) -> Result:
    on = activity.ended_on + timedelta(days=days)
    found = [lead for lead in leads if lead.found_on <= on]
    passed = {
        lead.pk: [entry for entry in entries.get(lead.pk, ()) if entry.happened_on <= on] for lead in found
    }
    amounts = []
    for lead in found:
        signing = next((entry for entry in passed[lead.pk] if entry.stage == Lead.Stage.SIGNED), None)
        if signing is not None:
            amounts.append(lead.signed_investment_cny or signing.planned_investment_cny or Decimal(0))
    return Result(
        days,
        on,
        on <= today,
        len(found),
        sum(1 for lead in found if passed[lead.pk]),
        len(amounts),
        sum(amounts, Decimal(0)),
    )
