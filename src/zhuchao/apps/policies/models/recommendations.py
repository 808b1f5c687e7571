"""Which firm a version of a policy was found to fit, when somebody was told, and what a project may claim at its stage."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.projects.models import Stage
from zhuchao.apps.zones.models import ZoneRow

from .policies import PolicyVersion


class Reason(models.TextChoices):
    """Why a policy is recommended."""

    ELIGIBLE = "eligible", _("符合")
    ONE_FACT = "one_fact", _("只缺一项资料")


class Recommendation(ZoneRow):
    """A firm fits a version of a policy, or would be known to with one more fact.

    ``counted_from`` is the moment from which on it could be known: that of publication, or of the change that made the
    firm fit. ``told_at`` is when those who look after the firm were told, ``working_minutes`` and ``working_days`` how
    long that took in working time, None where no calendar reaches. ``withdrawn_at`` says since when it fits no longer.
    """

    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="recommendations", verbose_name=_("版本号")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        related_name="policy_recommendations",
        verbose_name=_("企业"),
    )
    reason = models.CharField(_("理由"), max_length=10, choices=Reason)
    missing = models.CharField(_("待补事实"), max_length=64, blank=True)
    found_on = models.DateField(_("发现日期"))
    counted_from = models.DateTimeField(_("起算时间"))
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    working_minutes = models.PositiveIntegerField(_("用时（工作分钟）"), null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(_("用时（工作日）"), null=True, blank=True)
    opened_at = models.DateTimeField(_("打开时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("version", "enterprise"), name="recommendation_once"),
            models.CheckConstraint(
                condition=Q(reason="eligible", missing="") | Q(reason="one_fact") & ~Q(missing=""),
                name="recommendation_says_what_is_missing",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=False)
                | Q(working_minutes__isnull=True, working_days__isnull=True),
                name="recommendation_took_until_told",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "-found_on", "-id"), name="recommendation_newest"),
            models.Index(fields=("enterprise", "-id"), name="recommendation_of_firm"),
            models.Index(
                fields=("zone", "id"),
                condition=Q(told_at__isnull=True, withdrawn_at__isnull=True),
                name="recommendation_untold",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(policy)s → %(firm)s") % {"policy": self.version.policy, "firm": self.enterprise}


class VersionSweep(ZoneRow):
    """How far the firms that a version fits have been gone through; ``seen`` is the change that was counted in."""

    version = models.OneToOneField(PolicyVersion, models.PROTECT, related_name="sweep")
    seen = models.PositiveBigIntegerField()
    match_made_at = models.DateTimeField()


class ProjectPolicy(ZoneRow):
    """A policy that a project may claim, attached at the stage at which it was found to."""

    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="policies", verbose_name=_("项目")
    )
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("版本号"))
    stage = models.CharField(_("阶段"), max_length=10)
    reason = models.CharField(_("理由"), max_length=10, choices=Reason)
    missing = models.CharField(_("待补事实"), max_length=64, blank=True)
    found_on = models.DateField(_("发现日期"))
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "version"), name="projectpolicy_once")]

    def __str__(self) -> str:
        return gettext("%(policy)s → %(firm)s") % {"policy": self.version.policy, "firm": self.project}

    @property
    def stage_label(self) -> str:
        return str(Stage(self.stage).label)


class ProjectSweep(ZoneRow):
    """As what a project was matched last; it is again where one of these has changed."""

    project = models.OneToOneField("projects.Project", models.PROTECT, related_name="policy_sweep")
    day = models.DateField()
    project_version = models.PositiveIntegerField()
    seen = models.PositiveBigIntegerField()
