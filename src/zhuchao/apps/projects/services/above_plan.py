"""Money above the plan: a year's fixed assets against the annual plan, all of them against the whole investment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import said_money

from ..errors import InvestmentAbovePlan
from ..models import AnnualPlan, Investment, Project

FIXED = Investment.Kind.FIXED_ASSETS
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Excess:
    """What an amount would exceed: the plan of a year, or the whole investment where ``year`` is None; in yuan."""

    year: int | None
    plan_cny: Decimal
    there_cny: Decimal
    amount_cny: Decimal

    @property
    def above_cny(self) -> Decimal:
        return self.there_cny + self.amount_cny - self.plan_cny

    @property
    def of(self) -> str:
        """Return what is exceeded, in words."""
        return _("总投资") if self.year is None else _("%(year)s 年计划") % {"year": self.year}


@dataclass
class Spending:
    """What is entered and planned for some projects, verified or not; amounts in yuan."""

    by_year: dict[tuple[int, int], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    plans: dict[tuple[int, int], Decimal] = field(default_factory=dict)

    def add(self, project_id: int, on: date, amount_cny: Decimal) -> None:
        """Count money that is about to be entered."""
        self.by_year[project_id, on.year] += amount_cny

    def excess(self, entry: Investment) -> Excess | None:
        """Return what an entry would exceed, None for nothing; only fixed assets are planned, and no refund exceeds."""
        if entry.kind != FIXED or entry.amount_cny <= 0:
            return None
        key = (entry.project_id, entry.happened_on.year)
        there = self.by_year[key]
        plan = self.plans.get(key)
        if plan is not None and there + entry.amount_cny > plan:
            return Excess(entry.happened_on.year, plan, there, entry.amount_cny)
        total = entry.project.total_investment_cny
        spent = sum((amount for (pk, year), amount in self.by_year.items() if pk == entry.project_id), ZERO)
        if total is not None and spent + entry.amount_cny > total:
            return Excess(None, total, spent, entry.amount_cny)
        return None


def spending_of(project_ids: Iterable[int], *, but: Investment | None = None) -> Spending:
    """Return what is entered and planned for some projects; two queries. ``but`` is about to be replaced."""
    ids = list(project_ids)
    spending = Spending()
    rows = Investment.objects.live().filter(project_id__in=ids, kind=FIXED)
    rows = rows.exclude(pk=but.pk) if but is not None else rows
    sums = rows.order_by().values_list("project_id", "happened_on__year").annotate(total=Sum("amount_cny"))
    for project_id, year, total in sums:
        spending.by_year[project_id, year] += total
    plans = AnnualPlan.objects.live().filter(project_id__in=ids).order_by("pk")
    for project_id, year, amount in plans.values_list("project_id", "year", "amount_cny"):
        spending.plans[project_id, year] = amount
    return spending


def refuse_above_plan(entry: Investment, *, but: Investment | None = None) -> None:
    """Refuse money above the plan that nobody explained; raises InvestmentAbovePlan with the amounts in yuan."""
    if entry.over_plan_reason or entry.kind != FIXED:
        return
    excess = spending_of([entry.project_id], but=but).excess(entry)
    if excess is not None:
        raise above_plan(entry.project, excess)


def above_plan(project: Project, excess: Excess) -> InvestmentAbovePlan:
    """Return the refusal of an excess, in the unit of the project's zone."""
    unit = project.zone.money_unit
    return InvestmentAbovePlan(
        project=str(project),
        of=excess.of,
        plan=said_money(excess.plan_cny, unit),
        there=said_money(excess.there_cny, unit),
        amount=said_money(excess.amount_cny, unit),
        above=said_money(excess.above_cny, unit),
        above_cny=str(excess.above_cny),
        field=_("超计划说明"),
    )
