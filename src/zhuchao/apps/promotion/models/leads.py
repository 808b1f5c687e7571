"""A lead 线索 and the stages it passes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Alliance, Department, Sector, ZoneEntry, ZoneRecord


class Lead(ZoneRecord):
    """A project that might come: who invests, in what, how much, and what to do next.

    ``stage`` and ``stage_since`` repeat the latest live ``LeadStage``; only services set them. A lead with an
    ``alliance`` is in that alliance's shared pool and is seen by its members.
    """

    class Stage(models.TextChoices):
        FOUND = "found", _("线索")
        TALKING = "talking", _("在谈")
        AGREEING = "agreeing", _("拟签约")
        SIGNED = "signed", _("已签约")
        LOST = "lost", _("流失")
        PAUSED = "paused", _("暂缓")
        MOVED = "moved", _("已转出")

    class Source(models.TextChoices):
        OWN = "own", _("自主招引")
        REFERRAL = "referral", _("以商招商")
        PARTNER = "partner", _("机构推荐")
        EXPO = "expo", _("展会活动")
        ZONE = "zone", _("兄弟园区")
        UPPER = "upper", _("上级推送")
        INQUIRY = "inquiry", _("来访来电")
        OTHER = "other", _("其他")

    name = models.CharField(_("项目名称"), max_length=120)
    investor = models.CharField(_("投资方"), max_length=120, blank=True)
    normal_name = models.CharField(max_length=120, editable=False)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("企业档案"),
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业领域")
    )
    source = models.CharField(_("线索来源"), max_length=10, choices=Source, default=Source.OWN)
    source_note = models.CharField(_("来源说明"), max_length=120, blank=True)
    source_region = models.CharField(_("来源地"), max_length=60, blank=True)
    source_enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads_brought",
        verbose_name=_("推荐企业"),
    )
    source_lead = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="led_to", verbose_name=_("由哪条线索带来")
    )
    planned_investment_cny = models.DecimalField(
        _("计划总投资（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    signed_investment_cny = models.DecimalField(
        _("签约金额（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    needs = models.CharField(_("落户需求"), max_length=500, blank=True)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, default=Stage.FOUND, editable=False)
    stage_since = models.DateField(_("阶段起"), null=True, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("责任人"),
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("责任单位")
    )
    found_on = models.DateField(_("获得日期"))
    next_action = models.CharField(_("下一步"), max_length=120, blank=True)
    next_action_on = models.DateField(_("下一步日期"), null=True, blank=True)
    alliance = models.ForeignKey(
        Alliance, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("共享到")
    )

    class Meta:
        indexes = [
            models.Index(fields=("zone", "name", "id"), name="lead_by_name"),
            models.Index(fields=("zone", "next_action_on", "id"), name="lead_by_next_action"),
            models.Index(fields=("zone", "stage", "-stage_since", "-id"), name="lead_by_stage"),
            models.Index(fields=("zone", "normal_name"), name="lead_by_normal_name"),
            models.Index(fields=("zone", "found_on"), name="lead_by_found_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(source_lead__isnull=True) | ~Q(source_lead=F("id")),
                name="lead_is_not_its_own_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def party(self) -> str:
        """Return for whom premises are kept: who invests, else the project."""
        return self.investor or self.name

    @property
    def is_open(self) -> bool:
        """Return whether the lead is still being worked on, so neither signed, lost nor another park's."""
        return self.stage not in {self.Stage.SIGNED, self.Stage.LOST, self.Stage.MOVED}


class LeadStage(ZoneEntry):
    """A lead came into a stage on a day; the sector and amount are as they were that day.

    Entries of one day stand in the order in which they were first recorded: a correction keeps the place of
    the entry it replaces in ``first_recorded_at``, which is empty on an entry that corrects nothing. One that came in
    with facts missing that its stage asks for says why in ``override_reason``.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="stages")
    stage = models.CharField(_("阶段"), max_length=10, choices=Lead.Stage)
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")
    planned_investment_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    override_reason = models.CharField(_("越过关口的理由"), max_length=200, blank=True)
    first_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("lead", "-happened_on", "-id"), name="leadstage_latest")]
