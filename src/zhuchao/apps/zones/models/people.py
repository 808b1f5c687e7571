"""People, the roles they hold in zones, and the tokens their programs use."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Record

from .organisation import Department, Zone


class Role(models.TextChoices):
    """What a person is in a zone. What each role may do stands in one table, ``selectors.permissions``."""

    LEADER = "leader", _("领导")
    PROMOTION_OFFICER = "promotion_officer", _("招商专员")
    STEWARD = "steward", _("园长")
    LIAISON = "liaison", _("企业联络员")
    APPROVER = "approver", _("审批人员")
    WINDOW_CLERK = "window_clerk", _("窗口人员")
    ANALYST = "analyst", _("统计分析员")
    AUDITOR = "auditor", _("审计人员")
    ADMINISTRATOR = "administrator", _("管理员")
    OPERATOR = "operator", _("开发运营方")
    ENTERPRISE_MEMBER = "enterprise_member", _("企业用户")
    PUBLIC = "public", _("公众")


class User(AbstractUser, Record):
    """A person who signs in. What they may do comes from their memberships, never from here.

    ``password_expires_at`` is set while the password is one that an administrator gave out: it must be changed
    at the first sign-in and opens nothing after that moment.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    title = models.CharField(_("职务"), max_length=40, blank=True)
    skills = models.JSONField(_("专长"), default=list, blank=True)
    is_demo = models.BooleanField(_("示例账号"), default=False, editable=False)
    password_expires_at = models.DateTimeField(_("初始密码有效期至"), null=True, blank=True, editable=False)

    REQUIRED_FIELDS = ["display_name"]

    class Meta(AbstractUser.Meta):
        verbose_name = _("人员")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Membership(Record):
    """A role a person holds in a zone, for a time. An operator's or approver's is of one department."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        ordering = ("zone", "user", "role")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "zone", "role"), condition=Q(until__isnull=True), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=("operator", "approver")) | Q(department__isnull=False),
                name="membership_of_a_department_names_it",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="membership_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class ApiToken(Record):
    """A key for programs. Only its SHA-256 is kept; the key is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None
