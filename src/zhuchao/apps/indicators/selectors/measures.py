"""How a counted indicator is made from entries: which entries, what of each is added up.

A measure names a set of entries and never a number: the number is the sum over exactly that set, so that a
figure and the list it opens to cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, F, Model, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.premises.models import Revitalisation, Unit
from zhuchao.apps.projects.models import BatchPlace, Investment, ProjectLabel, Stage, StageEntry
from zhuchao.apps.promotion import selectors as promotion
from zhuchao.apps.promotion.models import Activity, ActivityParty


@dataclass(frozen=True)
class Window:
    """What is counted: zones, first and last day, and the moment up to which records are believed."""

    zone_ids: tuple[int, ...]
    start: date
    end: date
    as_of: datetime

    def a_year_before(self) -> "Window":
        """Return the same window one year earlier, as known at the same moment."""
        return replace(self, start=_year_before(self.start), end=_year_before(self.end))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Line:
    """One entry behind a figure, as a person reads it."""

    pk: int
    day: date
    title: str
    detail: str
    amount: Decimal
    url_name: str
    url_pk: int | None
    evidence: str
    recorded_at: datetime


@dataclass(frozen=True)
class Measure:
    """A set of entries and what of each counts.

    ``amount`` is the field that is added up, None to count entries; ``distinct`` the expression whose
    different values are counted instead (家数, not 次数). ``group`` is the field a breakdown is made by.
    """

    rows: Callable[[Window], QuerySet[Any]]
    describe: Callable[[Any], Line]
    amount: str | None = None
    distinct: str | None = None
    group: str | None = None
    group_name: str | Promise = ""
    names: Mapping[str, Any] = field(default_factory=dict)
    is_stock: bool = False

    def value(self, window: Window) -> Decimal:
        """Return the figure: a sum, a number of entries, or a number of different values."""
        return self.counted(window)[1]

    def counted(self, window: Window) -> tuple[int, Decimal]:
        """Return how many entries stand behind the figure, and the figure, in one query."""
        total = Sum(self.amount) if self.amount else Count("*")
        if self.distinct:
            total = Count(self.distinct, distinct=True)
        found = self.rows(window).aggregate(n=Count("*"), total=total)
        return found["n"], Decimal(found["total"] or 0)

    def parts(self, window: Window) -> list[tuple[str, Decimal]]:
        """Return the figure broken down by ``group``, largest first; they add up to it."""
        if not self.group:
            return []
        rows = self.rows(window).order_by().values(self.group)
        if self.distinct:
            rows = rows.annotate(n=Count(self.distinct, distinct=True))
        else:
            rows = rows.annotate(n=Sum(self.amount) if self.amount else Count("pk"))
        found = [
            (str(self.names.get(row[self.group], row[self.group]) or _("未分类")), Decimal(row["n"] or 0))
            for row in rows
        ]
        return sorted(found, key=lambda part: (-part[1], part[0]))


def _flow(model: type[Model], window: Window) -> QuerySet[Any]:
    """Return the entries of a kind in force at the window's moment that happened within it."""
    entries: QuerySet[Any] = model._default_manager.as_of(window.as_of)  # type: ignore[attr-defined]
    return entries.select_related("evidence").filter(
        zone_id__in=window.zone_ids, happened_on__range=(window.start, window.end)
    )


def _activities(*directions: str, kinds: Sequence[str] = ()) -> Callable[[Window], QuerySet[Any]]:
    def rows(window: Window) -> QuerySet[Any]:
        found = _flow(Activity, window)
        if directions:
            found = found.filter(direction__in=directions)
        if kinds:
            found = found.filter(kind__in=kinds)
        # An event that several zones hold together counts once: by its joint code, else by itself.
        return found.annotate(
            event=Coalesce(NullIf(F("joint_code"), Value("")), Concat(Value("#"), Cast("pk", CharField())))
        )

    return rows


def _parties(kind: str) -> Callable[[Window], QuerySet[Any]]:
    def rows(window: Window) -> QuerySet[Any]:
        return ActivityParty.objects.filter(
            kind=kind, activity__in=_flow(Activity, window).values("pk")
        ).select_related("activity", "enterprise")

    return rows


def _stages(stage: Stage, *, new_only: bool = False) -> Callable[[Window], QuerySet[Any]]:
    def rows(window: Window) -> QuerySet[Any]:
        found = _flow(StageEntry, window).filter(stage=stage)
        return found.filter(is_new=True) if new_only else found

    return rows


def _landed(window: Window) -> QuerySet[Any]:
    """Return the last entry of starting or producing of each project that has not yet delivered.

    A project whose parts have started or produce counts by its parts; what the parent has delivered, its parts have.
    """
    entries = StageEntry.objects.as_of(window.as_of).filter(
        zone_id__in=window.zone_ids, happened_on__lte=window.end
    )
    later = entries.filter(project=OuterRef("project"), stage__in=(Stage.STARTED, Stage.PRODUCING)).filter(
        Q(happened_on__gt=OuterRef("happened_on"))
        | Q(happened_on=OuterRef("happened_on"), pk__gt=OuterRef("pk"))
    )
    done = entries.filter(
        Q(project=OuterRef("project")) | Q(project__parts=OuterRef("project")), stage=Stage.DELIVERED
    )
    below = entries.filter(project__parent=OuterRef("project"), stage__in=(Stage.STARTED, Stage.PRODUCING))
    return entries.filter(
        ~Exists(later), ~Exists(done), ~Exists(below), stage__in=(Stage.STARTED, Stage.PRODUCING)
    )


def _open_leads(window: Window) -> QuerySet[Any]:
    """Return the entries behind 在谈 on the window's last day."""
    rows = promotion.open_lead_stages(window.zone_ids, window.end, window.as_of)
    return rows.select_related("lead", "sector")


def _vacant(window: Window) -> QuerySet[Any]:
    """Return the state of each unit that stands empty on the window's last day."""
    rows = premises.unit_states_on(window.zone_ids, window.end, window.as_of)
    return rows.filter(state=Unit.State.VACANT).select_related("unit__site", "unit__building", "unit__floor")


def _money(kind: str, *, labels: Sequence[str] = ()) -> Callable[[Window], QuerySet[Any]]:
    def rows(window: Window) -> QuerySet[Any]:
        # Without a voucher it is 未核实 and outside the figure.
        found = (
            _flow(Investment, window).filter(kind=kind).filter(~Q(voucher_no="") | Q(evidence__isnull=False))
        )
        if labels:
            labelled = ProjectLabel.objects.as_of(window.as_of).filter(
                Q(project=OuterRef("project")) | Q(project__parts=OuterRef("project")),
                label__in=labels,
                year=window.end.year,
            )
            found = found.filter(Exists(labelled))
        return found

    return rows


def unverified_money(kind: str, window: Window) -> QuerySet[Any]:
    """Return the investment entries that are left out for want of a voucher (未核实)."""
    return _flow(Investment, window).filter(kind=kind, voucher_no="", evidence__isnull=True)


def _batch(list_: str) -> Callable[[Window], QuerySet[Any]]:
    return lambda window: _flow(BatchPlace, window).filter(list=list_)


def _line(
    entry: Any,
    title: str,
    detail: str,
    amount: Decimal | int | None,
    url_name: str,
    url_pk: int | None,
) -> Line:
    evidence = entry.evidence_note or (str(entry.evidence) if entry.evidence_id else "")
    return Line(
        entry.pk,
        entry.happened_on,
        title,
        detail,
        Decimal(amount or 0),
        url_name,
        url_pk,
        evidence,
        entry.recorded_at,
    )


def _describe_activity(entry: Any) -> Line:
    detail = clauses((entry.get_direction_display(), entry.get_kind_display(), entry.place))
    return _line(entry, entry.title, detail, 1, "activity-detail", entry.pk)


def _describe_party(party: Any) -> Line:
    line = _line(party.activity, party.name, party.activity.title, 1, "activity-detail", party.activity_id)
    return replace(line, pk=party.pk)


def _describe_stage(entry: Any) -> Line:
    where = clauses((entry.get_stage_display(), entry.source_region))
    return _line(entry, str(entry.project), where, 1, "project-detail", entry.project_id)


def _describe_signed(entry: Any) -> Line:
    return replace(_describe_stage(entry), amount=Decimal(entry.total_investment_cny or 0))


def _describe_money(entry: Any) -> Line:
    line = _line(
        entry,
        str(entry.project),
        entry.get_kind_display(),
        entry.amount_cny,
        "project-detail",
        entry.project_id,
    )
    return replace(line, evidence=entry.voucher_no or line.evidence)


ACTIVITY = Measure(
    _activities(),
    _describe_activity,
    distinct="event",
    group="kind",
    group_name=pgettext_lazy("分项", "类型"),
    names=dict(Activity.Kind.choices),
)


def _passed(stage: Stage, *, new_only: bool = False) -> Measure:
    """Return the measure of projects that passed a gate, by where they come from."""
    rows = _stages(stage, new_only=new_only)
    return Measure(rows, _describe_stage, group="source_region", group_name=pgettext_lazy("分项", "来源地"))


MEASURES: dict[str, Measure] = {
    "revitalised_area": Measure(
        lambda window: _flow(Revitalisation, window),
        lambda e: _line(e, e.place, e.used_by or e.way, e.area_m2, "revitalisation-detail", e.pk),
        amount="area_m2",
        group="way",
        group_name=pgettext_lazy("分项", "盘活方式"),
    ),
    "vacant_area": Measure(
        _vacant,
        lambda e: _line(e, str(e.unit), e.why, e.area_m2, "unit-detail", e.unit_id),
        amount="area_m2",
        group="unit__kind",
        group_name=pgettext_lazy("分项", "房源类型"),
        names=dict(Unit.Kind.choices),
        is_stock=True,
    ),
    "leads_open": Measure(
        _open_leads,
        lambda e: _line(e, str(e.lead), str(e.sector or ""), 1, "lead-detail", e.lead_id),
        group="sector__name",
        group_name=pgettext_lazy("分项", "产业领域"),
        is_stock=True,
    ),
    "activities": ACTIVITY,
    "activities_in": replace(ACTIVITY, rows=_activities(Activity.Direction.IN)),
    "activities_out": replace(ACTIVITY, rows=_activities(Activity.Direction.OUT)),
    "activities_online": replace(ACTIVITY, rows=_activities(Activity.Direction.ONLINE)),
    "trips_and_talks": replace(
        ACTIVITY,
        rows=_activities(
            Activity.Direction.OUT,
            Activity.Direction.ONLINE,
            kinds=(Activity.Kind.TRIP, Activity.Kind.TALK),
        ),
    ),
    "enterprises_visited": Measure(
        _parties(ActivityParty.Kind.ENTERPRISE), _describe_party, distinct="normal_name"
    ),
    "agencies_met": Measure(_parties(ActivityParty.Kind.AGENCY), _describe_party, distinct="normal_name"),
    "projects_signed": _passed(Stage.SIGNED),
    "signed_investment": Measure(
        _stages(Stage.SIGNED),
        _describe_signed,
        amount="total_investment_cny",
        group="project__theme",
        group_name=pgettext_lazy("分项", "专题"),
    ),
    "projects_ready": _passed(Stage.READY, new_only=True),
    "projects_started": _passed(Stage.STARTED),
    "projects_completed": _passed(Stage.COMPLETED),
    "projects_producing": _passed(Stage.PRODUCING),
    "projects_landed": Measure(
        _landed,
        _describe_stage,
        group="stage",
        group_name=pgettext_lazy("分项", "阶段"),
        names=dict(Stage.choices),
        is_stock=True,
    ),
    "batch_signing": Measure(
        _batch(BatchPlace.List.SIGNING),
        lambda e: _line(
            e,
            str(e.project),
            clauses((e.batch_name, e.get_platform_display())),
            1,
            "project-detail",
            e.project_id,
        ),
        group="platform",
        group_name=pgettext_lazy("分项", "平台"),
        names=dict(BatchPlace.Platform.choices),
    ),
    "investment": Measure(
        _money(Investment.Kind.FIXED_ASSETS),
        _describe_money,
        amount="amount_cny",
        group="project__name",
        group_name=pgettext_lazy("分项", "项目"),
    ),
    "major_investment": Measure(
        _money(Investment.Kind.FIXED_ASSETS, labels=("列省", "列市")),
        _describe_money,
        amount="amount_cny",
        group="project__name",
        group_name=pgettext_lazy("分项", "项目"),
    ),
    "arrived_funds": Measure(
        _money(Investment.Kind.ARRIVED_FUNDS),
        _describe_money,
        amount="amount_cny",
        group="project__name",
        group_name=pgettext_lazy("分项", "项目"),
    ),
}
