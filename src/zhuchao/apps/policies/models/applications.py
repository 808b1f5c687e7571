"""Applications 申报: what a firm asks of a policy, and every step it took, who took it and when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .policies import Policy, PolicyVersion
from .terms import DeliveryTerms


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("退回补正")
    ACCEPTED = "accepted", _("已受理")
    APPROVED = "approved", _("通过")
    REJECTED = "rejected", _("不予通过")
    OBJECTED = "objected", _("异议处理中")
    WITHDRAWN = "withdrawn", _("已撤回")


CLOSED = (ApplicationState.REJECTED, ApplicationState.WITHDRAWN)
"""The states after which the same firm may apply anew."""


class Application(ZoneRecord):
    """A firm asks for what a version of a policy gives, for itself or for one of its projects.

    ``state``, ``state_since``, ``due_on``, ``submitted_on``, ``granted_cny`` and ``decided_by`` repeat the steps in
    force; only services set them. ``due_on`` is the last day of what is awaited: the correction of one returned, the
    answer to an objection; after a decision the last day on which the firm may object. ``way`` is how the version was
    delivered when it was entered. Amounts in yuan.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="applications", verbose_name=_("政策"))
    version_of = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="applications", verbose_name=_("版本号")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="applications", verbose_name=_("企业")
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("项目"),
    )
    number = models.CharField(_("申报编号"), max_length=30)
    way = models.CharField(
        _("兑现方式"),
        max_length=10,
        choices=DeliveryTerms.Mode,
        default=DeliveryTerms.Mode.APPLY,
        editable=False,
    )
    requested_cny = models.DecimalField(
        _("申请金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    account = models.CharField(_("收款账户"), max_length=120, blank=True)
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT, editable=False
    )
    state_since = models.DateField(_("状态起"), editable=False)
    due_on = models.DateField(_("期限"), null=True, blank=True, editable=False)
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True, editable=False)
    granted_cny = models.DecimalField(
        _("核定金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True, editable=False
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("经办人"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("决定人"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("zone", "number"), name="application_number_once_a_zone"),
            models.UniqueConstraint(
                fields=("version_of", "enterprise"),
                condition=Q(project__isnull=True) & ~Q(state__in=("rejected", "withdrawn")),
                name="application_one_open_a_firm",
            ),
            models.UniqueConstraint(
                fields=("version_of", "project"),
                condition=~Q(state__in=("rejected", "withdrawn")),
                name="application_one_open_a_project",
            ),
            models.CheckConstraint(
                condition=Q(granted_cny__isnull=True) | Q(granted_cny__gt=0),
                name="application_grants_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(granted_cny__isnull=False),
                name="application_approved_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(prepared_by__isnull=True)
                | ~Q(decided_by=F("prepared_by")),
                name="application_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "state", "-id"), name="application_by_state"),
            models.Index(fields=("zone", "-state_since", "-id"), name="application_newest"),
            models.Index(fields=("enterprise", "-id"), name="application_of_firm"),
            models.Index(fields=("policy", "state"), name="application_of_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.enterprise}"

    @property
    def is_decided(self) -> bool:
        return self.state in (ApplicationState.APPROVED, ApplicationState.REJECTED)


class ApplicationStep(ZoneEntry):
    """One step of an application: the state that it came to, by whom, with what reason.

    ``officer`` took the step, ``recorded_by`` entered it; they differ where a kept ledger is taken in. ``due_on`` is the
    last day of what the step began, ``amount_cny`` what a decision grants.
    """

    class Kind(models.TextChoices):
        DRAFT = "draft", _("起草")
        SUBMIT = "submit", _("提交")
        RETURN = "return", _("退回补正")
        RESUBMIT = "resubmit", _("补正后提交")
        ACCEPT = "accept", _("受理")
        PROPOSE = "propose", _("列入免申名单")
        APPROVE = "approve", _("核定通过")
        REJECT = "reject", _("决定不予通过")
        OBJECT = "object", _("提出异议")
        UPHOLD = "uphold", _("异议答复：维持")
        REVISE = "revise", _("异议答复：改为通过")
        DENY = "deny", _("异议答复：改为不予通过")
        WITHDRAW = "withdraw", _("撤回申报")

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    kind = models.CharField(_("步骤"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=ApplicationState)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("application", "id"), name="applicationstep_in_order")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
