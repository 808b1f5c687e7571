"""How a version is delivered to firms, and the review without which nothing of it is promised or paid."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .policies import PolicyVersion


class DeliveryTerms(ZoneRecord):
    """How firms get what a version gives; a version without a row is applied for, with no document asked.

    ``documents`` lists kinds of the vault (``DocumentKind``). ``amount_cny`` is what every firm gets where the version
    fixes it, ``cap_cny`` the most that one firm may get; both yuan. The ``*_days`` are working days.
    """

    class Mode(models.TextChoices):
        APPLY = "apply", _("申报")
        EXEMPT = "exempt", _("免申即享")
        QUICK = "quick", _("快申快享")

    version_of = models.OneToOneField(
        PolicyVersion, models.PROTECT, related_name="terms", verbose_name=_("版本号")
    )
    mode = models.CharField(_("兑现方式"), max_length=10, choices=Mode, default=Mode.APPLY)
    documents = models.JSONField(_("所需材料"), default=list, blank=True)
    amount_cny = models.DecimalField(
        _("每家金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    cap_cny = models.DecimalField(_("每家上限（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    correction_days = models.PositiveSmallIntegerField(_("补正期限（工作日）"), default=5)
    objection_days = models.PositiveSmallIntegerField(_("异议提出期限（工作日）"), default=5)
    answer_days = models.PositiveSmallIntegerField(_("异议答复期限（工作日）"), default=15)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(amount_cny__isnull=True) | Q(amount_cny__gt=0))
                & (Q(cap_cny__isnull=True) | Q(cap_cny__gt=0)),
                name="deliveryterms_amounts_are_positive",
            ),
            models.CheckConstraint(
                condition=Q(correction_days__gte=1, objection_days__gte=1, answer_days__gte=1),
                name="deliveryterms_days_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(version)s · %(mode)s") % {
            "version": self.version_of,
            "mode": self.get_mode_display(),
        }


class CompetitionReview(ZoneEntry):
    """公平竞争审查: a version was reviewed on a day, by whom and with what conclusion."""

    class Conclusion(models.TextChoices):
        PASSED = "passed", _("符合")
        EXCEPTION = "exception", _("适用例外规定")
        FAILED = "failed", _("不符合")

    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="reviews", verbose_name=_("版本号")
    )
    conclusion = models.CharField(_("审查结论"), max_length=10, choices=Conclusion)
    body = models.CharField(_("审查单位"), max_length=80)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("version", "-happened_on"), name="competitionreview_of_version")]

    def __str__(self) -> str:
        return str(self.get_conclusion_display())
