"""The catalogue of matters 事项: what may be asked of which department, by which steps, with which documents."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models.append_only import Final
from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones.models import Department, ZoneRecord, ZoneRow

from .versions import DRAFT, PUBLISHED, Version


class Matter(ZoneRecord):
    """Something that people ask a department to decide, register or confirm. What it takes is in its versions."""

    class Kind(models.TextChoices):
        PERMIT = "permit", _("行政许可")
        CONFIRMATION = "confirmation", _("行政确认")
        FILING = "filing", _("备案")
        REGISTRATION = "registration", _("登记")
        REVIEW = "review", _("技术审查")
        TAX = "tax", _("涉税")
        CHARGE = "charge", _("收缴")
        CONTRACT = "contract", _("合同")
        ACCEPTANCE = "acceptance", _("验收")
        SERVICE = "service", _("公共服务")
        OTHER = "other", _("其他")

    class NoPledge(models.TextChoices):
        """Why no pledge may replace the review of a matter: what goes wrong could not be put right."""

        STATE = "state", _("直接涉及国家安全")
        SAFETY = "safety", _("直接涉及公共安全")
        ECOLOGY = "ecology", _("直接涉及生态环境保护")
        FINANCE = "finance", _("直接涉及金融业审慎监管")
        HEALTH = "health", _("直接关系人身健康、生命财产安全")

    code = models.CharField(_("事项编码"), max_length=40)
    name = models.CharField(_("事项名称"), max_length=80)
    kind = models.CharField(_("事项类型"), max_length=12, choices=Kind)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理部门")
    )
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    no_pledge = models.CharField(_("不适用告知承诺"), max_length=8, choices=NoPledge, blank=True, default="")
    is_open = models.BooleanField(_("可办理"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone", "code"), name="matter_code_once_a_zone")]
        indexes = [models.Index(fields=("zone", "name", "id"), name="matter_by_name")]

    def __str__(self) -> str:
        return self.name


class MatterVersion(Version):
    """How a matter is handled from a day on: the law and its days, what was promised, and what may be made easier.

    ``promised_working_days`` may be half a day; 0 is at once. ``pledge_allowed``: a pledge may replace the review
    (``pledge_text`` is what the firm is told and promises), checked within ``check_working_days`` afterwards.
    ``late_working_days``: so long the documents that may be late have from the notice on. ``hands_over``: may be
    handed to another region 跨省通办.
    """

    final = Final("state", PUBLISHED, may_change=("verified_on", "source_status", "version", "updated_at"))

    class DayKind(models.TextChoices):
        WORKING = "working", _("工作日")
        CALENDAR = "calendar", _("自然日")

    class Channel(models.TextChoices):
        WINDOW = "window", _("窗口")
        ONLINE = "online", _("网上")
        BOTH = "both", _("窗口和网上")

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="versions", verbose_name=_("事项"))
    legal_basis = models.TextField(_("设定依据"), max_length=1000, blank=True)
    legal_days = models.PositiveSmallIntegerField(_("法定时限"), null=True, blank=True)
    legal_day_kind = models.CharField(
        _("法定时限单位"), max_length=8, choices=DayKind, default=DayKind.WORKING
    )
    promised_working_days = models.DecimalField(
        _("承诺时限（工作日）"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    audience = models.CharField(_("受理条件"), max_length=300, blank=True)
    channel = models.CharField(_("办理渠道"), max_length=8, choices=Channel, default=Channel.WINDOW)
    fee = models.CharField(_("收费"), max_length=100, blank=True)
    pledge_allowed = models.BooleanField(_("可告知承诺"), default=False)
    pledge_text = models.TextField(_("告知承诺内容"), max_length=3000, blank=True)
    check_working_days = models.PositiveSmallIntegerField(_("事后核查（工作日内）"), null=True, blank=True)
    late_working_days = models.PositiveSmallIntegerField(_("容缺补正期限（工作日）"), null=True, blank=True)
    early_allowed = models.BooleanField(_("可预审"), default=False)
    hands_over = models.BooleanField(_("可跨省通办"), default=False)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=("matter", "number"), name="matterversion_number_once"),
            models.UniqueConstraint(
                fields=("matter",), condition=Q(state=DRAFT), name="matterversion_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(pledge_allowed=False)
                | (~Q(pledge_text="") & Q(check_working_days__isnull=False)),
                name="matterversion_pledge_says_what_and_is_checked",
            ),
            models.CheckConstraint(
                condition=Q(promised_working_days__isnull=True) | Q(promised_working_days__gte=0),
                name="matterversion_promises_no_past",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(matter)s（第 %(number)d 版）") % {"matter": self.matter, "number": self.number}


class MatterStep(ZoneRow):
    """One step of handling a matter, in order, and who takes it."""

    final = Final("state", PUBLISHED, through="version")

    version = models.ForeignKey(MatterVersion, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("环节"), max_length=60)
    by = models.CharField(_("办理人"), max_length=60, blank=True)
    what = models.CharField(_("内容"), max_length=300, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=("version", "position"), name="matterstep_place_once")]

    def __str__(self) -> str:
        return self.name


class MatterDocument(ZoneRow):
    """A document that goes into a matter or comes out of it.

    ``kind`` ties it to the documents that firms keep in their vault: one that is still valid is not asked again.
    Main documents must be there at acceptance; only the others may be late (容缺).
    """

    final = Final("state", PUBLISHED, through="version")

    class Direction(models.TextChoices):
        IN = "in", _("申请材料")
        OUT = "out", _("结果文书")

    version = models.ForeignKey(MatterVersion, models.CASCADE, related_name="documents")
    direction = models.CharField(_("方向"), max_length=3, choices=Direction, default=Direction.IN)
    position = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("材料名称"), max_length=80)
    kind = models.CharField(_("材料种类"), max_length=16, choices=DocumentKind, default=DocumentKind.OTHER)
    is_main = models.BooleanField(_("主要材料"), default=True)
    may_be_late = models.BooleanField(_("可容缺"), default=False)
    issuer = models.CharField(_("出具单位"), max_length=60, blank=True)
    note = models.CharField(_("要求"), max_length=200, blank=True)

    class Meta:
        ordering = ("direction", "position")
        constraints = [
            models.UniqueConstraint(fields=("version", "direction", "name"), name="matterdocument_name_once"),
            models.CheckConstraint(
                condition=Q(may_be_late=False) | Q(is_main=False, direction="in"),
                name="matterdocument_main_is_never_late",
            ),
        ]

    def __str__(self) -> str:
        return self.name
