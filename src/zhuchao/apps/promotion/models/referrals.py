"""Leads that go from one park to another, and what parks may ask each other without naming anybody."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Zone, ZoneEntry, ZoneRecord

from .leads import Lead


class Referral(ZoneRecord):
    """A park offers a lead to another of its alliance, with how the credit will be shared, until ``due_on``.

    ``zone`` gives and ``to_zone`` takes. An answer after ``due_on`` is late and says so.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("待答复")
        ACCEPTED = "accepted", _("已接收")
        DECLINED = "declined", _("已谢绝")
        WITHDRAWN = "withdrawn", _("已撤回")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="referrals")
    to_zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", verbose_name=_("转给"))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("转出人")
    )
    offered_on = models.DateField(_("转出日期"))
    due_on = models.DateField(_("答复期限"))
    note = models.CharField(_("转出说明"), max_length=500, blank=True)
    giving_share = models.DecimalField(
        _("转出方功劳（%）"), max_digits=5, decimal_places=2, default=Decimal(50)
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OFFERED)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("答复人"),
    )
    answer = models.CharField(_("答复说明"), max_length=500, blank=True)
    new_lead = models.OneToOneField(
        Lead,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="came_by",
        verbose_name=_("接收方的线索"),
    )

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(giving_share__gte=0, giving_share__lte=100),
                name="referral_share_is_a_percent",
            ),
            models.CheckConstraint(condition=~Q(zone=F("to_zone")), name="referral_goes_elsewhere"),
            models.CheckConstraint(
                condition=Q(state="offered", answered_on__isnull=True)
                | (~Q(state="offered") & Q(answered_on__isnull=False)),
                name="referral_answer_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", new_lead__isnull=False)
                | (~Q(state="accepted") & Q(new_lead__isnull=True)),
                name="referral_accepted_has_its_lead",
            ),
            models.UniqueConstraint(
                fields=("lead",), condition=Q(state="offered"), name="referral_open_once_a_lead"
            ),
        ]
        indexes = [models.Index(fields=("to_zone", "state", "due_on"), name="referral_to_answer")]

    def __str__(self) -> str:
        return str(self.lead)

    @property
    def taking_share(self) -> Decimal:
        """Per cent of the credit that the taking park gets: the rest, so that both make exactly 100."""
        return Decimal(100) - self.giving_share

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OFFERED

    @property
    def was_late(self) -> bool:
        """Whether the answer came after its last day."""
        return self.answered_on is not None and self.answered_on > self.due_on


class TalksCheck(ZoneEntry):
    """A park asked whether others of its alliance are in talks with a firm; ``since`` is the month it was told, if any.

    It keeps what was asked and what was answered, and not where the answer came from.
    """

    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    normal_name = models.CharField(_("企业名称"), max_length=120, blank=True)
    since = models.DateField(_("在谈起"), null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("zone", "recorded_by", "happened_on"), name="talkscheck_of_a_day")]
