"""What was planned of a case at each event, and rehearsals 推演 that a meeting refers to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord, ZoneRow

from .cases import Case
from .procedures import ProcedureVersion


class CasePlan(ZoneRow):
    """The plan of a case as it was made at one event; only ever added to, the last one counts.

    ``finish_at`` is when the last certificate is issued if nothing takes longer than planned; ``p50_at``, ``p80_at``:
    by when half and four fifths of the rehearsed runs were over. ``chance`` is the share of the runs that were over by
    the deadline of the case, or without one on the working day of its start. They are empty where nothing can be planned,
    and ``problem`` says why. ``detail``: {"works": [{"key", "mode", "review", "notice", "issue"}], moments in ISO,
    "chain": [keys], "criticality": {key: share}, "bottleneck": key}.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans", verbose_name=_("办件"))
    made_at = models.DateTimeField(_("计算时间"))
    cause = models.CharField(_("原因"), max_length=60, blank=True)
    finish_at = models.DateTimeField(_("预计办结"), null=True, blank=True)
    p50_at = models.DateTimeField(_("一半把握"), null=True, blank=True)
    p80_at = models.DateTimeField(_("八成把握"), null=True, blank=True)
    chance = models.DecimalField(_("按期把握"), max_digits=5, decimal_places=4, null=True, blank=True)
    is_proved = models.BooleanField(_("已证明最早"), default=False)
    problem = models.CharField(_("不能推算"), max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("case", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(finish_at__isnull=False, p50_at__isnull=False, p80_at__isnull=False, problem="")
                | (Q(finish_at__isnull=True) & ~Q(problem="")),
                name="caseplan_plans_or_says_why",
            ),
            models.CheckConstraint(
                condition=Q(p80_at__isnull=True) | Q(p80_at__gte=F("p50_at")), name="caseplan_p80_after_p50"
            ),
            models.CheckConstraint(
                condition=Q(chance__isnull=True) | Q(chance__gte=0, chance__lte=1),
                name="caseplan_chance_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.made_at:%Y-%m-%d %H:%M}"


class Rehearsal(ZoneRecord):
    """A rehearsal that was kept for a meeting: what was assumed, and what came of it. It is never calculated anew.

    ``inputs``: as the address of the rehearsal page has them. ``results``: {"finish", "p50", "p80"} working minutes,
    {"finish_at", "p50_at", "p80_at"} moments in ISO, "chance" of the same day, "bottleneck" {"key", "name", "share",
    "minutes"}, "proved", "criticality" {key: share}, "bars" [[from, to, runs]].
    """

    class Meeting(models.TextChoices):
        ADVANCE = "advance", _("项目推进会")
        PROBLEMS = "problems", _("问题协调会")
        WALK_THROUGH = "walk_through", _("全流程推演")

    meeting = models.CharField(_("会议类型"), max_length=12, choices=Meeting, default=Meeting.WALK_THROUGH)
    title = models.CharField(_("名称"), max_length=120)
    procedure_version = models.ForeignKey(
        ProcedureVersion, models.PROTECT, related_name="rehearsals", verbose_name=_("流程版本")
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="rehearsals", verbose_name=_("办件")
    )
    starts_at = models.DateTimeField(_("起点"))
    inputs = models.JSONField(_("设定"), default=dict)
    results = models.JSONField(_("结果"), default=dict)
    attendees = models.CharField(_("参加人"), max_length=200, blank=True)
    conclusion = models.TextField(_("结论"), max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("记录人"),
    )
    made_at = models.DateTimeField(_("推演时间"), editable=False)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=("zone", "-made_at", "-id"), name="rehearsal_newest")]

    def __str__(self) -> str:
        return self.title
