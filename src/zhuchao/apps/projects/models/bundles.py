"""Service bundles 服务包: the tasks that a project gets at a stage, as data of the zone; and the tasks of projects."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import Department, ZoneRecord

from .projects import Project
from .stages import Stage


class TaskBundle(ZoneRecord):
    """A bundle of tasks that is applied to a project at a stage. Its tasks stand in versions; the newest is applied."""

    name = models.CharField(_("服务包"), max_length=60)
    stage = models.CharField(_("适用阶段"), max_length=10, choices=Stage, default=Stage.STARTED)
    is_example = models.BooleanField(_("示例"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("zone", "name"), name="taskbundle_name_once_a_zone")]

    def __str__(self) -> str:
        return self.name


class BundleVersion(ZoneRecord):
    """The tasks of a bundle as they were set at once. A version that was made does not change."""

    bundle = models.ForeignKey(TaskBundle, models.PROTECT, related_name="versions", verbose_name=_("服务包"))
    number = models.PositiveSmallIntegerField(_("版本"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("bundle", "-number")
        constraints = [
            models.UniqueConstraint(fields=("bundle", "number"), name="bundleversion_number_once_a_bundle")
        ]


class BundleTask(ZoneRecord):
    """One task of a bundle: whose it is, a department's or a role's, and how many working days after the start."""

    version_of = models.ForeignKey(
        BundleVersion, models.PROTECT, related_name="tasks", verbose_name=_("服务包")
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("顺序", "序号"))
    name = models.CharField(_("任务"), max_length=80)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    role = models.CharField(_("角色"), max_length=20, blank=True)
    working_days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("version_of", "position")
        constraints = [
            models.UniqueConstraint(fields=("version_of", "name"), name="bundletask_name_once_a_version"),
            models.CheckConstraint(condition=Q(working_days__lte=500), name="bundletask_within_two_years"),
        ]


class ProjectTask(ZoneRecord):
    """Something to be done for a project by a day, by one person; out of a bundle or on its own."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="tasks", verbose_name=_("项目"))
    bundle = models.ForeignKey(
        TaskBundle, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("服务包")
    )
    version_of = models.ForeignKey(
        BundleVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("服务包")
    )
    name = models.CharField(_("任务"), max_length=80)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_tasks", verbose_name=_("责任人")
    )
    start_on = models.DateField(_("起算日期"))
    working_days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    due_on = models.DateField(_("截止日期"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("完成人"),
    )
    done_note = models.CharField(_("完成情况"), max_length=300, blank=True)
    evidence = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("佐证材料")
    )

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "bundle", "name"),
                condition=Q(bundle__isnull=False),
                name="projecttask_once_a_bundle",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("start_on")), name="projecttask_is_due_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "done_on", "due_on"), name="projecttask_by_due"),
            models.Index(fields=("owner", "done_on", "due_on"), name="projecttask_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_overdue(self, today: date) -> bool:
        return self.done_on is None and self.due_on < today
