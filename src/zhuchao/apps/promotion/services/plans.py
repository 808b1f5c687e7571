"""Place many leads at once: order a plan, make it in a job, stop it, keep the units it names for its leads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, JobCannotBeCancelled, NotFound, WrongInput
from zhuchao.apps.core.models import Job
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.jobs import cancel_job, register, start_job
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.premises.models import Building, Hold, Site, Unit
from zhuchao.apps.premises.selectors import visible_units
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.allocation import Progress as Found
from zhuchao.engines.units import show_percent

from ..errors import LeadClosed, NeighbourApart, NothingToPlace, PlanNotMade, PlanRowHeld
from ..models import Lead, PlacingPlan, PlanRow
from ..selectors import plan_making, plans
from ..selectors.asks import tags_of
from ..selectors.needs import needs_of
from ..selectors.rules import words_of
from .placing import hold_for_lead

KIND = "place_all"
SECONDS = range(5, 601)
_PERCENT = range(1, 101)
_WHOLE = 100


@dataclass(frozen=True)
class HoldOutcome:
    """What became of one row when a plan was held: the hold, or why there is none."""

    row: PlanRow
    hold: Hold | None = None
    refusal: DomainError | None = None


def draft_plan(
    *,
    actor: User | None,
    zone: Zone,
    sector: int | None = None,
    owner: User | None = None,
    lead_ids: Collection[int] | None = None,
    site_ids: Collection[int] = (),
    weighting: str = PlacingPlan.Weighting.INVESTMENT,
    chances: Mapping[str, int] | None = None,
    seconds: int = 60,
) -> PlacingPlan:
    """Return a plan of what is asked for, checked and not kept.

    ``lead_ids`` narrows the open leads that have said what they need, as ``sector`` and ``owner`` do; ``site_ids`` the
    units to those of some sites. Raises WrongInput and NothingToPlace.
    """
    if seconds not in SECONDS:
        why = _("应在 {least} 到 {most} 之间。").format(least=SECONDS[0], most=SECONDS[-1])
        raise WrongInput(field=_("最长计算时间（秒）"), why=why)
    said = plan_making.chances_or_usual(chances)
    for stage, chance in said.items():
        if chance not in _PERCENT:
            why = _("应在 {least} 到 {most} 之间。").format(least=_PERCENT[0], most=_PERCENT[-1])
            raise WrongInput(field=str(Lead.Stage(stage).label), why=why)
    rows = plan_making.open_asks(actor, zone, sector=sector, owner=owner)
    if lead_ids is not None:
        rows = rows.filter(lead__in=lead_ids)
    leads = plan_making.lead_ids_of(rows)
    if not leads:
        raise NothingToPlace(what=_("线索"))
    plan = PlacingPlan(
        zone=zone,
        weighting=PlacingPlan.Weighting(weighting),
        chances=said,
        seconds=seconds,
        lead_ids=leads,
        site_ids=_sites_with_inner(site_ids),
        ordered_by=actor,
    )
    free = visible_units(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.UNIT))
    if plan.site_ids:
        free = free.filter(site_id__in=plan.site_ids)
    if not free.filter(state=Unit.State.VACANT).exists():
        raise NothingToPlace(what=_("空置房源"))
    return plan


@transaction.atomic
def start_plan(*, actor: User | None, zone: Zone, **asked: Any) -> PlacingPlan:
    """Order a plan of what ``draft_plan`` takes; a job makes it. Raises what that raises."""
    zones.require(actor, Verb.ADD, Thing.PLACING, zone)
    plan = draft_plan(actor=actor, zone=zone, **asked)
    plan.save()
    plan.job = start_job(
        kind=KIND,
        title=_("整体匹配：{zone}").format(zone=zone.short_name),
        scope=zone.pk,
        actor=actor,
        plan_id=plan.pk,
    )
    plan.save(update_fields=["job"])
    record_change(
        actor=actor,
        verb="order_plan",
        rows=[plan],
        scope=zone.pk,
        leads=len(plan.lead_ids),
        sites=plan.site_ids,
        weighting=plan.weighting,
        chances=plan.chances,
    )
    return plan


def make_plan(*, plan: PlacingPlan, progress: Progress | None = None) -> PlacingPlan:
    """Calculate a plan from what was asked for and keep it; a cancelled search keeps the best plan so far.

    Safe to repeat: a plan that is made stays as it is, and one that was begun is made from the beginning.
    """
    actor, watch = plan.ordered_by, progress or Progress()
    zones.require(actor, Verb.ADD, Thing.PLACING, plan.zone)
    watch.goes_on(_("读取线索与房源"), 0, _WHOLE)
    drawing = plan_making.drawn(actor, plan)
    found = plan_making.calculated(drawing, goes_on=lambda said: watch.goes_on(*step_of(plan, said)))
    values, rows = plan_making.said_of(drawing, found)
    with transaction.atomic():
        plan = (
            PlacingPlan.objects.select_related("zone")
            .select_for_update(no_key=True, of=("self",))
            .get(pk=plan.pk)
        )
        if plan.made_at is not None:
            return plan
        for name, value in values.items():
            setattr(plan, name, value)
        plan.made_at = zones.now(plan.zone)
        plan.save()
        for row in rows:
            row.plan = plan
        PlanRow.objects.bulk_create(rows, batch_size=500)
        placed = [row for row in rows if row.is_placed]
        record_change(
            actor=actor,
            verb="make_plan",
            rows=[plan],
            scope=plan.zone_id,
            placed=len(placed),
            worth=plan.worth,
            gap=plan.gap,
            stopped=plan.was_stopped,
        )
        watch.seal(keeps_what_it_has=True)
    return plan


def step_of(plan: PlacingPlan, found: Found) -> tuple[str, int, int]:
    """Return how far a search is: in words, and how many per cent of the way."""
    done = int(found.done * _WHOLE)
    if not found.worth or found.bound == float("inf"):
        return _("计算中"), done, _WHOLE
    gap = show_percent(Decimal(max(0.0, 1 - found.worth / found.bound)), 1)
    return _("已证明差距 {gap}").format(gap=gap), done, _WHOLE


def stop_plan(*, actor: User | None, plan: PlacingPlan) -> Job:
    """Ask the search of a plan to stop; what it has found so far is kept. Raises JobCannotBeCancelled."""
    zones.require(actor, Verb.CHANGE, Thing.PLACING, plan.zone)
    if plan.job is None:
        raise JobCannotBeCancelled(job=str(plan), state=_("已完成"))
    return cancel_job(actor=actor, job=plan.job)


def hold_plan(
    *, actor: User | None, plan: PlacingPlan, until: date, row_ids: Collection[int] | None = None
) -> list[HoldOutcome]:
    """Keep the units of a plan for its leads up to and including the day ``until``: some rows, or all not held yet.

    Each row is a transaction of its own: what somebody else has taken in the meantime is told, and the others are
    held. Raises PlanNotMade and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PLACING, plan.zone)
    if plan.made_at is None:
        raise PlanNotMade(plan=str(plan))
    rows = [row for row in plans.rows_of_plan(plan) if row.is_placed]
    if row_ids is None:
        rows = [row for row in rows if not (row.hold and row.hold.is_open)]
    else:
        wanted = set(row_ids)
        rows = [row for row in rows if row.pk in wanted]
    if not rows:
        raise WrongInput(field=_("房源"), why=_("请至少选择一个房源。"))
    return [_held(actor, row, until) for row in rows]


def _held(actor: User | None, row: PlanRow, until: date) -> HoldOutcome:
    try:
        with transaction.atomic():
            return HoldOutcome(row, _hold_row(actor, row, until))
    except DomainError as refusal:
        return HoldOutcome(row, refusal=refusal)


def _hold_row(actor: User | None, row: PlanRow, until: date) -> Hold:
    # the hold is read after the lock: joined to the row it would be as it was before somebody else's commit
    locked = PlanRow.objects.select_for_update(no_key=True).get(pk=row.pk)
    if locked.hold is not None and locked.hold.is_open:
        raise PlanRowHeld(lead=str(row.lead), until=locked.hold.until.isoformat())
    row.lead.refresh_from_db(fields=["stage"])
    if not row.lead.is_open:
        raise LeadClosed(lead=str(row.lead), stage=str(row.lead.get_stage_display()))
    units = list(visible_units(actor).filter(pk__in=row.unit_ids).order_by("pk"))
    if len(units) < len(row.unit_ids):
        raise NotFound(what=_("该空置房源"))
    _refuse_neighbours(row, units)
    locked.hold = hold_for_lead(actor=actor, lead=row.lead, units=units, until=until)
    locked.save(update_fields=["hold"])
    row.hold = locked.hold
    record_change(
        actor=actor,
        verb="hold_row",
        rows=[locked],
        scope=locked.zone_id,
        plan=locked.plan_id,
        lead=locked.lead_id,
        hold=locked.hold.pk,
    )
    return locked.hold


def _refuse_neighbours(row: PlanRow, units: Sequence[Unit]) -> None:
    """Refuse what may not stand beside those who came into the building since the plan was made."""
    needs = needs_of(row.lead)
    mine = tags_of(words_of(row.lead, needs), needs)
    if not mine:
        return
    # two who come into one building at once wait for each other here
    ids = {unit.building_id for unit in units if unit.building_id}
    rows = Building.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    names = {plan_making.key_of_building(building.pk): building.name for building in rows}
    for key, tags in plan_making.tags_in(row.zone, names).items():
        if any({one, other} <= mine | tags and not {one, other} <= mine for one, other in plan_making.APART):
            raise NeighbourApart(building=names[key], lead=str(row.lead))


def _sites_with_inner(site_ids: Collection[int]) -> list[int]:
    """Return the ids of sites and of those inside them, in order."""
    wanted: set[int] = set()
    pending = set(site_ids)
    while pending:
        wanted |= pending
        pending = set(Site.objects.filter(parent_id__in=pending).values_list("pk", flat=True)) - wanted
    return sorted(wanted)


def _run(job: Job, progress: Progress) -> dict[str, Any]:
    rows = PlacingPlan.objects.select_related("zone", "ordered_by")
    plan = rows.get(pk=job.arguments["plan_id"])
    if plan.made_at is None:  # else a worker made it, and was killed before it could say so
        make_plan(plan=plan, progress=progress)
    return {"plan_id": plan.pk}


def register_jobs() -> None:
    """Make the worker know how to make a plan."""
    register(KIND, _run)
