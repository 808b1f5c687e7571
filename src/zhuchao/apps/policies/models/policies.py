"""A policy, its versions and their clauses."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models.append_only import Final
from zhuchao.apps.zones.models import ZoneRecord, ZoneRow


class Level(models.TextChoices):
    """Whose policy it is."""

    NATIONAL = "national", _("国家")
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    DISTRICT = "district", _("区")
    SUBDISTRICT = "subdistrict", _("街道")


class Policy(ZoneRecord):
    """A policy that firms may benefit from. What it says at a time is in its versions.

    ``industries`` and ``audiences`` are lists of words by which it is found; empty means all.
    """

    key = models.CharField(_("政策编号"), max_length=40)
    title = models.CharField(_("政策名称"), max_length=120)
    level = models.CharField(_("层级"), max_length=12, choices=Level)
    department = models.CharField(_("主管部门"), max_length=60)
    industries = models.JSONField(_("适用产业"), default=list, blank=True)
    audiences = models.JSONField(_("适用对象"), default=list, blank=True)
    summary = models.CharField(_("摘要"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任人"),
    )
    review_on = models.DateField(_("复核日期"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone", "key"), name="policy_key_once_a_zone")]
        indexes = [
            models.Index(fields=("zone", "title", "id"), name="policy_by_title"),
            models.Index(fields=("zone", "level", "title", "id"), name="policy_by_level"),
        ]

    def __str__(self) -> str:
        return self.title


class PolicyVersion(ZoneRecord):
    """What a policy says from a day on. A draft is edited; a published version never is.

    A version holds from ``effective_from`` until ``effective_to`` (included; no end where empty) or the day before the
    next version begins. Without a window a firm may apply for as long as it holds. ``rules`` says the conditions and the
    benefit as the rules engine reads them (a policy file without days and source); without it nobody is matched. Once
    it is published the database lets only that change which says when its source was looked at last.
    """

    final = Final("state", "published", may_change=("verified_on", "source_status", "version", "updated_at"))

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")

    class SourceStatus(models.TextChoices):
        CONFIRMED = "confirmed", _("已核实")
        UNCONFIRMED = "unconfirmed", _("未核实")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions", verbose_name=_("政策"))
    number = models.PositiveSmallIntegerField(_("版本号"), editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    window_open = models.DateField(_("申报开始"), null=True, blank=True)
    window_close = models.DateField(_("申报截止"), null=True, blank=True)
    decides_on = models.DateField(_("公示日期"), null=True, blank=True)
    pays_on = models.DateField(_("拨付日期"), null=True, blank=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    address = models.URLField(_("原文网址"), max_length=300, blank=True)
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)
    source_status = models.CharField(
        _("来源核实"), max_length=12, choices=SourceStatus, default=SourceStatus.UNCONFIRMED
    )
    rules = models.TextField(_("适用条件（规则）"), blank=True, max_length=100_000)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("起草人"),
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("policy", "number"), name="policyversion_number_once"),
            models.UniqueConstraint(
                fields=("policy",), condition=Q(state="draft"), name="policyversion_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="policyversion_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(window_open__isnull=True)
                | Q(window_close__isnull=True)
                | Q(window_close__gte=F("window_open")),
                name="policyversion_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, published_by__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="policyversion_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | Q(prepared_by__isnull=True)
                | ~Q(published_by=F("prepared_by")),
                name="policyversion_second_person",
            ),
            models.CheckConstraint(
                condition=Q(source_status="unconfirmed") | Q(verified_on__isnull=False),
                name="policyversion_confirmed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(policy)s（第 %(number)d 版）") % {"policy": self.policy, "number": self.number}

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_confirmed(self) -> bool:
        return self.source_status == self.SourceStatus.CONFIRMED


class PolicyClause(ZoneRow):
    """One clause of a version, in the words of the source. With the version's publication it is final too."""

    final = Final("state", "published", through="version")

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="clauses")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(_("条款号"), max_length=20)
    text = models.TextField(_("条款"))

    class Meta:
        ordering = ("version", "position")
        constraints = [models.UniqueConstraint(fields=("version", "number"), name="policyclause_number_once")]

    def __str__(self) -> str:
        return self.number
