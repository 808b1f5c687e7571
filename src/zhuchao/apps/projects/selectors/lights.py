"""Traffic lights: the milestones of many projects against their plan on a day, and when each will be finished."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import CalendarNotKnown, NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import (
    Colour,
    Finish,
    FinishBasis,
    FinishWhy,
    Step,
    StepLight,
    StepRule,
    finish_by_lateness,
    finish_by_pace,
    step_lights,
    worst_open,
)
from zhuchao.engines.workdays import WorkCalendar

from ..models import LightOverride, LightRule, Milestone, MilestonePlan, ProgressEntry, Project, Stage
from . import light_words
from .light_words import Hold
from .projects import Actor

DEFAULT_LIMITS = (StepRule().late_days, StepRule().near_days, 90)
"""Late days, near days, ready percent of a zone that has set none."""

YEARS_OF_WEEKS = 10


@dataclass(frozen=True)
class RuleInForce:
    """The limits by which a zone's projects are lit on a day; ``since`` None for those that come with the product."""

    late_days: int
    near_days: int
    ready_percent: int
    since: date | None
    zone_id: int | None

    @property
    def sentence(self) -> str:
        return light_words.rule(self.late_days, self.near_days, self.ready_percent)

    @property
    def origin(self) -> str:
        return light_words.origin(self.since)


@dataclass(frozen=True)
class StepStand:
    """A milestone as it stands on a day: plan, fact, light, and what keeps it from being ready."""

    step_id: int
    name: str
    stage: str
    planned_on: date
    met_on: date | None
    light: StepLight
    hold: Hold | None

    @property
    def colour(self) -> str:
        return self.light.colour.value

    @property
    def word(self) -> str:
        return light_words.short(self.light)

    @property
    def sentence(self) -> str:
        return light_words.sentence(self.name, self.light, self.hold)

    @property
    def days_late(self) -> int | None:
        """Return by how many working days it was met late or is late, 0 when it is not; None where it is not known."""
        days = self.light.working_days
        return None if days is None else max(days, 0)


@dataclass(frozen=True)
class Light:
    """The light of a project on a day: that of its worst open milestone, or what a person set, and why.

    ``colour`` is red, amber, green or none; ``computed`` is the colour by the rule, which an ``override`` leaves visible.
    """

    project_id: int
    on: date
    computed: str
    decided_by: StepStand | None
    steps: tuple[StepStand, ...]
    override: LightOverride | None
    rule: RuleInForce
    finish: Finish
    finish_planned_on: date | None
    finished_on: date | None

    @property
    def colour(self) -> str:
        return self.override.colour if self.override else self.computed

    @property
    def word(self) -> str:
        return light_words.colour(self.colour)

    @property
    def computed_word(self) -> str:
        return light_words.colour(self.computed)

    @property
    def days_late(self) -> int:
        """Return by how many working days the deciding milestone is late, 0 when none is."""
        return (self.decided_by.days_late or 0) if self.decided_by else 0

    @property
    def sentence(self) -> str:
        """Return why the rule gives its colour."""
        return light_words.why(self.decided_by.sentence if self.decided_by else "", bool(self.steps))

    @property
    def reasons(self) -> list[str]:
        """Return everything that explains the light, as it is shown to a person who asks."""
        said = [self.sentence, self.rule.sentence]
        if self.override is not None:
            said.insert(0, light_words.overridden(self.override, self.computed_word))
        return said

    @property
    def finish_sentence(self) -> str:
        return light_words.finish(self.finish)


@dataclass(frozen=True)
class _Facts:
    """A milestone as it was planned on the day."""

    step_id: int
    name: str
    stage: str
    planned_on: date
    met_on: date | None


def lights_of(projects: Iterable[Project], on: date) -> dict[int, Light]:
    """Return the light of each project on a day by its id; the same few queries however many projects there are.

    On a past day the plan counts as it stood then, and of a milestone entered later its first plan. What was met later
    was open. The rule is the one of the project's zone, else of the nearest zone above, in force on the day.
    """
    rows = {project.pk: project for project in projects}
    if not rows:
        return {}
    calendar = _calendar(on)
    rules = rules_in_force({project.zone_id for project in rows.values()}, on)
    facts = _facts(rows, on)
    shares = _shares(rows, on)
    overrides = _overrides(rows, on)
    return {
        pk: _light(
            project,
            facts.get(pk, []),
            shares.get(pk, []),
            overrides.get(pk, []),
            rules[project.zone_id],
            calendar,
            on,
        )
        for pk, project in rows.items()
    }


def rules_in_force(zone_ids: Iterable[int], on: date) -> dict[int, RuleInForce]:
    """Return the rule of each zone on a day: its own, else that of the nearest zone above, else the usual one."""
    own: dict[int, RuleInForce] = {}
    for entry in LightRule.objects.live().filter(happened_on__lte=on).order_by("happened_on", "pk"):
        own[entry.zone_id] = RuleInForce(
            entry.late_days, entry.near_days, entry.ready_percent, entry.happened_on, entry.zone_id
        )
    parents = dict(Zone.objects.values_list("pk", "parent_id")) if own else {}
    found = {}
    for zone_id in zone_ids:
        here: int | None = zone_id
        while here is not None and here not in own:
            here = parents.get(here)
        found[zone_id] = own[here] if here is not None else RuleInForce(*DEFAULT_LIMITS, None, None)
    return found


def end_of(on: date) -> datetime:
    """Return the last moment of a day in Asia/Shanghai."""
    return datetime.combine(on, time.max, timezone.get_default_timezone())


def visible_light_rules(actor: Actor) -> EntryQuerySet:
    """Return the light rules of the zones whose projects this person may see, replaced and void ones included."""
    rows = LightRule.objects.select_related("zone", "recorded_by", "replaced_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)  # type: ignore[return-value]


def get_light_rule(actor: Actor, pk: int) -> LightRule:
    """Return one light rule; raises NotFound when it is hidden or missing."""
    entry: LightRule | None = visible_light_rules(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该亮灯规则"))
    return entry


def visible_light_overrides(actor: Actor) -> EntryQuerySet:
    """Return the lights set by people that this person may see, replaced and void ones included."""
    rows = LightOverride.objects.select_related("project__zone", "recorded_by", "evidence", "replaced_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)  # type: ignore[return-value]


def get_light_override(actor: Actor, pk: int) -> LightOverride:
    """Return one light set by a person; raises NotFound when it is hidden or missing."""
    entry: LightOverride | None = visible_light_overrides(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该人工定灯"))
    return entry


def visible_progress(actor: Actor) -> EntryQuerySet:
    """Return how far the works came that this person may see, replaced and void entries included."""
    rows = ProgressEntry.objects.select_related("project__zone", "recorded_by", "evidence", "replaced_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)  # type: ignore[return-value]


def get_progress(actor: Actor, pk: int) -> ProgressEntry:
    """Return one entry of how far the works came; raises NotFound when it is hidden or missing."""
    entry: ProgressEntry | None = visible_progress(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该形象进度"))
    return entry


def latest_progress(project_ids: Iterable[int], on: date) -> dict[int, ProgressEntry]:
    """Return the newest entry in force of each project by a day, of those that have one; one query."""
    rows = ProgressEntry.objects.live().filter(project_id__in=list(project_ids), happened_on__lte=on)
    return {entry.project_id: entry for entry in rows.order_by("happened_on", "pk")}


def _calendar(on: date) -> WorkCalendar:
    """Return the working calendar; before any is loaded one of plain weeks, all of it provisional."""
    try:
        return work_calendar(provisional=True)
    except CalendarNotKnown:
        return WorkCalendar(
            date(max(on.year - YEARS_OF_WEEKS, date.min.year), 1, 1),
            date(min(on.year + YEARS_OF_WEEKS, date.max.year), 12, 31),
            provisional_after=date(max(on.year - YEARS_OF_WEEKS, date.min.year), 1, 1),
        )


def _facts(rows: Mapping[int, Project], on: date) -> dict[int, list[_Facts]]:
    """Return the milestones of each project in the order they were planned for, as the plan stood on the day."""
    found: dict[int, dict[int, _Facts]] = defaultdict(dict)
    for row in Milestone.objects.filter(project_id__in=list(rows)):
        found[row.project_id][row.pk] = _Facts(row.pk, row.name, row.stage, row.planned_on, row.met_on)
    for (project_id, step_id), plans in _plans(rows, on).items():
        known = [one for one in plans if one.recorded_at <= end_of(on)]
        plan = known[-1] if known else plans[0]
        gone = plan.is_removed or (not known and plans[-1].is_removed)
        now = found[project_id].pop(step_id, None)
        if not gone:
            met_on = now.met_on if now else None
            found[project_id][step_id] = _Facts(step_id, plan.name, plan.stage, plan.planned_on, met_on)
    return {
        pk: sorted(steps.values(), key=lambda step: (step.planned_on, step.step_id))
        for pk, steps in found.items()
    }


def _plans(rows: Mapping[int, Project], on: date) -> dict[tuple[int, int], list[MilestonePlan]]:
    """Return what was planned for each milestone, the oldest first, of the projects for which the day is past."""
    zone_rows = Zone.objects.in_bulk({project.zone_id for project in rows.values()})
    past_zones = {pk for pk, zone in zone_rows.items() if on < zones.today(zone)}
    past = [pk for pk, project in rows.items() if project.zone_id in past_zones]
    found: dict[tuple[int, int], list[MilestonePlan]] = defaultdict(list)
    if past:
        for plan in MilestonePlan.objects.live().filter(project_id__in=past).order_by("recorded_at", "pk"):
            found[plan.project_id, plan.step_id].append(plan)
    return found


def _shares(rows: Mapping[int, Project], on: date) -> dict[int, list[tuple[date, Decimal]]]:
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    entries = ProgressEntry.objects.live().filter(
        project_id__in=list(rows), happened_on__lte=on, percent__isnull=False
    )
    for project_id, day, percent in entries.order_by("happened_on", "pk").values_list(
        "project_id", "happened_on", "percent"
    ):
        if percent is not None:
            found[project_id].append((day, percent))
    return found


def _overrides(rows: Mapping[int, Project], on: date) -> dict[int, list[LightOverride]]:
    found: dict[int, list[LightOverride]] = defaultdict(list)
    entries = LightOverride.objects.live().filter(
        project_id__in=list(rows), happened_on__lte=on, until__gte=on
    )
    for entry in entries.select_related("recorded_by").order_by("-happened_on", "-pk"):
        found[entry.project_id].append(entry)
    return found


def _light(
    project: Project,
    facts: Sequence[_Facts],
    shares: Sequence[tuple[date, Decimal]],
    overrides: Sequence[LightOverride],
    rule: RuleInForce,
    calendar: WorkCalendar,
    on: date,
) -> Light:
    share = shares[-1][1] if shares else None
    holds = [_hold(project, facts, place, share, rule, on) for place in range(len(facts))]
    lights = step_lights(
        [
            Step(step.planned_on, step.met_on, ready=hold is None)
            for step, hold in zip(facts, holds, strict=True)
        ],
        on=on,
        calendar=calendar,
        rule=StepRule(rule.late_days, rule.near_days),
    )
    stands = tuple(
        StepStand(
            step.step_id,
            step.name,
            step.stage,
            step.planned_on,
            step.met_on if step.met_on is not None and step.met_on <= on else None,
            light,
            hold,
        )
        for step, light, hold in zip(facts, lights, holds, strict=True)
    )
    worst = worst_open(lights)
    decided = stands[worst] if worst is not None else None
    computed = decided.colour if decided else (Colour.GREEN if stands else Colour.NONE).value
    last = _last(stands)
    open_ids = {stand.step_id for stand in stands if stand.light.is_open}
    return Light(
        project_id=project.pk,
        on=on,
        computed=computed,
        decided_by=decided,
        steps=stands,
        override=next(
            (one for one in overrides if one.step_id is None or one.step_id in open_ids),
            None,
        ),
        rule=rule,
        finish=_finish(lights, last, shares, calendar, on),
        finish_planned_on=last.planned_on if last else None,
        finished_on=last.met_on if last else None,
    )


def _hold(
    project: Project,
    facts: Sequence[_Facts],
    place: int,
    share: Decimal | None,
    rule: RuleInForce,
    on: date,
) -> Hold | None:
    """Return what keeps a milestone from being ready on a day, None when it is ready."""
    step = facts[place]
    for earlier in facts[:place]:
        if earlier.met_on is None or earlier.met_on > on:
            return Hold("earlier", earlier.name)
    if step.stage == Stage.COMPLETED:
        if share is None:
            return Hold("no_share")
        return (
            Hold("share", f"{share.normalize():f}", str(rule.ready_percent))
            if share < rule.ready_percent
            else None
        )
    if place:
        return None
    reached = project.stage and project.stage_since is not None and project.stage_since <= on
    if step.stage and reached and Stage(project.stage).place + 1 >= Stage(step.stage).place:
        return None
    return Hold("unknown")


def _last(stands: Sequence[StepStand]) -> StepStand | None:
    """Return the milestone that is the finish: completion where it is planned, else the last one."""
    completed = next((stand for stand in stands if stand.stage == Stage.COMPLETED), None)
    return completed or (stands[-1] if stands else None)


def _finish(
    lights: Sequence[StepLight],
    last: StepStand | None,
    shares: Sequence[tuple[date, Decimal]],
    calendar: WorkCalendar,
    on: date,
) -> Finish:
    if last is not None and last.met_on is not None:
        return Finish(FinishBasis.LATENESS, None, None, FinishWhy.FINISHED)
    by_pace = finish_by_pace(shares, on=on)
    if by_pace.why in {None, FinishWhy.FINISHED}:
        return by_pace
    by_lateness = finish_by_lateness(lights, planned=last.planned_on if last else None, calendar=calendar)
    return by_lateness if by_lateness.why is None else by_pace
