"""Building works: what is to be built, for how much, in which phases, and how far it has come."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .land import LandGiven
from .places import Building, Site, Unit
from .states import UnitState


class Works(LandGiven, ZoneRecord):
    """Works 改造建设 on a site: new building, conversion, demolition or fit-out.

    ``planned_end_on`` is the planned start and exactly ``planned_months`` months. ``phased_cny`` repeats the sum of
    the phases' budgets, which the database keeps within ``budget_cny``; ``started_on``, ``finished_on``, ``percent``
    and ``expected_on`` repeat what the live entries say. Only the services set these.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("新建")
        CONVERSION = "conversion", _("改造")
        DEMOLITION = "demolition", _("拆除")
        FIT_OUT = "fit_out", _("装修")

    class State(models.TextChoices):
        PLANNED = "planned", _("计划中")
        UNDER_WAY = "under_way", _("施工中")
        SLIPPED = "slipped", _("已延期")
        FINISHED = "finished", _("已竣工")

    site = models.ForeignKey(Site, models.PROTECT, related_name="works", verbose_name=_("载体"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="works", verbose_name=_("楼栋")
    )
    units = models.ManyToManyField(Unit, related_name="works", blank=True, verbose_name=_("房源"))
    name = models.CharField(_("项目名称"), max_length=80)
    kind = models.CharField(_("建设类型"), max_length=10, choices=Kind, default=Kind.CONVERSION)
    gross_area_m2 = models.DecimalField(
        _("建筑面积（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    planned_start_on = models.DateField(_("计划开工"))
    planned_months = models.PositiveSmallIntegerField(_("建设周期（月）"))
    months_to_occupancy = models.PositiveSmallIntegerField(_("竣工到首批入驻（月）"), default=0)
    budget_cny = models.DecimalField(
        _("总投资预算（元）"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    phased_cny = models.DecimalField(
        _("分期合计（元）"), max_digits=16, decimal_places=2, default=0, editable=False
    )
    planned_end_on = models.DateField(_("计划竣工"), editable=False)
    started_on = models.DateField(_("实际开工"), null=True, blank=True, editable=False)
    finished_on = models.DateField(_("实际竣工"), null=True, blank=True, editable=False)
    percent = models.DecimalField(
        _("形象进度（%）"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    expected_on = models.DateField(_("预计竣工"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-planned_start_on", "name")
        constraints = [
            *LandGiven.Meta.constraints,
            models.UniqueConstraint(fields=("zone", "site", "name"), name="works_name_once_a_site"),
            models.CheckConstraint(
                condition=Q(phased_cny=0) | Q(budget_cny__isnull=False, phased_cny__lte=F("budget_cny")),
                name="works_phases_within_budget",
            ),
            models.CheckConstraint(
                condition=Q(finished_on__isnull=True)
                | Q(started_on__isnull=False, finished_on__gte=F("started_on")),
                name="works_end_after_they_begin",
            ),
        ]
        indexes = [models.Index(fields=("zone", "planned_end_on"), name="works_by_planned_end")]

    def __str__(self) -> str:
        return self.name

    def state_on(self, on: date) -> str:
        """Return how the works stand on a day, by what the entries say today.

        They slip from the first of the month after the planned start when they have not begun, and from the day
        after the planned end when they are not finished.
        """
        if self.finished_on is not None and self.finished_on <= on:
            return str(self.State.FINISHED)
        if self.started_on is not None and self.started_on <= on:
            return str(self.State.SLIPPED if on > self.planned_end_on else self.State.UNDER_WAY)
        return str(self.State.SLIPPED if on >= next_month(self.planned_start_on) else self.State.PLANNED)

    def forecast_end_on(self, on: date) -> date:
        """Return the day on which the works end as far as is known on ``on``.

        Finished works say it themselves. Else the last expected day that was entered and has not passed; else the
        months from the start, where works that are late begin today at the earliest.
        """
        if self.finished_on is not None:
            return self.finished_on
        if self.expected_on is not None and self.expected_on >= on:
            return self.expected_on
        begun = self.started_on or max(self.planned_start_on, on)
        return max(months_after(begun, self.planned_months), on)

    def first_occupancy_on(self, on: date) -> date:
        """Return when the first firm is expected to move in, as far as is known on ``on``."""
        return months_after(self.forecast_end_on(on), self.months_to_occupancy)


class WorksPhase(ZoneRecord):
    """A phase 分期 of works with its part of the budget."""

    works = models.ForeignKey(Works, models.PROTECT, related_name="phases", verbose_name=_("建设项目"))
    number = models.PositiveSmallIntegerField(_("期次"))
    name = models.CharField(_("分期"), max_length=40)
    budget_cny = models.DecimalField(_("投资预算（元）"), max_digits=16, decimal_places=2)

    class Meta:
        ordering = ("works", "number")
        constraints = [
            models.UniqueConstraint(fields=("works", "number"), name="worksphase_number_once_a_works"),
            models.CheckConstraint(condition=Q(number__gt=0), name="worksphase_number_from_one"),
            models.CheckConstraint(condition=Q(budget_cny__gte=0), name="worksphase_budget_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def share(self) -> Fraction | None:
        """Return the phase's part of the whole budget as a ratio; None for a budget of nothing."""
        whole = self.works.budget_cny
        return Fraction(self.budget_cny) / Fraction(whole) if whole else None


class WorksProgress(ZoneEntry):
    """Works began, came on, or were finished on a day. ``unit_states`` are the states that this brought about."""

    class Event(models.TextChoices):
        STARTED = "started", _("开工")
        PROGRESS = "progress", _("进度")
        FINISHED = "finished", _("竣工")

    works = models.ForeignKey(Works, models.PROTECT, related_name="entries", verbose_name=_("建设项目"))
    event = models.CharField(_("事项"), max_length=8, choices=Event)
    percent = models.DecimalField(_("形象进度（%）"), max_digits=5, decimal_places=2, null=True, blank=True)
    spent_cny = models.DecimalField(
        _("累计完成投资（元）"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    expected_on = models.DateField(_("预计竣工"), null=True, blank=True)
    detail = models.CharField(pgettext_lazy("进度", "说明"), max_length=200, blank=True)
    unit_states = models.ManyToManyField(UnitState, related_name="works_progress", blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="worksprogress_percent_is_one",
            ),
            models.CheckConstraint(
                condition=Q(spent_cny__isnull=True) | Q(spent_cny__gte=0),
                name="worksprogress_spent_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=("works", "-happened_on"), name="worksprogress_latest")]


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of that month where it has no such day.

    >>> months_after(date(2023, 1, 31), 1), months_after(date(2023, 6, 1), 7)
    (datetime.date(2023, 2, 28), datetime.date(2024, 1, 1))
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first + timedelta(days=min(day.day, (next_month(first) - first).days) - 1)


def next_month(day: date) -> date:
    """Return the first day of the month after that of ``day``.

    >>> next_month(date(2014, 8, 15))
    datetime.date(2014, 9, 1)
    """
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def sum_of(phases: list[WorksPhase]) -> Decimal:
    """Return what phases come to together, yuan."""
    return sum((phase.budget_cny for phase in phases), Decimal(0))
