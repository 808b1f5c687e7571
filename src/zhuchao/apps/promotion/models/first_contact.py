"""First contact 首招: who won a lead first, who disputes it, and how the credit is shared."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, ZoneEntry, ZoneRecord

from .leads import Lead


class FirstContact(ZoneEntry):
    """A person met the investor of a lead first, on a day. One a lead; only a decided dispute replaces it.

    The person may be of the zone that the lead came from: first contact stays through every hand-over.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="first_contacts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("首招人")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("首招单位")
    )

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=("lead",), condition=Q(replaces__isnull=True), name="first_contact_once_a_lead"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class CreditSplit(ZoneEntry):
    """How the credit for a lead is shared from a day on; a later split replaces it.

    ``parts`` is a list of {"zone": id, "department": id or null, "person": id or null, "share": "60.00"}; the shares
    are per cent with two places and make exactly 100. They stand in one entry because they are true together only.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="credit_splits")
    parts = models.JSONField(_("功劳分配"), default=list)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=("lead",), condition=Q(replaces__isnull=True), name="credit_split_begins_once"
            ),
        ]


class Dispute(ZoneRecord):
    """Somebody says that the first contact was theirs; a leader who is not a party decides."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("改判为申请人首招")
        REJECTED = "rejected", _("维持原首招")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="disputes")
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    claimed_on = models.DateField(_("主张的首招日期"))
    raised_on = models.DateField(_("提出日期"))
    outcome = models.CharField(_("裁定"), max_length=10, choices=Outcome, blank=True, default="")
    decided_on = models.DateField(_("裁定日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("裁定人"),
    )
    decision = models.CharField(_("裁定理由"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("lead",), condition=Q(outcome=""), name="dispute_open_once"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_on__isnull=True, decided_by__isnull=True, decision="")
                | (~Q(outcome="") & Q(decided_on__isnull=False) & ~Q(decision="")),
                name="dispute_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.lead)

    @property
    def is_open(self) -> bool:
        return not self.outcome


class Argument(ZoneEntry):
    """What a party or a witness says in a dispute."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="arguments")
    text = models.TextField(_("陈述"), max_length=2000)
