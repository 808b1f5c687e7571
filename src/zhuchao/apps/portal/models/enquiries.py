"""What somebody asked at the door, and how often an address has asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import ZoneRecord


class Enquiry(ZoneRecord):
    """A question from the public page, and the lead it became.

    ``joined`` says that the firm was an open lead already: the question was added there, and nothing was merged.
    A question about a policy waits for its ``owner``. One from a firm that is on the register becomes no lead: it is
    shown on the page of the ``enterprise`` that has the name given, which nobody has proved unless it came by the
    firm's own ``link``. ``answers`` are those of 我能享受吗, kept with consent and forgotten with the contact.
    ``person`` and ``phone`` are forgotten (empty, with ``forgotten_at``) once they are no longer needed.
    """

    class Kind(models.TextChoices):
        PREMISES = "premises", _("载体咨询")
        POLICY = "policy", _("政策咨询")

    number = models.CharField(_("咨询编号"), max_length=20, unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.PREMISES, editable=False)
    received_at = models.DateTimeField(_("收到时间"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("房源")
    )
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("政策")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任人"),
    )
    company = models.CharField(_("单位名称"), max_length=80)
    person = models.CharField(_("联系人"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    need = models.CharField(_("需求"), max_length=400)
    area_m2 = models.DecimalField(_("需求面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True)
    by_code = models.BooleanField(_("扫码进入"), default=False)
    lead = models.ForeignKey(
        "promotion.Lead",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("线索"),
    )
    joined = models.BooleanField(_("已有线索"), default=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("企业")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    answer = models.CharField(_("答复情况"), max_length=200, blank=True)
    link = models.ForeignKey(
        "portal.FirmLink", models.PROTECT, null=True, blank=True, related_name="enquiries", editable=False
    )
    answers = models.JSONField(_("自测答案"), default=dict, blank=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-received_at", "-pk")
        indexes = [
            models.Index(fields=("zone", "-received_at", "-id"), name="enquiry_by_moment"),
            models.Index(fields=("zone", "answered_at"), name="enquiry_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(person="", phone=""),
                name="enquiry_forgotten_is_empty",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def about(self) -> str:
        """Return what was asked about: a policy or a unit, empty for neither."""
        return str(self.policy or self.unit or "")

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None


class AttemptCount(models.Model):
    """How often one address sent the form within one hour.

    ``key`` is a keyed hash that nobody can turn back into the address; rows of past hours are deleted.
    """

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("key", "hour"), name="attempts_once_an_hour")]
        indexes = [models.Index(fields=("hour",), name="attempts_by_hour")]
