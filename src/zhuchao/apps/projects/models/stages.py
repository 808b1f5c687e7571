"""The stages a project passes, and the days they are planned for."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Sector, ZoneEntry, ZoneRecord


class Stage(models.TextChoices):
    """The gates of a project's life, in order."""

    SIGNED = "signed", _("签约")
    READY = "ready", _("达开工条件")
    STARTED = "started", _("开工")
    LISTED = "listed", _("列统")
    COMPLETED = "completed", _("竣工")
    SCALED = "scaled", _("入规")
    PRODUCING = "producing", _("投产")
    REVIEWED = "reviewed", _("复核验收")
    DELIVERED = "delivered", _("达效")

    @property
    def place(self) -> int:
        """Return the gate's place in the order, 0 for signing."""
        return list(Stage).index(self)


class StageEntry(ZoneEntry):
    """A project passed a gate on a day. Sector, amount and origin are as they were that day.

    ``rule`` is what the gate asked for that day. An override (``override_reason``) says which gates before it were
    ``skipped`` and which items were ``lacking`` when it was recorded.
    """

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="stage_entries")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")
    total_investment_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    source_region = models.CharField(max_length=60, blank=True)
    is_new = models.BooleanField(_("新引进"), default=True)
    rule = models.ForeignKey(
        "projects.GateRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("阶段要求"),
    )
    override_reason = models.CharField(_("越阶或缺证理由"), max_length=200, blank=True)
    skipped = models.JSONField(_("越过的阶段"), default=list, blank=True)
    lacking = models.JSONField(_("缺少的材料"), default=list, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [
            models.Index(fields=("zone", "stage", "happened_on"), name="stageentry_by_stage"),
            models.Index(fields=("project", "stage"), name="stageentry_by_project"),
        ]


class Milestone(ZoneRecord):
    """A gate or other step with the day it is planned for; ``stage`` ties it to the entry that meets it."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="milestones")
    name = models.CharField(_("节点"), max_length=60)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, blank=True)
    planned_on = models.DateField(_("计划日期"))
    met_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        ordering = ("planned_on", "pk")
        constraints = [
            models.UniqueConstraint(fields=("project", "name"), name="milestone_name_once_a_project")
        ]
        indexes = [models.Index(fields=("zone", "met_on", "planned_on"), name="milestone_by_plan")]

    def __str__(self) -> str:
        return self.name

    def days_late(self, today: date) -> int:
        """Return by how many days the step was met late, or is late today; negative when it was early."""
        return ((self.met_on or today) - self.planned_on).days

    def is_overdue(self, today: date) -> bool:
        return self.met_on is None and self.planned_on < today
