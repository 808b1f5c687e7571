"""What the lights of projects are made of: the rule of a zone, how far the work has come, plans as they stood."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .projects import Project
from .stages import Stage


class LightRule(ZoneEntry):
    """From ``happened_on`` on, the limits by which a zone's projects and those of the zones below are lit.

    Amber up to ``late_days`` working days late, and from ``near_days`` working days before a day that is not ready; a
    step that comes after the works is ready from ``ready_percent`` of them.
    """

    late_days = models.PositiveSmallIntegerField(_("黄灯：迟延不超过（工作日）"))
    near_days = models.PositiveSmallIntegerField(_("黄灯：临期而未就绪（工作日）"))
    ready_percent = models.PositiveSmallIntegerField(_("就绪：形象进度达到（%）"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(late_days__lte=250, near_days__lte=250), name="lightrule_days_within_a_year"
            ),
            models.CheckConstraint(condition=Q(ready_percent__lte=100), name="lightrule_ready_is_a_share"),
        ]
        indexes = [models.Index(fields=("zone", "-happened_on"), name="lightrule_in_force")]


class LightOverride(ZoneEntry):
    """A person set another light than the computed one, until a day, with the reason in ``why``.

    ``step_id`` is the milestone that decided then: the override ends when that is met or gone. ``computed`` is the
    colour that the rule gave on the day.
    """

    class Colour(models.TextChoices):
        RED = "red", _("红灯")
        AMBER = "amber", _("黄灯")
        GREEN = "green", _("绿灯")

    project = models.ForeignKey(Project, models.PROTECT, related_name="light_overrides")
    colour = models.CharField(_("灯色"), max_length=5, choices=Colour)
    computed = models.CharField(_("按规则"), max_length=5, blank=True)
    step_id = models.PositiveBigIntegerField(_("节点"), null=True, blank=True)
    until = models.DateField(_("有效至"))
    why = models.CharField(_("人工定灯理由"), max_length=200)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(why=""), name="lightoverride_says_why"),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("happened_on")), name="lightoverride_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=("project", "-happened_on"), name="lightoverride_by_project")]


class ProgressEntry(ZoneEntry):
    """How far the works of a project have come on a day: 形象进度 as share and text, what is wrong, what is next.

    ``expected_on`` is the finish that people expect. The project's ``note`` repeats the newest text.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="progress_entries")
    percent = models.DecimalField(_("形象进度（%）"), max_digits=5, decimal_places=2, null=True, blank=True)
    text = models.CharField(_("形象进度"), max_length=500, blank=True)
    problem = models.CharField(_("存在问题"), max_length=300, blank=True)
    next_step = models.CharField(_("下一步措施"), max_length=300, blank=True)
    expected_on = models.DateField(_("预计竣工"), null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="progressentry_percent_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False) | ~Q(text=""), name="progressentry_says_something"
            ),
        ]
        indexes = [models.Index(fields=("project", "-happened_on"), name="progressentry_latest")]


class MilestonePlan(ZoneEntry):
    """The day that a milestone was planned for from ``recorded_at`` on; ``is_removed`` when it was taken away.

    ``step_id`` is the milestone, which may be gone: what was planned on a past day is read here.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestone_plans")
    step_id = models.PositiveBigIntegerField(_("节点"))
    name = models.CharField(_("节点"), max_length=60)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, blank=True)
    planned_on = models.DateField(_("计划日期"))
    is_removed = models.BooleanField(_("删除"), default=False)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("project", "step_id", "recorded_at"), name="milestoneplan_as_of")]
