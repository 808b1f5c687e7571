"""Money in projects: the entries a person may see, what they add up to, and the plan they are held against."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Completion, Why, completion, cumulative_to_single

from ..models import AnnualPlan, Investment, Project, ProjectLabel, Stage, StageEntry
from .projects import Actor

VERIFIED = ~Q(voucher_no="") | Q(evidence__isnull=False)
"""What counts: money with a voucher or a document behind it. The rest is 未核实: shown, and in no total."""

MAJOR = ("列省", "列市")
"""The labels of major industry projects 重大产业项目."""

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class MonthMoney:
    """One month of a project: verified and unverified money of it, and the verified sum up to its end.

    ``fell`` flags a sum below an earlier one (a refund or a mistake, for people to say which).
    """

    month: date
    amount_cny: Decimal
    unverified_cny: Decimal
    cumulative_cny: Decimal
    fell: bool


@dataclass(frozen=True)
class MoneySeries:
    """The money of one kind in one project, month by month without gaps."""

    kind: str
    months: tuple[MonthMoney, ...]
    verified_cny: Decimal
    unverified_cny: Decimal

    @property
    def fell(self) -> bool:
        return any(month.fell for month in self.months)


@dataclass(frozen=True)
class MajorRow:
    """One labelled project of a year: its plan and what was put in by a day."""

    project: Project
    labels: tuple[str, ...]
    started_on: date | None
    done: Completion


@dataclass(frozen=True)
class MajorProgress:
    """The labelled projects of a year together: how many, how many have started, money against plan."""

    year: int
    on: date
    rows: tuple[MajorRow, ...]
    started: int
    done: Completion


def visible_investments(actor: Actor) -> EntryQuerySet:
    """Return the investment entries this person may see, replaced and void ones included."""
    rows = Investment.objects.select_related(
        "zone", "project__zone", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.INVESTMENT)  # type: ignore[return-value]


def get_investment(actor: Actor, pk: int) -> Investment:
    """Return one investment entry; raises NotFound when it is hidden or missing."""
    entry: Investment | None = visible_investments(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该投资条目"))
    return entry


def listed_investments(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the investment entries in force of a zone and the zones below it that this person may see."""
    scopes = zones.zones_under(actor, zone, Thing.INVESTMENT)
    return visible_investments(actor).live().filter(zone_id__in=scopes)


def verified(rows: QuerySet[Investment]) -> QuerySet[Investment]:
    """Keep the money with a voucher or a document behind it."""
    return rows.filter(VERIFIED)


def unverified(rows: QuerySet[Investment]) -> QuerySet[Investment]:
    """Keep the money that nothing stands behind yet."""
    return rows.filter(voucher_no="", evidence__isnull=True)


def invested_with_label(rows: QuerySet[Investment], label: str) -> QuerySet[Investment]:
    """Keep the money of the projects that carry a label now, of whatever year."""
    return rows.filter(project__in=ProjectLabel.objects.live().filter(label=label).values("project_id"))


def with_invested(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Give each project ``invested_cny``: its verified fixed-asset investment in force now."""
    money = (
        verified(Investment.objects.live())
        .filter(project=OuterRef("pk"), kind=Investment.Kind.FIXED_ASSETS)
        .order_by()
        .values("project")
        .annotate(total=Sum("amount_cny"))
        .values("total")
    )
    field: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)
    return rows.annotate(invested_cny=Coalesce(Subquery(money), Value(ZERO), output_field=field))


def cumulative_investment(
    project: Project, kind: str = Investment.Kind.FIXED_ASSETS, *, on: date, as_of: datetime | None = None
) -> Decimal:
    """Return the verified money of a kind in a project up to and including ``on``, as known at ``as_of``, yuan."""
    rows = Investment.objects.as_of(as_of or zones.now(project.zone))
    return _sum(verified(rows.filter(project=project, kind=kind, happened_on__lte=on)))


def series_of(
    project: Project, kind: str = Investment.Kind.FIXED_ASSETS, *, as_of: datetime | None = None
) -> MoneySeries:
    """Return the money of a kind in a project by month, from its first to its last; one query."""
    by_month: dict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    rows = Investment.objects.as_of(as_of or zones.now(project.zone)).filter(project=project, kind=kind)
    for day, amount, voucher, evidence in rows.values_list(
        "happened_on", "amount_cny", "voucher_no", "evidence_id"
    ):
        by_month[day.replace(day=1)][0 if voucher or evidence else 1] += amount
    months = _months(by_month)
    sums, total = [], ZERO
    for month in months:
        total += by_month[month][0]
        sums.append(total)
    return MoneySeries(
        kind,
        tuple(
            MonthMoney(month, by_month[month][0], by_month[month][1], reached, single.flag is Why.FELL)
            for month, reached, single in zip(months, sums, cumulative_to_single(sums), strict=True)
        ),
        verified_cny=total,
        unverified_cny=sum((parts[1] for parts in by_month.values()), ZERO),
    )


def visible_annual_plans(actor: Actor) -> EntryQuerySet:
    """Return the annual plans this person may see, replaced and void ones included."""
    rows = AnnualPlan.objects.select_related("project__zone", "recorded_by", "evidence", "replaced_by")
    return zones.in_zones(rows, actor, Thing.INVESTMENT)  # type: ignore[return-value]


def plan_of(project: Project, year: int, *, as_of: datetime | None = None) -> AnnualPlan | None:
    """Return the annual plan of a project in force at ``as_of``."""
    rows = AnnualPlan.objects.as_of(as_of or zones.now(project.zone))
    found: AnnualPlan | None = rows.filter(project=project, year=year).first()
    return found


def plan_completion(project: Project, year: int, *, on: date, as_of: datetime | None = None) -> Completion:
    """Return the verified fixed-asset investment of a year up to ``on`` against the year's plan.

    The plan of a project covers its parts, so their money counts against it.
    """
    moment = as_of or zones.now(project.zone)
    plan = plan_of(project, year, as_of=moment)
    rows = Investment.objects.as_of(moment).filter(
        Q(project=project) | Q(project__parent=project),
        kind=Investment.Kind.FIXED_ASSETS,
        happened_on__range=(date(year, 1, 1), on),
    )
    return completion(_sum(verified(rows)), plan.amount_cny if plan else None)


def major_plan(
    zone_ids: Sequence[int], year: int, labels: Iterable[str] = MAJOR, *, as_of: datetime
) -> Decimal:
    """Return the sum of the annual plans of the projects that carry one of ``labels`` for ``year``, yuan."""
    return _sum(_labelled_plans(zone_ids, year, labels, as_of))


def major_progress(
    zone_ids: Sequence[int], year: int, labels: Iterable[str] = MAJOR, *, on: date, as_of: datetime
) -> MajorProgress:
    """Return the labelled projects of a year with plan, money up to ``on`` and start, as known at ``as_of``.

    Six queries whatever their number; a project with two labels stands once. What its parts carry (plan, money, start)
    is the labelled project's; a part that carries a label itself stands on its own.
    """
    carried: dict[int, list[str]] = defaultdict(list)
    entries = ProjectLabel.objects.as_of(as_of).filter(
        zone_id__in=zone_ids, year=year, label__in=list(labels)
    )
    for project_id, label in entries.order_by("label", "pk").values_list("project_id", "label"):
        carried[project_id].append(label)
    below = (
        Project.objects.filter(parent_id__in=carried).exclude(pk__in=carried).values_list("pk", "parent_id")
    )
    owner = {pk: pk for pk in carried} | dict(below)
    plans: dict[int, Decimal] = defaultdict(Decimal)
    planned = AnnualPlan.objects.as_of(as_of).filter(project_id__in=owner, year=year)
    for pk, amount in planned.order_by("pk").values_list("project_id", "amount_cny"):
        plans[owner[pk]] += amount
    money: dict[int, Decimal] = defaultdict(Decimal)
    spent = verified(
        Investment.objects.as_of(as_of).filter(
            project_id__in=owner,
            kind=Investment.Kind.FIXED_ASSETS,
            happened_on__range=(date(year, 1, 1), on),
        )
    )
    for pk, amount in spent.order_by().values_list("project_id").annotate(total=Sum("amount_cny")):
        money[owner[pk]] += amount
    started: dict[int, date] = {}
    starts = StageEntry.objects.as_of(as_of).filter(
        project_id__in=owner, stage=Stage.STARTED, happened_on__lte=on
    )
    for pk, day in starts.order_by("-happened_on", "-pk").values_list("project_id", "happened_on"):
        started[owner[pk]] = day
    projects = Project.objects.filter(pk__in=carried).select_related("zone", "sector", "officer")
    rows = tuple(
        MajorRow(
            project,
            tuple(carried[project.pk]),
            started.get(project.pk),
            completion(money.get(project.pk, ZERO), plans.get(project.pk)),
        )
        for project in projects.order_by("name", "pk")
    )
    together = completion(sum(money.values(), ZERO), sum(plans.values(), ZERO) if plans else None)
    return MajorProgress(year, on, rows, len(started), together)


def _labelled_plans(
    zone_ids: Sequence[int], year: int, labels: Iterable[str], as_of: datetime
) -> EntryQuerySet:
    labelled = ProjectLabel.objects.as_of(as_of).filter(
        Q(project=OuterRef("project")) | Q(project__parts=OuterRef("project")),
        label__in=list(labels),
        year=year,
    )
    return AnnualPlan.objects.as_of(as_of).filter(Exists(labelled), zone_id__in=zone_ids, year=year)


def _sum(rows: QuerySet[Investment] | QuerySet[AnnualPlan]) -> Decimal:
    return rows.order_by().aggregate(total=Sum("amount_cny"))["total"] or ZERO


def _months(days: Iterable[date]) -> list[date]:
    """Return every month from the first to the last, those without money included."""
    found = sorted(days)
    months: list[date] = []
    while found and (not months or months[-1] < found[-1]):
        last = months[-1] if months else None
        months.append(
            found[0] if last is None else date(last.year + last.month // 12, last.month % 12 + 1, 1)
        )
    return months
